package kubectl

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
)

// describePod describes a pod.
// Source: k8s.io/kubectl/pkg/describe (describePod).
func describePod(m *Moment, o object) string {
	pod, d := m.View.Pod(models.PodID(o.id)), m.View.Dictionary()
	spec, body, p := pod.Spec(), m.wholeSpec(pod), newPage()
	p.line(0, "Name:\t%s", o.name)
	p.line(0, "Namespace:\t%s", o.namespace)
	p.line(0, "Priority:\t%d", spec.Priority)
	if spec.PriorityClass != 0 {
		p.line(0, "Priority Class Name:\t%s", d.String(spec.PriorityClass))
	}
	if class := textAt(body, "runtimeClassName"); class != "" {
		p.line(0, "Runtime Class Name:\t%s", class)
	}
	if account := textAt(body, "serviceAccountName"); account != "" {
		p.line(0, "Service Account:\t%s", account)
	}
	if pod.Node() == models.None {
		p.line(0, "Node:\t<none>")
	} else {
		p.line(0, "Node:\t%s/%s", m.View.Node(pod.Node()).Name(), nodeAddress(m.View, pod.Node()))
	}
	s := m.statusOfPod(pod)
	if s.state != unseen {
		p.line(0, "Start Time:\t%s", m.longDate(pod.BoundAt()))
	}
	p.pairs(0, "Labels", "=", o.labels)
	p.pairs(0, "Annotations", ": ", m.annotationsOf(pod))
	if pod.Deleting() && !pod.Phase().Terminal() {
		p.line(0, "Status:\tTerminating (lasts %s)", m.age(pod.Deadline()))
		p.line(0, "Termination Grace Period:\t%ds", graceOf(pod))
	} else {
		p.line(0, "Status:\t%s", pod.Phase())
	}
	if reason, message := m.endOf(pod); reason != "" {
		p.line(0, "Reason:\t%s", reason)
		if message != "" {
			p.line(0, "Message:\t%s", message)
		}
	}
	p.seccomp(0, mapAt(body, "securityContext"))
	if address := m.address(pod); address != "" {
		p.line(0, "IP:\t%s", address)
		p.line(0, "IPs:")
		p.line(1, "IP:\t%s", address)
	} else {
		p.line(0, "IP:\t")
		p.line(0, "IPs:\t<none>")
	}
	if spec.Static && pod.Node() != models.None {
		p.line(0, "Controlled By:\tNode/%s", m.View.Node(pod.Node()).Name())
	}
	if pod.Owner() != models.None {
		owner := m.View.Owner(pod.Owner())
		p.line(0, "Controlled By:\t%s/%s", owner.Kind(), owner.Name())
	}
	if pod.Nominated() != models.None {
		p.line(0, "NominatedNodeName:\t%s", m.View.Node(pod.Nominated()).Name())
	}
	p.containers(m, spec, body, &pod, 0)
	p.ephemerals(m, pod)
	p.gates(m, pod)
	if conditions := m.conditionsOf(pod); len(conditions) > 0 {
		p.line(0, "Conditions:")
		p.line(1, "Type\tStatus")
		for _, c := range conditions {
			p.line(1, "%s \t%s ", c.kind, c.status)
		}
	}
	p.volumes(body, 0)
	p.line(0, "QoS Class:\t%s", spec.QOS)
	p.pairs(0, "Node-Selectors", "=", labelsOf(spec.NodeSelector, d))
	p.tolerations(0, spec.Tolerations, d)
	p.spread(spec, d, 0)
	p.eviction(m, pod)
	p.events(m, UID("Pod", o.id))
	return p.text()
}

// spread writes the topology spread constraints, if there are any.
// Source: k8s.io/kubectl/pkg/describe
// (printTopologySpreadConstraintsMultilineWithIndent).
func (p *page) spread(spec *models.PodSpec, d *models.Dictionary, level int) {
	var texts []string
	for i := range spec.Spread {
		c := &spec.Spread[i]
		text := fmt.Sprintf("%s:%s when max skew %d is exceeded", d.String(c.TopologyKey), unsatisfiable(c), c.MaxSkew)
		if !c.Selector.None {
			text += " for selector " + c.Selector.Requirements.Text(d)
		}
		texts = append(texts, text)
	}
	if slices.Sort(texts); texts != nil {
		p.list(level, "Topology Spread Constraints", texts)
	}
}

func unsatisfiable(c *models.SpreadConstraint) string {
	if c.Soft {
		return "ScheduleAnyway"
	}
	return "DoNotSchedule"
}
