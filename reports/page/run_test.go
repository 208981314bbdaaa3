package page_test

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/hostile"
	"github.com/podsim/podsim/reports/page"
	"github.com/podsim/podsim/reports/playback"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// runOf runs a scenario and returns what its page is made of.
func runOf(t *testing.T, text string) *page.RunReport {
	t.Helper()
	loaded, err := scenarios.Load(scenarios.Input{Files: []scenarios.File{{Name: "test.yaml", Reader: strings.NewReader(text)}}})
	if err != nil {
		t.Fatal(err)
	}
	simulation, err := sim.New(loaded.Config, loaded.Dictionary, nil)
	if err != nil {
		t.Fatal(err)
	}
	state := simulation.Cluster()
	numbers, err := reports.NewRecorder(reports.Config{Prices: loaded.Prices()}, state.View())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range loaded.Assertions {
		check, err := reports.CompileAssertion(reports.Assertion{Text: a.Text, At: a.At}, loaded.Dictionary)
		if err != nil {
			t.Fatal(err)
		}
		numbers.Check(check)
	}
	played, err := playback.New(loaded.Config.Horizon, state.View())
	if err != nil {
		t.Fatal(err)
	}
	state.Observe(numbers)
	state.Observe(played)
	if err := simulation.Run(nil); err != nil {
		t.Fatal(err)
	}
	r := &page.RunReport{Start: loaded.Start, Assumptions: loaded.Assumptions}
	end := simulation.End(true)
	if r.Summary, err = numbers.Finish(end); err != nil {
		t.Fatal(err)
	}
	if r.Played, err = played.Finish(end); err != nil {
		t.Fatal(err)
	}
	r.Summary.Scenario, r.Summary.Digest = loaded.Name, state.Digest()
	r.Summary.SetUserSteps([]reports.UserStep{{At: 3000, Text: "scale deployment/web --replicas=4", Message: "deployment.apps/web scaled"}})
	return r
}

func runPage(t *testing.T, r *page.RunReport) *written {
	t.Helper()
	p := write(t, func(w io.Writer) error { return page.Run(w, r) })
	p.checkPolicy(t)
	return p
}

const outage = `
apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: outage}
spec: {for: 1h}
---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: workers}
spec: {count: 4, zones: [a, b], price: 0.5, template: {status: {capacity: {cpu: 4, memory: 16Gi}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 9
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, resources: {requests: {cpu: 1500m}}}]}
---
apiVersion: podsim/v1alpha1
kind: FaultPlan
metadata: {name: zone}
spec: {faults: [{name: power-loss, target: {zones: [b]}, scope: perZone, at: 20m, for: 10m}]}
---
apiVersion: podsim/v1alpha1
kind: Assertions
metadata: {name: all}
spec: {assertions: [{that: available(Deployment/web) == 8}, {that: available(Deployment/web) == 9}]}
`

func TestTheVerdictOfARunStandsOnTop(t *testing.T) {
	r := runOf(t, outage)
	p := runPage(t, r)
	p.says(t, "1 of 2 assertions failed.", "outage", "What failed, and what replaced it", "power-loss", "Why pods were not scheduled", "Insufficient cpu",
		"Steps of users", "scale deployment/web --replicas=4", "Deployment/default/web", "Cost", "Time from creation", "until bound, ")
	r.Ended = "interrupted"
	runPage(t, r).says(t, "Interrupted at 01h00m00s. 1 of 2 assertions failed.")
	r.Summary.Assertions = r.Summary.Assertions[:1]
	runPage(t, r).says(t, "Interrupted at 01h00m00s. The assertion passed.")
	r.Ended, r.Summary.Assertions = "", nil
	runPage(t, r).says(t, "on 4 nodes over 1h of virtual time.")
}

// drawn is what the script of a page is given, as far as tests look at it.
type drawn struct {
	Kind   string
	Start  time.Time
	End    float64
	Times  []float64
	Charts []struct {
		ID     string
		Series []struct {
			Name   string
			Values []*float64
		}
	}
	Bands []struct {
		From  float64
		Until *float64
		Kind  string
	}
	Marks  []struct{ At float64 }
	Rows   []struct{ Name, Zone string }
	Owners []string
	Grid   struct {
		Encoding string
		Bytes    map[string]string
	}
	Lifelines struct {
		Shown string
		Pods  []struct {
			Name, Why string
			Row       *int
			Spans     [][]*float64
		}
	}
}

func dataOf(t *testing.T, p *written) *drawn {
	t.Helper()
	_, text, _ := strings.Cut(p.text, `id="podsim-data">`)
	text, _, _ = strings.Cut(text, "</script>")
	d := new(drawn)
	if err := json.Unmarshal([]byte(text), d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheScriptIsGivenWhatItDraws(t *testing.T) {
	d := dataOf(t, runPage(t, runOf(t, outage)))
	if d.Kind != "run" || d.End != 3600 || len(d.Times) != 361 || len(d.Rows) != 4 || d.Owners[0] != "Deployment default/web" {
		t.Errorf("%s up to %f: %d samples, %d rows, owners %q", d.Kind, d.End, len(d.Times), len(d.Rows), d.Owners)
	}
	if len(d.Bands) != 1 || d.Bands[0].From != 1200 || d.Bands[0].Until == nil || *d.Bands[0].Until != 1800 || len(d.Marks) != 1 || d.Marks[0].At != 3000 {
		t.Errorf("bands %+v, marks %+v; want the outage from 20m to 30m, and a step at 50m", d.Bands, d.Marks)
	}
	for _, chart := range d.Charts {
		for _, series := range chart.Series {
			if len(series.Values) != len(d.Times) {
				t.Errorf("series %s of chart %s has %d values; want %d", series.Name, chart.ID, len(series.Values), len(d.Times))
			}
		}
	}
	for name, text := range d.Grid.Bytes {
		packed, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		cells, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
		if err != nil || len(cells) != len(d.Rows)*len(d.Times) {
			t.Errorf("%d cells of %s, %v; want %d rows of %d", len(cells), name, err, len(d.Rows), len(d.Times))
		}
		if at := 2*len(d.Times) + 125; name == "state" && (d.Rows[2].Zone != "b" || cells[at] != byte(playback.Down)) {
			t.Errorf("a node of zone %q is %d at 20m50s; want one of zone b, down", d.Rows[2].Zone, cells[at])
		}
	}
	if len(d.Grid.Bytes) != 5 || len(d.Lifelines.Pods) < 9 || d.Lifelines.Pods[0].Spans[0][3] != nil || d.Lifelines.Pods[0].Row == nil {
		t.Errorf("%d layers; lives %+v", len(d.Grid.Bytes), d.Lifelines)
	}
}

func TestOfManyFaultsTheLargerOnesAreMarked(t *testing.T) {
	r := runOf(t, outage)
	until := reports.Seconds(1800)
	for i := range 60 {
		r.Summary.Disruptions = append(r.Summary.Disruptions, reports.Disruption{At: reports.Seconds(i), Until: &until, Nodes: 1, PodsHit: 1, PodsLost: 1})
	}
	r.Summary.Disruptions = append(r.Summary.Disruptions, reports.Disruption{At: 2000, Nodes: 100, PodsHit: 1000, PodsLost: 1000, Text: "100 nodes down until the end"})
	p := runPage(t, r)
	if d := dataOf(t, p); len(d.Bands) != 1 || d.Bands[0].From != 2000 || d.Bands[0].Until != nil {
		t.Errorf("%+v; want the large one", d.Bands)
	}
	p.says(t, "without 61 smaller ones.", "And 37 more faults: see summary.json.", "100 nodes down until the end")
}

func TestOddRunsHaveAPage(t *testing.T) {
	for name, text := range map[string]string{
		"no pods":          "kind: Scenario\napiVersion: podsim/v1alpha1\nmetadata: {name: odd}\nspec: {for: 1h}\n---\nkind: NodeGroup\napiVersion: podsim/v1alpha1\nmetadata: {name: w}\nspec: {count: 2, template: {status: {capacity: {cpu: 1, memory: 1Gi}}}}\n",
		"a pod that waits": "kind: Scenario\napiVersion: podsim/v1alpha1\nmetadata: {name: odd}\nspec: {for: 1h}\n---\nkind: NodeGroup\napiVersion: podsim/v1alpha1\nmetadata: {name: w}\nspec: {count: 1, template: {status: {capacity: {cpu: 1, memory: 1Gi}}}}\n---\nkind: Pod\napiVersion: v1\nmetadata: {name: lonely}\nspec: {containers: [{name: a, image: a, resources: {requests: {cpu: 2}}}]}\n",
		"an instant":       "kind: Scenario\napiVersion: podsim/v1alpha1\nmetadata: {name: odd}\nspec: {for: 1ms}\n---\nkind: NodeGroup\napiVersion: podsim/v1alpha1\nmetadata: {name: w}\nspec: {count: 1, template: {status: {capacity: {cpu: 1, memory: 1Gi}}}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			r := runOf(t, text)
			p := runPage(t, r)
			d := dataOf(t, p)
			if len(d.Times) == 0 || d.Kind != "run" {
				t.Errorf("%d samples", len(d.Times))
			}
			p.says(t, "of virtual time.")
		})
	}
}

func TestARunWithoutAnythingHasAPage(t *testing.T) {
	empty := cluster.New(models.NewDictionary(), nil)
	numbers, err := reports.NewRecorder(reports.Config{}, empty.View())
	if err != nil {
		t.Fatal(err)
	}
	played, err := playback.New(0, empty.View())
	if err != nil {
		t.Fatal(err)
	}
	r := new(page.RunReport)
	if r.Summary, err = numbers.Finish(0); err != nil {
		t.Fatal(err)
	}
	if r.Played, err = played.Finish(0); err != nil {
		t.Fatal(err)
	}
	p := runPage(t, r)
	p.says(t, "unnamed", "0 pods without a node over 0s of virtual time.", "No pods were created.")
	if d := dataOf(t, p); len(d.Times) != 1 || len(d.Grid.Bytes) != 0 || len(d.Lifelines.Pods) != 0 {
		t.Errorf("an empty run has %d samples, %+v, %+v", len(d.Times), d.Grid, d.Lifelines)
	}
}

func TestLivesAreOrderedByWhatBefellThem(t *testing.T) {
	r := runOf(t, outage)
	p := *r.Played
	p.Lives = nil
	for _, of := range []struct {
		name   string
		why    []playback.Why
		marked bool
	}{
		{"drawn", []playback.Why{playback.AtRandom}, false},
		{"marked", []playback.Why{playback.AtRandom}, true},
		{"waited", []playback.Why{playback.WaitedLongest, playback.AtRandom}, false},
		{"restarted", []playback.Why{playback.HasRestarted}, true},
		{"failed", []playback.Why{playback.HasFailed, playback.HasRestarted}, true},
		{"waited and left", []playback.Why{playback.WaitedLongest, playback.HadToLeave}, true},
		{"hit", []playback.Why{playback.HitByFault, playback.HadToLeave}, true},
		{"waited and hit", []playback.Why{playback.WaitedLongest, playback.HitByFault}, true},
	} {
		life := playback.Life{Name: of.name, Row: -1, Why: of.why}
		if of.marked {
			life.Marks = []playback.Mark{{Text: "something"}}
		}
		p.Lives = append(p.Lives, life)
	}
	r.Played = &p
	var got []string
	for _, pod := range dataOf(t, runPage(t, r)).Lifelines.Pods {
		got = append(got, pod.Name)
	}
	want := []string{"hit", "waited and hit", "waited and left", "failed", "restarted", "waited", "marked", "drawn"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q; want %q: the gravest first, by age among alike", got, want)
	}
}

func TestNoNameOfARunIsMarkup(t *testing.T) {
	r := runOf(t, outage)
	named := func(name string) *written {
		s := *r.Summary
		s.Scenario, s.NotSimulated = "s"+name, []string{"n" + name}
		s.Assertions = []reports.AssertionResult{{Text: "a" + name, Offender: "o" + name, Message: "m" + name, When: "at the end"}}
		s.Disruptions = append([]reports.Disruption{}, s.Disruptions...)
		s.Disruptions[0].Fault, s.Disruptions[0].Text = "f"+name, "t"+name
		s.Workloads = []reports.WorkloadSummary{{Name: "w" + name}}
		s.Nodes = []reports.NodeSummary{{Name: "n" + name, Zone: "z" + name, Group: "g" + name}}
		s.Unschedulable = reports.Unschedulable{Attempts: 1, Pods: 1, Reasons: []reports.ReasonSummary{{Reason: "r" + name, Attempts: 1, Pods: 1}}}
		s.UserSteps = &reports.UserSteps{Done: 1, Steps: []reports.UserStep{{Text: "u" + name, Message: "m" + name}}}
		s.Pending.Worst, s.Pending.Oldest, s.Pending.StillPending = "p"+name, "p"+name, 1
		p := *r.Played
		p.Rows = append([]playback.Row{}, p.Rows...)
		p.Rows[0].Name, p.Rows[0].Zone = "r"+name, "z"+name
		p.Owners = []string{"o" + name, "others"}
		p.Zones = []string{"z" + name, "b"}
		p.Resources = append([]string{"cpu", "memory", "ephemeral-storage", "pods"}, "e"+name)
		p.Lives = []playback.Life{{Name: "l" + name, Row: -1, Why: []playback.Why{playback.AtRandom}, Marks: []playback.Mark{{Text: "m" + name}}}}
		return runPage(t, &page.RunReport{Summary: &s, Played: &p, Ended: "e" + name, Version: "v" + name, Assumptions: []string{"a" + name}, Approximated: []string{"a" + name}})
	}
	want := named("harmless")
	for _, name := range hostile.Names {
		got := named(name)
		if got.elements != want.elements {
			t.Errorf("%q changes the elements of the page: %s", name, firstDifference(got.elements, want.elements))
		}
		dataOf(t, got)
	}
}

func TestEqualRunsHaveEqualPages(t *testing.T) {
	if a, b := runPage(t, runOf(t, outage)), runPage(t, runOf(t, outage)); a.text != b.text {
		t.Error("two pages of one run differ")
	}
}

// TestThePageOfALargeRunStaysSmall fills all that is bounded up to its bounds, with
// noise, which does not compress.
func TestThePageOfALargeRunStaysSmall(t *testing.T) {
	r := runOf(t, outage)
	const rows, samples, lives = 1000, 400, 300
	p := &playback.Recording{End: models.Time(24 * time.Hour), Owners: []string{"Deployment default/web", "others"}, Pods: 1e6, Resources: r.Played.Resources}
	noise := uint64(1)
	next := func() byte {
		noise ^= noise << 13
		noise ^= noise >> 7
		noise ^= noise << 17
		return byte(noise % 200)
	}
	layers := make([][]byte, 5)
	for i := range layers {
		layers[i] = make([]byte, rows*samples)
		for at := range layers[i] {
			layers[i][at] = next()
		}
	}
	p.Grid = playback.Grid{CPU: layers[0], Memory: layers[1], Pods: layers[2], State: layers[3], Owner: layers[4]}
	long := strings.Repeat("n", 250)
	for range rows {
		p.Rows = append(p.Rows, playback.Row{Name: long, Nodes: 10, Group: "workers", Zone: "a", MostPods: 1000})
	}
	for i := range samples {
		p.Times = append(p.Times, models.Time(i)*models.Time(217*time.Second))
		p.Gauges = append(p.Gauges, playback.Gauges{MostPending: int64(next()) * 12345})
	}
	for range lives {
		l := playback.Life{Name: long, Why: []playback.Why{playback.AtRandom}}
		for i := range 128 {
			l.Spans = append(l.Spans, playback.Span{Phase: playback.Ready, From: models.Time(i) * 12345678901, Until: models.Time(i+1) * 12345678901})
		}
		for range 16 {
			l.Marks = append(l.Marks, playback.Mark{At: 12345678901, Text: long})
		}
		p.Lives = append(p.Lives, l)
	}
	r.Played = p
	if size := len(runPage(t, r).text); size > 10<<20 {
		t.Errorf("a page of %d bytes; want at most 10 MiB", size)
	}
}
