package chrometrace

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
)

// fault is something that is wrong with many nodes or with the cluster, or an upgrade of
// a node group, and is not over.
type fault struct {
	name   string
	action string // empty for nodes that crash together
	nodes  int64
	left   []models.NodeID // of those that crashed, down
	at     models.Time     // when it began
	drawn  bool
	in     slot
}

// actionCrash is that of nodes that crash together; logs have no such action.
const actionCrash = ""

// actionUpgrade is that of upgrades, likewise.
const actionUpgrade = "upgrade"

// observeFault follows faults from the beginning of the run on, since those that are open
// when the trace begins are drawn.
func (r *Recorder) observeFault(now models.Time, op *models.Op) {
	switch op.Kind {
	case models.OpBeginFault:
		r.faults = append(r.faults, &fault{name: r.text(op.Name), action: r.text(op.Reason), nodes: op.Arg, at: now})
	case models.OpEndFault:
		r.ends(func(f *fault) bool {
			return f.action == r.text(op.Reason) && f.name == r.text(op.Name) && f.nodes == op.Arg
		})
	case models.OpCrashNode:
		f := r.crash(now, r.text(op.Reason))
		f.nodes++
		f.left = append(f.left, op.Node)
	case models.OpRestoreNode:
		for _, f := range r.faults {
			f.left = slices.DeleteFunc(f.left, func(id models.NodeID) bool { return id == op.Node })
		}
		r.ends(func(f *fault) bool { return f.action == actionCrash && len(f.left) == 0 })
	case models.OpNoteUpgrade:
		r.upgrade(now, op)
	}
}

// crash returns the fault that takes nodes down at this moment.
func (r *Recorder) crash(now models.Time, name string) *fault {
	for _, f := range r.faults {
		if f.action == actionCrash && f.at == now && f.name == name {
			return f
		}
	}
	f := &fault{name: name, at: now}
	r.faults = append(r.faults, f)
	return f
}

// upgrade follows the upgrade of a node group.
func (r *Recorder) upgrade(now models.Time, op *models.Op) {
	group, stage := r.text(op.Name), r.text(op.Reason)
	switch stage {
	case "Begun":
		r.faults = append(r.faults, &fault{name: group, action: actionUpgrade, nodes: op.Arg, at: now})
	case "Finished":
		r.ends(func(f *fault) bool { return f.action == actionUpgrade && f.name == group })
	default:
		if !r.begun {
			return
		}
		r.instant(now, r.fixed(r.cluster, laneUpgrades), "upgrade", stage, func() {
			r.out.text("group", group)
			if op.Node != models.None {
				r.out.text("node", r.view.Node(op.Node).Name())
			}
			r.out.text("message", r.text(op.Message))
		})
	}
}

// ends ends the first fault of which something is true.
func (r *Recorder) ends(is func(*fault) bool) {
	i := slices.IndexFunc(r.faults, is)
	if i < 0 {
		return
	}
	r.drawFault(r.faults[i]) // it may begin and end at one moment
	if f := r.faults[i]; f.drawn {
		r.shut(r.now, f.in.thread(), nil)
		f.in.free()
	}
	r.faults = slices.Delete(r.faults, i, i+1)
}

// drawFaults begins the slices of faults that are new. All nodes that crash at one moment
// are known when that is over.
func (r *Recorder) drawFaults() {
	for _, f := range r.faults {
		r.drawFault(f)
	}
}

func (r *Recorder) drawFault(f *fault) {
	if f.drawn || !r.begun {
		return
	}
	f.drawn = true
	lane, _ := r.take(r.cluster, laneFaults, 0)
	f.in = slot{r.cluster, laneFaults, lane}
	r.open(max(f.at, r.From), f.in.thread(), "fault", f.title(), func() { r.out.integer("nodes", f.nodes) })
}

// title says what the fault is.
func (f *fault) title() string {
	nodes := reports.Plural(int(f.nodes), "node")
	switch {
	case f.action == actionCrash:
		return fmt.Sprintf("%s: %s down", f.name, nodes)
	case f.nodes == 0:
		return f.name + ": " + f.action
	}
	return fmt.Sprintf("%s: %s of %s", f.name, f.action, nodes)
}

// finishFaults ends what is not over at the end.
func (r *Recorder) finishFaults() {
	r.drawFaults()
	for _, f := range r.faults {
		r.shut(r.now, f.in.thread(), nil)
	}
}
