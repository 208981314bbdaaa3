package manifest

import "strings"

// The verdicts on the fields of nodes, workloads and small kinds, metadata and
// templates of pods aside.

const (
	noStatus   = "bookkeeping of controllers; counts are taken anew"
	liveStatus = "tells that the object was there before the run; counts are taken anew from its pods"
)

var namespaceFields = []auditFields{
	{Harmless, "spec.finalizers status", "a namespace that a step deletes goes when nothing is left in it"},
}

var runtimeClassFields = []auditFields{
	{Used, "overhead scheduling.nodeSelector scheduling.tolerations", "become those of pods that name the class"},
	{Harmless, "handler", "how containers are run takes no part"},
}

var quotaFields = []auditFields{
	{Used, "spec.hard", "what there may be at most; of kinds that are not simulated nothing is counted"},
	{Used, "spec.scopes spec.scopeSelector", "what counts under the quota"},
	{Approximated, "status", "is counted anew"},
}

var limitRangeFields = []auditFields{
	{Used, "spec.limits[*].type spec.limits[*].min spec.limits[*].max spec.limits[*].default spec.limits[*].defaultRequest " +
		"spec.limits[*].maxLimitRequestRatio", "complete new pods, and refuse pods and claims"},
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
	{Used, "spec.podCIDR spec.podCIDRs", "the first range gives the pods of the node their addresses, unless a NodeGroup has several nodes; pods beyond them wait for their sandbox"},
	{Used, "status.addresses", "the address of the node and of pods in its network"},
	{Used, "spec.providerID", "that the machine is one of a cloud, which deletes the Node when the machine is gone"},
	{Harmless, "spec.externalID spec.configSource", "configuration of networks, clouds and kubelets"},
	{Harmless, "status.phase status.daemonEndpoints status.nodeInfo status.volumesInUse status.volumesAttached status.config " +
		"status.runtimeHandlers status.features", "bookkeeping of kubelets; labels say what pods can select"},
}

var replicasFields = []auditFields{
	{Used, "spec.replicas", "how many pods there shall be"},
	{Used, "spec.selector", "pods that belong to nobody are adopted, those with other labels released"},
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
	{Used, "spec.manualSelector", "allows a selector"},
	{Used, "spec.selector", "pods that belong to nobody are adopted, those with other labels released"},
	{atDefault, "spec.completionMode=NonIndexed", ""},
	{Approximated, "spec.completionMode", "pods have an index, but the scheduler does not see its label"},
	{atDefault, "spec.podReplacementPolicy=TerminatingOrFailed", ""},
	{Used, "spec.suspend spec.backoffLimitPerIndex spec.maxFailedIndexes spec.successPolicy spec.podReplacementPolicy", "rule the life of the Job"},
	{Approximated, "spec.podFailurePolicy", "the containers of a pod have one exit code; of its conditions those that Kubernetes sets are known"},
	{atDefault, "spec.managedBy=kubernetes.io/job-controller", ""},
	{Matters, "spec.managedBy", "the Job runs as if the Job controller managed it"},
}

var jobStatusFields = []auditFields{
	{Used, "status.startTime status.completionTime status.succeeded status.failed", "the state of a Job of a live cluster, from which the run goes on"},
	{Approximated, "status.conditions", "Complete and Failed are read, and what announces them"},
	{Used, "status.completedIndexes status.failedIndexes", "the indexes that have ended"},
	{Harmless, "status.active status.terminating status.ready status.uncountedTerminatedPods", noStatus},
}

var statefulSetFields = []auditFields{
	{Used, "spec.ordinals spec.podManagementPolicy", "number the pods and say in which order they come and go"},
	{Used, "spec.updateStrategy.type spec.updateStrategy.rollingUpdate.partition spec.revisionHistoryLimit", "rule rollouts"},
	{Harmless, "spec.updateStrategy.rollingUpdate.maxUnavailable", "one pod is replaced after the other; the feature that reads it is off by default"},
	{Used, "spec.volumeClaimTemplates[*].metadata.name spec.volumeClaimTemplates[*].spec", "the claims that each pod gets, which are kept for the next pod of its name"},
	{Harmless, "spec.volumeClaimTemplates[*].apiVersion spec.volumeClaimTemplates[*].kind spec.volumeClaimTemplates[*].status", "a template passes on names and specifications alone"},
	{Harmless, claimTemplateMeta("labels annotations generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp " +
		"deletionGracePeriodSeconds ownerReferences finalizers managedFields"), "a template passes on names and specifications alone"},
	{Used, "spec.persistentVolumeClaimRetentionPolicy", "says which claims are deleted"},
	{Used, "spec.serviceName", "the subdomain of the pods, which their full names have in them"},
	{Used, "status.updateRevision", "tells the pods of the template from those of older ones"},
	{Approximated, "status.currentRevision", "a rollout goes on as if the template were the current revision"},
	{Approximated, "status.observedGeneration status.replicas status.readyReplicas status.currentReplicas status.updatedReplicas " +
		"status.availableReplicas status.collisionCount status.conditions", liveStatus},
}

// claimTemplateMeta writes the paths of fields of the metadata of claim templates.
func claimTemplateMeta(names string) string {
	var paths []string
	for name := range strings.FieldsSeq(names) {
		paths = append(paths, "spec.volumeClaimTemplates[*].metadata."+name)
	}
	return strings.Join(paths, " ")
}

var daemonSetFields = []auditFields{
	{Used, "spec.selector", "pods that belong to nobody are adopted, those with other labels released"},
	{Used, "spec.minReadySeconds", "how long pods must be Ready before a rollout goes on; nothing else asks for it"},
	{Used, "spec.updateStrategy spec.revisionHistoryLimit", "rule rollouts"},
	{Used, `metadata.annotations["deprecated.daemonset.template.generation"]`, "tells the pods of the template from those of older ones"},
	{Approximated, "status", liveStatus},
}

var cronJobFields = []auditFields{
	{Used, "spec.schedule spec.timeZone spec.concurrencyPolicy spec.startingDeadlineSeconds spec.suspend " +
		"spec.successfulJobsHistoryLimit spec.failedJobsHistoryLimit", "rule when Jobs start and how many are kept"},
	{Harmless, "spec.jobTemplate.metadata", "nothing reads the labels and annotations of a Job"},
	{Used, "status.lastScheduleTime", "the moment of the newest Job, after which others are due"},
	{Harmless, "status.active status.lastSuccessfulTime", noStatus},
}
