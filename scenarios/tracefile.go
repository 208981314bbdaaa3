package scenarios

import (
	"io"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/scenarios/trace"
)

// OpenTrace begins to read a trace outside of a scenario. An empty format looks at
// the beginning of the file. The error is nil or yamlnode.Problems.
func OpenTrace(name string, r io.Reader, format trace.Format) (*trace.Reader, error) {
	return trace.Open(name, r, trace.Options{Format: format, Quantity: manifest.Quantity})
}

// DescribeTrace reads a trace to its end and sums it up. What objects ask for is
// compiled as for a run; what copies of objects of a scenario ask for is unknown.
func DescribeTrace(r *trace.Reader) (*trace.Info, error) {
	dict := models.NewDictionary()
	set := manifest.NewSet(dict)
	return trace.Describe(r, func(s *trace.Shape) (trace.Demand, bool) { return demandOf(set, dict, s) })
}

func demandOf(set *manifest.Set, dict *models.Dictionary, s *trace.Shape) (trace.Demand, bool) {
	if s.Template != "" {
		return trace.Demand{}, false
	}
	m, problems := manifestOf(s)
	if len(problems) > 0 {
		return trace.Demand{}, false
	}
	withoutPriority(m)
	t, problems := compileManifest(set, m)
	if len(problems) > 0 {
		return trace.Demand{}, false
	}
	d := trace.Demand{Pods: int64(max(s.Count, 1))}
	var pod *models.PodSpec
	if t.Owner != nil {
		pod, d.Pods = t.Owner.Pod, int64(t.Owner.Spec.Replicas)
	} else {
		pod = t.Pod.Spec
	}
	for i, name := range dict.ResourceNames() {
		amount := pod.Requests[i]
		if models.Resource(i) == models.Pods || amount == 0 {
			continue
		}
		value := float64(amount)
		if models.Resource(i) == models.CPU {
			value /= 1000
		}
		d.Amounts = append(d.Amounts, trace.Amount{Resource: name, Value: value})
	}
	return d, true
}

// withoutPriority takes out what only a scenario with priority classes can
// compile.
func withoutPriority(m map[string]any) {
	spec, _ := m["spec"].(map[string]any)
	if template, ok := spec["template"].(map[string]any); ok {
		spec, _ = template["spec"].(map[string]any)
	}
	delete(spec, "priorityClassName")
	delete(spec, "priority")
	delete(spec, "preemptionPolicy")
}
