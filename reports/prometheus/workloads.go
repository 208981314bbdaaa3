package prometheus

import (
	"math"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
)

// Source: kube-state-metrics, internal/store/deployment.go, replicaset.go, statefulset.go,
// daemonset.go, replicationcontroller.go.

const (
	created    = "metadata.creationTimestamp"
	generation = "metadata.generation"
	observed   = "status.observedGeneration"
)

var deploymentKind = kind{
	name: "deployment", base: []string{"namespace", "deployment"}, ids: ofOwners(models.Deployment),
	families: []objectFamily{
		moment("kube_deployment_created", "When the Deployment was created, in Unix seconds.", created),
		objectLabels("kube_deployment_labels", "The labels of the Deployment."),
		field("kube_deployment_spec_replicas", "Pods that the Deployment wants.", "spec.replicas"),
		field("kube_deployment_spec_paused", "Whether rollouts of the Deployment are paused.", "spec.paused"),
		rollout("kube_deployment_spec_strategy_rollingupdate_max_surge", "How many pods more than wanted a rolling update may have.", "maxSurge", math.Ceil),
		rollout("kube_deployment_spec_strategy_rollingupdate_max_unavailable", "How many of the wanted pods may be unavailable in a rolling update.",
			"maxUnavailable", math.Floor),
		field("kube_deployment_status_replicas", "Pods of the Deployment.", "status.replicas"),
		field("kube_deployment_status_replicas_ready", "Pods of the Deployment that are Ready.", "status.readyReplicas"),
		field("kube_deployment_status_replicas_available", "Pods of the Deployment that are available.", "status.availableReplicas"),
		field("kube_deployment_status_replicas_unavailable", "Pods that the Deployment lacks to be fully available.", "status.unavailableReplicas"),
		field("kube_deployment_status_replicas_updated", "Pods of the Deployment that are made from its present template.", "status.updatedReplicas"),
		given("kube_deployment_status_terminating_replicas", "Pods of the Deployment that are being deleted.", "status.terminatingReplicas"),
		conditions("kube_deployment_status_condition", "The conditions of the Deployment.", true),
		level("kube_deployment_status_observed_generation", "The generation that the controller of the Deployment has seen.", observed),
		level("kube_deployment_metadata_generation", "The generation of the Deployment that is wanted.", generation),
	},
}

// rollout is a bound of rolling updates, as a number of pods.
func rollout(name, help, key string, round func(float64) float64) objectFamily {
	return gauge(name, help, nil, func(o *object, put put) {
		value := o.at("spec.strategy.rollingUpdate." + key)
		percent, isShare := strings.CutSuffix(textOf(value), "%")
		n, err := strconv.ParseFloat(percent, 64)
		if err != nil {
			return // another strategy
		}
		if isShare {
			replicas, _ := o.number("spec.replicas")
			n = round(n * replicas / 100)
		}
		put(n)
	})
}

var replicaSetKind = kind{
	name: "replicaset", base: []string{"namespace", "replicaset"}, ids: ofOwners(models.ReplicaSet),
	families: []objectFamily{
		moment("kube_replicaset_created", "When the ReplicaSet was created, in Unix seconds.", created),
		owners("kube_replicaset_owner", "Whom the ReplicaSet belongs to."),
		field("kube_replicaset_spec_replicas", "Pods that the ReplicaSet wants.", "spec.replicas"),
		field("kube_replicaset_status_replicas", "Pods of the ReplicaSet.", "status.replicas"),
		field("kube_replicaset_status_ready_replicas", "Pods of the ReplicaSet that are Ready.", "status.readyReplicas"),
		field("kube_replicaset_status_fully_labeled_replicas", "Pods with all labels of the template of the ReplicaSet.", "status.fullyLabeledReplicas"),
		given("kube_replicaset_status_terminating_replicas", "Pods of the ReplicaSet that are being deleted.", "status.terminatingReplicas"),
		level("kube_replicaset_status_observed_generation", "The generation that the controller of the ReplicaSet has seen.", observed),
		level("kube_replicaset_metadata_generation", "The generation of the ReplicaSet that is wanted.", generation),
	},
}

var controllerKind = kind{
	name: "replicationcontroller", base: []string{"namespace", "replicationcontroller"}, ids: ofOwners(models.ReplicationController),
	families: []objectFamily{
		moment("kube_replicationcontroller_created", "When the ReplicationController was created, in Unix seconds.", created),
		field("kube_replicationcontroller_spec_replicas", "Pods that the ReplicationController wants.", "spec.replicas"),
		field("kube_replicationcontroller_status_replicas", "Pods of the ReplicationController.", "status.replicas"),
		field("kube_replicationcontroller_status_ready_replicas", "Pods of the ReplicationController that are Ready.", "status.readyReplicas"),
		field("kube_replicationcontroller_status_available_replicas", "Pods of the ReplicationController that are available.", "status.availableReplicas"),
		level("kube_replicationcontroller_metadata_generation", "The generation of the ReplicationController that is wanted.", generation),
	},
}

var statefulSetKind = kind{
	name: "statefulset", base: []string{"namespace", "statefulset"}, ids: ofOwners(models.StatefulSet),
	families: []objectFamily{
		moment("kube_statefulset_created", "When the StatefulSet was created, in Unix seconds.", created),
		objectLabels("kube_statefulset_labels", "The labels of the StatefulSet."),
		field("kube_statefulset_replicas", "Pods that the StatefulSet wants.", "spec.replicas"),
		field("kube_statefulset_status_replicas", "Pods of the StatefulSet.", "status.replicas"),
		field("kube_statefulset_status_replicas_ready", "Pods of the StatefulSet that are Ready.", "status.readyReplicas"),
		field("kube_statefulset_status_replicas_available", "Pods of the StatefulSet that are available.", "status.availableReplicas"),
		field("kube_statefulset_status_replicas_current", "Pods of the StatefulSet that are made from its current revision.", "status.currentReplicas"),
		field("kube_statefulset_status_replicas_updated", "Pods of the StatefulSet that are made from the revision that it updates to.", "status.updatedReplicas"),
		info("kube_statefulset_status_current_revision", "The revision that the StatefulSet updates from.", []string{"revision"}, []string{"status.currentRevision"}),
		info("kube_statefulset_status_update_revision", "The revision that the StatefulSet updates to.", []string{"revision"}, []string{"status.updateRevision"}),
		level("kube_statefulset_status_observed_generation", "The generation that the controller of the StatefulSet has seen.", observed),
		level("kube_statefulset_metadata_generation", "The generation of the StatefulSet that is wanted.", generation),
	},
}

var daemonSetKind = kind{
	name: "daemonset", base: []string{"namespace", "daemonset"}, ids: ofOwners(models.DaemonSet),
	families: []objectFamily{
		moment("kube_daemonset_created", "When the DaemonSet was created, in Unix seconds.", created),
		objectLabels("kube_daemonset_labels", "The labels of the DaemonSet."),
		field("kube_daemonset_status_desired_number_scheduled", "Nodes that the DaemonSet wants a pod on.", "status.desiredNumberScheduled"),
		field("kube_daemonset_status_current_number_scheduled", "Wanted nodes with a pod of the DaemonSet.", "status.currentNumberScheduled"),
		field("kube_daemonset_status_number_ready", "Wanted nodes with a Ready pod of the DaemonSet.", "status.numberReady"),
		field("kube_daemonset_status_number_available", "Wanted nodes with an available pod of the DaemonSet.", "status.numberAvailable"),
		field("kube_daemonset_status_number_unavailable", "Wanted nodes without an available pod of the DaemonSet.", "status.numberUnavailable"),
		field("kube_daemonset_status_number_misscheduled", "Nodes with a pod of the DaemonSet that are not wanted.", "status.numberMisscheduled"),
		field("kube_daemonset_status_updated_number_scheduled", "Wanted nodes with a pod from the present template of the DaemonSet.", "status.updatedNumberScheduled"),
		level("kube_daemonset_status_observed_generation", "The generation that the controller of the DaemonSet has seen.", observed),
		level("kube_daemonset_metadata_generation", "The generation of the DaemonSet that is wanted.", generation),
	},
}
