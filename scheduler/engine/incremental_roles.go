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
	// domains is nil if the answers do not follow from domains.
	domains framework.FilterDomains
	parts   framework.PodParts // of a filter of facts
}

// roledScore is a score with its role.
type roledScore struct {
	score
	role  role
	nodes framework.ScoreNodes // nil if it takes one node at a time
	// domains is nil if the scores do not follow from domains.
	domains framework.ScoreDomains
	parts   framework.PodParts // of a score of facts
}

// roledPreScore is a PreScore with the role of its score; without one it has none
// that could be kept.
type roledPreScore struct {
	preScore
	role role
}

func (e *Incremental) assignRoles() {
	e.firstLoad, e.sharing = MaxPlugins, true
	e.assignFilters()
	e.assignScores()
	e.assignPreScores()
}

func (e *Incremental) assignFilters() {
	for i := range e.filters {
		f := roledFilter{filter: e.filters[i], order: int32(i), role: filterRole(e.filters[i])}
		f.nodes, _ = f.Filter.(framework.FilterNodes)
		f.domains, _ = f.Filter.(framework.FilterDomains)
		f.parts, _ = e.partsOf(f.Filter, f.role)
		e.roledFilters = append(e.roledFilters, f)
		switch f.role {
		case ofLoad:
			e.firstLoad = min(e.firstLoad, f.order)
		case ofFacts:
			e.lateFacts = e.lateFacts || f.order > e.firstLoad
		}
		e.labels = e.labels || f.role != ofCycle && f.Reads()&framework.ReadsLabels != 0
	}
}

func (e *Incremental) assignScores() {
	var weights int64
	images := 0
	for i := range e.scores {
		p := roledScore{score: e.scores[i], role: scoreRole(&e.scores[i])}
		p.nodes, _ = p.Score.(framework.ScoreNodes)
		p.domains, _ = p.Score.(framework.ScoreDomains)
		_, p.parts = e.partsOf(p.Score, p.role)
		e.roledScores = append(e.roledScores, p)
		if p.role == ofImages {
			images++
			e.imageShares, _ = p.Score.(framework.ScoreImages)
		}
		e.labels = e.labels || p.role != ofCycle && p.Reads()&framework.ReadsLabels != 0
		weights += p.weight
		e.wide = e.wide || p.weight > maxKeptWeight || weights > maxKeptWeight
	}
	if e.imaged = images > 0; images > 1 {
		e.imageShares = nil
	}
}

func (e *Incremental) assignPreScores() {
	roles := make(map[int32]role)
	for i := range e.roledScores {
		roles[e.roledScores[i].plugin] = e.roledScores[i].role
	}
	before := make(map[int32]bool)
	for i := range e.preScores {
		p := roledPreScore{e.preScores[i], ofCycle}
		before[p.plugin] = true
		if role, ok := roles[p.plugin]; ok {
			p.role = role
		}
		e.roledPreScores = append(e.roledPreScores, p)
	}
	for i := range e.roledScores {
		p := &e.roledScores[i]
		e.unasked = e.unasked || p.role == ofCycle && !before[p.plugin]
		if by, ok := p.Score.(framework.ScoreStrata); ok && p.role == ofCycle && e.strata.score == nil {
			e.strata.plugin, e.strata.score = p, by
		}
	}
}

// partsOf returns what a plugin of facts reads of a pod. If it does not tell, nothing
// is shared.
func (e *Incremental) partsOf(p framework.Plugin, of role) (filter, score framework.PodParts) {
	if of != ofFacts {
		return 0, 0
	}
	tells, ok := p.(framework.ReadsPodParts)
	if !ok {
		e.sharing = false
		return 0, 0
	}
	return tells.ReadsPodParts()
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
