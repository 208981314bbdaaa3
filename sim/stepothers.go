package sim

import (
	"errors"

	"github.com/podsim/podsim/models"
)

// OtherKind is the kind of an object that is neither a pod nor an owner.
type OtherKind uint8

// The other kinds that steps change.
const (
	NoOther OtherKind = iota
	BudgetObject
	ServiceObject
	ClaimObject
)

// otherNames are how kubectl calls them, like kubectlNames, and their kinds.
var otherNames = map[OtherKind]struct{ resource, singular, kind string }{
	BudgetObject:  {"poddisruptionbudgets.policy", "poddisruptionbudget.policy", "PodDisruptionBudget"},
	ServiceObject: {"services", "service", "Service"},
	ClaimObject:   {"persistentvolumeclaims", "persistentvolumeclaim", "PersistentVolumeClaim"},
}

// otherChange changes the objects of one kind as steps ask for.
type otherChange interface {
	// find looks for the object of a step. What follows is about the one that it found.
	find(step *Step) bool
	// differs reports whether it is another one than the step asks for.
	differs(step *Step) bool
	// admit is what an API server says to a new object, or to a change of one that was
	// found, and what follows from that. It is asked in runs in which anything may be
	// refused.
	admit(step *Step, found bool) ([]models.Op, models.Refusal)
	// put makes the object, or changes the one that was found.
	put(step *Step, found bool)
	remove(step *Step)
}

func (s *Simulation) otherChange(kind OtherKind) otherChange {
	switch kind {
	case ServiceObject:
		return &servicesChange{Simulation: s}
	case ClaimObject:
		return &claimsChange{Simulation: s}
	default:
		return &budgetsChange{Simulation: s}
	}
}

// changeOther does a step with one of these objects.
func (s *Simulation) changeOther(step *Step) (string, error) {
	change := s.otherChange(step.Object.Other)
	found := change.find(step)
	switch {
	case !found && step.Kind != StepApply:
		return "", s.notFound(&step.Object)
	case !found && step.Invalid != "":
		return "", errors.New(step.Invalid)
	case found && step.Refused != "":
		return "", errors.New(step.Refused)
	case step.Kind == StepDelete:
		change.remove(step)
		return s.saysDeleted(step), nil
	case found && !change.differs(step) && step.Kind == StepUpdate:
		return s.says(step, step.Done+" (no change)"), nil
	case found && !change.differs(step):
		return s.says(step, "unchanged"), nil
	}
	if s.admission != nil {
		ops, refusal := change.admit(step, found)
		if refusal.Form != models.NotRefused {
			return "", refused(refusal, step.Object.resource(), otherNames[step.Object.Other].kind, s.nameOf(&step.Object))
		}
		s.doAll(ops)
	}
	change.put(step, found)
	if !found {
		return s.says(step, "created"), nil
	}
	return s.says(step, step.Done), nil
}
