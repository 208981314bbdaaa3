package place

import (
	"fmt"
	"strconv"

	"github.com/podsim/podsim/models"
)

// selectors drops one label of the node selector, or all, or the required node
// affinity, or both.
func (s *search) selectors() error {
	if len(s.by("NodeAffinity")) == 0 {
		return nil
	}
	before := len(s.found)
	err := s.each("nodeSelector", len(s.spec.NodeSelector), func(i int) string {
		return "drop " + s.label(s.spec.NodeSelector[i]) + " from its nodeSelector"
	}, "drop its nodeSelector", func(p *models.PodSpec, i int) { p.NodeSelector = without(p.NodeSelector, i) })
	if err != nil || !s.spec.HasRequiredTerms {
		return err
	}
	drop := func(p *models.PodSpec) { p.HasRequiredTerms, p.RequiredTerms = false, nil }
	found, err := s.with("nodeAffinity", "drop its required node affinity", drop)
	if err != nil || found || len(s.found) > before || len(s.spec.NodeSelector) == 0 {
		return err
	}
	_, err = s.with("nodeAffinity", "drop its required node affinity and its nodeSelector", func(p *models.PodSpec) {
		drop(p)
		p.NodeSelector = nil
	})
	return err
}

func (s *search) label(l models.Label) string { return s.d.String(l.Key) + "=" + s.d.String(l.Value) }

// maxSkew is the largest that a manifest can hold.
const maxSkew = 1<<31 - 1

// spreads raises the maxSkew of one hard constraint to the smallest that does, or
// drops the constraint if no skew does; if one alone is not enough, all go.
func (s *search) spreads() error {
	var hard, found int
	for i := range s.spec.Spread {
		if s.spec.Spread[i].Soft {
			continue
		}
		hard++
		helped, err := s.spread(i)
		if err != nil {
			return err
		}
		if helped {
			found++
		}
	}
	if hard < 2 || found > 0 {
		return nil
	}
	_, err := s.with("topologySpread", "drop its topology spread constraints", func(p *models.PodSpec) { p.Spread = nil })
	return err
}

func (s *search) spread(i int) (bool, error) {
	constraint := &s.spec.Spread[i]
	key := s.d.String(constraint.TopologyKey)
	raise := func(p *models.PodSpec, skew int64) {
		p.Spread = append([]models.SpreadConstraint(nil), p.Spread...)
		p.Spread[i].MaxSkew = int32(skew)
	}
	spec := *s.spec
	raise(&spec, maxSkew)
	node, err := s.fits(&spec)
	if err != nil {
		return false, err
	}
	if node == models.None {
		return s.with("topologySpread", "drop its topology spread constraint on "+key, func(p *models.PodSpec) { p.Spread = without(p.Spread, i) })
	}
	skew, err := s.smallest(int64(constraint.MaxSkew)+1, maxSkew, raise)
	if err != nil {
		return false, err
	}
	what := fmt.Sprintf("raise maxSkew of its topology spread constraint on %s from %d to %d", key, constraint.MaxSkew, skew)
	return s.with("topologySpread", what, func(p *models.PodSpec) { raise(p, skew) })
}

// affinities drops one term of inter-pod affinity or anti-affinity, or all.
func (s *search) affinities() error {
	term := func(what string, terms []models.AffinityTerm) func(int) string {
		return func(i int) string {
			key := s.d.String(terms[i].TopologyKey)
			if len(terms) == 1 {
				return "drop its required " + what + " (" + key + ")"
			}
			return fmt.Sprintf("drop term %d of its required %s (%s)", i+1, what, key)
		}
	}
	err := s.each("podAffinity", len(s.spec.Affinity), term("pod affinity", s.spec.Affinity), "drop its required pod affinity",
		func(p *models.PodSpec, i int) { p.Affinity = without(p.Affinity, i) })
	if err != nil {
		return err
	}
	return s.each("podAntiAffinity", len(s.spec.AntiAffinity), term("pod anti-affinity", s.spec.AntiAffinity),
		"drop its required pod anti-affinity", func(p *models.PodSpec, i int) { p.AntiAffinity = without(p.AntiAffinity, i) })
}

// ports drops one host port, or all.
func (s *search) ports() error {
	return s.each("hostPort", len(s.spec.HostPorts), func(i int) string {
		return "drop its hostPort " + strconv.Itoa(int(s.spec.HostPorts[i].Port))
	}, "drop its host ports", func(p *models.PodSpec, i int) { p.HostPorts = without(p.HostPorts, i) })
}

// volumes drops one volume, or all.
func (s *search) volumes() error {
	return s.each("volume", len(s.spec.Volumes), func(i int) string {
		return s.volume(&s.spec.Volumes[i])
	}, "drop its volumes", func(p *models.PodSpec, i int) { p.Volumes = without(p.Volumes, i) })
}

func (s *search) volume(v *models.Volume) string {
	switch v.Kind {
	case models.ClaimVolume:
		what := "drop the volume of PersistentVolumeClaim " + s.d.String(s.spec.Namespace) + "/" + s.d.String(v.Claim)
		if _, exists := s.cluster.View().FindClaim(s.spec.Namespace, v.Claim); !exists {
			what += ", which is not in the input"
		}
		return what
	case models.EphemeralVolume:
		return "drop its ephemeral volume " + s.d.String(v.Claim)
	}
	return "drop the volume of disk " + s.d.String(v.Disk)
}
