package sim

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/admission"
)

// changePolicy does a step with a ResourceQuota or LimitRange.
func (s *Simulation) changePolicy(step *Step) (string, error) {
	spec, d := step.Policy, s.view.Dictionary()
	singular, name := strings.ToLower(spec.Kind.String()), d.String(spec.Name)
	resource := admission.ResourceOfPolicy(spec.Kind)
	says := func(done string) (string, error) { return singular + "/" + name + " " + done, nil }
	policy, there := s.view.PolicyNamed(spec.Kind, spec.Namespace, spec.Name)
	switch {
	case step.Kind == StepDeletePolicy && there:
		s.do(models.Op{Kind: models.OpRemovePolicy, Arg: int64(policy.ID())})
		s.admission.PolicyChanged(policy.ID())
		s.planCounts(spec.Namespace)
		return fmt.Sprintf("%s %q deleted from %s namespace", singular, name, d.String(spec.Namespace)), nil
	case there && step.Refused != "":
		return "", errors.New(step.Refused)
	case there && reflect.DeepEqual(policy.Spec(), spec):
		if step.Done == "patched" {
			return says("patched (no change)")
		}
		return says("unchanged")
	case there:
		s.putPolicy(policy.ID(), spec)
		s.planCounts(spec.Namespace)
		return says(step.Done)
	case step.Kind == StepDeletePolicy, step.Done == "patched":
		return "", fmt.Errorf("Error from server (NotFound): %s %q not found", resource, name)
	case step.Invalid != "":
		return "", errors.New(step.Invalid)
	}
	ops, refusal := s.admission.Object(resource, spec.Namespace, s.ops[:0])
	if refusal.Form != models.NotRefused {
		return "", refused(refusal, resource, spec.Kind.String(), name)
	}
	s.doAll(ops)
	s.putPolicy(models.PolicyID(s.view.Policies()), spec)
	s.planCounts(spec.Namespace)
	return says("created")
}

// refused is what kubectl says when the API server refuses an object.
// Source: k8s.io/kubectl/pkg/cmd/util/helpers.go (StandardErrorMessage).
func refused(refusal models.Refusal, resource, kind, name string) error {
	text := refusal.Text(resource, kind, name)
	if refusal.Form == models.Invalid {
		return errors.New("The " + text)
	}
	return fmt.Errorf("Error from server (%s): %s", refusal.Form, text)
}
