package headroom

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/bench/testbed"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scheduler/place"
)

// near compares moments to a millionth.
func near(got *reports.Seconds, want float64) bool {
	return got != nil && math.Abs(float64(*got)-want) <= 1e-6*(1+math.Abs(want))
}

// A cluster of alike nodes and pods has a headroom that is known in closed form: n more
// pods fit, and pod n+1 comes after (n+1)/rate, or after ln(1+(n+1)/pods)/ln(1+share)
// periods.
func TestGrowthInClosedForm(t *testing.T) {
	for _, test := range []struct{ nodes, cores, each int }{{6, 8, 3}, {9, 16, 2}, {3, 4, 1}} {
		b := even(t, test.nodes, int64(test.cores), test.each)
		pods, more := float64(test.nodes*test.each), float64(test.nodes*(test.cores-test.each))
		const day, week = 86400.0, 7 * 86400.0
		for law, want := range map[string]float64{
			"40pods/day": (more + 1) / 40 * day,
			"2.5/36h":    (more + 1) / 2.5 * 1.5 * day,
			"5%/week":    math.Log(1+(more+1)/pods) / math.Log(1.05) * week,
			"100 %/year": math.Log2(1+(more+1)/pods) * 365.2425 * day,
		} {
			h := b.run(growth(t, law))
			if h.More.Low != int(more) || h.More.Median != int(more) || h.More.High != int(more) {
				t.Errorf("%v: %+v more pods fit, want %v", test, h.More, more)
			}
			if !near(h.Full.Low, want) || !near(h.Full.Median, want) || !near(h.Full.High, want) {
				t.Errorf("%v at %s: full from %v to %v, want %v s", test, law, *h.Full.Low, *h.Full.High, want)
			}
			if h.Stops[0].Workload != "ReplicaSet default/web" || math.Abs(h.Stops[0].Share-1) > 1e-9 || !strings.Contains(h.Stops[0].Why, "Insufficient cpu") {
				t.Errorf("stopped by %+v", h.Stops)
			}
			end := h.Course[len(h.Course)-1]
			if h.Course[0].Demand != 1 || h.Course[0].Full != 0 || math.Abs(end.Demand-1-(more+1)/pods) > 1e-9 || math.Abs(end.Full-1) > 1e-9 {
				t.Errorf("the demand goes from %+v to %+v", h.Course[0], end)
			}
		}
	}
}

// observations are those of a law, with errors of alternating sign.
func observations(n int, law func(day float64) float64, errorsOf float64) []Observation {
	var out []Observation
	for i := range n {
		at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i)
		wiggle := errorsOf * float64(1-i%2*2)
		out = append(out, Observation{at, law(float64(i)) * (1 + wiggle)})
	}
	return out
}

// A history without errors is followed exactly: 200 + 10 a day is full when it is 4/3
// of what it is now, and so is what grows by 2 % a day.
func TestAHistoryIsFollowed(t *testing.T) {
	b := even(t, 6, 8, 6) // 36 pods, 12 more
	times := 1 + 13.0/36
	for name, test := range map[string]struct {
		law         func(float64) float64
		exponential bool
		want        float64 // days
	}{
		"linear":      {func(d float64) float64 { return 200 + 10*d }, false, (times - 1) * (200 + 10*29) / 10},
		"exponential": {func(d float64) float64 { return 7 * math.Pow(1.02, d) }, true, math.Log(times) / math.Log(1.02)},
	} {
		g, err := FitGrowth(name, observations(30, test.law, 0))
		if err != nil {
			t.Fatal(err)
		}
		h := b.run(g)
		if got := h.Growth.Kind == "exponential"; got != test.exponential {
			t.Errorf("%s is taken for %s", name, h.Growth.Kind)
		}
		want := test.want * 86400
		if !near(h.Full.Median, want) || math.Abs(float64(*h.Full.Low)-want) > 60 || math.Abs(float64(*h.Full.High)-want) > 60 {
			t.Errorf("%s: full from %v by %v to %v, want %v s", name, *h.Full.Low, *h.Full.Median, *h.Full.High, want)
		}
		if h.Growth.Fit.From != "2026-01-01T00:00:00Z" || h.Growth.Fit.To != "2026-01-30T00:00:00Z" || math.Abs(*h.Growth.Fit.Linear) > 1.0000001 {
			t.Errorf("%s: got %+v", name, h.Growth.Fit)
		}
	}
}

// Errors about the law widen the interval of moments, and it holds the true one.
func TestAnUncertainHistoryHasAWiderInterval(t *testing.T) {
	b := even(t, 6, 8, 6)
	var widths []float64
	for _, wiggle := range []float64{0.01, 0.05} {
		g, err := FitGrowth("history", observations(40, func(d float64) float64 { return 100 * math.Pow(1.01, d) }, wiggle))
		if err != nil {
			t.Fatal(err)
		}
		f := b.run(g).Full
		truth := reports.Seconds(math.Log(1+13.0/36) / math.Log(1.01) * 86400)
		if f.Low == nil || f.High == nil || !(*f.Low < truth && truth < *f.High && *f.Low < *f.Median && *f.Median < *f.High) {
			t.Fatalf("errors of %v: full from %v to %v, in truth at %v", wiggle, f.Low, f.High, truth)
		}
		widths = append(widths, float64(*f.High-*f.Low))
	}
	if widths[1] < 2*widths[0] {
		t.Errorf("the intervals are %v s wide; want far more with larger errors", widths)
	}
}

func TestADemandThatShrinksIsNeverTooMuch(t *testing.T) {
	g, err := FitGrowth("shrinking", observations(10, func(d float64) float64 { return 100 - d }, 0))
	if err != nil {
		t.Fatal(err)
	}
	h := even(t, 3, 4, 1).run(g)
	if h.Full.Median != nil || h.Full.High != nil || h.More.Median != 9 || len(h.Course) != 0 {
		t.Errorf("got %+v, %+v, %+v", h.More, h.Full, h.Course)
	}
}

// The mix decides: where pods of a fifth of the nodes' size come beside small ones, some
// draws end before others, and the interval tells it.
func TestDrawsDifferWhereTheMixDoes(t *testing.T) {
	b := newBed(t)
	var on []models.NodeID
	for range 4 {
		on = append(on, b.node("a", 10))
	}
	b.pods("small", 100, on)
	b.pods("large", 3000, on[:2])
	h := b.run(growth(t, "1pods/hour"), func(o *Options) { o.Draws = 30 })
	if h.More.Low >= h.More.High || h.More.Low > h.More.Median || h.More.Median > h.More.High || *h.Full.Low >= *h.Full.High {
		t.Errorf("got %+v and %+v; want an interval", h.More, h.Full)
	}
	if len(h.Growing) != 2 || h.Growing[0].Workload != "ReplicaSet default/small" || *h.Growing[0].Alone != 336 || *h.Growing[1].Alone != 10 {
		t.Errorf("got %+v; want 336 more small ones alone, or 10 large ones", h.Growing)
	}
	if h.Stops[0].Workload != "ReplicaSet default/large" {
		t.Errorf("stopped by %+v; want mostly by the large ones", h.Stops)
	}
	again := b.run(growth(t, "1pods/hour"), func(o *Options) { o.Draws, o.Workers = 30, 1 })
	if diff := cmp.Diff(h, again); diff != "" {
		t.Errorf("one worker says something else (-2 +1):\n%s", diff)
	}
}

// The loss of a zone takes its nodes, and its pods need new places first.
func TestHeadroomThatSurvivesAZone(t *testing.T) {
	b := even(t, 6, 8, 3) // 48 cores, 18 pods: 30 more; without a zone 32 cores, 14 more
	zone := func(o *Options) { o.Survive = models.LabelZone }
	h := b.run(growth(t, "1pods/day"), zone)
	if h.More.Median != 14 || len(h.Losses) != 3 || h.Losses[0].Moved != 6 || h.Losses[0].Nodes != 2 || h.Losses[0].Stuck != 0 || h.Draws[0].Domain != "a" {
		t.Errorf("got %+v with %+v", h.More, h.Losses)
	}
	for _, l := range h.Losses {
		if l.More.Median != 14 || l.Worst != h.Settings.Draws {
			t.Errorf("got %+v; want all zones to be as bad", l)
		}
	}
	b.node("c", 10)
	if h := b.run(growth(t, "1pods/day"), zone); h.More.Median != 14 || h.Losses[0].Domain != "c" || h.Losses[1].More.Median != 24 || h.Losses[1].Worst != 0 {
		t.Errorf("with a larger zone: got %+v with %+v", h.More, h.Losses)
	}
	full := even(t, 3, 4, 3)
	h = full.run(growth(t, "1pods/day"), zone)
	if !near(h.Full.High, 0) || h.Losses[0].Homeless == nil || !strings.HasPrefix(h.Losses[0].Homeless.Pod, "default/web-") || h.More.High != 0 {
		t.Errorf("got %+v with %+v; want it full now", h.Full, h.Losses)
	}
	stuck := even(t, 3, 4, 1)
	stuck.pods("local", 100, []models.NodeID{0}, func(p *models.PodSpec) {
		p.NodeSelector = models.NewLabels(models.Label{Key: stuck.Dictionary.Sym(models.LabelZone), Value: stuck.Dictionary.Sym("a")})
	})
	h = stuck.run(growth(t, "1pods/day"), zone, func(o *Options) { o.Templates = []place.Template{template(stuck)} })
	for _, l := range h.Losses {
		if want := map[bool]int{true: 1}[l.Domain == "a"]; l.Stuck != want || l.Homeless != nil {
			t.Errorf("got %+v, want %d stuck", l, want)
		}
	}
}

// template is a pod of half a core.
func template(b *bed) place.Template {
	return place.Template{Name: "new", Replicas: 2, Pod: &models.PodSpec{Namespace: b.Dictionary.Sym("default"), SchedulerName: b.Dictionary.Sym(models.DefaultScheduler),
		Requests: models.Resources{models.CPU: 500, models.Pods: 1}, NonZeroCPU: 500, ScoredCPU: 500}}
}

func TestTemplatesGrowInsteadOfWhatRuns(t *testing.T) {
	b := even(t, 2, 4, 1)
	h := b.run(growth(t, "6pods/day"), func(o *Options) { o.Templates = []place.Template{template(b)} })
	if h.More.Median != 12 || len(h.Growing) != 1 || h.Growing[0].Workload != "Pod default/new" || !near(h.Full.Median, 13.0/6*86400) {
		t.Errorf("got %+v of %+v at %v", h.More, h.Growing, *h.Full.Median)
	}
	limited := b.run(growth(t, "6pods/day"), func(o *Options) { o.Limit = 5 })
	if !limited.Limited || limited.More.Median != 5 || limited.Full.Median != nil || len(limited.Stops) != 0 {
		t.Errorf("got %+v, %+v", limited.More, limited.Full)
	}
}

// Copies of a pod with a volume of its own come without it, and DaemonSets and what waits
// for a node do not grow.
func TestWhatDoesNotGrow(t *testing.T) {
	b := even(t, 2, 4, 1)
	b.Cluster.DefineClaim(&models.ClaimSpec{Namespace: b.Dictionary.Sym("default"), Name: b.Dictionary.Sym("data")})
	b.pods("store", 1000, []models.NodeID{0}, func(p *models.PodSpec) {
		p.Volumes = []models.Volume{{Kind: models.ClaimVolume, Claim: b.Dictionary.Sym("data")}}
	})
	b.pods("waits", 1000, []models.NodeID{models.None})
	def := b.Cluster.DefinePod(&models.PodSpec{Namespace: b.Dictionary.Sym("default"), SchedulerName: b.Dictionary.Sym(models.DefaultScheduler), Requests: models.Resources{models.Pods: 1}})
	owner := models.OwnerID(b.Cluster.View().Owners())
	b.Apply(models.Op{Kind: models.OpCreateOwner, Owner: owner, Parent: models.None, Ordinal: models.Exact, Name: b.Dictionary.Sym("agent"),
		Def: int32(b.Cluster.DefineOwner(&models.OwnerSpec{Kind: models.DaemonSet, Namespace: b.Dictionary.Sym("default"), Template: def}))})
	id := models.PodID(b.Cluster.View().Pods())
	b.Apply(models.Op{Kind: models.OpCreatePod, Pod: id, Owner: owner, Def: int32(def), Name: b.Dictionary.Sym("agent"), Ordinal: 0})
	b.Apply(models.Op{Kind: models.OpBindPod, Pod: id, Node: 1})
	h := b.run(growth(t, "1pods/day"))
	if h.Pods != 3 || h.Pending != 1 || h.More.Median != 5 || len(h.Growing) != 2 || *h.Growing[1].Alone != 5 {
		t.Errorf("%d pods grow and %d wait; %+v of %+v fit", h.Pods, h.Pending, h.More, h.Growing)
	}
}

func TestWhatCannotBeAsked(t *testing.T) {
	b, empty := even(t, 2, 4, 1), newBed(t)
	for _, test := range []struct {
		bed  *bed
		edit func(*Options)
		want string
	}{
		{b, func(o *Options) { o.Draws = 0 }, "draws: want 1 to 10000 (got 0)"},
		{b, func(o *Options) { o.Confidence = 1 }, "confidence: want 0.5 to below 1 (got 1)"},
		{b, func(o *Options) { o.Limit = 0 }, "limit: want 1 to 10000000 copies (got 0)"},
		{b, func(o *Options) { o.Survive = "rack" }, "no node has the label rack"},
		{empty, func(*Options) {}, "no pod is on a node that could be copied"},
		{empty, func(o *Options) { o.Templates = []place.Template{template(empty)} }, "a share of no pods is none"},
	} {
		o := Options{HeadroomSettings: Defaults(), Growth: growth(t, "5%/week")}
		test.edit(&o)
		if _, err := Run(context.Background(), place.NewCell(test.bed.Cluster), testbed.Scheduler, o); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, want %q", err, test.want)
		}
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if none, err := Run(ended, place.NewCell(b.Cluster), testbed.Scheduler, Options{HeadroomSettings: Defaults(), Growth: growth(t, "5%/week")}); !errors.Is(err, context.Canceled) || none != nil {
		t.Errorf("got %v and %v after the end of the context", none, err)
	}
}

// What is done when the context ends is told, and is what a whole run says of it.
func TestAnInterruptedHeadroomTellsWhatIsKnown(t *testing.T) {
	b := even(t, 6, 8, 3)
	b.pods("large", 3000, []models.NodeID{0})
	whole := b.run(growth(t, "1pods/day"), func(o *Options) { o.Survive = models.LabelZone })
	ctx, cancel := context.WithCancel(context.Background())
	o := Options{HeadroomSettings: whole.Settings, Growth: growth(t, "1pods/day"), Survive: models.LabelZone, Workers: 1, Progress: func(done, _ int) {
		if done == 13 { // four draws of three losses, and one more
			cancel()
		}
	}}
	got, err := Run(ctx, place.NewCell(b.Cluster), testbed.Scheduler, o)
	if !errors.Is(err, context.Canceled) || got == nil || !got.Partial || got.Growing[0].Alone != nil {
		t.Fatalf("got %+v and %v", got, err)
	}
	if diff := cmp.Diff(whole.Draws[:4], got.Draws); diff != "" {
		t.Errorf("the draws differ (-whole +interrupted):\n%s", diff)
	}
}

func TestLawsOfGrowth(t *testing.T) {
	for _, bad := range []string{"", "5%", "5%/", "/week", "x/week", "5%/fortnight", "-5%/week", "0pods/day", "5%/0s", "1e99/day", "5 %%/week", "NaN/day", "5%/-1h"} {
		if _, err := ParseGrowth(bad); err == nil || !strings.Contains(err.Error(), "want a percentage such as 5%/week") {
			t.Errorf("%q: got %v", bad, err)
		}
	}
	for text, linear := range map[string]bool{"5%/week": false, "0.1 % / 36h": false, "1pod/hour": true, "40 pods/quarter": true, "3/month": true} {
		if g := growth(t, text); g.linear() != linear {
			t.Errorf("%q is linear: %v, want %v", text, g.linear(), linear)
		}
	}
}

func TestHistories(t *testing.T) {
	got, err := ReadHistory(strings.NewReader("\ufeffDemand, date ,note\n10,2026-01-01,x\n\n12.5,2026-01-02T12:00:00Z\n"), "history.csv")
	want := []Observation{{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 10}, {time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC), 12.5}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("got %v (-want +got):\n%s", err, diff)
	}
	for text, want := range map[string]string{
		"":                         "history.csv: the file is empty; want the columns date and demand",
		"day,demand\n":             `history.csv:1:1: column "date" is missing (got day, demand)`,
		"date,demand\n2026,1\n":    `history.csv:2:1: date: got "2026"; want a date such as 2026-01-31 or 2026-01-31T12:00:00Z`,
		"date,demand\n2026-1-1,-3": "history.csv:2:10: demand: got \"-3\"; want a number that is not negative",
		"date,demand\n\"a":         "history.csv:2:3: extraneous",
		"date,demand\n2026-01-01":  "history.csv:2:1: got 1 cells; want a date and a demand",
	} {
		if _, err := ReadHistory(strings.NewReader(text), "history.csv"); !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	for want, list := range map[string][]Observation{
		"got 2 observations; want 3 or more":                   observations(2, func(float64) float64 { return 1 }, 0),
		"all observations are of one moment":                   {{Demand: 1}, {Demand: 2}, {Demand: 3}},
		"the fitted demand is 0 at 2026-01-03; want more than": observations(3, func(float64) float64 { return 0 }, 0),
	} {
		if _, err := FitGrowth("history.csv", list); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// What the reader makes of bytes is a history that can be fitted or refused.
func FuzzReadHistory(f *testing.F) {
	f.Add("date,demand\n2026-01-01,1\n2026-01-02,2\n2026-01-03,4\n")
	f.Add("demand,date\n1e308,2026-01-01\n0,9999-12-31\n3,0001-01-01T00:00:00Z\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ReadHistory(strings.NewReader(text), "f")
		if err != nil {
			return
		}
		g, err := FitGrowth("f", list)
		if err != nil {
			return
		}
		low, high := g.between(10, 5, 0.9)
		if at := g.when(10, 5); math.IsNaN(low) || math.IsNaN(at) || math.IsNaN(high) || low < 0 || low > at || at > high {
			t.Errorf("full from %v by %v to %v", low, at, high)
		}
	})
}
