package generate

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Target is an object that expose or autoscale is about: named, or read from a manifest.
type Target struct {
	APIVersion, Kind string
	Name, Namespace  string
	text             []byte // of its manifest; nil if there is none
}

// targets are the kinds that can be meant, by the names that kubectl knows.
var targets = []struct {
	apiVersion, kind string
	names            []string
}{
	{"apps/v1", "Deployment", []string{"deployment", "deployments", "deploy", "deployment.apps", "deployments.apps"}},
	{"apps/v1", "ReplicaSet", []string{"replicaset", "replicasets", "rs", "replicaset.apps", "replicasets.apps"}},
	{"apps/v1", "StatefulSet", []string{"statefulset", "statefulsets", "sts", "statefulset.apps", "statefulsets.apps"}},
	{"apps/v1", "DaemonSet", []string{"daemonset", "daemonsets", "ds", "daemonset.apps", "daemonsets.apps"}},
	{"batch/v1", "Job", []string{"job", "jobs", "job.batch", "jobs.batch"}},
	{"v1", "ReplicationController", []string{"replicationcontroller", "replicationcontrollers", "rc"}},
	{"v1", "Service", []string{"service", "services", "svc"}},
	{"v1", "Pod", []string{"pod", "pods", "po"}},
}

// ParseTarget reads TYPE NAME or TYPE/NAME.
func ParseTarget(args []string) (Target, error) {
	kind, name := "", ""
	switch {
	case len(args) == 1 && strings.Contains(args[0], "/"):
		kind, name, _ = strings.Cut(args[0], "/")
	case len(args) == 2:
		kind, name = args[0], args[1]
	}
	if kind == "" || name == "" {
		return Target{}, errors.New("you must provide one or more resources by argument or filename: TYPE NAME, TYPE/NAME or -f FILE")
	}
	for _, t := range targets {
		for _, is := range t.names {
			if is == strings.ToLower(kind) {
				return Target{APIVersion: t.apiVersion, Kind: t.kind, Name: name}, nil
			}
		}
	}
	return Target{}, fmt.Errorf("the server doesn't have a resource type %q", kind)
}

// ReadTarget reads the manifest of an object, as JSON.
func ReadTarget(text []byte) (Target, error) {
	var o struct {
		metav1.TypeMeta
		metav1.ObjectMeta `json:"metadata"`
	}
	if err := json.Unmarshal(text, &o); err != nil {
		return Target{}, fmt.Errorf("reading an object: %w", err)
	}
	return Target{o.APIVersion, o.Kind, o.Name, o.Namespace, text}, nil
}

// Is reports whether both are the same object.
func (t *Target) Is(named Target) bool {
	return t.Kind == named.Kind && t.Name == named.Name
}

// exposedManifest is what a Service is made from. Selectors have another form by kind.
type exposedManifest struct {
	Metadata struct {
		Labels map[string]string `json:"labels"`
	} `json:"metadata"`
	Spec struct {
		Selector   json.RawMessage      `json:"selector"`
		Containers []corev1.Container   `json:"containers"`
		Ports      []corev1.ServicePort `json:"ports"`
		Template   struct {
			Metadata struct {
				Labels map[string]string `json:"labels"`
			} `json:"metadata"`
			Spec struct {
				Containers []corev1.Container `json:"containers"`
			} `json:"spec"`
		} `json:"template"`
	} `json:"spec"`
}

// exposedPort is a port of an object that is exposed.
type exposedPort struct {
	number   int32
	protocol corev1.Protocol
}

// exposed returns the selector, the ports and the labels that a Service takes over.
// Source: k8s.io/kubectl/pkg/polymorphichelpers (mapBasedSelectorForObject,
// portsForObject, multiProtocolsForObject).
func (t *Target) exposed() (selector map[string]string, ports []exposedPort, labels map[string]string, err error) {
	if t.text == nil {
		return nil, nil, nil, nil
	}
	var m exposedManifest
	if err := json.Unmarshal(t.text, &m); err != nil {
		return nil, nil, nil, fmt.Errorf("reading %s %s: %w", t.Kind, t.Name, err)
	}
	containers := m.Spec.Template.Spec.Containers
	switch t.Kind {
	case "Pod":
		if selector, containers = m.Metadata.Labels, m.Spec.Containers; len(selector) == 0 {
			err = errors.New("the pod has no labels and cannot be exposed")
		}
	case "Service", "ReplicationController":
		if len(m.Spec.Selector) > 0 {
			err = json.Unmarshal(m.Spec.Selector, &selector)
		}
		if len(selector) == 0 {
			selector = m.Spec.Template.Metadata.Labels
		}
	default:
		var s metav1.LabelSelector
		if len(m.Spec.Selector) > 0 {
			err = json.Unmarshal(m.Spec.Selector, &s)
		}
		if selector = s.MatchLabels; len(s.MatchExpressions) > 0 {
			err = fmt.Errorf("couldn't convert expressions - \"%+v\" to map-based selector format", s.MatchExpressions)
		}
	}
	if err != nil {
		return nil, nil, nil, fmt.Errorf("couldn't retrieve selectors via --selector flag or introspection: %w", err)
	}
	for i := range m.Spec.Ports {
		ports = append(ports, exposedPort{m.Spec.Ports[i].Port, m.Spec.Ports[i].Protocol})
	}
	for i := range containers {
		for k := range containers[i].Ports {
			ports = append(ports, exposedPort{containers[i].Ports[k].ContainerPort, containers[i].Ports[k].Protocol})
		}
	}
	return selector, ports, m.Metadata.Labels, nil
}
