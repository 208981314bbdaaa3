package sim

import "github.com/podsim/podsim/models"

// jobRules draws what a Job of a random history has beyond its counts.
func jobRules(c interface{ IntN(int) int }, owner *models.OwnerSpec, restart models.RestartPolicy) *models.JobRules {
	rules := &models.JobRules{BackoffLimitPerIndex: models.Unset, MaxFailedIndexes: models.Unset}
	if c.IntN(3) == 0 {
		return nil
	}
	rules.Indexed = owner.Completions > 0 && c.IntN(2) == 0
	rules.ReplaceFailed = c.IntN(2) == 0
	if rules.Indexed && restart == models.RestartNever && c.IntN(2) == 0 {
		rules.BackoffLimitPerIndex, owner.BackoffLimit = int32(c.IntN(2)), 100
	}
	if restart == models.RestartNever && c.IntN(3) == 0 {
		rules.HasFailurePolicy, rules.ReplaceFailed = true, true
		rules.FailureRules = []models.FailureRule{{Action: models.FailureAction(c.IntN(2) * 3), Codes: []int32{1}}}
	}
	return rules
}
