package place

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler"
)

// nominated fills in where preemption can make room, and who would go.
func (p *Placer) nominated(out *Placement, a *scheduler.Attempt) {
	v := p.cluster.View()
	if p.options.Detail == Scores && len(a.Candidates) > 0 {
		out.Candidates = make(map[string][]string, len(a.Candidates))
	}
	for _, c := range a.Candidates {
		node := v.Node(c.Node).Name()
		if out.Candidates != nil {
			out.Candidates[node] = podNames(v, c.Victims)
		}
		if c.Best {
			out.NominatedBest = append(out.NominatedBest, node)
		}
	}
	slices.Sort(out.NominatedBest)
	node := a.Nominate.Node
	if a.Nominate.Kind == models.OpNone || node == models.None {
		node = v.Pod(a.Pod).Nominated()
	}
	if len(a.Candidates) > 0 && node != models.None {
		out.Nominated, out.Victims = v.Node(node).Name(), podNames(v, a.Victims)
	}
}

// evict nominates the pod and takes the victims away.
func (p *Placer) evict(a *scheduler.Attempt) error {
	var ops []models.Op
	if a.Nominate.Kind != models.OpNone {
		ops = append(ops, a.Nominate)
	}
	for _, victim := range a.Victims {
		if !p.cluster.View().Pod(victim).Deleting() {
			ops = append(ops, models.Op{Kind: models.OpDeletePod, Pod: victim})
		}
		ops = append(ops, models.Op{Kind: models.OpRemovePod, Pod: victim})
	}
	for i := range ops {
		if err := p.cluster.Apply(p.now, &ops[i]); err != nil {
			return err
		}
	}
	return nil
}
