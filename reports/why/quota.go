package why

import (
	"fmt"
	"math"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scheduler/place"
	"github.com/podsim/podsim/sim/admission"
)

// refused asks admission whether one more pod of a template would be let in at the moment;
// empty if it would.
func (a *asking) refused(template models.SpecID) string {
	c := a.Cluster.Clone()
	_, _, refusal := admission.New(c.View(), c.DefinePod).Pod(template, nil)
	if refusal.Form == models.NamespaceMissing {
		return "namespace " + refusal.Why + " is not there"
	}
	return refusal.Why
}

// admits carries out the admission of some pods, one after the other, and reports whether
// all were let in. last is what quotas wrote down at last.
func admits(c *cluster.Cluster, template models.SpecID, pods int32) (last []models.Op, all bool, err error) {
	door := admission.New(c.View(), c.DefinePod)
	for range pods {
		_, ops, refusal := door.Pod(template, nil)
		if refusal.Form != models.NotRefused {
			return nil, false, nil
		}
		if err := apply(c, ops); err != nil {
			return nil, false, err
		}
		last = ops
	}
	return last, true, nil
}

func apply(c *cluster.Cluster, ops []models.Op) error {
	for i := range ops {
		if err := c.Apply(c.Now(), &ops[i]); err != nil {
			return fmt.Errorf("what would be cannot be tried: %w", err)
		}
	}
	return nil
}

// raises finds the smallest quotas under which some more pods are let in, if quotas alone
// keep them out, and tries them.
func (a *asking) raises(template models.SpecID, pods int32) ([]Change, error) {
	namespace := a.View.Spec(template).Namespace
	generous := a.Cluster.Clone()
	err := requota(generous, namespace, func(_ models.PolicyID, is models.Amount) models.Amount {
		is.Value = math.MaxInt64 / 4
		return is
	})
	if err != nil {
		return nil, err
	}
	needs, all, err := admits(generous, template, pods)
	if err != nil || !all {
		return nil, err
	}
	var texts []string
	trial := a.Cluster.Clone()
	d := trial.Dictionary()
	err = requota(trial, namespace, func(id models.PolicyID, is models.Amount) models.Amount {
		for _, op := range needs {
			want := models.Amount{Name: is.Name, Value: op.Arg, Milli: is.Milli, Format: is.Format}
			if op.Def == int32(id) && d.String(op.Name) == is.Name && want.Exceeds(is) {
				texts = append(texts, fmt.Sprintf("%s of ResourceQuota %s/%s from %s to %s",
					is.Name, d.String(namespace), d.String(trial.View().Policy(id).Spec().Name), is, want))
				return want
			}
		}
		return is
	})
	if err != nil || len(texts) == 0 {
		return nil, err
	}
	if _, all, err = admits(trial, template, pods); err != nil || !all {
		return nil, err
	}
	what := fmt.Sprintf("raise %s, for %s", enumerate(texts), reports.Plural(int(pods), "more pod"))
	return []Change{{place.Change{Kind: "quota", What: what}, changesSettings}}, nil
}

// requota changes what the quotas of a namespace allow.
func requota(c *cluster.Cluster, namespace models.Sym, change func(models.PolicyID, models.Amount) models.Amount) error {
	for _, id := range slices.Clone(c.View().PoliciesIn(namespace)) {
		p := c.View().Policy(id)
		if p.Spec().Kind != models.ResourceQuota || !p.Synced() {
			continue
		}
		spec := *p.Spec()
		spec.Hard = slices.Clone(spec.Hard)
		for i := range spec.Hard {
			spec.Hard[i] = change(id, spec.Hard[i])
		}
		ops := []models.Op{
			{Kind: models.OpPutPolicy, Def: int32(c.DefinePolicy(&spec)), Arg: int64(id)}, {Kind: models.OpSyncQuota, Arg: int64(id)},
		}
		if err := apply(c, ops); err != nil {
			return err
		}
	}
	return nil
}
