package sim

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// claimName names a claim.
type claimName struct{ namespace, name models.Sym }

// await notes the claims that nobody is to make for pods, but steps.
func (s *Simulation) await(namespace, name models.Sym) {
	if s.awaited == nil {
		s.awaited = make(map[claimName]bool)
	}
	s.awaited[claimName{namespace, name}] = true
}

// claimsChange changes the PersistentVolumeClaims of steps.
type claimsChange struct {
	*Simulation
	claim cluster.Claim
}

func (c *claimsChange) find(step *Step) (found bool) {
	c.claim, found = c.view.FindClaim(step.Object.Namespace, step.Object.Name)
	return found
}

func (c *claimsChange) differs(*Step) bool { return false } // none changes once it is made

func (c *claimsChange) admit(step *Step, _ bool) ([]models.Op, models.Refusal) {
	return c.admission.Claim(step.Claim, c.ops[:0])
}

// put makes a claim, and a volume for it unless it waits for a pod: see provide.
func (c *claimsChange) put(step *Step, _ bool) {
	claim := step.Claim
	if !delayed(c.config.Objects.Classes, claim.Class, c.view.Dictionary()) {
		bound, volume := provided(*claim, c.view.Dictionary())
		if _, taken := c.view.FindVolume(volume.Name); taken { // by that of an earlier claim of this name
			volume.Name = c.view.Dictionary().Sym(fmt.Sprintf("%s-%d", c.view.Dictionary().String(volume.Name), c.view.Volumes()))
			bound.Volume = volume.Name
		}
		c.cluster.DefineVolume(volume)
		claim = bound
	}
	c.do(models.Op{Kind: models.OpAddClaim, Def: int32(c.cluster.DefineClaim(claim))})
	c.scheduler.Notify(c.agenda.Now(), &framework.Event{Kind: framework.ClaimAdd, Node: models.None, Claim: claim}, c.view)
	c.wakeScheduler()
}

// remove marks a claim for deletion. It goes when no pod on a node uses it.
func (c *claimsChange) remove(*Step) {
	spec := c.claim.Spec()
	c.await(spec.Namespace, spec.Name)
	if c.claim.Deleting() {
		return
	}
	c.do(models.Op{Kind: models.OpEndClaim, Def: int32(c.claim.ID())})
	c.protected++
	c.agenda.After(c.config.Latencies.Controller, evClaim, 0, int32(c.claim.ID()), 0)
}

// releaseClaim lets a claim that is marked for deletion go, unless a pod on a node still
// uses it, be it one that has ended.
// Source: pkg/controller/volume/pvcprotection/pvc_protection_controller.go (podUsesPVCForDeletion).
func (s *Simulation) releaseClaim(id models.ClaimID) {
	claim := s.view.Claim(id)
	if claim.Removed() {
		return
	}
	for pod := range s.view.Live() {
		if pod.Node() != models.None && !pod.Removed() && s.usesClaim(pod, claim) {
			return
		}
	}
	s.protected--
	s.do(models.Op{Kind: models.OpRemoveClaim, Def: int32(id)})
}

// claimsReleased looks again at the claims that a pod used which has gone.
func (s *Simulation) claimsReleased(pod cluster.Pod) {
	for i := range pod.Spec().Volumes {
		v := &pod.Spec().Volumes[i]
		if !v.ClaimsVolume() {
			continue
		}
		if claim, found := s.view.FindClaim(pod.Spec().Namespace, s.claimOf(pod, v)); found && claim.Deleting() {
			s.agenda.After(s.config.Latencies.Controller, evClaim, 0, int32(claim.ID()), 0)
		}
	}
}

func (s *Simulation) usesClaim(pod cluster.Pod, claim cluster.Claim) bool {
	spec := pod.Spec()
	return spec.Namespace == claim.Spec().Namespace && slices.ContainsFunc(spec.Volumes, func(v models.Volume) bool {
		return v.ClaimsVolume() && s.claimOf(pod, &v) == claim.Spec().Name
	})
}

// claimOf is the name of the claim of a volume of a pod.
func (s *Simulation) claimOf(pod cluster.Pod, v *models.Volume) models.Sym {
	if v.Kind != models.EphemeralVolume {
		return v.Claim
	}
	d := s.view.Dictionary()
	return d.Sym(pod.Name() + "-" + d.String(v.Claim))
}
