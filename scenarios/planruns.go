package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"runtime"
	"slices"
	"strconv"
	"sync"
)

// planRuns is what the runs of a plan are made of.
type planRuns struct {
	reused
	groups   []*object // by candidate: that of its shape, nil for one of the scenario
	prices   map[string]float64
	replaces bool
	known    map[InputFile]bool
	content  string   // digest of what all runs depend on
	kinds    []string // digests of the candidates
	events   []string // digests of the contingencies
}

// input is what Load takes for one run.
func (p *Plan) input(mix []int, c *Contingency) Input {
	in := p.scenario()
	v := &variant{counts: make(map[string]int, len(mix)), prices: p.prices, replaces: p.replaces, events: c.events}
	for i, n := range mix {
		v.counts[p.Candidates[i].Name] = n
		if p.groups[i] != nil {
			v.groups = append(v.groups, p.groups[i])
		}
	}
	if c.file != nil {
		in.Replace = append(in.Replace, c.file.file())
	}
	in.variant = v
	in.Demand = p.demandIn(c)
	return in
}

// demandIn is the factor on demand in a contingency.
func (p *Plan) demandIn(c *Contingency) float64 { return float64(p.Demand * c.Demand) }

// Load loads one run: so many nodes of each candidate, a contingency by its number,
// a seed. It may be called from several goroutines. It refuses files that have
// changed since the plan was loaded.
func (p *Plan) Load(mix []int, contingency int, seed uint64) (*Run, error) {
	if len(mix) != len(p.Candidates) {
		return nil, fmt.Errorf("a mix of %d counts for %d candidates", len(mix), len(p.Candidates))
	}
	in := p.input(mix, &p.Contingencies[contingency])
	in.Seed = &seed
	run, err := Load(in)
	if err != nil {
		return nil, err
	}
	if err := unchanged(run, p.known, "the plan was loaded"); err != nil {
		return nil, err
	}
	return run, nil
}

// Key names one run with what is asked of it by all that a result depends on but the
// version of podsim: a SHA-256 in hexadecimal. Candidates of which there are no nodes
// do not count, nor how many nodes are allowed.
func (p *Plan) Key(mix []int, contingency int, seed uint64) string {
	h := sha256.New()
	addWords(h, p.content, p.events[contingency], number(p.demandIn(&p.Contingencies[contingency])))
	for i, n := range mix {
		if n > 0 {
			addWord(h, "candidate", p.kinds[i], strconv.Itoa(n))
		}
	}
	addNumber(h, seed)
	return hex.EncodeToString(h.Sum(nil))
}

// WithDemand returns the same plan with all demand multiplied by a factor, for
// reading beside the plan.
func (p *Plan) WithDemand(factor float64) *Plan {
	scaled := *p
	scaled.Demand = float64(p.Demand * factor)
	return &scaled
}

// planTrial is the scenario with some nodes of each candidate, loaded before anything
// runs.
type planTrial struct{ loader *loader }

// tryUndisturbed loads the scenario as it is, and takes over what nodes become of the
// candidates.
func (b *planBuilder) tryUndisturbed() {
	p := b.out
	if b.isBad || len(b.buyables) == 0 || len(b.problems) > 0 {
		return
	}
	p.prices, p.replaces = make(map[string]float64), b.replaces()
	for _, c := range b.buyables {
		p.Candidates = append(p.Candidates, Candidate{Name: c.name})
		p.prices[c.name] = c.price
		if c.shape == nil {
			p.groups = append(p.groups, nil)
		} else {
			p.groups = append(p.groups, c.group)
		}
	}
	b.trials = []planTrial{b.try(&Contingency{Demand: 1})}
	l := b.trials[0].loader
	if len(l.problems) > 0 {
		return
	}
	for i, c := range b.buyables {
		p.Candidates[i] = c.candidate(l)
	}
	isCandidate := func(name string) bool {
		return slices.ContainsFunc(p.Candidates, func(c Candidate) bool { return c.Name == name })
	}
	for _, node := range l.run.Config.Nodes {
		if !isCandidate(l.dict.String(node.Group)) {
			p.FixedNodes++
		}
	}
	for _, g := range l.run.Groups {
		if !isCandidate(g.Name) {
			p.FixedCost += float64(float64(g.Nodes) * g.Price)
		}
	}
}

// try loads the scenario in a contingency, to see what is wrong.
func (b *planBuilder) try(c *Contingency) planTrial {
	mix := make([]int, len(b.buyables))
	for i, candidate := range b.buyables {
		mix[i] = candidate.probe()
	}
	in := b.out.input(mix, c)
	in.variant.isTrial = true
	l := newLoader(in)
	l.load()
	l.closeFiles()
	l.release()
	return planTrial{l}
}

// tryContingencies loads the scenario in each contingency.
func (b *planBuilder) tryContingencies() {
	all := b.out.Contingencies
	if len(all) < 2 || len(b.problems) > 0 || len(b.trials[0].loader.problems) > 0 {
		return
	}
	trials := make([]planTrial, len(all)-1)
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(trials)) {
		workers.Go(func() {
			for i := range next {
				trials[i] = b.try(&all[i+1])
			}
		})
	}
	for i := range trials {
		next <- i
	}
	close(next)
	workers.Wait()
	b.trials = append(b.trials, trials...)
}

// sum computes the digests of the plan and of what its runs are made of.
func (b *planBuilder) sum() {
	p := b.out
	for i := range b.trials {
		inputs, _ := b.trials[i].loader.digest.sum()
		for _, file := range inputs {
			p.known[file] = true
		}
	}
	for _, file := range b.books {
		if !slices.Contains(p.Inputs, file) {
			p.Inputs = append(p.Inputs, file)
		}
	}
	p.content = b.contentDigest()
	all := sha256.New()
	addWord(all, "plan", p.content, p.Minimise, number(p.Demand), number(p.Confidence), number(p.Reliability))
	for i := range p.Candidates {
		c := &p.Candidates[i]
		p.kinds = append(p.kinds, b.candidateDigest(i))
		addWord(all, "candidate", p.kinds[i], strconv.Itoa(c.Min), strconv.Itoa(c.Max), strconv.Itoa(c.Step))
	}
	for i := range p.Contingencies {
		p.events = append(p.events, p.Contingencies[i].digest())
		addWord(all, "contingency", p.events[i])
	}
	addNumber(all, p.FirstSeed)
	p.Digest = hex.EncodeToString(all.Sum(nil))
}

// contentDigest covers what all runs have in common, and what is asked of them.
func (b *planBuilder) contentDigest() string {
	h, p, l := sha256.New(), b.out, b.trials[0].loader
	b.base.addContent(h, &p.base)
	for _, imposed := range b.base.imposedEvictions {
		addEviction(h, imposed.object)
	}
	if b.base.imposedDescheduler != nil {
		addWords(h, "descheduler")
		addNode(h, b.base.imposedDescheduler.root)
	}
	addWord(h, "files", l.digest.data()...)
	addWord(h, "run", strconv.FormatInt(int64(p.Horizon), 10), strconv.FormatInt(int64(p.WarmUp), 10), strconv.FormatBool(p.replaces))
	for i := range p.Objectives {
		o := &p.Objectives[i]
		addWord(h, "objective", o.Text, strconv.FormatInt(int64(o.At), 10), strconv.FormatInt(int64(o.From), 10), strconv.FormatInt(int64(o.Until), 10),
			strconv.FormatBool(o.Always), strconv.FormatBool(o.Undisturbed), strconv.FormatBool(o.Disturbed))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (b *planBuilder) candidateDigest(i int) string {
	h, p := sha256.New(), b.out
	addWords(h, p.Candidates[i].Name, number(p.Candidates[i].Price))
	if group := p.groups[i]; group != nil {
		addNode(h, group.root)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// digest covers what a contingency adds to the scenario.
func (c *Contingency) digest() string {
	h := sha256.New()
	addWord(h, "contingency", strconv.FormatBool(c.Disturbs()), number(c.Demand))
	addEvents(h, c.events)
	if c.file != nil {
		addWord(h, "file", string(c.file.text))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func addEvents(h hash.Hash, events []*object) {
	for _, o := range events {
		addWords(h, "document")
		addNode(h, o.root)
	}
}
