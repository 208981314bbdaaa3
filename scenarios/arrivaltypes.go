package scenarios

import (
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scenarios/arrivals"
	"github.com/podsim/podsim/sim/kernel"
)

// ArrivalsSpec says when objects arrive. Which of the fields belong to a type is
// told by ArrivalTypes; batch, from, until and limit go with every type.
type ArrivalsSpec struct {
	Type          string         `yaml:"type" required:"true" enum:"once,times,poisson,renewal,curve,trace" help:"how arrivals come about"`
	At            Moments        `yaml:"at" help:"once: the moment (default 0s); times: the moments in order"`
	Count         *int64         `yaml:"count" min:"1" default:"1" help:"once: number of objects"`
	Rate          *Rate          `yaml:"rate" help:"poisson: mean arrivals in a unit of time: 40/m"`
	Between       *TimeLaw       `yaml:"between" help:"renewal: time between arrivals"`
	Points        []PointSpec    `yaml:"points" help:"curve: rates at moments of the period"`
	Period        *time.Duration `yaml:"period" min:"1" default:"1d" help:"curve: after which it repeats; 1d begins at midnight, 1w on Monday"`
	Interpolation string         `yaml:"interpolation" enum:"linear,step" default:"linear" help:"curve: how the rate moves from point to point; step holds it"`
	Data          string         `yaml:"data" help:"trace: name of the data that hold it, under spec.data of the Scenario"`
	Batch         *NumberLaw     `yaml:"batch" default:"1" help:"objects at each arrival"`
	From          *time.Duration `yaml:"from" default:"0s" help:"nothing arrives before"`
	Until         *time.Duration `yaml:"until" help:"nothing arrives from then on (default: the end of the run)"`
	Limit         *int64         `yaml:"limit" min:"1" help:"most objects that arrive (default: no limit)"`
}

// PointSpec is a point of a curve.
type PointSpec struct {
	At   string `yaml:"at" required:"true" help:"time of day (08:30), of the week (Mon 08:30), or since the period began (8h)"`
	Rate *Rate  `yaml:"rate" required:"true" help:"mean arrivals in a unit of time: 40/m"`
}

// ArrivalType describes a type of arrivals.
type ArrivalType struct {
	Name, Help string
	Needs      []string // fields that it must have
	Takes      []string // fields that it may have besides
}

// ArrivalTypes returns the types of arrivals in the order of the documentation.
func ArrivalTypes() []ArrivalType {
	return []ArrivalType{
		{"once", "a number of objects at one moment", nil, []string{"at", "count"}},
		{"times", "one object at each of the moments", []string{"at"}, nil},
		{"poisson", "independent arrivals at a constant mean rate", []string{"rate"}, nil},
		{"renewal", "independent times between arrivals", []string{"between"}, nil},
		{"curve", "independent arrivals at a rate that changes over the day or the week", []string{"points"}, []string{"period", "interpolation"}},
		{"trace", "what the trace recorded: arrivals, lifetimes and pods", []string{"data"}, nil},
	}
}

var commonArrivalFields = []string{"type", "batch", "from", "until", "limit"}

// checkArrivals reports the fields that a type of arrivals lacks and those that
// do not belong to it, and more objects than a workload may bring.
func (l *loader) checkArrivals(o *object, spec *ArrivalsSpec) {
	const path = "spec.arrivals"
	for _, given := range []struct {
		name  string
		value *int64
	}{{"count", spec.Count}, {"limit", spec.Limit}} {
		if given.value != nil && *given.value > limits.Objects {
			l.blame(o, path+"."+given.name, "got %d; want at most %d", *given.value, limits.Objects)
		}
	}
	n := o.at(path)
	for _, t := range ArrivalTypes() {
		if t.Name != spec.Type || n == nil {
			continue
		}
		for _, need := range t.Needs {
			if given := n.Get(need); given == nil || given.Kind == yamlnode.Null {
				l.blame(o, path, "%s is missing; %s needs it", need, t.Name)
			}
		}
		takes := slices.Concat(t.Needs, t.Takes)
		for _, f := range n.Fields {
			if !slices.Contains(takes, f.Name) && !slices.Contains(commonArrivalFields, f.Name) {
				l.blameKey(n, f, path, "does not belong to "+t.Name+takesText(takes))
			}
		}
	}
}

func takesText(fields []string) string {
	return ", which takes " + strings.Join(fields, ", ")
}

// window returns the bounds of the arrivals and whether they make sense.
func (l *loader) window(o *object, spec *ArrivalsSpec) (arrivals.Window, bool) {
	w := arrivals.Window{Until: l.run.Config.Horizon}
	if spec.From != nil {
		w.From = models.Time(*spec.From)
	}
	if spec.Until != nil {
		until := models.Time(*spec.Until)
		if until <= w.From {
			l.blame(o, "spec.arrivals.until", "got %s; want more than from, which is %s", until, w.From)
			return w, false
		}
		w.Until = min(w.Until, until)
	}
	if w.From >= w.Until {
		l.blame(o, "spec.arrivals.from", "the run ends before, at %s", w.Until)
		return w, false
	}
	return w, true
}

// process makes the process of moments for all types but traces; nil if
// something is wrong.
func (l *loader) process(o *object, spec *ArrivalsSpec, source *arrivals.Source) arrivals.Process {
	const path = "spec.arrivals"
	window, ok := l.window(o, spec)
	if !ok {
		return nil
	}
	switch spec.Type {
	case "once", "times":
		return l.fixedTimes(o, spec, window)
	case "poisson":
		if *spec.Rate == 0 {
			l.blame(o, path+".rate", "must be > 0")
			return nil
		}
		l.checkEnds(o, spec)
		rate := float64(*spec.Rate)
		between, wrong := kernel.NewDistribution(kernel.Parameters{Type: "exponential", Rate: &rate})
		if len(wrong) > 0 {
			l.blame(o, path+".rate", "%s", wrong[0].Problem)
			return nil
		}
		return arrivals.Renewal(l.oftener(between), source, window)
	case "renewal":
		if !l.checkPositive(o, path+".between", spec.Between.law()) {
			return nil
		}
		l.checkEnds(o, spec)
		return arrivals.Renewal(l.oftener(spec.Between.law()), source, window)
	}
	curve, ok := l.curve(o, spec)
	if !ok {
		return nil
	}
	l.checkEnds(o, spec)
	return curve.NewProcess(source, window)
}

func (l *loader) fixedTimes(o *object, spec *ArrivalsSpec, window arrivals.Window) arrivals.Process {
	at := []models.Time(spec.At)
	if len(at) == 0 && spec.Type == "once" {
		at = []models.Time{0}
	}
	switch {
	case len(at) == 0:
		l.blame(o, "spec.arrivals.at", "no moments; want at least one")
		return nil
	case len(at) > 1 && spec.Type == "once":
		l.blame(o, "spec.arrivals.at", "got %d moments; want one, or type: times", len(at))
		return nil
	case !slices.ContainsFunc(at, window.Contains):
		l.blame(o, "spec.arrivals", "nothing arrives: no moment lies from %s up to %s", window.From, window.Until)
		return nil
	}
	return arrivals.Times(at, window)
}

// checkEnds reports arrivals that would go on for ever in a run without end.
func (l *loader) checkEnds(o *object, spec *ArrivalsSpec) {
	if l.endless() && spec.Until == nil && spec.Limit == nil {
		l.blame(o, "spec.arrivals", "arrivals without end and no duration; want until or limit, or for in the Scenario")
	}
}

// curve compiles the rate of a curve and finds its place in the calendar.
func (l *loader) curve(o *object, spec *ArrivalsSpec) (arrivals.Curve, bool) {
	const day = 24 * time.Hour
	path := "spec.arrivals.points"
	before := len(l.problems)
	c := arrivals.Curve{Period: day, Step: spec.Interpolation == "step"}
	if spec.Period != nil {
		c.Period = *spec.Period
	}
	if c.Period < time.Second {
		l.blame(o, "spec.arrivals.period", "got %s; want at least 1s", c.Period)
		return c, false
	}
	if len(spec.Points) == 0 || len(spec.Points) > limits.CurvePoints {
		l.blame(o, path, "got %d points; want 1 to %d", len(spec.Points), limits.CurvePoints)
		return c, false
	}
	positive := false
	for i, p := range spec.Points {
		at, err := parsePointOfPeriod(p.At, c.Period)
		point := yamlnode.IndexPath(path, i)
		switch {
		case err != nil:
			l.blame(o, point+".at", "%v", err)
		case len(c.Points) > 0 && at <= c.Points[len(c.Points)-1].At:
			l.blame(o, point+".at", "%s does not come after the point before it", quote(p.At))
		}
		c.Points = append(c.Points, arrivals.Point{At: at, Rate: float64(float64(*p.Rate) * l.demand())})
		positive = positive || *p.Rate > 0
	}
	if !positive {
		l.blame(o, path, "every rate is 0; want one above")
	}
	c.Phase = l.phase(c.Period)
	return c, len(l.problems) == before
}

// phase is how far a period has gone when virtual time begins: days begin at
// midnight where the run starts, weeks on Monday.
func (l *loader) phase(period time.Duration) time.Duration {
	start := l.run.Start
	midnight := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, start.Location())
	weekday := (int(start.Weekday()) + 6) % 7 // Monday is 0
	return (time.Duration(weekday)*24*time.Hour + start.Sub(midnight)) % period
}
