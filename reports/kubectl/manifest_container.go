package kubectl

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
)

// addLife writes what rules the life of a container into its manifest.
func addLife(container map[string]any, life *models.Life) {
	if life == nil {
		return
	}
	if life.Own {
		container["restartPolicy"] = life.Restart.String()
	}
	var rules []any
	for _, r := range life.Rules {
		action, operator := "Restart", "In"
		if r.All {
			action = "RestartAllContainers"
		}
		if r.NotIn {
			operator = "NotIn"
		}
		rules = append(rules, map[string]any{"action": action, "exitCodes": map[string]any{"operator": operator, "values": r.Codes}})
	}
	if rules != nil {
		container["restartPolicyRules"] = rules
	}
	for name, p := range map[string]*models.Probe{"startupProbe": life.Startup, "livenessProbe": life.Liveness, "readinessProbe": life.Readiness} {
		if p != nil {
			container[name] = probeManifest(p)
		}
	}
	hooks := map[string]any{}
	for name, h := range map[string]*models.Hook{"postStart": life.PostStart, "preStop": life.PreStop} {
		if h != nil {
			hooks[name] = handlerManifest(h.Handler, h.Text)
		}
	}
	if len(hooks) > 0 {
		container["lifecycle"] = hooks
	}
}

func probeManifest(p *models.Probe) map[string]any {
	out := handlerManifest(p.Handler, p.Text)
	for name, span := range map[string]time.Duration{
		"initialDelaySeconds": p.InitialDelay, "timeoutSeconds": p.Timeout, "periodSeconds": p.Period, "terminationGracePeriodSeconds": p.Grace,
	} {
		if span > 0 {
			out[name] = int64(span / time.Second)
		}
	}
	out["successThreshold"], out["failureThreshold"] = p.Success, p.Failure
	return out
}

// handlerManifest writes a handler from how kubectl describes it.
func handlerManifest(kind models.HandlerKind, text string) map[string]any {
	_, what, _ := strings.Cut(text, " ")
	switch kind {
	case models.HTTPHandler:
		// Names of ports make it no URL.
		scheme, rest, _ := strings.Cut(what, "://")
		address, path, _ := strings.Cut(rest, "/")
		if plain, err := url.PathUnescape(path); err == nil {
			path = plain
		}
		host, port, _ := strings.Cut(address, ":")
		get := map[string]any{"path": "/" + path, "port": portOf(port), "scheme": strings.ToUpper(scheme)}
		if host != "" {
			get["host"] = host
		}
		return map[string]any{"httpGet": get}
	case models.TCPHandler:
		host, port, _ := strings.Cut(what, ":")
		socket := map[string]any{"port": portOf(port)}
		if host != "" {
			socket["host"] = host
		}
		return map[string]any{"tcpSocket": socket}
	case models.GRPCHandler:
		port, service, _ := strings.Cut(strings.TrimPrefix(what, "<pod>:"), " ")
		return map[string]any{"grpc": map[string]any{"port": portOf(port), "service": service}}
	case models.SleepHandler:
		seconds, _ := strconv.ParseInt(strings.TrimSuffix(what, "s"), 10, 64)
		return map[string]any{"sleep": map[string]any{"seconds": seconds}}
	}
	var command []any
	for _, word := range strings.Fields(strings.Trim(what, "[]")) {
		command = append(command, word)
	}
	return map[string]any{"exec": map[string]any{"command": command}}
}

// portOf is a port by its number or its name.
func portOf(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	return text
}

// probes describes the probes of a container.
// Source: k8s.io/kubectl/pkg/describe (describeContainerProbe, DescribeProbe).
func (p *page) probes(life *models.Life) {
	if life == nil {
		return
	}
	for _, is := range []struct {
		name  string
		probe *models.Probe
	}{{"Liveness", life.Liveness}, {"Readiness", life.Readiness}, {"Startup", life.Startup}} {
		if is.probe != nil {
			seconds := func(d time.Duration) string { return fmt.Sprintf("%ds", d/time.Second) }
			p.line(2, "%s:\t%s delay=%s timeout=%s period=%s #success=%d #failure=%d", is.name, is.probe.Text, seconds(is.probe.InitialDelay),
				seconds(is.probe.Timeout), seconds(is.probe.Period), is.probe.Success, is.probe.Failure)
		}
	}
}
