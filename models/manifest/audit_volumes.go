package manifest

// The verdicts on the fields of volumes, claims and what is told of storage.

const (
	noProvision = "no volume is made or deleted"
	noBinding   = "what the scheduler decides holds at once; no controller acts on it"
)

var storageDatingFields = []auditFields{
	{Harmless, "creationTimestamp", "nothing asks for the age of objects of this kind"},
	{Used, "deletionTimestamp", "pods do not get what is being deleted (VolumeBinding)"},
}

var volumeMetaFields = []auditFields{
	{Used, "labels", "selectors of claims match them; zones and regions hold pods to nodes (VolumeBinding, VolumeZone)"},
	{Used, `annotations["volume.beta.kubernetes.io/storage-class"]`, "names the class"},
}

var claimMetaFields = []auditFields{
	{Harmless, "labels", "no selector that is read matches objects of this kind"},
	{Used, `annotations["volume.beta.kubernetes.io/storage-class"]`, "names the class"},
	{Used, `annotations["pv.kubernetes.io/bind-completed"] annotations["volume.kubernetes.io/selected-node"]`, "how far the claim is bound (VolumeBinding)"},
}

var classMetaFields = append(idleLabelFields[:1:1], auditFields{
	Used, `annotations["storageclass.kubernetes.io/is-default-class"] annotations["storageclass.beta.kubernetes.io/is-default-class"]`,
	"makes it the class of claims that name none",
})

var csiNodeMetaFields = append(idleLabelFields[:1:1], auditFields{
	Used, `annotations["storage.alpha.kubernetes.io/migrated-plugins"]`, "which volumes of old kinds CSI drivers have taken over there (VolumeBinding)",
})

var volumeFields = []auditFields{
	{Used, "spec.capacity spec.accessModes spec.storageClassName spec.volumeMode spec.volumeAttributesClassName", "must suit the claim (VolumeBinding)"},
	{Used, "spec.claimRef", "the claim that it is bound to"},
	{Used, "spec.nodeAffinity", "the nodes that reach it (VolumeBinding)"},
	{Used, "spec.csi", "counts against the limit of the driver (NodeVolumeLimits)"},
	{Used, "spec.gcePersistentDisk spec.awsElasticBlockStore spec.azureDisk spec.cinder spec.portworxVolume",
		"counts against the limit of the CSI driver that took it over (NodeVolumeLimits)"},
	{Harmless, "spec.local spec.hostPath spec.nfs spec.glusterfs spec.rbd spec.iscsi spec.cephfs spec.fc spec.flocker spec.flexVolume " +
		"spec.azureFile spec.vsphereVolume spec.quobyte spec.photonPersistentDisk spec.scaleIO spec.storageos", noMount},
	{Harmless, "spec.persistentVolumeReclaimPolicy", noProvision},
	{Harmless, "spec.mountOptions", noMount},
	{Used, "status.phase", "only Available volumes are given to claims (VolumeBinding)"},
	{Harmless, "status.message status.reason status.lastPhaseTransitionTime", "bookkeeping of controllers"},
}

var claimFields = []auditFields{
	{Used, "spec.accessModes spec.selector spec.resources spec.storageClassName spec.volumeMode spec.volumeAttributesClassName", "say which volume suits it (VolumeBinding)"},
	{Approximated, "spec.volumeName", "the volume that it is bound to; " + noBinding},
	{Harmless, "spec.dataSource spec.dataSourceRef", noProvision},
	{Approximated, "status.phase", "only Lost is read; " + noBinding},
	{Harmless, "status.accessModes status.capacity status.conditions status.allocatedResources status.allocatedResourceStatuses " +
		"status.currentVolumeAttributesClassName status.modifyVolumeStatus", "bookkeeping of controllers"},
}

var classFields = []auditFields{
	{Approximated, "provisioner", "whether volumes can be made, and whose limit they count against (VolumeBinding, NodeVolumeLimits); " + noProvision},
	{Approximated, "volumeBindingMode", "with Immediate, claims must be bound already: nobody binds them"},
	{Used, "allowedTopologies", "the nodes for which volumes can be made (VolumeBinding)"},
	{Harmless, "parameters reclaimPolicy mountOptions allowVolumeExpansion", noProvision},
}

var csiNodeFields = []auditFields{
	{Used, "spec.drivers[*].name spec.drivers[*].allocatable", "how many volumes of a driver the node takes (NodeVolumeLimits)"},
	{Harmless, "spec.drivers[*].nodeID spec.drivers[*].topologyKeys", "configuration of drivers"},
}

var csiDriverFields = []auditFields{
	{Used, "spec.storageCapacity", "whether CSIStorageCapacity objects of its classes are looked at (VolumeBinding)"},
	{Harmless, "spec.attachRequired spec.podInfoOnMount spec.volumeLifecycleModes spec.fsGroupPolicy spec.tokenRequests spec.requiresRepublish " +
		"spec.seLinuxMount spec.nodeAllocatableUpdatePeriodSeconds spec.serviceAccountTokenInSecrets spec.preventPodSchedulingIfMissing",
		"the scheduler does not ask for it"},
}

var capacityFields = []auditFields{
	{Approximated, "nodeTopology storageClassName capacity maximumVolumeSize", "whether a volume can be made for a node (VolumeBinding); what is made leaves it as it is"},
}

var attachmentFields = []auditFields{
	{Approximated, "spec.attacher spec.nodeName spec.source.persistentVolumeName", "counts against the limit of the driver for ever (NodeVolumeLimits)"},
	{Harmless, "spec.source.inlineVolumeSpec status", "bookkeeping of controllers"},
}
