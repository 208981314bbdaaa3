package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/evict"
)

// patienceOver deals with a node whose pods have not gone. Those that stop are waited for.
func (s *Simulation) patienceOver(u *upgrade, slot int) {
	is := &u.slots[slot]
	d := is.drain
	if is.given || d.left == 0 {
		return
	}
	kept := s.keptPods(d)
	if len(kept) == 0 {
		s.agenda.After(evictionRetry, evUpgrade, stagePatience, int32(u.number), int32(slot))
		return
	}
	if !is.told {
		is.told = true
		s.tellBlocked(u, is.node, kept)
	}
	switch u.Blocked {
	case UpgradeWaits:
	case UpgradeForces:
		s.forceOut(u, is, kept)
	case UpgradeSkips, UpgradeAborts:
		s.leaveNode(u, slot)
	}
}

// keptPods lists the places of the pods of a drain that have not been allowed to go.
func (s *Simulation) keptPods(d *drain) (kept []int) {
	for i := range d.pods {
		if p := &d.pods[i]; !p.done && !p.waiting && !s.view.Pod(p.Pod).Removed() {
			kept = append(kept, i)
		}
	}
	return kept
}

// forceOut deletes pods whatever their budgets say.
func (s *Simulation) forceOut(u *upgrade, is *upgraded, kept []int) {
	d := is.drain
	for _, i := range kept {
		p := &d.pods[i]
		pod := s.view.Pod(p.Pod)
		if !pod.Deleting() {
			s.attribute(&evict.Proposal{Pod: p.Pod, By: byUpgrade, Cause: UpgradeForced, Why: fmt.Sprintf("its budget has kept it for %s", u.Patience)})
		}
		p.waiting, p.since = true, s.agenda.Now()
		s.deleteWithin(pod, d.step.Grace, s.view.Dictionary().Sym(reasonForced))
	}
	s.noteUpgrade(u, is.node, UpgradeForced, len(kept), "")
}

// tellBlocked tells which budgets keep which pods of a node, and what would free them: a
// budget, its pods, and a text, separated by colons.
func (s *Simulation) tellBlocked(u *upgrade, node models.NodeID, kept []int) {
	type block struct {
		budget string
		free   string
		pods   []string
	}
	var blocks []block
	d := s.view.Dictionary()
	for _, i := range kept {
		p := &u.slots[u.slotOf(node)].drain.pods[i]
		budget, free := "none", "its namespace is being deleted, or it is being written"
		if ids := s.view.BudgetsOf(s.view.Pod(p.Pod).SpecID()); len(ids) > 0 {
			b := s.view.Budget(ids[0])
			budget, free = d.String(b.Spec().Namespace)+"/"+b.Name(), s.freeing(b, s.view.Pod(p.Pod))
		}
		at := slices.IndexFunc(blocks, func(b block) bool { return b.budget == budget })
		if at < 0 {
			at = len(blocks)
			blocks = append(blocks, block{budget: budget, free: free})
		}
		blocks[at].pods = append(blocks[at].pods, p.name)
	}
	slices.SortFunc(blocks, func(a, b block) int { return cmp.Compare(a.budget, b.budget) })
	for _, b := range blocks {
		s.noteUpgrade(u, node, UpgradeStuck, len(b.pods), b.budget+": "+strings.Join(b.pods, ", ")+": "+b.free)
	}
}

func (u *upgrade) slotOf(node models.NodeID) int {
	return slices.IndexFunc(u.slots, func(is upgraded) bool { return is.node == node })
}

// freeing says what would let a budget allow that one of its pods goes.
func (s *Simulation) freeing(b cluster.Budget, pod cluster.Pod) string {
	is, spec := b.Status(), b.Spec()
	missing := is.ExpectedPods - is.CurrentHealthy
	switch {
	case is.ExpectedPods > 0 && is.DesiredHealthy >= is.ExpectedPods && spec.MaxUnavailable.Given:
		return fmt.Sprintf("it never lets a pod go, since it desires %d healthy pods of %d; maxUnavailable of at least 1 would free it", is.DesiredHealthy, is.ExpectedPods)
	case is.ExpectedPods > 0 && is.DesiredHealthy >= is.ExpectedPods && spec.MinAvailable.Percent:
		return fmt.Sprintf("it never lets a pod go, since it desires %d healthy pods of %d; a lower minAvailable would free it", is.DesiredHealthy, is.ExpectedPods)
	case is.ExpectedPods > 0 && is.DesiredHealthy >= is.ExpectedPods:
		return fmt.Sprintf("it never lets a pod go, since it desires %d healthy pods of %d; minAvailable of at most %d, or more than %d replicas, would free it",
			is.DesiredHealthy, is.ExpectedPods, is.ExpectedPods-1, is.DesiredHealthy)
	case missing > 0 && !pod.Ready():
		return fmt.Sprintf("%d of its %d pods are not healthy%s; unhealthyPodEvictionPolicy AlwaysAllow would free this one", missing, is.ExpectedPods, s.waitingFor(b))
	case missing > 0:
		return fmt.Sprintf("%d of its %d pods are not healthy%s; it lets pods go when more than %d are", missing, is.ExpectedPods, s.waitingFor(b), is.DesiredHealthy)
	case is.ExpectedPods == 0:
		return "it cannot tell how many pods there should be; minAvailable as a number would free it"
	}
	return "pods go one after the other as it allows"
}

// waitingFor names what the pods of a budget wait for, if that is room.
func (s *Simulation) waitingFor(b cluster.Budget) string {
	pending := 0
	for pod := range s.view.Live() {
		if pod.Node() == models.None && slices.Contains(s.view.BudgetsOf(pod.SpecID()), b.ID()) {
			pending++
		}
	}
	if pending == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d wait for room on a node)", pending)
}
