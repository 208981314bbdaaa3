package plugins

import (
	"math"
	"math/bits"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// scorer rates how full a node would be with a pod on it.
// Source: pkg/scheduler/framework/plugins/noderesources/resource_allocation.go.
type scorer struct {
	resources []weighed
	// rate gives the score of one resource, 0 to MaxNodeScore.
	rate func(used, capacity int64) int64
	// zeroless leaves resources of score 0 out of the average and rounds it to
	// the nearest whole number, as RequestedToCapacityRatio does.
	zeroless bool
	// plain tells that it is LeastAllocated of CPU and memory, weighed alike.
	plain bool
}

// compileStrategy checks a scoring strategy and makes its scorer.
// Source: pkg/scheduler/apis/config/validation/validation_pluginargs.go (ValidateNodeResourcesFitArgs).
func compileStrategy(s *ScoringStrategy, d *models.Dictionary, problems *Problems) scorer {
	if s == nil {
		s = &ScoringStrategy{Type: LeastAllocated}
	}
	const path = "scoringStrategy"
	out := scorer{resources: compileResources(s.Resources, path+".resources", d, problems)}
	ratio := s.RequestedToCapacityRatio
	switch s.Type {
	case LeastAllocated:
		out.rate = rateLeast
	case MostAllocated:
		out.rate = rateMost
	case RequestedToCapacityRatio:
		if ratio == nil {
			problems.add(path+".requestedToCapacityRatio", "missing (the strategy needs a shape)")
			break
		}
		before := len(*problems)
		checkShape(ratio.Shape, path+".requestedToCapacityRatio.shape", problems)
		if len(*problems) == before {
			out.rate, out.zeroless = rateShape(ratio.Shape), true
		}
	default:
		problems.add(path+".type", "unknown strategy (got %q; want %s, %s or %s)",
			s.Type, LeastAllocated, MostAllocated, RequestedToCapacityRatio)
	}
	r := out.resources
	out.plain = s.Type == LeastAllocated && len(r) == 2 && r[0].resource == models.CPU && r[1].resource == models.Memory &&
		r[0].weight == r[1].weight
	if ratio != nil && s.Type != RequestedToCapacityRatio {
		problems.add(path+".requestedToCapacityRatio", "goes only with type %s (got type %q)",
			RequestedToCapacityRatio, s.Type)
	}
	return out
}

// score averages the rates of the resources that the node has, leaving out the
// optional ones that the pod does not request.
func (s *scorer) score(spec *models.PodSpec, n framework.Node) int64 {
	allocatable, requested := n.Allocatable(), n.Requested()
	var sum, weights int64
	for i := range s.resources {
		r := &s.resources[i]
		capacity, request := allocatable[r.resource], spec.Requests[r.resource]
		if capacity == 0 || r.optional && request == 0 {
			continue
		}
		load := requested[r.resource]
		switch r.resource {
		case models.CPU:
			load, request = n.NonZero().CPU, spec.ScoredCPU
		case models.Memory:
			load, request = n.NonZero().Memory, spec.ScoredMemory
		}
		rate := s.rate(addCapped(load, request), capacity)
		if s.zeroless && rate == 0 {
			continue
		}
		sum += rate * r.weight
		weights += r.weight
	}
	if weights == 0 {
		return 0
	}
	if s.zeroless {
		return int64(math.Round(float64(sum) / float64(weights)))
	}
	return sum / weights
}

// rateLeast is the share of the capacity that stays free.
// Source: pkg/scheduler/framework/plugins/noderesources/least_allocated.go.
func rateLeast(used, capacity int64) int64 {
	if used > capacity {
		return 0
	}
	return percent(capacity-used, capacity)
}

// rateMost is the share of the capacity that is taken. Pods without requests
// count for something, so that the sum may exceed the capacity.
// Source: pkg/scheduler/framework/plugins/noderesources/most_allocated.go.
func rateMost(used, capacity int64) int64 { return percent(min(used, capacity), capacity) }

// rateShape returns the function through the points of a checked shape: linear
// between them in whole numbers, constant outside.
// Source: pkg/scheduler/framework/plugins/helper/shape_score.go.
func rateShape(shape []UtilizationShapePoint) func(used, capacity int64) int64 {
	var table [maxUtilization + 1]int64
	const scale = framework.MaxNodeScore / maxShapeScore
	at := 0 // the first point at or after u
	for u := range int64(len(table)) {
		for at < len(shape) && int64(shape[at].Utilization) < u {
			at++
		}
		switch at {
		case 0:
			table[u] = scale * int64(shape[0].Score)
		case len(shape):
			table[u] = scale * int64(shape[at-1].Score)
		default:
			x0, y0 := int64(shape[at-1].Utilization), scale*int64(shape[at-1].Score)
			x1, y1 := int64(shape[at].Utilization), scale*int64(shape[at].Score)
			table[u] = y0 + (y1-y0)*(u-x0)/(x1-x0)
		}
	}
	return func(used, capacity int64) int64 {
		return table[percent(min(used, capacity), capacity)]
	}
}

// percent returns part·100/whole, rounded down, for 0 <= part <= whole, 0 < whole.
func percent(part, whole int64) int64 {
	if part <= math.MaxInt64/framework.MaxNodeScore {
		return part * framework.MaxNodeScore / whole
	}
	high, low := bits.Mul64(uint64(part), uint64(framework.MaxNodeScore))
	quotient, _ := bits.Div64(high, low, uint64(whole))
	return int64(quotient)
}

// addCapped adds two amounts that are not negative.
func addCapped(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
