package manifest

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

var restartPolicies = map[corev1.ContainerRestartPolicy]models.RestartPolicy{
	corev1.ContainerRestartPolicyAlways:    models.RestartAlways,
	corev1.ContainerRestartPolicyOnFailure: models.RestartOnFailure,
	corev1.ContainerRestartPolicyNever:     models.RestartNever,
}

// life compiles what rules the life of a container beyond its pod; nil if nothing
// does. Source: pkg/apis/core/validation (validateContainers, validateInitContainers).
func (c *checker) life(container *corev1.Container, kind models.ContainerKind, grace int64, path string) *models.Life {
	out := new(models.Life)
	if policy := container.RestartPolicy; policy != nil {
		c.oneOf(string(*policy), path+".restartPolicy", "Always", "OnFailure", "Never")
		out.Own, out.Restart = kind != models.Sidecar || len(container.RestartPolicyRules) > 0, restartPolicies[*policy]
	}
	out.Rules = c.restartRules(container, path)
	probes := []struct {
		field string
		from  *corev1.Probe
		to    **models.Probe
		kind  models.ProbeKind
	}{
		{"livenessProbe", container.LivenessProbe, &out.Liveness, models.LivenessProbe},
		{"readinessProbe", container.ReadinessProbe, &out.Readiness, models.ReadinessProbe},
		{"startupProbe", container.StartupProbe, &out.Startup, models.StartupProbe},
	}
	for _, p := range probes {
		if p.from == nil {
			continue
		}
		at := path + "." + p.field
		if kind == models.InitContainer {
			c.addf(at, "an init container takes no probe unless its restartPolicy is Always")
			continue
		}
		*p.to = c.probe(p.from, p.kind, at)
	}
	if hooks := container.Lifecycle; hooks != nil {
		if kind == models.InitContainer {
			c.addf(path+".lifecycle", "an init container takes no lifecycle hooks unless its restartPolicy is Always")
			return nil
		}
		out.PostStart = c.hook(hooks.PostStart, grace, path+".lifecycle.postStart")
		out.PreStop = c.hook(hooks.PreStop, grace, path+".lifecycle.preStop")
	}
	if !out.Own && out.Startup == nil && out.Liveness == nil && out.Readiness == nil && out.PostStart == nil && out.PreStop == nil {
		return nil
	}
	return out
}

// The most rules that a container can have, and codes that a rule can name.
const (
	maxRestartRules = 20
	maxRuleCodes    = 255
)

// restartRules compiles what follows an end by its exit code.
// Source: pkg/apis/core/validation (validateContainerRestartPolicy).
func (c *checker) restartRules(container *corev1.Container, path string) []models.RestartRule {
	path += ".restartPolicyRules"
	rules := container.RestartPolicyRules
	switch {
	case len(rules) > 0 && container.RestartPolicy == nil:
		c.addf(path, "rules need a restartPolicy of the container")
	case len(rules) > maxRestartRules:
		c.addf(path, "got %d rules; want at most %d", len(rules), maxRestartRules)
	}
	var out []models.RestartRule
	for i := range rules {
		rule, at := &rules[i], yamlnode.IndexPath(path, i)
		c.oneOf(string(rule.Action), at+".action", "Restart", "RestartAllContainers")
		if rule.ExitCodes == nil {
			c.addf(at+".exitCodes", "exitCodes is missing")
			continue
		}
		c.oneOf(string(rule.ExitCodes.Operator), at+".exitCodes.operator", "In", "NotIn")
		if len(rule.ExitCodes.Values) > maxRuleCodes {
			c.addf(at+".exitCodes.values", "got %d codes; want at most %d", len(rule.ExitCodes.Values), maxRuleCodes)
		}
		out = append(out, models.RestartRule{
			Codes: slices.Clone(rule.ExitCodes.Values), NotIn: rule.ExitCodes.Operator == corev1.ContainerRestartRuleOnExitCodesOpNotIn,
			All: rule.Action == corev1.ContainerRestartRuleActionRestartAllContainers,
		})
	}
	return out
}

// probe compiles a probe with its defaults.
// Source: pkg/apis/core/v1/defaults.go (SetDefaults_Probe), pkg/apis/core/validation
// (validateProbe, validateLivenessProbe).
func (c *checker) probe(p *corev1.Probe, kind models.ProbeKind, path string) *models.Probe {
	out := &models.Probe{
		InitialDelay: c.seconds(int64(p.InitialDelaySeconds), path+".initialDelaySeconds"),
		Timeout:      c.seconds(int64(cmp.Or(p.TimeoutSeconds, 1)), path+".timeoutSeconds"),
		Period:       c.seconds(int64(cmp.Or(p.PeriodSeconds, 10)), path+".periodSeconds"),
		Success:      cmp.Or(p.SuccessThreshold, 1), Failure: cmp.Or(p.FailureThreshold, 3),
	}
	for _, n := range []struct {
		field string
		value int32
	}{{"successThreshold", out.Success}, {"failureThreshold", out.Failure}} {
		if n.value < 0 {
			c.addf(path+"."+n.field, "got %d; must be >= 0", n.value)
		}
	}
	if out.Success != 1 && kind != models.ReadinessProbe {
		c.addf(path+".successThreshold", "got %d; must be 1", out.Success)
	}
	if grace := p.TerminationGracePeriodSeconds; grace != nil {
		switch {
		case kind == models.ReadinessProbe:
			c.addf(path+".terminationGracePeriodSeconds", "a readiness probe stops nothing")
		case *grace < 1:
			c.addf(path+".terminationGracePeriodSeconds", "got %d; must be > 0", *grace)
		default:
			out.Grace = c.seconds(*grace, path+".terminationGracePeriodSeconds")
		}
	}
	var texts []string
	tell := func(handler models.HandlerKind, format string, values ...any) {
		out.Handler = handler
		texts = append(texts, fmt.Sprintf(format, values...))
	}
	if p.Exec != nil {
		tell(models.ExecHandler, "exec %v", p.Exec.Command)
	}
	if p.HTTPGet != nil {
		tell(models.HTTPHandler, "http-get %s", address(p.HTTPGet))
	}
	if p.TCPSocket != nil {
		tell(models.TCPHandler, "tcp-socket %s:%s", p.TCPSocket.Host, p.TCPSocket.Port.String())
	}
	if p.GRPC != nil {
		service := ""
		if p.GRPC.Service != nil {
			service = *p.GRPC.Service
		}
		tell(models.GRPCHandler, "grpc <pod>:%d %s", p.GRPC.Port, service)
	}
	out.Text = c.onlyHandler(texts, path, "exec, httpGet, tcpSocket or grpc")
	return out
}

// address writes where a handler asks, as kubectl does.
// Source: k8s.io/kubectl/pkg/describe (DescribeProbe).
func address(get *corev1.HTTPGetAction) string {
	u := url.URL{Scheme: strings.ToLower(string(cmp.Or(get.Scheme, corev1.URISchemeHTTP))), Host: get.Host, Path: cmp.Or(get.Path, "/")}
	if port := get.Port.String(); port != "" {
		u.Host += ":" + port
	}
	return u.String()
}

func (c *checker) onlyHandler(texts []string, path, known string) string {
	switch len(texts) {
	case 0:
		c.addf(path, "a handler is missing; want %s", known)
		return ""
	case 1:
	default:
		c.addf(path, "more than one handler; want one of %s", known)
	}
	return texts[0]
}

// hook compiles a hook.
// Source: pkg/apis/core/validation (validateHandler, validateSleepAction).
func (c *checker) hook(h *corev1.LifecycleHandler, grace int64, path string) *models.Hook {
	if h == nil {
		return nil
	}
	out := new(models.Hook)
	var texts []string
	tell := func(handler models.HandlerKind, text string) {
		out.Handler = handler
		texts = append(texts, text)
	}
	if h.Exec != nil {
		tell(models.ExecHandler, fmt.Sprintf("exec %v", h.Exec.Command))
	}
	if h.HTTPGet != nil {
		tell(models.HTTPHandler, "http-get "+address(h.HTTPGet))
	}
	if h.TCPSocket != nil {
		tell(models.TCPHandler, "tcp-socket "+h.TCPSocket.Host+":"+h.TCPSocket.Port.String())
	}
	if h.Sleep != nil {
		tell(models.SleepHandler, fmt.Sprintf("sleep %ds", h.Sleep.Seconds))
		if h.Sleep.Seconds < 0 || h.Sleep.Seconds > grace {
			c.addf(path+".sleep.seconds", "got %d; want 0 to the grace period of %d s", h.Sleep.Seconds, grace)
		} else {
			out.Sleep = time.Duration(h.Sleep.Seconds) * time.Second
		}
	}
	out.Text = c.onlyHandler(texts, path, "exec, httpGet, tcpSocket or sleep")
	return out
}
