package cluster

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/podsim/podsim/models"
)

// setCondition changes a condition of the status of an owner.
func (c *Cluster) setCondition(now models.Time, op *models.Op, row *ownerRow) (err error) {
	row.conditions, err = c.withCondition(now, op, row.conditions, fmt.Sprintf("owner %d", op.Owner))
	return err
}

// setPodCondition changes a condition of the status of a pod that its kubelet leaves to
// others: a readiness gate, say, or DisruptionTarget.
func (c *Cluster) setPodCondition(now models.Time, op *models.Op) error {
	list, err := c.withCondition(now, op, c.conditions[op.Pod], fmt.Sprintf("pod %d", op.Pod))
	if err != nil {
		return err
	}
	if c.conditions[op.Pod] = list; len(list) == 0 {
		delete(c.conditions, op.Pod)
	}
	return nil
}

// withCondition returns conditions of an object with a change of one. One that is there
// already keeps its place and, if its status stays the same, its transition time.
func (c *Cluster) withCondition(now models.Time, op *models.Op, list []Condition, whose string) ([]Condition, error) {
	at := slices.IndexFunc(list, func(c Condition) bool { return c.Type == op.Name })
	switch {
	case op.Name == 0:
		return list, fmt.Errorf("a condition of %s needs a type", whose)
	case op.Arg < models.None || op.Arg > int64(models.ConditionTrue):
		return list, fmt.Errorf("condition status %d does not exist", op.Arg)
	case op.Arg == models.None && at < 0:
		return list, fmt.Errorf("%s does not have condition %s", whose, c.dictionary.String(op.Name))
	case op.Arg == models.None:
		return slices.Delete(list, at, at+1), nil
	}
	is := Condition{Type: op.Name, Status: models.ConditionStatus(op.Arg), Reason: op.Reason, Message: op.Message, Changed: now}
	if at < 0 {
		return append(list, is), nil
	}
	if was := &list[at]; was.Status == is.Status {
		is.Changed = was.Changed
	}
	list[at] = is
	return list, nil
}

// Conditions returns the conditions of the pod that its kubelet leaves to others, in the
// order in which they came.
func (p Pod) Conditions() []Condition {
	if len(p.c.conditions) == 0 {
		return nil
	}
	return p.c.conditions[p.id]
}

// Condition returns one of these conditions, if the pod has it.
func (p Pod) Condition(kind models.Sym) (c Condition, ok bool) {
	for _, c := range p.Conditions() {
		if c.Type == kind {
			return c, true
		}
	}
	return Condition{}, false
}

// GatesOpen reports whether the conditions that the readiness gates of the pod name are
// all True.
// Source: pkg/kubelet/status/generate.go (GeneratePodReadyCondition).
func (p Pod) GatesOpen() bool {
	return !slices.ContainsFunc(p.Spec().ReadinessGates, func(gate models.Sym) bool {
		is, ok := p.Condition(gate)
		return !ok || is.Status != models.ConditionTrue
	})
}

// forgetConditions drops the conditions of a pod that is gone.
func (c *Cluster) forgetConditions(pod models.PodID) {
	if len(c.conditions) > 0 {
		delete(c.conditions, pod)
	}
}

// condition takes a condition of an object.
func (s *snapshot) condition(c *Condition) {
	number(s, &c.Type)
	number(s, &c.Status)
	number(s, &c.Reason)
	number(s, &c.Message)
	number(s, &c.Changed)
}

// podConditions takes the conditions of pods, by pod.
func (s *snapshot) podConditions(c *Cluster) {
	table(s, c.conditions, func(conditions *[]Condition) { list(s, conditions, s.condition) })
}

// checkConditions makes sure that conditions are of pods that are there.
func (s *snapshot) checkConditions(c *Cluster) {
	known := func(sym models.Sym) bool { return sym >= 0 && int(sym) < c.dictionary.Len() }
	for _, pod := range slices.Sorted(maps.Keys(c.conditions)) {
		if !c.pods.has(int32(pod)) || c.pods.at(int32(pod)).is(podRemoved) {
			s.fail(fmt.Errorf("the snapshot holds conditions of pod %d", pod))
		}
		for _, is := range c.conditions[pod] {
			if !known(is.Type) || !known(is.Reason) || !known(is.Message) || is.Status > models.ConditionTrue {
				s.fail(errors.New("the snapshot holds a condition that cannot be"))
			}
		}
	}
}
