package kubescheduler

import "fmt"

func (g *generator) pod(name string) Object {
	metadata := g.podMetadata(name)
	spec := g.containers()
	g.attract(spec)
	if g.has(Taints) && g.chance(0.35) {
		var tolerations []any
		for range 1 + upTo(g, 3) {
			tolerations = append(tolerations, g.toleration())
		}
		spec["tolerations"] = tolerations
	}
	if g.has(Gates) {
		g.hinder(spec)
	}
	if g.has(Priority) && g.chance(0.7) {
		spec["priorityClassName"] = oneOf(g, append(classNames, "system-cluster-critical")...)
	}
	if g.has(Volumes) && g.chance(0.3) {
		g.mount(metadata, spec)
	}
	if g.chance(0.1) {
		spec["terminationGracePeriodSeconds"] = g.IntN(100)
	}
	if g.chance(0.1) {
		spec["restartPolicy"] = oneOf(g, "Always", "OnFailure", "Never")
	}
	return Object{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
}

func (g *generator) podMetadata(name string) Object {
	metadata := Object{"name": name}
	if g.chance(0.6) {
		metadata["namespace"] = g.namespace()
	}
	if g.chance(0.8) {
		labels := g.someLabels()
		if g.chance(0.3) {
			labels["version"] = oneOf(g, "v1", "v2")
		}
		metadata["labels"] = labels
	}
	if len(g.owners) > 0 && g.chance(0.4) {
		g.own(metadata)
	}
	return metadata
}

// attract draws what holds a pod to nodes and to other pods.
func (g *generator) attract(spec Object) {
	affinity := Object{}
	if g.has(Affinity) {
		if g.chance(0.15) {
			spec["nodeSelector"] = g.nodeSelector()
		}
		if nodes := g.nodeAffinity(); len(nodes) > 0 {
			affinity["nodeAffinity"] = nodes
		}
	}
	if g.has(InterPod) && g.chance(0.4) {
		if to := g.podAffinity(0.3, 0.4); len(to) > 0 {
			affinity["podAffinity"] = to
		}
		if from := g.podAffinity(0.4, 0.4); len(from) > 0 {
			affinity["podAntiAffinity"] = from
		}
	}
	if len(affinity) > 0 {
		spec["affinity"] = affinity
	}
	if g.has(Spread) && g.chance(0.4) {
		spec["topologySpreadConstraints"] = g.spread()
	}
}

// hinder draws what keeps a pod from being tried, or from other nodes than one.
func (g *generator) hinder(spec Object) {
	if g.chance(0.03) {
		spec["schedulingGates"] = []any{Object{"name": "example.com/b"}, Object{"name": "a"}}[g.IntN(2):]
	} else if g.chance(0.04) {
		spec["nodeSelector"] = Object{hostKey: oneOf(g, append([]string{"no-such-node"}, g.nodes...)...)}
	} else if g.chance(0.02) {
		spec["schedulerName"] = "another"
	}
}

func (g *generator) nodeSelector() Object {
	selector := Object{}
	for _, key := range sublist(g, 0.4, "disk", "example.com/pool", "generation") {
		selector[key] = map[string]string{"disk": "ssd", "example.com/pool": oneOf(g, "a", "b"), "generation": "7"}[key]
	}
	if g.chance(0.1) {
		selector["disk"] = ""
	}
	return selector
}

func (g *generator) nodeAffinity() Object {
	affinity := Object{}
	if g.chance(0.22) {
		var terms []any
		byName := g.chance(0.3)
		for range 1 + upTo(g, 2) {
			terms = append(terms, g.nodeTerm(byName))
		}
		affinity["requiredDuringSchedulingIgnoredDuringExecution"] = Object{"nodeSelectorTerms": terms}
	}
	if g.chance(0.25) {
		var preferred []any
		for range 1 + upTo(g, 3) {
			preferred = append(preferred, Object{"weight": 1 + g.IntN(100), "preference": g.nodeTerm(g.chance(0.1))})
		}
		affinity["preferredDuringSchedulingIgnoredDuringExecution"] = preferred
	}
	return affinity
}

// nodeTerm draws a term, rarely an empty one.
func (g *generator) nodeTerm(byName bool) Object {
	term := Object{}
	if g.chance(0.04) {
		return term
	}
	if byName || g.chance(0.05) {
		var fields []any
		for range 1 + g.IntN(8)/7 {
			fields = append(fields, Object{"key": "metadata.name", "operator": oneOf(g, "In", "In", "In", "NotIn"),
				"values": []any{oneOf(g, append([]string{"no-such-node"}, g.nodes...)...)}})
		}
		term["matchFields"] = fields
		if g.chance(0.6) {
			return term
		}
	}
	var expressions []any
	for range 1 + upTo(g, 2) {
		expressions = append(expressions, g.requirement())
	}
	term["matchExpressions"] = expressions
	return term
}

func (g *generator) requirement() Object {
	key := oneOf(g, "disk", "example.com/pool", "generation", "topology.kubernetes.io/zone", "absent")
	switch g.IntN(5) {
	case 0:
		return Object{"key": oneOf(g, "generation", "generation", "disk"), "operator": oneOf(g, "Gt", "Lt"),
			"values": []any{oneOf(g, "2", "0", "3", "8", "9223372036854775806")}}
	case 1:
		return Object{"key": key, "operator": oneOf(g, "Exists", "DoesNotExist")}
	}
	values := sublist(g, 0.3, "ssd", "hdd", "", "a", "b", "c", "7", "007", "zone-0", "zone-2")
	if len(values) == 0 {
		values = []string{"ssd"}
	}
	return Object{"key": key, "operator": oneOf(g, "In", "In", "NotIn"), "values": values}
}

func (g *generator) toleration() Object {
	t := Object{}
	if g.chance(0.9) {
		t["key"] = oneOf(g, "dedicated", "example.com/spot", "maintenance", "node.kubernetes.io/not-ready", "node.kubernetes.io/unschedulable")
	}
	if t["key"] == nil || g.chance(0.4) {
		t["operator"] = "Exists"
	} else {
		if g.chance(0.5) {
			t["operator"] = "Equal"
		}
		if g.chance(0.7) {
			t["value"] = oneOf(g, "x", "y", "")
		}
	}
	if g.chance(0.7) {
		t["effect"] = oneOf(g, "NoSchedule", "PreferNoSchedule", "NoExecute", "")
	}
	if t["effect"] == "NoExecute" && g.chance(0.3) {
		t["tolerationSeconds"] = 60
	}
	return t
}

func (g *generator) containers() Object {
	spec := Object{}
	if g.chance(0.05) {
		spec["hostNetwork"] = true
	}
	ports := g.has(Ports) && g.chance(0.2)
	style := g.resourceStyle()
	var init, app []any
	for i := range upTo(g, 3) {
		c := g.container(fmt.Sprintf("init-%d", i), style, ports)
		if g.chance(0.5) {
			c["restartPolicy"] = "Always"
		}
		init = append(init, c)
	}
	for i := range 1 + upTo(g, 2) {
		app = append(app, g.container(fmt.Sprintf("app-%d", i), style, ports))
	}
	spec["containers"] = app
	if g.has(Resources) && len(init) > 0 && g.chance(0.5) {
		spec["initContainers"] = init
	}
	if style == podLevelStyle {
		spec["resources"] = g.podLevelResources()
	}
	if g.has(Resources) && g.chance(0.08) {
		spec["overhead"] = Object{"cpu": oneOf(g, "120m", "0"), "memory": "130Mi"}
	}
	if g.has(Images) && g.chance(0.03) {
		spec["volumes"] = []any{Object{"name": "data", "image": Object{"reference": oneOf(g, imageNames...)}}}
	}
	return spec
}

func (g *generator) container(name string, style resourceStyle, ports bool) Object {
	c := Object{"name": name, "image": "tiny:1"}
	if g.has(Images) {
		c["image"] = oneOf(g, imageNames...)
	}
	if g.chance(0.1) {
		c["imagePullPolicy"] = oneOf(g, "Always", "IfNotPresent", "Never")
	}
	if r := g.resources(style); len(r) > 0 {
		c["resources"] = r
	}
	if ports && g.chance(0.7) {
		var list []any
		for range 1 + upTo(g, 2) {
			list = append(list, g.port())
		}
		c["ports"] = list
	}
	return c
}

func (g *generator) port() Object {
	port := Object{"containerPort": 8080 + g.IntN(4)}
	if g.chance(0.8) {
		port["hostPort"] = port["containerPort"]
	}
	if g.chance(0.5) {
		port["protocol"] = oneOf(g, "TCP", "TCP", "UDP", "SCTP")
	}
	if g.chance(0.5) {
		port["hostIP"] = oneOf(g, "0.0.0.0", "127.0.0.1", "10.0.0.1", "::", "::1")
	}
	return port
}
