package engine

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// MaxPlugins is how many plugins a profile can have.
const MaxPlugins = 64

// Weighted is a plugin with the weight of its score.
type Weighted struct {
	framework.Plugin
	Weight int64
	// NoFilter and NoScore leave out what the plugin does at PreFilter and
	// Filter, and at PreScore and Score.
	NoFilter, NoScore bool
}

// Config is what a profile asks of an engine.
type Config struct {
	// Plugins in the order in which they are asked, MaxPlugins at most.
	Plugins []Weighted
	// Percentage of the nodes after which the search for feasible ones stops;
	// 0 adapts to the size of the cluster, 100 looks at all.
	Percentage int
	Ties       Ties
	// Draw is asked by TiesRandom only.
	Draw Draw
}

// Result is the node that was chosen, or None.
type Result struct {
	Node      models.NodeID
	Feasible  int   // nodes found to fit
	Evaluated int   // nodes looked at
	Score     int64 // of the chosen node; 0 if it was the only one
}

// Scan is the plain engine of one profile: for every pod it looks at one node
// after the other. In the steady state a decision that finds a node allocates
// nothing.
type Scan struct {
	nodes      *Nodes
	plugins    []Weighted
	preFilters []preFilter
	filters    []filter
	preScores  []preScore
	scores     []score
	percentage int
	ties       Ties
	draw       Draw

	// Of the decision under way.
	cycle     framework.Cycle
	only      []int        // places of the nodes that plugins restrict the search to
	allowed   []models.Sym // names that plugins restrict the search to
	active    []filter
	scoring   []score
	feasible  []models.NodeID
	wrap      int // feasible nodes from here on stand before the start
	raw       []int64
	totals    []int64
	diagnosis Diagnosis

	unsatisfiedText map[uint64]string
}

type preFilter struct {
	plugin int32
	framework.PreFilter
}

type filter struct {
	plugin int32
	framework.Filter
}

type preScore struct {
	plugin int32
	framework.PreScore
}

type score struct {
	plugin    int32
	weight    int64
	normalize framework.NormalizeScore // nil if it has none
	framework.Score
}

// NewScan returns the engine of a profile that shares nodes with the other
// profiles of its scheduler.
func NewScan(config Config, nodes *Nodes) *Scan {
	s := &Scan{nodes: nodes, plugins: config.Plugins, percentage: config.Percentage,
		ties: config.Ties, draw: config.Draw, unsatisfiedText: make(map[uint64]string)}
	for i, p := range config.Plugins {
		at := int32(i)
		if f, ok := p.Plugin.(framework.PreFilter); ok && !p.NoFilter {
			s.preFilters = append(s.preFilters, preFilter{at, f})
		}
		if f, ok := p.Plugin.(framework.Filter); ok && !p.NoFilter {
			s.filters = append(s.filters, filter{at, f})
		}
		if f, ok := p.Plugin.(framework.PreScore); ok && !p.NoScore {
			s.preScores = append(s.preScores, preScore{at, f})
		}
		if f, ok := p.Plugin.(framework.Score); ok && !p.NoScore {
			normalize, _ := p.Plugin.(framework.NormalizeScore)
			s.scores = append(s.scores, score{at, p.Weight, normalize, f})
		}
	}
	return s
}

// Schedule chooses a node for the pod. If it finds none, the diagnosis says why;
// otherwise the diagnosis is nil.
func (s *Scan) Schedule(v cluster.View, id models.PodID) (Result, *Diagnosis) {
	s.nodes.refresh(v)
	pod := v.Pod(id)
	s.cycle = framework.Cycle{View: v, Pod: pod, Spec: pod.Spec(), Nodes: len(s.nodes.list), Counts: framework.Walk{View: v}}
	s.diagnosis.reset(len(s.nodes.list))
	none := Result{Node: models.None}
	if len(s.nodes.list) == 0 {
		return none, &s.diagnosis
	}
	restricted, ok := s.preFilter()
	if !ok {
		return none, &s.diagnosis
	}
	s.filter(restricted)
	result := Result{Node: models.None, Feasible: len(s.feasible), Evaluated: len(s.feasible) + len(s.diagnosis.Rejected)}
	s.nodes.next = (s.nodes.next + result.Evaluated) % len(s.nodes.list)
	switch len(s.feasible) {
	case 0:
		for i := range s.diagnosis.Rejected {
			s.diagnosis.Rejectors |= 1 << s.diagnosis.Rejected[i].Plugin
		}
		return result, &s.diagnosis
	case 1:
		result.Node = s.feasible[0]
		return result, nil
	}
	if !s.score() {
		s.diagnosis.Rejectors = 0
		return result, &s.diagnosis
	}
	chosen := s.choose()
	result.Node, result.Score = s.feasible[chosen], s.totals[chosen]
	return result, nil
}

// filter collects the feasible nodes, from where the last search ended round the
// list until there are enough, and who rejected the others.
func (s *Scan) filter(restricted bool) {
	list := s.nodes.list
	n := len(list)
	if restricted {
		n = len(s.only)
	}
	want := FeasibleNodesToFind(s.percentage, n)
	if len(s.scores) == 0 {
		want = min(want, 1)
	}
	s.feasible, s.wrap = s.feasible[:0], 0
	if n == 0 {
		return
	}
	at := s.nodes.next % n
	for range n {
		id := list[at]
		if restricted {
			id = list[s.only[at]]
		}
		if rejection, ok := s.fits(id); ok {
			if len(s.feasible) == want {
				break // what was rejected on the way here counts as looked at
			}
			s.feasible = append(s.feasible, id)
		} else {
			s.diagnosis.Rejected = append(s.diagnosis.Rejected, rejection)
		}
		if at++; at == n {
			at, s.wrap = 0, len(s.feasible)
		}
	}
}

// fits asks the filters about one node, up to the first that rejects.
func (s *Scan) fits(id models.NodeID) (Rejection, bool) {
	node := s.cycle.View.Node(id)
	for i := range s.active {
		f := &s.active[i]
		if status := f.Filter.Filter(&s.cycle, framework.Node{Node: node}); status.Rejected() {
			return Rejection{id, f.plugin, status}, false
		}
	}
	return Rejection{}, true
}

// score rates the feasible nodes. It reports false, with the diagnosis, if a
// plugin breaks the contract.
func (s *Scan) score() bool {
	s.scoring = append(s.scoring[:0], s.scores...)
	for i := range s.preScores {
		p := &s.preScores[i]
		status := p.PreScore.PreScore(&s.cycle, s.feasible)
		if status.Rejected() {
			s.diagnosis.Err = fmt.Errorf("running PreScore plugin %q: %s", p.Name(), text(status))
			return false
		}
		if status != nil && status.Code == framework.Skip {
			s.scoring = slices.DeleteFunc(s.scoring, func(c score) bool { return c.plugin == p.plugin })
		}
	}
	s.raw = slices.Grow(s.raw[:0], len(s.feasible))[:len(s.feasible)]
	s.totals = slices.Grow(s.totals[:0], len(s.feasible))[:len(s.feasible)]
	clear(s.totals)
	for i := range s.scoring {
		if !s.rate(&s.scoring[i]) {
			return false
		}
	}
	return true
}

// rate adds the weighted scores of one plugin to the totals.
func (s *Scan) rate(p *score) bool {
	for i, id := range s.feasible {
		s.raw[i] = p.Score.Score(&s.cycle, framework.Node{Node: s.cycle.View.Node(id)})
	}
	if p.normalize != nil {
		p.normalize.NormalizeScore(&s.cycle, s.feasible, s.raw)
	}
	for i, value := range s.raw {
		if uint64(value) > uint64(framework.MaxNodeScore) {
			// Source: pkg/scheduler/framework/runtime/framework.go (RunScorePlugins).
			s.diagnosis.Err = fmt.Errorf("applying score defaultWeights on Score plugins: plugin %q returns an invalid "+
				"score %d, it should in the range of [0, %d] after normalizing", p.Name(), value, framework.MaxNodeScore)
			return false
		}
		s.totals[i] += value * p.weight
	}
	return true
}
