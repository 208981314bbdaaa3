package scenarios

import (
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
)

// trial is one policy loaded with one combination of the axes, before anything
// runs.
type trial struct {
	policy, cell int

	problems yamlnode.Problems
	inputs   []InputFile
	data     []string // digests of what is no document
	scenario string
	seed     uint64
	horizon  models.Time // 0: the run has none
}

// try loads every policy with every combination, or as many as are tried first.
func (b *experimentBuilder) try() {
	if b.isBad || len(b.out.Policies) == 0 || tooManyCells(b.out.Axes) {
		return
	}
	b.trials = b.plan()
	next := make(chan *trial)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(b.trials)) {
		workers.Go(func() {
			for t := range next {
				b.out.try(t)
			}
		})
	}
	for i := range b.trials {
		next <- &b.trials[i]
	}
	close(next)
	workers.Wait()
	for i := range b.trials {
		for _, file := range b.trials[i].inputs {
			b.out.known[file] = true
		}
	}
}

// tooManyCells reports whether the axes have more combinations than an experiment
// may have, or none, which has been told.
func tooManyCells(axes []Axis) bool {
	cells := 1
	for i := range axes {
		if cells *= len(axes[i].Values); cells > limits.Cells || cells == 0 {
			return true
		}
	}
	return len(axes) > limits.Axes
}

// plan lists what is tried: everything if that is not too much, else each value of
// each axis beside the first ones of the others.
func (b *experimentBuilder) plan() []trial {
	e := b.out
	cells := make([]int, 0, len(e.cells))
	if all := len(e.Policies) * len(e.cells); all <= limits.TriedFirst {
		for cell := range e.cells {
			cells = append(cells, cell)
		}
	} else {
		cells = append(cells, 0)
		for stride, i := 1, len(e.Axes)-1; i >= 0; i-- {
			for j := 1; j < len(e.Axes[i].Values); j++ {
				cells = append(cells, j*stride)
			}
			stride *= len(e.Axes[i].Values)
		}
		slices.Sort(cells)
		cells = cells[:min(len(cells), limits.TriedFirst/len(e.Policies))]
		b.note("%d of %d combinations of policies and axes were checked before the first run", len(cells)*len(e.Policies), all)
	}
	trials := make([]trial, 0, len(cells)*len(e.Policies))
	for _, cell := range cells {
		for policy := range e.Policies {
			trials = append(trials, trial{policy: policy, cell: cell})
		}
	}
	return trials
}

// try loads one run to see what is wrong with it.
func (e *Experiment) try(t *trial) {
	l := newLoader(e.input(t.policy, t.cell))
	l.load()
	l.closeFiles()
	l.release()
	t.problems = asProblems(l.judge())
	t.scenario, t.seed = l.run.Name, l.run.Config.Seed
	if !l.endless() {
		t.horizon = l.run.Config.Horizon
	}
	t.inputs, _ = l.digest.sum()
	t.data = l.digest.data()
}

// judge returns the problems of all trials, each once, and those of the experiment.
func (b *experimentBuilder) judge() error {
	if len(b.trials) == 0 {
		b.problems = append(asProblems(b.base.judge()), b.problems...)
		return sorted(b.problems)
	}
	seen := make(map[yamlnode.Problem][]int)
	var all yamlnode.Problems
	for i := range b.trials {
		for _, p := range b.trials[i].problems {
			if seen[p] == nil {
				all = append(all, p)
			}
			seen[p] = append(seen[p], i)
		}
	}
	told := make(map[yamlnode.Problem]bool)
	for i, p := range all {
		told[p] = true
		if in := seen[p]; len(in) < len(b.trials) && !b.names(p, &b.trials[in[0]]) {
			all[i].What += b.circumstances(in)
		}
	}
	for _, p := range b.problems {
		if !told[p] {
			all = append(all, p)
		}
	}
	return sorted(all)
}

func sorted(problems yamlnode.Problems) error {
	problems.Sort()
	return slices.Compact(problems).Err()
}

// names reports whether the place of a problem shows which policy or value is to
// blame.
func (b *experimentBuilder) names(p yamlnode.Problem, t *trial) bool {
	file := b.out.Policies[t.policy].file
	return file != nil && p.File == file.name || strings.HasPrefix(p.File, "--axis ") || strings.HasPrefix(p.Path, "spec.axes[") ||
		strings.HasPrefix(p.Path, "spec.policies[") || strings.HasPrefix(p.Path, "spec.set[")
}

// circumstances says in which trials a problem shows, by the first of them: with
// which policy, unless it shows with all, and with which settings.
func (b *experimentBuilder) circumstances(trials []int) string {
	first := &b.trials[trials[0]]
	var words []string
	policies, cells := make(map[int]bool), make(map[int]bool)
	for _, i := range trials {
		policies[b.trials[i].policy], cells[b.trials[i].cell] = true, true
	}
	if len(policies) < len(b.out.Policies) {
		words = append(words, "policy "+b.out.Policies[first.policy].Name)
	}
	if len(cells) < len(b.trials)/len(b.out.Policies) {
		for _, s := range b.out.cells[first.cell] {
			words = append(words, s.Axis+"="+shorten(s.Value))
		}
	}
	return " (with " + strings.Join(words, ", ") + ")"
}
