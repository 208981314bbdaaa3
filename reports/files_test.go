package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/golden"
	"github.com/podsim/podsim/reports/hostile"
)

func TestPodsCSVAndEvents(t *testing.T) {
	w := newWorld(t, Config{})
	n := w.node("n1", "", 4000, gibi)
	_, web := w.deployment("web", 1)
	class := w.c.DefinePod(&models.PodSpec{Namespace: w.d.Sym("default"), PriorityClass: w.d.Sym("high"), Priority: 1000,
		Requests: models.Resources{models.CPU: 100, models.Memory: mebi}})
	a, b := w.podOf(web, class), w.pod(w.spec(1, 1), "b")
	w.pod(w.spec(1, 1), "pending")
	w.at(1500 * time.Millisecond)
	w.unschedulable(a, "0/1 nodes are available: 1 node(s) were unschedulable.")
	w.at(2 * second)
	w.bind(a, n)
	w.bind(b, n)
	w.at(3 * second)
	w.start(a)
	w.at(4 * second)
	w.exit(a, 7)
	w.start(a)
	w.at(5*second + 1)
	w.ready(a)
	w.start(b)
	w.at(6 * second)
	w.end(b, 0)
	w.delete(a, "taint-eviction")
	w.scale(web, 0)
	w.apply(models.Op{Kind: models.OpTaintNode, Node: n, Taint: models.Taint{Key: w.d.Sym("k"), Value: w.d.Sym("v"), Effect: models.NoExecute}})
	w.apply(models.Op{Kind: models.OpPullImage, Node: n, Name: w.d.Sym("nginx:1"), Arg: 12345})
	w.nodeReady(n, models.ConditionUnknown, "NodeStatusUnknown")
	w.at(36 * second)
	w.remove(a)
	changed := w.c.DefineOwner(&models.OwnerSpec{Kind: w.c.View().Owner(web).Kind(), Namespace: w.d.Sym("default")})
	w.apply(models.Op{Kind: models.OpUpdateOwner, Owner: web, Def: int32(changed)})
	w.apply(models.Op{Kind: models.OpReviseOwner, Owner: web, Arg: 2})
	condition := models.Op{Kind: models.OpSetCondition, Owner: web, Name: w.d.Sym("Progressing"), Arg: int64(models.ConditionFalse),
		Reason: w.d.Sym("ProgressDeadlineExceeded"), Message: w.d.Sym(`ReplicaSet "web-5d4f8" has timed out progressing.`)}
	w.apply(condition)
	condition.Arg, condition.Reason, condition.Message = models.None, 0, 0
	w.apply(condition)
	w.apply(models.Op{Kind: models.OpDeleteOwner, Owner: web, Reason: w.d.Sym("user")})
	s := w.finish(40 * second)
	golden.Match(t, "pods.csv", w.pods.String())
	golden.Match(t, "events.jsonl", w.events.String())
	var nodes, owners, summary bytes.Buffer
	if err := errors.Join(s.WriteNodesCSV(&nodes), s.WriteOwnersCSV(&owners), s.WriteJSON(&summary)); err != nil {
		t.Fatal(err)
	}
	golden.Match(t, "nodes.csv", nodes.String())
	golden.Match(t, "owners.csv", owners.String())
	golden.Match(t, "summary.json", summary.String())
	for i, line := range strings.Split(strings.TrimSpace(w.events.String()), "\n") {
		var event map[string]any
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Errorf("line %d: %v", i+1, err)
		}
		known := map[string]bool{}
		for _, f := range eventFields {
			known[f.Name] = true
		}
		for name := range event {
			if !known[name] {
				t.Errorf("line %d: field %s is not documented", i+1, name)
			}
		}
	}
}

func TestHeadersAreTheDocumentedColumns(t *testing.T) {
	w := newWorld(t, Config{})
	s := w.finish(second)
	var nodes, owners, series bytes.Buffer
	if err := errors.Join(s.WriteNodesCSV(&nodes), s.WriteOwnersCSV(&owners), s.WriteSeriesCSV(&series)); err != nil {
		t.Fatal(err)
	}
	headers := map[string]string{PodsFile: w.pods.String(), NodesFile: nodes.String(), OwnersFile: owners.String(), SeriesFile: series.String()}
	documented := map[string][]string{}
	seen := map[string]bool{}
	for _, c := range Columns() {
		if c.Help == "" || c.Type == "" {
			t.Errorf("%s: column %s lacks help or type", c.File, c.Name)
		}
		if seen[c.File+c.Name] {
			t.Errorf("%s: column %s is there twice", c.File, c.Name)
		}
		seen[c.File+c.Name] = true
		if !strings.Contains(c.Name, "<") {
			documented[c.File] = append(documented[c.File], c.Name)
		}
	}
	for file, text := range headers {
		first, _, _ := strings.Cut(text, "\n")
		same(t, file, strings.Join(documented[file], ","), first)
	}
}

func TestHostileNamesStayInTheirPlace(t *testing.T) {
	const red = "\x1b[31mred\x1b[0m"
	w := newWorld(t, Config{})
	for _, name := range hostile.Names {
		n := w.nodeOf(name, "", name, models.Resources{models.CPU: 1, models.Memory: 1})
		w.run(w.pod(w.spec(0, 0), name), n)
		w.unschedulable(w.pod(w.spec(0, 0), name), name)
	}
	w.at(second)
	w.crash(0, red)
	s := w.finish(10 * second)
	s.Scenario = red
	s.NotSimulated = hostile.Names
	rows, err := csv.NewReader(strings.NewReader(w.pods.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows[1:] {
		want := strings.ReplaceAll(hostile.Names[i/2], "\r\n", "\n") // encoding/csv reads it so
		if want != "" && strings.ContainsAny(want[:1], "=+-@\t\r") {
			want = "'" + want
		}
		if row[1] != want {
			t.Errorf("name %q reads back as %q", want, row[1])
		}
	}
	for i, line := range strings.Split(strings.TrimSpace(w.events.String()), "\n") {
		if !json.Valid([]byte(line)) {
			t.Errorf("line %d is not JSON: %q", i+1, line)
		}
	}
	for _, terminal := range []Terminal{{Width: 100, Unicode: true}, {Width: 60}, {Width: 1}} {
		var b bytes.Buffer
		if err := WriteText(&b, s, Wall{}, terminal); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(b.String(), "\n") {
			if clean := Visible(line); clean != line {
				t.Errorf("unsafe line %q", line)
			}
			if columnsOf(line) > max(terminal.Width, 40) {
				t.Errorf("line of %d columns: %q", columnsOf(line), line)
			}
		}
	}
}

func FuzzCellReadsBack(f *testing.F) {
	for _, name := range hostile.Names {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, text string) {
		line := append(appendCell(nil, text), ",x\n"...)
		rows, err := csv.NewReader(bytes.NewReader(line)).ReadAll()
		if err != nil || len(rows) != 1 || len(rows[0]) != 2 {
			t.Fatalf("%q is written as %q: %v, %v", text, line, rows, err)
		}
		want := strings.ReplaceAll(text, "\r\n", "\n") // encoding/csv reads it so
		if text != "" && strings.ContainsAny(text[:1], "=+-@\t\r") {
			want = strings.ReplaceAll("'"+text, "\r\n", "\n")
		}
		if rows[0][0] != want {
			t.Fatalf("%q reads back as %q", text, rows[0][0])
		}
		quoted := appendQuoted(nil, text)
		var back string
		if err := json.Unmarshal(quoted, &back); err != nil || back != strings.ToValidUTF8(text, "\ufffd") && len(back) < len(text) {
			t.Fatalf("%q is written as %q: %q, %v", text, quoted, back, err)
		}
	})
}

func TestTimesAreExact(t *testing.T) {
	for ns, want := range map[int64]string{0: "0", 1: "0.000000001", 1_500_000_000: "1.5", 60e9: "60", 1_000_000_010: "1.00000001"} {
		if got := string(appendTime(nil, ns)); got != want {
			t.Errorf("%d ns = %s, want %s", ns, got, want)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestFinishReportsFilesThatFailed(t *testing.T) {
	w := newWorld(t, Config{})
	r, err := NewRecorder(Config{Pods: broken{}, Events: broken{}}, w.c.View())
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Finish(0)
	if err == nil || err.Error() != "pods.csv: disk full\nevents.jsonl: disk full" {
		t.Errorf("%v", err)
	}
	if _, err := r.Finish(0); err == nil {
		t.Error("a second Finish succeeds")
	}
	w.node("n1", "", 1, 1)
	if _, err := NewRecorder(Config{}, w.c.View()); err == nil {
		t.Error("a recorder begins in the middle of a run")
	}
}

func TestRunID(t *testing.T) {
	same(t, "id", RunID("a"), RunID("a"))
	if RunID("a") == RunID("b") || RunID("a")[14] != '5' {
		t.Errorf("%s, %s", RunID("a"), RunID("b"))
	}
}

func TestDurationText(t *testing.T) {
	for s, want := range map[Seconds]string{
		0: "0s", 0.35: "350ms", 4.2: "4.2s", 9: "9s", 41: "41s", 59.6: "1m", 702: "11m42s", 3600: "1h", 11100: "3h05m",
		86399: "23h59m", 2*86400 + 4*3600: "2d04h", -5: "-5s",
	} {
		if got := Duration(s); got != want {
			t.Errorf("%v = %s, want %s", float64(s), got, want)
		}
	}
	same(t, "clock", "1d02h03m04s", Clock(86400+2*3600+3*60+4))
}
