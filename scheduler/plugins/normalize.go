package plugins

import (
	"slices"

	"github.com/podsim/podsim/scheduler/framework"
)

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

// spreadScores maps the range of scores to 0 to MaxNodeScore in whole numbers. Only
// the highest become MaxNodeScore, however close others come.
func spreadScores(scores []int64) {
	if len(scores) == 0 {
		return
	}
	lowest, highest := slices.Min(scores), slices.Max(scores)
	for i, s := range scores {
		if s == highest {
			scores[i] = framework.MaxNodeScore
		} else {
			share := float64(s-lowest) / float64(highest-lowest)
			scores[i] = min(int64(float64(share*float64(framework.MaxNodeScore))), framework.MaxNodeScore-1)
		}
	}
}
