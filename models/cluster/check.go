package cluster

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/podsim/podsim/models"
)

// Check rescans the whole cluster and compares it with what Apply has kept up to
// date. It returns every broken invariant, or nil.
func (c *Cluster) Check() error {
	s := &c.scan
	s.begin(c)
	for pod := range c.View().Live() {
		s.pod(pod.id, pod.row())
	}
	for id := range c.nodes {
		s.node(models.NodeID(id))
	}
	for id := range c.owners.next {
		s.owner(models.OwnerID(id))
	}
	if s.items != len(s.c.items) {
		s.fail("the containers of %d pods are told apart, %d are kept", s.items, len(s.c.items))
	}
	s.families()
	s.accounts()
	s.budgets()
	return errors.Join(s.broken...)
}

// begin forgets the last pass. Its memory is used again: large clusters are checked often.
func (s *scan) begin(c *Cluster) {
	s.c, s.live, s.orphans, s.broken, s.items = c, Totals{}, 0, nil, 0
	s.requested = zeros(s.requested, len(c.nodes))
	s.nonZero = zeros(s.nonZero, len(c.nodes))
	s.held = zeros(s.held, len(c.nodes))
	s.counts = zeros(s.counts, int(c.owners.next))
	s.noted = zeros(s.noted, int(c.owners.next))
	s.children = zeros(s.children, int(c.owners.next))
	s.available = zeros(s.available, int(c.owners.next))
	if s.users == nil {
		s.users = make(map[claimKey]int32)
	}
	clear(s.users)
}

// zeros returns n zero values, in the memory of a former list if they fit.
func zeros[T any](former []T, n int) []T {
	former = slices.Grow(former[:0], n)[:n]
	clear(former)
	return former
}

// scan is one pass of Check: what the columns should be, computed from the pods.
type scan struct {
	c         *Cluster
	requested []models.Resources
	nonZero   []NonZero
	held      []int
	counts    []OwnerCounts
	children  []int32
	available []int32
	noted     []int32 // pods in status.uncountedTerminatedPods
	items     int     // pods whose containers are kept
	live      Totals
	orphans   int
	users     map[claimKey]int32
	ports     []models.HostPort // of the pods of one node
	broken    []error
}

func (s *scan) fail(format string, args ...any) {
	s.broken = append(s.broken, fmt.Errorf(format, args...))
}

func (s *scan) pod(id models.PodID, row *podRow) {
	s.podState(id, row)
	if s.c.podSpecs[row.spec].Itemised() {
		s.containers(id, row)
	}
	switch {
	case row.phase.Terminal():
	case row.phase == models.Running:
		s.live.Running++
	case row.node != models.None:
		s.live.Bound++
	default:
		s.live.Pending++
	}
	if row.holds() {
		spec := s.c.podSpecs[row.spec]
		var ok bool
		if s.requested[row.place()], ok = s.requested[row.place()].Add(spec.Requests); !ok {
			s.fail("node %d: the sum of requests overflows", row.place())
		}
		s.nonZero[row.place()].CPU += spec.NonZeroCPU
		s.nonZero[row.place()].Memory += spec.NonZeroMemory
		s.held[row.place()]++
		for i := range spec.Volumes {
			if v := &spec.Volumes[i]; v.Kind == models.ClaimVolume {
				s.users[claimKey{spec.Namespace, v.Claim}]++
			}
		}
		pods := s.c.nodes[row.place()].pods
		if int(row.nodeAt) >= len(pods) || row.nodeAt < 0 || pods[row.nodeAt] != id {
			s.fail("pod %d: its node %d does not list it", id, row.place())
		}
	}
	if row.owner != models.None {
		s.ownedPod(row)
	} else {
		s.orphans++
	}
}

// podState checks what must hold within one row.
func (s *scan) podState(id models.PodID, row *podRow) {
	up, ready := row.is(podUp), row.is(podReady)
	switch {
	case row.phase == models.Running && row.node == models.None:
		s.fail("pod %d runs on no node", id)
	case up && row.phase != models.Running:
		s.fail("pod %d: its containers run in phase %s", id, row.phase)
	case up && s.c.nodes[row.node].down:
		s.fail("pod %d: its containers run on node %d, which is down", id, row.node)
	case ready && row.phase != models.Running:
		s.fail("pod %d is Ready in phase %s", id, row.phase)
	case row.restarts != max(row.starts-1, 0) && !s.c.podSpecs[row.spec].Itemised():
		s.fail("pod %d: %d restarts after %d starts", id, row.restarts, row.starts)
	case row.assumed != models.None && !row.mayBeAssumed():
		s.fail("pod %d: room is kept for it on node %d, but it is on node %d in phase %s", id, row.assumed, row.node, row.phase)
	case row.nominated != models.None && !s.mayBeNominated(id, row):
		s.fail("pod %d is nominated for node %d, which does not know or is not its only one", id, row.nominated)
	case row.bound != models.Never && row.bound < row.created,
		row.started != models.Never && row.started < row.bound:
		s.fail("pod %d: created %s, bound %s, started %s", id, row.created, row.bound, row.started)
	}
}

func (r *podRow) mayBeAssumed() bool { return r.node == models.None && r.phase == models.Pending }

// mayBeNominated reports whether a pod still waits for the node that it is nominated
// for, and is listed there.
func (s *scan) mayBeNominated(id models.PodID, row *podRow) bool {
	return row.place() == models.None && !row.phase.Terminal() && slices.Contains(s.c.nodes[row.nominated].nominated, id)
}

func (s *scan) ownedPod(row *podRow) {
	n := &s.counts[row.owner]
	if row.is(podUncounted) {
		s.noted[row.owner]++
	}
	switch {
	case row.phase.Terminal():
	case row.active():
		n.Active++
		if row.node != models.None {
			n.Bound++
		}
		if row.is(podReady) {
			n.Ready++
		}
		if s.isAvailable(row) {
			s.available[row.owner]++
		}
	default:
		n.Terminating++
	}
}

func (s *scan) node(id models.NodeID) {
	row := &s.c.nodes[id]
	if s.requested[id] != s.c.requested[id] {
		s.fail("node %s: requested %v, its pods request %v", s.c.nodeName(id), s.c.requested[id], s.requested[id])
	}
	if s.nonZero[id] != s.c.nonZero[id] {
		s.fail("node %s: non-zero requests %v, its pods' are %v", s.c.nodeName(id), s.c.nonZero[id], s.nonZero[id])
	}
	if s.held[id] != len(row.pods) {
		s.fail("node %s lists %d pods, %d are on it", s.c.nodeName(id), len(row.pods), s.held[id])
	}
	ports := s.ports[:0]
	for _, pod := range row.pods {
		ports = append(ports, s.c.podSpecs[s.c.pods.at(int32(pod)).spec].HostPorts...)
	}
	s.ports = ports
	if !containsAll(ports, row.ports) {
		s.fail("node %s: ports %v taken, its pods take %v", s.c.nodeName(id), row.ports, ports)
	}
	for _, pod := range row.nominated {
		if p := s.c.pods.at(int32(pod)); p.nominated != id || p.is(podRemoved) {
			s.fail("node %s: pod %d is not nominated for it", s.c.nodeName(id), pod)
		}
	}
	if s.c.allocatable[id].Negative() {
		s.fail("node %s: allocatable is negative", s.c.nodeName(id))
	}
}

func containsAll(have, want []models.HostPort) bool {
	for _, p := range want {
		if !slices.Contains(have, p) {
			return false
		}
	}
	return true
}

func (s *scan) accounts() {
	if !maps.Equal(s.users, s.c.storage.users) {
		s.fail("%d claims are in use, but the pods on nodes name %d, or not as often", len(s.c.storage.users), len(s.users))
	}
	if s.orphans != s.c.orphans {
		s.fail("%d pods belong to nobody, %d are counted", s.orphans, s.c.orphans)
	}
	t := s.c.totals
	if s.live.Pending != t.Pending || s.live.Bound != t.Bound || s.live.Running != t.Running {
		s.fail("totals %+v, but the pods make %+v", t, s.live)
	}
	if sum := t.Pending + t.Bound + t.Running + t.Succeeded + t.Failed + t.Removed; sum != t.Created {
		s.fail("%d pods created, %d accounted for: %+v", t.Created, sum, t)
	}
}

// budgets adds up the pods of each budget anew.
func (s *scan) budgets() {
	for i := range s.c.budgets.rows {
		row := &s.c.budgets.rows[i]
		pods, healthy, owners := int32(0), int32(0), make(map[models.OwnerID]int32)
		for pod := range s.c.View().Live() {
			p := pod.row()
			if row.removed || !s.c.selectsPod(row, p) {
				continue
			}
			pods++
			if p.is(podReady) && !p.is(podDeleting) {
				healthy++
			}
			if p.owner != models.None {
				owners[p.owner]++
			}
		}
		if pods != row.pods || healthy != row.healthy || !maps.Equal(owners, row.owners) {
			s.fail("budget %d: %d pods, %d healthy, of %v; its pods make %d, %d, %v", i, row.pods, row.healthy, row.owners, pods, healthy, owners)
		}
	}
}
