package kubectl

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// containers writes the containers of a specification as the API has it, with what became
// of them if a pod is given. Requests that are known as a sum only stand before them.
// Source: k8s.io/kubectl/pkg/describe (describeContainers).
func (p *page) containers(m *Moment, spec *models.PodSpec, body map[string]any, pod *cluster.Pod, level int) {
	if whole := mapAt(body, "resources"); whole != nil {
		p.line(level, "Resources:")
		p.resources(level+1, whole)
	}
	for _, list := range []struct{ key, title string }{{"initContainers", "Init Containers"}, {"containers", "Containers"}} {
		for i, c := range listAt(body, list.key) {
			if i == 0 {
				p.line(level, "%s:", list.title)
			}
			p.container(m, spec, c.(map[string]any), pod, level)
		}
	}
}

func (p *page) resources(level int, resources map[string]any) {
	p.amounts(level, "Limits", mapAt(resources, "limits"))
	p.amounts(level, "Requests", mapAt(resources, "requests"))
}

func (p *page) container(m *Moment, spec *models.PodSpec, c map[string]any, pod *cluster.Pod, level int) {
	p.line(1, "%s%s:", strings.Repeat(" ", level), c["name"])
	var status map[string]any
	if pod != nil {
		status = m.statusOfContainer(*pod, textAt(c, "name"))
	}
	if status != nil {
		p.line(2, "Container ID:\t")
	}
	p.line(2, "Image:\t%s", c["image"])
	if status != nil {
		p.line(2, "Image ID:\t")
	}
	p.ports("Port", "containerPort", c)
	p.ports("Host Port", "hostPort", c)
	p.seccomp(2, mapAt(c, "securityContext"))
	p.words("Command", listAt(c, "command"))
	p.words("Args", listAt(c, "args"))
	if status != nil {
		p.state("State", mapAt(status, "state"))
		if last := mapAt(status, "lastState"); len(last) > 0 {
			p.state("Last State", last)
		}
		p.line(2, "Ready:\t%s", title(trueAt(status, "ready")))
		p.line(2, "Restart Count:\t%d", status["restartCount"])
	}
	p.resources(2, mapAt(c, "resources"))
	for i := range spec.Containers {
		if is := &spec.Containers[i]; m.View.Dictionary().String(is.Name) == c["name"] {
			p.probes(is.Life)
		}
	}
	p.environment(m, c, pod)
	p.mounts(c)
}

// statusOfContainer is the status of a container, or nil if no kubelet has seen the pod.
func (m *Moment) statusOfContainer(pod cluster.Pod, name string) map[string]any {
	s := m.statusOfPod(pod)
	if s.state == unseen {
		return nil
	}
	for i := range pod.Spec().Containers {
		if c := &pod.Spec().Containers[i]; m.View.Dictionary().String(c.Name) == name {
			return m.containerStatus(pod, c, &s)
		}
	}
	return nil
}

// ports writes the ports of a container, or those of its node.
// Source: k8s.io/kubectl/pkg/describe (describeContainerBasicInfo).
func (p *page) ports(title, key string, c map[string]any) {
	var texts []string
	for _, port := range listAt(c, "ports") {
		text := cmp.Or(textAt(port, key), "0") + "/" + cmp.Or(textAt(port, "protocol"), "TCP")
		if name := textAt(port, "name"); name != "" {
			text += " (" + name + ")"
		}
		texts = append(texts, text)
	}
	if len(texts) > 1 {
		title += "s"
	}
	p.line(2, "%s:\t%s", title, orNone(strings.Join(texts, ", ")))
}

// seccomp writes which calls of the system are allowed, if that is said.
func (p *page) seccomp(level int, context map[string]any) {
	profile := mapAt(context, "seccompProfile")
	if profile == nil {
		return
	}
	p.line(level, "SeccompProfile:\t%s", textAt(profile, "type"))
	if textAt(profile, "type") == "Localhost" {
		p.line(level+level/2, "LocalhostProfile:\t%s", textAt(profile, "localhostProfile"))
	}
}

// words writes a command or its arguments, one a line.
func (p *page) words(title string, words []any) {
	if len(words) > 0 {
		p.line(2, "%s:", title)
	}
	for _, word := range words {
		for line := range strings.SplitSeq(fmt.Sprint(word), "\n") {
			p.line(3, "%s", line)
		}
	}
}

// environment writes the variables of a container, and where they come from.
// Source: k8s.io/kubectl/pkg/describe (describeContainerEnvFrom, describeContainerEnvVars).
func (p *page) environment(m *Moment, c map[string]any, pod *cluster.Pod) {
	if sources := listAt(c, "envFrom"); len(sources) > 0 {
		p.line(2, "Environment Variables from:")
		for _, source := range sources {
			from, ref := "ConfigMap", mapAt(source, "configMapRef")
			if ref == nil {
				from, ref = "Secret", mapAt(source, "secretRef")
			}
			if prefix := textAt(source, "prefix"); prefix != "" {
				from += " with prefix '" + prefix + "'"
			}
			p.line(3, "%s\t%s\tOptional: %t", textAt(ref, "name"), from, trueAt(ref, "optional"))
		}
	}
	variables := listAt(c, "env")
	if len(variables) == 0 {
		p.line(2, "Environment:\t<none>")
		return
	}
	p.line(2, "Environment:")
	for _, v := range variables {
		name := textAt(v, "name")
		if from := mapAt(v, "valueFrom"); from != nil {
			p.variable(m, name, from, c, pod)
			continue
		}
		for i, line := range strings.Split(textAt(v, "value"), "\n") {
			if i == 0 {
				line = name + ":\t" + line
			} else {
				line = "\t" + line
			}
			p.line(3, "%s", line)
		}
	}
}

// variable writes a variable whose value is found elsewhere.
func (p *page) variable(m *Moment, name string, from, c map[string]any, pod *cluster.Pod) {
	field, resource := mapAt(from, "fieldRef"), mapAt(from, "resourceFieldRef")
	secret, configMap := mapAt(from, "secretKeyRef"), mapAt(from, "configMapKeyRef")
	switch {
	case field != nil:
		value := ""
		if pod != nil {
			value = m.fieldOf(*pod, textAt(field, "fieldPath"))
		}
		p.line(3, "%s:\t%s (%s:%s)", name, value, cmp.Or(textAt(field, "apiVersion"), "v1"), textAt(field, "fieldPath"))
	case resource != nil:
		p.line(3, "%s:\t%s (%s)", name, resourceField(c, textAt(resource, "resource"), textAt(resource, "divisor")), textAt(resource, "resource"))
	case secret != nil:
		p.line(3, "%s:\t<set to the key '%s' in secret '%s'>\tOptional: %t", name, textAt(secret, "key"), textAt(secret, "name"), trueAt(secret, "optional"))
	case configMap != nil:
		p.line(3, "%s:\t<set to the key '%s' of config map '%s'>\tOptional: %t", name, textAt(configMap, "key"), textAt(configMap, "name"), trueAt(configMap, "optional"))
	}
}

// fieldOf is a field of a pod as its environment has it.
// Source: k8s.io/kubernetes/pkg/fieldpath (ExtractFieldPathAsString).
func (m *Moment) fieldOf(pod cluster.Pod, path string) string {
	d, spec := m.View.Dictionary(), pod.Spec()
	if field, key, ok := strings.Cut(strings.TrimSuffix(path, "']"), "['"); ok {
		switch field {
		case "metadata.labels":
			return labelsOf(spec.Labels, d)[key]
		case "metadata.annotations":
			return m.annotationsOf(pod)[key]
		}
		return ""
	}
	switch path {
	case "metadata.name":
		return pod.Name()
	case "metadata.namespace":
		return d.String(spec.Namespace)
	case "metadata.uid":
		return UID("Pod", int32(pod.ID()))
	}
	return "" // kubectl knows no status here
}

// resourceField is what a container may take or asks for, in units of a divisor.
// Source: k8s.io/kubectl/pkg/util/resource (ExtractContainerResourceValue).
func resourceField(c map[string]any, field, divisor string) string {
	list, name, _ := strings.Cut(field, ".")
	text := textAt(c, "resources", list, name)
	value, unit := quantityValue(text), quantityValue(divisor)
	if unit == 0 {
		unit = 1000
	}
	if n := (value + unit - 1) / unit; n > 0 || list != "limits" || name != "cpu" && name != "memory" {
		return fmt.Sprint(n)
	}
	return "node allocatable"
}

// mounts writes what a container has mounted, by where.
// Source: k8s.io/kubectl/pkg/describe (describeContainerVolumes).
func (p *page) mounts(c map[string]any) {
	list := slices.Clone(listAt(c, "volumeMounts"))
	if len(list) == 0 {
		p.line(2, "Mounts:\t<none>")
	} else {
		p.line(2, "Mounts:")
	}
	byPath := func(key string) func(a, b any) int {
		return func(a, b any) int { return cmp.Compare(textAt(a, key), textAt(b, key)) }
	}
	slices.SortStableFunc(list, byPath("mountPath"))
	for _, mount := range list {
		how := "rw"
		if trueAt(mount, "readOnly") {
			how = "ro"
		}
		if path := textAt(mount, "subPath"); path != "" {
			how += fmt.Sprintf(",path=%q", path)
		}
		p.line(3, "%s from %s (%s)", textAt(mount, "mountPath"), textAt(mount, "name"), how)
	}
	devices := slices.Clone(listAt(c, "volumeDevices"))
	if len(devices) == 0 {
		return
	}
	p.line(2, "Devices:")
	slices.SortStableFunc(devices, byPath("devicePath"))
	for _, device := range devices {
		p.line(3, "%s from %s", textAt(device, "devicePath"), textAt(device, "name"))
	}
}
