package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// defaultSelector selects the pods that default constraints count: those that the
// Services of the pod and its owner select. It is empty if there are none.
// Source: pkg/scheduler/framework/plugins/helper/spread.go (DefaultSelector).
func defaultSelector(pod cluster.Pod) models.Selector {
	v, spec := pod.View(), pod.Spec()
	// A Service that selects the pod only asks for labels that the pod has, so
	// Services cannot contradict one another.
	var labels models.Labels
	for _, service := range v.Services() {
		if service.Namespace == spec.Namespace && spec.Labels.Contains(service.Selector) {
			for _, l := range service.Selector {
				labels = labels.With(l.Key, l.Value)
			}
		}
	}
	owner := pod.Owner()
	if owner == models.None || v.Owner(owner).Deleted() {
		return equalTo(labels)
	}
	switch controller := v.Owner(owner).Spec(); controller.Kind {
	case models.ReplicationController:
		// Its selector is a map, and outdoes what Services say of a key.
		for i := range controller.Selector {
			if r := &controller.Selector[i]; r.Op == models.In && len(r.Values) == 1 {
				labels = labels.With(r.Key, r.Values[0])
			}
		}
	case models.ReplicaSet, models.StatefulSet:
		return append(equalTo(labels), controller.Selector...)
	}
	return equalTo(labels)
}

// equalTo selects what has all of labels.
func equalTo(labels models.Labels) models.Selector {
	var out models.Selector
	for _, l := range labels {
		out = append(out, models.Requirement{Key: l.Key, Op: models.In, Values: []models.Sym{l.Value}})
	}
	return out
}
