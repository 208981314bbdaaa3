package kubectl

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// endpoint is an endpoint with its address.
type endpoint struct {
	cluster.Endpoint
	address string
}

// endpointsOf lists the endpoints of a Service that have an address, by it.
func (m *Moment) endpointsOf(s *models.ServiceSpec) (list []endpoint) {
	for _, e := range m.View.Endpoints(s) {
		if address := m.address(e.Pod); address != "" {
			list = append(list, endpoint{e, address})
		}
	}
	slices.SortStableFunc(list, func(a, b endpoint) int {
		x, _ := netip.ParseAddr(a.address)
		y, _ := netip.ParseAddr(b.address)
		return cmp.Or(x.Compare(y), cmp.Compare(a.Pod.ID(), b.Pod.ID()))
	})
	return list
}

// most is how many addresses and ports a cell shows.
const most = 3

// withMore writes a list and how many are left out.
func withMore(list []string, total int) string {
	text := strings.Join(list, ",")
	if total > most {
		text += fmt.Sprintf(" + %d more...", total-most)
	}
	return text
}

// hostPorts lists ready endpoints with a port of the Service each; "" is every port.
func hostPorts(list []endpoint, s *models.ServiceSpec, name *string) (shown []string, total int) {
	add := func(text string) {
		if total++; len(shown) < most {
			shown = append(shown, text)
		}
	}
	for i := range max(len(s.Ports), 1) {
		if i < len(s.Ports) && name != nil && s.Ports[i].Name != *name {
			continue
		}
		for _, e := range list {
			switch {
			case !e.Ready:
			case len(s.Ports) == 0:
				add(e.address)
			default:
				add(net.JoinHostPort(e.address, target(&s.Ports[i])))
			}
		}
	}
	return shown, total
}

// endpoints are the older form: only what is ready, and not being deleted.
// Source: pkg/controller/endpoint/endpoints_controller.go (syncService),
// pkg/printers/internalversion/printers.go (formatEndpoints).
func endpoints() *kind {
	return serviceKind(kind{
		name: "endpoints", plural: "endpoints", short: []string{"ep"}, columns: []string{"NAME", "ENDPOINTS", "AGE"}, aging: []string{"AGE"},
	}, func(m *Moment, id int32, s *models.ServiceSpec) []object {
		list := slices.DeleteFunc(m.endpointsOf(s), func(e endpoint) bool { return e.Terminating && !s.PublishNotReady })
		shown, total := hostPorts(list, s, nil)
		var ready, unready []any
		for _, e := range list {
			address := map[string]any{"ip": e.address, "nodeName": m.View.Node(e.Pod.Node()).Name(), "targetRef": podTarget(e.Pod)}
			if e.Ready {
				ready = append(ready, address)
			} else {
				unready = append(unready, address)
			}
		}
		subset := map[string]any{"ports": portsManifest(s)}
		for field, addresses := range map[string][]any{"addresses": ready, "notReadyAddresses": unready} {
			if addresses != nil {
				subset[field] = addresses
			}
		}
		body := map[string]any{}
		if len(list) > 0 {
			body["subsets"] = []any{subset}
		}
		name := m.View.Dictionary().String(s.Name)
		return []object{m.ofService(id, s, name, []string{name, orNone(withMore(shown, total)), m.age(m.View.Service(id).Created())}, "v1", "Endpoints", body)}
	})
}

// perSlice is how many endpoints an EndpointSlice has at most.
// Source: cmd/kube-controller-manager/app/options (MaxEndpointsPerSlice).
const perSlice = 100

// endpointSlices have the endpoints of a Service with what they are good for, ready or not.
// Source: k8s.io/endpointslice/reconciler.go, pkg/printers/internalversion/printers.go
// (printEndpointSlice).
func endpointSlices() *kind {
	return serviceKind(kind{
		name: "endpointslice", plural: "endpointslices", group: "discovery.k8s.io", aging: []string{"AGE"},
		columns: []string{"NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"},
	}, func(m *Moment, id int32, s *models.ServiceSpec) (out []object) {
		var ports []string
		for i := range s.Ports {
			if i < most {
				ports = append(ports, target(&s.Ports[i]))
			}
		}
		shownPorts := withMore(ports, len(s.Ports))
		list := m.endpointsOf(s)
		for number := 0; number == 0 || len(list) > 0; number++ {
			some := list[:min(len(list), perSlice)]
			list = list[len(some):]
			var shown []string
			var items []any
			for _, e := range some {
				if len(shown) < most {
					shown = append(shown, e.address)
				}
				item := map[string]any{
					"addresses":  []any{e.address},
					"conditions": map[string]any{"ready": e.Ready, "serving": e.Serving, "terminating": e.Terminating},
					"nodeName":   m.View.Node(e.Pod.Node()).Name(), "targetRef": podTarget(e.Pod),
				}
				// Source: k8s.io/endpointslice/util/controller_utils.go (ShouldSetHostname).
				if pod := m.wholeSpec(e.Pod); pod["hostname"] != nil && pod["subdomain"] == m.View.Dictionary().String(s.Name) {
					item["hostname"] = pod["hostname"]
				}
				items = append(items, item)
			}
			name := string(models.AppendName(nil, m.View.Dictionary().String(s.Name), int32(number)))
			cells := []string{name, "IPv4", orUnset(shownPorts), orUnset(withMore(shown, len(some))), m.age(m.View.Service(id).Created())}
			out = append(out, m.ofService(id, s, name, cells, "discovery.k8s.io/v1", "EndpointSlice", map[string]any{
				"addressType": "IPv4", "endpoints": items, "ports": portsManifest(s),
			}))
		}
		return out
	})
}

// hasEndpoints reports whether somebody looks for the endpoints of a Service.
func hasEndpoints(s *models.ServiceSpec) bool {
	return len(s.Selector) > 0 && s.Type != typeExternalName
}

// serviceKind completes a kind whose objects follow from Services with a selector.
func serviceKind(k kind, objects func(*Moment, int32, *models.ServiceSpec) []object) *kind {
	k.list = func(m *Moment) (out []object) {
		for id, s := range m.View.Services() {
			if hasEndpoints(s) {
				out = append(out, objects(m, id, s)...)
			}
		}
		return out
	}
	k.touched = func(op *models.Op, v cluster.View) (ids []int32) {
		if id, ok := serviceOf(op, v); ok {
			return []int32{id}
		}
		if op.Kind.Fields()&models.FieldPod == 0 {
			return nil
		}
		spec := v.Pod(op.Pod).Spec()
		for id, s := range v.Services() {
			if hasEndpoints(s) && s.Namespace == spec.Namespace && spec.Labels.Contains(s.Selector) {
				ids = append(ids, id)
			}
		}
		return ids
	}
	k.one = func(m *Moment, id int32) (object, bool) {
		s := m.View.Service(id)
		return objects(m, id, s.Spec())[0], !s.Removed() && hasEndpoints(s.Spec())
	}
	return &k
}

// ofService is an object that follows from a Service.
func (m *Moment) ofService(id int32, s *models.ServiceSpec, name string, cells []string, version, kind string, body map[string]any) object {
	d := m.View.Dictionary()
	labels := labelsOf(s.Labels, d)
	if kind == "EndpointSlice" {
		labels["kubernetes.io/service-name"] = d.String(s.Name)
	}
	return object{
		id: id, namespace: d.String(s.Namespace), name: name, labels: labels, cells: cells,
		manifest: func() map[string]any {
			body["apiVersion"], body["kind"] = version, kind
			body["metadata"] = map[string]any{
				"name": name, "namespace": d.String(s.Namespace), "labels": anyMap(labels), "creationTimestamp": m.stamp(m.View.Service(id).Created()), "uid": UID(kind+" "+name, id),
			}
			return body
		},
	}
}

func podTarget(pod cluster.Pod) map[string]any {
	r := podReference(pod)
	return map[string]any{"kind": "Pod", "name": r.Name, "namespace": r.Namespace, "uid": r.UID}
}

func portsManifest(s *models.ServiceSpec) (ports []any) {
	for i := range s.Ports {
		port := map[string]any{"name": s.Ports[i].Name, "protocol": protocol(&s.Ports[i])}
		if n, err := strconv.Atoi(target(&s.Ports[i])); err == nil {
			port["port"] = n
		}
		ports = append(ports, port)
	}
	return ports
}
