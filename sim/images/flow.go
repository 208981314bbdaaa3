package images

import (
	"math"
	"math/bits"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
)

// flow is an image on its way to a node, for one pull or for several that asked for
// it meanwhile.
type flow struct {
	image    models.Sym
	node     *node
	registry *registry
	pulls    []*pull
	failure  string // what the registry will answer
	size     int64

	moving bool // else the registry has not answered yet
	// left are the bytes that have not come at since, less parts of a byte in
	// billionths.
	left  int64
	parts uint64
	rate  int64 // bytes a second
	since models.Time

	at   models.Time // when something happens next
	seq  uint64
	heap int    // position among the timers; -1 is none
	mark uint64 // of the last share that it took part in
	free bool   // in the share under way: its rate is not settled
}

// link is the way into a node or out of a registry.
type link struct {
	bandwidth int64 // bytes a second; 0 is without bound
	flows     []*flow
	mark      uint64
	rest      int64 // in the share under way: what is not given away
	open      int64 // and to how many it may go
}

func (l *link) remove(f *flow) {
	if at := slices.Index(l.flows, f); at >= 0 {
		l.flows = slices.Delete(l.flows, at, at+1)
	}
}

// progress brings a flow up to date. Whole bytes are counted, and the rest is kept,
// so that what comes adds up to the size exactly.
func (f *flow) progress(now models.Time) {
	if now >= f.at {
		f.left, f.parts, f.since = 0, 0, now
		return
	}
	high, low := bits.Mul64(uint64(f.rate), uint64(now-f.since))
	low, carry := bits.Add64(low, f.parts, 0)
	came, parts := bits.Div64(high+carry, low, uint64(time.Second))
	f.left, f.parts, f.since = f.left-int64(came), parts, now
}

// arrives is when the last byte comes at the present rate.
func (f *flow) arrives() models.Time {
	if f.left == 0 {
		return f.since
	}
	high, low := bits.Mul64(uint64(f.left), uint64(time.Second))
	low, borrow := bits.Sub64(low, f.parts, 0)
	high -= borrow
	low, carry := bits.Add64(low, uint64(f.rate)-1, 0)
	high += carry
	if high >= uint64(f.rate) {
		return models.Never
	}
	wait, _ := bits.Div64(high, low, uint64(f.rate))
	if wait > uint64(models.Never-f.since) {
		return models.Never
	}
	return f.since + models.Time(wait)
}

// share gives the flows of a node their rates anew, and those of all nodes and
// registries that share a bounded link with them, one with the other: max-min
// fairness by progressive filling. The narrowest link is divided among its flows in
// equal parts, what they leave of other links is divided among the rest, and so on.
// Source: Bertsekas and Gallager, Data Networks, 2nd edition, section 6.5.2.
func (m *Manager) share(now models.Time, n *node) {
	links, flows := m.reach(n)
	for _, f := range flows {
		f.progress(now)
		f.free = true
	}
	for _, l := range links {
		l.rest, l.open = l.bandwidth, int64(len(l.flows))
	}
	for rest := len(flows); rest > 0; {
		narrowest := int64(math.MaxInt64)
		for _, l := range links {
			if l.open > 0 {
				narrowest = min(narrowest, l.rest/l.open)
			}
		}
		for _, f := range flows {
			if f.free && f.within(narrowest) {
				f.settle(max(narrowest, 1))
				rest--
			}
		}
	}
	for _, f := range flows {
		f.at = f.arrives()
		m.timers.fix(f)
	}
}

// leave takes a flow off its links and gives what it had to others.
func (m *Manager) leave(now models.Time, f *flow) {
	m.timers.remove(f)
	f.node.remove(f)
	if !f.moving {
		return
	}
	f.node.link.remove(f)
	f.registry.remove(f)
	m.share(now, f.node)
	if others := f.registry.flows; f.registry.bandwidth > 0 && len(others) > 0 && others[0].mark != m.mark {
		m.share(now, others[0].node)
	}
}

// within reports whether a flow gets no more than a rate on one of its links.
func (f *flow) within(rate int64) bool {
	if rate == math.MaxInt64 {
		return true
	}
	for _, l := range [...]*link{&f.node.link, &f.registry.link} {
		if l.bandwidth > 0 && l.open > 0 && l.rest/l.open <= rate {
			return true
		}
	}
	return false
}

func (f *flow) settle(rate int64) {
	f.rate, f.free = rate, false
	if rate == math.MaxInt64 {
		f.left, f.parts = 0, 0 // no link holds it up
	}
	for _, l := range [...]*link{&f.node.link, &f.registry.link} {
		if l.bandwidth > 0 {
			l.rest, l.open = max(l.rest-rate, 0), l.open-1
		}
	}
}

// reach finds the bounded links that hang together with a node's, and the flows over
// them.
func (m *Manager) reach(n *node) (links []*link, flows []*flow) {
	m.mark++
	m.links, m.flows = m.links[:0], m.flows[:0]
	m.visit(&n.link)
	for at := 0; at < len(m.flows); at++ {
		f := m.flows[at]
		for _, l := range [...]*link{&f.node.link, &f.registry.link} {
			if l.bandwidth > 0 {
				m.visit(l)
			}
		}
	}
	return m.links, m.flows
}

func (m *Manager) visit(l *link) {
	if l.mark == m.mark {
		return
	}
	l.mark = m.mark
	if l.bandwidth > 0 {
		m.links = append(m.links, l)
	}
	for _, f := range l.flows {
		if f.mark != m.mark {
			f.mark = m.mark
			m.flows = append(m.flows, f)
		}
	}
}
