package plan

import (
	"context"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios"
)

// guess takes what pods request at the peak where there is room for all of them, in one
// run with the largest mix, for what the answer will need. It proves nothing: it is where
// climbs begin, so that time is not spent on mixes that are far from enough.
func (e *engine) guess(ctx context.Context) error {
	p := e.plan
	most := e.record(e.most())
	peak := trial{contingency: 0, seed: 0}
	if most.verdicts[peak] == nil {
		e.foresee(most.mix, nil, nil, false)
		if _, err := e.ask(ctx, most, peak); err != nil {
			return err
		}
	}
	factor := harder(p)
	names := p.Dictionary.ResourceNames()
	for _, of := range most.verdicts[peak].Peaks {
		c := cut{need: float64(of.Requested*factor) - of.Allocatable}
		for i := range p.Candidates {
			one := 0.0
			for r, name := range names {
				if name == of.Resource {
					one = float64(p.Candidates[i].Node.Allocatable[r])
					if models.Resource(r) == models.CPU {
						one /= 1000
					}
				}
			}
			var worth []float64
			for level := range e.axes[i].levels {
				worth = append(worth, float64(one*float64(e.axes[i].count(level))))
			}
			c.worth = append(c.worth, worth)
			c.need += worth[len(worth)-1] // what is there beside the candidates is no need
		}
		if c.need > 0 && c.slack(e.most()) >= 0 {
			e.guesses = append(e.guesses, c)
		}
	}
	return nil
}

// harder is how much more the hardest contingency may ask for than the undisturbed
// scenario.
func harder(p *scenarios.Plan) float64 {
	zones, demand := 0, 1.0
	for i := range p.Contingencies {
		c := &p.Contingencies[i]
		if c.Family == scenarios.LosesZone {
			zones++
		}
		demand = max(demand, c.Demand)
	}
	if zones > 1 {
		demand = max(demand, float64(zones)/float64(zones-1))
	}
	return demand
}
