package cluster_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// twin is a second cluster, as simple as can be: maps of whole objects that are
// never forgotten. Everything that can be counted is counted anew whenever it is
// asked for. Its rules are the documented ones of operations, each by itself:
// reasons lists all that speaks against an operation, in no order.
type twin struct {
	specs    []*models.PodSpec
	machines []*models.NodeSpec
	kinds    []*models.OwnerSpec

	now    models.Time
	late   models.Time // how long ago that was which kubelets tell of
	pods   map[models.PodID]twinPod
	nodes  map[models.NodeID]*twinNode
	owners map[models.OwnerID]*twinOwner
	// held are the nodes of an image and its size on the first.
	held map[models.Sym][]int64

	budgetSpecs []*models.BudgetSpec
	budgets     []twinBudget
	// items are the containers of pods that have several.
	items      map[models.PodID]*twinItems
	conditions map[models.PodID]map[models.Sym]cluster.Condition
	ephemerals map[models.PodID][]cluster.Ephemeral
}

type twinPod struct {
	spec                                               models.SpecID
	owner                                              models.OwnerID
	node, nominated, assumed                           models.NodeID
	phase                                              models.Phase
	ready, up, deleting, removed                       bool
	created, bound, started, readyAt, exited, deadline models.Time
	deleted                                            models.Time
	starts, restarts, attempts, exitCode               int32
	reason, cause, message                             models.Sym
	index, failures, ignored                           int32
	tracked                                            bool
	noted                                              string // by its Job: "", succeeded, failed
	nameless                                           bool   // but for its owner's name
	counted                                            bool
	lacks                                              [3]twinLack // by container
	generation                                         int64
	resize                                             twinResize
	ends                                               [2]models.Sym // what its kubelet ends it for, and says of that
}

// twinLack is why a container waits for its image, if it does.
type twinLack struct {
	is              bool
	reason, message models.Sym
}

func (p *twinPod) ended() bool  { return p.phase == models.Succeeded || p.phase == models.Failed }
func (p *twinPod) active() bool { return !p.ended() && !p.deleting && !p.removed }

type twinNode struct {
	spec             *models.NodeSpec
	down             bool
	ready            models.ConditionStatus
	readyAt          models.Time
	crashes          int
	downAt, downTime models.Time
	silence          models.Silence
	shutting         bool
	heard, unheard   models.Time
	outages          int
	taints           map[models.Taint]bool
	images           map[models.Sym]bool
	sizes            map[models.Sym]int64
	labels           map[models.Sym]models.Sym
	ports            map[models.HostPort]bool
	cordoned         bool
	cpu              int64          // allocatable
	nominations      []models.PodID // ever; the last ones count
	conditions       map[models.Sym]string
	removed          bool
	removedAt        models.Time
	joined           models.Time
}

func newTwin() *twin {
	return &twin{pods: make(map[models.PodID]twinPod), nodes: make(map[models.NodeID]*twinNode),
		owners: make(map[models.OwnerID]*twinOwner), held: make(map[models.Sym][]int64), items: make(map[models.PodID]*twinItems),
		conditions: make(map[models.PodID]map[models.Sym]cluster.Condition), ephemerals: make(map[models.PodID][]cluster.Ephemeral)}
}

// reasons returns everything that speaks against an operation, as parts of the
// messages that refuse it.
func (w *twin) reasons(now models.Time, op *models.Op) (against []string) {
	no := func(when bool, why string) {
		if when {
			against = append(against, why)
		}
	}
	no(now < w.now, "time runs backwards")
	fields := op.Kind.Fields()
	switch op.Kind {
	case models.OpAddNode:
		again := w.nodes[op.Node] != nil && w.nodes[op.Node].removed
		no(int(op.Node) != len(w.nodes) && !again, "is not the next one")
		no(again && op.Def >= 0 && int(op.Def) < len(w.machines) && w.machines[op.Def].Name != w.nodes[op.Node].spec.Name, "was called")
		no(op.Def < 0 || int(op.Def) >= len(w.machines), "no node specification")
		if op.Def >= 0 && int(op.Def) < len(w.machines) {
			spec := w.machines[op.Def]
			for r := range spec.Allocatable {
				no(spec.Allocatable[r] < 0 || spec.Allocatable[r] > spec.Capacity[r], "negative or above capacity")
			}
		}
	case models.OpCreateOwner:
		no(int(op.Owner) != len(w.owners), "is not the next one")
		no(op.Def < 0 || int(op.Def) >= len(w.kinds), "no owner specification")
		no(op.Parent != models.None && w.owners[op.Parent] == nil, "no owner has id")
	case models.OpCreatePod:
		no(int(op.Pod) != len(w.pods), "is not the next one")
		no(op.Def < 0 || int(op.Def) >= len(w.specs), "no pod specification")
		owner := w.owners[op.Owner]
		no(op.Owner != models.None && owner == nil, "no owner has id")
		no(owner != nil && owner.state == "deleted", "is deleted")
	default:
		switch {
		case fields&models.FieldPod != 0:
			against = append(against, w.againstPod(now, op)...)
		case fields&models.FieldOwner != 0:
			against = append(against, w.againstOwner(op)...)
		case strings.Contains(op.Kind.String(), "Budget"):
			against = append(against, w.againstBudget(op)...)
		default:
			against = append(against, w.againstNode(now, op)...)
		}
	}
	return against
}

// rule speaks against operations of a kind.
type rule struct {
	kind    models.OpKind
	against bool
	why     string
}

func broken(kind models.OpKind, rules ...rule) (against []string) {
	for _, r := range rules {
		if r.kind == kind && r.against {
			against = append(against, r.why)
		}
	}
	return against
}

func (w *twin) againstNode(now models.Time, op *models.Op) []string {
	n := w.nodes[op.Node]
	if n == nil {
		return []string{"no node has id"}
	}
	if n.removed && slices.Contains([]string{"RemoveNode", "SetNodeReady", "TaintNode", "UntaintNode", "CordonNode", "LabelNode", "UnlabelNode", "ResizeNode", "SetNodeCondition"}, op.Kind.String()) {
		return []string{"is gone"}
	}
	value, labelled := n.labels[op.Taint.Key]
	return broken(op.Kind,
		rule{models.OpCrashNode, n.down, "is down already"},
		rule{models.OpRestoreNode, !n.down, "is up"},
		rule{models.OpShutDownNode, n.down || n.shutting, "shuts down already"},
		rule{models.OpSilenceNode, int64(n.silence) == op.Arg, "already"},
		rule{models.OpSilenceNode, op.Arg < 0 || op.Arg > 2, "does not exist"},
		rule{models.OpRecount, op.Arg < 0 || op.Arg > int64(now), "nothing happened"},
		rule{models.OpRecount, op.Arg == int64(w.late), "already"},
		rule{models.OpRecount, op.Arg > 0 && (n.down || n.silence != models.Heard), "not heard"},
		rule{models.OpSetNodeReady, int64(n.ready) == op.Arg, "already"},
		rule{models.OpSetNodeReady, op.Arg < 0 || op.Arg > 2, "does not exist"},
		rule{models.OpSetNodeCondition, op.Arg < 1 || op.Arg > 2, "does not exist"},
		rule{models.OpSetNodeCondition, op.Arg == 2 && strings.HasPrefix(n.conditions[op.Name], "True"), "already"},
		rule{models.OpSetNodeCondition, op.Arg == 1 && !strings.HasPrefix(n.conditions[op.Name], "True"), "already"},
		rule{models.OpTaintNode, n.taints[op.Taint], "already"},
		rule{models.OpUntaintNode, !n.taints[op.Taint], "does not have taint"},
		rule{models.OpPullImage, n.images[op.Name], "already"},
		rule{models.OpRemoveImage, !n.images[op.Name], "does not hold"},
		rule{models.OpCordonNode, op.Arg != 0 && op.Arg != 1, "0 or 1"},
		rule{models.OpCordonNode, n.cordoned == (op.Arg == 1), "already"},
		rule{models.OpLabelNode, labelled && value == op.Taint.Value, "already"},
		rule{models.OpUnlabelNode, !labelled, "does not have label"},
		rule{models.OpResizeNode, op.Name < 4, "no resource"},
		rule{models.OpResizeNode, op.Arg < 0, "negative"},
		rule{models.OpResizeNode, op.Name >= 4 && n.cpu == op.Arg, "already"},
	)
}

func (w *twin) againstPod(now models.Time, op *models.Op) []string {
	p, known := w.pods[op.Pod]
	if !known {
		return []string{"no pod has id"}
	}
	if p.removed {
		return []string{"is gone"}
	}
	placed := p.node != models.None
	owner := w.owners[p.owner]
	if op.Kind == models.OpAllowDisruption {
		return w.againstBudget(op)
	}
	index, ignored := models.SplitIndexArg(op.Arg)
	for _, kind := range []models.OpKind{models.OpRequestImage, models.OpReceiveImage, models.OpLackImage} {
		if against := broken(op.Kind,
			rule{kind, !placed, "on no node"},
			rule{kind, placed && w.nodes[p.node].down, "node is down"},
			rule{kind, p.ended(), "has ended"},
			rule{kind, op.Def < 0 || int(op.Def) >= len(w.specs[p.spec].Containers), "no container"},
		); against != nil {
			return against
		}
	}
	if against := w.againstUpdate(now, op, &p); against != nil {
		return against
	}
	itemised := w.itemised(&p) && w.items[op.Pod] != nil
	return append(slices.Concat(w.againstContainer(op, &p), w.againstCondition(op, &p), w.againstEphemeral(op, &p)), broken(op.Kind,
		rule{models.OpFailSandbox, !placed, "on no node"},
		rule{models.OpFailSandbox, placed && w.nodes[p.node].down, "node is down"},
		rule{models.OpFailSandbox, p.ended(), "has ended"},
		rule{models.OpFailSandbox, p.up, "runs already"},
		rule{models.OpFailSandbox, op.Arg < 1, "not happened"},
		rule{models.OpOrphanPod, owner == nil, "belongs to nobody"},
		rule{models.OpOrphanPod, p.tracked, "has not counted it yet"},
		rule{models.OpOrphanPod, op.Name == 0, "needs a name"},
		rule{models.OpAdoptPod, w.owners[op.Owner] == nil, "no owner has id"},
		rule{models.OpAdoptPod, w.owners[op.Owner] != nil && w.owners[op.Owner].state == "deleted", "is deleted"},
		rule{models.OpAdoptPod, owner != nil, "belongs to somebody"},
		rule{models.OpAdoptPod, p.deleting, "being deleted"},
		rule{models.OpAdoptPod, p.nameless, "needs a name"},
		rule{models.OpRelabelPod, op.Def < 0 || int(op.Def) >= len(w.specs), "no pod specification"},
		rule{models.OpRelabelPod, op.Arg != int64(p.spec), "it has specification"},
		rule{models.OpRelabelPod, op.Def == int32(p.spec), "labels already"},
		rule{models.OpRelabelPod, !w.differInLabels(op.Def, int32(p.spec)), "more than its labels"},
		rule{models.OpIndexPod, owner == nil || owner.kind != models.Job, "belongs to no Job"},
		rule{models.OpIndexPod, p.index != models.None, "already"},
		rule{models.OpIndexPod, index < 0 || ignored < 0 || op.Def < 0, "must not be negative"},
		rule{models.OpCountPod, !p.tracked, "belongs to no Job or has been counted"},
		rule{models.OpUntrackPod, !p.tracked, "belongs to no Job or has been counted"},
		rule{models.OpCountPod, p.noted != "", "about to be counted already"},
		rule{models.OpCountPod, op.Arg == 1 && p.phase != models.Succeeded, "has not succeeded"},
		rule{models.OpCountPod, owner != nil && owner.state == "deleted", "its Job is deleted"},
		rule{models.OpRemovePod, p.tracked, "has not counted it yet"},
		rule{models.OpFailScheduling, placed, "on a node already"},
		rule{models.OpNominatePod, op.Node != models.None && w.nodes[op.Node] == nil, "no node has id"},
		rule{models.OpNominatePod, w.gone(op.Node), "is gone"},
		rule{models.OpAssumePod, w.gone(op.Node), "is gone"},
		rule{models.OpBindPod, w.gone(op.Node) && p.assumed != op.Node, "is gone"},
		rule{models.OpNominatePod, placed, "on a node already"},
		rule{models.OpNominatePod, p.assumed != models.None, "room is kept for it already"},
		rule{models.OpAssumePod, p.assumed != models.None, "room is kept for it already"},
		rule{models.OpAssumePod, placed, "on a node already"},
		rule{models.OpAssumePod, w.nodes[op.Node] == nil, "no node has id"},
		rule{models.OpAssumePod, p.deleting, "being deleted"},
		rule{models.OpAssumePod, p.ended(), "has ended"},
		rule{models.OpAssumePod, len(w.specs[p.spec].SchedulingGates) > 0, "scheduling gates"},
		rule{models.OpAssumePod, w.overflows(op.Node, op.Pod, p.spec), "exceeds 2^63-1"},
		rule{models.OpForgetPod, p.assumed == models.None, "no room is kept"},
		rule{models.OpNominatePod, p.ended(), "has ended"},
		rule{models.OpNominatePod, p.nominated == op.Node, "nominated so already"},
		rule{models.OpBindPod, placed, "on a node already"},
		rule{models.OpBindPod, w.nodes[op.Node] == nil, "no node has id"},
		rule{models.OpBindPod, p.deleting, "being deleted"},
		rule{models.OpBindPod, p.ended(), "has ended"},
		rule{models.OpBindPod, len(w.specs[p.spec].SchedulingGates) > 0, "scheduling gates"},
		rule{models.OpBindPod, p.assumed != op.Node && w.overflows(op.Node, op.Pod, p.spec), "exceeds 2^63-1"},
		rule{models.OpStartPod, !placed, "on no node"},
		rule{models.OpStartPod, placed && w.nodes[p.node].down, "node is down"},
		rule{models.OpStartPod, placed && w.nodes[p.node].silence != models.Heard, "is silent"},
		rule{models.OpStartPod, p.up, "runs already"},
		rule{models.OpStartPod, p.deleting && w.late == 0, "being deleted"},
		rule{models.OpStartPod, p.ended(), "has ended"},
		rule{models.OpReadyPod, p.ready, "already"},
		rule{models.OpReadyPod, !p.up, "does not run"},
		rule{models.OpUnreadyPod, !p.ready, "already"},
		rule{models.OpExitPod, p.phase != models.Running && (!itemised || p.ended()), "not Running"},
		rule{models.OpFinishPod, p.ended(), "ended already"},
		rule{models.OpRejectPod, p.ended(), "ended already"},
		rule{models.OpRejectPod, !placed, "on no node"},
		rule{models.OpRejectPod, placed && (w.nodes[p.node].down || w.nodes[p.node].silence != models.Heard), "is not heard"},
		rule{models.OpKillPod, !placed, "on no node"},
		rule{models.OpKillPod, placed && (w.nodes[p.node].down || w.nodes[p.node].silence != models.Heard), "is not heard"},
		rule{models.OpKillPod, p.ended(), "has ended"},
		rule{models.OpKillPod, op.Arg < 0, "negative"},
		rule{models.OpKillPod, op.Reason == 0, "for a reason"},
		rule{models.OpEvictPod, p.deleting, "being deleted"},
		rule{models.OpDeletePod, op.Arg < 0, "negative"},
		rule{models.OpDeletePod, p.deleting && later(now, op.Arg) >= p.deadline, "shorter grace"},
		rule{models.OpRemovePod, !p.ended() && !p.deleting, "neither ended nor been deleted"},
	)...)
}

// differInLabels reports whether two specifications differ in nothing else: the first and
// the last do.
func (w *twin) differInLabels(specs ...int32) bool {
	return !slices.ContainsFunc(specs, func(spec int32) bool { return spec != 0 && int(spec) != len(w.specs)-1 })
}

func (w *twin) gone(node models.NodeID) bool { return w.nodes[node] != nil && w.nodes[node].removed }

// later is a moment after now that does not pass the end of time.
func later(now models.Time, wait int64) models.Time {
	if wait > math.MaxInt64-int64(now) {
		return models.Never
	}
	return now + models.Time(wait)
}

func (w *twin) overflows(node models.NodeID, pod models.PodID, spec models.SpecID) bool {
	for r := range models.MaxResources {
		room := math.MaxInt64 - w.specs[spec].Requests[r]
		for _, id := range w.holding(node) {
			if id == pod {
				continue
			}
			if room -= w.specs[w.pods[id].spec].Requests[r]; room < 0 {
				return true
			}
		}
	}
	return false
}

// holding lists the pods that hold room on a node: those on it and those for which
// a scheduler keeps room.
func (w *twin) holding(node models.NodeID) []models.PodID {
	pods := w.on(node)
	for _, id := range slices.Sorted(maps.Keys(w.pods)) {
		if w.pods[id].assumed == node {
			pods = append(pods, id)
		}
	}
	slices.Sort(pods)
	return pods
}

// on lists the pods that are on a node and take room there.
func (w *twin) on(node models.NodeID) (pods []models.PodID) {
	for _, id := range slices.Sorted(maps.Keys(w.pods)) {
		if p := w.pods[id]; p.node == node && !p.ended() && !p.removed {
			pods = append(pods, id)
		}
	}
	return pods
}

// apply carries out an operation that nothing speaks against.
func (w *twin) apply(now models.Time, op *models.Op) {
	w.now = now
	fields := op.Kind.Fields()
	switch {
	case op.Kind == models.OpAddNode && w.nodes[op.Node] != nil:
		w.bringBack(now, op, w.nodes[op.Node])
	case op.Kind == models.OpAddNode:
		n := &twinNode{spec: w.machines[op.Def], ready: models.ConditionTrue, readyAt: now, heard: now, joined: now, sizes: make(map[models.Sym]int64),
			taints: make(map[models.Taint]bool), images: make(map[models.Sym]bool),
			conditions: make(map[models.Sym]string), labels: make(map[models.Sym]models.Sym), ports: make(map[models.HostPort]bool), cpu: w.machines[op.Def].Allocatable[models.CPU]}
		if n.spec.NotReady {
			n.ready = models.ConditionFalse
		}
		for _, taint := range n.spec.Taints {
			n.taints[taint] = true
		}
		for _, image := range n.spec.Images {
			n.images[image.Name], n.sizes[image.Name] = true, image.Size
			w.held[image.Name] = append(w.held[image.Name], image.Size)
		}
		w.nodes[op.Node] = n
	case op.Kind == models.OpCreateOwner:
		spec := w.kinds[op.Def]
		w.owners[op.Owner] = &twinOwner{kind: spec.Kind, parent: op.Parent, spec: op.Def, replicas: spec.Replicas,
			finished: models.Never, created: now, generation: 1, revisions: make(map[int32]int64), current: -1,
			started: models.Never, written: cluster.JobStatus{Started: models.Never},
			indexes: [2]map[int32]bool{make(map[int32]bool), make(map[int32]bool)}, scaling: cluster.AutoscalerStatus{LastScale: models.Never}}
		w.desire(w.owners[op.Owner])
	case op.Kind == models.OpCreatePod:
		w.pods[op.Pod] = twinPod{spec: models.SpecID(op.Def), owner: op.Owner, node: models.None, nominated: models.None, assumed: models.None, created: now,
			bound: models.Never, started: models.Never, readyAt: models.Never, exited: models.Never, deadline: models.Never, deleted: models.Never, index: models.None,
			nameless: op.Name == 0, generation: 1}
		if op.Owner != models.None {
			p := w.pods[op.Pod]
			p.tracked = w.owners[op.Owner].kind == models.Job
			w.pods[op.Pod] = p
			w.owners[op.Owner].pods++
		}
	case strings.Contains(op.Kind.String(), "Budget"), op.Kind == models.OpAllowDisruption:
		w.changeBudget(now, op)
	case fields&models.FieldPod != 0:
		p := w.pods[op.Pod]
		before := p
		w.changePod(now, op, &p)
		w.changeContainers(now, op, &p)
		w.movePorts(&before, &p)
		w.pods[op.Pod] = p
	case fields&models.FieldOwner != 0:
		w.changeOwner(now, op, w.owners[op.Owner])
		if op.Kind == models.OpFinishOwner {
			w.write(op.Owner, w.owners[op.Owner])
		}
	default:
		w.changeNode(now, op, w.nodes[op.Node])
	}
}

// movePorts takes the host ports of a pod that came to a node, or that is assumed
// there, and frees those of one that left.
func (w *twin) movePorts(before, after *twinPod) {
	where := func(p *twinPod) models.NodeID {
		switch {
		case p.assumed != models.None:
			return p.assumed
		case p.ended() || p.removed:
			return models.None
		}
		return p.node
	}
	from, to := where(before), where(after)
	if from == to {
		return
	}
	for _, port := range w.specs[after.spec].HostPorts {
		if from != models.None {
			delete(w.nodes[from].ports, port)
		}
		if to != models.None {
			w.nodes[to].ports[port] = true
		}
	}
}

func (w *twin) changeNode(now models.Time, op *models.Op, n *twinNode) {
	before := !n.down && n.silence == models.Heard
	defer func() {
		switch after := !n.down && n.silence == models.Heard; {
		case before && !after:
			n.unheard = now
			n.outages++
		case after && !before:
			n.heard = now
		}
	}()
	switch op.Kind {
	case models.OpShutDownNode:
		n.shutting = true
	case models.OpRecount:
		w.late = models.Time(op.Arg)
	case models.OpSilenceNode:
		n.silence = models.Silence(op.Arg)
	case models.OpCrashNode:
		n.down, n.downAt = true, now
		n.crashes++
		for _, id := range w.on(op.Node) {
			p := w.pods[id]
			p.up = false
			w.pods[id] = p
		}
	case models.OpRestoreNode:
		n.down, n.shutting = false, false
		n.downTime += now - n.downAt
	case models.OpSetNodeCondition:
		n.conditions[op.Name] = fmt.Sprintf("%s %d %s", models.ConditionStatus(op.Arg), op.Reason, now)
	case models.OpSetNodeReady:
		n.ready, n.readyAt = models.ConditionStatus(op.Arg), now
	case models.OpTaintNode:
		n.taints[op.Taint] = true
	case models.OpUntaintNode:
		delete(n.taints, op.Taint)
	case models.OpCordonNode:
		n.cordoned = op.Arg == 1
	case models.OpLabelNode:
		n.labels[op.Taint.Key] = op.Taint.Value
	case models.OpUnlabelNode:
		delete(n.labels, op.Taint.Key)
	case models.OpResizeNode:
		n.cpu = op.Arg
	case models.OpPullImage:
		n.images[op.Name], n.sizes[op.Name] = true, op.Arg
		if !n.removed {
			w.held[op.Name] = append(w.held[op.Name], op.Arg)
		}
	case models.OpRemoveImage:
		delete(n.images, op.Name)
		if !n.removed {
			w.held[op.Name] = w.held[op.Name][:len(w.held[op.Name])-1]
		}
	case models.OpRemoveNode:
		n.removed, n.removedAt = true, now
		clear(n.labels)
		for image := range n.images {
			w.held[image] = w.held[image][:len(w.held[image])-1]
		}
	}
}

// bringBack lets a node join anew whose object was removed. Its machine, its images and the
// pods that name it are as they were.
func (w *twin) bringBack(now models.Time, op *models.Op, n *twinNode) {
	n.spec, n.removed, n.removedAt, n.joined = w.machines[op.Def], false, 0, now
	n.ready, n.readyAt, n.cordoned, n.cpu = models.ConditionTrue, now, false, n.spec.Allocatable[models.CPU]
	if n.spec.NotReady {
		n.ready = models.ConditionFalse
	}
	if !n.down && n.silence == models.Heard {
		n.heard = now
	}
	clear(n.taints)
	clear(n.conditions)
	for _, taint := range n.spec.Taints {
		n.taints[taint] = true
	}
	for image := range n.images {
		w.held[image] = append(w.held[image], n.sizes[image])
	}
}

// happened is when that happened to a pod which is told now.
func (w *twin) happened(now models.Time, p *twinPod) models.Time {
	if w.late == 0 {
		return now
	}
	return max(now-w.late, p.bound)
}

func (w *twin) changePod(now models.Time, op *models.Op, p *twinPod) {
	ready := func(to bool) {
		if p.ready != to {
			p.ready, p.readyAt = to, now
		}
	}
	w.changeEphemerals(now, op, p)
	switch op.Kind {
	case models.OpFailScheduling:
		p.attempts++
	case models.OpNominatePod:
		p.nominated = op.Node
		if n := w.nodes[op.Node]; n != nil {
			n.nominations = append(n.nominations, op.Pod)
		}
	case models.OpAssumePod:
		p.assumed, p.nominated = op.Node, models.None
	case models.OpForgetPod:
		p.assumed = models.None
	case models.OpBindPod:
		p.node, p.bound, p.nominated, p.assumed = op.Node, now, models.None, models.None
		p.attempts++
	case models.OpStartPod:
		p.phase, p.up, p.started = models.Running, true, w.happened(now, p)
		if !w.itemised(p) {
			p.restarts = p.starts
		}
		p.starts++
		p.lacks = [3]twinLack{}
	case models.OpLackImage:
		p.lacks[op.Def] = twinLack{true, op.Reason, op.Message}
	case models.OpReceiveImage:
		p.lacks[op.Def] = twinLack{}
	case models.OpReadyPod, models.OpUnreadyPod:
		ready(op.Kind == models.OpReadyPod)
	case models.OpSetPodCondition:
		w.setPodCondition(now, op)
	case models.OpKillPod:
		if p.ends = [2]models.Sym{op.Reason, op.Message}; op.Message == 0 {
			p.ends = [2]models.Sym{}
		}
	case models.OpExitPod:
		p.reason = op.Reason
		p.ends = [2]models.Sym{}
		ready(false)
		p.up, p.exited, p.exitCode = false, w.happened(now, p), int32(op.Arg)
	case models.OpOrphanPod:
		w.owners[p.owner].orphans = append(w.owners[p.owner].orphans, *p)
		p.owner, p.nameless = models.None, false
	case models.OpAdoptPod:
		p.owner, p.noted, p.counted = op.Owner, "", false
		o := w.owners[op.Owner]
		p.tracked = o.kind == models.Job
		o.pods++
	case models.OpRelabelPod:
		p.spec = models.SpecID(op.Def)
	case models.OpUpdatePod, models.OpResizePod, models.OpDeferResize, models.OpAllocatePod, models.OpActuatePod:
		w.updated(now, op, p)
	case models.OpIndexPod:
		p.index, p.ignored = models.SplitIndexArg(op.Arg)
		p.failures = op.Def
	case models.OpCountPod:
		switch {
		case op.Arg == 1 && p.index != models.None:
			w.owners[p.owner].indexes[1][p.index] = true
		case op.Arg == 1:
			p.noted = "succeeded"
		default:
			p.noted = "failed"
		}
	case models.OpUntrackPod:
		p.tracked, p.counted = false, p.noted != ""
	case models.OpRejectPod:
		finish := *op
		finish.Kind, finish.Arg = models.OpFinishPod, 1
		w.changePod(now, &finish, p)
		p.message = op.Message
	case models.OpFinishPod:
		if p.ends[0] != 0 && p.ends[0] == op.Reason {
			p.message = p.ends[1]
		}
		p.ends, p.resize = [2]models.Sym{}, twinResize{}
		ready(false)
		p.phase, p.nominated, p.assumed = models.Succeeded, models.None, models.None
		if op.Arg != 0 {
			p.phase = models.Failed
		}
		p.up, p.exited, p.exitCode, p.reason, p.lacks = false, w.happened(now, p), int32(op.Arg), op.Reason, [3]twinLack{}
	case models.OpDeletePod:
		if !p.deleting {
			p.generation++
		}
		if !p.deleting {
			p.cause, p.deleted = op.Reason, now
		}
		p.deleting, p.deadline = true, later(now, op.Arg)
	case models.OpRemovePod:
		p.removed, p.up, p.ready, p.nominated, p.assumed = true, false, false, models.None, models.None
	}
}

// nominated lists the pods for which room is made on a node: each by its latest
// nomination.
func (w *twin) nominated(node models.NodeID) (pods []models.PodID) {
	n := w.nodes[node]
	if n == nil {
		return nil
	}
	all := n.nominations
	for i, id := range all {
		if w.pods[id].nominated == node && !slices.Contains(all[i+1:], id) {
			pods = append(pods, id)
		}
	}
	return pods
}

// totals counts all pods that ever were.
func (w *twin) totals() (t cluster.Totals) {
	for _, p := range w.pods {
		t.Created++
		switch {
		case p.phase == models.Succeeded:
			t.Succeeded++
		case p.phase == models.Failed:
			t.Failed++
		case p.removed:
			t.Removed++
		case p.phase == models.Running:
			t.Running++
		case p.node != models.None:
			t.Bound++
		default:
			t.Pending++
		}
	}
	return t
}

// counts counts the pods of an owner.
func (w *twin) counts(owner models.OwnerID) (n cluster.OwnerCounts) {
	if o := w.owners[owner]; o != nil {
		for _, p := range o.orphans {
			switch p.phase {
			case models.Succeeded:
				n.Succeeded++
			case models.Failed:
				n.Failed++
			default:
				n.Lost++
			}
		}
	}
	for _, p := range w.pods {
		switch {
		case p.owner != owner:
		case p.phase == models.Succeeded:
			n.Succeeded++
		case p.phase == models.Failed:
			n.Failed++
		case p.removed:
			n.Lost++
		case p.deleting:
			n.Terminating++
		default:
			n.Active++
			if p.node != models.None {
				n.Bound++
			}
			if p.ready {
				n.Ready++
			}
		}
	}
	return n
}
