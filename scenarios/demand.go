package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/usage"
)

// Demand is a factor on everything that asks for nodes. What keeps its number keeps
// its draws: a factor of 1 is the scenario itself, and more demand is that of the
// scenario and more of its kind.
//
//	replicas, counts and limits → times the factor, rounded up
//	rates, curves, loads        → times the factor
//	pods and Jobs that are there → as many as replicas of each group of alike ones
//	rows of traces, moments      → each once more with a chance of what is beyond 1
//
// DaemonSets and kubelets ask for a pod of each node whatever the demand, and budgets and
// quotas stay as they are.

// demandProblem says what is wrong with a factor.
func demandProblem(factor float64) error {
	if !(factor > 0 && factor <= limits.Demand) {
		return fmt.Errorf("got %s; want more than 0 and at most %d times as much", number(factor), limits.Demand)
	}
	return nil
}

// demand is the factor of the run.
func (l *loader) demand() float64 {
	if l.in.Demand == 0 {
		return 1
	}
	return l.in.Demand
}

// grown returns how many there are of n at a factor, rounded up. What floating point
// adds to a product does not count.
func grown(n int64, factor float64) int64 {
	x := float64(float64(n) * factor)
	return int64(math.Ceil(x - float64(x*1e-12)))
}

// demandDraw is the purpose of draws that decide on copies.
const demandDraw = "demand"

// drawn is grown, but what is left over becomes one more by chance.
func drawn(n int64, factor float64, source func() kernel.Source) int64 {
	whole, part := math.Modf(float64(float64(n) * factor))
	if part > 1e-12 && kernel.Chance(source(), part) {
		whole++
	}
	return int64(whole)
}

// faster is a law of times between arrivals, divided by a factor.
type faster struct {
	kernel.Distribution
	factor float64
}

func (f faster) Draw(src kernel.Source) float64 { return f.Distribution.Draw(src) / f.factor }

func (f faster) Mean() float64 { return f.Distribution.Mean() / f.factor }

// oftener returns the law of times between arrivals at the demand of the run.
func (l *loader) oftener(between kernel.Distribution) kernel.Distribution {
	if f := l.demand(); f != 1 {
		return faster{between, f}
	}
	return between
}

// heavier returns the law of a load at the demand of the run.
func (l *loader) heavier(law *usage.Law) *usage.Law {
	f := l.demand()
	if f == 1 || law == nil {
		return law
	}
	times := func(amount int64) int64 { return int64(min(math.Round(float64(float64(amount)*f)), limits.Usage)) }
	out := *law
	out.Points = slices.Clone(law.Points)
	for i := range out.Points {
		out.Points[i].Amount = times(out.Points[i].Amount)
	}
	if law.Walk != nil {
		walk := *law.Walk
		walk.From, walk.Min, walk.Max, walk.Step = times(walk.From), times(walk.Min), times(walk.Max), times(walk.Step)
		out.Walk = &walk
	}
	return &out
}

// replicated are the kinds whose demand is a number of replicas.
var replicated = []string{"Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"}

// replicaFields are the fields that count replicas, by kind.
func replicaFields(kind string) []string {
	switch {
	case slices.Contains(replicated, kind):
		return []string{"replicas"}
	case kind == "HorizontalPodAutoscaler":
		return []string{"minReplicas", "maxReplicas"}
	}
	return nil
}

// withReplicas returns an object, or a patch of one, with as many replicas as the
// demand of the run asks for. Replicas that are left out are one, but in a patch.
func (l *loader) withReplicas(root *yamlnode.Node, kind string, isPatch bool) *yamlnode.Node {
	f := l.demand()
	if f == 1 || root == nil {
		return root
	}
	for _, field := range replicaFields(kind) {
		n := root.Get("spec").Get(field)
		one := field == "replicas" && !isPatch
		if (n == nil || n.Kind == yamlnode.Null) && one && root.Get("spec") != nil {
			spec := *root.Get("spec")
			spec.Kind, spec.Text, spec.Fields, spec.Items = yamlnode.Int, "1", nil, nil
			n = &spec
		}
		if n == nil || n.Kind != yamlnode.Int {
			continue
		}
		count, err := strconv.ParseInt(n.Text, 0, 64)
		if err != nil || count < 0 || count > limits.Replicas {
			continue // whoever reads it says what is wrong
		}
		more := *n
		more.Text = strconv.FormatInt(grown(count, f), 10)
		if changed, err := withValue(root, []pathStep{{name: "spec"}, {name: field}}, &more, ""); err == nil {
			root = changed
		}
	}
	return root
}

// replicatedTemplate is withReplicas for the template of a Workload that brings objects
// of one moment: they get more replicas, where others come more often.
func (l *loader) replicatedTemplate(spec *WorkloadSpec) *yamlnode.Node {
	if kind := textOf(spec.Template.Get("kind")); atMoments(spec.Arrivals.Type) && slices.Contains(replicated, kind) {
		return l.withReplicas(spec.Template, kind, false)
	}
	return spec.Template
}

// atMoments reports whether a type of arrivals names its moments.
func atMoments(arrivals string) bool { return arrivals == "once" || arrivals == "times" }

// scaleStep lets a step that says how many replicas there are to be follow the demand.
func (l *loader) scaleStep(s *userStep) {
	f := l.demand()
	if f == 1 {
		return
	}
	spec := *s.spec
	switch {
	case spec.Scale != nil:
		scale := *spec.Scale
		scale.Replicas = int(grown(int64(scale.Replicas), f))
		spec.Scale = &scale
	case spec.Patch != nil:
		patch := *spec.Patch
		resource, _, _ := strings.Cut(patch.Target, "/")
		kind, _ := kindOf(resource)
		patch.Patch = l.withReplicas(patch.Patch, kind, true)
		spec.Patch = &patch
	default:
		return
	}
	s.spec, s.text = &spec, spec.words()
}

// applyDemand changes what is there from the start.
func (l *loader) applyDemand() {
	if l.in.Demand == 0 {
		return
	}
	if err := demandProblem(l.in.Demand); err != nil {
		l.problems = append(l.problems, yamlnode.Problem{File: "--demand", What: err.Error()})
		l.in.Demand = 1
	}
	if l.in.Demand == 1 {
		return
	}
	l.digest.add("demand", number(l.in.Demand))
	c := newCopier(l)
	out := make([]*object, 0, len(l.documents))
	for _, document := range l.documents {
		if document.own {
			out = append(out, document)
			continue
		}
		for _, o := range itemsOf(document) {
			out = append(out, c.copies(o)...)
		}
	}
	l.documents = slices.DeleteFunc(out, c.isOrphan)
}
