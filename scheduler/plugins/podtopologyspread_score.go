package plugins

import (
	"math"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// softCycle is what PreScore found.
type softCycle struct {
	plan   *spreadPlan // nil if there is no soft constraint
	sizes  []int       // by constraint: domains that have a feasible node
	terms  [][]float64 // by constraint and slot: what a domain adds to a score
	flats  []flat      // by constraint
	pods   []int32     // by slot, of one constraint
	seen   []bool      // by slot, of one constraint
	sums   []float64
	normal []int64 // scores after normalisation, by score
	odd    []models.NodeID
}

// flat tells what terms of nodes were but for some slots, so that of many nodes only
// those with pods that count are gone through.
type flat struct {
	size   int // of the terms; 0 if they were not of nodes
	base   float64
	raised []int32 // slots that may have more
}

// PreScore counts the pods in every domain and weighs the constraints by the
// number of domains that have a feasible node.
func (p *PodTopologySpread) PreScore(c *framework.Cycle, feasible []models.NodeID) *framework.Status {
	s := &p.soft
	s.plan = p.planSoft(c)
	if s.plan == nil {
		return framework.Skipped
	}
	s.sizes = s.sizes[:0]
	for i := range s.plan.topologies {
		if t := &s.plan.topologies[i]; t.perNode {
			s.sizes = append(s.sizes, len(feasible)-s.ignored(feasible))
		} else {
			s.sizes = append(s.sizes, s.domains(t, feasible))
		}
	}
	p.rate(c)
	return nil
}

// Strata implements framework.ScoreStrata: nodes that differ in no domain but
// themselves are rated alike, unless pods that count are on them.
func (p *PodTopologySpread) Strata(c *framework.Cycle) (*framework.Strata, *framework.Status) {
	plan := p.planSoft(c)
	if plan == nil {
		return nil, framework.Skipped
	}
	return plan.strata, nil
}

// PreScoreStrata is PreScore for strata.
func (p *PodTopologySpread) PreScoreStrata(c *framework.Cycle, samples []models.NodeID, counts []int32) ([]models.NodeID, *framework.Status) {
	s := &p.soft
	s.plan = p.planSoft(c)
	if s.plan == nil {
		return nil, framework.Skipped
	}
	s.sizes = s.sizes[:0]
	for i := range s.plan.topologies {
		t, size := &s.plan.topologies[i], 0
		if t.perNode {
			for i, id := range samples {
				if t.slots[id] != 0 || !s.plan.outside {
					size += int(counts[i])
				}
			}
		} else {
			size = s.domains(t, samples)
		}
		s.sizes = append(s.sizes, size)
	}
	p.rate(c)
	return s.oddNodes(p.tallies), nil
}

// oddNodes returns the nodes with pods that count, if nodes are domains.
func (s *softCycle) oddNodes(tallies []*framework.Tally) []models.NodeID {
	var only []models.NodeID
	s.odd = s.odd[:0]
	for i := range s.plan.constraints {
		at := s.plan.constraints[i].matcher
		switch {
		case !s.plan.topologies[i].perNode || at == models.None:
		case only == nil:
			only = tallies[at].Nodes
		default:
			s.odd = append(s.odd, tallies[at].Nodes...)
		}
	}
	if len(s.odd) == 0 {
		return only
	}
	s.odd = append(s.odd, only...)
	return s.odd
}

// rate finds what the domains of all constraints add to a score.
func (p *PodTopologySpread) rate(c *framework.Cycle) {
	s := &p.soft
	tallies := p.count(c, s.plan)
	for len(s.terms) < len(s.plan.constraints) {
		s.terms, s.flats = append(s.terms, nil), append(s.flats, flat{})
	}
	for i := range s.plan.constraints {
		constraint, t := &s.plan.constraints[i], &s.plan.topologies[i]
		var tally *framework.Tally
		if constraint.matcher != models.None {
			tally = tallies[constraint.matcher]
		}
		s.terms[i] = slices.Grow(s.terms[i][:0], t.size)[:t.size]
		weight, base := weightOf(s.sizes[i]), float64(constraint.MaxSkew-1)
		if t.perNode {
			s.flats[i].rateNodes(s.terms[i], t.slots, tally, weight, base)
		} else {
			s.flats[i].size = 0
			s.rateDomains(s.terms[i], t, tally, weight, base)
		}
		// Nodes that are ignored, or that lack the key, get nothing for it.
		s.terms[i][0], s.terms[i][1] = 0, 0
	}
}

// weightOf returns the weight of a topology with that many domains, so that small
// topologies are not drowned by large ones.
func weightOf(domains int) float64 { return math.Log(float64(domains + 2)) }

// ignored returns how many of the feasible nodes lack any of the keys that nodes
// must have.
func (s *softCycle) ignored(feasible []models.NodeID) int {
	if !s.plan.outside {
		return 0
	}
	n, slots := 0, s.plan.topologies[0].slots
	for _, id := range feasible {
		if slots[id] == 0 {
			n++
		}
	}
	return n
}

// domains returns how many domains have a feasible node.
func (s *softCycle) domains(t *topology, feasible []models.NodeID) int {
	s.seen = slices.Grow(s.seen[:0], t.size)[:t.size]
	clear(s.seen)
	seen, n := s.seen, 0
	seen[0] = true
	for _, id := range feasible {
		if slot := t.slots[id]; !seen[slot] {
			seen[slot] = true
			if n++; n == t.used {
				break
			}
		}
	}
	if t.empty != 0 && seen[t.empty] && seen[1] {
		n--
	}
	return n
}

// rateNodes finds the terms where every node is a domain.
func (f *flat) rateNodes(terms []float64, slots []int32, tally *framework.Tally, weight, base float64) {
	if f.size == len(terms) && f.base == base {
		for _, slot := range f.raised {
			terms[slot] = base
		}
	} else {
		for slot := range terms {
			terms[slot] = base
		}
	}
	f.size, f.base, f.raised = len(terms), base, f.raised[:0]
	if tally == nil {
		return
	}
	pods := tally.Counts[:len(tally.Nodes)]
	f.raised = slices.Grow(f.raised, len(pods))[:len(pods)]
	raised := f.raised
	for i, id := range tally.Nodes {
		slot := slots[id]
		terms[slot] = float64(float64(pods[i])*weight) + base
		raised[i] = slot
	}
}

// rateDomains finds the terms of domains.
func (s *softCycle) rateDomains(terms []float64, t *topology, tally *framework.Tally, weight, base float64) {
	s.pods = zeroed(s.pods, t.size)
	if tally != nil {
		addUp(s.pods, t.counted, tally)
	}
	if t.empty != 0 {
		s.pods[t.empty] += s.pods[1]
	}
	for slot, pods := range s.pods {
		terms[slot] = float64(float64(pods)*weight) + base
	}
}

// Score returns the pods in the domains of a node, weighted; the fewer the better.
func (p *PodTopologySpread) Score(_ *framework.Cycle, n framework.Node) int64 {
	if p.soft.plan == nil {
		return 0
	}
	var score float64
	for i := range p.soft.plan.topologies {
		score += p.soft.terms[i][p.soft.plan.topologies[i].slots[n.ID()]]
	}
	return rounded(score)
}

// rounded is math.Round for what is not negative, without a branch that nobody can
// foresee. The difference is exact, and so is twice that.
func rounded(x float64) int64 {
	n := int64(x)
	return n + int64(2*(x-float64(n)))
}

// ScoreNodes is Score for many nodes.
func (p *PodTopologySpread) ScoreNodes(_ *framework.Cycle, nodes []models.NodeID, out []int64) {
	out = out[:len(nodes)]
	s := &p.soft
	if s.plan == nil {
		clear(out)
		return
	}
	last := len(s.plan.topologies) - 1
	slots, terms := s.plan.topologies[last].slots, s.terms[last]
	switch last {
	case 0:
		for at, id := range nodes {
			out[at] = rounded(terms[slots[id]])
		}
		return
	case 1:
		first, weighed := s.plan.topologies[0].slots, s.terms[0]
		for at, id := range nodes {
			out[at] = rounded(weighed[first[id]] + terms[slots[id]])
		}
		return
	}
	s.sums = slices.Grow(s.sums[:0], len(nodes))[:len(nodes)]
	sums := s.sums[:len(nodes)]
	clear(sums)
	for i := range last {
		slots, terms := s.plan.topologies[i].slots, s.terms[i]
		for at, id := range nodes {
			sums[at] += terms[slots[id]]
		}
	}
	for at, id := range nodes {
		out[at] = rounded(sums[at] + terms[slots[id]])
	}
}

// NormalizeScore makes the fewest pods the best and gives ignored nodes nothing.
func (p *PodTopologySpread) NormalizeScore(_ *framework.Cycle, feasible []models.NodeID, scores []int64) {
	s := &p.soft
	if s.plan == nil {
		return
	}
	// Slots are looked at only if some node is ignored.
	var slots []int32
	if s.plan.outside {
		slots = s.plan.topologies[0].slots
	}
	lowest, highest := int64(math.MaxInt64), int64(0)
	for i, score := range scores {
		if slots == nil || slots[feasible[i]] != 0 {
			lowest, highest = min(lowest, score), max(highest, score)
		}
	}
	if slots == nil && highest > 0 && highest-lowest < int64(len(scores))/2 {
		s.normalizeFew(scores, lowest, highest)
		return
	}
	for i, score := range scores {
		switch {
		case slots != nil && slots[feasible[i]] == 0:
			scores[i] = 0
		case highest == 0:
			scores[i] = framework.MaxNodeScore
		default:
			scores[i] = normalized(score, lowest, highest)
		}
	}
}

// normalized turns a score into a share of the most that a node can have. All of it is
// far below 2^53, so that this division is exact before it is cut off, and much faster
// than one of integers.
func normalized(score, lowest, highest int64) int64 {
	return int64(float64(framework.MaxNodeScore*(highest+lowest-score)) / float64(highest))
}

// normalizeFew computes each score once where many nodes share a few.
func (s *softCycle) normalizeFew(scores []int64, lowest, highest int64) {
	s.normal = slices.Grow(s.normal[:0], int(highest-lowest)+1)[:highest-lowest+1]
	normal := s.normal
	for i := range normal {
		normal[i] = normalized(lowest+int64(i), lowest, highest)
	}
	for i, score := range scores {
		scores[i] = normal[score-lowest]
	}
}
