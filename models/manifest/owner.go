package manifest

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
)

// ownerSource is a controller object of any kind, reduced to what all share.
type ownerSource struct {
	kind     models.OwnerKind
	meta     *metav1.ObjectMeta
	template *corev1.PodTemplateSpec
	selector *metav1.LabelSelector
	replicas *int32
	minReady int32
	within   string // what the path of the Job in a CronJob begins with
}

// sourceOf reduces a controller object; ok is false for any other.
func sourceOf(value any) (src ownerSource, ok bool) {
	switch o := value.(type) {
	case *appsv1.ReplicaSet:
		return ownerSource{models.ReplicaSet, &o.ObjectMeta, &o.Spec.Template, o.Spec.Selector, o.Spec.Replicas, o.Spec.MinReadySeconds, ""}, true
	case *appsv1.Deployment:
		return ownerSource{models.Deployment, &o.ObjectMeta, &o.Spec.Template, o.Spec.Selector, o.Spec.Replicas, o.Spec.MinReadySeconds, ""}, true
	case *corev1.ReplicationController:
		return controllerSource(o), true
	case *appsv1.StatefulSet:
		return ownerSource{models.StatefulSet, &o.ObjectMeta, &o.Spec.Template, o.Spec.Selector, o.Spec.Replicas, o.Spec.MinReadySeconds, ""}, true
	case *appsv1.DaemonSet:
		return ownerSource{models.DaemonSet, &o.ObjectMeta, &o.Spec.Template, o.Spec.Selector, nil, o.Spec.MinReadySeconds, ""}, true
	case *batchv1.Job:
		return ownerSource{kind: models.Job, meta: &o.ObjectMeta, template: &o.Spec.Template, selector: o.Spec.Selector}, true
	case *batchv1.CronJob:
		return ownerSource{kind: models.CronJob, meta: &o.ObjectMeta, template: &o.Spec.JobTemplate.Spec.Template, within: "spec.jobTemplate."}, true
	case *autoscaler:
		return ownerSource{kind: models.HorizontalPodAutoscaler, meta: &o.ObjectMeta, template: &corev1.PodTemplateSpec{}}, true
	}
	return ownerSource{}, false
}

// controllerSource reduces a ReplicationController, whose selector and labels
// default to those of its template.
// Source: pkg/apis/core/v1/defaults.go (SetDefaults_ReplicationController).
func controllerSource(o *corev1.ReplicationController) ownerSource {
	template := o.Spec.Template
	if template == nil {
		template = &corev1.PodTemplateSpec{}
	}
	selector := o.Spec.Selector
	if len(selector) == 0 {
		selector = template.Labels
	}
	if len(o.Labels) == 0 {
		o.Labels = template.Labels
	}
	return ownerSource{
		kind: models.ReplicationController, meta: &o.ObjectMeta, template: template,
		selector: &metav1.LabelSelector{MatchLabels: selector}, replicas: o.Spec.Replicas, minReady: o.Spec.MinReadySeconds,
	}
}

// owner checks and compiles a controller object. One that keeps its templates apart
// still lacks the hash of this one: see finish.
func (c *checker) owner(value any, src ownerSource, needsName, snapshot bool) Owner {
	name := c.checkMeta(src.meta, needsName)
	namespace := namespaceOf(src.meta)
	out := Owner{Name: name, Kind: src.kind, Namespace: namespace, Parent: -1, Position: c.position()}
	if scaler, ok := value.(*autoscaler); ok {
		out.Spec, out.Pod = c.autoscaler(scaler), &models.PodSpec{Namespace: c.set.dict.Sym(namespace)}
		out.Spec.Kind, out.Spec.Namespace, out.Spec.Labels = src.kind, c.set.dict.Sym(namespace), c.set.labels(src.meta.Labels)
		return out
	}
	c.checkLabels(src.template.Labels, src.within+"spec.template.metadata.labels")
	if cron, ok := value.(*batchv1.CronJob); ok {
		out.Spec, out.ReplicaSet = c.cronJob(cron, name, namespace, snapshot)
	} else if job, ok := value.(*batchv1.Job); ok {
		c.needsPolicy(src.template)
		out.Spec = c.job(job, snapshot)
		c.labelJob(job, name)
		if job.Spec.Selector == nil && name != "" {
			out.Spec.Selector = models.Selector{c.set.isIn(models.LabelJobName, name)}
		}
	} else {
		out.Spec = c.replicas(src)
		switch o := value.(type) {
		case *appsv1.Deployment:
			c.rollouts(&o.Spec, out.Spec)
		case *appsv1.StatefulSet:
			c.statefulSet(o, out.Spec)
			o.Spec.Template.Spec.Subdomain = o.Spec.ServiceName
		case *appsv1.DaemonSet:
			c.daemonSet(&o.Spec, out.Spec)
		}
	}
	out.Spec.Kind = src.kind
	out.Spec.Namespace = c.set.dict.Sym(namespace)
	out.Spec.Labels = c.set.labels(src.meta.Labels)
	out.Pod = c.podSpec(podSource{
		meta: &src.template.ObjectMeta, spec: &src.template.Spec, namespace: namespace, path: src.within + "spec.template.spec", partial: snapshot,
		hashLabel: hashLabelOf(src.kind),
	})
	c.checkTemplatePolicy(src)
	return out
}

// needsPolicy makes sure that the template of a Job says when containers restart.
func (c *checker) needsPolicy(template *corev1.PodTemplateSpec) {
	if template.Spec.RestartPolicy == "" {
		c.addf("spec.template.spec.restartPolicy", "a Job needs restartPolicy OnFailure or Never")
		template.Spec.RestartPolicy = corev1.RestartPolicyNever
	}
}

// checkTemplatePolicy checks what only templates must obey.
func (c *checker) checkTemplatePolicy(src ownerSource) {
	spec := &src.template.Spec
	if src.kind == models.Job || src.kind == models.CronJob {
		if spec.RestartPolicy == corev1.RestartPolicyAlways {
			c.addf(src.within+"spec.template.spec.restartPolicy", "got Always; a Job needs OnFailure or Never")
		}
		return
	}
	if spec.RestartPolicy == corev1.RestartPolicyOnFailure || spec.RestartPolicy == corev1.RestartPolicyNever {
		c.addf("spec.template.spec.restartPolicy", "got %s; a %s needs Always", spec.RestartPolicy, src.kind)
	}
	if spec.ActiveDeadlineSeconds != nil {
		c.addf("spec.template.spec.activeDeadlineSeconds", "the pods of a %s have no deadline", src.kind)
	}
}

// replicas compiles a ReplicaSet, ReplicationController or Deployment.
// Source: pkg/apis/apps/validation/validation.go.
func (c *checker) replicas(src ownerSource) *models.OwnerSpec {
	out := &models.OwnerSpec{Replicas: 1, Completions: models.Unset, MinReadySeconds: src.minReady, TTLAfterFinished: -1}
	if src.replicas != nil {
		out.Replicas = *src.replicas
		c.pods(out.Replicas, "spec.replicas")
	}
	c.notNegative(src.minReady, "spec.minReadySeconds")
	switch {
	case src.selector == nil:
		c.addf("spec.selector", "selector is missing")
	case len(src.selector.MatchLabels) == 0 && len(src.selector.MatchExpressions) == 0:
		c.addf("spec.selector", "an empty selector would pick every pod")
	default:
		before := c.problems
		c.problems = nil
		path := "spec.selector"
		out.Selector = c.labelSelector(src.selector, path)
		c.checkSelects(out.Selector, src.selector, src.template.Labels)
		c.problems = append(before, c.problems...)
	}
	return out
}

// pods checks a number of pods.
func (c *checker) pods(n int32, path string) {
	c.notNegative(n, path)
	if n > limits.Replicas {
		c.addf(path, "got %d; must be <= %d", n, limits.Replicas)
	}
}

func (c *checker) notNegative(n int32, path string) {
	if n < 0 {
		c.addf(path, "got %d; must be >= 0", n)
	}
}

// job compiles what is special about a Job.
// Source: pkg/apis/batch/v1/defaults.go, pkg/apis/batch/validation/validation.go.
func (c *checker) job(job *batchv1.Job, snapshot bool) *models.OwnerSpec {
	spec := &job.Spec
	out := &models.OwnerSpec{Replicas: 1, Completions: models.Unset, BackoffLimit: 6, TTLAfterFinished: -1}
	for _, count := range []struct {
		given *int32
		into  *int32
		path  string
	}{
		{spec.Parallelism, &out.Replicas, "spec.parallelism"},
		{spec.Completions, &out.Completions, "spec.completions"},
		{spec.BackoffLimit, &out.BackoffLimit, "spec.backoffLimit"},
	} {
		if count.given != nil {
			c.pods(*count.given, count.path)
			*count.into = *count.given
		}
	}
	if spec.Completions == nil && spec.Parallelism == nil {
		out.Completions = 1
	}
	if spec.BackoffLimitPerIndex != nil && spec.BackoffLimit == nil {
		out.BackoffLimit = math.MaxInt32
	}
	if mode := spec.CompletionMode; mode != nil {
		c.oneOf(string(*mode), "spec.completionMode", "NonIndexed", "Indexed")
		if *mode == batchv1.IndexedCompletion && spec.Completions == nil {
			c.addf("spec.completions", "an Indexed Job needs completions")
			out.Completions = 1
		}
	}
	out.Rules = c.jobRules(job, out.Completions)
	if spec.ActiveDeadlineSeconds != nil {
		// None is written as 0, so a deadline of 0 becomes the shortest one.
		out.ActiveDeadline = max(c.seconds(*spec.ActiveDeadlineSeconds, "spec.activeDeadlineSeconds"), time.Nanosecond)
	}
	if spec.TTLSecondsAfterFinished != nil {
		out.TTLAfterFinished = c.seconds(int64(*spec.TTLSecondsAfterFinished), "spec.ttlSecondsAfterFinished")
	}
	if spec.Selector != nil {
		if !snapshot && (spec.ManualSelector == nil || !*spec.ManualSelector) {
			c.addf("spec.selector", "the selector of a Job is generated; set manualSelector: true to give your own")
		}
		out.Selector = c.labelSelector(spec.Selector, "spec.selector")
		c.checkSelects(out.Selector, spec.Selector, spec.Template.Labels)
	}
	return out
}

// labelJob gives the template the labels that carry the name of its Job. Those
// with the UID of the Job are left out where nothing reads them. A Job without a
// name is the template of many, whose pods share one specification.
// Source: pkg/registry/batch/job/strategy.go (generateSelector).
func (c *checker) labelJob(job *batchv1.Job, name string) {
	if name == "" || job.Spec.ManualSelector != nil && *job.Spec.ManualSelector {
		return
	}
	if job.Spec.Template.Labels == nil {
		job.Spec.Template.Labels = map[string]string{}
	}
	for _, key := range []string{models.LabelJobName, "job-name"} {
		job.Spec.Template.Labels[key] = name
	}
	for _, key := range []string{"batch.kubernetes.io/controller-uid", "controller-uid"} {
		if _, given := job.Spec.Template.Labels[key]; !given && asksForOwn(&job.Spec.Template.Spec, key) {
			job.Spec.Template.Labels[key] = uidOf(job)
		}
	}
}

// uidOf returns the UID of a Job, or something of its own in its place.
func uidOf(job *batchv1.Job) string {
	if job.UID != "" {
		return string(job.UID)
	}
	h := fnv.New64a()
	h.Write([]byte(namespaceOf(job) + "/" + job.Name))
	return fmt.Sprintf("%016x", h.Sum64())
}

// hashLabelOf returns the label by which the pods of a template are told from those of
// others of the same object, or nothing.
func hashLabelOf(kind models.OwnerKind) string {
	switch kind {
	case models.Deployment:
		return models.LabelPodTemplateHash
	case models.StatefulSet, models.DaemonSet:
		return models.LabelRevisionHash
	}
	return ""
}

// finish completes an object whose templates are kept apart by the hash of this one.
func (s *Set) finish(o *Owner, hash string) {
	if o.Kind == models.Deployment {
		s.finishDeployment(o, hash)
		return
	}
	// Source: pkg/controller/history/controller_history.go (ControllerRevisionName),
	// pkg/controller/statefulset/stateful_set_utils.go (setPodRevision).
	if prefix := o.Name + "-"; o.Kind == models.StatefulSet && !strings.HasPrefix(hash, prefix) {
		hash = prefix + hash
	}
	key, value := s.dict.Sym(models.LabelRevisionHash), s.dict.Sym(hash)
	pod := *o.Pod
	pod.Labels = pod.Labels.With(key, value)
	fillHash(&pod, key, value)
	o.Pod, o.Spec.TemplateHash = &pod, value
}

// finishDeployment gives the pods of a Deployment the label that tells its
// ReplicaSets apart, and makes the ReplicaSet. It starts from 0 replicas, as the
// controller creates it before it scales it up.
// Source: pkg/controller/deployment/sync.go (getNewReplicaSet).
func (s *Set) finishDeployment(o *Owner, hash string) {
	key, value := s.dict.Sym(models.LabelPodTemplateHash), s.dict.Sym(hash)
	pod := *o.Pod
	pod.Labels = pod.Labels.With(key, value)
	fillHash(&pod, key, value)
	o.Pod = &pod
	o.Spec.TemplateHash = value
	selector := slices.Clone(o.Spec.Selector)
	o.ReplicaSet = &models.OwnerSpec{
		Kind:             models.ReplicaSet,
		Namespace:        o.Spec.Namespace,
		Labels:           pod.Labels,
		Selector:         append(selector, s.isIn(models.LabelPodTemplateHash, hash)),
		TemplateHash:     value,
		MinReadySeconds:  o.Spec.MinReadySeconds,
		Completions:      models.Unset,
		TTLAfterFinished: -1,
	}
}
