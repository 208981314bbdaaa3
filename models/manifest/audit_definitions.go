package manifest

// The verdicts on the fields of Services and PodDisruptionBudgets, metadata aside.

var serviceFields = []auditFields{
	{Used, "spec.publishNotReadyAddresses", "which pods are ready endpoints (podsim get endpointslices)"},
	{Used, "spec.selector", "pods of a Service, of any type, are spread by default (PodTopologySpread); it is there from the start, also that of a trace"},
	{Harmless, "spec.ports spec.clusterIP spec.clusterIPs spec.type spec.externalIPs spec.sessionAffinity spec.sessionAffinityConfig " +
		"spec.loadBalancerIP spec.loadBalancerSourceRanges spec.loadBalancerClass spec.allocateLoadBalancerNodePorts spec.externalName " +
		"spec.externalTrafficPolicy spec.internalTrafficPolicy spec.healthCheckNodePort spec.ipFamilies " +
		"spec.ipFamilyPolicy spec.trafficDistribution status", "traffic is not simulated"},
}

var budgetFields = []auditFields{
	{Used, "spec.selector", "evictions and drains keep to the budget of these pods, preemption spares them where it can; one of a trace is there from the start"},
	{Used, "spec.minAvailable spec.maxUnavailable", "how many disruptions are allowed"},
	{Used, "spec.unhealthyPodEvictionPolicy", "whether pods that are not Ready may be evicted whatever the budget allows"},
	{Approximated, "status.disruptionsAllowed", "a cluster that stands still takes it as it is (podsim place); a run counts anew"},
	{Used, "status.disruptedPods", "pods that the budget has let go already"},
	{Harmless, "status.observedGeneration status.currentHealthy status.desiredHealthy status.expectedPods status.conditions", noStatus},
}
