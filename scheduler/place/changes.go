package place

import (
	"cmp"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler"
)

// alternatives is how many changes of one kind are told that are as small.
const alternatives = 3

// search looks for changes that let one pod fit.
type search struct {
	*trial
	spec *models.PodSpec
	d    *models.Dictionary
	// before says what has to be done in any case.
	before   string
	rejected []rejection
	found    []Change
}

// rejection is a node that does not fit, and who says so first.
type rejection struct {
	node   models.NodeID
	plugin string
}

// changes looks for the smallest change of every kind that lets the pod fit.
func (t *trial) changes(spec *models.PodSpec) ([]Change, error) {
	s := search{trial: t, spec: spec, d: t.cluster.Dictionary()}
	attempt, err := s.hurdles()
	if err != nil || attempt.Skipped != "" || attempt.Verdict == scheduler.Claimed {
		return s.found, err
	}
	s.reject(&attempt)
	for _, kind := range []func() error{
		s.conditions, s.tolerations, s.cordons, s.selectors, s.labels, s.spreads, s.affinities, s.ports, s.volumes,
		s.resources, s.victims, s.moreNodes, s.claims, // these leave traces, so they are last
	} {
		if err := kind(); err != nil {
			return nil, err
		}
	}
	return s.found, nil
}

// hurdles clears away what keeps the scheduler from trying the pod at all, and
// returns the first true attempt.
func (s *search) hurdles() (scheduler.Attempt, error) {
	attempt, err := s.try(s.spec)
	if err != nil || attempt.Skipped == "" {
		return attempt, err
	}
	spec := *s.spec
	kind, what := "gate", "remove its scheduling gates"
	spec.SchedulingGates = nil
	if attempt, err = s.try(&spec); err == nil && attempt.Skipped != "" {
		spec.SchedulerName = s.d.Sym("default-scheduler")
		what = "set its schedulerName to default-scheduler"
		if len(s.spec.SchedulingGates) > 0 {
			what += " and remove its scheduling gates"
		}
		kind = "schedulerName"
		attempt, err = s.try(&spec)
	}
	if err != nil || attempt.Skipped != "" {
		return attempt, err
	}
	if attempt.Verdict == scheduler.Claimed {
		s.note(kind, what, attempt.Claim.Node)
	}
	s.spec, s.before = &spec, what+", and "
	return attempt, nil
}

// reject notes who rejected which node. If a plugin rejected all at once, without
// a look at them, it has no name here.
func (s *search) reject(a *scheduler.Attempt) {
	v := s.cluster.View()
	if a.Diagnosis != nil {
		for _, r := range a.Diagnosis.Rejected {
			plugin := s.scheduler.Plugins(nil, s.spec.SchedulerName, 1<<r.Plugin)
			s.rejected = append(s.rejected, rejection{r.Node, plugin[0]})
		}
	}
	if len(s.rejected) == 0 {
		for id := range models.NodeID(v.Nodes()) {
			s.rejected = append(s.rejected, rejection{id, ""})
		}
	}
}

// by lists the nodes that a plugin rejected, and those of which nobody knows.
func (s *search) by(plugin string) []models.NodeID {
	var list []models.NodeID
	for _, r := range s.rejected {
		if r.plugin == plugin || r.plugin == "" {
			list = append(list, r.node)
		}
	}
	return list
}

func (s *search) node(id models.NodeID) cluster.Node { return s.cluster.View().Node(id) }

func (s *search) note(kind, what string, node models.NodeID) {
	s.found = append(s.found, Change{Kind: kind, What: s.before + what, Node: s.node(node).Name()})
}

// made notes a change that makes room, while the cluster stands as it would after it.
func (s *search) made(kind, what string, node models.NodeID) error {
	s.note(kind, what, node)
	taken, err := s.taken(s.spec)
	s.found[len(s.found)-1].Taken = taken
	return err
}

// with tries the pod with a changed specification, and notes the change if it fits
// then.
func (s *search) with(kind, what string, change func(*models.PodSpec)) (bool, error) {
	spec := *s.spec
	change(&spec)
	node, err := s.fits(&spec)
	if err != nil || node == models.None {
		return false, err
	}
	s.note(kind, what, node)
	return true, nil
}

// after tries the pod after some operations, takes these back, and notes the
// change if it fits then.
func (s *search) after(kind, what string, do, undo []models.Op) (bool, error) {
	if err := s.apply(do...); err != nil {
		return false, err
	}
	node, err := s.fits(s.spec)
	if err == nil && node != models.None {
		err = s.made(kind, what, node)
	}
	if err != nil {
		return false, err
	}
	return node != models.None, s.apply(undo...)
}

// each drops the items of a list one by one; if none of them is enough, all.
func (s *search) each(kind string, n int, what func(i int) string, all string, drop func(*models.PodSpec, int)) error {
	any := false
	for i := range n {
		found, err := s.with(kind, what(i), func(p *models.PodSpec) { drop(p, i) })
		if err != nil {
			return err
		}
		any = any || found
	}
	if any || n < 2 {
		return nil
	}
	_, err := s.with(kind, all, func(p *models.PodSpec) { drop(p, -1) })
	return err
}

// without returns a list without one item; without any for -1.
func without[S ~[]T, T any](list S, i int) S {
	if i < 0 {
		return nil
	}
	return slices.Delete(slices.Clone(list), i, i+1)
}

// smallest finds by halving the smallest number in [low, high] with which the pod
// fits; it does with high, and with all above a number with which it does.
func (s *search) smallest(low, high int64, change func(*models.PodSpec, int64)) (int64, error) {
	for low < high {
		middle := low + (high-low)/2
		spec := *s.spec
		change(&spec, middle)
		node, err := s.fits(&spec)
		if err != nil {
			return 0, err
		}
		if node == models.None {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return high, nil
}

// byPriority sorts pods, the least important first, then the oldest id.
func byPriority(v cluster.View, pods []models.PodID) {
	slices.SortFunc(pods, func(a, b models.PodID) int {
		return cmp.Or(cmp.Compare(v.Pod(a).Spec().Priority, v.Pod(b).Spec().Priority), cmp.Compare(a, b))
	})
}
