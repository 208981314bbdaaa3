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

// ExperimentInput is what an experiment is made of. What is given here goes before
// what the Experiment says.
type ExperimentInput struct {
	// Base is the scenario, as Load takes it. An Experiment and Policies may stand in
	// its stream.
	Base Input
	// Policies are added to those of the Experiment: a file, the name of a Policy in
	// the stream, that of a ready-made profile, or scenario for the scenario as it is
	// (--policy).
	Policies []string
	// Seeds is how often every policy is run; 0 leaves it to the Experiment.
	Seeds int
	// FirstSeed is the seed of the first run; nil leaves it to Base.Seed, the
	// Experiment and the scenario, in this order.
	FirstSeed *uint64
	// Baseline is the name of the policy to which the others are compared; empty
	// leaves it to the Experiment.
	Baseline string
	// WarmUp is the beginning of each run that metrics leave out; nil leaves it to the
	// Experiment.
	WarmUp *time.Duration
	// Confidence of intervals and verdicts, from 0.5 to below 1; 0 leaves it to the
	// Experiment.
	Confidence float64
	// Metrics to compare; nil leaves them to the Experiment.
	Metrics []string
	// Axes and Assertions are added to those of the Experiment (--axis, --assert).
	Axes       []AxisSpec
	Assertions []string
	// Until is when a sequential experiment stops; nil leaves it to the Experiment.
	Until *UntilSpec
}

// Setting is the value of an axis.
type Setting struct {
	Axis  string `json:"axis"`
	Value string `json:"value"`
}

// LoadExperiment reads and checks an experiment: each policy is loaded with each
// combination of the axes once. The error is nil or yamlnode.Problems with
// everything wrong, each with its position.
func LoadExperiment(in ExperimentInput) (*Experiment, error) {
	b := &experimentBuilder{in: in, out: &Experiment{known: make(map[InputFile]bool)}, taken: make(map[string]bool)}
	b.hold()
	b.readBase()
	b.choosePolicies()
	b.base.closeFiles()
	b.readSpec()
	b.chooseBaseline()
	b.makeCells()
	b.checkScheduling()
	b.try()
	b.settle()
	if err := b.judge(); err != nil {
		return nil, err
	}
	b.sum()
	return b.out, nil
}

// experimentBuilder is one call of LoadExperiment.
type experimentBuilder struct {
	in       ExperimentInput
	out      *Experiment
	base     *loader // of the scenario without any policy
	spec     *ExperimentSpec
	isBad    bool            // the Experiment's form is wrong
	taken    map[string]bool // names of policies
	trials   []trial
	problems yamlnode.Problems
}

func (b *experimentBuilder) addProblem(file, format string, args ...any) {
	b.problems = append(b.problems, yamlnode.Problem{File: file, What: fmt.Sprintf(format, args...)})
}

func (b *experimentBuilder) note(format string, args ...any) {
	b.out.Notes = append(b.out.Notes, fmt.Sprintf(format, args...))
}

// blame notes a problem with the Experiment, or with the option that goes before it.
func (b *experimentBuilder) blame(isOption bool, flag, path, format string, args ...any) {
	if isOption || b.out.document == nil {
		b.addProblem(flag, format, args...)
		return
	}
	b.problems.Addf(yamlnode.Locate(b.out.document.root, path), path, format, args...)
}

// hold brings the files of the scenario into memory.
func (b *experimentBuilder) hold() {
	b.out.reused = holdInput(b.in.Base)
	b.out.base.isOneOfMany = true
	b.problems = append(b.problems, onlyOnce(b.in.Base.Data)...)
}

// readBase reads the scenario without any policy. Whether it is right does not
// matter: a policy may bring what it lacks.
func (b *experimentBuilder) readBase() {
	b.base = newLoader(b.out.scenario())
	b.base.load()
	b.base.release()
	b.spec = &ExperimentSpec{}
	if document := b.base.experiment; document != nil {
		b.out.document, b.out.Name = document.object, document.name
		if b.isBad = document.spec == nil; !b.isBad {
			b.spec = document.spec
		}
	}
}

// release closes what sources have opened that nobody will draw from.
func (l *loader) release() {
	for _, source := range l.run.Config.Sources {
		if r, ok := source.(*replayed); ok && r.file != nil {
			l.close(r.file)
			r.file = nil
		}
	}
}

const (
	defaultSeeds      = 10
	defaultConfidence = 0.95
	defaultAtMost     = 200
)

// readSpec takes over what the Experiment says, or the options that go before it.
func (b *experimentBuilder) readSpec() {
	e, s := b.out, b.spec
	e.Description, e.Custom = oneLine(s.Description), s.Custom
	e.Seeds = cmp.Or(b.in.Seeds, s.Seeds, defaultSeeds)
	if e.Seeds < 1 || e.Seeds > limits.Seeds {
		b.blame(true, "--seeds", "", "out of range (got %d; want 1 to %d)", e.Seeds, limits.Seeds)
	}
	e.Confidence = cmp.Or(b.in.Confidence, s.Confidence, defaultConfidence)
	if b.in.Confidence != 0 && !(e.Confidence >= 0.5 && e.Confidence < 1) {
		b.blame(true, "--confidence", "", "got %v; want 0.5 to below 1", e.Confidence)
	}
	if warmUp := cmp.Or(b.in.WarmUp, s.WarmUp); warmUp != nil {
		e.WarmUp = *warmUp
	}
	if e.WarmUp < 0 {
		b.blame(true, "--warm-up", "", "must be >= 0 (got %s)", e.WarmUp)
	}
	if e.Metrics = s.Metrics; b.in.Metrics != nil {
		e.Metrics = b.in.Metrics
	}
	for i, text := range s.Assertions {
		e.Assertions = append(e.Assertions, ExperimentAssertion{text, e.Place(yamlnode.IndexPath("spec.assertions", i))})
	}
	for _, text := range b.in.Assertions {
		e.Assertions = append(e.Assertions, ExperimentAssertion{text, manifest.Position{File: "--assert " + shorten(text)}})
		if strings.TrimSpace(text) == "" || len(text) > limits.Expression {
			b.addProblem("--assert "+shorten(text), "want an assertion of at most %d bytes", limits.Expression)
		}
	}
	b.readAxes()
	b.readUntil()
}

// readAxes joins the axes of the Experiment with those of the command line.
func (b *experimentBuilder) readAxes() {
	axes := slices.Concat(b.spec.Axes, b.in.Axes)
	for i := range axes {
		b.out.Axes = append(b.out.Axes, Axis{axes[i].Name, strings.TrimSpace(axes[i].Set), axes[i].Values})
	}
	if len(b.in.Axes) == 0 {
		return
	}
	if len(axes) > limits.Axes {
		b.addProblem("--axis", "more than %d axes", limits.Axes)
		return
	}
	for _, wrong := range axisProblems(axes) {
		if wrong.axis >= len(b.spec.Axes) {
			b.addProblem(b.axisFlag(wrong.axis), "%s", wrong.what)
		}
	}
}

func (b *experimentBuilder) axisFlag(i int) string {
	return "--axis " + shorten(b.out.Axes[i].Name+"="+b.out.Axes[i].Set)
}

func (b *experimentBuilder) readUntil() {
	s := cmp.Or(b.in.Until, b.spec.Until)
	if s == nil {
		return
	}
	want, err := parseHalfWidth(s.HalfWidth)
	if err != nil {
		if b.in.Until != nil {
			b.addProblem("--until "+shorten(s.Metric+"="+s.HalfWidth), "%v", err)
		}
		return // else it has been told
	}
	u := &Until{Metric: s.Metric, HalfWidth: want.width, Relative: want.relative, AtMost: s.AtMost}
	if u.AtMost == 0 {
		u.AtMost = max(defaultAtMost, b.out.Seeds)
	}
	if u.AtMost < b.out.Seeds && (b.in.Seeds > 0 || b.in.Until != nil) {
		b.addProblem("--seeds", "got %d; an experiment that goes on until an interval is narrow enough has at most %d", b.out.Seeds, u.AtMost)
	}
	if u.AtMost > limits.Seeds && b.in.Until != nil {
		b.addProblem("--max-seeds", "got %d; want at most %d", u.AtMost, limits.Seeds)
	}
	b.out.Until = u
}

// settle fills in what the scenario says: names and the first seed.
func (b *experimentBuilder) settle() {
	e := b.out
	if len(b.trials) == 0 {
		return
	}
	first := &b.trials[0]
	e.Scenario, e.FirstSeed = first.scenario, first.seed
	e.Name = cmp.Or(e.Name, e.Scenario)
	if seed := cmp.Or(b.in.FirstSeed, b.in.Base.Seed, b.spec.FirstSeed); seed != nil {
		e.FirstSeed = *seed
	}
	most := e.Seeds
	if e.Until != nil {
		most = max(most, e.Until.AtMost)
	}
	if most > 0 && e.FirstSeed > math.MaxUint64-uint64(most-1) {
		b.blame(b.in.FirstSeed != nil || b.in.Base.Seed != nil, "--seed", "spec.firstSeed",
			"got %d; %d seeds from there end beyond 2^64-1", e.FirstSeed, most)
	}
	for i := range b.trials {
		if t := &b.trials[i]; t.horizon > 0 && models.Time(e.WarmUp) >= t.horizon {
			b.blame(b.in.WarmUp != nil, "--warm-up", "spec.warmUp", "got %s; the run ends at %s", e.WarmUp, t.horizon)
			break
		}
	}
	if b.in.Seeds == 0 && b.spec.Seeds == 0 {
		b.note("every policy is run on %d seeds", e.Seeds)
	}
}

// Place returns where a path of the Experiment stands, such as spec.custom[0].value,
// or the nearest place around it; the zero Position without an Experiment.
func (e *Experiment) Place(path string) manifest.Position { return placeOf(e.document, path) }

// Input returns what Load takes for one run. It may be called from several
// goroutines.
func (e *Experiment) Input(policy, cell int, seed uint64) Input {
	in := e.input(policy, cell)
	in.Seed = &seed
	return in
}

// input leaves the seed to the scenario.
func (e *Experiment) input(policy, cell int) Input {
	in, p := e.scenario(), &e.Policies[policy]
	if p.file != nil {
		in.Replace = []File{p.file.file()}
	}
	if p.Profile != "" || p.configures {
		in.Profile = p.Profile
	}
	in.policy = p.stream
	in.settings = slices.Concat(p.options, e.settings[cell])
	return in
}

// Load loads one run. It may be called from several goroutines. It refuses files
// that have changed since the experiment was loaded.
func (e *Experiment) Load(policy, cell int, seed uint64) (*Run, error) {
	run, err := Load(e.Input(policy, cell, seed))
	if err != nil {
		return nil, err
	}
	if err := unchanged(run, e.known, "the experiment began"); err != nil {
		return nil, err
	}
	return run, nil
}

// unchanged refuses a run with files that were not known since something.
func unchanged(run *Run, known map[InputFile]bool, since string) error {
	var problems yamlnode.Problems
	for _, file := range run.Inputs {
		if !known[file] {
			problems = append(problems, yamlnode.Problem{File: file.Name, What: "has changed since " + since})
		}
	}
	return problems.Err()
}

// Cells returns the combinations of the axes' values, for reading: the values of
// the last axis change fastest. Without axes it is one combination of nothing.
func (e *Experiment) Cells() [][]Setting { return e.cells }
