package cluster_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// chance is what a random history is drawn from: rapid, which shrinks what fails,
// or a generator with a fixed seed.
type chance interface{ IntN(n int) int }

// script is a chance that rapid has drawn beforehand; over means it is used up.
type script struct {
	numbers []uint16
	over    bool
}

func (s *script) IntN(n int) int {
	if len(s.numbers) == 0 {
		s.over = true
		return 0
	}
	number := s.numbers[0]
	s.numbers = s.numbers[1:]
	return int(number) % n
}

// pair is a cluster beside its twin.
type pair struct {
	*cluster.Cluster
	twin  *twin
	draw  chance
	now   models.Time
	marks map[string]int // rare states that were reached
}

func newPair(draw chance, marks map[string]int) *pair {
	d := models.NewDictionary()
	p := &pair{Cluster: cluster.New(d, nil), twin: newTwin(), draw: draw, marks: marks}
	for i := range int32(8) {
		d.Sym(fmt.Sprint("symbol", i))
	}
	if d.Sym(models.ResizeInfeasibleReason) != infeasible {
		panic("the twin knows the word by another symbol")
	}
	room := models.Resources{models.CPU: math.MaxInt64, models.Memory: 8 << 30, models.Pods: 110}
	for i, spec := range []*models.NodeSpec{
		{Capacity: room, Allocatable: room},
		{Capacity: room, Allocatable: room, NotReady: true, Taints: []models.Taint{{Key: 1, Effect: models.NoExecute}},
			Images: []models.NodeImage{{Name: 2, Size: 100}}},
		{Capacity: room, Allocatable: models.Resources{models.Memory: 9 << 30}},
		{Capacity: room, Allocatable: models.Resources{models.CPU: -1}},
	} {
		spec.Name = d.Sym(fmt.Sprint("n", i))
		p.DefineNode(spec)
		p.twin.machines = append(p.twin.machines, spec)
	}
	for _, spec := range []*models.PodSpec{
		{Requests: models.Resources{models.CPU: 100, models.Memory: 1 << 30, models.Pods: 1}, NonZeroCPU: 100,
			HostPorts:  []models.HostPort{{Port: 80}, {Port: 443, Protocol: models.UDP}},
			Containers: []models.Container{{Name: 1, Image: 1}, {Name: 2, Image: 2}}},
		{Requests: models.Resources{models.CPU: math.MaxInt64 / 2, models.Pods: 1}, NonZeroMemory: 200, Priority: 1},
		{Requests: models.Resources{models.Pods: 1}, SchedulingGates: []models.Sym{3}},
		{Requests: models.Resources{models.Pods: 1}, RestartPolicy: models.RestartOnFailure, ReadinessGates: []models.Sym{gate}, Containers: []models.Container{
			{Kind: models.InitContainer}, {Kind: models.Sidecar}, {}}},
	} {
		p.DefinePod(spec)
		p.twin.specs = append(p.twin.specs, spec)
	}
	for _, spec := range budgetSpecs() {
		p.DefineBudget(spec)
		p.twin.budgetSpecs = append(p.twin.budgetSpecs, spec)
	}
	for _, spec := range variants(p.twin.specs[0], p.twin.specs[2]) {
		p.DefinePod(spec)
		p.twin.specs = append(p.twin.specs, spec)
	}
	for _, kind := range []models.OwnerKind{models.Job, models.ReplicaSet, models.Deployment, models.StatefulSet, models.DaemonSet, models.HorizontalPodAutoscaler} {
		for _, patience := range []int32{0, 1} {
			spec := &models.OwnerSpec{Kind: kind, Replicas: int32(kind), MaxSurge: models.Share{Value: 1 + patience}, MinReadySeconds: patience}
			p.DefineOwner(spec)
			p.twin.kinds = append(p.twin.kinds, spec)
		}
	}
	return p
}

// proposal draws an operation: mostly one about something that exists.
func (p *pair) proposal() models.Op {
	// The twin knows no life before the run, no volumes and Services, nothing that pods are admitted by, no faults by name and no refusals.
	kinds := slices.DeleteFunc(models.OpKinds(), func(k models.OpKind) bool {
		return strings.HasPrefix(k.String(), "Backdate") || slices.ContainsFunc([]string{"Claim", "Service", "Policy", "Quota", "Namespace", "Refuse", "RefuseEviction", "Fault"},
			func(end string) bool { return strings.HasSuffix(k.String(), end) })
	})
	// Long lives are rare unless their steps are proposed often.
	for range 8 {
		kinds = append(kinds, models.OpCreatePod, models.OpBindPod, models.OpStartPod, models.OpStartPod, models.OpReadyPod,
			models.OpReadyPod, models.OpUnreadyPod)
	}
	kinds = append(kinds, models.OpStartSandbox, models.OpStartSandbox, models.OpStartContainer, models.OpStartContainer, models.OpStartContainer,
		models.OpExitContainer, models.OpResetContainers, models.OpAssumePod, models.OpDeletePod, models.OpRemovePod)
	kinds = append(kinds, models.OpNominatePod, models.OpNominatePod, models.OpAssumePod, models.OpAssumePod, models.OpSetCondition, models.OpSetCondition,
		models.OpRecordRevision, models.OpRecordRevision, models.OpRecordRevision, models.OpCrashNode, models.OpDeletePod, models.OpRemovePod, models.OpRemovePod,
		models.OpUpdateOwner, models.OpUpdateOwner, models.OpUpdateOwner, models.OpUpdateOwner, models.OpUpdateOwner, models.OpUpdateOwner, models.OpExitPod, models.OpUntrackPod, models.OpUntrackPod, models.OpAdoptPod, models.OpAdoptPod,
		models.OpAdoptPod, models.OpAdoptPod, models.OpAdoptPod, models.OpAdoptPod, models.OpOrphanPod, models.OpRelabelPod, models.OpAdoptOwner,
		models.OpWriteBudgetStatus, models.OpWriteBudgetStatus, models.OpWriteBudgetStatus, models.OpAllowDisruption, models.OpAllowDisruption, models.OpAllowDisruption,
		models.OpNominatePod, models.OpNominatePod, models.OpNominatePod, models.OpNominatePod,
		models.OpUpdatePod, models.OpSetNodeCondition, models.OpSilenceNode, models.OpRestoreNode, models.OpResizePod, models.OpResizePod, models.OpResizePod, models.OpResizePod, models.OpAllocatePod, models.OpAllocatePod, models.OpActuatePod, models.OpActuatePod,
		models.OpSetPodCondition, models.OpSetPodCondition, models.OpDebugPod, models.OpStartEphemeral, models.OpStartEphemeral, models.OpEndEphemeral)
	v := p.View()
	op := models.Op{
		Kind: kinds[p.draw.IntN(len(kinds))], Ordinal: models.Exact, Parent: models.OwnerID(p.draw.IntN(v.Owners()+1) - 1),
		Pod: models.PodID(p.draw.IntN(v.Pods()+2) - 1), Node: models.NodeID(p.draw.IntN(v.Nodes()+2) - 1),
		Owner: models.OwnerID(p.draw.IntN(v.Owners()+2) - 1), Def: int32(p.draw.IntN(6) - 1),
		Name: models.Sym(p.draw.IntN(4)), Reason: models.Sym(p.draw.IntN(4)), Message: models.Sym(p.draw.IntN(4)),
		Taint: models.Taint{Key: models.Sym(p.draw.IntN(2)), Value: models.Sym(p.draw.IntN(2)), Effect: models.Effect(1 + p.draw.IntN(3))},
		Arg:   []int64{0, 1, 2, 30, -1, math.MaxInt64}[p.draw.IntN(6)],
	}
	next := p.draw.IntN(4) > 0
	switch op.Kind {
	case models.OpAddNode:
		if next {
			op.Node = models.NodeID(v.Nodes())
			if last := models.NodeID(v.Nodes() - 1); p.twin.gone(last) && p.draw.IntN(4) > 0 {
				op.Node, op.Def = last, int32(slices.Index(p.twin.machines, p.twin.nodes[last].spec))
			}
		}
	case models.OpRecordRevision:
		op.Arg = []int64{0, 1, 2, 3, 4, 5, -1}[p.draw.IntN(7)]
	case models.OpUpdateOwner:
		op.Def = int32(p.draw.IntN(14) - 1)
		if o := p.twin.owners[op.Owner]; o != nil && next {
			op.Def = o.spec ^ 1 // the same kind with the other patience
		}
	case models.OpCreateOwner:
		op.Def = int32(p.draw.IntN(14) - 1)
		if next {
			op.Owner = models.OwnerID(v.Owners())
		}
	case models.OpCreatePod:
		if next {
			op.Pod = models.PodID(v.Pods())
		}
	case models.OpAddBudget, models.OpRemoveBudget:
		if next && len(p.twin.budgets) > 1 { // a few that live long tell more
			op.Def = int32(len(p.twin.budgetSpecs)) + 9
		}
	case models.OpWriteBudgetStatus, models.OpAllowDisruption:
		if next {
			op.Def, op.Message = 0, 0
			for i := range p.twin.budgets {
				if b := &p.twin.budgets[i]; b.status.Allowed > 0 || b.spec == 0 && !b.removed {
					op.Def = int32(i)
				}
			}
		}
	case models.OpRelabelPod:
		if pod, ok := p.twin.pods[op.Pod]; ok && next {
			op.Arg, op.Def = int64(pod.spec), int32(len(p.twin.specs)-1)-int32(pod.spec)
		}
	case models.OpUpdatePod, models.OpResizePod, models.OpDeferResize, models.OpAllocatePod, models.OpActuatePod:
		if next {
			p.completeUpdate(&op)
		}
	case models.OpFinishPod, models.OpCountPod:
		op.Arg = min(op.Arg, int64(p.draw.IntN(3)))
		for id := models.PodID(0); next && op.Kind == models.OpFinishPod && int(id) < len(p.twin.pods); id++ {
			if pod := p.twin.pods[id]; pod.ends[0] != 0 && !pod.removed {
				op.Pod, op.Reason = id, pod.ends[0]
			}
		}
	case models.OpKillPod:
		op.Reason, op.Message = max(op.Reason, 1), max(op.Message, 1)
	case models.OpResizeNode:
		if next {
			op.Name = p.Dictionary().Sym("cpu")
		}
	case models.OpStartContainer:
		if next {
			op.Arg = int64(p.draw.IntN(2))
		}
	case models.OpRecount:
		if next {
			op.Arg = int64(p.draw.IntN(3)) * int64(time.Second)
		}
	case models.OpSetNodeCondition:
		if next {
			op.Name, op.Arg = 1, 1+int64(p.draw.IntN(2))
		}
	case models.OpSetNodeReady, models.OpSetCondition, models.OpSetPodCondition, models.OpSilenceNode:
		op.Arg = []int64{0, 1, 2, 3, -1, 257}[p.draw.IntN(6)]
	}
	return op
}

// step proposes an operation to both. They must agree whether it is lawful, and
// on everything that can be seen afterwards.
func (p *pair) step() error {
	op := p.proposal()
	p.now += models.Time(p.draw.IntN(3))
	if p.draw.IntN(12) == 0 {
		p.now += models.Time(time.Second)
	}
	now := p.now
	if p.draw.IntN(50) == 0 {
		now -= models.Time(p.draw.IntN(4))
	}
	reasons := p.twin.reasons(now, &op)
	digest, epochs := p.Digest(), p.epochs()
	err := p.Apply(now, &op)
	switch {
	case err == nil && len(reasons) > 0:
		return fmt.Errorf("%+v at %s was accepted, but %q", op, now, reasons)
	case err != nil && len(reasons) == 0:
		return fmt.Errorf("%+v at %s was refused (%w), but nothing speaks against it", op, now, err)
	case err != nil:
		if !slices.ContainsFunc(reasons, func(why string) bool { return strings.Contains(err.Error(), why) }) {
			return fmt.Errorf("%+v was refused with %w; want one of %q", op, err, reasons)
		}
		if p.Digest() != digest {
			return fmt.Errorf("%+v was refused, but the digest changed", op)
		}
		for _, why := range reasons {
			p.marks[op.Kind.String()+" refused: "+why]++
		}
	default:
		p.mark(&op)
		if err := p.voided(&op, epochs); err != nil {
			return err
		}
		p.now = max(p.now, now)
		p.twin.apply(now, &op)
	}
	if err := p.Check(); err != nil {
		return fmt.Errorf("after %+v: %w", op, err)
	}
	if difference := p.difference(); difference != "" {
		return fmt.Errorf("after %+v at %s, twin - cluster +:\n%s", op, now, difference)
	}
	return nil
}

// mark notes states that only some histories reach. It is called before the twin
// follows.
func (p *pair) mark(op *models.Op) {
	pod := p.twin.pods[op.Pod]
	on := p.twin.nodes[pod.node]
	owner := p.twin.owners[op.Owner]
	if owner == nil {
		owner = &twinOwner{}
	}
	siblings := p.twin.children(owner.parent)
	condition := owner.condition(op.Name)
	for _, m := range []struct {
		kind models.OpKind
		is   bool
		what string
	}{
		{models.OpBindPod, p.twin.nodes[op.Node] != nil && p.twin.nodes[op.Node].down, "bound to a node that is down"},
		{models.OpFinishPod, pod.ends[0] != 0 && pod.ends[0] == op.Reason, "ended as its kubelet meant to"},
		{models.OpSetNodeCondition, op.Arg == 1, "a condition of a node is False again"},
		{models.OpStartPod, p.twin.late > 0 && pod.deleting, "the start told of a pod that is deleted"},
		{models.OpExitPod, p.twin.late > 0, "an end told later"},
		{models.OpDeletePod, pod.deleting, "grace shortened"},
		{models.OpDeletePod, pod.ended(), "ended pod deleted"},
		{models.OpDeletePod, pod.active() && !pod.ready && pod.readyAt != models.Never, "failure dated from when Ready was lost"},
		{models.OpRemovePod, on != nil && on.down && !pod.ended(), "removed from a node that is down"},
		{models.OpExitPod, on != nil && on.down, "exit on a node that is down"},
		{models.OpFinishPod, pod.deleting && op.Arg == 0, "success while terminating"},
		{models.OpFinishPod, pod.node == models.None, "ended without a node"},
		{models.OpFinishPod, pod.nominated != models.None, "ended while nominated"},
		{models.OpBindPod, pod.nominated != models.None && pod.nominated != op.Node, "bound to another node than it was nominated for"},
		{models.OpBindPod, pod.assumed != models.None && pod.assumed == op.Node, "bound where room was kept"},
		{models.OpBindPod, pod.assumed != models.None && pod.assumed != op.Node, "bound elsewhere than room was kept"},
		{models.OpRemovePod, pod.assumed != models.None, "removed while room was kept"},
		{models.OpNominatePod, pod.nominated != models.None && op.Node != models.None, "nominated anew"},
		{models.OpNominatePod, op.Node != models.None && len(p.twin.nominated(op.Node)) > 0, "two nominated for a node"},
		{models.OpStartPod, pod.starts > 0, "restarted"},
		{models.OpDeleteOwner, len(siblings) > 2 && op.Owner != siblings[0] && op.Owner != siblings[len(siblings)-1], "a middle child deleted"},
		{models.OpUpdateOwner, p.twin.ready(op.Owner) > 0 && p.twin.patience(owner.spec) != p.twin.patience(op.Def), "availability judged anew"},
		{models.OpSetCondition, condition != nil && op.Arg == int64(condition.Status), "another reason of a condition"},
		{models.OpSetCondition, condition != nil && op.Arg == -1, "condition taken away"},
		{models.OpRecordRevision, owner.revisions[op.Def] > 0 && op.Arg > 0, "a revision comes back"},
		{models.OpRecordRevision, op.Arg == -1, "a revision forgotten"},
		{models.OpWriteBudgetStatus, op.Message == 0, "a budget counted"},
		{models.OpAllowDisruption, true, "a disruption allowed"},
		{models.OpAdoptPod, pod.ready, "a Ready pod adopted"},
		{models.OpAdoptPod, pod.ended(), "an ended pod adopted"},
		{models.OpAdoptPod, owner.pods > 1, "an owner of several pods adopts"},
		{models.OpRelabelPod, pod.node != models.None && !pod.ended(), "labels of a pod on a node change"},
		{models.OpRelabelPod, pod.owner != models.None, "labels of an owned pod change"},
		{models.OpUpdatePod, pod.node != models.None && !pod.ended(), "an image changes on a node"},
		{models.OpUpdatePod, kin[pod.spec].root == 2, "a gate is opened"},
		{models.OpResizePod, pod.resize.state == cluster.ResizeInProgress, "a resize over a resize"},
		{models.OpActuatePod, true, "a resize is actuated"},
		{models.OpDeferResize, op.Reason == infeasible, "a resize is infeasible"},
		{models.OpSettleRevision, owner.current != -1, "another current revision"},
		{models.OpReadyPod, p.twin.specs[pod.spec].ReadinessGates != nil, "Ready by its gates"},
		{models.OpUnreadyPod, pod.deleting, "no longer Ready while terminating"},
		{models.OpStartContainer, pod.phase == models.Running && op.Def == 0, "Pending once more"},
		{models.OpStartContainer, pod.restarts > 0, "a container of several restarted"},
		{models.OpResetContainers, op.Arg == 0 && pod.restarts > 0, "all containers start over"},
		{models.OpCrashNode, on != nil && len(p.twin.on(op.Node)) > 1, "crash under several pods"},
		{models.OpCrashNode, p.twin.nodes[op.Node] != nil && p.twin.nodes[op.Node].silence != models.Heard, "crash under a silent kubelet"},
		{models.OpRemoveNode, len(p.twin.holding(op.Node)) > 0, "removed under pods"},
		{models.OpAddNode, p.twin.gone(op.Node) && len(p.twin.holding(op.Node)) > 0, "back under pods"},
		{models.OpFinishPod, p.twin.gone(pod.node), "ended on a node that is gone"},
		{models.OpRestoreNode, p.twin.nodes[op.Node] != nil && p.twin.nodes[op.Node].silence != models.Heard, "up again, and silent"},
		{models.OpCreatePod, op.Owner != models.None && p.twin.owners[op.Owner] != nil && p.twin.owners[op.Owner].state == "failed", "pod of a failed Job"},
	} {
		if m.kind == op.Kind && m.is {
			p.marks[m.what]++
		}
	}
}

func (p *pair) epochs() map[models.PodID]uint32 {
	epochs := make(map[models.PodID]uint32)
	for pod := range p.View().Live() {
		epochs[pod.ID()] = pod.Epoch()
	}
	return epochs
}

// voided makes sure that what was planned for a pod is void after each step of its
// life, and after the crash of its node.
func (p *pair) voided(op *models.Op, before map[models.PodID]uint32) error {
	var pods []models.PodID
	switch op.Kind {
	case models.OpBindPod, models.OpStartPod, models.OpExitPod, models.OpFinishPod, models.OpDeletePod, models.OpRemovePod, models.OpRejectPod:
		pods = append(pods, op.Pod)
	case models.OpCrashNode:
		pods = p.twin.on(op.Node)
	}
	for _, id := range pods {
		if p.View().Pod(id).Epoch() == before[id] {
			return fmt.Errorf("after %+v pod %d has its old epoch %d", op, id, before[id])
		}
	}
	return nil
}

// difference compares everything that can be seen of both.
func (p *pair) difference() string {
	v := p.View()
	if want, got := p.twin.totals(), v.Totals(); want != got {
		return cmp.Diff(want, got)
	}
	for id, want := range p.twin.pods {
		pod := v.Pod(id)
		if want.removed && pod.Removed() {
			continue // of an object that is gone nothing else means anything
		}
		got := twinPod{
			spec: pod.SpecID(), owner: pod.Owner(), node: pod.Node(), nominated: pod.Nominated(), assumed: pod.Assumed(), phase: pod.Phase(),
			ready: pod.Ready(), up: pod.Up(), deleting: pod.Deleting(), removed: pod.Removed(),
			created: pod.Created(), bound: pod.BoundAt(), started: pod.StartedAt(), readyAt: pod.ReadyChangedAt(),
			exited: pod.ExitedAt(), deadline: pod.Deadline(), deleted: pod.DeletedAt(), starts: pod.Starts(), restarts: pod.Restarts(),
			attempts: pod.Attempts(), exitCode: pod.ExitCode(), reason: pod.Reason(), cause: pod.Cause(), message: pod.Message(),
			index: pod.Index(), tracked: pod.Tracked(), noted: want.noted, counted: want.counted, nameless: pod.BaseName() == 0,
		}
		got.generation, got.resize, got.ends = pod.Generation(), resizeOf(pod), want.ends
		got.failures, got.ignored = pod.IndexFailures()
		for _, lack := range pod.Lacks() {
			got.lacks[lack.Container] = twinLack{true, lack.Reason, lack.Message}
		}
		if pod.Uncounted() != (want.noted != "" && !want.counted && want.tracked) {
			return fmt.Sprintf("pod %d is uncounted: %t; want %q", id, pod.Uncounted(), want.noted)
		}
		if different := p.twin.conditionDifference(pod) + p.twin.ephemeralDifference(pod); different != "" {
			return different
		}
		if want, got := p.twin.seeContainers(id), seeContainers(pod); want != got {
			return cmp.Diff(strings.Split(want, ";"), strings.Split(got, ";"))
		}
		if got != want || pod.Active() != want.active() {
			return fmt.Sprintf("pod %d\n- %+v\n+ %+v", id, want, got)
		}
	}
	for id := range p.twin.nodes {
		if want, got := p.twin.seeNode(id), seeNode(v.Node(id), p.twin.now); want != got {
			return cmp.Diff(strings.Split(want, ";"), strings.Split(got, ";"))
		}
	}
	for id := range p.twin.owners {
		if want, got := p.twin.seeOwner(id), seeOwner(v.Owner(id), p.twin.now); want != got {
			return cmp.Diff(strings.Split(want, ";"), strings.Split(got, ";"))
		}
	}
	if different := p.budgetDifference(); different != "" {
		return different
	}
	for image := range models.Sym(8) {
		size, held := int64(0), p.twin.held[image]
		if len(held) > 0 {
			size = held[0]
		}
		if v.NodesWithImage(image) != len(held) || v.ImageSize(image) != size {
			return fmt.Sprintf("image %d: on %d nodes, %d bytes; want %d", image, v.NodesWithImage(image), v.ImageSize(image), held)
		}
	}
	return ""
}

const nodeFormat = "node %d; requested %v; non-zero %v; pods %v; nominated %v; ports %v; taints %v; images %v; ready %v since %v; down %v %d %v %v; labels %v; cordoned %v; cpu %d; %s since %s until %s, %d outages; shutting down %t; conditions %v; removed %t %v; joined %v"

func (w *twin) seeNode(id models.NodeID) string {
	n := w.nodes[id]
	var requested models.Resources
	var load cluster.NonZero
	var ports []string
	pods := w.holding(id)
	for _, pod := range pods {
		spec := w.specs[w.pods[pod].spec]
		for r := range requested {
			requested[r] += spec.Requests[r]
		}
		load.CPU += spec.NonZeroCPU
		load.Memory += spec.NonZeroMemory
	}
	for port := range n.ports {
		ports = append(ports, fmt.Sprint(port))
	}
	var taints, images []string
	for taint := range n.taints {
		taints = append(taints, fmt.Sprint(taint))
	}
	for image := range n.images {
		images = append(images, fmt.Sprint(image))
	}
	var labels []string
	for key, value := range n.labels {
		labels = append(labels, fmt.Sprint(models.Label{Key: key, Value: value}))
	}
	var conditions []string
	for kind, is := range n.conditions {
		conditions = append(conditions, fmt.Sprint(kind, " ", is))
	}
	conditions = sorted(conditions)
	down := n.downTime
	if n.down {
		down += w.now - n.downAt
	}
	until := w.now
	if n.down || n.silence != models.Heard {
		until = n.unheard
	}
	return fmt.Sprintf(nodeFormat, id, requested, load, pods, w.nominated(id), sorted(ports), sorted(taints), sorted(images), n.ready, n.readyAt,
		n.down, n.crashes, n.downAt, down, sorted(labels), n.cordoned, n.cpu, n.silence, n.heard, until, n.outages, n.shutting, conditions, n.removed, n.removedAt, n.joined)
}

func seeNode(n cluster.Node, now models.Time) string {
	var ports, taints, images []string
	for _, port := range n.Ports() {
		ports = append(ports, fmt.Sprint(port))
	}
	for _, taint := range n.Taints() {
		taints = append(taints, fmt.Sprint(taint))
	}
	for _, image := range n.Images() {
		images = append(images, fmt.Sprint(image.Name))
	}
	var labels []string
	for _, label := range n.Labels() {
		labels = append(labels, fmt.Sprint(label))
	}
	var conditions []string
	for _, is := range n.Conditions() {
		conditions = append(conditions, fmt.Sprintf("%d %s %d %s", is.Type, is.Status, is.Reason, is.Changed))
	}
	return fmt.Sprintf(nodeFormat, n.ID(), *n.Requested(), n.NonZero(), sorted(n.Pods()), n.Nominated(), sorted(ports), sorted(taints), sorted(images),
		n.Ready(), n.ReadyChangedAt(), n.Down(), n.Crashes(), n.DownAt(), n.DownTime(now), sorted(labels), n.Unschedulable(),
		n.Allocatable()[models.CPU], n.Silence(), n.HeardSince(), n.HeardUntil(now), n.Outages(), n.ShuttingDown(), sorted(conditions),
		n.Removed(), n.RemovedAt(), n.Joined())
}

const ownerFormat = "owner %d of %d; children %v; wanted %v; generation %d; revision %d; revisions %v, current %d; conditions %v; available %d, next %v; kind %v; created %v; replicas %d; counts %+v; pods %v; next %d; finished %v, reason %d; " +
	"live %t, complete %t, failed %t, deleted %t; terminating %v; counted %+v; written %+v; succeeded %s; failed %s; autoscaler %+v"

func (w *twin) seeOwner(id models.OwnerID) string {
	o := w.owners[id]
	var pods []models.PodID
	for _, pod := range slices.Sorted(maps.Keys(w.pods)) {
		if p := w.pods[pod]; p.owner == id && !p.removed {
			pods = append(pods, pod)
		}
	}
	available, next := w.available(id, w.now)
	return fmt.Sprintf(ownerFormat, id, o.parent, w.children(id), o.desired, o.generation, o.revision, o.revisions, o.current, o.conditions, available, next, o.kind, o.created, o.replicas, w.counts(id), pods, o.pods, o.finished, o.reason,
		o.state == "", o.state == "complete", o.state == "failed", o.state == "deleted",
		o.propagation, w.jobCounts(id, o), o.jobWritten(), o.settled(1), o.settled(0), o.scaling)
}

func seeOwner(o cluster.Owner, now models.Time) string {
	var pods []models.PodID
	var children []models.OwnerID
	for child := range o.Children() {
		children = append(children, child.ID())
	}
	conditions, revisions := slices.Collect(o.Conditions()), make(map[int32]int64)
	for r := range o.Revisions() {
		revisions[int32(r.Template)] = r.Number
	}
	wanted := [2]int32{o.DesiredThen(), o.MaximumThen()}
	for pod := range o.Pods() {
		pods = append(pods, pod.ID())
	}
	return fmt.Sprintf(ownerFormat, o.ID(), o.Parent(), children, wanted, o.Generation(), o.Revision(), revisions, o.CurrentRevision(), conditions,
		o.Available(now), o.NextAvailable(now), o.Kind(), o.Created(), o.Replicas(), o.Counts(), pods, o.NextOrdinal(),
		o.FinishedAt(), o.Reason(), o.Live(), o.Complete(), o.Failed(), o.Deleted(),
		o.Terminating(), o.JobCounts(), o.JobStatus(), o.CompletedIndexes(), o.FailedIndexes(), o.Autoscaler())
}

func sorted[T int32 | string | models.PodID](list []T) []T {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

// The histories are the same each time, so that every rare state is reached.
func TestTheClusterBehavesLikeItsTwinInRareStates(t *testing.T) {
	marks := make(map[string]int)
	for seed := range uint64(3500) {
		p := newPair(rand.New(rand.NewPCG(seed, 3)), marks)
		for range 300 {
			if err := p.step(); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
	}
	for _, mark := range []string{
		"bound to a node that is down", "grace shortened", "ended pod deleted", "failure dated from when Ready was lost",
		"removed from a node that is down", "exit on a node that is down", "success while terminating",
		"ended without a node", "ended while nominated", "bound to another node than it was nominated for", "nominated anew",
		"two nominated for a node", "bound where room was kept", "bound elsewhere than room was kept", "removed while room was kept",
		"restarted", "no longer Ready while terminating", "crash under several pods", "crash under a silent kubelet", "up again, and silent", "pod of a failed Job",
		"a middle child deleted", "availability judged anew", "a revision comes back", "a revision forgotten", "another current revision", "another reason of a condition", "condition taken away",
		"an image changes on a node", "a gate is opened", "a resize over a resize", "a resize is actuated", "a resize is infeasible",
		"a budget counted", "a disruption allowed", "a Ready pod adopted", "an ended pod adopted", "an owner of several pods adopts", "labels of a pod on a node change", "labels of an owned pod change",
		"ended as its kubelet meant to", "a condition of a node is False again", "the start told of a pod that is deleted", "an end told later",
		"BindPod refused: exceeds 2^63-1", "BindPod refused: scheduling gates", "StartPod refused: node is down",
		"AddNode refused: negative or above capacity", "CreatePod refused: is deleted", "DeletePod refused: shorter grace",
		"FinishOwner refused: no running Job", "BindPod refused: time runs backwards",
	} {
		if marks[mark] == 0 {
			t.Errorf("never reached: %s", mark)
		}
	}
}

// The histories are new each time and shrink if they fail.
func TestTheClusterBehavesLikeItsTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := &script{numbers: rapid.SliceOfN(rapid.Uint16(), 0, 4000).Draw(t, "draws")}
		p := newPair(draw, make(map[string]int))
		for !draw.over {
			if err := p.step(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
