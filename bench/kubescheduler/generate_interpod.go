package kubescheduler

// podAffinity draws the affinity between pods of one kind.
func (g *generator) podAffinity(required, preferred float64) Object {
	out := Object{}
	if g.chance(required) {
		var terms []any
		for range 1 + upTo(g, 2) {
			terms = append(terms, g.podTerm())
		}
		out["requiredDuringSchedulingIgnoredDuringExecution"] = terms
	}
	if g.chance(preferred) {
		var terms []any
		for range 1 + upTo(g, 3) {
			terms = append(terms, Object{"weight": 1 + g.IntN(100), "podAffinityTerm": g.podTerm()})
		}
		out["preferredDuringSchedulingIgnoredDuringExecution"] = terms
	}
	return out
}

func (g *generator) topologyKey() string {
	return oneOf(g, hostKey, hostKey, zoneKey, zoneKey, regionKey, rackKey, "example.com/pool")
}

func (g *generator) podTerm() Object {
	term := Object{"topologyKey": g.topologyKey()}
	if g.chance(0.95) {
		term["labelSelector"] = g.labelSelector()
	}
	switch g.IntN(6) {
	case 0:
		term["namespaces"] = sublist(g, 0.6, append(namespaces, "no-such-namespace")...)
	case 1:
		term["namespaceSelector"] = oneOf(g, Object{}, Object{"matchLabels": Object{"team": "team"}},
			Object{"matchExpressions": []any{Object{"key": "stage", "operator": "NotIn", "values": []any{"prod"}}}},
			Object{"matchLabels": Object{"kubernetes.io/metadata.name": "batch"}})
		if g.chance(0.3) {
			term["namespaces"] = []any{"default"}
		}
	}
	if term["labelSelector"] != nil {
		if keys := sublist(g, 0.15, "version", "absent"); len(keys) > 0 {
			term["matchLabelKeys"] = keys
		}
		if keys := sublist(g, 0.1, "tier"); len(keys) > 0 {
			term["mismatchLabelKeys"] = keys
		}
	}
	return term
}

// labelSelector draws a selector of pods, rarely an empty one, which selects all.
func (g *generator) labelSelector() Object {
	if g.chance(0.06) {
		return Object{}
	}
	if g.chance(0.6) {
		return Object{"matchLabels": g.someLabels()}
	}
	var expressions []any
	for range 1 + upTo(g, 2) {
		expressions = append(expressions, oneOf(g,
			Object{"key": "app", "operator": "In", "values": sublistOr(g, "web", "db", "cache")},
			Object{"key": "app", "operator": "NotIn", "values": sublistOr(g, "db", "cache")},
			Object{"key": oneOf(g, "tier", "app"), "operator": "Exists"},
			Object{"key": oneOf(g, "tier", "version"), "operator": "DoesNotExist"}))
	}
	selector := Object{"matchExpressions": expressions}
	if g.chance(0.2) {
		selector["matchLabels"] = Object{"tier": "front"}
	}
	return selector
}

// sublistOr draws some of a list, or all if that would be none.
func sublistOr(g *generator, of ...string) []string {
	if list := sublist(g, 0.5, of...); len(list) > 0 {
		return list
	}
	return of
}

// spread draws topology spread constraints.
func (g *generator) spread() []any {
	var out []any
	seen := make(map[string]bool)
	for range 1 + upTo(g, 3) {
		c := Object{"maxSkew": oneOf(g, 1, 1, 2, 5), "topologyKey": g.topologyKey(),
			"whenUnsatisfiable": oneOf(g, "DoNotSchedule", "ScheduleAnyway")}
		pair := c["topologyKey"].(string) + c["whenUnsatisfiable"].(string)
		if seen[pair] {
			continue
		}
		seen[pair] = true
		if g.chance(0.95) {
			c["labelSelector"] = g.labelSelector()
			if keys := sublist(g, 0.2, "version", "absent"); len(keys) > 0 {
				c["matchLabelKeys"] = keys
			}
		}
		if c["whenUnsatisfiable"] == "DoNotSchedule" && g.chance(0.25) {
			c["minDomains"] = oneOf(g, 1, 2, 3, 6)
		}
		if g.chance(0.3) {
			c["nodeAffinityPolicy"] = oneOf(g, "Honor", "Ignore")
		}
		if g.chance(0.3) {
			c["nodeTaintsPolicy"] = oneOf(g, "Honor", "Ignore")
		}
		out = append(out, c)
	}
	return out
}
