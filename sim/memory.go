package sim

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/usage"
)

// memory is what a run keeps of those whose memory is measured. A run that measures none
// has none.
type memory struct {
	users  map[memoryUser]*memoryUse     // those that run
	nodes  map[models.NodeID]models.Time // by node: when all of them together are looked at
	shared int                           // how many use a share of a load
	anew   bool                          // the shares have changed at this instant
}

// memoryUser is a pod, or a container of a pod whose containers are told apart.
type memoryUser struct {
	pod       models.PodID
	container int32 // None for the pod as a whole
}

// memoryUse is where somebody runs, and when it is looked at next.
type memoryUse struct {
	node   models.NodeID
	shares bool
	looked models.Time
}

// memoryHears follows what changes who uses memory, and how the pods share loads.
func (s *Simulation) memoryHears(op *models.Op) {
	if s.memory == nil && op.Kind != models.OpStartPod && op.Kind != models.OpStartContainer {
		return
	}
	switch op.Kind {
	case models.OpStartPod:
		if pod := s.view.Pod(op.Pod); !pod.Itemised() {
			s.watchMemory(pod, models.None)
		}
	case models.OpStartContainer:
		s.watchMemory(s.view.Pod(op.Pod), op.Def)
	case models.OpExitContainer:
		s.unwatchMemory(memoryUser{op.Pod, op.Def})
	case models.OpExitPod, models.OpFinishPod, models.OpRejectPod, models.OpRemovePod:
		for _, user := range s.memoryUsers(func(u memoryUser, _ *memoryUse) bool { return u.pod == op.Pod }) {
			s.unwatchMemory(user)
		}
	case models.OpReadyPod, models.OpUnreadyPod, models.OpDeletePod:
	default:
		return
	}
	if s.memory != nil && s.memory.shared > 0 && !s.memory.anew {
		s.memory.anew = true
		s.agenda.Schedule(s.agenda.Now(), evShares, 0, 0, 0)
	}
}

func (s *Simulation) watchMemory(pod cluster.Pod, container int32) {
	profile := s.kubelet.Usage(pod)
	if !profile.Burdens() {
		return
	}
	if s.memory == nil {
		s.memory = &memory{users: make(map[memoryUser]*memoryUse), nodes: make(map[models.NodeID]models.Time)}
	}
	user := memoryUser{pod.ID(), container}
	if s.memory.users[user] == nil && profile.SharesLoad() {
		s.memory.shared++
	}
	s.memory.users[user] = &memoryUse{pod.Node(), profile.SharesLoad(), models.Never}
	s.planMemory(user)
	s.planNodeMemory(pod.Node())
}

func (s *Simulation) unwatchMemory(user memoryUser) {
	use := s.memory.users[user]
	if use == nil {
		return
	}
	delete(s.memory.users, user)
	if use.shares {
		s.memory.shared--
	}
	s.planNodeMemory(use.node)
}

// memoryUsers lists some of those whose memory is measured.
func (s *Simulation) memoryUsers(some func(memoryUser, *memoryUse) bool) []memoryUser {
	var list []memoryUser
	for user, use := range s.memory.users {
		if some(user, use) {
			list = append(list, user)
		}
	}
	slices.SortFunc(list, func(a, b memoryUser) int {
		return cmp.Or(cmp.Compare(a.pod, b.pod), cmp.Compare(a.container, b.container))
	})
	return list
}

// shares looks at all that depends on how many pods share a load.
func (s *Simulation) shares() {
	s.memory.anew = false
	var nodes []models.NodeID
	for _, user := range s.memoryUsers(func(_ memoryUser, use *memoryUse) bool { return use.shares }) {
		s.planMemory(user)
		nodes = append(nodes, s.memory.users[user].node)
	}
	slices.Sort(nodes)
	for _, node := range slices.Compact(nodes) {
		s.planNodeMemory(node)
		s.planPressure(node)
	}
}

func (s *Simulation) meterUser(user memoryUser) usage.User {
	return usage.User{Pod: s.view.Pod(user.pod), Container: int(user.container)}
}

// planMemory finds out when somebody will use more memory than its limit.
func (s *Simulation) planMemory(user memoryUser) {
	u := s.meterUser(user)
	limit, _, limited := s.meter.MemoryLimit(u)
	if !limited {
		return
	}
	_, until, _ := s.meter.Exceeds([]usage.User{u}, s.nodeNow(), limit)
	if use := s.memory.users[user]; use.looked != until {
		use.looked = until
		s.planOnNode(until, evMemory, 0, int32(user.pod), user.container)
	}
}

// overLimit is the moment at which a container may have exceeded its limit: then its
// kernel kills it, with all its processes.
func (s *Simulation) overLimit(user memoryUser) {
	now := s.nodeNow()
	if s.memory == nil || s.memory.users[user] == nil || s.memory.users[user].looked > now {
		return
	}
	s.memory.users[user].looked = models.Never
	u := s.meterUser(user)
	if s.view.Node(u.Pod.Node()).Down() {
		return // it uses none
	}
	limit, container, _ := s.meter.MemoryLimit(u)
	if s.meter.Memory(u, now) <= limit {
		s.planMemory(user)
		return
	}
	d := s.view.Dictionary()
	s.oomKill(user, "OOMKilling", fmt.Sprintf("Memory cgroup out of memory: Killed process (%s) in pod %s/%s",
		d.String(container), d.String(u.Pod.Spec().Namespace), u.Pod.Name()))
}

// oomKill ends who is out of memory.
func (s *Simulation) oomKill(user memoryUser, reason, message string) {
	d, pod := s.view.Dictionary(), s.view.Pod(user.pod)
	s.do(models.Op{Kind: models.OpReportNode, Node: pod.Node(), Arg: 1, Reason: d.Sym(reason), Message: d.Sym(message)})
	if user.container != models.None {
		s.kubelet.Exit(s.nodeNow(), user.pod, int(user.container), sigKill, d.Sym(models.ReasonOOMKilled))
		s.work(user.pod)
		return
	}
	op := models.Op{Kind: models.OpFinishPod, Pod: user.pod, Arg: sigKill, Reason: d.Sym(models.ReasonOOMKilled)}
	switch {
	case s.restarts(pod, sigKill):
		op.Kind = models.OpExitPod
	case pod.Deleting():
		s.remove(user.pod, sigKill)
		return
	}
	s.do(op)
}

// planNodeMemory finds out when all on a node will use more memory than the node has.
func (s *Simulation) planNodeMemory(id models.NodeID) {
	capacity := s.memoryOf(id)
	users := s.onNode(id)
	if len(users) == 0 || s.view.Node(id).Spec().Capacity[models.Memory] == 0 {
		delete(s.memory.nodes, id)
		return
	}
	var list []usage.User
	for _, user := range users {
		list = append(list, s.meterUser(user))
	}
	if _, at, _ := s.meter.Exceeds(list, s.nodeNow(), capacity); s.memory.nodes[id] != at {
		s.memory.nodes[id] = at
		s.planOnNode(at, evNodeMemory, 0, int32(id), 0)
	}
}

// onNode lists those on a node whose use is told.
func (s *Simulation) onNode(node models.NodeID) (list []memoryUser) {
	for _, id := range slices.Sorted(slices.Values(s.view.Node(node).Pods())) {
		pod := s.view.Pod(id)
		if s.memory.users[memoryUser{id, models.None}] != nil {
			list = append(list, memoryUser{id, models.None})
		}
		for i := range pod.Containers() {
			if user := (memoryUser{id, int32(i)}); s.memory.users[user] != nil {
				list = append(list, user)
			}
		}
	}
	return list
}

// memoryOf returns what pods have of the memory of a node: what is not taken by processes
// that belong to none, and that its kernel spares.
func (s *Simulation) memoryOf(id models.NodeID) int64 {
	capacity := s.view.Node(id).Spec().Capacity[models.Memory]
	if state := s.nodes[id].pressure; state != nil {
		capacity -= state.foreign[foreignMemory]
	}
	return max(capacity, 0)
}

// nodeOutOfMemory is the moment at which a node may be out of memory: its kernel kills
// the container with the highest score, and others until there is enough.
// Source: pkg/kubelet/qos/policy.go, mm/oom_kill.c of Linux (oom_badness).
func (s *Simulation) nodeOutOfMemory(id models.NodeID) {
	now := s.nodeNow()
	if s.memory == nil {
		return
	}
	if at, planned := s.memory.nodes[id]; !planned || at > now {
		return
	}
	delete(s.memory.nodes, id)
	if s.view.Node(id).Down() {
		return
	}
	capacity := s.view.Node(id).Spec().Capacity[models.Memory]
	for {
		users := s.onNode(id)
		used, score := int64(0), int64(0)
		var worst memoryUser
		for i, user := range users {
			u := s.meterUser(user)
			used += s.meter.Memory(u, now)
			if points := s.meter.OOMScore(u, now, capacity); i == 0 || points > score {
				worst, score = user, points
			}
		}
		if used <= s.memoryOf(id) || len(users) == 0 {
			break
		}
		s.oomKill(worst, "SystemOOM", "System OOM encountered")
		if use := s.memory.users[worst]; use != nil && s.memory.nodes[id] == now {
			break // it runs again already: that is another look
		}
	}
	if s.memory.nodes[id] != now {
		s.planNodeMemory(id)
	}
}
