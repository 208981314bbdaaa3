package watch

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
)

// happening is something worth telling that befell objects of one kind within a second, or
// again and again from one second on through another.
type happening struct {
	at    models.Time // the second, the last of them
	since models.Time // the first
	kind  models.OpKind
	flag  int64      // tells happenings of one kind of operation apart
	sym   models.Sym // a reason, a name or a message
	name  models.Sym
	owner models.OwnerID // of the workload
	node  models.NodeID  // the first
	count int64
	times int64 // in all, where count is of the last second
}

// kept is how many happenings are kept.
const kept = 256

// Fold follows what happens in a run. It implements cluster.Observer and must observe from
// the first operation on.
type Fold struct {
	view     cluster.View
	ring     [kept]happening
	from, to uint64      // of the ring; the last is to-1
	told     uint64      // what Lines has returned
	screen   []happening // the last ones, those that go on put together

	services []models.OwnerID // that want replicas
	faults   []standing
	downBy   map[models.NodeID]models.Sym // the fault that took a node down
}

// standing is a fault that is not over.
type standing struct {
	name, action models.Sym
	count        int64
	since        models.Time
	down         bool // nodes that crashed together
}

// NewFold returns a fold of a cluster that nothing has happened in yet.
func NewFold(v cluster.View) *Fold {
	return &Fold{view: v, downBy: make(map[models.NodeID]models.Sym)}
}

// Observe takes in one operation that was applied.
func (f *Fold) Observe(now models.Time, op *models.Op, _ cluster.View) {
	h := happening{at: now.Floor(time.Second), since: now.Floor(time.Second), times: 1, kind: op.Kind, owner: models.None, node: models.None, count: 1}
	fields := op.Kind.Fields()
	switch {
	case fields&models.FieldPod != 0:
		if !f.ofPod(&h, op) {
			return
		}
		if owner := f.view.Pod(op.Pod).Owner(); owner != models.None {
			h.owner = f.root(owner)
		}
	case fields&models.FieldOwner != 0:
		if !f.ofOwner(&h, op) {
			return
		}
	default:
		if !f.ofNode(&h, op) {
			return
		}
	}
	f.add(&h)
	f.continues(&h)
}

func (f *Fold) root(id models.OwnerID) models.OwnerID {
	if parent := f.view.Owner(id).Parent(); parent != models.None {
		return parent
	}
	return id
}

// ofPod picks what is worth telling of pods.
func (f *Fold) ofPod(h *happening, op *models.Op) bool {
	switch op.Kind {
	case models.OpDeletePod:
		h.sym = op.Reason
		return !f.view.Pod(op.Pod).Phase().Terminal() // of those that have ended, objects are cleared away
	case models.OpRejectPod, models.OpKillPod:
		h.sym = op.Reason
	case models.OpFailScheduling:
		h.sym = op.Message
		return f.view.Pod(op.Pod).Attempts() == 1 // later attempts say the same for long
	case models.OpNominatePod:
		h.node = op.Node
		return op.Node != models.None
	case models.OpExitPod, models.OpExitContainer, models.OpFinishPod:
		h.sym, h.kind = op.Reason, models.OpExitPod
		return op.Arg != 0
	case models.OpLackImage, models.OpDeferResize:
		h.sym = op.Reason
	default:
		return false
	}
	return true
}

// ofOwner picks what is worth telling of workloads.
func (f *Fold) ofOwner(h *happening, op *models.Op) bool {
	h.owner = op.Owner
	owner := f.view.Owner(op.Owner)
	switch op.Kind {
	case models.OpCreateOwner:
		switch kind := owner.Kind(); {
		case kind == models.Deployment || kind == models.StatefulSet,
			(kind == models.ReplicaSet || kind == models.ReplicationController) && owner.Parent() == models.None:
			f.services = append(f.services, op.Owner)
		}
		return false
	case models.OpScaleOwner:
		h.flag = op.Arg
		return owner.Parent() == models.None && owner.Kind() != models.Job
	case models.OpReviseOwner:
		h.owner, h.flag = f.root(op.Owner), op.Arg
		return op.Arg > 1
	case models.OpRecordRevision:
		h.flag = op.Arg
		return op.Arg > 1
	case models.OpFinishOwner:
		h.sym = op.Reason
		return op.Arg == 0
	case models.OpFailCreate:
		h.sym = op.Message
		return true
	}
	return false
}

// ofNode picks what is worth telling of nodes, and follows faults.
func (f *Fold) ofNode(h *happening, op *models.Op) bool {
	h.node, h.sym, h.name = op.Node, op.Reason, op.Name
	switch op.Kind {
	case models.OpCrashNode, models.OpSilenceNode, models.OpShutDownNode, models.OpRestoreNode, models.OpRemoveNode:
		h.flag = op.Arg
		f.crash(h, op)
	case models.OpAddNode:
		return h.at > 0
	case models.OpSetNodeReady, models.OpCordonNode:
		h.flag, h.sym = op.Arg, 0
		return h.at > 0
	case models.OpBeginFault:
		f.faults = append(f.faults, standing{name: op.Name, action: op.Reason, count: op.Arg, since: h.at})
		h.flag = op.Arg
	case models.OpEndFault:
		f.ends(func(s *standing) bool {
			return !s.down && s.name == op.Name && s.action == op.Reason && s.count == op.Arg
		})
		h.flag = op.Arg
	case models.OpNoteUpgrade, models.OpRefuse:
	default:
		return false
	}
	return true
}

// crash follows the nodes that are down, by the fault that took them down.
func (f *Fold) crash(h *happening, op *models.Op) {
	switch op.Kind {
	case models.OpCrashNode:
		f.downBy[op.Node] = op.Reason
		if s := f.downWith(op.Reason); s != nil {
			s.count++
			return
		}
		f.faults = append(f.faults, standing{name: op.Reason, count: 1, since: h.at, down: true})
	case models.OpRestoreNode:
		if s := f.downWith(f.downBy[op.Node]); s != nil {
			s.count--
		}
		delete(f.downBy, op.Node)
		f.ends(func(s *standing) bool { return s.down && s.count == 0 })
	}
}

// downWith returns the nodes that a fault took down; nil for none.
func (f *Fold) downWith(name models.Sym) *standing {
	for i := range f.faults {
		if s := &f.faults[i]; s.down && s.name == name {
			return s
		}
	}
	return nil
}

// ends takes the first fault away of which something is true.
func (f *Fold) ends(is func(*standing) bool) {
	for i := range f.faults {
		if is(&f.faults[i]) {
			f.faults = slices.Delete(f.faults, i, i+1)
			return
		}
	}
}

// merged is how far back a happening is looked for that another one is like.
const merged = 8

// add keeps a happening, or counts it to one of the same second that is like it.
func (f *Fold) add(h *happening) {
	for i := f.to; i > f.from && i > f.told && i+merged > f.to; i-- {
		last := &f.ring[(i-1)%kept]
		if last.at != h.at {
			break
		}
		if last.like(h) {
			last.count++
			return
		}
	}
	f.ring[f.to%kept] = *h
	f.to++
	f.from = max(f.from, f.to-min(f.to, kept))
}

// Happening is something that happened, in words.
type Happening struct {
	At   models.Time
	Text string
	Bad  bool
}

// like reports whether a happening is of the same kind and object as another one.
func (h *happening) like(o *happening) bool {
	return h.kind == o.kind && h.flag == o.flag && h.sym == o.sym && h.name == o.name && h.owner == o.owner
}

// last returns what goes by on a screen, oldest first.
func (f *Fold) last(n int) []Happening {
	var list []Happening
	for i := max(0, len(f.screen)-n); i < len(f.screen); i++ {
		list = append(list, f.tell(&f.screen[i]))
	}
	return list
}

// Lines returns what happened since it was last asked, but for the second that is still going
// on: more may come. What is lost since more happened than is kept is counted.
func (f *Fold) Lines(now models.Time) (list []Happening, lost int) {
	now = now.Floor(time.Second)
	if f.told < f.from {
		lost = int(f.from - f.told)
		f.told = f.from
	}
	for f.told < f.to && f.ring[f.told%kept].at < now {
		list = append(list, f.tell(&f.ring[f.told%kept]))
		f.told++
	}
	return list, lost
}

func (f *Fold) text(s models.Sym) string { return f.view.Dictionary().String(s) }

// tell puts a happening into words.
func (f *Fold) tell(h *happening) Happening {
	text, bad := f.words(h)
	if h.owner != models.None {
		text = reports.WorkloadName(f.view, h.owner) + ": " + text
	}
	if h.since < h.at && recurs(h.kind) == again {
		text += fmt.Sprintf(", %s since %s", reports.Plural(int(h.times), "time"), reports.Clock(reports.SecondsOf(h.since)))
	}
	return Happening{At: h.at, Text: text, Bad: bad}
}

func (f *Fold) words(h *happening) (text string, bad bool) { //nolint:gocyclo // one switch of what happens
	pods, nodes, why := reports.Plural(int(h.count), "pod"), reports.Plural(int(h.count), "node"), f.text(h.sym)
	since := ""
	if h.since < h.at && recurs(h.kind) == others {
		since = " since " + reports.Clock(reports.SecondsOf(h.since))
	}
	if h.node != models.None && h.count == 1 {
		nodes = "node " + f.view.Node(h.node).Name()
	}
	switch h.kind {
	case models.OpDeletePod:
		return join(pods+" deleted"+since, why), strings.Contains(why, "Evict") || strings.Contains(why, "Preempt")
	case models.OpRejectPod, models.OpKillPod:
		return join(pods+" ended by the kubelet"+since, why), true
	case models.OpFailScheduling:
		return join(pods+" cannot be placed"+since, why), true
	case models.OpNominatePod:
		return pods + " may preempt others", false
	case models.OpExitPod:
		return join("containers of "+pods+" failed", why), true
	case models.OpLackImage, models.OpDeferResize:
		return join(pods, why), true
	case models.OpScaleOwner:
		return fmt.Sprintf("scaled to %s", reports.Plural(int(h.flag), "replica")), false
	case models.OpReviseOwner, models.OpRecordRevision:
		return fmt.Sprintf("rolls out revision %d", h.flag), false
	case models.OpFinishOwner:
		return join("failed", why), true
	case models.OpFailCreate, models.OpRefuse:
		return join("refused", why), true
	case models.OpCrashNode:
		return join(nodes+" down", why), true
	case models.OpShutDownNode:
		return join(nodes+" shutting down", why), true
	case models.OpSilenceNode:
		if models.Silence(h.flag) == models.Heard {
			return nodes + " heard again", false
		}
		return join(nodes+" not heard any more", why), true
	case models.OpRestoreNode:
		return nodes + " up again", false
	case models.OpRemoveNode:
		return nodes + " removed" + since, false
	case models.OpAddNode:
		return nodes + " joined" + since, false
	case models.OpSetNodeReady:
		status := models.ConditionStatus(h.flag)
		return fmt.Sprintf("%s: Ready is %s", nodes, status), status != models.ConditionTrue
	case models.OpCordonNode:
		if h.flag == 1 {
			return nodes + " cordoned", false
		}
		return nodes + " uncordoned", false
	case models.OpBeginFault:
		return fmt.Sprintf("fault %s begins: %s", f.text(h.name), why), true
	case models.OpEndFault:
		return fmt.Sprintf("fault %s is over: %s", f.text(h.name), why), false
	}
	return fmt.Sprintf("upgrade of %s: %s", f.text(h.name), why), false
}

func join(what, why string) string {
	if why == "" {
		return what
	}
	return what + ": " + why
}
