package scenarios

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim/usage"
)

// Amount is a quantity as Kubernetes writes it: 250m, 1.5Gi. What it counts follows
// from where it stands.
type Amount string

// UnmarshalNode reads a text or a number.
func (a *Amount) UnmarshalNode(n *yamlnode.Node, _ *yamlnode.Decoder) error {
	switch n.Kind {
	case yamlnode.String, yamlnode.Int, yamlnode.Float:
		*a = Amount(n.Text)
		return nil
	}
	return n.Want("a quantity such as 250m")
}

// UsageSpec is what pods use while their containers run: of each of its laws, the pod
// as a whole.
type UsageSpec struct {
	CPU        *AmountSpec          `yaml:"cpu" help:"cores that a pod uses, for autoscalers"`
	Memory     *AmountSpec          `yaml:"memory" help:"memory that a pod uses, for autoscalers; a container that exceeds its limit is killed (OOMKilled), and on a node where all pods together use more than there is, one after the other"`
	Logs       *AmountSpec          `yaml:"logs" help:"bytes of logs on the disk of the node, for evictions"`
	Layer      *AmountSpec          `yaml:"writableLayer" help:"bytes in the writable layers of its containers, on the disk for images if there is one, for evictions"`
	Volumes    *AmountSpec          `yaml:"volumes" help:"bytes in its emptyDir volumes on the disk of the node, for evictions; a sizeLimit of the first such volume holds for all"`
	Inodes     *AmountSpec          `yaml:"inodes" help:"inodes that it takes on the disk of the node, for evictions"`
	Processes  *AmountSpec          `yaml:"processes" help:"processes that run in it, for evictions"`
	Metrics    []PodMetricSpec      `yaml:"metrics" help:"metrics that each pod has of its own, for Pods metrics of autoscalers"`
	Containers []ContainerShareSpec `yaml:"containers" help:"how the containers share CPU and memory (default: by their requests, else equally)"`
}

// AmountSpec is an amount that changes over time: a value, points, a walk or a load.
type AmountSpec struct {
	Value         *Amount        `yaml:"value" help:"an amount that stays as it is: 250m"`
	Points        []AmountPoint  `yaml:"points" help:"a curve; before the first point it has the amount of this, after the last of that, and two points at one moment make it jump"`
	Period        *time.Duration `yaml:"period" min:"1" help:"curve: after which it repeats; 1d begins at midnight, 1w on Monday (default: never)"`
	Interpolation string         `yaml:"interpolation" enum:"linear,step" help:"curve: how the amount moves from point to point; step holds it (default: linear)"`
	Since         string         `yaml:"since" enum:"run,start" help:"curve: what its moments count from, the beginning of the run or the start of the containers (default: run)"`
	Walk          *WalkSpec      `yaml:"walk" help:"an amount that moves by chance, for each pod by its own"`
	Load          *LoadSpec      `yaml:"load" help:"a share of a load that the ready replicas have in common"`
}

// AmountPoint is a point of a curve of amounts.
type AmountPoint struct {
	At    string `yaml:"at" required:"true" help:"how long since the run or the containers began (90s); with a period a time of day (08:30), of the week (Mon 08:30), or since it began (8h)"`
	Value Amount `yaml:"value" required:"true" help:"the amount: 250m"`
}

// WalkSpec is a random walk.
type WalkSpec struct {
	From  *Amount       `yaml:"from" help:"where it begins when the containers start (default: halfway between min and max)"`
	Min   Amount        `yaml:"min" required:"true" help:"least amount; the walk turns round there"`
	Max   Amount        `yaml:"max" required:"true" help:"largest amount"`
	Step  Amount        `yaml:"step" required:"true" help:"most that it moves at once, up or down"`
	Every time.Duration `yaml:"every" required:"true" min:"1" help:"time between moves"`
}

// LoadSpec is the share of a load.
type LoadSpec struct {
	Series  string  `yaml:"series" required:"true" help:"name of the MetricSeries that is the load"`
	Base    *Amount `yaml:"base" help:"what a pod uses without any load (default: 0)"`
	PerUnit Amount  `yaml:"perUnit" required:"true" help:"what it uses besides for each unit of its share, which is the load divided by the ready replicas"`
}

// PodMetricSpec is a metric that each pod has of its own.
type PodMetricSpec struct {
	Name       string `yaml:"name" required:"true" help:"name of the metric"`
	AmountSpec `yaml:",inline"`
}

// ContainerShareSpec is the weight of a container.
type ContainerShareSpec struct {
	Name   string `yaml:"name" required:"true" help:"name of the container"`
	Weight int64  `yaml:"weight" required:"true" min:"0" help:"its part of the whole, in proportion to the others; containers that are not named use nothing"`
}

// MetricSeriesSpec is a named amount that is no pod's own: a load that pods share, and
// a metric for autoscalers.
type MetricSeriesSpec struct {
	Metric     string            `yaml:"metric" help:"name of the metric (default: that of the MetricSeries)"`
	Namespace  string            `yaml:"namespace" help:"namespace of the metric (default: default)"`
	Labels     map[string]string `yaml:"labels" help:"labels of an external metric, for the selectors of autoscalers"`
	Describes  *DescribedSpec    `yaml:"describes" help:"object whose metric it is, for Object metrics (default: the service, if one is given); a series that describes nothing is an external metric"`
	Service    string            `yaml:"service" help:"name of the Service whose ready pods share the series as a load (default: the ready pods of the same controller share it)"`
	AmountSpec `yaml:",inline"`
}

// DescribedSpec names the object that a metric describes.
type DescribedSpec struct {
	Kind string `yaml:"kind" required:"true" help:"kind of the object: Service, Ingress"`
	Name string `yaml:"name" required:"true" help:"name of the object"`
}

// series is a compiled MetricSeries.
type series struct {
	object *object
	*usage.Series
}

// compileSeries makes the series known, those that behaviours name among them.
func (l *loader) compileSeries() {
	for _, o := range l.byKind("MetricSeries") {
		var envelope Object[MetricSeriesSpec]
		if !l.decode(o, &envelope) {
			continue
		}
		spec := &envelope.Spec
		s := &usage.Series{
			Name: o.name, Metric: l.symOr(spec.Metric, o.name), Namespace: l.symOr(spec.Namespace, defaultNamespace),
			Service: l.dict.Sym(spec.Service), Law: l.heavier(l.law(o, "spec", &spec.AmountSpec, "cpu")),
		}
		var labels []models.Label
		for key, value := range spec.Labels {
			labels = append(labels, models.Label{Key: l.dict.Sym(key), Value: l.dict.Sym(value)})
		}
		s.Labels = models.NewLabels(labels...)
		switch {
		case spec.Describes != nil:
			s.Kind, s.Object = l.dict.Sym(spec.Describes.Kind), l.dict.Sym(spec.Describes.Name)
		case spec.Service != "":
			s.Kind, s.Object = l.dict.Sym("Service"), s.Service
		}
		if spec.Load != nil {
			l.blame(o, "spec.load", "a series is a load itself; want value, points or walk")
		}
		l.series = append(l.series, series{o, s})
		l.run.Config.Series = append(l.run.Config.Series, s)
	}
}

func (l *loader) symOr(text, otherwise string) models.Sym {
	if text == "" {
		text = otherwise
	}
	return l.dict.Sym(text)
}

// keepProfile compiles what the pods use that an object tells of, for those who ask
// for it by what the object says.
func (l *loader) keepProfile(o *object, spec *UsageSpec) {
	const path = "spec.usage"
	if spec == nil {
		return
	}
	p := &usage.Profile{
		CPU: l.law(o, path+".cpu", spec.CPU, "cpu"), Memory: l.law(o, path+".memory", spec.Memory, "memory"),
		Logs: l.law(o, path+".logs", spec.Logs, "memory"), WritableLayer: l.law(o, path+".writableLayer", spec.Layer, "memory"),
		Volumes: l.law(o, path+".volumes", spec.Volumes, "memory"), Inodes: l.law(o, path+".inodes", spec.Inodes, "pods"),
		Processes: l.law(o, path+".processes", spec.Processes, "pods"),
	}
	for i := range spec.Metrics {
		m := &spec.Metrics[i]
		p.Metrics = append(p.Metrics, usage.Metric{Name: m.Name, Law: l.law(o, yamlnode.IndexPath(path+".metrics", i), &m.AmountSpec, "cpu")})
	}
	for _, c := range spec.Containers {
		p.Shares = append(p.Shares, usage.Share{Container: c.Name, Weight: c.Weight})
	}
	l.profiles[spec] = p
}

// law compiles an amount in the unit of a resource: that of cpu, thousandths, is also
// the one of metrics.
func (l *loader) law(o *object, path string, spec *AmountSpec, unit string) *usage.Law {
	if spec == nil {
		return nil
	}
	a := amounts{l, o, path, unit}
	given := 0
	for _, is := range []bool{spec.Value != nil, len(spec.Points) > 0, spec.Walk != nil, spec.Load != nil} {
		if is {
			given++
		}
	}
	isCurve := len(spec.Points) > 0
	switch {
	case given != 1:
		l.blame(o, path, "got %d of value, points, walk and load; want one of them", given)
	case !isCurve && (spec.Period != nil || spec.Interpolation != "" || spec.Since != ""):
		l.blame(o, path, "period, interpolation and since go with points only")
	case spec.Value != nil:
		return usage.Constant(a.amount("value", *spec.Value))
	case spec.Walk != nil:
		return &usage.Law{Walk: a.walk(spec.Walk)}
	case spec.Load != nil:
		return &usage.Law{Load: a.load(spec.Load)}
	default:
		return a.curve(spec)
	}
	return usage.Constant(0)
}

// amounts reads the amounts of one law.
type amounts struct {
	*loader
	object *object
	path   string
	unit   string
}

func (a *amounts) blame(at, format string, args ...any) {
	a.loader.blame(a.object, a.path+"."+at, format, args...)
}

func (a *amounts) amount(at string, text Amount) int64 {
	n, err := manifest.Quantity(string(text), a.unit)
	switch {
	case err != nil:
		a.blame(at, "%v", err)
	case n > limits.Usage:
		a.blame(at, "got %s; want less", text)
	}
	return n
}

func (a *amounts) walk(spec *WalkSpec) *usage.Walk {
	w := &usage.Walk{
		Min: a.amount("walk.min", spec.Min), Max: a.amount("walk.max", spec.Max), Step: a.amount("walk.step", spec.Step), Every: spec.Every,
	}
	w.From = w.Min + (w.Max-w.Min)/2
	if spec.From != nil {
		w.From = a.amount("walk.from", *spec.From)
	}
	switch {
	case w.Min >= w.Max:
		a.blame("walk.max", "got %s; want more than min, which is %s", spec.Max, spec.Min)
	case w.From < w.Min || w.From > w.Max:
		a.blame("walk.from", "got %s; want at least %s and at most %s", *spec.From, spec.Min, spec.Max)
	case w.Step > w.Max-w.Min:
		a.blame("walk.step", "got %s; want at most the distance from min to max", spec.Step)
	}
	return w
}

func (a *amounts) load(spec *LoadSpec) *usage.Load {
	out := &usage.Load{PerUnit: a.amount("load.perUnit", spec.PerUnit)}
	if spec.Base != nil {
		out.Base = a.amount("load.base", *spec.Base)
	}
	var known []string
	for i := range a.series {
		if a.series[i].Name == spec.Series {
			out.Series = a.series[i].Series
		}
		known = append(known, a.series[i].Name)
	}
	if out.Series == nil {
		a.blame("load.series", "%s", unknown("MetricSeries", spec.Series, known))
	}
	return out
}

func (a *amounts) curve(spec *AmountSpec) *usage.Law {
	law := &usage.Law{Step: spec.Interpolation == "step", FromStart: spec.Since == "start"}
	if len(spec.Points) > limits.CurvePoints {
		a.blame("points", "got %d points; want at most %d", len(spec.Points), limits.CurvePoints)
		return usage.Constant(0)
	}
	if spec.Period != nil {
		law.Period = *spec.Period
		if law.Period < time.Second {
			a.blame("period", "got %s; want at least 1s", law.Period)
			return usage.Constant(0)
		}
		if !law.FromStart {
			law.Phase = a.phase(law.Period)
		}
	}
	for i, p := range spec.Points {
		at, err := yamlnode.Duration(p.At)
		if law.Period > 0 {
			at, err = parsePointOfPeriod(p.At, law.Period)
		}
		point := yamlnode.IndexPath("points", i)
		switch {
		case err != nil:
			a.blame(point+".at", "%v", err)
		case i > 0 && at < law.Points[i-1].At:
			a.blame(point+".at", "%s comes before the point before it", quote(p.At))
		}
		law.Points = append(law.Points, usage.Point{At: at, Amount: a.amount(point+".value", p.Value)})
	}
	return law
}
