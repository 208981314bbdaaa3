package scenarios_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scenarios/trace"
	"github.com/podsim/podsim/sim"
)

// replay is a scenario that replays a trace in a file, with more documents.
func replay(t *testing.T, format trace.Format, text, spec, more string) scenarios.Input {
	t.Helper()
	name := filepath.Join(t.TempDir(), "trace")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if spec == "" {
		spec = "{arrivals: {type: trace, data: t}}"
	}
	in := input(strings.Replace(base, "seed: 7", "seed: 7, data: [{name: t, format: "+string(format)+"}]", 1) +
		document("Workload", "batch", spec) + more)
	in.Data = map[string]string{"t": name}
	return in
}

// operations runs a scenario and returns the digest of its operations and the
// number of pods.
func operations(t *testing.T, in scenarios.Input) (string, int) {
	t.Helper()
	run := mustLoad(t, in)
	s, err := sim.New(run.Config, run.Dictionary, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(nil); err != nil {
		t.Fatal(err)
	}
	return s.Cluster().Digest(), s.Cluster().View().Pods()
}

// arrivals lists what a trace brings: time, kind, name, pods, requests, times.
func arrivals(t *testing.T, run *scenarios.Run) []string {
	t.Helper()
	var list []string
	d := run.Dictionary
	for {
		a, ok, err := run.Config.Sources[0].Next()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return list
		}
		pod, kind, pods := a.Template.Pod, "Pod", int32(1)
		if o := a.Template.Owner; o != nil {
			kind, pods = o.Kind.String(), o.Replicas
		}
		list = append(list, fmt.Sprintf("%s %s %s/%s x%d %dm %dMi %s life %s run %s", a.At, kind, d.String(pod.Namespace),
			models.AppendName(nil, d.String(a.Name), a.Ordinal), pods, pod.Requests[models.CPU], pod.Requests[models.Memory]>>20,
			pod.RestartPolicy, a.Lifetime, a.RunTime))
	}
}

// swfJobs writes jobs with users and memory, out of order if asked.
func swfJobs(n int, shuffled bool) string {
	var b strings.Builder
	b.WriteString("; Version: 2.2\n")
	for i := range n {
		job := i
		if shuffled {
			job = i * 7 % n
		}
		fmt.Fprintf(&b, "%d %d -1 %d %d -1 %d -1 -1 -1 1 %d -1 -1 -1 -1 -1 -1\n", job+1, job*20, 5+job*13%300, 1+job%4, 500_000*(1+job%2), job%3)
	}
	return b.String()
}

const watched = `{"time":0,"type":"ADDED","object":{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","uid":"1"},"spec":{"replicas":3,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i","resources":{"requests":{"cpu":"500m"}}}]}}}}}
{"time":1,"type":"ADDED","object":{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"web-1","ownerReferences":[{"kind":"Deployment","name":"web","controller":true}]},"spec":{}}}
{"time":1,"type":"ADDED","object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-1-x","ownerReferences":[{"kind":"ReplicaSet","name":"web-1","controller":true}]},"spec":{}}}
{"time":60,"type":"ADDED","object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"db-0","labels":{"x":"y"}},"spec":{"containers":[{"name":"c","image":"i","resources":{"requests":{"memory":"1Gi"}}}],"nodeSelector":{"topology.kubernetes.io/zone":"a"}}}}
{"time":900.5,"type":"DELETED","object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"db-0"}}}
{"time":1200,"type":"DELETED","object":{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"}}}
{"time":1500,"type":"ADDED","object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"db-0","labels":{"x":"y"}},"spec":{"containers":[{"name":"c","image":"i","resources":{"requests":{"memory":"1Gi"}}}],"nodeSelector":{"topology.kubernetes.io/zone":"a"}}}}
`

func TestAConvertedTraceRunsAsTheOriginal(t *testing.T) {
	dlrm, err := os.ReadFile(writeTrace(t, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	table := "x_note,time,name,kind,count,template,cpu,memory,nvidia.com/gpu,lifetime,run_time,labels\n" +
		"=1,1m,a,Job,4,,1,1Gi,,,300,app=a\n,10s,b-3,,,,500m,,,5m,,\n,20,,,3,,250m,,,,90.5,\n,2h,,,2,etl,,,,,60,\n"
	etl := "apiVersion: batch/v1\nkind: Job\nmetadata: {name: etl}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: m, image: i}]}}}\n"
	tests := map[trace.Format]struct{ text, more string }{
		trace.DLRM: {string(dlrm), ""}, trace.SWF: {swfJobs(200, false), ""}, trace.CSV: {table, etl}, trace.JSONL: {watched, ""},
	}
	for format, test := range tests {
		t.Run(string(format), func(t *testing.T) {
			direct, pods := operations(t, replay(t, format, test.text, "", test.more))
			r, err := scenarios.OpenTrace("t", strings.NewReader(test.text), "")
			if err != nil {
				t.Fatal(err)
			}
			if r.Format() != format {
				t.Fatalf("taken for %s", r.Format())
			}
			var packed bytes.Buffer
			z, err := zstd.NewWriter(&packed)
			if err != nil {
				t.Fatal(err)
			}
			w, err := trace.NewWriter(z, r.Columns())
			if err != nil {
				t.Fatal(err)
			}
			for row, ok := r.Next(); ok; row, ok = r.Next() {
				if err := w.Write(r, &row); err != nil {
					t.Fatal(err)
				}
			}
			for _, finish := range []func() error{r.Err, w.Flush, z.Close} {
				if err := finish(); err != nil {
					t.Fatal(err)
				}
			}
			converted, again := operations(t, replay(t, trace.CSV, packed.String(), "", test.more))
			if pods < 5 || direct != converted || pods != again {
				t.Errorf("the operations differ: %s of %d pods, %s of %d", direct, pods, converted, again)
			}
		})
	}
}

func TestATraceOutOfOrderIsSortedAndAStreamIsKept(t *testing.T) {
	want := arrivals(t, mustLoad(t, replay(t, trace.SWF, swfJobs(100, false), "", "")))
	got := arrivals(t, mustLoad(t, replay(t, trace.SWF, swfJobs(100, true), "", "")))
	if diff := cmp.Diff(want, got); diff != "" || len(want) != 100 {
		t.Errorf("%d arrivals: %s", len(want), diff)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() {
		_, _ = w.WriteString(swfJobs(100, false)) // the reader tells if it fails
		_ = w.Close()
	}()
	in := replay(t, trace.SWF, "", "", "")
	in.Data["t"] = fmt.Sprintf("/dev/fd/%d", r.Fd())
	if diff := cmp.Diff(want, arrivals(t, mustLoad(t, in))); diff != "" {
		t.Error(diff)
	}
}

func TestWhatATraceBrings(t *testing.T) {
	etl := "apiVersion: batch/v1\nkind: Job\nmetadata: {name: etl, namespace: red}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: m, image: i, resources: {requests: {cpu: 2}}}]}}}\n---\n" +
		"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: m, image: i}]}}}\n"
	job := "7 60 -1 1451 16 -1 2048 -1 -1 -1 1 3 1 2 0 4 -1 -1\n"
	tests := map[string]struct {
		format     trace.Format
		text, spec string
		want       []string
	}{
		"jobs": {trace.SWF, job, "", []string{"1m0s Job default/swf-7 x16 1000m 2Mi Never life -1ns run 24m11s"}},
		"jobs with the pod of a user": {trace.SWF, job, "{arrivals: {type: trace, data: t}, template: {apiVersion: v1, kind: Pod, metadata: {namespace: hpc}, spec: {containers: [{name: m, image: i, resources: {requests: {cpu: 500m}}}]}}}",
			[]string{"1m0s Job hpc/swf-7 x16 500m 0Mi Never life -1ns run 24m11s"}},
		"jobs with the Job of a user": {trace.SWF, job, "{arrivals: {type: trace, data: t}, template: {apiVersion: batch/v1, kind: Job, spec: {backoffLimit: 0, template: {spec: {restartPolicy: OnFailure, containers: [{name: m, image: i}]}}}}}",
			[]string{"1m0s Job default/swf-7 x16 0m 0Mi OnFailure life -1ns run 24m11s"}},
		"copies of pods": {trace.CSV, "time,name,count,cpu,run_time\n1,,2,1,\n2,,,1,\n3,a-5,2,1,9\n", "", []string{
			"1s Pod default/batch-0 x1 1000m 0Mi Always life -1ns run -1ns", "1s Pod default/batch-1 x1 1000m 0Mi Always life -1ns run -1ns",
			"2s Pod default/batch-2 x1 1000m 0Mi Always life -1ns run -1ns",
			"3s Pod default/a-5-0 x1 1000m 0Mi Never life -1ns run 9s", "3s Pod default/a-5-1 x1 1000m 0Mi Never life -1ns run 9s",
		}},
		"copies of objects": {trace.CSV, "time,name,kind,count,template,lifetime\n1,x,,,etl,\n2,y,Job,3,etl,\n3,z,,9,web,60\n", "", []string{
			"1s Job red/x x1 2000m 0Mi Never life -1ns run -1ns", "2s Job red/y x3 2000m 0Mi Never life -1ns run -1ns",
			"3s Deployment default/z x9 0m 0Mi Always life 1m0s run -1ns",
		}},
		"objects": {trace.JSONL, watched, "", []string{
			"0s Deployment default/web x3 500m 0Mi Always life 20m0s run -1ns", "1m0s Pod default/db-0 x1 0m 1024Mi Always life 14m0.5s run -1ns",
			"25m0s Pod default/db-0 x1 0m 1024Mi Always life -1ns run -1ns",
		}},
		"a window": {trace.SWF, swfJobs(10, false), "{arrivals: {type: trace, data: t, from: 40s, until: 2m, limit: 2}}", []string{
			"40s Job default/swf-3 x3 1000m 489Mi Never life -1ns run 31s", "1m0s Job default/swf-4 x4 1000m 977Mi Never life -1ns run 44s",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			more := ""
			if strings.Contains(test.text, ",template") {
				more = etl
			}
			if diff := cmp.Diff(test.want, arrivals(t, mustLoad(t, replay(t, test.format, test.text, test.spec, more)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLabelsOfJobsAndFewPodSpecs(t *testing.T) {
	run := mustLoad(t, replay(t, trace.SWF, swfJobs(300, false), "", ""))
	d := run.Dictionary
	pods, templates := make(map[*models.PodSpec]bool), make(map[*sim.Template]bool)
	for {
		a, ok, err := run.Config.Sources[0].Next()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		pods[a.Template.Pod], templates[a.Template] = true, true
		for _, labels := range []models.Labels{a.Template.Pod.Labels, a.Template.Owner.Labels} {
			if user, ok := labels.Get(d.Sym("user")); !ok || len(d.String(user)) != 1 {
				t.Fatalf("labels %v", labels)
			}
		}
	}
	if len(pods) != 6 || len(templates) != 12 {
		t.Errorf("got %d pod specifications and %d templates; want 6 (users x memory) and 12 (x processors)", len(pods), len(templates))
	}
}

func TestTraceProblems(t *testing.T) {
	job := "7 60 -1 1451 16 -1 2048 -1 -1 -1 1 3 1 2 0 4 -1 -1\n"
	web := "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: m, image: i}]}}}\n"
	tests := map[string]struct {
		format     trace.Format
		text, spec string
		want       string
	}{
		"rows":               {trace.SWF, "1 2\nx\n", "", "PATH:1:1: row has 2 of 18 columns\nPATH:2:1: row has 1 of 18 columns"},
		"template, not jobs": {trace.CSV, "time,cpu\n1,1\n", "{arrivals: {type: trace, data: t}, template: {apiVersion: v1, kind: Pod, spec: {containers: [{name: m, image: i}]}}}", "s.yaml:19:52: spec.template: a trace brings pods, lifetimes and batches of its own"},
		"bad template":       {trace.SWF, job, "{arrivals: {type: trace, data: t}, template: {apiVersion: v1, kind: Pod, spec: {}}}", "s.yaml:19:86: spec.template.spec.containers: a pod needs at least one container"},
		"template of pods":   {trace.SWF, job, "{arrivals: {type: trace, data: t}, template: " + strings.ReplaceAll("{apiVersion: apps/v1, kind: Deployment, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: m, image: i}]}}}}}", "\n", ""), "s.yaml:19:80: spec.template.kind: got Deployment; want a Pod or a Job, since the objects of the trace are Jobs"},
		"bad quantity":       {trace.CSV, "time,cpu,memory\n1,abc,\n2,1,100m\n", "", "PATH:2:3: cpu: invalid quantity"},
		"unknown template":   {trace.CSV, "time,template\n1,web\n2,wep\n", "", `PATH:3:1: template: unknown object of the scenario "wep"; did you mean "web"?`},
		"bad label":          {trace.CSV, "time,cpu,labels\n1,1,a b=c\n", "", "PATH:2:1: metadata.labels"},
		"unknown priority":   {trace.CSV, "time,cpu,priority_class\n1,1,gold\n", "", "PATH:2:1: spec.priorityClassName: "},
		"request over limit": {trace.CSV, "time,cpu,cpu_limit\n1,2,1\n", "", "PATH:2:1: spec.containers[0].resources"},
		"bad object":         {trace.JSONL, `{"time":1,"type":"ADDED","object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"nam":"a"}]}}}`, "", `PATH:1:1: spec.containers[0].nam: unknown field "nam"`},
		"restarts for ever":  {trace.CSV, "time,template,run_time\n1,web,60\n", "ENDLESS", "the trace brings pods that end and are restarted without end"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			spec := test.spec
			if spec == "ENDLESS" {
				spec = ""
			}
			in := replay(t, test.format, test.text, spec, web)
			if test.spec == "ENDLESS" {
				in.Set = []string{"Scenario.spec.for=null"}
			}
			got := strings.ReplaceAll(loadError(t, in), in.Data["t"], "PATH")
			if !strings.Contains(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestAssumptionsAboutATrace(t *testing.T) {
	text := "1 0 -1 5 1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1\n2 0 -1 -1 1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1\n"
	want := []string{"1 of 2 jobs of Workload batch are left out: their run time is unknown"}
	if diff := cmp.Diff(want, mustLoad(t, replay(t, trace.SWF, text, "", "")).Assumptions); diff != "" {
		t.Error(diff)
	}
	want = []string{"some pods of Workload batch have no runTime: 1m0s assumed"}
	run := mustLoad(t, replay(t, trace.CSV, "time,kind,cpu,run_time\n1,Job,1,\n2,Job,2,\n3,Job,3,5\n", "", ""))
	if diff := cmp.Diff(want, run.Assumptions); diff != "" {
		t.Error(diff)
	}
	want = []string{"Workload batch: the trace begins on 2026-02-03T04:05:06Z, which is moment 0 of the run"}
	dated := strings.Replace(strings.Split(watched, "\n")[0], `"time":0`, `"time":"2026-02-03T04:05:06Z"`, 1)
	if diff := cmp.Diff(want, mustLoad(t, replay(t, trace.JSONL, dated, "", "")).Assumptions); diff != "" {
		t.Error(diff)
	}
}

func TestDescribeTrace(t *testing.T) {
	r, err := scenarios.OpenTrace("t", strings.NewReader(watched), "")
	if err != nil {
		t.Fatal(err)
	}
	info, err := scenarios.DescribeTrace(r)
	if err != nil {
		t.Fatal(err)
	}
	peaks := []trace.Peak{{Resource: "pods", Amount: 4, At: 60}, {Resource: "cpu", Amount: 1.5}, {Resource: "memory", Amount: 1 << 30, At: 60}}
	if diff := cmp.Diff(peaks, info.Peaks); diff != "" || info.Pods != 5 || info.UnknownRequests != 0 || info.End != (25*time.Minute).Seconds() {
		t.Errorf("got %+v, %s", info, diff)
	}
}
