package reports

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
)

// fewPods is a run of four pods on two nodes of which one has GPUs: a runs 10 s, b
// 20 s and fails, c is bound and never starts, and d waits for ever. Pods are
// created at 0 s, 1 s, 2 s and 3 s and bound a second after another.
func fewPods(t testing.TB, c Config, list ...*Custom) (*Summary, error) {
	t.Helper()
	d := models.NewDictionary()
	gpu, err := d.Resource("nvidia.com/gpu")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorldWith(t, d, c)
	w.r.Custom(list...)
	plain := w.node("n1", "z1", 4000, 8*gibi)
	amounts := models.Resources{models.CPU: 8000, models.Memory: 16 * gibi, models.Pods: 110}
	amounts[gpu] = 4
	fast := w.nodeOf("n2", "gpus", "z2", amounts)
	var pods []models.PodID
	for i, name := range []string{"a", "b", "c", "d"} {
		w.at(time.Duration(i) * second)
		pods = append(pods, w.pod(w.spec(int64(1000*(i+1)), gibi), name))
	}
	w.at(4 * second)
	w.bind(pods[0], plain)
	w.start(pods[0])
	w.ready(pods[0])
	w.at(5 * second)
	w.bind(pods[1], fast)
	w.start(pods[1])
	w.at(6 * second)
	w.bind(pods[2], fast)
	w.at(14 * second)
	w.end(pods[0], 0)
	w.at(25 * second)
	w.end(pods[1], 3)
	w.delete(pods[1], "gc")
	w.remove(pods[1])
	return w.r.Finish(models.Time(40 * second))
}

func TestCustomMetrics(t *testing.T) {
	for _, test := range []struct {
		name string
		spec CustomSpec
		want float64 // NaN for none
	}{
		{"the mean of a column", CustomSpec{Over: "pods", Value: "run_seconds"}, 15},
		{"whole numbers mix with others", CustomSpec{Over: "pods", Value: "run_seconds * 2 + 1", Reduce: "max"}, 41},
		{"rows with an empty cell are left out", CustomSpec{Over: "pods", Value: "ready_seconds - created_seconds", Reduce: "count"}, 1},
		{"pods that end while the run goes on count like those of the end", CustomSpec{Over: "pods", Value: "1", Reduce: "sum"}, 4},
		{"a condition chooses rows", CustomSpec{Over: "pods", Where: "phase == 'Failed'", Value: "exit_code"}, 3},
		{"a condition on an empty cell chooses nothing", CustomSpec{Over: "pods", Where: "exit_code >= 0", Value: "1", Reduce: "sum"}, 2},
		{"either side decides", CustomSpec{Over: "pods", Where: "ready_seconds > 100 || name == 'd'", Value: "1", Reduce: "sum"}, 1},
		{"a condition as value is a share", CustomSpec{Over: "pods", Value: "cpu_request_millicores > 1000"}, 0.75},
		{"empty cells can be asked for", CustomSpec{Over: "pods", Value: "missing(scheduled_seconds)", Reduce: "sum"}, 1},
		{"empty cells can be filled in", CustomSpec{Over: "pods", Value: "missing(pending_seconds) ? 40 - created_seconds : pending_seconds", Reduce: "max"}, 37},
		{"texts have sizes", CustomSpec{Over: "pods", Where: "size(name) == 1 && name.startsWith('a')", Value: "size(namespace)"}, 7},
		{"a reserved word of CEL is a column here", CustomSpec{Over: "pods", Where: "namespace == 'default' && 'namespace' != name // namespace", Value: "1", Reduce: "sum"}, 4},
		{"texts are in lists", CustomSpec{Over: "pods", Where: "node in ['n2', 'n3']", Value: "priority", Reduce: "count"}, 2},
		{"division by zero has no value", CustomSpec{Over: "pods", Value: "1 / restarts", Reduce: "mean"}, math.NaN()},
		{"whole division by zero neither", CustomSpec{Over: "pods", Value: "int(name == 'a' ? 1 : 0) / int(restarts)", Reduce: "sum"}, 0},
		{"the median", CustomSpec{Over: "pods", Value: "pending_seconds", Reduce: "p50"}, 4},
		{"the least", CustomSpec{Over: "pods", Value: "-created_seconds", Reduce: "min"}, -3},
		{"nodes", CustomSpec{Over: "nodes", Where: "zone == 'z2' && !down", Value: "cpu_allocatable_millicores / 1000"}, 8},
		{"samples", CustomSpec{Over: "timeseries", Value: "pods_pending", Reduce: "max"}, 4},
		{"a column whose name is no word", CustomSpec{Over: "timeseries", Value: "column('nvidia.com/gpu_allocatable') + column('nvidia.com/gpu_requested')", Reduce: "p99"}, 4},
		{"a column of a resource that the run does not have", CustomSpec{Over: "timeseries", Value: "column('amd.com/gpu_requested')"}, math.NaN()},
		{"a column by its name in quotes", CustomSpec{Over: "timeseries", Value: "column('nodes_ready')"}, 2},
		{"from other metrics", CustomSpec{Value: "metric('pods.created') / metric('pods.succeeded') + 1"}, 5},
		{"a metric that was not measured", CustomSpec{Value: "metric('cost') / metric('pods.created')"}, math.NaN()},
		{"a sum beyond all numbers", CustomSpec{Over: "pods", Value: "1e308", Reduce: "sum"}, math.NaN()},
		{"a division by zero", CustomSpec{Value: "1 / (metric('pods.created') - 4)"}, math.NaN()},
		{"nothing over nothing", CustomSpec{Value: "(metric('pods.created') - 4) / 0"}, math.NaN()},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.spec.Name = "mine"
			list, err := CompileCustom([]CustomSpec{test.spec})
			if err != nil {
				t.Fatal(err)
			}
			s, err := fewPods(t, Config{Horizon: models.Time(40 * second)}, list...)
			if err != nil {
				t.Fatal(err)
			}
			all := s.Measures()
			got := all[len(all)-1]
			switch {
			case got.Name != "mine":
				t.Errorf("the last measure is %s", got.Name)
			case math.IsNaN(test.want) != (got.Value == nil):
				t.Errorf("got %v; want %g", got.Value, test.want)
			case got.Value != nil && math.Abs(*got.Value-test.want) > 1e-12:
				t.Errorf("got %g; want %g", *got.Value, test.want)
			}
		})
	}
}

func TestCustomMetricsReadEachOther(t *testing.T) {
	list, err := CompileCustom([]CustomSpec{
		{Name: "waits", Over: "pods", Value: "pending_seconds", Unit: "s"},
		{Name: "waits.minutes", Value: "metric('waits') / 60", Better: "higher"},
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := fewPods(t, Config{}, list...)
	if err != nil {
		t.Fatal(err)
	}
	four, part := 4.0, 4.0/60
	want := []Measure{{"waits", "s", LowerIsBetter, &four}, {"waits.minutes", "", HigherIsBetter, &part}}
	if diff := cmp.Diff(want, s.Custom); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCustomMetricsLeaveTheWarmUpOut(t *testing.T) {
	list, err := CompileCustom([]CustomSpec{
		{Name: "young", Over: "pods", Value: "1", Reduce: "sum"}, {Name: "first", Over: "timeseries", Value: "time_seconds", Reduce: "min"},
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := fewPods(t, Config{Horizon: models.Time(40 * second), WarmUp: 2 * second}, list...)
	if err != nil {
		t.Fatal(err)
	}
	if *s.Custom[0].Value != 2 || *s.Custom[1].Value != 2 {
		t.Errorf("got %g pods, samples from %g s; want 2 and 2: those from 2 s on", *s.Custom[0].Value, *s.Custom[1].Value)
	}
}

func TestCustomProblems(t *testing.T) {
	for _, test := range []struct {
		spec CustomSpec
		want string
	}{
		{CustomSpec{Over: "pods", Value: "pendin_seconds * 2"}, `value:1:1: there is no "pendin_seconds"; did you mean pending_seconds?`},
		{CustomSpec{Over: "pods", Value: "run_seconds\n  + readySeconds"}, `value:2:5: there is no "readySeconds"; did you mean ready_seconds?`},
		{CustomSpec{Over: "pods", Value: "xyzzy"}, `value:1:1: there is no "xyzzy"; podsim columns lists the columns of each table`},
		{CustomSpec{Over: "nodes", Value: "run_seconds"}, `value:1:1: there is no "run_seconds"`},
		{CustomSpec{Over: "pods", Value: "name"}, `value: want a number or a condition; this is a text`},
		{CustomSpec{Over: "pods", Value: "run_seconds - name"}, `value:1:13: - does not apply to (number, text)`},
		{CustomSpec{Over: "pods", Where: "run_seconds", Value: "1"}, `where: want a condition; this is a number`},
		{CustomSpec{Over: "pods", Where: "  ", Value: "1"}, `where: is empty`},
		{CustomSpec{Over: "pods", Value: "1 +"}, `value:1:4: mismatched input '<EOF>'`},
		{CustomSpec{Over: "pods", Value: "created_seconds.foo"}, `value:1:16: type 'double' does not support field selection`},
		{CustomSpec{Over: "pod", Value: "1"}, `over: got "pod"; want pods, nodes, timeseries; did you mean pods?`},
		{CustomSpec{Over: "pods", Value: "1", Reduce: "p75"}, `reduce: got "p75"; want mean, sum, count, min, max, p50, p90, p95, p99; did you mean p95?`},
		{CustomSpec{Over: "pods", Value: "1", Better: "more"}, `better: got "more"; want lower, neither, higher`},
		{CustomSpec{Value: "1", Where: "true"}, `where: needs over: without it there are no rows`},
		{CustomSpec{Value: "metric('pods.suceeded') / 2"}, `value:1:7: there is no metric "pods.suceeded"; did you mean pods.succeeded?`},
		{CustomSpec{Value: "metric('a' + 'b')"}, `value:1:7: metric takes a name in quotes`},
		{CustomSpec{Over: "pods", Value: "metric('cost')"}, `value:1:7: metrics are known at the end, not row by row; leave over out`},
		{CustomSpec{Value: "column('name')"}, `value:1:7: columns need over: without it there are no rows`},
		{CustomSpec{Over: "timeseries", Value: "column('pods_runing')"}, `value:1:7: there is no column "pods_runing"; did you mean pods_running?`},
		{CustomSpec{Over: "pods", Value: strings.Repeat("(", 2001)}, `value: longer than 2000 bytes`},
		{CustomSpec{Over: "pods", Value: strings.Repeat("(", 200) + "1" + strings.Repeat(")", 200)}, `value: expression recursion limit exceeded`},
		{CustomSpec{Over: "pods", Value: "namespace + 1"}, `value:1:11: + does not apply to (text, number)`},
		{CustomSpec{Over: "nodes", Value: "size(namespace)"}, `value:1:6: there is no "namespace"`},
		{CustomSpec{Over: "pods", Value: "[1, 2].map(x, x)"}, `value:1:11: there is no "map"`},
		{CustomSpec{Name: "cost", Value: "1"}, `name: podsim has a metric of this name`},
	} {
		t.Run(test.want, func(t *testing.T) {
			if test.spec.Name == "" {
				test.spec.Name = "mine"
			}
			_, err := CompileCustom([]CustomSpec{test.spec})
			if err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("custom metric %q: %s", test.spec.Name, test.want)) {
				t.Errorf("%s\ngot  %v\nwant custom metric %q: %s", test.spec.Value, err, test.spec.Name, test.want)
			}
		})
	}
}

func TestCustomProblemsAreToldAllAtOnce(t *testing.T) {
	_, err := CompileCustom([]CustomSpec{
		{Name: "a", Over: "pods", Where: "fase == 'x'", Value: "run_second"}, {Name: "a", Value: "metric('a') + metric('b')"},
	})
	var got []string
	for _, p := range CustomProblems(err) {
		got = append(got, fmt.Sprintf("%d %s:%d:%d", p.Index, p.Field, p.Line, p.Column))
	}
	if diff := cmp.Diff([]string{"0 where:1:1", "0 value:1:1", "1 name:0:0", "1 value:1:21"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%v", diff, err)
	}
}

func TestCustomExpressionsThatTakeTooLongAreNamed(t *testing.T) {
	for _, test := range []struct {
		name, value string
		taken       uint64 // steps, before
		want        string
	}{
		{"at once", "'" + strings.Repeat("a", 950) + "'.matches('" + strings.Repeat("a?", 480) + "')", 0,
			`custom metric "slow": value: takes more than 20000 steps at once`},
		{"over all rows", "created_seconds + 1", stepsOfRun - 5,
			`custom metric "slow": value: takes more than 1000000000 steps over all rows`},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, err := CompileCustom([]CustomSpec{{Name: "slow", Over: "nodes", Value: strings.ReplaceAll(test.value, "created", "joined")}})
			if err != nil {
				t.Fatal(err)
			}
			run := &customRun{metrics: []customFold{{custom: list[0], reducer: newReducer("mean"), steps: test.taken}}}
			for range 10 {
				run.readNode(&NodeSummary{})
			}
			measures, err := run.measures(&Summary{})
			if err == nil || err.Error() != test.want || measures[0].Value != nil && test.taken == 0 {
				t.Errorf("got %v; want %s", err, test.want)
			}
		})
	}
}

func TestQuantilesOfManyValuesStayClose(t *testing.T) {
	r := newReducer("p90")
	const n = exactSamples + exactSamples/2
	for i := range n {
		r.add(float64(i) - n/4) // a quarter is negative
	}
	for name, p := range map[string]float64{"p50": 0.5, "p90": 0.9, "p99": 0.99} {
		got, _ := r.result(name)
		want := math.Ceil(p*n) - 1 - n/4
		if math.Abs(got/want-1) > 0.00025 {
			t.Errorf("%s: got %g; want %g", name, got, want)
		}
	}
	if got, _ := r.result("min"); got != -n/4 {
		t.Errorf("min: got %g", got)
	}
}

// FuzzCustom holds that no expression panics, takes long, or yields a number that
// is none.
func FuzzCustom(f *testing.F) {
	for _, seed := range []string{
		"run_seconds * 2", "missing(ready_seconds) ? 1 : ready_seconds", "name.matches('^a+$')", "metric('cost') / 0", "column('x')",
		"size([1, 2, 3]) + int('7')", "{'a': 1}['a']", "1 / 0", "dyn(name) + 1", "[1][5]", "timestamp('2026-01-01T00:00:00Z').getHours()",
		"-9223372036854775808", "1u + 2", "b'x' == bytes(name)", "double(name)", "''.size()", "type(1) == double", "string(run_seconds)", "has(name.x)",
	} {
		f.Add(seed, "pods")
		f.Add(seed, "")
	}
	f.Fuzz(func(t *testing.T, text, over string) {
		list, err := CompileCustom([]CustomSpec{{Name: "mine", Over: over, Value: text}})
		if err != nil {
			if len(CustomProblems(err)) == 0 {
				t.Errorf("an error without a problem: %v", err)
			}
			return
		}
		s, err := fewPods(t, Config{}, list...)
		if err != nil {
			if !strings.HasPrefix(err.Error(), `custom metric "mine": value: `) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if v := s.Custom[0].Value; v != nil && (math.IsNaN(*v) || math.IsInf(*v, 0)) {
			t.Errorf("%q is %g", text, *v)
		}
	})
}
