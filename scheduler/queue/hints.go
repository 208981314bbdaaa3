package queue

import (
	"math/bits"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// PluginSet is a set of plugins of one profile: bit i is the profile's plugin i.
type PluginSet uint64

// MaxPlugins is how many plugins a profile can have.
const MaxPlugins = 64

// Profile is what the queue knows of a scheduling profile: its plugins, by bit.
type Profile struct {
	// PreEnqueue are the plugins that may hold pods back; nil for the others.
	PreEnqueue []framework.PreEnqueue
	// Hints say which events are worth another attempt of a pod that the plugin
	// rejected.
	Hints [][]framework.Hint
}

// NewProfile reads off the plugins of a profile what the queue needs.
//
// A plugin that registers no events is asked about every event and always says
// yes. One that registers NodeAdd but not NodeTaint gets an additional hint that
// says yes to every change of taints, as in Kubernetes.
// Source: pkg/scheduler/scheduler.go (buildQueueingHintMap).
func NewProfile(plugins []framework.Plugin) Profile {
	p := Profile{
		PreEnqueue: make([]framework.PreEnqueue, len(plugins)),
		Hints:      make([][]framework.Hint, len(plugins)),
	}
	for i, plugin := range plugins {
		p.PreEnqueue[i], _ = plugin.(framework.PreEnqueue)
		registering, ok := plugin.(framework.EventsToRegister)
		if !ok {
			p.Hints[i] = []framework.Hint{{On: framework.AnyEvent}}
			continue
		}
		hints := registering.EventsToRegister()
		if on := union(hints); on&framework.NodeAdd != 0 && on&framework.NodeTaint == 0 {
			hints = append(hints[:len(hints):len(hints)], framework.Hint{On: framework.NodeTaint})
		}
		p.Hints[i] = hints
	}
	return p
}

func union(hints []framework.Hint) framework.EventKind {
	var on framework.EventKind
	for i := range hints {
		on |= hints[i].On
	}
	return on
}

// profile is a Profile made ready for use.
type profile struct {
	pre   []gate
	hints [][]framework.Hint
	on    []framework.EventKind // by plugin: what its hints register
}

type gate struct {
	bit    int8
	plugin framework.PreEnqueue
}

func compile(p Profile) profile {
	out := profile{hints: p.Hints, on: make([]framework.EventKind, len(p.Hints))}
	for i, plugin := range p.PreEnqueue {
		if plugin != nil {
			out.pre = append(out.pre, gate{int8(i), plugin})
		}
	}
	for i, hints := range p.Hints {
		out.on[i] = union(hints)
	}
	return out
}

// registered returns the events that can wake a pod that rejectors rejected. A
// gated pod hears only what the plugin that gates it registers.
func (p *profile) registered(rejectors PluginSet, gate int8) framework.EventKind {
	if gate != noGate {
		return p.on[gate]
	}
	var on framework.EventKind
	for set := rejectors; set != 0; set &= set - 1 {
		on |= p.on[bits.TrailingZeros64(uint64(set))]
	}
	return on
}

// urgency is how soon an event lets a pod be tried again.
type urgency uint8

const (
	never urgency = iota
	afterBackoff
	atOnce
)

// worth reports how soon the hints of the rejecting plugins want another attempt
// after an event: at once if a pending one does.
// Source: isPodWorthRequeuing in scheduling_queue.go.
func (p *profile) worth(rejectors, pending PluginSet, e *framework.Event, v cluster.View, pod models.PodID) urgency {
	when := never
	for set := rejectors; set != 0; set &= set - 1 {
		plugin := bits.TrailingZeros64(uint64(set))
		if p.on[plugin]&e.Kind == 0 {
			continue
		}
		for i := range p.hints[plugin] {
			hint := &p.hints[plugin][i]
			if hint.On&e.Kind == 0 || hint.Queue != nil && !hint.Queue(v, v.Pod(pod), e) {
				continue
			}
			if pending&(1<<plugin) != 0 {
				return atOnce
			}
			if when = afterBackoff; pending == 0 {
				return when
			}
		}
	}
	return when
}

// preEnqueue asks the plugins that may hold the pod back, first the one that
// holds it now, and notes which one does.
func (p *profile) preEnqueue(e *entry, v cluster.View) (pass bool) {
	holding := e.gate
	if holding != noGate {
		for _, g := range p.pre {
			if g.bit == holding && g.plugin.PreEnqueue(v, v.Pod(e.pod)).Rejected() {
				return false
			}
		}
	}
	for _, g := range p.pre {
		if g.bit == holding || !g.plugin.PreEnqueue(v, v.Pod(e.pod)).Rejected() {
			continue
		}
		e.rejectors |= 1 << g.bit
		e.gate = g.bit
		return false
	}
	e.gate = noGate
	return true
}
