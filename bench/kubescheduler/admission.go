package kubescheduler

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apiserver/pkg/admission"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	clientscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/apps/install" // registers defaults
	api "k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install" // registers v1 in the scheme
	"k8s.io/kubernetes/pkg/apis/core/validation"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"     // registers defaults
	_ "k8s.io/kubernetes/pkg/apis/scheduling/install" // registers defaults
	_ "k8s.io/kubernetes/pkg/apis/storage/install"    // registers defaults
	podregistry "k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/plugin/pkg/admission/defaulttolerationseconds"
	kjson "sigs.k8s.io/json"
)

// admitted is the object of a step as an API server stores it.
type admitted struct {
	node  *corev1.Node
	pod   *corev1.Pod
	other runtime.Object
}

// admit creates the objects of a world, that of step i in element i.
func admit(w *World) ([]admitted, error) {
	a := newAPIServer()
	out := make([]admitted, len(w.Steps))
	for i, step := range w.Steps {
		var err error
		switch step.Kind {
		case DefineObject:
			out[i].other, err = a.define(step.Object)
		case JoinNode:
			out[i].node, err = admitNode(step.Object)
		case ArriveBound, ArriveWaits, SchedulePod:
			out[i].pod, err = a.pod(step.Object)
		}
		if err != nil {
			return nil, fmt.Errorf("step %d: %s %s: %w", i, step.Kind, step.Name, err)
		}
	}
	return out, nil
}

// epoch is when bound pods started that do not tell.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// apiServer is what the admission of pods knows of other objects.
type apiServer struct {
	classes map[string]*schedulingv1.PriorityClass
	global  *schedulingv1.PriorityClass
}

func newAPIServer() *apiServer {
	a := &apiServer{classes: make(map[string]*schedulingv1.PriorityClass)}
	for name, value := range map[string]int32{"system-cluster-critical": 2000000000, "system-node-critical": 2000001000} {
		a.classes[name] = &schedulingv1.PriorityClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Value: value}
	}
	return a
}

// define decodes an object other than nodes and pods and fills in its defaults.
func (a *apiServer) define(text json.RawMessage) (runtime.Object, error) {
	o, kind, err := clientscheme.Codecs.UniversalDeserializer().Decode(text, nil, nil)
	if err != nil {
		return nil, err
	}
	o.GetObjectKind().SetGroupVersionKind(*kind)
	legacyscheme.Scheme.Default(o)
	switch o := o.(type) {
	case *schedulingv1.PriorityClass:
		a.classes[o.Name] = o
		if o.GlobalDefault && (a.global == nil || o.Value < a.global.Value) {
			a.global = o
		}
	case *corev1.Namespace:
		nameItself(o)
	}
	return o, nil
}

// nameItself labels a namespace with its name, as an API server does.
func nameItself(namespace *corev1.Namespace) {
	if namespace.Labels == nil {
		namespace.Labels = make(map[string]string)
	}
	namespace.Labels[corev1.LabelMetadataName] = namespace.Name
}

// pod does with a pod what an API server does when it is created: strict
// decoding, defaults, priorities, default tolerations, the strategy of pods and
// validation. Its status and the moment of its deletion are kept.
func (a *apiServer) pod(text json.RawMessage) (*corev1.Pod, error) {
	pod := &corev1.Pod{}
	if err := decodeStrict(text, pod); err != nil {
		return nil, err
	}
	if pod.Namespace == "" {
		pod.Namespace = metav1.NamespaceDefault
	}
	deletion, grace, status := pod.DeletionTimestamp, pod.DeletionGracePeriodSeconds, pod.Status
	pod.DeletionTimestamp, pod.DeletionGracePeriodSeconds = nil, nil
	legacyscheme.Scheme.Default(pod)
	if err := a.prioritize(pod); err != nil {
		return nil, err
	}
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
	out.DeletionTimestamp, out.DeletionGracePeriodSeconds = deletion, grace
	out.Status.StartTime, out.Status.NominatedNodeName = status.StartTime, status.NominatedNodeName
	if out.Spec.NodeName != "" && status.StartTime == nil {
		out.Status.StartTime = &metav1.Time{Time: epoch}
	}
	return out, nil
}

// prioritize does what the admission plugin Priority does.
func (a *apiServer) prioritize(pod *corev1.Pod) error {
	class, known := a.classes[pod.Spec.PriorityClassName]
	switch {
	case pod.Spec.PriorityClassName != "" && !known:
		return fmt.Errorf("no PriorityClass with name %s was found", pod.Spec.PriorityClassName)
	case !known && a.global != nil:
		class = a.global
		pod.Spec.PriorityClassName = class.Name
	case !known:
		class = &schedulingv1.PriorityClass{}
	}
	value := class.Value
	if given := pod.Spec.Priority; given != nil && *given != value {
		return fmt.Errorf("the integer value of priority (%d) must not be provided", *given)
	}
	pod.Spec.Priority = &value
	policy := corev1.PreemptLowerPriority
	if class.PreemptionPolicy != nil {
		policy = *class.PreemptionPolicy
	}
	if given := pod.Spec.PreemptionPolicy; given != nil && *given != policy {
		return fmt.Errorf("the string value of preemptionPolicy (%s) must not be provided", *given)
	}
	pod.Spec.PreemptionPolicy = &policy
	return nil
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
