package kubescheduler

// resourceStyle is how the containers of a pod give their resources.
type resourceStyle int

const (
	bestEffortStyle resourceStyle = iota
	requestsStyle
	limitsStyle // limits only: requests come from them
	bothStyle
	mixedStyle    // every container as it likes
	podLevelStyle // the pod as a whole gives some
)

func (g *generator) resourceStyle() resourceStyle {
	if !g.has(Resources) {
		return oneOf(g, bestEffortStyle, requestsStyle, requestsStyle, bothStyle)
	}
	return oneOf(g, bestEffortStyle, requestsStyle, requestsStyle, requestsStyle, limitsStyle, bothStyle, mixedStyle, mixedStyle, podLevelStyle)
}

// Amounts from small to large, in every spelling. The first ones are as nothing.
var (
	cpuAmounts    = []any{"0", "1n", "100500u", "0.1", "100m", "0.25", 0.5, "500m", "1e0", 1, "1500m", "2.5", 3}
	memoryAmounts = []any{"0", 1, "1Ki", "64Mi", 134217728, "129e6", "256Mi", "0.5Gi", "1G", "1.5Gi", "2Gi", "3000000Ki", "4Gi"}
	diskAmounts   = []any{"0", "1Gi", "5G", "20Gi"}
)

// resources draws the resources of a container.
func (g *generator) resources(style resourceStyle) Object {
	most := len(cpuAmounts)
	switch style {
	case bestEffortStyle:
		return nil
	case mixedStyle:
		style = oneOf(g, bestEffortStyle, requestsStyle, limitsStyle, bothStyle)
		if style == bestEffortStyle {
			return nil
		}
	case podLevelStyle:
		style, most = oneOf(g, bestEffortStyle, requestsStyle, bothStyle), 6
	}
	requests, limits := Object{}, Object{}
	g.amount("cpu", style, cpuAmounts[:most], requests, limits)
	g.amount("memory", style, memoryAmounts[:most], requests, limits)
	if g.chance(0.15) {
		g.amount("ephemeral-storage", style, diskAmounts, requests, limits)
	}
	if g.has(Extended) && g.chance(0.07) {
		g.whole(oneOf(g, "nvidia.com/gpu", "nvidia.com/gpu", "example.com/fpga", "example.com/nic", "example.com/nowhere"),
			[]any{"1", 2, "4", "0"}, requests, limits)
	}
	if g.has(Extended) && g.chance(0.04) && most == len(cpuAmounts) {
		g.whole(oneOf(g, "hugepages-2Mi", "hugepages-1Gi"), []any{"1Gi", "2Gi"}, requests, limits)
	}
	out := Object{}
	if len(requests) > 0 {
		out["requests"] = requests
	}
	if len(limits) > 0 {
		out["limits"] = limits
	}
	return out
}

// amount draws a request, a limit or both of a resource, or none.
func (g *generator) amount(name string, style resourceStyle, of []any, requests, limits Object) {
	if g.chance(0.15) {
		return
	}
	i := upTo(g, len(of)-1)
	switch style {
	case requestsStyle:
		requests[name] = of[i]
	case limitsStyle:
		limits[name] = of[i]
	case bothStyle:
		requests[name] = of[i]
		limits[name] = of[i+g.IntN(len(of)-i)]
	}
}

// whole draws a resource that cannot be overcommitted.
func (g *generator) whole(name string, of []any, requests, limits Object) {
	limits[name] = oneOf(g, of...)
	if g.chance(0.5) {
		requests[name] = limits[name]
	}
}

// podLevelResources draws resources of the pod as a whole, more than those of
// its containers mostly come to.
func (g *generator) podLevelResources() Object {
	requests, limits := Object{}, Object{}
	style := oneOf(g, requestsStyle, requestsStyle, limitsStyle, bothStyle)
	g.amount("cpu", style, []any{"1", "1200m", 2.5, "3"}, requests, limits)
	g.amount("memory", style, []any{"700M", "1Gi", "2Gi", 3000000001}, requests, limits)
	if g.has(Extended) && g.chance(0.05) {
		g.whole("hugepages-2Mi", []any{"1Gi"}, requests, limits)
	}
	out := Object{}
	if len(requests) > 0 {
		out["requests"] = requests
	}
	if len(limits) > 0 {
		out["limits"] = limits
	}
	return out
}
