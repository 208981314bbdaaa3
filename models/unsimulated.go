package models

import "encoding/json"

// Unsimulated is what an object says of its pods that podsim keeps only to show it: the
// environment of containers, their commands and mounts, rights, names of hosts. It is no
// part of a run: with it or without it, a run takes the same way.
type Unsimulated struct {
	// Texts are metadata and specifications of pods as the API writes them, each once.
	Texts []json.RawMessage `json:"texts"`
	Of    []UnsimulatedOf   `json:"of"`
}

// UnsimulatedOf says which pods a text is about: a pod, or those of a controller.
type UnsimulatedOf struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	// Name is empty for a workload that its input does not name.
	Name string `json:"name,omitempty"`
	// Hash tells apart the templates of one Deployment, StatefulSet or DaemonSet.
	Hash string `json:"hash,omitempty"`
	// Containers are their names and images: the pods have the same, unless they were
	// changed.
	Containers string `json:"containers"`
	// Requests and Limits are those that Text says, for the pod as a whole.
	Requests Resources `json:"requests"`
	Limits   Resources `json:"limits"`
	Text     int       `json:"text"`
}

// ContainersText lists the names and images of the containers of a pod.
func (s *PodSpec) ContainersText(d *Dictionary) string {
	var b []byte
	for i := range s.Containers {
		b = append(b, d.String(s.Containers[i].Name)...)
		b = append(b, '=')
		b = append(b, d.String(s.Containers[i].WrittenImage())...)
		b = append(b, ' ')
	}
	return string(b)
}

// TemplateHash returns the label that tells apart the templates of one controller, or "".
func (s *PodSpec) TemplateHash(d *Dictionary) string {
	for _, l := range s.Labels {
		if key := d.String(l.Key); key == LabelPodTemplateHash || key == LabelRevisionHash {
			return d.String(l.Value)
		}
	}
	return ""
}
