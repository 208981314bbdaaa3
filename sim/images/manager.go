package images

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/kernel"
)

// Manager is the image managers of the kubelets of all nodes.
// Source: pkg/kubelet/images.
type Manager struct {
	config     Config
	view       cluster.View
	streams    *kernel.Streams
	registries []registry
	nodes      []*node // by id; nil if it has had nothing to do
	backOffs   map[models.PodID][]*backOff
	seq        uint64

	now    models.Time // of the last Advance or Ensure
	timers timers
	done   []Outcome // not told yet

	// Of the share under way.
	mark  uint64
	links []*link
	flows []*flow

	uses map[models.PodID][]models.Sym // the images of pods with containers, on nodes whose disk can fill
}

type registry struct {
	link
	*Registry
	breaks  []Outage  // those that have not begun
	failing int32     // faults by which it answers nobody
	factors []float64 // of the faults by which it is slow
	slowed  float64   // how many times, in all
}

// node is a node that has pulled images.
type node struct {
	link
	*Node
	id      models.NodeID
	own     bool // the disk is for images alone
	limiter limiter
	queue   []*pull // first come, first served
	active  int
	flights []*flow // on their way here
	waiting []waiter
	disk    disk
}

func (n *node) remove(f *flow) {
	if at := slices.Index(n.flights, f); at >= 0 {
		n.flights = slices.Delete(n.flights, at, at+1)
	}
}

// waiter is a container whose image its pod will look for again, every ten seconds.
type waiter struct {
	pod       models.PodID
	container int32
	image     models.Sym
	since     models.Time // the sync from which the others are counted
	again     models.Time // when it looks; Never if there is nothing to see
}

// pull is one request for an image, of one container.
type pull struct {
	pod       models.PodID
	container int32
	image     models.Sym
	fails     int
	asked     models.Time
	began     models.Time
}

// New returns managers that have pulled nothing yet.
func New(c Config, view cluster.View, streams *kernel.Streams) *Manager {
	m := &Manager{config: c, view: view, streams: streams, backOffs: make(map[models.PodID][]*backOff), uses: make(map[models.PodID][]models.Sym)}
	m.registries = make([]registry, max(len(c.Registries), 1))
	for i := range m.registries {
		m.registries[i].Registry = &Registry{}
		if i < len(c.Registries) {
			m.registries[i].Registry = &c.Registries[i]
		}
		m.registries[i].link.bandwidth = m.registries[i].Registry.Bandwidth
		m.registries[i].breaks = m.registries[i].Outages
		m.registries[i].slowed = 1
	}
	return m
}

func (m *Manager) node(id models.NodeID) *node {
	for int(id) >= len(m.nodes) {
		m.nodes = append(m.nodes, nil)
	}
	if m.nodes[id] == nil {
		config := &m.config.Nodes
		if group, ok := m.config.Groups[m.view.Node(id).Spec().Group]; ok {
			config = &group
		}
		given := config.Disk > 0
		if spec := m.view.Node(id).Spec(); config.Disk == 0 && spec.Capacity[models.EphemeralStorage] > 0 {
			own := *config
			own.Disk = min(spec.Capacity[models.EphemeralStorage], MaxBytes)
			config = &own
		}
		n := &node{Node: config, id: id, own: given}
		n.link.bandwidth = config.Bandwidth
		n.limiter.tokens = int64(config.Burst) * token
		n.disk.begin(m.view.Node(id).Joined(), m.view.Node(id).Images())
		m.nodes[id] = n
	}
	return m.nodes[id]
}

// Answer is what a kubelet finds when it is about to create a container.
type Answer uint8

// The answers.
const (
	There   Answer = iota // the image is on the node
	Coming                // a pull is under way: an Outcome will tell
	Lacking               // it is not there, and will be looked for again
)

// Outcome is what has become of a pull, or of a look for an image.
type Outcome struct {
	Pod       models.PodID
	Container int32
	Image     models.Sym
	Node      models.NodeID
	// Failed pulls have a Reason, a Message, and the time at which the kubelet looks
	// again; Never if nothing is known that could change the answer.
	Reason, Message string
	Again           models.Time
	// Those that succeeded brought Size bytes, or found them there, in Took.
	Size int64
	Took time.Duration
}

// The reasons for which containers wait for images.
// Source: pkg/kubelet/images/types.go.
const (
	ReasonErrImagePull = "ErrImagePull"
	ReasonBackOff      = "ImagePullBackOff"
	ReasonNever        = "ErrImageNeverPull"
)

// Ensure is what a kubelet does before it creates a container. If the image is
// Lacking, the outcome tells why.
// Source: pkg/kubelet/images/image_manager.go (EnsureImageExists).
func (m *Manager) Ensure(now models.Time, pod cluster.Pod, container int32) (Answer, Outcome) {
	c := &pod.Spec().Containers[container]
	m.now = now
	n := m.node(pod.Node())
	n.forget(pod.ID(), container)
	if !c.AlwaysPull && m.Holds(n.id, c.Image) {
		return There, Outcome{}
	}
	out := Outcome{Pod: pod.ID(), Container: container, Image: c.Image, Node: n.id, Again: models.Never}
	name := m.view.Dictionary().String(c.WrittenImage())
	if c.NeverPull {
		out.Reason, out.Message = ReasonNever, `Container image "`+name+`" is not present with pull policy of Never`
		n.waiting = append(n.waiting, waiter{pod.ID(), container, c.Image, now, models.Never})
		return Lacking, out
	}
	fails := 0
	if entry := m.backOff(pod.ID(), c.Image); entry != nil {
		if entry.inBackOff(now) {
			out.Reason, out.Message = ReasonBackOff, `Back-off pulling image "`+name+`": `+entry.message
			out.Again = tick(now, entry.updated.Add(entry.wait))
			n.waiting = append(n.waiting, waiter{pod.ID(), container, c.Image, now, out.Again})
			return Lacking, out
		}
		fails = entry.fails
	}
	n.queue = append(n.queue, &pull{pod: pod.ID(), container: container, image: c.Image, fails: fails, asked: now})
	m.serve(now, n)
	return Coming, out
}

func (m *Manager) backOff(pod models.PodID, image models.Sym) *backOff {
	for _, entry := range m.backOffs[pod] {
		if entry.image == image {
			return entry
		}
	}
	return nil
}

// tick is the first sync of a pod at or after a moment, if its last one was at now.
func tick(now, at models.Time) models.Time {
	steps := max((at.Sub(now)+syncPeriod-1)/syncPeriod, 1)
	return now.Add(steps * syncPeriod)
}

// Holds reports whether a node has an image.
func (m *Manager) Holds(id models.NodeID, image models.Sym) bool {
	return slices.ContainsFunc(m.view.Node(id).Images(), func(held models.NodeImage) bool { return held.Name == image })
}

// forget drops that a container waits: its pod looks again, or is gone.
func (n *node) forget(pod models.PodID, container int32) {
	n.waiting = slices.DeleteFunc(n.waiting, func(w waiter) bool {
		return w.pod == pod && (container < 0 || w.container == container)
	})
}

// Next is when something happens here; models.Never if nothing is under way.
func (m *Manager) Next() models.Time {
	if len(m.done) > 0 {
		return m.now
	}
	next := m.timers.next()
	for i := range m.registries {
		if r := &m.registries[i]; len(r.breaks) > 0 {
			next = min(next, r.breaks[0].From)
		}
	}
	return next
}

// Advance lets happen what happens up to now. What has become of pulls is told by
// Outcome.
func (m *Manager) Advance(now models.Time) {
	m.now = now
	for i := range m.registries {
		m.breakOff(now, &m.registries[i])
	}
	for len(m.timers) > 0 && m.timers.next() <= now {
		m.step(now, m.timers[0])
	}
}

// Outcome returns the next outcome that has not been told yet, in order of time.
func (m *Manager) Outcome() (Outcome, bool) {
	if len(m.done) == 0 {
		return Outcome{}, false
	}
	out := m.done[0]
	m.done = m.done[1:]
	return out, true
}

// Looks reports whether a container whose image is lacking looks for it now.
func (m *Manager) Looks(now models.Time, pod models.PodID, container int32, at models.NodeID) bool {
	if int(at) >= len(m.nodes) || m.nodes[at] == nil {
		return false
	}
	return slices.ContainsFunc(m.nodes[at].waiting, func(w waiter) bool {
		return w.pod == pod && w.container == container && w.again <= now
	})
}

// Left tells what a pod leaves behind that is removed from its node: pulls that are
// cancelled, unless others wait for the same image.
func (m *Manager) Left(now models.Time, pod models.PodID, at models.NodeID) {
	m.now = now
	delete(m.backOffs, pod)
	if at == models.None || int(at) >= len(m.nodes) || m.nodes[at] == nil {
		return
	}
	n := m.nodes[at]
	n.forget(pod, -1)
	m.done = slices.DeleteFunc(m.done, func(o Outcome) bool { return o.Pod == pod })
	mine := func(p *pull) bool { return p.pod == pod }
	n.queue = slices.DeleteFunc(n.queue, mine)
	for _, f := range slices.Clone(n.flights) {
		before := len(f.pulls)
		f.pulls = slices.DeleteFunc(f.pulls, mine)
		n.active -= before - len(f.pulls)
		if len(f.pulls) == 0 {
			m.leave(now, f)
		}
	}
	m.serve(now, n)
}

// Lost forgets what a kubelet was doing when its node went down.
func (m *Manager) Lost(now models.Time, id models.NodeID) {
	if int(id) >= len(m.nodes) || m.nodes[id] == nil {
		return
	}
	n := m.nodes[id]
	n.queue, n.waiting, n.active = nil, nil, 0
	m.done = slices.DeleteFunc(m.done, func(o Outcome) bool { return o.Node == id })
	for _, f := range slices.Clone(n.flights) {
		m.leave(now, f)
	}
	n.limiter = limiter{at: now, tokens: int64(n.Burst) * token}
	for _, pod := range m.view.Node(id).Pods() {
		delete(m.backOffs, pod)
	}
}
