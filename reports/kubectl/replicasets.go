package kubectl

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func replicaCells(m *Moment, o cluster.Owner) []string {
	n := o.Counts()
	return []string{o.Name(), count(o.Replicas()), count(n.Active), count(n.Ready), m.age(o.Created())}
}

var replicaColumns = []string{"NAME", "DESIRED", "CURRENT", "READY", "AGE"}

func replicaSets() *kind {
	return ownerKind(kind{
		name: "replicaset", plural: "replicasets", short: []string{"rs"}, group: "apps", columns: replicaColumns, aging: []string{"AGE"},
	}, models.ReplicaSet, replicaCells, describeReplicaSet)
}

func replicationControllers() *kind {
	return ownerKind(kind{
		name: "replicationcontroller", plural: "replicationcontrollers", short: []string{"rc"}, columns: replicaColumns, aging: []string{"AGE"},
	}, models.ReplicationController, replicaCells, describeReplicaSet)
}
