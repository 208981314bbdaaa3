package engine

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// role says what the incremental engine keeps of the answers of a plugin.
type role uint8

const (
	// ofFacts: the answers hold until the facts of the node change.
	ofFacts role = iota
	// ofLoad: they hold until the facts or the load of the node change.
	ofLoad
	// ofImages: they hold until images of the pod arrive on nodes.
	ofImages
	// ofCycle: they are asked for in every cycle.
	ofCycle
)

// unkept are what nothing is kept of that follows from it.
const unkept = framework.ReadsDomains | framework.ReadsCluster

func filterRole(p framework.Plugin) role {
	switch reads := p.Reads(); {
	case reads&(unkept|framework.ReadsImages) != 0:
		return ofCycle
	case reads&framework.ReadsNodeLoad != 0:
		return ofLoad
	}
	return ofFacts
}

// scoreRole is ofFacts for scores that are normalised and ofLoad for those that
// are not, also if only facts are read.
func scoreRole(p *score) role {
	reads := p.Reads()
	switch {
	case reads&unkept != 0:
		return ofCycle
	case p.normalize != nil && reads&(framework.ReadsNodeLoad|framework.ReadsImages) != 0:
		return ofCycle
	case p.normalize != nil:
		return ofFacts
	case reads&framework.ReadsImages == 0:
		return ofLoad
	case reads&framework.ReadsNodeLoad != 0:
		return ofCycle
	}
	return ofImages
}

// roledFilter is a filter with its role.
type roledFilter struct {
	filter
	order int32 // among all filters
	role  role
	nodes framework.FilterNodes // nil if it takes one node at a time
}

// roledScore is a score with its role.
type roledScore struct {
	score
	role  role
	nodes framework.ScoreNodes // nil if it takes one node at a time
}

// roledPreScore is a PreScore with the role of its score; without one it has none
// that could be kept.
type roledPreScore struct {
	preScore
	role role
}

func (e *Incremental) assignRoles() {
	s := e.Scan
	e.firstLoad = MaxPlugins
	for i := range s.filters {
		f := roledFilter{filter: s.filters[i], order: int32(i), role: filterRole(s.filters[i])}
		f.nodes, _ = f.Filter.(framework.FilterNodes)
		e.roledFilters = append(e.roledFilters, f)
		if f.role == ofLoad {
			e.firstLoad = min(e.firstLoad, f.order)
		}
	}
	var weights int64
	images := 0
	roles := make(map[int32]role)
	for i := range s.scores {
		p := roledScore{score: s.scores[i], role: scoreRole(&s.scores[i])}
		p.nodes, _ = p.Score.(framework.ScoreNodes)
		e.roledScores = append(e.roledScores, p)
		roles[p.plugin] = p.role
		if p.role == ofImages {
			images++
			e.imageShares, _ = p.Score.(framework.ScoreImages)
		}
		e.labels = e.labels || p.role != ofCycle && p.Reads()&framework.ReadsLabels != 0
		weights += p.weight
		e.wide = e.wide || p.weight > maxKeptWeight || weights > maxKeptWeight
	}
	for i := range e.roledFilters {
		e.labels = e.labels || e.roledFilters[i].role != ofCycle && e.roledFilters[i].Reads()&framework.ReadsLabels != 0
	}
	if e.imaged = images > 0; images > 1 {
		e.imageShares = nil
	}
	before := make(map[int32]bool)
	for i := range s.preScores {
		before[s.preScores[i].plugin] = true
		role, ok := roles[s.preScores[i].plugin]
		if !ok {
			role = ofCycle
		}
		e.roledPreScores = append(e.roledPreScores, roledPreScore{s.preScores[i], role})
	}
	for i := range e.roledScores {
		p := &e.roledScores[i]
		e.unasked = e.unasked || p.role == ofCycle && !before[p.plugin]
	}
}

// ask sets out[i] to the answer for nodes[i].
func (f *roledFilter) ask(c *framework.Cycle, nodes []models.NodeID, out []*framework.Status) {
	if f.nodes != nil {
		f.nodes.FilterNodes(c, nodes, out)
		return
	}
	for i, id := range nodes {
		out[i] = f.Filter.Filter(c, framework.Node{Node: c.View.Node(id)})
	}
}

// ask sets out[i] to the score of nodes[i].
func (p *roledScore) ask(c *framework.Cycle, nodes []models.NodeID, out []int64) {
	if p.nodes != nil {
		p.nodes.ScoreNodes(c, nodes, out)
		return
	}
	for i, id := range nodes {
		out[i] = p.Score.Score(c, framework.Node{Node: c.View.Node(id)})
	}
}
