package kubectl

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func deployments() *kind {
	return ownerKind(kind{
		name: "deployment", plural: "deployments", short: []string{"deploy"}, group: "apps",
		columns: []string{"NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"}, aging: []string{"AGE"},
	}, models.Deployment, deploymentCells, describeDeployment)
}

// rolledOut are the pods of a Deployment, summed up over its ReplicaSets.
// Source: pkg/controller/deployment/sync.go (calculateStatus).
type rolledOut struct{ total, updated, ready, available, wanted, terminating int32 }

func (m *Moment) rolledOut(o cluster.Owner) (s rolledOut) {
	for set := range o.Children() {
		n := set.Counts()
		s.total += n.Active
		s.ready += n.Ready
		s.available += set.Available(m.At)
		s.wanted += set.Replicas()
		s.terminating += n.Terminating
		if set.Spec().Template == o.Spec().Template {
			s.updated = n.Active
		}
	}
	return s
}

func (s *rolledOut) unavailable() int32 { return max(s.wanted-s.available, 0) }

func deploymentCells(m *Moment, o cluster.Owner) []string {
	s := m.rolledOut(o)
	return []string{o.Name(), fmt.Sprintf("%d/%d", s.ready, o.Replicas()), count(s.updated), count(s.available), m.age(o.Created())}
}
