package sim

import (
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/control"
)

// noProvisioner is the provisioner of classes whose volumes are made by hand.
const noProvisioner = "kubernetes.io/no-provisioner"

// provide does at once what the controllers of volumes do in a running
// cluster: volumes without a claim become available, and claims that do not wait for a pod
// get a volume of their own, which every node reaches. A claim without a class, or
// of one that the input does not have, is taken to be of a class that does so.
func provide(objects models.Definitions, d *models.Dictionary) models.Definitions {
	objects.Volumes = slices.Clone(objects.Volumes)
	for i, volume := range objects.Volumes {
		if !volume.Claim.Given && !volume.Available && !volume.Deleting {
			made := *volume
			made.Available = true
			objects.Volumes[i] = &made
		}
	}
	objects.Budgets = nil // they come when there are nodes
	objects.Claims = slices.Clone(objects.Claims)
	for i, claim := range objects.Claims {
		if claim.Bound() || claim.Lost || claim.Deleting || delayed(objects.Classes, claim.Class, d) {
			continue
		}
		bound, volume := provided(*claim, d)
		objects.Claims[i], objects.Volumes = bound, append(objects.Volumes, volume)
	}
	return objects
}

// delayed reports whether claims of a class wait for a pod or for a volume that is
// made by hand.
func delayed(classes []*models.StorageClassSpec, class models.Sym, d *models.Dictionary) bool {
	for _, c := range classes {
		if c.Name == class {
			return c.WaitForConsumer || d.String(c.Provisioner) == noProvisioner
		}
	}
	return false
}

// provided binds a claim to a new volume.
func provided(claim models.ClaimSpec, d *models.Dictionary) (*models.ClaimSpec, *models.VolumeSpec) {
	claim.Volume = d.Sym("pvc-" + d.String(claim.Namespace) + "-" + d.String(claim.Name))
	claim.Completed = true
	return &claim, &models.VolumeSpec{
		Name: claim.Volume, Class: claim.Class, Capacity: claim.Request, Modes: claim.Modes, Block: claim.Block,
		Claim: models.ClaimRef{Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID, Given: true}, Reclaim: "Delete",
	}
}

// provideFor makes the claims that a new pod uses and nobody has made: those of its
// ephemeral volumes, and those that are missing in the input.
func (s *Simulation) provideFor(pod cluster.Pod) {
	spec, d := pod.Spec(), s.view.Dictionary()
	for i := range spec.Volumes {
		v := &spec.Volumes[i]
		if !v.ClaimsVolume() {
			continue
		}
		claim := models.ClaimSpec{Namespace: spec.Namespace, Name: v.Claim}
		if v.Kind == models.EphemeralVolume {
			claim.Pod = d.Sym(pod.Name())
			claim.Name = d.Sym(pod.Name() + "-" + d.String(v.Claim))
		}
		if _, found := s.view.FindClaim(claim.Namespace, claim.Name); found {
			continue
		}
		claim, templated := s.fromTemplate(pod, claim)
		if s.awaited[claimName{claim.Namespace, claim.Name}] && !templated {
			continue
		}
		if claim.Class != 0 && delayed(s.config.Objects.Classes, claim.Class, d) {
			s.cluster.DefineClaim(&claim)
			continue
		}
		bound, volume := provided(claim, d)
		s.cluster.DefineVolume(volume)
		s.cluster.DefineClaim(bound)
	}
}

// fromTemplate completes a claim that the StatefulSet of a pod makes for it.
// Source: pkg/controller/statefulset/stateful_pod_control.go
// (createMissingPersistentVolumeClaims).
func (s *Simulation) fromTemplate(pod cluster.Pod, claim models.ClaimSpec) (out models.ClaimSpec, templated bool) {
	if pod.Owner() == models.None {
		return claim, false
	}
	o := s.view.Owner(pod.Owner())
	number, _ := control.NumberOf(pod)
	for i := range o.Spec().ClaimTemplates {
		if made := control.ClaimOf(o, &o.Spec().ClaimTemplates[i], number); made.Name == claim.Name {
			made.Labels = withSelected(made.Labels, o.Spec().Selector)
			return made, true
		}
	}
	return claim, false
}

// withSelected adds the labels that a selector asks for to those of a claim.
// Source: pkg/controller/statefulset/stateful_set_utils.go (getPersistentVolumeClaims).
func withSelected(labels models.Labels, selector models.Selector) models.Labels {
	for i := range selector {
		if r := &selector[i]; r.Op == models.In && len(r.Values) == 1 {
			labels = labels.With(r.Key, r.Values[0])
		}
	}
	return labels
}

// claimsLeft deletes the claims of a pod that a StatefulSet has scaled away, if they
// are to go with it.
func (s *Simulation) claimsLeft(pod cluster.Pod) {
	o := s.view.Owner(pod.Owner())
	spec := o.Spec()
	if !spec.DeleteClaimsWhenScaled || o.Deleted() {
		return
	}
	number, ok := control.NumberOf(pod)
	if !ok || number >= spec.FirstOrdinal && number-spec.FirstOrdinal < o.Replicas() {
		return
	}
	for _, op := range control.RemoveClaims(s.view, o, number, nil) {
		s.do(op)
	}
}
