package divergence

import (
	"cmp"
	"math"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
)

// Fate is what became of a pod on one side.
type Fate struct {
	Created reports.Seconds  `json:"createdSeconds"`
	Node    string           `json:"node"`           // empty if it never had one
	Pending *reports.Seconds `json:"pendingSeconds"` // from creation to binding; null if it was never bound
	End     string           `json:"end"`            // Pending, Bound, Running, Succeeded, Failed or Deleted
	Reason  string           `json:"reason"`         // why it was deleted or failed
}

// PodChange is a pod that fared differently on the two sides.
type PodChange struct {
	Pod string `json:"pod"`
	A   *Fate  `json:"a"` // null: there is no such pod on this side
	B   *Fate  `json:"b"`
}

// later is how much longer the pod waited on side B; infinite if it was bound on
// side A only.
func (c *PodChange) later() float64 {
	switch a, b := c.A, c.B; {
	case a == nil || b == nil || a.Pending == nil && b.Pending == nil:
		return 0
	case b.Pending == nil:
		return math.Inf(1)
	case a.Pending == nil:
		return math.Inf(-1)
	default:
		return float64(*b.Pending - *a.Pending)
	}
}

func (c *PodChange) created() reports.Seconds {
	if c.A != nil {
		return c.A.Created
	}
	return c.B.Created
}

// OwnerTally sums the pods of one workload on one side.
type OwnerTally struct {
	Pods       int64           `json:"pods"`
	Bound      int64           `json:"bound"`              // ever
	Pending    reports.Seconds `json:"pendingMeanSeconds"` // of those that were bound
	PendingMax reports.Seconds `json:"pendingMaxSeconds"`
	Succeeded  int64           `json:"succeeded"`
	Failed     int64           `json:"failed"`
	Deleted    int64           `json:"deleted"` // before they ended
	Restarts   int64           `json:"restarts"`

	waited models.Time
}

// OwnerChange is a workload whose pods fared differently on the two sides.
type OwnerChange struct {
	// Workload is Kind/namespace/name, without the number at its end for a Job, and
	// Pod for pods without an owner.
	Workload string     `json:"workload"`
	A        OwnerTally `json:"a"`
	B        OwnerTally `json:"b"`
}

// fold follows the pods of one run.
type fold struct {
	pods  []podFate // by id
	names map[models.OwnerID]string
}

type podFate struct {
	name, owner string
	created     models.Time
	bound       models.Time
	node        models.NodeID
	end         string
	reason      string
	deleted     string // why it was marked for deletion
	restarts    int64
}

func newFold() *fold { return &fold{names: make(map[models.OwnerID]string)} }

// Observe takes in what happens to pods.
func (f *fold) Observe(now models.Time, op *models.Op, v cluster.View) {
	if op.Kind == models.OpCreatePod {
		f.create(now, op, v)
		return
	}
	if op.Kind.Fields()&models.FieldPod == 0 || int(op.Pod) >= len(f.pods) {
		return
	}
	p := &f.pods[op.Pod]
	switch op.Kind {
	case models.OpBindPod:
		p.bound, p.node, p.end = now, op.Node, "Bound"
	case models.OpStartPod:
		p.end = "Running"
	case models.OpExitPod:
		p.restarts++
	case models.OpFinishPod, models.OpRejectPod:
		p.end, p.reason = "Succeeded", ""
		if op.Arg != 0 || op.Kind == models.OpRejectPod {
			p.end, p.reason = "Failed", v.Dictionary().String(op.Reason)
		}
	case models.OpDeletePod:
		p.deleted = v.Dictionary().String(op.Reason)
	case models.OpRemovePod:
		if p.end != "Succeeded" && p.end != "Failed" {
			p.end, p.reason = "Deleted", p.deleted
		}
	}
}

func (f *fold) create(now models.Time, op *models.Op, v cluster.View) {
	for int(op.Pod) >= len(f.pods) {
		f.pods = append(f.pods, podFate{})
	}
	owner := "Pod"
	if op.Owner != models.None {
		known := false
		if owner, known = f.names[op.Owner]; !known {
			owner = reports.GroupName(v, op.Owner)
			f.names[op.Owner] = owner
		}
	}
	f.pods[op.Pod] = podFate{
		name: reports.PodName(v, v.Pod(op.Pod)), owner: owner, created: now, bound: models.Never, node: models.None, end: "Pending",
	}
}

func (p *podFate) fate(v cluster.View) *Fate {
	f := &Fate{Created: reports.SecondsOf(p.created), End: p.end, Reason: p.reason}
	if p.node != models.None {
		f.Node = v.Node(p.node).Name()
		waited := reports.SecondsOf(p.bound - p.created)
		f.Pending = &waited
	}
	return f
}

// changed compares the pods of two runs. They are the same if they have the same
// name: generated names depend on the workload and on how many pods it made before.
func changed(a, b *fold, va, vb cluster.View) (pods []PodChange, same int, owners []OwnerChange) {
	byName := make(map[string]int, len(a.pods))
	for i := range a.pods {
		byName[a.pods[i].name] = i
	}
	for i := range b.pods {
		p := &b.pods[i]
		at, there := byName[p.name]
		change := PodChange{Pod: p.name, B: p.fate(vb)}
		if there {
			delete(byName, p.name)
			if change.A = a.pods[at].fate(va); change.A.equal(change.B) {
				same++
				continue
			}
		}
		pods = append(pods, change)
	}
	for i := range a.pods {
		if at, left := byName[a.pods[i].name]; left && at == i {
			pods = append(pods, PodChange{Pod: a.pods[i].name, A: a.pods[i].fate(va)})
		}
	}
	slices.SortStableFunc(pods, func(x, y PodChange) int {
		return cmp.Or(cmp.Compare(math.Abs(y.later()), math.Abs(x.later())), cmp.Compare(x.created(), y.created()), cmp.Compare(x.Pod, y.Pod))
	})
	return pods, same, compareOwners(a, b)
}

func (f *Fate) equal(o *Fate) bool {
	waits := f.Pending == nil && o.Pending == nil || f.Pending != nil && o.Pending != nil && *f.Pending == *o.Pending
	return waits && f.Created == o.Created && f.Node == o.Node && f.End == o.End && f.Reason == o.Reason
}

// tally sums the pods of each workload, in the order in which workloads came.
func (f *fold) tally() (names []string, sums map[string]*OwnerTally) {
	sums = make(map[string]*OwnerTally)
	for i := range f.pods {
		p := &f.pods[i]
		t := sums[p.owner]
		if t == nil {
			t = new(OwnerTally)
			sums[p.owner] = t
			names = append(names, p.owner)
		}
		t.add(p)
	}
	for _, t := range sums {
		if t.Bound > 0 {
			t.Pending = reports.SecondsOf(t.waited / models.Time(t.Bound))
		}
	}
	return names, sums
}

func (t *OwnerTally) add(p *podFate) {
	t.Pods++
	t.Restarts += p.restarts
	switch p.end {
	case "Succeeded":
		t.Succeeded++
	case "Failed":
		t.Failed++
	case "Deleted":
		t.Deleted++
	}
	if p.node != models.None {
		t.Bound++
		t.waited += p.bound - p.created
		t.PendingMax = max(t.PendingMax, reports.SecondsOf(p.bound-p.created))
	}
}

// compareOwners returns the workloads that differ, those first whose pods waited
// the most longer or shorter in all.
func compareOwners(a, b *fold) []OwnerChange {
	names, left := a.tally()
	others, right := b.tally()
	for _, name := range others {
		if left[name] == nil {
			names = append(names, name)
		}
	}
	var changes []OwnerChange
	for _, name := range names {
		c := OwnerChange{Workload: name}
		if t := left[name]; t != nil {
			c.A = *t
		}
		if t := right[name]; t != nil {
			c.B = *t
		}
		if c.A != c.B {
			changes = append(changes, c)
		}
	}
	slices.SortStableFunc(changes, func(x, y OwnerChange) int {
		return cmp.Compare(y.waitedMore(), x.waitedMore())
	})
	return changes
}

func (c *OwnerChange) waitedMore() models.Time {
	if c.A.waited > c.B.waited {
		return c.A.waited - c.B.waited
	}
	return c.B.waited - c.A.waited
}
