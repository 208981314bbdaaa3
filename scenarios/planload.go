package scenarios

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
)

// PlanInput is what a plan is made of. What is given here goes before what the Plan
// says, and stands for one where the stream has none.
type PlanInput struct {
	// Base is the scenario, as Load takes it: a Plan may stand in its stream, name its
	// scenario, or be missing. Its Seed is the first, its Demand holds for all runs.
	Base Input
	// PriceBook is a file with a PriceBook, which goes before that of the plan
	// (--price-book); nil for none.
	PriceBook *File
	// Candidates are added to those of the plan (--candidate): the name of a shape or a
	// node group, and the counts that are tried, such as m-16=3..60 or m-16=0..60/3.
	Candidates []string
	// Objectives are added to those of the plan (--objective).
	Objectives []string
	// Survive are contingencies that are added to those of the plan (--survive): zone,
	// rack, nodes=2, upgrade, reclaim=20%, demand=1.3.
	Survive []string
	// Minimise is cost or nodes; empty leaves it to the plan (--minimise).
	Minimise string
	// Nodes is keep or replace; empty leaves it to the plan (--nodes).
	Nodes string
	// Seeds on which every mix is judged, and the most; 0 leaves them to the plan.
	Seeds, MaxSeeds int
	// Confidence, Reliability and Budget; 0 leaves them to the plan.
	Confidence, Reliability float64
	Budget                  int
	// WarmUp is the beginning of each run that objectives leave out; nil leaves it to
	// the plan.
	WarmUp *time.Duration
}

// LoadPlan reads and checks a plan: the scenario is loaded with some nodes of each
// candidate, once for each contingency. The error is nil or yamlnode.Problems with
// everything wrong, each with its position.
func LoadPlan(in PlanInput) (*Plan, error) {
	b := &planBuilder{in: in, out: &Plan{}, places: make(map[string]place)}
	b.hold()
	b.readBase()
	b.readBooks()
	b.readNumbers()
	b.readObjectives()
	b.readSurvive()
	b.chooseCandidates()
	b.giveEnd()
	b.tryUndisturbed()
	b.chooseContingencies()
	b.base.closeFiles()
	b.tryContingencies()
	b.settle()
	if err := b.judge(); err != nil {
		return nil, err
	}
	b.sum()
	return b.out, nil
}

// planBuilder is one call of LoadPlan.
type planBuilder struct {
	in       PlanInput
	out      *Plan
	base     *loader // of the scenario with its own nodes
	document *object // the Plan; nil if there is none
	spec     *PlanSpec
	isBad    bool // the Plan or a price book is wrong
	shapes   []*shape
	books    []InputFile // price books that are no part of the scenario
	buyables []*buyable
	survived []survived
	trials   []planTrial
	places   map[string]place // of generated documents, by label
	problems yamlnode.Problems
}

// place is where a plan says something: at a path of an object, or in a flag.
type place struct {
	object *object
	path   string
	flag   string // if object is nil
	// within is the path of a generated document that stands there.
	within string
}

func (b *planBuilder) blame(at place, field, format string, args ...any) {
	if at.object == nil {
		b.problems = append(b.problems, yamlnode.Problem{File: at.flag, What: fmt.Sprintf(format, args...)})
		return
	}
	path := join(at.path, field)
	b.problems.Addf(yamlnode.Locate(at.object.root, path), path, format, args...)
}

// at is a place in the Plan, or the flag that stands for it.
func (b *planBuilder) at(isOption bool, flag, path string) place {
	if isOption || b.document == nil {
		return place{flag: flag}
	}
	return place{object: b.document, path: path}
}

func (b *planBuilder) note(format string, args ...any) {
	b.out.Notes = append(b.out.Notes, fmt.Sprintf(format, args...))
}

// hold brings the files of the scenario into memory. The seed and the demand are those
// of the plan.
func (b *planBuilder) hold() {
	b.out.reused = holdInput(b.in.Base)
	b.out.base.Seed, b.out.base.Demand, b.out.base.parsed = nil, 0, &parsedFiles{}
	b.problems = append(b.problems, onlyOnce(b.in.Base.Data)...)
	b.out.known = make(map[InputFile]bool)
}

// readBase reads the scenario with its own nodes. Whether it is right does not matter:
// candidates may bring what it lacks.
func (b *planBuilder) readBase() {
	in := b.out.scenario()
	in.variant = &variant{isBase: true}
	b.base = newLoader(in)
	b.base.load()
	b.base.release()
	b.spec = &PlanSpec{}
	if document := b.base.plan; document != nil {
		b.document, b.out.Name = document.object, document.name
		if document.spec != nil {
			b.spec = document.spec
		}
	}
	b.isBad = b.base.plansAreWrong
	b.out.Description = oneLine(b.spec.Description)
}

const (
	defaultMaxSeeds = 200
	defaultBudget   = 400
)

// readNumbers takes over what the Plan says in numbers, or the options that go before
// it.
func (b *planBuilder) readNumbers() {
	p, s := b.out, b.spec
	p.Seeds = cmp.Or(b.in.Seeds, s.Seeds, defaultSeeds)
	p.Reliability = cmp.Or(b.in.Reliability, s.Reliability)
	p.Confidence = cmp.Or(b.in.Confidence, s.Confidence, defaultConfidence)
	p.Budget = cmp.Or(b.in.Budget, s.Budget, defaultBudget)
	p.Demand = cmp.Or(b.in.Base.Demand, pointed(s.Demand), 1)
	p.MaxSeeds = cmp.Or(b.in.MaxSeeds, s.MaxSeeds)
	if warmUp := cmp.Or(b.in.WarmUp, s.WarmUp); warmUp != nil {
		p.WarmUp = *warmUp
	}
	b.checkFlags()
	switch {
	case p.Reliability == 0 && b.in.MaxSeeds == 0:
		p.MaxSeeds = p.Seeds
	case p.MaxSeeds == 0:
		p.MaxSeeds = max(defaultMaxSeeds, p.Seeds)
	}
	if b.in.Seeds == 0 && s.Seeds == 0 {
		b.note("every mix is judged on %d seeds", p.Seeds)
	}
}

// checkFlags checks the numbers of the command line.
func (b *planBuilder) checkFlags() {
	p := b.out
	for _, wrong := range []struct {
		flag string
		is   bool
		what string
	}{
		{"--seeds", b.in.Seeds != 0 && (p.Seeds < 1 || p.Seeds > limits.Seeds), fmt.Sprintf("got %d; want 1 to %d", p.Seeds, limits.Seeds)},
		{"--max-seeds", b.in.MaxSeeds != 0 && p.Reliability == 0, "needs a reliability: without it every seed is run"},
		{"--max-seeds", b.in.MaxSeeds != 0 && p.Reliability > 0 && (p.MaxSeeds < p.Seeds || p.MaxSeeds > limits.Seeds), fmt.Sprintf("got %d; want %d to %d", p.MaxSeeds, p.Seeds, limits.Seeds)},
		{"--reliability", b.in.Reliability != 0 && !(p.Reliability > 0 && p.Reliability < 1), fmt.Sprintf("got %v; want more than 0 and less than 1", p.Reliability)},
		{"--confidence", b.in.Confidence != 0 && !(p.Confidence >= 0.5 && p.Confidence < 1), fmt.Sprintf("got %v; want 0.5 to below 1", p.Confidence)},
		{"--budget", b.in.Budget != 0 && (p.Budget < 1 || p.Budget > limits.Mixes), fmt.Sprintf("got %d; want 1 to %d mixes", p.Budget, limits.Mixes)},
		{"--warm-up", p.WarmUp < 0, fmt.Sprintf("must be >= 0 (got %s)", p.WarmUp)},
	} {
		if wrong.is {
			b.blame(place{flag: wrong.flag}, "", "%s", wrong.what)
		}
	}
	if err := demandProblem(p.Demand); err != nil && b.in.Base.Demand != 0 {
		b.blame(place{flag: "--demand"}, "", "%v", err)
	}
}

// pointed is what a pointer points to, or nothing.
func pointed[T any](p *T) T {
	if p == nil {
		var none T
		return none
	}
	return *p
}

// readObjectives gathers the objectives of the Plan and of the options.
func (b *planBuilder) readObjectives() {
	p := b.out
	for i := range b.spec.Objectives {
		s, path := &b.spec.Objectives[i], yamlnode.IndexPath("spec.objectives", i)
		if n := yamlnode.Locate(b.document.root, path); n.Kind == yamlnode.Map {
			path += ".assert"
		}
		p.Objectives = append(p.Objectives, Objective{
			Text: inAssertions(s.Assert), Words: oneLine(s.Assert), Place: b.document.position(path),
			At: models.Time(pointed(s.At)), From: models.Time(pointed(s.From)), Until: models.Time(pointed(s.Until)), Always: s.Always,
			Undisturbed: s.In != "disturbed", Disturbed: s.In != "undisturbed",
		})
	}
	for _, words := range b.in.Objectives {
		at := place{flag: "--objective " + shorten(words)}
		objective, err := ParseObjective(words, manifest.Position{File: at.flag})
		if err != nil {
			b.blame(at, "", "%v", err)
			continue
		}
		p.Objectives = append(p.Objectives, objective)
	}
	if objective, err := ParseObjective(allPlaced, manifest.Position{}); err == nil && len(p.Objectives) == 0 && len(b.problems) == 0 && !b.isBad {
		p.Objectives = []Objective{objective}
		b.note("nothing says what must hold: all pods are to be placed in the end")
	}
}

// settle fills in what the scenario says, and checks moments against the end of the run.
func (b *planBuilder) settle() {
	p := b.out
	if len(b.trials) == 0 {
		return
	}
	first := b.trials[0].loader
	p.Scenario, p.FirstSeed, p.Horizon = first.run.Name, first.run.Config.Seed, first.run.Config.Horizon
	p.Name, p.Dictionary = cmp.Or(p.Name, p.Scenario), first.dict
	if seed := cmp.Or(b.in.Base.Seed, b.spec.FirstSeed); seed != nil {
		p.FirstSeed = *seed
	}
	if p.FirstSeed > math.MaxUint64-uint64(max(p.MaxSeeds-1, 0)) {
		b.blame(b.at(b.in.Base.Seed != nil, "--seed", "spec.firstSeed"), "", "got %d; %d seeds from there end beyond 2^64-1", p.FirstSeed, p.MaxSeeds)
	}
	if models.Time(p.WarmUp) >= p.Horizon {
		b.blame(b.at(b.in.WarmUp != nil, "--warm-up", "spec.warmUp"), "", "got %s; the run ends at %s", p.WarmUp, p.Horizon)
	}
	for i := range p.Objectives {
		if o := &p.Objectives[i]; max(o.At, o.From) > p.Horizon {
			b.blame(b.at(false, "", yamlnode.IndexPath("spec.objectives", i)), "", "the run ends before, at %s", p.Horizon)
		}
	}
	p.Pods, p.Unreplaced = first.pods, first.unreplaced
	b.noteEvictions()
	b.noteStranded()
	p.Inputs, _ = first.digest.sum()
	p.Audit = append(first.set.Audit(), first.auditScheduler()...)
	for i := range p.Audit {
		for j := range p.Audit[i].Places {
			if at, ok := b.places[p.Audit[i].Places[j].File]; ok {
				p.Audit[i].Places[j].Position = at.position("")
			}
		}
	}
	for _, text := range append(first.set.Assumptions(), first.run.Assumptions...) {
		if !slices.Contains(p.Notes, text) {
			p.Notes = append(p.Notes, text)
		}
	}
}

// judge returns the problems of the plan and of all that was tried, each once.
func (b *planBuilder) judge() error {
	all := slices.Clone(b.problems)
	if len(b.trials) == 0 {
		all = append(asProblems(b.base.judge()), all...)
	}
	for i := range b.trials {
		all = append(all, asProblems(b.trials[i].loader.judge())...)
	}
	for i := range all {
		b.move(&all[i])
	}
	return sorted(all)
}

// move lets a problem with a generated document be one with what the plan says.
func (b *planBuilder) move(p *yamlnode.Problem) {
	at, ok := b.places[p.File]
	if !ok {
		return
	}
	path, rest := at.path, strings.TrimPrefix(p.Path, at.within)
	switch {
	case at.within == "" || rest == p.Path:
	case rest == ".at" || rest == ".for" || strings.HasPrefix(rest, ".upgrade"):
		path += rest
	default:
		path += ".lose"
	}
	from := at.position(strings.TrimPrefix(strings.TrimPrefix(path, at.path), "."))
	p.File, p.Line, p.Column, p.Path, p.Meant = from.File, from.Line, from.Column, "", yamlnode.Meant{}
	if at.object != nil {
		p.Path = path
	}
}

// position is where a field of a place stands.
func (p place) position(field string) manifest.Position {
	if p.object == nil {
		return manifest.Position{File: p.flag}
	}
	return p.object.position(join(p.path, field))
}
