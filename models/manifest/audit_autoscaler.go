package manifest

// The verdicts on the fields of HorizontalPodAutoscalers, metadata aside.
var autoscalerFields = []auditFields{
	{Used, "spec.scaleTargetRef spec.minReplicas spec.maxReplicas", "what is scaled, and how far"},
	{Used, "spec.targetCPUUtilizationPercentage", "the utilization that is aimed at"},
	{Used, "spec.metrics", "what is aimed at; PodBehaviors say what pods use, MetricSeries what other metrics are"},
	{Used, "spec.behavior", "how fast it scales"},
	{Approximated, "status", "tells that the object was there before the run; the first sync writes it anew"},
}
