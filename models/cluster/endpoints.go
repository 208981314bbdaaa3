package cluster

import "github.com/podsim/podsim/models"

// Endpoint is a pod behind a Service, as its EndpointSlice tells of it.
type Endpoint struct {
	Pod Pod
	// Ready endpoints get traffic. Serving ones would, and do where no other is ready,
	// also while they are Terminating.
	Ready, Serving, Terminating bool
}

// Endpoints lists the endpoints of a Service, by pod: the pods of its namespace that it
// selects, that have had a sandbox and have not ended. Nothing is kept of them: it is found
// out when it is asked for.
// Source: k8s.io/endpointslice/utils.go (podToEndpoint, ShouldPodBeInEndpoints).
func (v View) Endpoints(s *models.ServiceSpec) (list []Endpoint) {
	if len(s.Selector) == 0 {
		return nil
	}
	for pod := range v.Live() {
		spec := pod.Spec()
		if spec.Namespace != s.Namespace || pod.Phase().Terminal() || pod.Starts() == 0 && len(pod.Lacks()) == 0 || !spec.Labels.Contains(s.Selector) {
			continue
		}
		e := Endpoint{Pod: pod, Serving: pod.Ready(), Terminating: pod.Deleting()}
		e.Ready = s.PublishNotReady || e.Serving && !e.Terminating
		list = append(list, e)
	}
	return list
}

// EndpointCounts are the endpoints of a Service by what they are good for.
type EndpointCounts struct{ Ready, Serving, Terminating, NotReady int }

// CountEndpoints counts the endpoints of a Service.
func (v View) CountEndpoints(s *models.ServiceSpec) (n EndpointCounts) {
	for _, e := range v.Endpoints(s) {
		if e.Ready {
			n.Ready++
		} else {
			n.NotReady++
		}
		if e.Serving {
			n.Serving++
		}
		if e.Terminating {
			n.Terminating++
		}
	}
	return n
}
