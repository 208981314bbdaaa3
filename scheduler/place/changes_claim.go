package place

import (
	"strconv"

	"github.com/podsim/podsim/models"
)

// claims gives one claim of the pod a volume that every node reaches, and makes the claim
// if it is not there; if one is not enough, all get one. What was made stays, so that no
// other kind of change may follow.
func (s *search) claims() error {
	var open []int
	for i := range s.spec.Volumes {
		if v := &s.spec.Volumes[i]; v.Kind == models.ClaimVolume && !s.bound(v.Claim) {
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return nil
	}
	var done []string
	for n, i := range open {
		done = append(done, s.provide(s.spec.Volumes[i].Claim, n))
		node, err := s.fits(s.spec)
		if err != nil {
			return err
		}
		if node != models.None {
			s.note("claim", enumerate(done), node)
			return nil
		}
	}
	return nil
}

// bound reports whether a claim of the pod's namespace has its volume.
func (s *search) bound(name models.Sym) bool {
	claim, exists := s.cluster.View().FindClaim(s.spec.Namespace, name)
	return exists && claim.Spec().Bound()
}

// provide binds a claim to a volume of its own, and says so.
func (s *search) provide(name models.Sym, number int) string {
	what, with := "create PersistentVolumeClaim ", " with a volume that any node reaches"
	spec := models.ClaimSpec{Namespace: s.spec.Namespace, Name: name}
	if claim, exists := s.cluster.View().FindClaim(spec.Namespace, name); exists {
		spec = *claim.Spec()
		what, with = "bind PersistentVolumeClaim ", " to a volume that any node reaches"
	}
	volume := models.VolumeSpec{
		Name: s.d.Sym("one-more-" + strconv.Itoa(number) + "-" + s.d.String(name)), Class: spec.Class, Capacity: spec.Request,
		Modes: spec.Modes, Block: spec.Block, Claim: models.ClaimRef{Given: true, Namespace: spec.Namespace, Name: name, UID: spec.UID},
	}
	s.cluster.DefineVolume(&volume)
	spec.Volume, spec.Completed, spec.Lost, spec.Deleting, spec.Later = volume.Name, true, false, false, false
	s.cluster.DefineClaim(&spec)
	return what + s.d.String(spec.Namespace) + "/" + s.d.String(name) + with
}
