package plugins

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/models"
)

// The scoring strategies of NodeResourcesFit.
const (
	// LeastAllocated prefers empty nodes.
	LeastAllocated = "LeastAllocated"
	// MostAllocated prefers full nodes.
	MostAllocated = "MostAllocated"
	// RequestedToCapacityRatio prefers what its shape says.
	RequestedToCapacityRatio = "RequestedToCapacityRatio"
)

// NodeResourcesFitArgs are the arguments of NodeResourcesFit.
// Source: k8s.io/kube-scheduler/config/v1/types_pluginargs.go.
type NodeResourcesFitArgs struct {
	TypeMeta `json:",inline"`
	// IgnoredResources are extended resources that Filter overlooks. They count
	// in scores.
	IgnoredResources []string `json:"ignoredResources,omitempty"`
	// IgnoredResourceGroups are what stands before the slash in the names of
	// extended resources that Filter overlooks.
	IgnoredResourceGroups []string `json:"ignoredResourceGroups,omitempty"`
	// ScoringStrategy says how nodes are scored; nil is LeastAllocated over cpu
	// and memory, of equal weight.
	ScoringStrategy *ScoringStrategy `json:"scoringStrategy,omitempty"`
}

// ScoringStrategy says how NodeResourcesFit scores nodes.
type ScoringStrategy struct {
	// Type is LeastAllocated, MostAllocated or RequestedToCapacityRatio.
	Type string `json:"type,omitempty"`
	// Resources are scored and averaged by weight; none is cpu and memory.
	Resources []ResourceSpec `json:"resources,omitempty"`
	// RequestedToCapacityRatio goes with the strategy of that name, and only with it.
	RequestedToCapacityRatio *RequestedToCapacityRatioParam `json:"requestedToCapacityRatio,omitempty"`
}

// RequestedToCapacityRatioParam are the arguments of that strategy.
type RequestedToCapacityRatioParam struct {
	// Shape gives the score at some utilizations; between them it is linear.
	Shape []UtilizationShapePoint `json:"shape,omitempty"`
}

// UtilizationShapePoint is one point of a shape.
type UtilizationShapePoint struct {
	// Utilization is in percent, 0 to 100, and increases from point to point.
	Utilization int32 `json:"utilization"`
	// Score is 0 to 10.
	Score int32 `json:"score"`
}

// ResourceSpec is a resource with its weight in a score.
type ResourceSpec struct {
	// Name is that of the resource: cpu, memory, nvidia.com/gpu.
	Name string `json:"name"`
	// Weight is 1 to 100; 0 counts as 1.
	Weight int64 `json:"weight,omitempty"`
}

// NodeResourcesBalancedAllocationArgs are the arguments of
// NodeResourcesBalancedAllocation.
// Source: k8s.io/kube-scheduler/config/v1/types_pluginargs.go.
type NodeResourcesBalancedAllocationArgs struct {
	TypeMeta `json:",inline"`
	// Resources are those to be filled evenly, each once and of weight 1; none is
	// cpu and memory.
	Resources []ResourceSpec `json:"resources,omitempty"`
}

// weighed is a resource to be scored.
type weighed struct {
	resource models.Resource
	weight   int64
	// optional resources count only for the pods that request them.
	optional bool
}

const maxResourceWeight = 100

// compileResources checks the resources of a score and finds their ordinals.
func compileResources(specs []ResourceSpec, path string, d *models.Dictionary, problems *Problems) []weighed {
	if len(specs) == 0 {
		return []weighed{{resource: models.CPU, weight: 1}, {resource: models.Memory, weight: 1}}
	}
	out := make([]weighed, 0, len(specs))
	for i, spec := range specs {
		at := fmt.Sprintf("%s[%d]", path, i)
		weight := spec.Weight
		if weight == 0 {
			weight = 1
		}
		if weight < 1 || weight > maxResourceWeight {
			problems.add(at+".weight", "out of range (got %d; want 1 to %d)", spec.Weight, maxResourceWeight)
		}
		scalar := isScalarResource(spec.Name)
		if !scalar && spec.Name != "cpu" && spec.Name != "memory" && spec.Name != "ephemeral-storage" {
			problems.add(at+".name", "not a resource that can be scored (got %q; want cpu, memory, "+
				"ephemeral-storage, a hugepages- resource or a name with a domain such as nvidia.com/gpu)", spec.Name)
			continue
		}
		r, err := d.Resource(spec.Name)
		if err != nil {
			problems.add(at+".name", "%v", err)
			continue
		}
		out = append(out, weighed{r, weight, scalar})
	}
	return out
}

// checkIgnored checks the names of resources and groups that Filter overlooks.
// Source: pkg/scheduler/apis/config/validation/validation_pluginargs.go.
func (a *NodeResourcesFitArgs) checkIgnored(problems *Problems) {
	for i, name := range a.IgnoredResources {
		if !isQualifiedName(name) {
			problems.add(fmt.Sprintf("ignoredResources[%d]", i),
				"not a resource name (got %q; want one such as example.com/license)", name)
		}
	}
	for i, group := range a.IgnoredResourceGroups {
		if strings.Contains(group, "/") || !isQualifiedName(group) {
			problems.add(fmt.Sprintf("ignoredResourceGroups[%d]", i),
				"not a resource group (got %q; want one such as example.com, without a slash)", group)
		}
	}
}

const (
	maxUtilization = 100
	maxShapeScore  = 10
)

// checkShape checks the points of a shape.
// Source: pkg/scheduler/apis/config/validation/validation_pluginargs.go (validateFunctionShape).
func checkShape(shape []UtilizationShapePoint, path string, problems *Problems) {
	if len(shape) == 0 {
		problems.add(path, "no point (want at least one)")
	}
	for i, point := range shape {
		at := fmt.Sprintf("%s[%d]", path, i)
		if point.Utilization < 0 || point.Utilization > maxUtilization {
			problems.add(at+".utilization", "out of range (got %d; want 0 to %d)", point.Utilization, maxUtilization)
		}
		if i > 0 && point.Utilization <= shape[i-1].Utilization {
			problems.add(at+".utilization", "not increasing (got %d after %d)", point.Utilization, shape[i-1].Utilization)
		}
		if point.Score < 0 || point.Score > maxShapeScore {
			problems.add(at+".score", "out of range (got %d; want 0 to %d)", point.Score, maxShapeScore)
		}
	}
}
