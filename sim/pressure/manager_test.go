package pressure

import (
	"slices"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

const (
	gi = 1 << 30
	mi = 1 << 20
)

func seconds(n int) models.Time { return models.Time(time.Duration(n) * time.Second) }

// memoryOf observes how much of a gibibyte nobody uses.
func memoryOf(available int64) *Observations {
	var o Observations
	o[MemoryAvailable] = Observation{available, gi}
	return &o
}

// TestPasses lets a manager look again and again, and tells which thresholds call for room
// and whether memory is short.
func TestPasses(t *testing.T) {
	hard := Threshold{Signal: MemoryAvailable, Value: Value{Quantity: 100 * mi}}
	soft := Threshold{Signal: MemoryAvailable, Value: Value{Quantity: 300 * mi}, Soft: true, Grace: 30 * time.Second}
	withReclaim := hard
	withReclaim.MinReclaim = Value{Quantity: 200 * mi}
	type pass struct {
		at        int
		available int64
		active    []int
		raised    bool
	}
	for _, test := range []struct {
		rule       string
		thresholds []Threshold
		passes     []pass
	}{
		{"what is just available is enough", []Threshold{hard}, []pass{{0, 100 * mi, nil, false}, {10, 100*mi - 1, []int{0}, true}}},
		{"a condition stays for the transition period", []Threshold{hard}, []pass{
			{0, 50 * mi, []int{0}, true}, {10, 500 * mi, nil, true}, {59, 500 * mi, nil, true}, {60, 500 * mi, nil, false},
		}},
		{"the period counts from the last pass that saw it", []Threshold{hard}, []pass{
			{0, 50 * mi, []int{0}, true}, {40, 500 * mi, nil, true}, {89, 500 * mi, nil, true}, {90, 500 * mi, nil, false},
		}},
		{"a soft threshold has its grace, its condition none", []Threshold{soft}, []pass{
			{0, 200 * mi, nil, true}, {29, 200 * mi, nil, true}, {30, 200 * mi, []int{0}, true},
		}},
		{"a grace begins anew", []Threshold{soft}, []pass{
			{0, 200 * mi, nil, true}, {20, 400 * mi, nil, true}, {30, 200 * mi, nil, true}, {59, 200 * mi, nil, true}, {60, 200 * mi, []int{0}, true},
		}},
		{"a hard threshold does not wait for a soft one", []Threshold{hard, soft}, []pass{{0, 50 * mi, []int{0}, true}, {30, 50 * mi, []int{0, 1}, true}}},
		{"once met, a threshold stays so up to what is to be reclaimed", []Threshold{withReclaim}, []pass{
			{0, 250 * mi, nil, false}, {10, 50 * mi, []int{0}, true}, {20, 300*mi - 1, []int{0}, true}, {30, 300 * mi, nil, true}, {40, 250 * mi, nil, true},
		}},
	} {
		t.Run(test.rule, func(t *testing.T) {
			m := NewManager(&Config{Thresholds: test.thresholds, Transition: time.Minute}, 0)
			for _, p := range test.passes {
				active := m.Synchronize(seconds(p.at), memoryOf(p.available))
				if raised := m.Raised().Has(models.MemoryPressure); !slices.Equal(active, p.active) || raised != p.raised {
					t.Errorf("at %ds with %d: %v call for room and memory is short is %t; want %v and %t",
						p.at, p.available, active, raised, p.active, p.raised)
				}
			}
		})
	}
}

// TestRoomIsMadeForMemoryFirst: of several thresholds the one of memory goes before that of
// a disk, and this before that of processes, in whichever order they are configured.
func TestRoomIsMadeForMemoryFirst(t *testing.T) {
	m := NewManager(&Config{Transition: time.Minute, Thresholds: []Threshold{
		{Signal: PIDAvailable, Value: Value{Quantity: 100}}, {Signal: NodeFsAvailable, Value: Value{Share: 0.1}}, {Signal: MemoryAvailable, Value: Value{Quantity: 100 * mi}},
	}}, 0)
	var o Observations
	o[PIDAvailable], o[NodeFsAvailable], o[MemoryAvailable] = Observation{10, 1000}, Observation{gi, 100 * gi}, Observation{mi, gi}
	if got := m.Synchronize(0, &o); !slices.Equal(got, []int{2, 1, 0}) {
		t.Errorf("got %v", got)
	}
	for c := range models.NodePressures {
		if !m.Raised().Has(c) {
			t.Errorf("%s is not raised", c)
		}
	}
	if m.Idle() || m.Satisfied(&o) {
		t.Error("the manager is idle or satisfied")
	}
}

// TestDue tells when a manager has to look again though nothing changes.
func TestDue(t *testing.T) {
	soft := Threshold{Signal: MemoryAvailable, Value: Value{Quantity: 300 * mi}, Soft: true, Grace: 25 * time.Second}
	m := NewManager(&Config{Thresholds: []Threshold{soft}, Transition: time.Minute}, seconds(3))
	if due := m.Due(0); due != models.Never || !m.Idle() {
		t.Errorf("with nothing on its mind: %v", due)
	}
	if next := m.Next(seconds(14)); next != seconds(23) {
		t.Errorf("passes come every 10 s from 3 s on: got %v", next)
	}
	m.Synchronize(seconds(23), memoryOf(200*mi))
	if due := m.Due(seconds(23)); due != seconds(53) {
		t.Errorf("the grace of 25 s ends at 48 s, the pass after that is at 53 s: got %v", due)
	}
	m.Synchronize(seconds(33), memoryOf(gi))
	if due := m.Due(seconds(33)); due != seconds(83) {
		t.Errorf("memory was last short at 23 s, a minute later is 83 s: got %v", due)
	}
	m.Resume(seconds(40))
	if due := m.Due(seconds(40)); due != seconds(90) {
		t.Errorf("with passes from 40 s on: got %v", due)
	}
}

// TestLimit tells beyond which use a threshold is met.
func TestLimit(t *testing.T) {
	m := NewManager(&Config{Transition: time.Minute, Thresholds: []Threshold{
		{Signal: MemoryAvailable, Value: Value{Quantity: 100 * mi}, MinReclaim: Value{Share: 0.5}},
	}}, 0)
	if limit, met := m.Limit(0, gi); limit != gi-100*mi || met {
		t.Errorf("before: %d, %t", limit, met)
	}
	m.Synchronize(0, memoryOf(0))
	if limit, met := m.Limit(0, gi); limit != gi-100*mi-gi/2 || !met {
		t.Errorf("once met: %d, %t", limit, met)
	}
	if m.Satisfied(memoryOf(600*mi)) || !m.Satisfied(memoryOf(612*mi)) {
		t.Error("612Mi satisfy the threshold and what is to be reclaimed, no less")
	}
}

func TestValues(t *testing.T) {
	for _, test := range []struct {
		value          Value
		capacity, want int64
	}{
		{Value{Quantity: 100 * mi}, gi, 100 * mi},
		{Value{Share: 0.25}, gi, gi / 4},
		{Value{Share: 0.1}, 100, 10},
		{Value{}, gi, 0},
	} {
		if got := test.value.Of(test.capacity); got != test.want {
			t.Errorf("%v of %d: got %d, want %d", test.value, test.capacity, got, test.want)
		}
	}
}

// TestWhatIsNotKnownIsNotShort: a node whose inodes nobody counts has enough of them.
func TestWhatIsNotKnownIsNotShort(t *testing.T) {
	c := Default()
	m := NewManager(&c, 0)
	if active := m.Synchronize(0, memoryOf(gi)); len(active) > 0 || !m.Idle() || !m.Satisfied(memoryOf(gi)) {
		t.Errorf("%v call for room", active)
	}
}

// TestWhatPodsMayTakeInAll has the hard threshold of memory, if there is one.
func TestWhatPodsMayTakeInAll(t *testing.T) {
	list := WithAllocatable(DefaultHard())
	if last := list[len(list)-1]; last.Signal != AllocatableMemoryAvailable || last.Value.Quantity != 100*mi {
		t.Errorf("got %+v", last)
	}
	soft := []Threshold{{Signal: MemoryAvailable, Soft: true}, {Signal: NodeFsAvailable}}
	if got := WithAllocatable(soft); len(got) != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestSignals(t *testing.T) {
	for s := range Signals {
		if got, ok := SignalOf(s.String()); got != s || !ok {
			t.Errorf("%s: got %d, %t", s, got, ok)
		}
	}
	if _, ok := SignalOf("memory.used"); ok {
		t.Error("memory.used is a signal")
	}
}
