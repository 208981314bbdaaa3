package kubescheduler

import (
	"bytes"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// freeze writes the cluster as it stands, with a pod that is to be scheduled, as
// manifests for `podsim place -f`.
func (k *kubeScheduler) freeze(pod *corev1.Pod) string {
	var b bytes.Buffer
	for _, o := range k.others {
		kind := o.GetObjectKind().GroupVersionKind()
		if kind.Kind != "" {
			write(&b, kind.GroupVersion().String(), kind.Kind, o)
		}
	}
	for _, name := range k.joined {
		write(&b, "v1", "Node", k.nodes[name])
	}
	for _, name := range k.arrived {
		if p := k.placed[name]; p != nil {
			write(&b, "v1", "Pod", p)
		} else if p := k.waiting[name]; p != nil {
			write(&b, "v1", "Pod", p)
		}
	}
	if pod != nil {
		write(&b, "v1", "Pod", pod)
	}
	return b.String()
}

func write(b *bytes.Buffer, version, kind string, o any) {
	text, err := json.Marshal(o)
	fields := Object{}
	if err == nil {
		err = json.Unmarshal(text, &fields)
	}
	fields["apiVersion"], fields["kind"] = version, kind
	if out, wrong := yaml.Marshal(fields); err == nil && wrong == nil {
		fmt.Fprintf(b, "---\n%s", out)
	}
}
