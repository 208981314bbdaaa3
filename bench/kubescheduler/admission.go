package kubescheduler

import (
	"context"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apiserver/pkg/admission"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	api "k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install" // registers v1 in the scheme
	"k8s.io/kubernetes/pkg/apis/core/validation"
	podregistry "k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/plugin/pkg/admission/defaulttolerationseconds"
	kjson "sigs.k8s.io/json"
)

// admitted is the object of a step as an API server stores it.
type admitted struct {
	node *corev1.Node
	pod  *corev1.Pod
}

// admit creates the objects of a world, that of step i in element i.
func admit(w *World) ([]admitted, error) {
	out := make([]admitted, len(w.Steps))
	for i, step := range w.Steps {
		var err error
		switch step.Kind {
		case JoinNode:
			out[i].node, err = admitNode(step.Object)
		case ArriveBound, SchedulePod:
			out[i].pod, err = admitPod(step.Object)
		}
		if err != nil {
			return nil, fmt.Errorf("step %d: %s %s: %w", i, step.Kind, step.Name, err)
		}
	}
	return out, nil
}

// admitPod does with a pod what an API server does when it is created: strict
// decoding, defaults, default tolerations, the strategy of pods and validation.
func admitPod(text json.RawMessage) (*corev1.Pod, error) {
	pod := &corev1.Pod{}
	if err := decodeStrict(text, pod); err != nil {
		return nil, err
	}
	if pod.Namespace == "" {
		pod.Namespace = metav1.NamespaceDefault
	}
	legacyscheme.Scheme.Default(pod)
	internal := &api.Pod{}
	if err := legacyscheme.Scheme.Convert(pod.DeepCopy(), internal, nil); err != nil {
		return nil, err
	}
	if err := tolerateByDefault(internal); err != nil {
		return nil, err
	}
	ctx := context.Background()
	podregistry.Strategy.PrepareForCreate(ctx, internal)
	if problems := podregistry.Strategy.Validate(ctx, internal); len(problems) > 0 {
		return nil, problems.ToAggregate()
	}
	out := &corev1.Pod{}
	if err := legacyscheme.Scheme.Convert(internal, out, nil); err != nil {
		return nil, err
	}
	out.UID = types.UID(out.Namespace + "/" + out.Name)
	return out, nil
}

// tolerateByDefault runs the admission plugin DefaultTolerationSeconds.
func tolerateByDefault(pod *api.Pod) error {
	plugin := defaulttolerationseconds.NewDefaultTolerationSeconds()
	plugin.InspectFeatureGates(utilfeature.DefaultFeatureGate)
	attributes := admission.NewAttributesRecord(pod, nil, api.Kind("Pod").WithVersion("version"), pod.Namespace, pod.Name,
		api.Resource("pods").WithVersion("version"), "", admission.Create, &metav1.CreateOptions{}, false, nil)
	return plugin.Admit(context.Background(), attributes, nil)
}

// admitNode does with a node what an API server does when it is created.
func admitNode(text json.RawMessage) (*corev1.Node, error) {
	node := &corev1.Node{}
	if err := decodeStrict(text, node); err != nil {
		return nil, err
	}
	legacyscheme.Scheme.Default(node)
	internal := &api.Node{}
	if err := legacyscheme.Scheme.Convert(node.DeepCopy(), internal, nil); err != nil {
		return nil, err
	}
	if problems := validation.ValidateNode(internal); len(problems) > 0 {
		return nil, problems.ToAggregate()
	}
	return node, nil
}

func decodeStrict(text json.RawMessage, into runtime.Object) error {
	strict, err := kjson.UnmarshalStrict(text, into)
	if err != nil {
		return err
	}
	if len(strict) > 0 {
		return fmt.Errorf("not as the types have it: %v", strict)
	}
	return nil
}
