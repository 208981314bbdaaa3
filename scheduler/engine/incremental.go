package engine

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// Incremental is an engine that decides as Scan does, but looks only at what
// changed since it last decided about a pod of the same class. In the steady state
// a decision that finds a node allocates nothing.
//
// What it keeps of a class are the answers of plugins that follow from the facts,
// the load and the images of one node. Plugins that read more are asked in every
// cycle, about those nodes that nobody else rejects. If none of them has anything
// to say, or only one that rates nodes by stratum, the best node is found through the
// maxima of blocks of nodes.
type Incremental struct {
	*Scan // for what is not kept

	roledFilters   []roledFilter
	roledScores    []roledScore
	roledPreScores []roledPreScore
	firstLoad      int32                 // the first filter by load
	lateFacts      bool                  // a filter by facts comes after it
	labels         bool                  // plugins of kept roles read labels
	imaged         bool                  // a plugin rates images
	imageShares    framework.ScoreImages // it, if it is the only one and tells shares
	wide           bool                  // weights are beyond what totals can hold
	unasked        bool                  // scores of cycles need no PreScore

	classes  classes
	memos    memos
	failures failures
	nominees nominees
	strata   strata

	view cluster.View // that all this is about

	// Of the decision under way.
	memo   *memo
	of     *class  // nil if it was decided in the plain way
	start  int     // where the search began
	looked int     // nodes looked at
	places []int32 // of the feasible nodes
	listed words   // the same as a set
	barred words   // whom filters reject that follow from domains
	last   *Diagnosis

	topologies topologies
	terraces   terraces
	rules      []framework.DomainRule
	scratch    words

	changed, renewed, judged, imagesStale, grouped, chunk batch

	bonus       []int32 // by mix
	present     []bool  // by mix
	explanation explanation

	sheets   sheets
	sharing  bool     // all plugins of facts tell what they read of a pod
	columns  []*sheet // of scores that are normalised
	combined []uint16 // by place: its answers in the columns as one number
	mixOf    []uint16 // by such a number
	touched  int32    // see touch
}

// NewIncremental returns the engine of a profile that shares nodes with the other
// profiles of its scheduler.
func NewIncremental(config Config, nodes *Nodes) *Incremental {
	e := &Incremental{Scan: NewScan(config, nodes)}
	e.assignRoles()
	return e
}

// Schedule chooses a node for the pod. If it finds none, the diagnosis says why;
// otherwise the diagnosis is nil.
func (e *Incremental) Schedule(v cluster.View, id models.PodID) (Result, *Diagnosis) {
	if e.view != v {
		e.forget(v)
	}
	e.nodes.refresh(v)
	e.nodes.counts.At(v)
	e.nominees.notice(e.nodes, v)
	pod := v.Pod(id)
	e.memo = e.memos.of(pod, &e.nodes.counts)
	if result, known := e.failures.recall(e, pod); known != nil {
		e.last, e.of, e.feasible = known, nil, e.feasible[:0]
		return result, known
	}
	e.memo.asked, e.of, e.last, e.start = true, nil, nil, e.nodes.next
	e.begin(v, pod, &e.nodes.counts, &e.memo.Memo)
	result, diagnosis := e.decide(pod)
	if diagnosis != nil {
		diagnosis = e.failures.keep(e, pod, result)
	}
	e.last = diagnosis
	return result, diagnosis
}

// forget makes the engine begin again with another cluster.
func (e *Incremental) forget(v cluster.View) {
	e.view = v
	e.classes, e.memos = classes{budget: e.classes.budget}, memos{}
	e.failures, e.nominees, e.topologies = failures{}, nominees{}, topologies{}
	e.sheets = sheets{}
}

func (e *Incremental) decide(pod cluster.Pod) (Result, *Diagnosis) {
	if len(e.nodes.list) == 0 {
		return Result{Node: models.None}, e.failed()
	}
	restricted, ok := e.preFilter()
	if !ok {
		return Result{Node: models.None}, e.failed()
	}
	if restricted || e.wide || pod.Nominated() != models.None {
		return e.Scan.decide(restricted)
	}
	c := e.class(pod)
	if c == nil {
		return e.Scan.decide(false)
	}
	n := len(e.nodes.list)
	want := FeasibleNodesToFind(e.percentage, n)
	if len(e.roledScores) == 0 {
		want = 1
	}
	if want >= n && !e.cyclic() && !e.nominees.any() {
		if strata, ok := e.quiet(); ok {
			return e.fromBlocks(c, strata)
		}
	}
	return e.fromList(c, want)
}

// class returns the class of the pod, up to date but for what is stale; nil if
// nothing can be kept about the pod.
func (e *Incremental) class(pod cluster.Pod) *class {
	scoring, ok := e.preScoreKept()
	if !ok {
		return nil
	}
	filtering := uint64(0)
	for i := range e.roledFilters {
		if f := &e.roledFilters[i]; f.role != ofCycle && e.skipped&(1<<f.plugin) == 0 {
			filtering |= 1 << i
		}
	}
	v := e.cycle.View
	c, fresh := e.classes.of(pod, len(e.nodes.list), e.labels)
	switch {
	case fresh || c.set != e.nodes.set || c.filtering != filtering || c.scoring != scoring:
		c.forget(e.nodes, v)
		c.filtering, c.scoring = filtering, scoring
	default:
		c.notice(e.nodes, v)
	}
	if e.imaged {
		e.noticeImages(c, pod.Spec())
	}
	if c.unfit {
		return nil
	}
	return c
}

// preScoreKept asks PreScore of plugins of kept roles and returns their scores that
// are active, as bits. It reports false if one of them rejects.
func (e *Incremental) preScoreKept() (scoring uint64, ok bool) {
	skipped := uint64(0)
	for i := range e.roledPreScores {
		p := &e.roledPreScores[i]
		if p.role == ofCycle {
			continue
		}
		switch status := p.PreScore.PreScore(&e.cycle, nil); {
		case status.Rejected():
			return 0, false
		case status != nil && status.Code == framework.Skip:
			skipped |= 1 << p.plugin
		}
	}
	for i := range e.roledScores {
		if p := &e.roledScores[i]; p.role != ofCycle && skipped&(1<<p.plugin) == 0 {
			scoring |= 1 << i
		}
	}
	return scoring, true
}

// cyclic reports whether filters have to be asked in this cycle.
func (e *Incremental) cyclic() bool {
	for i := range e.roledFilters {
		if f := &e.roledFilters[i]; f.role == ofCycle && e.skipped&(1<<f.plugin) == 0 {
			return true
		}
	}
	return false
}

// quiet reports whether no score has to be asked for about each node in this cycle,
// and the strata by which one is asked for, if any. Scores that had something to say
// about a pod of this class will have it again.
func (e *Incremental) quiet() (*framework.Strata, bool) {
	if e.memo.loud || e.unasked {
		return nil, false
	}
	var strata *framework.Strata
	for i := range e.roledPreScores {
		p := &e.roledPreScores[i]
		if p.role != ofCycle {
			continue
		}
		var status *framework.Status
		if e.byStrata(p.plugin) {
			strata, status = e.strata.score.Strata(&e.cycle)
		} else {
			status = p.PreScore.PreScore(&e.cycle, nil)
		}
		if skips := status != nil && status.Code == framework.Skip; skips || strata != nil && e.byStrata(p.plugin) {
			continue
		}
		e.memo.loud = true
		return nil, false
	}
	return strata, true
}

// byStrata reports whether a plugin is the one that is asked by strata.
func (e *Incremental) byStrata(plugin int32) bool {
	return e.strata.score != nil && e.strata.plugin.plugin == plugin
}

// fromBlocks decides when all nodes are rated and all that counts is kept, but for
// what one plugin makes of strata, if there are any.
func (e *Incremental) fromBlocks(c *class, strata *framework.Strata) (Result, *Diagnosis) {
	e.feasible = e.feasible[:0]
	e.repair(c, 0, c.nodes)
	if c.unfit || c.fit > 1 && !e.sum(c) {
		return e.Scan.decide(false)
	}
	e.of, e.looked = c, c.nodes
	result := Result{Node: models.None, Feasible: c.fit, Evaluated: c.nodes}
	switch c.fit {
	case 0:
		e.explain(c)
		return result, e.rejected()
	case 1:
		result.Node = e.nodes.list[c.first()]
		return result, nil
	}
	place, total, ok := e.best(c, strata)
	if !ok {
		e.of = nil
		return e.Scan.decide(false)
	}
	result.Node, result.Score = e.nodes.list[place], total
	return result, nil
}

// fromList decides from a list of the feasible nodes.
func (e *Incremental) fromList(c *class, want int) (Result, *Diagnosis) {
	e.search(c, want)
	if c.unfit {
		return e.Scan.decide(false)
	}
	e.of = c
	result := Result{Node: models.None, Feasible: len(e.feasible), Evaluated: e.looked}
	switch len(e.feasible) {
	case 0:
		e.explain(c)
		return result, e.rejected()
	case 1:
		result.Node = e.feasible[0]
	default:
		if !e.rateList(c) && !e.Scan.score() {
			e.explain(c)
			e.advance(e.looked)
			e.diagnosis.Rejectors = 0
			return result, e.failed()
		}
		chosen := e.choose()
		result.Node, result.Score = e.feasible[chosen], e.totals[chosen]
	}
	e.advance(e.looked)
	return result, nil
}
