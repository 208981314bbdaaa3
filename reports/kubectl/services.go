package kubectl

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func services() *kind {
	return &kind{
		name: "service", plural: "services", short: []string{"svc"}, all: true,
		columns: []string{"NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"}, wide: []string{"SELECTOR"}, aging: []string{"AGE"},
		list: func(m *Moment) (out []object) {
			addresses := m.serviceAddresses()
			for id := range m.View.Services() {
				out = append(out, m.service(id, &addresses[id]))
			}
			return out
		},
		touched: func(op *models.Op, v cluster.View) []int32 {
			if id, ok := serviceOf(op, v); ok {
				return []int32{id}
			}
			return nil
		},
		one: func(m *Moment, id int32) (object, bool) {
			return m.service(id, &m.serviceAddresses()[id]), !m.View.Service(id).Removed()
		},
		describe: describeService,
	}
}

// serviceOf returns the Service that comes, changes or goes with an operation.
func serviceOf(op *models.Op, v cluster.View) (id int32, ok bool) {
	switch op.Kind {
	case models.OpAddService:
		return int32(v.AllServices() - 1), true
	case models.OpUpdateService, models.OpRemoveService:
		return op.Def, true
	}
	return 0, false
}

// serviceAddresses are those of all Services that there ever were, so that none changes
// when another one goes.
func (m *Moment) serviceAddresses() []serviceAddress {
	all := make([]*models.ServiceSpec, m.View.AllServices())
	for id := range all {
		all[id] = m.View.Service(int32(id)).Spec()
	}
	return serviceAddresses(all, m.View.Dictionary())
}

// typeOf returns the type of a Service and the address by which others know it.
// Source: pkg/printers/internalversion/printers.go (getServiceExternalIP).
func typeOf(s *models.ServiceSpec) (kind, external string) {
	switch s.Type {
	case "":
		return typeClusterIP, "<none>"
	case typeLoadBalancer:
		return s.Type, "<pending>"
	case typeExternalName:
		return s.Type, s.ExternalName
	}
	return s.Type, "<none>"
}

// service shows a Service.
// Source: pkg/printers/internalversion/printers.go (printService, makePortString).
func (m *Moment) service(id int32, address *serviceAddress) object {
	d, s := m.View.Dictionary(), m.View.Service(id).Spec()
	kind, external := typeOf(s)
	var ports []string
	for i := range s.Ports {
		p := &s.Ports[i]
		if port := address.nodePorts[i]; port > 0 {
			ports = append(ports, fmt.Sprintf("%d:%d/%s", p.Port, port, protocol(p)))
		} else {
			ports = append(ports, fmt.Sprintf("%d/%s", p.Port, protocol(p)))
		}
	}
	name := d.String(s.Name)
	return object{
		id: id, namespace: d.String(s.Namespace), name: name, labels: labelsOf(s.Labels, d),
		cells:    []string{name, kind, orNone(address.clusterIP), external, orNone(strings.Join(ports, ",")), m.age(m.View.Service(id).Created())},
		wide:     []string{pairsText(labelsOf(s.Selector, d))},
		manifest: func() map[string]any { return m.serviceManifest(id, s, address) },
	}
}

func protocol(p *models.ServicePort) string { return [...]string{"TCP", "UDP", "SCTP"}[p.Protocol] }

// target is the port of the pods, which is that of the Service if nothing else was said.
func target(p *models.ServicePort) string {
	if p.Target == "" {
		return count(p.Port)
	}
	return p.Target
}

func (m *Moment) serviceManifest(id int32, s *models.ServiceSpec, address *serviceAddress) map[string]any {
	d := m.View.Dictionary()
	kind, _ := typeOf(s)
	meta := map[string]any{
		"name": d.String(s.Name), "namespace": d.String(s.Namespace), "uid": UID("Service", id), "creationTimestamp": m.stamp(m.View.Service(id).Created()),
	}
	addLabels(meta, s.Labels, d)
	body := map[string]any{"type": kind, "sessionAffinity": "None"}
	if kind == typeExternalName {
		body["externalName"] = s.ExternalName
	} else {
		body["clusterIP"], body["clusterIPs"] = address.clusterIP, []any{address.clusterIP}
		body["ipFamilies"], body["ipFamilyPolicy"], body["internalTrafficPolicy"] = []any{"IPv4"}, "SingleStack", "Cluster"
	}
	if kind == typeLoadBalancer {
		body["allocateLoadBalancerNodePorts"] = !s.NoNodePorts
	}
	if kind == typeLoadBalancer || kind == "NodePort" {
		body["externalTrafficPolicy"] = "Cluster"
	}
	if s.PublishNotReady {
		body["publishNotReadyAddresses"] = true
	}
	if len(s.Selector) > 0 {
		body["selector"] = anyMap(labelsOf(s.Selector, d))
	}
	var ports []any
	for i := range s.Ports {
		p := &s.Ports[i]
		port := map[string]any{"port": p.Port, "protocol": protocol(p), "targetPort": number(target(p))}
		if p.Name != "" {
			port["name"] = p.Name
		}
		if address.nodePorts[i] > 0 {
			port["nodePort"] = address.nodePorts[i]
		}
		ports = append(ports, port)
	}
	if ports != nil {
		body["ports"] = ports
	}
	return map[string]any{
		"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": body, "status": map[string]any{"loadBalancer": map[string]any{}},
	}
}

// describeService describes a Service with its ready endpoints.
// Source: k8s.io/kubectl/pkg/describe (describeService).
func describeService(m *Moment, o object) string {
	p, d, s := newPage(), m.View.Dictionary(), m.View.Service(o.id).Spec()
	kind, _ := typeOf(s)
	address := &m.serviceAddresses()[o.id]
	p.line(0, "Name:\t%s", o.name)
	p.line(0, "Namespace:\t%s", o.namespace)
	p.pairs(0, "Labels", "=", o.labels)
	p.pairs(0, "Annotations", ": ", nil)
	p.line(0, "Selector:\t%s", pairsText(labelsOf(s.Selector, d)))
	p.line(0, "Type:\t%s", kind)
	families := "<none>"
	if kind != typeExternalName {
		p.line(0, "IP Family Policy:\tSingleStack")
		families = "IPv4"
	}
	p.line(0, "IP Families:\t%s", families)
	p.line(0, "IP:\t%s", address.clusterIP)
	p.line(0, "IPs:\t%s", orNone(address.clusterIP))
	if s.ExternalName != "" {
		p.line(0, "External Name:\t%s", s.ExternalName)
	}
	list := m.endpointsOf(s)
	for i := range s.Ports {
		port := &s.Ports[i]
		p.line(0, "Port:\t%s\t%d/%s", orUnset(port.Name), port.Port, protocol(port))
		p.line(0, "TargetPort:\t%s/%s", target(port), protocol(port))
		if on := address.nodePorts[i]; on != 0 {
			p.line(0, "NodePort:\t%s\t%d/%s", orUnset(port.Name), on, protocol(port))
		}
		shown, total := hostPorts(list, s, &port.Name)
		p.line(0, "Endpoints:\t%s", withMore(shown, total))
	}
	p.line(0, "Session Affinity:\tNone")
	if kind == typeLoadBalancer || kind == "NodePort" {
		p.line(0, "External Traffic Policy:\tCluster")
	}
	if kind != typeExternalName {
		p.line(0, "Internal Traffic Policy:\tCluster")
	}
	p.events(m, UID("Service", o.id))
	return p.text()
}
