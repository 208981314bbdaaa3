package experiment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/podsim/podsim/bench/store"
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/scenarios"
)

// Options say how an experiment is carried out. No result depends on them.
type Options struct {
	// Version of podsim, as the comparison names it; Build tells builds of a version
	// apart, and enters the keys of results: it matters to a Store only.
	Version, Build string
	Dispatcher     Dispatcher
	// Store keeps results and yields those of an earlier time; nil keeps nothing.
	Store *store.Store
	// Progress is told after each result, and before the first, how much is done of
	// what is known to be needed, and how much of that was kept from an earlier time;
	// nil tells nobody.
	Progress func(Progress)
	// SoFar is offered a comparison of what is done after each result, marked as partial,
	// which costs time only if it is taken; nil is offered none.
	SoFar func(take func() *comparison.Comparison)
}

// Progress is how far an experiment is.
type Progress struct {
	Done, Of int // runs
	Kept     int // of those done: from an earlier time
}

// ErrInterrupted is returned by Run when its context ended before all was done.
var ErrInterrupted = errors.New("interrupted")

// Run carries an experiment out and compares the policies. When the context ends
// it returns ErrInterrupted with a comparison of what is done, marked as partial,
// or with nil if there is nothing to compare. Other errors are a *Failure or one of
// the store.
func Run(ctx context.Context, e *scenarios.Experiment, o Options) (*comparison.Comparison, error) {
	c := &campaign{experiment: e, options: o}
	stopped := ""
	for seeds := firstLook(e); seeds > 0; {
		if err := c.round(ctx, seeds); err != nil {
			return c.interrupted(ctx, err)
		}
		seeds, stopped = nextLook(e, seeds, c.results())
	}
	all := Analyse(e, o.Version, c.seeds(), c.results(), false)
	all.Stopped = stopped
	return all, nil
}

// campaign is one call of Run.
type campaign struct {
	experiment *scenarios.Experiment
	options    Options
	jobs       []Job     // by seed, point of the grid and policy
	found      []*Result // by job; nil until it is done
	progress   Progress
}

// round does what is not yet done of this many seeds.
func (c *campaign) round(ctx context.Context, seeds int) error {
	c.plan(seeds)
	var open []Job
	var place []int
	for i, job := range c.jobs {
		if c.found[i] == nil {
			open, place = append(open, job), append(place, i)
		}
	}
	c.tell()
	if len(open) == 0 {
		return ctx.Err()
	}
	return c.options.Dispatcher.Dispatch(ctx, open, func(job int, result Result) error {
		return c.keep(place[job], result)
	})
}

// plan lists the jobs of this many seeds and takes from the store what is there.
func (c *campaign) plan(seeds int) {
	e := c.experiment
	cells := len(e.Cells())
	perSeed := cells * len(e.Policies)
	for n := len(c.jobs) / perSeed; n < seeds; n++ {
		for i := range perSeed {
			job := Job{Experiment: e.Digest, Policy: i % len(e.Policies), Cell: i / len(e.Policies), Seed: e.FirstSeed + uint64(n)}
			job.Key = store.Key(c.options.Build, e.RunKey(job.Policy, job.Cell, job.Seed))
			c.jobs, c.found = append(c.jobs, job), append(c.found, nil)
			c.recall(len(c.jobs) - 1)
		}
	}
	c.progress.Of = len(c.jobs)
}

// recall takes the result of a job from the store if it is there. The job may
// have had other indices at that time.
func (c *campaign) recall(i int) {
	if c.options.Store == nil {
		return
	}
	job := c.jobs[i]
	text, ok := c.options.Store.Get(job.Key)
	var result Result
	if ok && json.Unmarshal(text, &result) == nil {
		result.Policy, result.Cell, result.Seed = job.Policy, job.Cell, job.Seed
		c.found[i] = &result
		c.progress.Done++
		c.progress.Kept++
	}
}

// keep takes in the result of a job. What goes on is what a store would give back,
// so that it makes no difference whether there is one.
func (c *campaign) keep(i int, result Result) error {
	text, err := json.Marshal(result)
	if err != nil {
		return blame(c.experiment, c.jobs[i], true, fmt.Errorf("the result cannot be encoded: %w", err))
	}
	if c.options.Store != nil {
		if err := c.options.Store.Put(c.jobs[i].Key, text); err != nil {
			return err
		}
	}
	var whole Result
	if err := json.Unmarshal(text, &whole); err != nil {
		return blame(c.experiment, c.jobs[i], true, fmt.Errorf("the result cannot be decoded: %w", err))
	}
	c.found[i] = &whole
	c.progress.Done++
	c.tell()
	if c.options.SoFar != nil {
		c.options.SoFar(c.soFar)
	}
	return nil
}

// soFar compares the policies by what is done.
func (c *campaign) soFar() *comparison.Comparison {
	return Analyse(c.experiment, c.options.Version, c.seeds(), c.results(), true)
}

func (c *campaign) tell() {
	if c.options.Progress != nil {
		c.options.Progress(c.progress)
	}
}

// results returns what is done, in the order of the jobs.
func (c *campaign) results() []Result {
	var list []Result
	for _, r := range c.found {
		if r != nil {
			list = append(list, *r)
		}
	}
	return list
}

// seeds returns the seeds of which something is done, in their order.
func (c *campaign) seeds() []uint64 {
	var list []uint64
	for _, r := range c.found {
		if r != nil && (len(list) == 0 || list[len(list)-1] != r.Seed) {
			list = append(list, r.Seed)
		}
	}
	return list
}

// interrupted tells the end of the context from other errors.
func (c *campaign) interrupted(ctx context.Context, err error) (*comparison.Comparison, error) {
	if ctx.Err() == nil || !errors.Is(err, ctx.Err()) {
		return nil, err
	}
	if c.progress.Done == 0 {
		return nil, ErrInterrupted
	}
	return c.soFar(), ErrInterrupted
}
