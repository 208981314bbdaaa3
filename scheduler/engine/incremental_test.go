package engine_test

import (
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/engine"
)

// twins are the plain engine and the incremental one side by side.
type twins struct {
	*history
	plain       *engine.Scan
	incremental *engine.Incremental
}

func newTwins(h *history, config func() engine.Config) *twins {
	return &twins{h, engine.NewScan(config(), new(engine.Nodes)), engine.NewIncremental(config(), new(engine.Nodes))}
}

// decide asks both about a pod and returns what they agree on.
func (w *twins) decide(id models.PodID) engine.Result {
	v := w.c.View()
	want, because := w.plain.Schedule(v, id)
	got, why := w.incremental.Schedule(v, id)
	if got != want {
		w.Fatalf("pod %d: %+v; want %+v", id, got, want)
	}
	if (why == nil) != (because == nil) {
		w.Fatalf("pod %d: diagnosis %v; want %v", id, why, because)
	}
	if why == nil {
		if w.one(10) {
			w.recall(id)
		}
		return want
	}
	if why.Message() != because.Message() {
		w.Fatalf("pod %d: %q; want %q", id, why.Message(), because.Message())
	}
	if why.Rejectors != because.Rejectors || why.Pending != because.Pending || why.Nodes != because.Nodes {
		w.Fatalf("pod %d: rejectors %b of %d nodes; want %b of %d", id, why.Rejectors, why.Nodes, because.Rejectors, because.Nodes)
	}
	w.compareRejected(id, why.Rejected, because.Rejected)
	if why.Room.Nominated != because.Room.Nominated || why.Room.Override != because.Room.Override ||
		!slices.Equal(why.Room.Victims, because.Room.Victims) {
		w.Fatalf("pod %d: room %+v; want %+v", id, why.Room, because.Room)
	}
	return want
}

// recall asks both how they came to the last decision.
func (w *twins) recall(id models.PodID) {
	if diff := cmp.Diff(w.plain.Ratings(), w.incremental.Ratings()); diff != "" {
		w.Fatalf("pod %d: ratings differ:\n%s", id, diff)
	}
	w.compareRejected(id, w.incremental.Diagnosis().Rejected, w.plain.Diagnosis().Rejected)
}

func (w *twins) compareRejected(id models.PodID, got, want []engine.Rejection) {
	same := func(a, b engine.Rejection) bool {
		return a.Node == b.Node && a.Plugin == b.Plugin && a.Status.Code == b.Status.Code && a.Status.Message() == b.Status.Message()
	}
	if !slices.EqualFunc(got, want, same) {
		w.Fatalf("pod %d: rejected %v; want %v", id, got, want)
	}
}

func (w *twins) run(steps int) {
	for range steps {
		for range w.IntN(6) {
			w.happen()
		}
		if w.one(2) {
			w.arrive()
		}
		if len(w.pending) == 0 {
			continue
		}
		i := w.IntN(len(w.pending))
		id := w.pending[i]
		result := w.decide(id)
		if w.one(8) {
			w.decide(id) // nothing has changed
		}
		if result.Node != models.None && !w.one(8) {
			w.apply(models.Op{Kind: models.OpBindPod, Pod: id, Node: result.Node})
			w.pending = slices.Delete(w.pending, i, i+1)
			w.placed = append(w.placed, id)
		}
	}
}

// histories is how many are gone through; set PODSIM_HISTORIES for more.
func histories(t *testing.T, few int) int {
	text := os.Getenv("PODSIM_HISTORIES")
	if text == "" {
		return few
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var (
	allTies        = []engine.Ties{engine.TiesHeap, engine.TiesFirst, engine.TiesHeap, engine.TiesRandom}
	allPercentages = []int{100, 0, 5}
	allSizes       = []int{1, 5, 30, 70, 150, 280}
)

func TestIncrementalDecidesAsScanDoes(t *testing.T) {
	for seed := range histories(t, 60) {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			h := newHistory(t, uint64(seed), allSizes[seed/3%6])
			newTwins(h, func() engine.Config { return h.config(allPercentages[seed%3], allTies[seed%4]) }).run(170)
		})
	}
}

func TestIncrementalDecidesAsScanDoesWithAnyPlugins(t *testing.T) {
	for seed := range histories(t, 60) {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			h := newHistory(t, uint64(seed), allSizes[seed/3%6])
			newTwins(h, func() engine.Config {
				config := h.config(allPercentages[seed%3], allTies[seed%4])
				h.variety(&config, uint64(seed))
				return config
			}).run(100)
		})
	}
}

func TestIncrementalDecidesAsScanDoesWithLittleMemory(t *testing.T) {
	for seed := range histories(t, 12) {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			h := newHistory(t, uint64(seed), 30)
			w := newTwins(h, func() engine.Config { return h.config(100, engine.TiesHeap) })
			w.incremental.Shrink(1)
			w.run(300)
		})
	}
}

func TestIncrementalThatLagsBehindLooksAtEverything(t *testing.T) {
	h := newHistory(t, 1, 30)
	w := newTwins(h, func() engine.Config { return h.config(100, engine.TiesHeap) })
	taint := models.Taint{Key: h.d.Sym("passing"), Effect: models.NoSchedule}
	for range 3 {
		w.run(30)
		for range 40_000 {
			h.apply(models.Op{Kind: models.OpTaintNode, Taint: taint})
			h.apply(models.Op{Kind: models.OpUntaintNode, Taint: taint})
		}
	}
	w.run(30)
}

// TestEveryFieldOfAPodIsInTheKey changes one field after the other: two pods of one
// class must be alike in all that plugins of kept roles may read.
func TestEveryFieldOfAPodIsInTheKey(t *testing.T) {
	unread := []string{"Namespace", "Labels", "SchedulerName", "PriorityClass", "PreemptionNever", "SchedulingGates",
		"Affinity", "AntiAffinity", "PreferredAffinity", "PreferredAntiAffinity", "Spread", "Volumes",
		"RestartPolicy", "GracePeriod", "ActiveDeadline", "Behavior", "DeletionCost", "Variant", "LocalStorage", "StorageLimits", "Marks", "Static", "HostNetwork", "FQDN", "ReadinessGates", "OS", "OSLabel", "Amounts", "Detail",
		"Containers.Name", "Containers.Untagged", "Containers.Life", "Tolerations.Seconds"}
	empty := string(engine.AppendKey(nil, &models.PodSpec{}))
	kind := reflect.TypeFor[models.PodSpec]()
	for i := range kind.NumField() {
		name := kind.Field(i).Name
		for _, path := range variations(reflect.New(kind).Elem().Field(i), name) {
			spec := reflect.New(kind)
			path.set(spec.Elem().Field(i))
			base := empty
			if path.base != nil {
				plain := reflect.New(kind)
				path.base(plain.Elem().Field(i))
				base = string(engine.AppendKey(nil, plain.Interface().(*models.PodSpec)))
			}
			differs := string(engine.AppendKey(nil, spec.Interface().(*models.PodSpec))) != base
			if want := !slices.Contains(unread, path.name); differs != want {
				t.Errorf("%s: the key differs is %t; want %t", path.name, differs, want)
			}
		}
	}
}

// variation sets a field; base sets what it is to be compared with, if not empty.
type variation struct {
	name      string
	set, base func(reflect.Value)
}

// variations are ways to set a value: a list of structures once for each field.
func variations(v reflect.Value, name string) []variation {
	if v.Kind() != reflect.Slice || v.Type().Elem().Kind() != reflect.Struct {
		return []variation{{name, fill, nil}}
	}
	one := func(v reflect.Value) { v.Set(reflect.MakeSlice(v.Type(), 1, 1)) }
	all := []variation{{name, one, nil}}
	for i := range v.Type().Elem().NumField() {
		set := func(v reflect.Value) { one(v); fill(v.Index(0).Field(i)) }
		all = append(all, variation{name + "." + v.Type().Elem().Field(i).Name, set, one})
	}
	if slices.Contains([]string{"Labels", "Affinity", "AntiAffinity", "PreferredAffinity", "PreferredAntiAffinity", "Spread", "Volumes"}, name) {
		return all[:1]
	}
	return all
}

// fill sets a value to something that is not zero.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	case reflect.Array:
		fill(v.Index(v.Len() - 1))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Struct:
		fill(v.Field(0))
	case reflect.Uint8, reflect.Uint16:
		v.SetUint(1)
	default:
		v.SetInt(1)
	}
}

func TestIncrementalDecisionAllocatesNothing(t *testing.T) {
	c, _ := cell(t, 300, 0)
	h := &history{TB: t, d: c.Dictionary()}
	e := engine.NewIncremental(h.config(100, engine.TiesHeap), new(engine.Nodes))
	v := c.View()
	pod, node := models.PodID(v.Pods()), models.NodeID(0)
	again := func() {
		result, d := e.Schedule(v, 0)
		if d != nil {
			t.Fatal(d.Message())
		}
		node = result.Node
	}
	for range 5 {
		again()
		for _, op := range []models.Op{
			{Kind: models.OpCreatePod, Pod: pod, Def: int32(v.Pod(0).SpecID()), Owner: models.None, Ordinal: models.Exact},
			{Kind: models.OpBindPod, Pod: pod, Node: node}} {
			if err := c.Apply(0, &op); err != nil {
				t.Fatal(err)
			}
		}
		pod++
	}
	if n := testing.AllocsPerRun(50, again); n != 0 {
		t.Fatalf("a decision allocates %g times; want 0", n)
	}
}
