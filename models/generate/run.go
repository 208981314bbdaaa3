package generate

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Run are the options of kubectl run, those of older versions among them: Replicas,
// Schedule, Generator, Requests and Limits.
type Run struct {
	Name, Namespace string
	Image           string
	PullPolicy      string
	Port            string
	Labels          string
	Env             []string
	Requests        string
	Limits          string
	Restart         string // empty is what the generator makes of it
	Args            []string
	Command         bool // Args are the command, not its arguments
	Expose          bool
	// Generator names what is made, as older versions did; empty is a Pod, or what
	// Replicas and Schedule ask for.
	Generator string
	Replicas  int32 // of a Deployment or ReplicationController; 0 is none given
	Schedule  string
}

// generators are the kinds that older versions could make, by the names of their
// generators.
var generators = map[string]string{
	"":           "",
	"run-pod/v1": "Pod", "run/v1": "ReplicationController",
	"deployment/v1beta1": "Deployment", "deployment/apps.v1beta1": "Deployment", "deployment/apps.v1": "Deployment",
	"job/v1": "Job", "cronjob/v1beta1": "CronJob", "cronjob/v2alpha1": "CronJob", "cronjob/v1": "CronJob",
}

var imageName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._:/@-]*$`)

// kind says what is to be made.
func (r *Run) kind() (string, error) {
	kind, known := generators[r.Generator]
	switch {
	case !known:
		return "", fmt.Errorf("generator %q not found", r.Generator)
	case kind == "" && r.Schedule != "":
		kind = "CronJob"
	case kind == "" && r.Replicas > 0:
		kind = "Deployment"
	case kind == "":
		kind = "Pod"
	}
	switch {
	case kind == "CronJob" && r.Schedule == "":
		return "", errors.New("--schedule is required for a CronJob")
	case r.Schedule != "" && kind != "CronJob":
		return "", fmt.Errorf("--schedule makes a CronJob, not a %s", kind)
	case r.Replicas > 1 && kind != "Deployment" && kind != "ReplicationController":
		return "", fmt.Errorf("--replicas=%d makes a Deployment, not a %s", r.Replicas, kind)
	case r.Restart != "" && r.Restart != "Always" && (kind == "Deployment" || kind == "ReplicationController"):
		return "", fmt.Errorf("--restart=%s requires that --replicas is not given", r.Restart)
	}
	return kind, nil
}

// Objects makes what the options ask for: the Service first, if it is to be exposed.
// Source: k8s.io/kubectl/pkg/cmd/run/run.go, pkg/generate/versioned/run.go (BasicPod);
// of older versions DeploymentAppsV1, JobV1 and CronJobV1Beta1 there.
func (r *Run) Objects() ([]Object, error) {
	kind, err := r.kind()
	switch {
	case err != nil:
		return nil, err
	case r.Name == "":
		return nil, errors.New("NAME is required for run")
	case r.Image == "":
		return nil, errors.New("--image is required")
	case !imageName.MatchString(r.Image):
		return nil, fmt.Errorf("invalid image name %q: invalid reference format", r.Image)
	case r.Expose && r.Port == "":
		return nil, errors.New("--port must be set when exposing a service")
	}
	labels := map[string]string{"run": r.Name}
	if r.Labels != "" {
		if labels, err = parseLabels(r.Labels); err != nil {
			return nil, err
		}
	}
	pod, err := r.pod(kind)
	if err != nil {
		return nil, err
	}
	made := r.owner(kind, labels, pod)
	if !r.Expose {
		return []Object{made}, nil
	}
	return []Object{r.service(labels, pod.Containers[0].Ports[0].ContainerPort), made}, nil
}

// pod makes the specification of the pod.
func (r *Run) pod(kind string) (spec corev1.PodSpec, err error) {
	c := corev1.Container{Name: r.Name, Image: r.Image}
	if c.Env, err = parseEnv(r.Env); err != nil {
		return spec, err
	}
	if c.Resources.Limits, err = parseResources(r.Limits); err != nil {
		return spec, err
	}
	if c.Resources.Requests, err = parseResources(r.Requests); err != nil {
		return spec, err
	}
	policies := []string{"", "Always", "IfNotPresent", "Never"}
	if !slices.Contains(policies, r.PullPolicy) {
		return spec, fmt.Errorf("invalid image pull policy: %s", r.PullPolicy)
	}
	c.ImagePullPolicy = corev1.PullPolicy(r.PullPolicy)
	if r.Command {
		c.Command = r.Args
	} else {
		c.Args = r.Args
	}
	if r.Port != "" {
		port, err := strconv.Atoi(r.Port)
		if err != nil {
			return spec, err
		}
		if port < 1 || port > 65535 {
			return spec, fmt.Errorf("invalid port %d: must be 1 to 65535", port)
		}
		c.Ports = []corev1.ContainerPort{{ContainerPort: int32(port)}}
	}
	spec.Containers = []corev1.Container{c}
	switch restart := corev1.RestartPolicy(r.Restart); {
	case !slices.Contains([]corev1.RestartPolicy{"", corev1.RestartPolicyAlways, corev1.RestartPolicyOnFailure, corev1.RestartPolicyNever}, restart):
		return spec, fmt.Errorf("invalid restart policy: %s", r.Restart)
	case kind == "Pod":
		spec.DNSPolicy, spec.RestartPolicy = corev1.DNSClusterFirst, corev1.RestartPolicyAlways
		if restart != "" {
			spec.RestartPolicy = restart
		}
	case kind == "Job" || kind == "CronJob":
		spec.RestartPolicy = corev1.RestartPolicyOnFailure
		if restart == corev1.RestartPolicyNever {
			spec.RestartPolicy = restart
		}
	}
	return spec, nil
}

// owner makes the pod, or what makes it.
func (r *Run) owner(kind string, labels map[string]string, pod corev1.PodSpec) Object {
	meta := metav1.ObjectMeta{Name: r.Name, Namespace: r.Namespace, Labels: labels}
	template := corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: pod}
	replicas := max(r.Replicas, 1)
	switch kind {
	case "Deployment":
		return Object{"deployment.apps", r.Name, &appsv1.Deployment{
			TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: kind}, ObjectMeta: meta,
			Spec: appsv1.DeploymentSpec{Replicas: &replicas, Selector: &metav1.LabelSelector{MatchLabels: labels}, Template: template},
		}}
	case "ReplicationController":
		return Object{"replicationcontroller", r.Name, &corev1.ReplicationController{
			TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: kind}, ObjectMeta: meta,
			Spec: corev1.ReplicationControllerSpec{Replicas: &replicas, Selector: labels, Template: &template},
		}}
	case "Job":
		return Object{"job.batch", r.Name, &batchv1.Job{
			TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: kind}, ObjectMeta: meta, Spec: batchv1.JobSpec{Template: template},
		}}
	case "CronJob":
		return Object{"cronjob.batch", r.Name, &batchv1.CronJob{
			TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: kind}, ObjectMeta: meta,
			Spec: batchv1.CronJobSpec{Schedule: r.Schedule, ConcurrencyPolicy: batchv1.AllowConcurrent,
				JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: template}}},
		}}
	}
	return Object{"pod", r.Name, &corev1.Pod{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: kind}, ObjectMeta: meta, Spec: pod}}
}

// service makes the Service that exposes the pods.
// Source: k8s.io/kubectl/pkg/generate/versioned/service.go (generateService).
func (r *Run) service(selector map[string]string, port int32) Object {
	meta := metav1.ObjectMeta{Name: r.Name, Namespace: r.Namespace}
	if r.Labels != "" {
		meta.Labels = selector
	}
	return Object{"service", r.Name, &corev1.Service{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Service"}, ObjectMeta: meta,
		Spec: corev1.ServiceSpec{
			Selector: selector, Ports: []corev1.ServicePort{{Port: port, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromInt32(port)}},
		},
	}}
}
