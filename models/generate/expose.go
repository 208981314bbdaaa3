package generate

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Expose are the options of kubectl expose. What is empty comes from the object that is
// exposed, if its manifest is known.
type Expose struct {
	Target
	ServiceName     string // empty is the name of the object
	InNamespace     string
	Port            string // empty is every port of the object
	TargetPort      string
	Protocol        string
	Selector        string
	Labels          string
	Type            string
	ClusterIP       string
	ExternalIP      string
	LoadBalancerIP  string
	SessionAffinity string
}

// serviceNameLength is the most characters of the name of a Service.
// Source: k8s.io/apimachinery/pkg/util/validation (DNS1035LabelMaxLength).
const serviceNameLength = 63

// Service makes the Service that exposes an object.
// Source: k8s.io/kubectl/pkg/cmd/expose/expose.go (RunExpose, createService).
func (e *Expose) Service() (Object, error) {
	if !slices.Contains([]string{"Deployment", "ReplicaSet", "ReplicationController", "Service", "Pod"}, e.Kind) {
		return Object{}, fmt.Errorf("cannot expose a %s", e.Kind)
	}
	selector, ports, labels, err := e.exposed()
	switch {
	case e.Selector != "":
		selector, err = parseLabels(e.Selector)
	case err == nil && len(selector) == 0:
		err = errors.New("couldn't retrieve selectors via --selector flag or introspection: there is no cluster to ask; want --selector or -f FILE with the object")
	}
	if err == nil && e.Labels != "" {
		labels, err = parseLabels(e.Labels)
	}
	if err != nil {
		return Object{}, err
	}
	name := e.ServiceName
	if name == "" {
		name = e.Name[:min(len(e.Name), serviceNameLength)]
	}
	spec := corev1.ServiceSpec{Selector: selector, Type: corev1.ServiceType(e.Type), ClusterIP: e.ClusterIP}
	if spec.Ports, err = e.ports(ports); err != nil {
		return Object{}, err
	}
	if err := e.addresses(&spec); err != nil {
		return Object{}, err
	}
	namespace := e.InNamespace
	if namespace == "" {
		namespace = e.Namespace
	}
	return Object{"service", name, &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace, Labels: labels}, Spec: spec,
	}}, nil
}

// addresses sets what says where the Service is reached.
func (e *Expose) addresses(spec *corev1.ServiceSpec) error {
	if !slices.Contains([]string{"", "ClusterIP", "NodePort", "LoadBalancer", "ExternalName"}, e.Type) {
		return fmt.Errorf("unknown service type: %s", e.Type)
	}
	for _, address := range []string{e.ClusterIP, e.ExternalIP, e.LoadBalancerIP} {
		if _, err := netip.ParseAddr(address); err != nil && address != "" && address != "None" {
			return fmt.Errorf("%q is no IP address", address)
		}
	}
	if e.ExternalIP != "" {
		spec.ExternalIPs = []string{e.ExternalIP}
	}
	if e.Type == "LoadBalancer" {
		spec.LoadBalancerIP = e.LoadBalancerIP
	}
	switch e.SessionAffinity {
	case "", "None", "ClientIP":
		spec.SessionAffinity = corev1.ServiceAffinity(e.SessionAffinity)
		return nil
	}
	return fmt.Errorf("unknown session affinity: %s", e.SessionAffinity)
}

// ports are those that were asked for, or all that the object has.
func (e *Expose) ports(of []exposedPort) ([]corev1.ServicePort, error) {
	wanted := slices.Clone(of)
	if e.Port != "" {
		wanted = nil
		for text := range strings.SplitSeq(e.Port, ",") {
			n, err := strconv.Atoi(text)
			if err != nil {
				return nil, err
			}
			if n < 1 || n > 65535 {
				return nil, fmt.Errorf("invalid port %d: must be 1 to 65535", n)
			}
			is := exposedPort{number: int32(n)}
			if at := slices.IndexFunc(of, func(p exposedPort) bool { return p.number == is.number }); at >= 0 {
				is.protocol = of[at].protocol
			}
			wanted = append(wanted, is)
		}
	}
	if len(wanted) == 0 && e.ClusterIP != "None" {
		return nil, errors.New("couldn't find port via --port flag or introspection")
	}
	if !slices.Contains([]string{"", "TCP", "UDP", "SCTP"}, strings.ToUpper(e.Protocol)) {
		return nil, fmt.Errorf("unknown protocol: %s", e.Protocol)
	}
	var out []corev1.ServicePort
	for i, w := range wanted {
		port := corev1.ServicePort{Port: w.number, Protocol: w.protocol, TargetPort: intstr.FromInt32(w.number)}
		if len(wanted) > 1 {
			port.Name = fmt.Sprintf("port-%d", i+1)
		}
		if e.Protocol != "" {
			port.Protocol = corev1.Protocol(strings.ToUpper(e.Protocol))
		}
		if port.Protocol == "" {
			port.Protocol = corev1.ProtocolTCP
		}
		if e.TargetPort != "" {
			port.TargetPort = intstr.Parse(e.TargetPort)
		}
		out = append(out, port)
	}
	return out, nil
}
