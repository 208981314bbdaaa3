package control

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// scalable are the kinds that have a scale, by their API group.
var scalable = []struct {
	kind            models.OwnerKind
	group, resource string
}{
	{models.Deployment, "apps", "deployments"},
	{models.StatefulSet, "apps", "statefulsets"},
	{models.ReplicaSet, "apps", "replicasets"},
	{models.ReplicationController, "", "replicationcontrollers"},
}

// findTarget finds what the autoscaler scales.
// Source: pkg/controller/podautoscaler/horizontal.go (scaleForResourceMappings),
// pkg/registry/apps/deployment/storage/storage.go (ScaleREST).
func (s *scaling) findTarget() error {
	d, r := s.v.Dictionary(), &s.rules.Target
	kind, name := d.String(r.Kind), d.String(r.Name)
	group, _, grouped := strings.Cut(d.String(r.APIVersion), "/")
	if !grouped {
		group = ""
	}
	for _, k := range scalable {
		if k.kind.String() != kind || k.group != group {
			continue
		}
		if s.state.target == models.None || !s.isTarget(s.v.Owner(s.state.target), k.kind, name) {
			s.state.target = s.lookFor(k.kind, name)
		}
		if s.state.target == models.None {
			full := k.resource + "/scale"
			if group != "" {
				full += "." + group
			}
			return fmt.Errorf("%s %q not found", full, name)
		}
		s.target = s.v.Owner(s.state.target)
		return nil
	}
	if group == "apps" && kind == models.DaemonSet.String() || group == "batch" && (kind == models.Job.String() || kind == models.CronJob.String()) {
		return fmt.Errorf("the server could not find the requested resource")
	}
	return fmt.Errorf("no matches for kind %q in group %q", kind, group)
}

func (s *scaling) isTarget(o cluster.Owner, kind models.OwnerKind, name string) bool {
	return !o.Deleted() && o.Kind() == kind && o.Spec().Namespace == s.o.Spec().Namespace && o.Name() == name
}

func (s *scaling) lookFor(kind models.OwnerKind, name string) models.OwnerID {
	for id := models.OwnerID(s.v.Owners()) - 1; id >= 0; id-- {
		if s.isTarget(s.v.Owner(id), kind, name) {
			return id
		}
	}
	return models.None
}

// statusReplicas are the pods of the target as its status has them.
func (s *scaling) statusReplicas() int32 {
	if s.target.Kind() == models.Deployment {
		return s.statuses.of(s.target.ID()).Replicas
	}
	return s.target.Counts().Active
}
