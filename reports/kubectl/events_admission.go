package kubectl

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// kindsOfResources are the kinds of objects that controllers make, by resource.
var kindsOfResources = map[string]string{
	"pods": "Pod", "persistentvolumeclaims": "PersistentVolumeClaim", "replicasets.apps": "ReplicaSet", "jobs.batch": "Job",
}

// deniedCreate tells that a controller was refused an object, each in its own words.
// Source: pkg/controller/controller_utils.go (RealPodControl.createPods),
// pkg/controller/statefulset/stateful_pod_control.go (recordPodEvent, recordClaimEvent),
// pkg/controller/deployment/sync.go (getNewReplicaSet),
// pkg/controller/cronjob/cronjob_controllerv2.go (syncCronJob).
func (e *Events) deniedCreate(op *models.Op, o cluster.Owner, d *models.Dictionary) {
	about, resource := ownerReference(o, d), d.String(op.Reason)
	name := string(models.AppendName(nil, d.String(op.Name), op.Ordinal))
	why := models.Refusal{Form: models.RefusalForm(op.Arg), Why: d.String(op.Message)}.Text(resource, kindsOfResources[resource], name)
	reason, message := "FailedCreate", "Error creating: "+why
	switch {
	case o.Kind() == models.StatefulSet && resource == "pods":
		message = fmt.Sprintf("Create Pod %s in StatefulSet %s failed error: %s", name, o.Name(), why)
	case o.Kind() == models.StatefulSet:
		pod := o.Name() + name[strings.LastIndexByte(name, '-'):] // claims have the number of their pod
		message = fmt.Sprintf("Create Claim %s for Pod %s in StatefulSet %s failed error: %s", name, pod, o.Name(), why)
	case o.Kind() == models.CronJob:
		message = "Error creating job: " + why
	case o.Kind() == models.Deployment:
		reason, message = "ReplicaSetCreateError", fmt.Sprintf("Failed to create new replica set %q: %s", name, why)
	}
	e.tell(componentOf(about.Kind), about, Warning, reason, message).owner = o.ID()
}
