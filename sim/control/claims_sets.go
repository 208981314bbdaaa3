package control

import (
	"reflect"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// A Deployment owns the ReplicaSets that its selector matches. The labels of the
// ReplicaSet itself count.
// Source: pkg/controller/deployment/deployment_controller.go (getReplicaSetsForDeployment).

func mayClaimSet(o, set cluster.Owner) bool {
	return !o.Deleted() && !set.Deleted() && set.Terminating() == models.Background && o.Spec().Namespace == set.Spec().Namespace && selectsSet(o, set)
}

func selectsSet(o, set cluster.Owner) bool {
	selector := o.Spec().Selector
	return len(selector) > 0 && selector.Matches(set.Spec().Labels, o.View().Dictionary())
}

// seekSets lets a new Deployment look for ReplicaSets of nobody.
func (c *Controllers) seekSets(o cluster.Owner) {
	v := o.View()
	if o.Generation() == 1 {
		c.claims.deployments = append(c.claims.deployments, o.ID())
	}
	c.claims.loose = slices.DeleteFunc(c.claims.loose, func(id models.OwnerID) bool {
		return v.Owner(id).Deleted() || v.Owner(id).Parent() != models.None
	})
	for _, id := range c.claims.loose {
		if mayClaimSet(o, v.Owner(id)) {
			c.claims.sets[o.ID()] = append(c.claims.sets[o.ID()], id)
		}
	}
}

// offerSet returns the Deployments that have to look at a ReplicaSet whose labels or
// owner are news.
// Source: pkg/controller/deployment/deployment_controller.go (addReplicaSet,
// updateReplicaSet).
func (c *Controllers) offerSet(set cluster.Owner) (wanting []models.OwnerID) {
	v := set.View()
	if parent := set.Parent(); parent != models.None {
		if o := v.Owner(parent); o.Kind() == models.Deployment && !o.Deleted() && len(o.Spec().Selector) > 0 && !selectsSet(o, set) {
			wanting = append(wanting, parent)
		}
	} else {
		c.claims.loose = append(c.claims.loose, set.ID())
		for _, id := range c.claims.deployments {
			if mayClaimSet(v.Owner(id), set) {
				wanting = append(wanting, id)
			}
		}
	}
	for _, o := range wanting {
		c.claims.sets[o] = append(c.claims.sets[o], set.ID())
	}
	return wanting
}

// claimSet adopts or releases a ReplicaSet.
func claimSet(o, set cluster.Owner, ops []models.Op) []models.Op {
	switch {
	case set.Deleted():
	case set.Parent() == o.ID():
		if !selectsSet(o, set) {
			ops = append(ops, models.Op{Kind: models.OpOrphanOwner, Owner: set.ID()})
		}
	case set.Parent() == models.None && mayClaimSet(o, set):
		ops = append(ops, models.Op{Kind: models.OpAdoptOwner, Owner: set.ID(), Parent: o.ID()})
	}
	return ops
}

// adopted notes whether a ReplicaSet has the template of the Deployment that has adopted
// it.
func (d *deployment) adopted(set cluster.Owner) {
	v := set.View()
	is, wanted := set.Spec().Template, v.Owner(set.Parent()).Spec().Template
	if is != wanted && sameTemplate(v.Spec(is), v.Spec(wanted), v.Dictionary()) {
		d.alike[set.ID()] = wanted
	}
}

// templateOf returns the template of a ReplicaSet, as its Deployment knows it.
func (d *deployment) templateOf(set cluster.Owner) models.SpecID {
	if template, ok := d.alike[set.ID()]; ok {
		return template
	}
	return set.Spec().Template
}

// sameTemplate compares what two templates say: but for the hash, which one that a user
// has written lacks, and for what podsim has numbered.
// Source: pkg/controller/deployment/util/deployment_util.go (EqualIgnoreHash).
func sameTemplate(a, b *models.PodSpec, d *models.Dictionary) bool {
	x, y := *a, *b
	hash := d.Sym(models.LabelPodTemplateHash)
	x.Labels, y.Labels = x.Labels.Without(hash), y.Labels.Without(hash)
	x.Behavior, x.Variant = y.Behavior, y.Variant
	return reflect.DeepEqual(x, y)
}
