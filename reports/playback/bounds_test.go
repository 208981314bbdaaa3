package playback_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports/playback"
)

// world drives a cluster by hand, with a recorder that observes it.
type world struct {
	t *testing.T
	d *models.Dictionary
	c *cluster.Cluster
	r *playback.Recorder
}

func newWorld(t *testing.T, horizon time.Duration) *world {
	t.Helper()
	w := &world{t: t, d: models.NewDictionary()}
	w.c = cluster.New(w.d, nil)
	var err error
	if w.r, err = playback.New(models.Time(horizon), w.c.View()); err != nil {
		t.Fatal(err)
	}
	w.c.Observe(w.r)
	return w
}

func (w *world) apply(at time.Duration, op models.Op) {
	w.t.Helper()
	if err := w.c.Apply(models.Time(at), &op); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) node(at time.Duration, name, group, zone string) {
	w.t.Helper()
	amount := models.Resources{models.CPU: 4000, models.Memory: 1 << 30, models.Pods: 110}
	spec := &models.NodeSpec{Name: w.d.Sym(name), Group: w.d.Sym(group), Capacity: amount, Allocatable: amount,
		Labels: models.NewLabels(models.Label{Key: w.d.Sym(models.LabelZone), Value: w.d.Sym(zone)})}
	w.apply(at, models.Op{Kind: models.OpAddNode, Node: models.NodeID(w.c.View().Nodes()), Def: int32(w.c.DefineNode(spec))})
}

func (w *world) pod(at time.Duration, name string) models.PodID {
	w.t.Helper()
	id := models.PodID(w.c.View().Pods())
	def := w.c.DefinePod(&models.PodSpec{Namespace: w.d.Sym("default"), Requests: models.Resources{models.CPU: 100, models.Pods: 1}})
	w.apply(at, models.Op{Kind: models.OpCreatePod, Pod: id, Owner: models.None, Def: int32(def), Name: w.d.Sym(name), Ordinal: models.Exact})
	return id
}

func (w *world) finish(end time.Duration) *playback.Recording {
	w.t.Helper()
	r, err := w.r.Finish(models.Time(end))
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func TestSamplesAreBoundedAndEvenlySpaced(t *testing.T) {
	for _, test := range []struct {
		horizon, end  time.Duration
		least, most   int
		interval      time.Duration
		whatItIsAbout string
	}{
		{0, 0, 1, 1, 0, "nothing happens"},
		{10 * time.Second, 10 * time.Second, 11, 11, time.Second, "a short run"},
		{24 * time.Hour, 24 * time.Hour, 361, 361, 4 * time.Minute, "a day"},
		{24 * time.Hour, 100 * time.Minute, 190, 400, 30 * time.Second, "a day that was interrupted"},
		{365 * 24 * time.Hour, 365 * 24 * time.Hour, 360, 370, 24 * time.Hour, "a year"},
		{0, 1000 * time.Hour, 200, 400, 16384 * time.Second, "nobody knows how long"},
	} {
		w := newWorld(t, test.horizon)
		for at := time.Duration(0); at < test.end; at += max(test.end/50, time.Second) {
			w.node(at, fmt.Sprintf("n-%d", at), "", "a")
		}
		times := w.finish(test.end).Times
		if n := len(times); n < test.least || n > test.most || times[n-1] != models.Time(test.end) {
			t.Errorf("%s: %d samples up to %s; want %d to %d up to %s", test.whatItIsAbout, n, times[n-1], test.least, test.most, test.end)
			continue
		}
		for i := 1; i+1 < len(times); i++ {
			if step := (times[i] - times[i-1]); step != times[1]-times[0] || step != models.Time(test.interval) {
				t.Errorf("%s: sample %d comes %s after the one before; want %s", test.whatItIsAbout, i, step, test.interval)
				break
			}
		}
	}
}

func TestNodesShareRowsWhenThereAreMany(t *testing.T) {
	for _, test := range []struct{ first, later, groups int }{{800, 0, 2}, {10_000, 100, 3}, {3000, 2000, 600}, {5, 1500, 1}} {
		w := newWorld(t, time.Hour)
		for i := range test.first {
			w.node(0, fmt.Sprintf("first-%d", i), fmt.Sprintf("g%d", i%test.groups), string(rune('a'+i%3)))
		}
		for i := range test.later {
			w.node(time.Minute, fmt.Sprintf("later-%d", i), "g0", "a")
		}
		r := w.finish(time.Hour)
		nodes, last := 0, len(r.Times)-1
		for i, row := range r.Rows {
			nodes += row.Nodes
			if r.Grid.State[i*len(r.Times)+last] != byte(playback.Schedulable) {
				t.Errorf("row %q is %d at the end; want it to be there", row.Name, r.Grid.State[i*len(r.Times)+last])
			}
			if row.Nodes > 1 && test.groups < 100 && row.Group == "" {
				t.Errorf("row %q mixes groups", row.Name)
			}
		}
		if len(r.Rows) > 1000 || nodes != test.first+test.later {
			t.Errorf("%+v: %d rows of %d nodes", test, len(r.Rows), nodes)
		}
		if test.first+test.later <= 800 && len(r.Rows) != nodes {
			t.Errorf("%+v: %d rows; want one a node", test, len(r.Rows))
		}
	}
}

func TestPodsWithManyChangesAreToldInShort(t *testing.T) {
	w := newWorld(t, 0)
	w.node(0, "n", "", "a")
	pod := w.pod(0, "restless")
	w.apply(0, models.Op{Kind: models.OpBindPod, Pod: pod, Node: 0})
	w.apply(time.Second, models.Op{Kind: models.OpStartPod, Pod: pod})
	at := time.Second
	for range 5000 {
		at += time.Minute
		w.apply(at, models.Op{Kind: models.OpReadyPod, Pod: pod})
		at += time.Minute
		w.apply(at, models.Op{Kind: models.OpUnreadyPod, Pod: pod})
	}
	r := w.finish(at + time.Hour)
	if len(r.Lives) != 1 {
		t.Fatalf("%d lives; want 1", len(r.Lives))
	}
	life := r.Lives[0]
	if n := len(life.Spans); !life.Sparse || n < 2 || n > 128 || len(life.Marks) > 16 {
		t.Errorf("%d spans, %d marks, sparse: %t", n, len(life.Marks), life.Sparse)
	}
	for i, span := range life.Spans[1:] {
		if span.From != life.Spans[i].Until || span.Until <= span.From {
			t.Errorf("span %d is from %s to %s, after %s", i+1, span.From, span.Until, life.Spans[i].Until)
		}
	}
}

// TestPodsAreChosenByWhatBefellThem has far more pods than can be told of, and three
// that something happens to.
func TestPodsAreChosenByWhatBefellThem(t *testing.T) {
	w := newWorld(t, time.Hour)
	w.node(0, "n", "", "a")
	var pods []models.PodID
	for i := range 3000 {
		pods = append(pods, w.pod(0, fmt.Sprintf("pod-%d", i)))
	}
	failed, late := pods[1234], pods[2345]
	for _, pod := range pods {
		if pod != late {
			w.apply(0, models.Op{Kind: models.OpBindPod, Pod: pod, Node: 0})
			w.apply(0, models.Op{Kind: models.OpStartPod, Pod: pod})
		}
	}
	w.apply(time.Minute, models.Op{Kind: models.OpFinishPod, Pod: failed, Arg: 1, Reason: w.d.Sym("Error")})
	w.apply(2*time.Minute, models.Op{Kind: models.OpFailScheduling, Pod: late, Message: w.d.Sym("0/1 nodes are available: 1 Insufficient cpu.")})
	r := w.finish(time.Hour)
	if len(r.Lives) != 300 || r.Pods != 3000 {
		t.Errorf("%d lives of %d pods; want 300 of 3000", len(r.Lives), r.Pods)
	}
	found := 0
	for _, life := range r.Lives {
		switch life.Name {
		case "default/pod-1234":
			found++
			last := life.Spans[len(life.Spans)-1]
			if life.Why[0] != playback.HasFailed || last.Phase != playback.Failed || last.From != models.Time(time.Minute) || life.Marks[0].Text != "failed: Error" {
				t.Errorf("the pod that failed: %+v", life)
			}
		case "default/pod-2345":
			found++
			if life.Why[0] != playback.WaitedLongest || life.Row != -1 || len(life.Spans) != 1 || life.Marks[0].Text != "not placed: 0/1 nodes are available: 1 Insufficient cpu." {
				t.Errorf("the pod that waits: %+v", life)
			}
		}
	}
	if found != 2 {
		t.Errorf("%d of the two pods that something befell are told of", found)
	}
}

func TestARecorderWantsToSeeAll(t *testing.T) {
	w := newWorld(t, 0)
	w.node(0, "n", "", "")
	if _, err := playback.New(0, w.c.View()); err == nil {
		t.Error("a recorder may come too late")
	}
	w.node(time.Hour, "m", "", "")
	if _, err := w.r.Finish(models.Time(time.Minute)); err == nil {
		t.Error("a recording may end before what it recorded")
	}
}
