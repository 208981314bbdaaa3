package plugins

import "github.com/podsim/podsim/scheduler/framework"

// normalize scales scores, none of them negative, so that the highest becomes
// MaxNodeScore; reverse makes that the lowest, and all the best if all are 0.
// Source: pkg/scheduler/framework/plugins/helper/normalize_score.go.
func normalize(scores []int64, reverse bool) {
	var highest int64
	for _, s := range scores {
		highest = max(highest, s)
	}
	for i := range scores {
		score := int64(0)
		if highest > 0 {
			score = framework.MaxNodeScore * scores[i] / highest
		}
		if reverse {
			score = framework.MaxNodeScore - score
		}
		scores[i] = score
	}
}
