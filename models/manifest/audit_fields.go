package manifest

// The verdicts on the fields of metadata and of pods. Whoever makes the
// simulation act on a field changes its verdict here.

var typeFields = []auditFields{
	{atDefault, "apiVersion kind", ""}, // objects are counted by them
}

var metaFields = []auditFields{
	{Used, "name namespace", "name the object"},
	{Approximated, "generateName", "the generated suffix is the same in every run"},
	{Used, "ownerReferences", "the controller among them owns the object"},
	{Harmless, "annotations", "notes for people and for other programs"},
	{Harmless, "deletionGracePeriodSeconds selfLink uid resourceVersion generation managedFields", "bookkeeping of the API server"},
	{Harmless, "finalizers", "what has ended gives its room back, with finalizers or without"},
}

// Of objects that a server wrote, the past of pods and workloads is read.
var pastFields = []auditFields{
	{Used, "creationTimestamp deletionTimestamp", "with a status: the age and the end of an object of a live cluster, with which the run goes on"},
}

// Of others, the last moment counts, at which virtual time begins.
var datingFields = []auditFields{
	{Approximated, "creationTimestamp", "with a status: may date the snapshot; nothing asks for the age of objects of this kind"},
	{Matters, "deletionTimestamp", "an object that was being deleted stays"},
}

var noPastFields = []auditFields{
	{Harmless, "creationTimestamp", "nothing asks for the age of objects of this kind"},
	{Matters, "deletionTimestamp", "an object that was being deleted stays"},
}

var labelFields = []auditFields{
	{Used, "labels", "selectors match them"},
}

var idleLabelFields = []auditFields{
	{Harmless, "labels", "no selector that is read matches objects of this kind"},
}

var ownerMetaFields = append(idleLabelFields[:1:1], auditFields{
	Used, `annotations["deployment.kubernetes.io/revision"]`, "tells which ReplicaSet of a Deployment is its current one",
})

var podMetaFields = []auditFields{
	{Used, `annotations["controller.kubernetes.io/pod-deletion-cost"]`, "the order in which pods go when their owner is scaled down"},
	{Used, `annotations["descheduler.alpha.kubernetes.io/evict"] annotations["descheduler.alpha.kubernetes.io/prefer-no-eviction"]`,
		"tell the descheduler that the pod may go whatever protects it, or should go after others"},
}

var templateMetaFields = []auditFields{
	{Used, "labels", "selectors match them"},
	{Harmless, "annotations", "notes for people and for other programs"},
	{Harmless, "name namespace generateName ownerReferences creationTimestamp deletionTimestamp deletionGracePeriodSeconds " +
		"selfLink uid resourceVersion generation managedFields finalizers", "a template passes on labels and annotations alone"},
}

const (
	noInside  = "what goes on inside containers is not simulated"
	noNetwork = "names and addresses are not simulated"
	noRights  = "rights and isolation are not simulated"
	noClaims  = "holds the pod to nodes that reach its volume (VolumeBinding, VolumeZone); no volume is made, bound or waited for"
	noDevices = "devices are not claimed (DynamicResources)"
	noMount   = "volumes are mounted at once, whether what they name exists or not"
	noLimits  = "limits set missing requests and the QoS class, and if a PodBehavior tells what is used, memory over its limit kills the container, and ephemeral-storage over it evicts the pod; nothing is slowed down"
)

var podFields = []auditFields{
	{Used, "restartPolicy terminationGracePeriodSeconds", "rule the end of a pod"},
	{Used, "activeDeadlineSeconds", "counts from when the pod is bound; then its containers are stopped within the termination grace, and it fails"},
	{Used, "nodeSelector affinity.nodeAffinity tolerations", "choose nodes (NodeAffinity, TaintToleration) and rule eviction by taints"},
	{Used, "affinity.podAffinity affinity.podAntiAffinity", "let pods attract and repel each other (InterPodAffinity)"},
	{Used, "topologySpreadConstraints", "spread the pod over domains (PodTopologySpread)"},
	{Used, "nodeName", "binds the pod to a node"},
	{Used, "schedulerName", "chooses the profile of the scheduler"},
	{Used, "hostNetwork", "makes ports those of the node (NodePorts)"},
	{Used, "overhead", "adds to the requests"},
	{atDefault, "priority=0", ""},
	{Approximated, "priority priorityClassName", "order the queue; no pod is preempted for another"},
	{Harmless, "preemptionPolicy", "no pod is preempted for another"},
	{Approximated, "schedulingGates", "keep the pod out of the queue; nobody takes them away"},
	{Matters, "schedulingGroup", "pods are not scheduled as a group"},
	{Used, "readinessGates", "a pod is Ready when others have set the conditions: conditions of a PodBehavior, or a patch of the status"},
	{Approximated, "runtimeClassName", "overhead, nodes and tolerations of the class; without it pods are rejected"},
	{Matters, "resourceClaims resources.claims", noDevices},
	{Used, "resources.requests", "the room a pod takes (NodeResourcesFit)"},
	{Approximated, "resources.limits", noLimits},
	{Used, "initContainers", "run one after the other before the app containers; sidecars go on"},
	{Harmless, "ephemeralContainers", "are there for debugging and take no room"},

	{Harmless, "volumes[*].name", "names for mounts"},
	{Approximated, "volumes[*].emptyDir.sizeLimit", "evicts the pod if a PodBehavior tells of more bytes in volumes: all count as those of its first emptyDir volume on the disk"},
	{Used, "volumes[*].emptyDir.medium", "Memory has no limit on the disk"},
	{Used, "volumes[*].hostPath volumes[*].emptyDir", "are local data, which the descheduler leaves where they are, as drains do those of emptyDir; they are mounted at once"},
	{Harmless, "volumes[*].gitRepo volumes[*].secret volumes[*].configMap volumes[*].downwardAPI " +
		"volumes[*].projected volumes[*].nfs volumes[*].glusterfs volumes[*].cephfs volumes[*].azureFile volumes[*].flexVolume " +
		"volumes[*].flocker volumes[*].fc volumes[*].quobyte volumes[*].photonPersistentDisk volumes[*].scaleIO volumes[*].storageos " +
		"volumes[*].csi", noMount},
	{Approximated, "volumes[*].persistentVolumeClaim", noClaims},
	{Matters, "volumes[*].ephemeral", "its claim, named after pod and volume, must be in the input: nobody makes it"},
	{Used, "volumes[*].gcePersistentDisk volumes[*].awsElasticBlockStore volumes[*].iscsi volumes[*].rbd",
		"two pods on a node cannot share a disk, unless both only read it, and drivers bound their number (VolumeRestrictions, NodeVolumeLimits)"},
	{Used, "volumes[*].azureDisk volumes[*].cinder volumes[*].portworxVolume", "a CSI driver bounds their number on a node (NodeVolumeLimits)"},
	{Harmless, "volumes[*].vsphereVolume", noMount},
	{Approximated, "volumes[*].image", "counts for ImageLocality; to pull it takes no time"},

	{Used, "hostname subdomain hostnameOverride setHostnameAsFQDN",
		"a pod whose full name has more than 64 characters gets no sandbox if its kernel is to have that name; else they are shown only"},
	{Harmless, "dnsPolicy dnsConfig hostAliases enableServiceLinks", noNetwork},
	{Harmless, "serviceAccountName serviceAccount automountServiceAccountToken securityContext hostPID hostIPC shareProcessNamespace", noRights},
	{Used, "hostUsers", "with hostNetwork, false needs a node that declares it (NodeDeclaredFeatures)"},
	{Harmless, "imagePullSecrets", "every image can be pulled"},
	{Used, "os", "a kubelet under another system refuses the pod (PodOSNotSupported); the scheduler does not look at it"},
}

// containerFields are those of init containers and of app containers.
var containerFields = []auditFields{
	{Used, "name", "names the container"},
	{Used, "image", "is pulled where it is missing and counts for ImageLocality"},
	{Used, "imagePullPolicy=Never", "a missing image is waited for"},
	{Used, "imagePullPolicy", "Always asks the registry at each start, if the scenario tells of images"},
	{Used, "resources.requests", "the room a pod takes (NodeResourcesFit)"},
	{Approximated, "resources.limits", noLimits},
	{Matters, "resources.claims", noDevices},
	{Harmless, "resizePolicy", "pods are not resized"},
	{Used, "ports[*].containerPort ports[*].hostPort ports[*].hostIP ports[*].protocol", "ports of the node, if they are (NodePorts)"},
	{Harmless, "ports[*].name", noNetwork},
	{Used, "livenessProbe.initialDelaySeconds livenessProbe.periodSeconds livenessProbe.failureThreshold livenessProbe.successThreshold " +
		"livenessProbe.terminationGracePeriodSeconds startupProbe.initialDelaySeconds startupProbe.periodSeconds startupProbe.failureThreshold " +
		"startupProbe.successThreshold startupProbe.terminationGracePeriodSeconds readinessProbe.initialDelaySeconds " +
		"readinessProbe.periodSeconds readinessProbe.failureThreshold readinessProbe.successThreshold readinessProbe.terminationGracePeriodSeconds", "when a container has started, is ready, and is stopped to be restarted"},
	{Approximated, "livenessProbe.exec livenessProbe.httpGet livenessProbe.tcpSocket livenessProbe.grpc readinessProbe.exec readinessProbe.httpGet " +
		"readinessProbe.tcpSocket readinessProbe.grpc startupProbe.exec startupProbe.httpGet startupProbe.tcpSocket startupProbe.grpc",
		"what a probe finds is said by a PodBehavior: by default success once the container has started up"},
	{Harmless, "livenessProbe.timeoutSeconds readinessProbe.timeoutSeconds startupProbe.timeoutSeconds", "a probe takes no time"},
	{Used, "lifecycle.postStart.sleep lifecycle.preStop.sleep", "hooks that take time when a container starts and stops"},
	{Approximated, "lifecycle.postStart.exec lifecycle.postStart.httpGet lifecycle.postStart.tcpSocket lifecycle.preStop.exec " +
		"lifecycle.preStop.httpGet lifecycle.preStop.tcpSocket", "run as long, and as well, as a PodBehavior says: by default they take no time"},
	{Harmless, "lifecycle.stopSignal", noInside},
	{Used, "restartPolicyRules", "what follows the end of the container, by its exit code"},
	{Harmless, "command args workingDir env envFrom stdin stdinOnce tty terminationMessagePath terminationMessagePolicy", noInside},
	{Harmless, "volumeMounts volumeDevices", noMount},
	{Harmless, "securityContext", noRights},
}

var initContainerFields = []auditFields{
	{Used, "restartPolicy", "tells sidecars from init containers, and whether a failed one is run again"},
}

var appContainerFields = []auditFields{
	{Used, "restartPolicy", "whether the container is started again when it has ended"},
}

var podStatusFields = []auditFields{
	{Used, "phase", "tells pods that run, wait and have ended apart"},
	{Used, "startTime", "since when the pod has been on its node"},
	{Used, "reason", "why the pod has ended"},
	{Approximated, "containerStatuses initContainerStatuses", "tell restarts, start and end for the pod as a whole; the crash-loop back-off begins anew"},
	{Approximated, "conditions", "Ready and PodScheduled are read, with their times"},
	{Matters, "nominatedNodeName", "no room is kept for a pod that has preempted others"},
	{Harmless, "observedGeneration message ephemeralContainerStatuses hostIP hostIPs podIP podIPs qosClass resize resourceClaimStatuses extendedResourceClaimStatus " +
		"allocatedResources resources nodeAllocatableResourceClaimStatuses", "bookkeeping of kubelets; the specification says what a pod takes"},
}
