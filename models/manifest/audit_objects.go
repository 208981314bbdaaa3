package manifest

// The verdicts on the fields of nodes, workloads and small kinds, metadata and
// templates of pods aside.

const (
	noStatus   = "bookkeeping of controllers; counts are taken anew"
	liveStatus = "tells that the object was there before the run; counts are taken anew from its pods"
)

var namespaceFields = []auditFields{
	{Harmless, "spec.finalizers status", "namespaces are not deleted"},
}

var priorityClassFields = []auditFields{
	{Approximated, "value", "orders the queue; no pod is preempted for another"},
	{Used, "globalDefault", "is the priority of pods that name no class"},
	{Harmless, "preemptionPolicy", "no pod is preempted for another"},
	{Harmless, "description", "notes for people and for other programs"},
}

var nodeFields = []auditFields{
	{Used, "spec.unschedulable", "keeps pods away (NodeUnschedulable)"},
	{Used, "spec.taints[*].key spec.taints[*].value spec.taints[*].effect", "keep pods away and evict them (TaintToleration, taint eviction)"},
	{Used, "spec.taints[*].timeAdded", "since when pods are under a NoExecute taint"},
	{Used, "status.allocatable", "the room of the node (NodeResourcesFit)"},
	{Used, "status.capacity", "the size of the node, and its room if allocatable is not given"},
	{Used, "status.images", "the images that the node holds (ImageLocality), the first 50"},
	{Approximated, "status.conditions", "only Ready is read, and the times, which date the snapshot; a node that is not Ready stays so, and other conditions stand in its taints"},
	{Used, "status.declaredFeatures", "what pods may need of the node (NodeDeclaredFeatures)"},
	{Harmless, "spec.podCIDR spec.podCIDRs spec.providerID spec.externalID spec.configSource", "configuration of networks, clouds and kubelets"},
	{Harmless, "status.phase status.addresses status.daemonEndpoints status.nodeInfo status.volumesInUse status.volumesAttached status.config " +
		"status.runtimeHandlers status.features", "bookkeeping of kubelets; labels say what pods can select"},
}

var replicasFields = []auditFields{
	{Used, "spec.replicas", "how many pods there shall be"},
	{Approximated, "spec.selector", "must match the template; pods without an owner are not adopted"},
	{Used, "spec.minReadySeconds", "how long pods must be Ready before a rollout goes on; nothing else asks for it"},
}

var deploymentFields = []auditFields{
	{Used, "spec.strategy spec.progressDeadlineSeconds spec.revisionHistoryLimit spec.paused", "rule rollouts"},
	{Approximated, "status", liveStatus},
}

var replicaSetFields = []auditFields{
	{Approximated, "status", liveStatus},
}

var jobFields = []auditFields{
	{Used, "spec.parallelism spec.completions spec.backoffLimit spec.activeDeadlineSeconds spec.ttlSecondsAfterFinished", "rule the life of the Job"},
	{Approximated, "spec.suspend", "a suspended Job runs no pods; nobody resumes it"},
	{Used, "spec.manualSelector", "allows a selector"},
	{Approximated, "spec.selector", "must match the template; pods without an owner are not adopted"},
	{atDefault, "spec.completionMode=NonIndexed", ""},
	{Approximated, "spec.completionMode", "as many pods must succeed, but they have no index"},
	{Matters, "spec.backoffLimitPerIndex spec.maxFailedIndexes", "pods have no index; failures do not end the Job"},
	{Matters, "spec.podFailurePolicy", "every failure of a pod counts alike"},
	{Matters, "spec.successPolicy", "only completions end the Job with success"},
	{atDefault, "spec.podReplacementPolicy=TerminatingOrFailed", ""},
	{Matters, "spec.podReplacementPolicy", "a pod is replaced as soon as it terminates"},
	{atDefault, "spec.managedBy=kubernetes.io/job-controller", ""},
	{Matters, "spec.managedBy", "the Job runs as if the Job controller managed it"},
	{Used, "status.startTime status.completionTime status.succeeded status.failed", "the state of a Job of a live cluster, from which the run goes on"},
	{Approximated, "status.conditions", "Complete and Failed are read; a Job that is about to end goes on"},
	{Approximated, "status.completedIndexes status.failedIndexes", "only how many have succeeded and failed is read"},
	{Harmless, "status.active status.terminating status.ready status.uncountedTerminatedPods", noStatus},
}
