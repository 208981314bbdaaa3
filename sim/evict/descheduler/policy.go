package descheduler

import (
	"fmt"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/evict"
)

// Component is whom its Events come from.
// Source: descheduler pkg/utils/events.go (GetRecorderAndBroadcaster).
const Component = "sigs.k8s.io.descheduler"

// Policy is a DeschedulerPolicy.
// Source: descheduler pkg/api/v1alpha2/types.go.
type Policy struct {
	Profiles []Profile
	// Nodes are those that it looks at; empty is all of them.
	Nodes models.Selector
	// PerNode, PerNamespace and Total bound how many pods one round evicts; nil is no
	// bound.
	PerNode, PerNamespace, Total *uint
	// Grace replaces the grace periods of pods; nil leaves them as they are.
	Grace *time.Duration
	// TellRefusals has it make an Event of each eviction that it does not get.
	TellRefusals bool
}

// Profile is a set of strategies with what they may evict.
type Profile struct {
	Name       string
	Evictor    Evictor
	Deschedule []Strategy
	Balance    []Strategy
}

// Strategy finds pods that should go.
type Strategy interface {
	// Name is the name of its plugin.
	Name() string
	run(r *round)
}

// Server is what it asks for evictions.
type Server interface {
	// Evict asks for one; refusal says why it is not granted, empty if it is.
	Evict(p *evict.Proposal) (refusal string)
	// Tell makes an Event of a refusal, with the text of the proposal.
	Tell(p *evict.Proposal)
}

// Run goes through the profiles once: first through all strategies of deschedule, then
// through those of balance. Source: descheduler pkg/descheduler/descheduler.go (runProfiles).
func (p *Policy) Run(v cluster.View, o evict.Occasion, server Server) {
	r := round{policy: p, view: v, occasion: o, server: server, onNode: make(map[models.NodeID]uint), inNamespace: make(map[models.Sym]uint)}
	r.nodes = readyNodes(v, p.Nodes)
	if len(r.nodes) < 2 {
		return
	}
	for i := range p.Profiles {
		r.profile(&p.Profiles[i], p.Profiles[i].Deschedule)
	}
	for i := range p.Profiles {
		r.profile(&p.Profiles[i], p.Profiles[i].Balance)
	}
}

// readyNodes lists the ready nodes with certain labels, cordoned ones too.
// Source: descheduler pkg/descheduler/node/node.go (ReadyNodes).
func readyNodes(v cluster.View, of models.Selector) (list []cluster.Node) {
	for id := range v.Nodes() {
		node := v.Node(models.NodeID(id))
		if !node.Removed() && node.Ready() == models.ConditionTrue && of.Matches(node.Labels(), v.Dictionary()) {
			list = append(list, node)
		}
	}
	return list
}

// round is one run of a policy.
type round struct {
	policy   *Policy
	view     cluster.View
	occasion evict.Occasion
	server   Server
	nodes    []cluster.Node
	evictor  *Evictor // of the profile that is being run
	// ended are the pods that had ended when the round was first asked for them.
	ended map[models.NodeID][]models.PodID
	// What has been evicted in this round.
	onNode      map[models.NodeID]uint
	inNamespace map[models.Sym]uint
	total       uint
}

func (r *round) profile(p *Profile, strategies []Strategy) {
	r.evictor = &p.Evictor
	for _, s := range strategies {
		s.run(r)
	}
}

// verdict is what became of an eviction.
type verdict uint8

const (
	evicted  verdict = iota
	refused          // by a budget, or beyond the limit of its namespace
	nodeFull         // the limit of its node is reached
	allFull          // that of the round is
)

// evict asks for an eviction within the limits.
// Source: descheduler pkg/descheduler/evictions/evictions.go (EvictPod).
func (r *round) evict(s Strategy, pod cluster.Pod) verdict {
	node, namespace := pod.Node(), pod.Spec().Namespace
	p := evict.Proposal{Pod: pod.ID(), Grace: r.policy.Grace, By: Component, Cause: s.Name(),
		Why: "pod eviction from " + r.view.Node(node).Name() + " node by sigs.k8s.io/descheduler"}
	for _, limit := range []struct {
		of      string
		most    *uint
		n       uint
		verdict verdict
	}{
		{"total", r.policy.Total, r.total, allFull}, {"node", r.policy.PerNode, r.onNode[node], nodeFull},
		{"namespace", r.policy.PerNamespace, r.inNamespace[namespace], refused},
	} {
		if limit.most != nil && limit.n+1 > *limit.most {
			return r.refuse(&p, fmt.Sprintf("%s eviction limit exceeded (%d)", limit.of, *limit.most), limit.verdict)
		}
	}
	if refusal := r.server.Evict(&p); refusal != "" {
		return r.refuse(&p, refusal, refused)
	}
	r.onNode[node]++
	r.inNamespace[namespace]++
	r.total++
	return evicted
}

// refuse tells of an eviction that is not to be, if the policy wants that.
func (r *round) refuse(p *evict.Proposal, why string, as verdict) verdict {
	if r.policy.TellRefusals {
		p.Why += " failed: " + why
		r.server.Tell(p)
	}
	return as
}

// evictInTurn asks for pods of one node until its limit is reached. It reports whether
// the round may go on.
func (r *round) evictInTurn(s Strategy, pods []cluster.Pod) bool {
	for _, pod := range pods {
		switch r.evict(s, pod) {
		case nodeFull:
			return true
		case allFull:
			return false
		}
	}
	return true
}
