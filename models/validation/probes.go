package validation

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// lifecycle checks the hooks and probes of a container.
// Source: pkg/apis/core/validation/validation.go (validateLifecycle, validateProbe).
func (p *podRules) lifecycle(c *corev1.Container, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if hooks := c.Lifecycle; hooks != nil {
		at := path.Child("lifecycle")
		if h := hooks.PostStart; h != nil {
			errs = append(errs, p.handler(&action{h.Exec, h.HTTPGet, h.TCPSocket, nil, h.Sleep}, at.Child("postStart"))...)
		}
		if h := hooks.PreStop; h != nil {
			errs = append(errs, p.handler(&action{h.Exec, h.HTTPGet, h.TCPSocket, nil, h.Sleep}, at.Child("preStop"))...)
		}
	}
	errs = append(errs, p.probe(c.LivenessProbe, path.Child("livenessProbe"), true)...)
	if probe := c.ReadinessProbe; probe != nil {
		errs = append(errs, p.probe(probe, path.Child("readinessProbe"), false)...)
		if probe.TerminationGracePeriodSeconds != nil {
			errs = append(errs, field.Invalid(path.Child("readinessProbe", "terminationGracePeriodSeconds"), probe.TerminationGracePeriodSeconds,
				"must not be set for readinessProbes"))
		}
	}
	return append(errs, p.probe(c.StartupProbe, path.Child("startupProbe"), true)...)
}

func (p *podRules) probe(probe *corev1.Probe, path *field.Path, kills bool) field.ErrorList {
	if probe == nil {
		return nil
	}
	errs := p.handler(&action{probe.Exec, probe.HTTPGet, probe.TCPSocket, probe.GRPC, nil}, path)
	for _, number := range []struct {
		name  string
		value int32
	}{
		{"initialDelaySeconds", probe.InitialDelaySeconds}, {"timeoutSeconds", probe.TimeoutSeconds},
		{"periodSeconds", probe.PeriodSeconds}, {"successThreshold", probe.SuccessThreshold}, {"failureThreshold", probe.FailureThreshold},
	} {
		errs = append(errs, notNegative(number.value, path.Child(number.name))...)
	}
	if grace := probe.TerminationGracePeriodSeconds; grace != nil && *grace <= 0 {
		errs = append(errs, field.Invalid(path.Child("terminationGracePeriodSeconds"), *grace, "must be greater than 0"))
	}
	if kills && probe.SuccessThreshold != 1 {
		errs = append(errs, field.Invalid(path.Child("successThreshold"), probe.SuccessThreshold, "must be 1"))
	}
	return errs
}

// action is what a probe or a hook does: one of these.
type action struct {
	exec  *corev1.ExecAction
	http  *corev1.HTTPGetAction
	tcp   *corev1.TCPSocketAction
	grpc  *corev1.GRPCAction
	sleep *corev1.SleepAction
}

// handler checks that there is one action, and that.
// Source: pkg/apis/core/validation/validation.go (validateHandler).
func (p *podRules) handler(a *action, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	given := 0
	for _, kind := range []struct {
		name  string
		given bool
		check func(at *field.Path) field.ErrorList
	}{
		{"exec", a.exec != nil, func(at *field.Path) field.ErrorList { return execAction(a.exec, at) }},
		{"httpGet", a.http != nil, func(at *field.Path) field.ErrorList { return httpAction(a.http, at) }},
		{"tcpSocket", a.tcp != nil, func(at *field.Path) field.ErrorList { return portNumberOrName(a.tcp.Port, at.Child("port")) }},
		{"grpc", a.grpc != nil, func(at *field.Path) field.ErrorList {
			return portNumberOrName(intstr.FromInt32(a.grpc.Port), at.Child("port"))
		}},
		{"sleep", a.sleep != nil, func(at *field.Path) field.ErrorList { return p.sleepAction(a.sleep, at) }},
	} {
		switch {
		case !kind.given:
		case given > 0:
			errs = append(errs, field.Forbidden(path.Child(kind.name), "may not specify more than 1 handler type"))
		default:
			given++
			errs = append(errs, kind.check(path.Child(kind.name))...)
		}
	}
	if given == 0 {
		errs = append(errs, field.Required(path, "must specify a handler type"))
	}
	return errs
}

func execAction(a *corev1.ExecAction, path *field.Path) field.ErrorList {
	if len(a.Command) == 0 {
		return field.ErrorList{field.Required(path.Child("command"), "")}
	}
	return nil
}

func httpAction(a *corev1.HTTPGetAction, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if a.Path == "" {
		errs = append(errs, field.Required(path.Child("path"), ""))
	}
	errs = append(errs, portNumberOrName(a.Port, path.Child("port"))...)
	errs = append(errs, oneOf(a.Scheme, path.Child("scheme"), false, corev1.URISchemeHTTP, corev1.URISchemeHTTPS)...)
	for _, header := range a.HTTPHeaders {
		errs = append(errs, invalid(header.Name, path.Child("httpHeaders"), validation.IsHTTPHeaderName(header.Name))...)
	}
	return errs
}

func (p *podRules) sleepAction(a *corev1.SleepAction, path *field.Path) field.ErrorList {
	grace := p.spec.TerminationGracePeriodSeconds
	if grace != nil && (a.Seconds < 0 || a.Seconds > *grace) {
		return field.ErrorList{field.Invalid(path, a.Seconds, fmt.Sprintf("must be non-negative and less than terminationGracePeriodSeconds (%d)", *grace))}
	}
	return nil
}

func portNumberOrName(port intstr.IntOrString, path *field.Path) field.ErrorList {
	if port.Type == intstr.Int {
		return invalid(port.IntValue(), path, validation.IsValidPortNum(port.IntValue()))
	}
	return invalid(port.StrVal, path, validation.IsValidPortName(port.StrVal))
}
