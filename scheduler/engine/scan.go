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
	// Off are the extension points at which the plugin is not asked.
	Off framework.Points
}

// Config is what a profile asks of an engine.
type Config struct {
	// Plugins in the order in which they are asked, MaxPlugins at most.
	Plugins []Weighted
	// Order changes that at single extension points.
	Order Order
	// Percentage of the nodes after which the search for feasible ones stops;
	// 0 adapts to the size of the cluster, 100 looks at all.
	Percentage int
	Ties       Ties
	// Candidates says on which of several equally good nodes preemption makes room.
	Candidates CandidateTies
	// Draw is asked by TiesRandom and CandidatesRandom only.
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
	extensions []extension
	postFilter []postFilter
	preScores  []preScore
	scores     []score
	percentage int
	ties       Ties
	candidates CandidateTies
	draw       Draw

	// Of the decision under way.
	cycle     framework.Cycle
	only      []int        // places of the nodes that plugins restrict the search to
	allowed   []models.Sym // names that plugins restrict the search to
	active    []filter
	asked     uint64 // plugins whose PreFilter was reached
	skipped   uint64 // those of them that have nothing to say
	trial     trial
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

type extension struct {
	plugin int32
	framework.PreFilterExtensions
}

type postFilter struct {
	plugin int32
	framework.PostFilter
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
		ties: config.Ties, candidates: config.Candidates, draw: config.Draw, unsatisfiedText: make(map[uint64]string)}
	s.list(&config)
	s.trial.scan = s
	return s
}

// Schedule chooses a node for the pod. If it finds none, the diagnosis says why;
// otherwise the diagnosis is nil.
func (s *Scan) Schedule(v cluster.View, id models.PodID) (Result, *Diagnosis) {
	s.nodes.refresh(v)
	s.begin(v, v.Pod(id), framework.Walk{View: v}, nil)
	none := Result{Node: models.None}
	if len(s.nodes.list) == 0 {
		return none, s.failed()
	}
	restricted, ok := s.preFilter()
	if !ok {
		return none, s.failed()
	}
	return s.decide(restricted)
}

// begin takes up a pod.
func (s *Scan) begin(v cluster.View, pod cluster.Pod, counts framework.Counts, memo *framework.Memo) {
	s.cycle = framework.Cycle{View: v, Pod: pod, Spec: pod.Spec(), Nodes: len(s.nodes.list), Counts: counts, Memo: memo}
	s.diagnosis.reset(len(s.nodes.list))
}

// decide looks for a node for a pod that PreFilter let pass.
func (s *Scan) decide(restricted bool) (Result, *Diagnosis) {
	if s.nominated() {
		return Result{Node: s.feasible[0], Feasible: 1, Evaluated: 1}, nil
	}
	s.filter(restricted)
	s.recallNominated()
	result := Result{Node: models.None, Feasible: len(s.feasible), Evaluated: len(s.feasible) + len(s.diagnosis.Rejected)}
	s.nodes.next = (s.nodes.next + result.Evaluated) % len(s.nodes.list)
	switch len(s.feasible) {
	case 0:
		for i := range s.diagnosis.Rejected {
			s.blame(&s.diagnosis.Rejected[i])
		}
		return result, s.failed()
	case 1:
		result.Node = s.feasible[0]
		return result, nil
	}
	if !s.score() {
		s.diagnosis.Rejectors = 0
		return result, s.failed()
	}
	chosen := s.choose()
	result.Node, result.Score = s.feasible[chosen], s.totals[chosen]
	return result, nil
}

// blame counts the plugin of a rejection among those that rejected the pod.
func (s *Scan) blame(r *Rejection) {
	s.diagnosis.Rejectors |= 1 << r.Plugin
	if r.Status.Code == framework.Pending {
		s.diagnosis.Pending |= 1 << r.Plugin
	}
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
	if len(node.Nominated()) > 0 {
		s.trial.Begin(id)
		defer s.trial.End()
		return s.trial.fits()
	}
	return s.ask(framework.Node{Node: node})
}

func (s *Scan) ask(node framework.Node) (Rejection, bool) {
	for i := range s.active {
		f := &s.active[i]
		if status := f.Filter.Filter(&s.cycle, node); status.Rejected() {
			return Rejection{node.ID(), f.plugin, status}, false
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
