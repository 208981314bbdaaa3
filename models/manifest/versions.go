package manifest

import (
	"encoding/json"

	corev1 "k8s.io/api/core/v1"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// Versions are the templates that one Deployment, StatefulSet or DaemonSet has had. It
// rolls out whenever anything in its template differs, also what is not simulated: the value
// of an environment variable, or the annotation that kubectl rollout restart sets.
// Versions tell such templates apart, and find one again that was there before.
// The zero value knows none.
type Versions struct {
	known  map[string]version // by all that they say
	hashes map[string]int32   // templates by what is simulated of them
}

// version is one template.
type version struct {
	hash    string // the value of pod-template-hash
	variant int32
}

// CompileVersion is CompileTemplate for an object that has changed: nothing of it is
// counted for the audit again. A hash that is not empty is that of the template's
// ReplicaSet if the template is new, as a live cluster has it.
func (s *Set) CompileVersion(n *yamlnode.Node, versions *Versions, hash string) (Template, yamlnode.Problems) {
	return s.compileTemplate(n, &versioning{versions, hash})
}

// versioning says how a template gets its hash.
type versioning struct {
	versions *Versions
	hash     string
}

// finish completes an object by the version of its template.
func (v *versioning) finish(s *Set, o *Owner, template *corev1.PodTemplateSpec) {
	text := templateText(template)
	if known, ok := v.versions.known[text]; ok {
		s.finishVersion(o, known)
		return
	}
	if v.versions.known == nil {
		v.versions.known, v.versions.hashes = make(map[string]version), make(map[string]int32)
	}
	key := s.templateHash(o.Pod)
	next := version{hash: v.hash}
	if next.hash == "" { // a hash of its own tells it apart already
		next.variant = v.versions.hashes[key]
		next.hash = s.templateHash(withVariant(o.Pod, next.variant))
	}
	v.versions.hashes[key]++
	v.versions.known[text] = next
	s.finishVersion(o, next)
}

func (s *Set) finishVersion(o *Owner, v version) {
	o.Pod = withVariant(o.Pod, v.variant)
	s.finish(o, v.hash)
}

func withVariant(pod *models.PodSpec, variant int32) *models.PodSpec {
	if pod.Variant == variant {
		return pod
	}
	out := *pod
	out.Variant = variant
	return &out
}

// templateText writes a template with all its defaults, equal for equal ones.
func templateText(template *corev1.PodTemplateSpec) string {
	whole := template.DeepCopy()
	setUnreadDefaults(&whole.Spec)
	delete(whole.Labels, models.LabelPodTemplateHash)
	delete(whole.Labels, models.LabelRevisionHash)
	text, err := json.Marshal(whole)
	if err != nil {
		panic("manifest: " + err.Error()) // what was decoded can be encoded
	}
	return string(text)
}

// setUnreadDefaults sets what an API server sets beside setPodDefaults, so that a
// template which spells out a default is not another one.
// Source: pkg/apis/core/v1/defaults.go, zz_generated.defaults.go.
func setUnreadDefaults(spec *corev1.PodSpec) {
	if spec.DNSPolicy == "" {
		spec.DNSPolicy = corev1.DNSClusterFirst
	}
	if spec.SecurityContext == nil {
		spec.SecurityContext = &corev1.PodSecurityContext{}
	}
	if spec.EnableServiceLinks == nil {
		yes := corev1.DefaultEnableServiceLinks
		spec.EnableServiceLinks = &yes
	}
	if spec.DeprecatedServiceAccount == "" {
		spec.DeprecatedServiceAccount = spec.ServiceAccountName
	}
	for _, containers := range [][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range containers {
			setUnreadContainerDefaults(&containers[i])
		}
	}
}

func setUnreadContainerDefaults(c *corev1.Container) {
	if c.TerminationMessagePath == "" {
		c.TerminationMessagePath = corev1.TerminationMessagePathDefault
	}
	if c.TerminationMessagePolicy == "" {
		c.TerminationMessagePolicy = corev1.TerminationMessageReadFile
	}
	for i := range c.Env {
		if from := c.Env[i].ValueFrom; from != nil && from.FieldRef != nil && from.FieldRef.APIVersion == "" {
			from.FieldRef.APIVersion = "v1"
		}
	}
	for _, probe := range []*corev1.Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
		if probe != nil {
			setProbeDefaults(probe)
		}
	}
}

func setProbeDefaults(p *corev1.Probe) {
	for _, field := range []struct {
		of        *int32
		otherwise int32
	}{{&p.TimeoutSeconds, 1}, {&p.PeriodSeconds, 10}, {&p.SuccessThreshold, 1}, {&p.FailureThreshold, 3}} {
		if *field.of == 0 {
			*field.of = field.otherwise
		}
	}
	if p.HTTPGet != nil && p.HTTPGet.Scheme == "" {
		p.HTTPGet.Scheme = corev1.URISchemeHTTP
	}
	if p.HTTPGet != nil && p.HTTPGet.Path == "" {
		p.HTTPGet.Path = "/"
	}
}
