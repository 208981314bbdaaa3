package reports

import (
	"fmt"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

// The first node has cpu and no memory left, the second one both: only what is free
// on the first is out of reach of the pod that waits, and only while it does.
func TestStrandedIsWhatNoWaitingPodCanUse(t *testing.T) {
	shape := models.Resources{models.CPU: 400}
	w := newWorld(t, Config{Horizon: models.Time(100 * second), Shape: &shape})
	n1, n2 := w.node("n1", "a", 1000, 1000), w.node("n2", "b", 1000, 1000)
	w.run(w.pod(w.spec(100, 900), "full of memory"), n1)
	w.at(20 * second)
	w.pod(w.spec(64000, 1), "fits nowhere") // and strands nothing
	w.at(40 * second)
	waits := w.pod(w.spec(500, 500), "waits")
	w.at(60 * second)
	w.run(waits, n2)
	s := w.finish(100 * second)
	wantMeasures(t, s,
		fmt.Sprint("stranded(cpu) = ", round6(900.0*20/(2000*100))),
		fmt.Sprint("stranded(memory) = ", round6(100.0*20/(2000*100))),
		// Two of 400 fit into 1000 and into 900, one into 500.
		fmt.Sprint("stranded.shape(cpu) = ", round6(((200.0+100)*60+(100.0+100)*40)/(2000*100))),
	)
}

// Half of the pods so far do not fit on the fuller node.
func TestFragmentationIsWhatADrawnPodCannotUse(t *testing.T) {
	w := newWorld(t, Config{Horizon: models.Time(100 * second)})
	n1 := w.node("n1", "", 1000, 1000)
	w.node("n2", "", 1000, 1000)
	w.run(w.pod(w.spec(700, 100), "large"), n1)
	w.delete(w.pod(w.spec(100, 100), "small"), "user")
	s := w.finish(100 * second)
	wantMeasures(t, s, fmt.Sprint("fragmentation(cpu) = ", round6(0.5*300/1300)), "imbalance.nodes(cpu) = 0.35",
		"imbalance.zones(cpu) = nothing")
}

func TestImbalanceOverZones(t *testing.T) {
	w := newWorld(t, Config{Horizon: models.Time(100 * second)})
	n1 := w.node("n1", "a", 1000, 1000)
	w.node("n2", "a", 1000, 1000)
	w.node("n3", "b", 1000, 1000)
	w.run(w.pod(w.spec(800, 0), "p"), n1)
	wantMeasures(t, w.finish(100*second), "imbalance.zones(cpu) = 0.2", "imbalance.zones(memory) = 0")
}

func TestTheWorkloadIsSampledEvenly(t *testing.T) {
	var m mix
	specs := make([]*models.PodSpec, 1000)
	for i := range specs {
		specs[i] = &models.PodSpec{Priority: int32(i)}
		m.observe(specs[i])
	}
	if len(m.specs) <= mixMost/2 || len(m.specs) > mixMost {
		t.Fatalf("%d of at most %d", len(m.specs), mixMost)
	}
	for i, spec := range m.specs {
		if spec.Priority != int32(i)*int32(m.every) {
			t.Fatalf("number %d of the sample is pod %d, want every %dth", i, spec.Priority, m.every)
		}
	}
}

func TestOnlyTheLeastRequestsAreAsked(t *testing.T) {
	var w waitingSpecs
	nodes := []nodeRoom{{ready: true, allocatable: models.Resources{models.CPU: 100, models.Memory: 100}}}
	for i, r := range [][2]int64{{5, 5}, {3, 9}, {4, 4}, {9, 3}, {9, 4}, {4, 4}, {1, 200}} {
		w.add(models.SpecID(i), &models.PodSpec{Requests: models.Resources{models.CPU: r[0], models.Memory: r[1]}})
	}
	w.reduce(nodes, 4)
	var least [][2]int64
	for _, r := range w.least {
		least = append(least, [2]int64{r[models.CPU], r[models.Memory]})
	}
	same(t, "the least", [][2]int64{{3, 9}, {4, 4}, {9, 3}}, least)
	for _, id := range []models.SpecID{2, 5, 1} {
		w.remove(id)
	}
	w.reduce(nodes, 4)
	same(t, "how many are left", 2, len(w.least))
}

// A node of 9 an hour is split among cpu, memory and its card, 3 each.
func TestPodsBearTheSharesThatTheyRequest(t *testing.T) {
	d := models.NewDictionary()
	card, err := d.Resource("example.com/card")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorldWith(t, d, Config{Prices: map[string]float64{"cards": 9, "other": 1}, CostLabel: "team"})
	size := models.Resources{models.CPU: 1000, models.Memory: 1000, models.Pods: 10}
	size[card] = 2
	n := w.nodeOf("n1", "cards", "", size)
	w.nodeOf("n2", "free", "", size)
	request := models.Resources{models.CPU: 500, models.Pods: 1}
	request[card] = 2
	spec := w.c.DefinePod(&models.PodSpec{Namespace: d.Sym("lab"), Requests: request})
	w.at(time.Hour)
	p := w.pod(spec, "p")
	w.bind(p, n)
	w.run(w.pod(w.labelled("shop", "red", 100, 0), "q"), n)
	w.at(3 * time.Hour)
	w.end(p, 1)
	s := w.finish(5 * time.Hour)
	wantMeasures(t, s, "cost = 45", `cost{group="cards"} = 45`, `cost{group="free"} = 0`, "node_hours = 10",
		`cost{namespace="lab"} = 9`, `cost{namespace="shop"} = 1.2`, `cost{label=""} = 9`, `cost{label="red"} = 1.2`,
		"cost.idle = 34.8", fmt.Sprint("cost.idle_share = ", round6(34.8/45)),
		fmt.Sprint(`cost.idle{namespace="lab"} = `, round6(34.8*9/10.2)))
}

func TestManyNamespacesShareTheLastAccount(t *testing.T) {
	w := newWorld(t, Config{Prices: map[string]float64{"g": 1}})
	n := w.nodeOf("n", "g", "", models.Resources{models.CPU: 1000, models.Memory: 1000, models.Pods: 1000})
	for i := range accountsMost + 10 {
		w.run(w.pod(w.labelled(fmt.Sprintf("n%03d", i), "", 1, 0), "p"), n)
	}
	s := w.finish(2000 * time.Hour)
	if got := len(s.Measured.Cost.Namespaces); got != accountsMost {
		t.Fatalf("%d namespaces", got)
	}
	wantMeasures(t, s, `cost{namespace="n000"} = 1`, `cost{namespace="(others)"} = 11`)
}

func TestMergedSamplesAreOneSample(t *testing.T) {
	var whole, a, b sample
	for i := range int64(exactSamples + 5000) {
		d := i * 7919 % 1_000_003 * 1e6
		whole.add(d)
		if i%3 == 0 {
			a.add(d)
		} else {
			b.add(d)
		}
	}
	a.merge(&b)
	same(t, "quantiles", whole.quantiles(), a.quantiles())
	var empty sample
	empty.merge(&whole)
	empty.merge(&sample{})
	same(t, "into nothing", whole.quantiles(), empty.quantiles())
}
