package pressure

import (
	"slices"

	"github.com/podsim/podsim/models"
)

// Manager is what the eviction manager of one kubelet remembers from pass to pass.
type Manager struct {
	config *Config
	base   models.Time // passes come every Interval from then on
	last   models.Time // the last pass
	state  []state     // by threshold
	seen   [models.NodePressures]models.Time
	raised Set
}

// state is how it stands with a threshold as of the last pass.
type state struct {
	observed bool        // it is met
	first    models.Time // since when, if it is
	active   bool        // its grace is over, and it has not been resolved since
}

const never = models.Time(-1 << 62)

// NewManager returns the manager of a kubelet that starts now.
func NewManager(c *Config, now models.Time) *Manager {
	m := &Manager{config: c, base: now, last: never, state: make([]state, len(c.Thresholds))}
	for c := range m.seen {
		m.seen[c] = never
	}
	return m
}

// Config returns how the manager is configured.
func (m *Manager) Config() *Config { return m.config }

// Raised returns the conditions that are True as of the last pass.
func (m *Manager) Raised() Set { return m.raised }

// Idle reports whether the manager has nothing on its mind: no threshold is met, and no
// condition is True.
func (m *Manager) Idle() bool {
	return m.raised == 0 && !slices.ContainsFunc(m.state, func(s state) bool { return s.observed })
}

// Resume lets passes come from a moment on, after the manager has waited for a pod.
func (m *Manager) Resume(now models.Time) { m.base = now }

// Next returns the first pass at or after a moment that is still to come.
func (m *Manager) Next(at models.Time) models.Time { return next(m.base, max(at, m.last+1)) }

// Limit is the use of a signal's capacity beyond which a threshold is met; met tells
// whether it was at the last pass.
func (m *Manager) Limit(threshold int, capacity int64) (limit int64, met bool) {
	t, is := &m.config.Thresholds[threshold], m.state[threshold]
	level := t.Value.Of(capacity)
	if is.active {
		level += t.MinReclaim.Of(capacity)
	}
	return capacity - level, is.observed
}

// Due returns the next pass from now on that does something even if the use of everything stays as it
// is; models.Never if none does.
func (m *Manager) Due(now models.Time) models.Time {
	due, observed := models.Never, Set(0)
	for i, is := range m.state {
		if !is.observed {
			continue
		}
		t := &m.config.Thresholds[i]
		observed |= 1 << t.Signal.Condition()
		due = min(due, m.Next(max(now, is.first.Add(t.Grace))))
	}
	for c := range models.NodePressures {
		if m.raised.Has(c) && !observed.Has(c) {
			due = min(due, m.Next(max(now, m.seen[c].Add(m.config.Transition))))
		}
	}
	return due
}

// Synchronize is a pass: it takes in what is observed and returns the thresholds that call
// for room, by index, the first to be seen to first.
// Source: pkg/kubelet/eviction/eviction_manager.go (synchronize).
func (m *Manager) Synchronize(now models.Time, observed *Observations) (active []int) {
	if before := now.Add(-Interval); before > m.last && m.last != never {
		m.see(before) // passes that did nothing but see what they had seen before
	}
	m.last = now
	for i := range m.config.Thresholds {
		t, is, o := &m.config.Thresholds[i], &m.state[i], observed[m.config.Thresholds[i].Signal]
		limit, before := m.Limit(i, o.Capacity)
		is.observed = o.Capacity > 0 && o.Capacity-o.Available > limit
		if is.observed && !before {
			is.first = now
		}
		if is.active = is.observed && now.Sub(is.first) >= t.Grace; is.active {
			active = append(active, i)
		}
	}
	m.see(now)
	m.raised = 0
	for c := range models.NodePressures {
		if m.seen[c] != never && now.Sub(m.seen[c]) < m.config.Transition {
			m.raised |= 1 << c
		}
	}
	slices.SortStableFunc(active, func(a, b int) int {
		return int(m.config.Thresholds[a].Signal) - int(m.config.Thresholds[b].Signal)
	})
	return active
}

// see notes that the conditions of all thresholds that are met were observed.
func (m *Manager) see(at models.Time) {
	for i, is := range m.state {
		if is.observed {
			m.seen[m.config.Thresholds[i].Signal.Condition()] = at
		}
	}
}

// Satisfied reports whether no threshold is met any more, not even by what is to be
// reclaimed beyond it.
// Source: pkg/kubelet/eviction/eviction_manager.go (reclaimNodeLevelResources).
func (m *Manager) Satisfied(observed *Observations) bool {
	for _, t := range m.config.Thresholds {
		o := observed[t.Signal]
		if o.Capacity > 0 && o.Available < t.Value.Of(o.Capacity)+t.MinReclaim.Of(o.Capacity) {
			return false
		}
	}
	return true
}
