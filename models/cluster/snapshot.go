package cluster

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/podsim/podsim/models"
)

// Snapshot writes the whole state but for definitions: what a checkpoint holds.
// Equal states give equal bytes.
func (c *Cluster) Snapshot() []byte {
	s := snapshot{out: make([]byte, 0, 1<<16)}
	s.cluster(c)
	return s.out
}

// Restore sets the state to that of a snapshot. The cluster must know all
// definitions that the snapshot's had, and nothing may have been applied to it.
func (c *Cluster) Restore(state []byte) error {
	if c.operations > 0 {
		return errors.New("only a fresh cluster can be restored")
	}
	s := snapshot{in: state, reading: true}
	s.cluster(c)
	switch {
	case s.err != nil:
		return s.err
	case len(s.in) > 0:
		return fmt.Errorf("the snapshot is %d bytes too long", len(s.in))
	}
	return c.Check()
}

// snapshot walks over the state, writing each number or reading it: one walk, so
// that both directions agree.
type snapshot struct {
	reading bool
	in, out []byte
	err     error
}

// number takes one number in the direction of the walk.
func number[T ~int8 | ~uint8 | ~int32 | ~uint32 | ~int64 | ~uint64](s *snapshot, n *T) {
	if !s.reading {
		s.out = binary.AppendVarint(s.out, int64(*n))
		return
	}
	value, size := binary.Varint(s.in)
	if size <= 0 || int64(T(value)) != value {
		s.fail(errors.New("the snapshot is cut off or holds a number that does not fit"))
		return
	}
	s.in = s.in[size:]
	*n = T(value)
}

func (s *snapshot) fail(err error) {
	if s.err == nil {
		s.err = err
	}
	s.in = nil
}

func (s *snapshot) flag(b *bool) {
	n := uint8(0)
	if *b {
		n = 1
	}
	number(s, &n)
	*b = n == 1
}

// length takes the length of a list. What is read can be no longer than the rest.
func (s *snapshot) length(n int) int {
	long := int32(n)
	number(s, &long)
	if s.reading && (long < 0 || int(long) > len(s.in)+1) {
		s.fail(fmt.Errorf("the snapshot holds a list of %d", long))
		return 0
	}
	return int(long)
}

func (s *snapshot) cluster(c *Cluster) {
	number(s, &c.now)
	number(s, &c.late)
	number(s, &c.operations)
	number(s, &c.nodeSet)
	for _, n := range []*int64{&c.totals.Created, &c.totals.Pending, &c.totals.Bound, &c.totals.Running,
		&c.totals.Succeeded, &c.totals.Failed, &c.totals.Removed} {
		number(s, n)
	}
	nodes := s.length(len(c.nodes))
	for id := range nodes {
		s.node(c, id)
	}
	s.images(c)
	s.lacks(c)
	s.messages(c)
	s.killings(c)
	s.updates(c)
	s.podConditions(c)
	s.ephemeralContainers(c)
	s.storage(c)
	s.policies(c)
	s.services(c)
	list(s, &c.budgets.rows, s.budget)
	rows(s, &c.owners, func(o *ownerRow) bool { return true }, s.owner)
	rows(s, &c.pods, func(p *podRow) bool { return !p.is(podRemoved) }, s.pod)
	s.containers(c)
	if s.reading && s.err == nil {
		s.checkReferences(c)
	}
	if s.reading && s.err == nil {
		s.checkContainers(c)
	}
	if s.reading && s.err == nil {
		c.addUp()
	}
}

// messages takes why kubelets refused pods, by pod.
func (s *snapshot) messages(c *Cluster) {
	table(s, c.messages, func(message *models.Sym) { number(s, message) })
}

// rows takes the rows of a store that are to be kept, each with its id. When
// reading, the pages of the others stay away.
func rows[T any](s *snapshot, store *store[T], keep func(*T) bool, row func(*T)) {
	number(s, &store.next)
	if !s.reading {
		for id := int32(0); id < store.next; id++ {
			if store.pages[id>>pageBits] == nil {
				id |= pageSize - 1
				continue
			}
			if r := store.at(id); keep(r) {
				number(s, &id)
				row(r)
			}
		}
		end := int32(-1)
		number(s, &end)
		return
	}
	if store.next < 0 {
		s.fail(errors.New("the snapshot holds a negative number of rows"))
		return
	}
	store.pages = make([]*page[T], (int(store.next)+pageSize-1)>>pageBits)
	for last := int32(-1); s.err == nil; {
		id := int32(-1)
		number(s, &id)
		if id == -1 {
			break
		}
		if id <= last || id >= store.next {
			s.fail(fmt.Errorf("the snapshot holds row %d after %d of %d", id, last, store.next))
			return
		}
		last = id
		row(store.restore(id))
	}
	if last := store.next >> pageBits; s.err == nil && store.next&(pageSize-1) != 0 && store.pages[last] == nil {
		store.pages[last] = newPage(store.gone) // the next row goes there
	}
}

func (s *snapshot) node(c *Cluster, id int) {
	if s.reading {
		c.nodes = append(c.nodes, nodeRow{})
		c.taints = append(c.taints, nil)
		c.schedulable = append(c.schedulable, false)
		c.labels = append(c.labels, nil)
		c.requested = append(c.requested, models.Resources{})
		c.nonZero = append(c.nonZero, NonZero{})
		c.allocatable = append(c.allocatable, models.Resources{})
	}
	n := &c.nodes[id]
	number(s, &n.spec)
	number(s, &n.joined)
	number(s, &n.ready)
	number(s, &n.readyAt)
	number(s, &n.downAt)
	s.flag(&n.down)
	number(s, &n.crashes)
	number(s, &n.downTime)
	s.flag(&n.shutting)
	number(s, &n.silence)
	number(s, &n.heardAt)
	number(s, &n.unheardAt)
	number(s, &n.outages)
	s.flag(&n.removed)
	number(s, &n.removedAt)
	list(s, &n.conditions, func(is *Condition) {
		number(s, &is.Type)
		number(s, &is.Reason)
		number(s, &is.Status)
		number(s, &is.Changed)
	})
	s.flag(&c.schedulable[id])
	for r := range models.MaxResources {
		number(s, &c.allocatable[id][r])
	}
	list(s, &c.labels[id], func(l *models.Label) { number(s, &l.Key); number(s, &l.Value) })
	list(s, &c.taints[id], func(t *models.Taint) { number(s, &t.Key); number(s, &t.Value); number(s, &t.Effect) })
	list(s, &n.images, func(i *models.NodeImage) { number(s, &i.Name); number(s, &i.Size) })
	list(s, &n.pods, func(p *models.PodID) { number(s, p) })
	list(s, &n.nominated, func(p *models.PodID) { number(s, p) })
	list(s, &n.ports, func(p *models.HostPort) { number(s, &p.Protocol); number(s, &p.IP); number(s, &p.Port) })
}

func list[S ~[]T, T any](s *snapshot, items *S, each func(*T)) {
	n := s.length(len(*items))
	if s.reading {
		*items = make([]T, n)
	}
	for i := range *items {
		each(&(*items)[i])
	}
}

// table takes what a map tells of few rows or symbols, in their order.
func table[K ~int32, V any](s *snapshot, m map[K]V, each func(*V)) {
	keys := slices.Sorted(maps.Keys(m))
	list(s, &keys, func(key *K) {
		number(s, key)
		value := m[*key]
		if each(&value); s.err == nil {
			m[*key] = value
		}
	})
}

// images takes the counts of images in the order of their symbols.
func (s *snapshot) images(c *Cluster) {
	table(s, c.images, func(state *imageState) {
		number(s, &state.nodes)
		number(s, &state.size)
	})
}

// storage takes what was decided about volumes and claims. These are defined, so
// their number is no part of the state.
func (s *snapshot) storage(c *Cluster) {
	for i := range c.storage.volumes {
		number(s, &c.storage.volumes[i].claim)
		number(s, &c.storage.volumes[i].created)
	}
	for i := range c.storage.claims {
		number(s, &c.storage.claims[i].node)
		number(s, &c.storage.claims[i].created)
		s.flag(&c.storage.claims[i].removed)
		s.flag(&c.storage.claims[i].awaited)
		s.flag(&c.storage.claims[i].ending)
	}
}

func (s *snapshot) budget(b *budgetRow) {
	number(s, &b.spec)
	number(s, &b.generation)
	number(s, &b.created)
	s.flag(&b.removed)
	w := &b.status
	for _, n := range []*int32{&w.CurrentHealthy, &w.DesiredHealthy, &w.ExpectedPods, &w.Allowed, &w.Observed} {
		number(s, n)
	}
	list(s, &w.Disrupted, func(d *Disruption) { number(s, &d.Pod); number(s, &d.At) })
	if len(w.Disrupted) == 0 {
		w.Disrupted = nil
	}
	number(s, &w.Failed)
	number(s, &w.Changed)
	s.flag(&w.Conditioned)
}

func (s *snapshot) owner(o *ownerRow) {
	for _, t := range []*models.Time{&o.created, &o.finished} {
		number(s, t)
	}
	number(s, &o.spec)
	number(s, &o.parent)
	for _, id := range []*models.OwnerID{&o.eldest, &o.youngest, &o.older, &o.younger} {
		number(s, id)
	}
	number(s, &o.name)
	number(s, &o.first)
	number(s, &o.last)
	n := &o.counts
	for _, i := range []*int32{&o.ordinal, &o.replicas, &o.made, &o.refused, &n.Active, &n.Bound, &n.Ready, &n.Terminating,
		&n.Succeeded, &n.Failed, &n.Lost, &o.desired, &o.maximum, &o.generation} {
		number(s, i)
	}
	number(s, &o.revision)
	list(s, &o.conditions, s.condition)
	list(s, &o.revisions, func(r *Revision) { number(s, &r.Template); number(s, &r.Number); number(s, &r.Created) })
	number(s, &o.current)
	number(s, &o.reason)
	number(s, &o.state)
	number(s, &o.propagation)
	s.job(o)
	s.autoscaler(o)
}

func (s *snapshot) pod(p *podRow) {
	for _, t := range []*models.Time{&p.created, &p.bound, &p.started, &p.ready, &p.exited, &p.deletion, &p.deleted} {
		number(s, t)
	}
	number(s, &p.spec)
	number(s, &p.owner)
	number(s, &p.node)
	number(s, &p.nominated)
	number(s, &p.assumed)
	number(s, &p.name)
	for _, i := range []*int32{&p.ordinal, &p.nodeAt, &p.restarts, &p.starts, &p.attempts, &p.exitCode,
		&p.index, &p.failures, &p.ignored} {
		number(s, i)
	}
	number(s, &p.previous)
	number(s, &p.next)
	number(s, &p.epoch)
	number(s, &p.reason)
	number(s, &p.cause)
	number(s, &p.phase)
	number(s, &p.flags)
}

// job takes the state of a Job, if the owner has one.
func (s *snapshot) job(o *ownerRow) {
	has := o.job != nil
	s.flag(&has)
	if !has {
		return
	}
	if s.reading {
		o.job = new(jobRow)
	}
	j := o.job
	number(s, &j.started)
	number(s, &j.status.Started)
	w := &j.status
	for _, n := range []*int32{&j.succeeded, &j.failed, &j.uncountedSucceeded, &j.uncountedFailed, &w.Active, &w.Ready, &w.Terminating,
		&w.Succeeded, &w.Failed, &w.UncountedSucceeded, &w.UncountedFailed} {
		number(s, n)
	}
	for _, set := range []*models.Indexes{&j.completedIndexes, &j.failedIndexes} {
		list(s, set, func(i *models.Interval) { number(s, &i.First); number(s, &i.Last) })
		if len(*set) == 0 {
			*set = nil
		}
	}
}
