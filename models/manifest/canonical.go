package manifest

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
)

// templateHash returns the suffix that names the ReplicaSet of a template. It
// depends on what the template says, not on symbols, which depend on the order
// of reading. Source: pkg/controller/controller_utils.go (ComputeHash) for its
// form; its value is ours.
func (s *Set) templateHash(pod *models.PodSpec) string {
	h := fnv.New32a()
	h.Write([]byte(s.canonical(pod, models.LabelPodTemplateHash)))
	return models.HashSuffix(h.Sum32())
}

// intern returns a specification equal to pod that all equal pods share.
func (s *Set) intern(pod *models.PodSpec) *models.PodSpec {
	key := s.dict.String(pod.Namespace) + "\n" + s.canonical(pod, "") + detailText(pod.Detail)
	if known := s.pods[key]; known != nil {
		return known
	}
	s.pods[key] = pod
	return pod
}

// canonical writes a specification as text, one field a line, equal for equal
// specifications and only for those. It leaves out the namespace, the behaviour,
// which scenarios choose later, and the label without, of which only the key is
// written where selectors ask for it.
func (s *Set) canonical(pod *models.PodSpec, without string) string {
	w := &canonicalWriter{dict: s.dict}
	w.labels("labels", pod.Labels, without)
	w.line("scheduler", w.str(pod.SchedulerName))
	w.line("priority", w.str(pod.PriorityClass), pod.Priority, pod.PreemptionNever)
	w.resources("requests", pod.Requests)
	w.resources("limits", pod.Limits)
	w.line("nonzero", pod.NonZeroCPU, pod.NonZeroMemory, pod.QOS)
	if pod.ScoredCPU != pod.NonZeroCPU || pod.ScoredMemory != pod.NonZeroMemory {
		w.line("scored", pod.ScoredCPU, pod.ScoredMemory)
	}
	w.line("node", w.str(pod.NodeName))
	w.labels("nodeSelector", pod.NodeSelector, "")
	w.placement(pod)
	for _, p := range pod.HostPorts {
		w.line("hostPort", p.Protocol, w.str(p.IP), p.Port)
	}
	for _, c := range pod.Containers {
		w.line("container", w.str(c.Name), w.str(c.Image), c.Kind, c.AlwaysPull)
		if written := c.WrittenImage(); w.dict.String(written) != strings.TrimSuffix(w.dict.String(c.Image), ":latest") {
			w.line("written", w.str(written)) // nginx and nginx:latest are the same image of two templates
		}
		if c.NeverPull {
			w.line("neverPull")
		}
		w.life(c.Life)
	}
	for _, image := range pod.ImageVolumes {
		w.line("imageVolume", w.str(image))
	}
	for _, gate := range pod.SchedulingGates {
		w.line("gate", w.str(gate))
	}
	for _, gate := range pod.ReadinessGates {
		w.line("readinessGate", w.str(gate))
	}
	w.relations(pod, without)
	if without == "" {
		w.younger(pod)
	}
	w.line("lifetime", pod.RestartPolicy, int64(pod.GracePeriod), int64(pod.ActiveDeadline))
	if pod.Static {
		w.line("static")
	}
	if pod.DeletionCost != 0 {
		w.line("cost", pod.DeletionCost)
	}
	if pod.Variant != 0 {
		w.line("variant", pod.Variant)
	}
	return w.String()
}

type canonicalWriter struct {
	strings.Builder
	dict *models.Dictionary
}

// younger writes what the names of ReplicaSets do not depend on, which are older than this.
func (w *canonicalWriter) younger(pod *models.PodSpec) {
	if pod.HostNetwork {
		w.line("hostNetwork")
	}
	if pod.Amounts != nil {
		w.line("amounts", *pod.Amounts)
	}
	if pod.OS != 0 || pod.OSLabel != 0 {
		w.line("os", w.str(pod.OS), w.str(pod.OSLabel))
	}
	if pod.FQDN != nil {
		w.line("fqdn", w.str(pod.FQDN.Hostname), w.str(pod.FQDN.Subdomain))
	}
	if is := pod.StorageLimits; is != nil {
		w.line("storage", w.str(is.Volume), is.VolumeSize, w.str(is.VolumeText), is.Pod, w.str(is.PodText))
		for _, limit := range is.Containers {
			w.line("containerStorage", limit.Size, w.str(limit.Text))
		}
	}
}

// placement writes which nodes a pod may and would rather have.
func (w *canonicalWriter) placement(pod *models.PodSpec) {
	w.line("required", pod.HasRequiredTerms)
	for i := range pod.RequiredTerms {
		w.term("term", 0, &pod.RequiredTerms[i])
	}
	for i := range pod.PreferredTerms {
		w.term("preferred", pod.PreferredTerms[i].Weight, &pod.PreferredTerms[i].Term)
	}
	for _, t := range pod.Tolerations {
		seconds := "for ever"
		if t.Seconds != nil {
			seconds = fmt.Sprint(*t.Seconds)
		}
		w.line("toleration", w.str(t.Key), w.str(t.Value), t.Exists, t.Effect, seconds)
	}
}

func (w *canonicalWriter) str(sym models.Sym) string { return fmt.Sprintf("%q", w.dict.String(sym)) }

func (w *canonicalWriter) line(values ...any) {
	_, _ = fmt.Fprintln(w, values...) // a hash never fails
}

// life writes what rules the life of a container, as its fields stand.
func (w *canonicalWriter) life(life *models.Life) {
	if life == nil {
		return
	}
	w.line("life", life.Own, life.Restart)
	for _, r := range life.Rules {
		w.line("rule", r.Codes, r.NotIn, r.All)
	}
	for i, p := range []*models.Probe{life.Startup, life.Liveness, life.Readiness} {
		if p != nil {
			w.line("probe", i, fmt.Sprintf("%q %+v", p.Text, *p))
		}
	}
	for i, h := range []*models.Hook{life.PostStart, life.PreStop} {
		if h != nil {
			w.line("hook", i, fmt.Sprintf("%q %+v", h.Text, *h))
		}
	}
}

func (w *canonicalWriter) labels(name string, labels models.Labels, without string) {
	var lines []string
	for _, l := range labels {
		if key := w.dict.String(l.Key); key != without || without == "" {
			lines = append(lines, w.str(l.Key)+" "+w.str(l.Value))
		}
	}
	slices.Sort(lines)
	w.line(name, len(lines), strings.Join(lines, " "))
}

func (w *canonicalWriter) resources(name string, amounts models.Resources) {
	var lines []string
	for i, resource := range w.dict.ResourceNames() {
		if amounts[i] != 0 {
			lines = append(lines, fmt.Sprintf("%q %d", resource, amounts[i]))
		}
	}
	slices.Sort(lines)
	w.line(name, strings.Join(lines, " "))
}

func (w *canonicalWriter) term(name string, weight int32, term *models.NodeTerm) {
	w.line(name, weight, len(term.Labels), len(term.Names))
	for _, selector := range []models.Selector{term.Labels, term.Names} {
		for _, r := range selector {
			values := make([]string, len(r.Values))
			for i, v := range r.Values {
				values[i] = w.str(v)
			}
			w.line("requirement", w.str(r.Key), r.Op, strings.Join(values, " "))
		}
	}
}

// detailText writes what a template's name does not depend on, but what tells pods
// apart under LimitRanges and ResourceQuotas.
func detailText(detail *models.PodDetail) string {
	if detail == nil {
		return ""
	}
	w := &canonicalWriter{}
	amounts := func(name string, list models.Amounts) {
		for _, a := range list {
			w.line(name, strconv.Quote(a.Name), a.Value, a.Milli, a.Format)
		}
	}
	w.line("detail", detail.Whole, detail.CrossNamespace, detail.MissingRuntime)
	for i := range detail.Containers {
		w.line("container", i)
		amounts("requests", detail.Containers[i].Requests)
		amounts("limits", detail.Containers[i].Limits)
	}
	amounts("pod requests", detail.Requests)
	amounts("pod limits", detail.Limits)
	amounts("overhead", detail.Overhead)
	return w.String()
}
