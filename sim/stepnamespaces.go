package sim

import "errors"

// changeNamespace does a step with a namespace.
func (s *Simulation) changeNamespace(step *Step) (string, error) {
	return "", errors.New("podsim: namespaces stay as they are")
}
