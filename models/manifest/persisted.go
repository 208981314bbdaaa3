package manifest

import (
	"encoding/json"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/podsim/podsim/models/yamlnode"
)

// persistedLabel stands for the file of what a server has added to an object.
const persistedLabel = "(defaults)"

// Persisted returns an object with those defaults that a server has set when it was
// made and that depend on other fields: a later change of these does not change them
// again. They are the pull policy of an image, the completions of a Job, and the
// requests of a pod that only has limits.
func (s *Set) Persisted(n *yamlnode.Node) *yamlnode.Node {
	object, ok := s.live(n, Live{})
	if !ok {
		return n
	}
	patch := persistedFields(object)
	if patch == nil {
		return n
	}
	text, err := json.Marshal(patch)
	if err != nil {
		return n
	}
	documents, err := yamlnode.Parse(persistedLabel, strings.NewReader(string(text)))
	if err != nil || len(documents) != 1 {
		return n
	}
	out, problems := Patch(n, documents[0].Root, false)
	if len(problems) > 0 {
		return n
	}
	return out
}

type patchFields = map[string]any

func persistedFields(object metav1.Object) patchFields {
	switch o := object.(type) {
	case *corev1.Pod:
		return patchFields{"spec": persistedContainers(&o.Spec, true)}
	case *batchv1.Job:
		spec := patchFields{"template": patchFields{"spec": persistedContainers(&o.Spec.Template.Spec, false)}, "parallelism": o.Spec.Parallelism}
		if o.Spec.Completions != nil {
			spec["completions"] = o.Spec.Completions
		}
		return patchFields{"spec": spec}
	case *batchv1.CronJob:
		template := patchFields{"spec": persistedContainers(&o.Spec.JobTemplate.Spec.Template.Spec, false)}
		return patchFields{"spec": patchFields{"jobTemplate": patchFields{"spec": patchFields{"template": template}}}}
	}
	if src, ok := sourceOf(object); ok && len(src.template.Spec.Containers) > 0 { // an autoscaler has no template
		return patchFields{"spec": patchFields{"template": patchFields{"spec": persistedContainers(&src.template.Spec, false)}}}
	}
	return nil
}

// persistedContainers returns the defaults of containers that have names.
func persistedContainers(spec *corev1.PodSpec, isPod bool) patchFields {
	out := patchFields{}
	for _, list := range []struct {
		name       string
		containers []corev1.Container
	}{{"initContainers", spec.InitContainers}, {"containers", spec.Containers}} {
		var items []patchFields
		for i := range list.containers {
			c := &list.containers[i]
			if c.Name == "" {
				continue
			}
			item := patchFields{"name": c.Name, "imagePullPolicy": c.ImagePullPolicy}
			if isPod && len(c.Resources.Requests) > 0 {
				item["resources"] = patchFields{"requests": c.Resources.Requests}
			}
			items = append(items, item)
		}
		if len(items) > 0 {
			out[list.name] = items
		}
	}
	return out
}
