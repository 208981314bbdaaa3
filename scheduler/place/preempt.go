package place

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler"
)

// preempt carries out a nomination: the victims go at once. It reports whether
// the pod is to be tried again.
func (p *Placer) preempt(out *Placement, a *scheduler.Attempt) bool {
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
	nominated := a.Nominate.Node
	if a.Nominate.Kind == models.OpNone || nominated == models.None {
		nominated = v.Pod(a.Pod).Nominated()
	}
	if len(a.Candidates) == 0 || nominated == models.None {
		return false
	}
	out.Nominated, out.Victims = v.Node(nominated).Name(), podNames(v, a.Victims)
	if err := p.evict(a); err != nil {
		out.Error = err.Error()
		return false
	}
	return true
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
