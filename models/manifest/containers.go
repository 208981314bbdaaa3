package manifest

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// containers compiles the containers of a pod in the order in which they start:
// init containers and sidecars, then app containers.
func (c *checker) containers(spec *corev1.PodSpec, path string) []models.Container {
	if len(spec.Containers) == 0 {
		c.addf(path+".containers", "a pod needs at least one container")
	}
	var out []models.Container
	names := map[string]bool{}
	for _, list := range containerLists(spec, path) {
		for i := range list.containers {
			container, at := &list.containers[i], yamlnode.IndexPath(list.path, i)
			c.containerName(container.Name, at, names)
			c.containerImage(container, at)
			kind := models.AppContainer
			switch {
			case list.path != path+".initContainers":
			case isSidecar(container):
				kind = models.Sidecar
			default:
				kind = models.InitContainer
			}
			image, untagged := c.set.dict.Sym(NormalImage(container.Image)), models.Sym(0)
			if written := c.set.dict.Sym(container.Image); written != image {
				untagged = written
			}
			out = append(out, models.Container{
				Name:       c.set.dict.Sym(container.Name),
				Image:      image,
				Untagged:   untagged,
				Kind:       kind,
				AlwaysPull: container.ImagePullPolicy == corev1.PullAlways,
				NeverPull:  container.ImagePullPolicy == corev1.PullNever,
				Life:       c.life(container, kind, *spec.TerminationGracePeriodSeconds, at),
			})
		}
	}
	return out
}

func (c *checker) containerName(name, path string, seen map[string]bool) {
	if name == "" {
		c.addf(path+".name", "name is missing")
		return
	}
	c.checkLabelName(name, path+".name")
	if seen[name] {
		c.addf(path+".name", "container %s occurs twice", quote(name))
	}
	seen[name] = true
}

func (c *checker) containerImage(container *corev1.Container, path string) {
	switch {
	case container.Image == "":
		c.addf(path+".image", "image is missing")
	case strings.TrimSpace(container.Image) != container.Image:
		c.addf(path+".image", "got %s; want no space around the image", quote(container.Image))
	}
	c.oneOf(string(container.ImagePullPolicy), path+".imagePullPolicy", "Always", "IfNotPresent", "Never")
}

var protocols = map[corev1.Protocol]models.Protocol{
	corev1.ProtocolTCP:  models.TCP,
	corev1.ProtocolUDP:  models.UDP,
	corev1.ProtocolSCTP: models.SCTP,
}

// hostPorts checks all ports and compiles those that app containers and sidecars
// take on their node, each once. Ports of plain init containers do not count.
// A port may not occur twice, as it is written, in one init container or among
// all app containers.
// Source: pkg/scheduler/util/utils.go (GetHostPorts), pkg/apis/core/validation
// (checkHostPortConflicts).
func (c *checker) hostPorts(spec *corev1.PodSpec, path string) []models.HostPort {
	var out []models.HostPort
	for _, list := range containerLists(spec, path) {
		isInit := list.path == path+".initContainers"
		written := map[writtenPort]bool{}
		for i := range list.containers {
			container := &list.containers[i]
			names := map[string]bool{}
			if isInit {
				clear(written)
			}
			for j := range container.Ports {
				p := &container.Ports[j]
				at := yamlnode.IndexPath(yamlnode.IndexPath(list.path, i)+".ports", j)
				port, ok := c.port(p, at, spec.HostNetwork, names)
				if !ok || port.Port == 0 {
					continue
				}
				key := writtenPort{p.Protocol, p.HostIP, p.HostPort}
				if written[key] {
					c.addf(at, "host port %d/%s occurs twice", port.Port, p.Protocol)
				}
				written[key] = true
				if (!isInit || isSidecar(container)) && !slices.Contains(out, port) {
					out = append(out, port)
				}
			}
		}
	}
	return out
}

// writtenPort is a host port as the user wrote it.
type writtenPort struct {
	protocol corev1.Protocol
	ip       string
	port     int32
}

// port checks one port. names are those of the same container so far.
// Source: pkg/apis/core/validation (validateContainerPorts).
func (c *checker) port(p *corev1.ContainerPort, path string, hostNetwork bool, names map[string]bool) (models.HostPort, bool) {
	before := len(c.problems)
	if p.Name != "" {
		if len(validation.IsValidPortName(p.Name)) > 0 {
			c.addf(path+".name", `invalid port name %s; want at most 15 lower-case letters, digits and "-", with a letter`, quote(p.Name))
		}
		if names[p.Name] {
			c.addf(path+".name", "port %s occurs twice", quote(p.Name))
		}
		names[p.Name] = true
	}
	if p.ContainerPort < 1 || p.ContainerPort > 65535 {
		c.addf(path+".containerPort", "got %d; want a port from 1 to 65535", p.ContainerPort)
	}
	switch {
	case p.HostPort < 0 || p.HostPort > 65535:
		c.addf(path+".hostPort", "got %d; want a port from 1 to 65535", p.HostPort)
	case hostNetwork && p.HostPort != p.ContainerPort:
		c.addf(path+".hostPort", "got %d; want the containerPort %d, since hostNetwork is set", p.HostPort, p.ContainerPort)
	}
	c.oneOf(string(p.Protocol), path+".protocol", "TCP", "UDP", "SCTP")
	ip := p.HostIP
	if ip != "" {
		if _, err := netip.ParseAddr(ip); err != nil {
			c.addf(path+".hostIP", "got %s; want an IP address", quote(ip))
		}
	}
	if ip == "0.0.0.0" {
		ip = ""
	}
	port := models.HostPort{Protocol: protocols[p.Protocol], IP: c.set.dict.Sym(ip), Port: p.HostPort}
	return port, len(c.problems) == before
}

// nodeAffinity compiles the terms that nodes must or should match.
func (c *checker) nodeAffinity(spec *corev1.PodSpec, path string, out *models.PodSpec) {
	if spec.Affinity == nil || spec.Affinity.NodeAffinity == nil {
		return
	}
	affinity := spec.Affinity.NodeAffinity
	if required := affinity.RequiredDuringSchedulingIgnoredDuringExecution; required != nil {
		at := path + ".requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
		if len(required.NodeSelectorTerms) == 0 {
			c.addf(at, "at least one term is needed")
		}
		out.HasRequiredTerms = true
		for i := range required.NodeSelectorTerms {
			out.RequiredTerms = append(out.RequiredTerms, c.nodeTerm(&required.NodeSelectorTerms[i], yamlnode.IndexPath(at, i)))
		}
	}
	for i := range affinity.PreferredDuringSchedulingIgnoredDuringExecution {
		preferred := &affinity.PreferredDuringSchedulingIgnoredDuringExecution[i]
		at := yamlnode.IndexPath(path+".preferredDuringSchedulingIgnoredDuringExecution", i)
		if preferred.Weight < 1 || preferred.Weight > 100 {
			c.addf(at+".weight", "got %d; want 1 to 100", preferred.Weight)
		}
		out.PreferredTerms = append(out.PreferredTerms, models.PreferredTerm{
			Weight: preferred.Weight,
			Term:   c.nodeTerm(&preferred.Preference, at+".preference"),
		})
	}
}

var effects = map[corev1.TaintEffect]models.Effect{
	"":                                 models.AnyEffect,
	corev1.TaintEffectNoSchedule:       models.NoSchedule,
	corev1.TaintEffectPreferNoSchedule: models.PreferNoSchedule,
	corev1.TaintEffectNoExecute:        models.NoExecute,
}

// defaultTolerationSeconds is how long a pod stays on a node that is not ready
// or unreachable, unless it says otherwise.
const defaultTolerationSeconds = 300

// tolerations compiles tolerations and adds those of admission.
// Source: plugin/pkg/admission/defaulttolerationseconds/admission.go.
func (c *checker) tolerations(list []corev1.Toleration, path string) []models.Toleration {
	var out []models.Toleration
	notReady, unreachable := false, false
	for i := range list {
		t := &list[i]
		out = append(out, c.toleration(t, yamlnode.IndexPath(path, i)))
		if t.Effect == "" || t.Effect == corev1.TaintEffectNoExecute {
			notReady = notReady || t.Key == "" || t.Key == models.TaintNotReady
			unreachable = unreachable || t.Key == "" || t.Key == models.TaintUnreachable
		}
	}
	for _, missing := range []struct {
		key       string
		tolerated bool
	}{{models.TaintNotReady, notReady}, {models.TaintUnreachable, unreachable}} {
		if !missing.tolerated {
			seconds := int64(defaultTolerationSeconds)
			out = append(out, models.Toleration{
				Key: c.set.dict.Sym(missing.key), Exists: true, Effect: models.NoExecute, Seconds: &seconds,
			})
		}
	}
	return out
}

// toleration compiles one toleration.
// Source: pkg/apis/core/validation (ValidateTolerations).
func (c *checker) toleration(t *corev1.Toleration, path string) models.Toleration {
	if t.Key != "" {
		c.checkLabelKey(t.Key, path+".key")
	}
	switch t.Operator {
	case corev1.TolerationOpExists:
		if t.Value != "" {
			c.addf(path+".value", "got %s; operator Exists takes no value", quote(t.Value))
		}
	case "", corev1.TolerationOpEqual:
		c.checkLabelValue(t.Value, path+".value")
		if t.Key == "" {
			c.addf(path+".operator", "an empty key matches every taint; want operator Exists")
		}
	default:
		c.oneOf(string(t.Operator), path+".operator", "Equal", "Exists")
	}
	if _, ok := effects[t.Effect]; !ok {
		c.addf(path+".effect", "%s", effectText(t.Effect))
	}
	if t.TolerationSeconds != nil && t.Effect != corev1.TaintEffectNoExecute {
		c.addf(path+".tolerationSeconds", "tolerationSeconds goes with effect NoExecute only")
	}
	return models.Toleration{
		Key:     c.set.dict.Sym(t.Key),
		Value:   c.set.dict.Sym(t.Value),
		Exists:  t.Operator == corev1.TolerationOpExists,
		Effect:  effects[t.Effect],
		Seconds: t.TolerationSeconds,
	}
}

func effectText(effect corev1.TaintEffect) string {
	known := []string{"NoSchedule", "PreferNoSchedule", "NoExecute"}
	return fmt.Sprintf("got %s; want %s%s", quote(string(effect)), strings.Join(known, ", "), didYouMean(string(effect), known))
}
