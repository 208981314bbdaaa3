package plan

import (
	"github.com/podsim/podsim/bench/judge"
	"github.com/podsim/podsim/scenarios"
)

// Validate refuses, before anything is simulated, objectives that say nothing of the
// runs of a plan, such as those with misspelt measures. The error is nil or
// yamlnode.Problems.
func Validate(p *scenarios.Plan) error {
	least := make([]int, len(p.Candidates))
	for i := range p.Candidates {
		least[i] = p.Candidates[i].Min
	}
	run, err := p.Load(least, 0, p.FirstSeed)
	if err != nil {
		return err
	}
	return judge.Verify(run, p.Objectives)
}
