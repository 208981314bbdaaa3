package generate

import (
	"errors"
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/podsim/podsim/models"
)

// Create are the options of kubectl create deployment, job and cronjob.
type Create struct {
	Name, Namespace string
	Images          []string // several for a Deployment alone
	Command         []string
	Replicas        int32  // of a Deployment
	Port            int32  // of the first container of a Deployment; negative is none
	Schedule        string // of a CronJob
	Restart         string // of a CronJob; empty is OnFailure
}

func (c *Create) check() error {
	switch {
	case c.Name == "":
		return errors.New("exactly one NAME is required, got 0")
	case len(c.Images) == 0 || c.Images[0] == "":
		return errors.New("--image is required")
	}
	for _, image := range c.Images {
		if !imageName.MatchString(image) {
			return fmt.Errorf("invalid image name %q: invalid reference format", image)
		}
	}
	return nil
}

func (c *Create) meta(labels map[string]string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: c.Name, Namespace: c.Namespace, Labels: labels}
}

// Deployment makes a Deployment with a container for each image.
// Source: k8s.io/kubectl/pkg/cmd/create/create_deployment.go.
func (c *Create) Deployment() (Object, error) {
	if err := c.check(); err != nil {
		return Object{}, err
	}
	if len(c.Images) > 1 && len(c.Command) > 0 {
		return Object{}, errors.New("cannot specify multiple --image options and command")
	}
	labels, replicas := map[string]string{"app": c.Name}, c.Replicas
	var pod corev1.PodSpec
	for _, image := range c.Images {
		pod.Containers = append(pod.Containers, corev1.Container{Name: containerOf(image), Image: image, Command: c.Command})
	}
	if c.Port >= 0 {
		pod.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: c.Port}}
	}
	return Object{"deployment.apps", c.Name, &appsv1.Deployment{
		TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}, ObjectMeta: c.meta(labels),
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas, Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: pod},
		},
	}}, nil
}

// containerOf names a container after its image. What cannot be in a name is replaced,
// and a suffix makes it unlike others; it is the same each time.
// Source: k8s.io/kubectl/pkg/cmd/create/create_deployment.go (sanitizeAndUniquify).
func containerOf(image string) string {
	name := image[strings.LastIndexByte(image, '/')+1:]
	name, _, _ = strings.Cut(name, ":")
	name, _, _ = strings.Cut(name, "@")
	if !strings.ContainsAny(name, "_.") {
		return name
	}
	return string(models.AppendName(nil, strings.NewReplacer("_", "-", ".", "-").Replace(name), 0))
}

func (c *Create) job(restart corev1.RestartPolicy) batchv1.JobSpec {
	return batchv1.JobSpec{Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
		Containers:    []corev1.Container{{Name: c.Name, Image: c.Images[0], Command: c.Command}},
		RestartPolicy: restart,
	}}}
}

// Job makes a Job. Source: k8s.io/kubectl/pkg/cmd/create/create_job.go.
func (c *Create) Job() (Object, error) {
	if err := c.check(); err != nil {
		return Object{}, err
	}
	return Object{"job.batch", c.Name, &batchv1.Job{
		TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"}, ObjectMeta: c.meta(nil), Spec: c.job(corev1.RestartPolicyNever),
	}}, nil
}

// CronJob makes a CronJob. Source: k8s.io/kubectl/pkg/cmd/create/create_cronjob.go.
func (c *Create) CronJob() (Object, error) {
	if err := c.check(); err != nil {
		return Object{}, err
	}
	if c.Schedule == "" {
		return Object{}, errors.New("--schedule is required")
	}
	restart := corev1.RestartPolicy(c.Restart)
	switch restart {
	case "":
		restart = corev1.RestartPolicyOnFailure
	case corev1.RestartPolicyOnFailure, corev1.RestartPolicyNever:
	default:
		return Object{}, fmt.Errorf("invalid restart policy: %s", c.Restart)
	}
	return Object{"cronjob.batch", c.Name, &batchv1.CronJob{
		TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: "CronJob"}, ObjectMeta: c.meta(nil),
		Spec: batchv1.CronJobSpec{
			Schedule: c.Schedule, JobTemplate: batchv1.JobTemplateSpec{ObjectMeta: metav1.ObjectMeta{Name: c.Name}, Spec: c.job(restart)},
		},
	}}, nil
}
