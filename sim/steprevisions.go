package sim

import (
	"errors"
	"fmt"

	"github.com/podsim/podsim/models/cluster"
)

// rollBackRevision is kubectl rollout undo: the template of a StatefulSet or DaemonSet
// becomes that of an earlier revision.
// Source: k8s.io/kubectl/pkg/polymorphichelpers/rollback.go (StatefulSetRollbacker,
// DaemonSetRollbacker).
func (s *Simulation) rollBackRevision(step *Step, o cluster.Owner) (string, error) {
	back, err := earlierRevision(o, step.Revision)
	if err != nil {
		return "", err
	}
	if back.Template == o.Spec().Template {
		return s.says(step, fmt.Sprintf("skipped rollback (current template already matches revision %d)", step.Revision)), nil
	}
	if step.Template == nil || back.Template != step.Template.spec {
		return "", fmt.Errorf("podsim: revision %d is not the one that the steps before tell of: the controller had not seen all of them", back.Number)
	}
	s.update(o.ID(), step.Template)
	return s.says(step, step.Done), nil
}

// earlierRevision finds a revision by its number; 0 is the second newest.
func earlierRevision(o cluster.Owner, number int64) (found cluster.Revision, err error) {
	var newest, previous cluster.Revision
	for r := range o.Revisions() {
		if r.Number == number {
			found = r
		}
		if r.Number > newest.Number {
			newest, previous = r, newest
		} else if r.Number > previous.Number {
			previous = r
		}
	}
	switch {
	case number == 0 && previous.Number == 0:
		return found, errors.New("error: no last revision to roll back to")
	case number == 0:
		return previous, nil
	case found.Number == 0:
		return found, fmt.Errorf("error: unable to find specified revision %d in history", number)
	}
	return found, nil
}
