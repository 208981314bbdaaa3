package manifest

import (
	"encoding/json"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/podsim/podsim/models"
)

// unsimulatedLimit is the most bytes that are kept of what is only shown.
const unsimulatedLimit = 16 << 20

// unsimulated keeps what is only shown, if anybody wants to see it.
type unsimulated struct {
	models.Unsimulated
	index map[string]int
	bytes int
}

// KeepUnsimulated lets the set keep what its pods say beyond what is simulated. Call it
// before the first Add.
func (s *Set) KeepUnsimulated() { s.shown = &unsimulated{index: make(map[string]int)} }

// Unsimulated returns what was kept, or nil.
func (s *Set) Unsimulated() *models.Unsimulated {
	if s.shown == nil || len(s.shown.Of) == 0 {
		return nil
	}
	return &s.shown.Unsimulated
}

// show keeps what a pod, or a template of pods, says. Of more than a limit the rest is
// left out, and shown as if it said nothing.
func (s *Set) show(kind, namespace, name string, pod *models.PodSpec, meta *metav1.ObjectMeta, spec *corev1.PodSpec) {
	if s.shown == nil || pod == nil {
		return
	}
	whole := corev1.PodTemplateSpec{Spec: *spec.DeepCopy()}
	whole.Annotations = meta.Annotations
	setUnreadDefaults(&whole.Spec)
	keepUnread(&whole.Spec)
	text, err := json.Marshal(whole)
	if err != nil {
		panic("manifest: " + err.Error()) // what was decoded can be encoded
	}
	at, known := s.shown.index[string(text)]
	if !known {
		if s.shown.bytes += len(text); s.shown.bytes > unsimulatedLimit {
			return
		}
		at = len(s.shown.Texts)
		s.shown.index[string(text)], s.shown.Texts = at, append(s.shown.Texts, text)
	}
	s.shown.Of = append(s.shown.Of, models.UnsimulatedOf{
		Kind: kind, Namespace: namespace, Name: name, Hash: pod.TemplateHash(s.dict), Containers: pod.ContainersText(s.dict),
		Requests: pod.Requests, Limits: pod.Limits, Text: at,
	})
}

// showTemplate keeps what the template of an owner says.
func (s *Set) showTemplate(o *Owner, pod *models.PodSpec, template *corev1.PodTemplateSpec) {
	if o.Kind != models.HorizontalPodAutoscaler {
		s.show(o.Kind.String(), o.Namespace, o.Name, pod, &template.ObjectMeta, &template.Spec)
	}
}

// keepUnread takes away what podsim keeps itself, which may change during the run.
func keepUnread(spec *corev1.PodSpec) {
	spec.NodeName, spec.NodeSelector, spec.Tolerations, spec.TopologySpreadConstraints = "", nil, nil, nil
	spec.SchedulerName, spec.RestartPolicy, spec.PriorityClassName, spec.Priority = "", "", "", nil
	spec.TerminationGracePeriodSeconds, spec.ActiveDeadlineSeconds, spec.SchedulingGates = nil, nil, nil
	for _, containers := range [][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range containers {
			c := &containers[i]
			c.Image, c.ImagePullPolicy, c.RestartPolicy, c.RestartPolicyRules = "", "", nil, nil
		}
	}
}
