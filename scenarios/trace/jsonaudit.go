package trace

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// auditKinds are the kinds of objects by the name of their resource.
var auditKinds = map[string]string{
	"pods": "Pod", "jobs": "Job", "deployments": "Deployment", "replicasets": "ReplicaSet",
	"replicationcontrollers": "ReplicationController",
}

// audit reads an entry of the log of the audit. Each request has several; the one
// that tells how it ended counts, and only what succeeded has happened.
func (l *lives) audit(e *event) {
	if e.Stage != "" && e.Stage != "ResponseComplete" || e.Status != nil && e.Status.Code >= 300 {
		return
	}
	if e.ObjectRef == nil {
		return
	}
	ref := e.ObjectRef
	eviction := ref.Resource == "pods" && ref.Subresource == "eviction" && e.Verb == "create"
	if l.audited(e) || !l.concerns(e, eviction) {
		return
	}
	at, err := time.Parse(time.RFC3339, e.Received)
	if err != nil {
		l.r.blame(wholeRow, "requestReceivedTimestamp", "got %q; want a date such as 2026-01-01T00:00:00Z", cut(e.Received))
		return
	}
	l.sort(true)
	if e.scales() {
		l.rescale(e, moment(at))
		return
	}
	h := head{Kind: auditKinds[ref.Resource]}
	if eviction || e.Verb == "delete" {
		h.Metadata.Namespace, h.Metadata.Name = ref.Namespace, ref.Name
		l.see(&h, moment(at), true)
		return
	}
	if object := e.object(); len(object) == 0 {
		l.r.blame(wholeRow, "", "neither responseObject nor requestObject; want the log at level Request or RequestResponse")
		return
	} else if !l.head(object, "requestObject", &h) {
		return
	}
	h.Metadata.Name = cmp.Or(h.Metadata.Name, ref.Name)
	if h.Metadata.Name == "" {
		h.Metadata.Name = l.generated(h.Metadata.GenerateName)
	}
	h.Metadata.Namespace = cmp.Or(h.Metadata.Namespace, ref.Namespace)
	l.scale(l.see(&h, moment(at), false), &h, moment(at), true)
}

// concerns reports whether a request creates, scales or deletes an object that is
// read.
func (l *lives) concerns(e *event, eviction bool) bool {
	ref := e.ObjectRef
	switch {
	case e.scales():
		return true
	case ref.Subresource != "" && !eviction:
	case e.Verb != "create" && e.Verb != "delete" && e.Verb != "deletecollection":
	case auditKinds[ref.Resource] == "":
		l.note("requests", "are about "+cut(ref.Resource)+", which are left out")
	case e.Verb == "deletecollection":
		l.note("deletions of collections", "are left out: the log does not tell of which objects")
	default:
		return true
	}
	return false
}

// jobLabels are what the API server writes into the template of a Job.
// Source: pkg/registry/batch/job/strategy.go (generateSelector).
var jobLabels = []string{"controller-uid", "batch.kubernetes.io/controller-uid", "job-name", "batch.kubernetes.io/job-name"}

// cleanObject returns an object without what the server wrote about this one
// alone: name, uid, times, status, the node it went to. What remains is equal for
// objects that are alike.
func cleanObject(raw json.RawMessage) (string, error) {
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil {
		return "", errors.New(describeJSON(err))
	}
	out := map[string]any{"apiVersion": object["apiVersion"], "kind": object["kind"]}
	if out["apiVersion"] == nil {
		return "", errors.New("apiVersion is missing")
	}
	metadata, _ := object["metadata"].(map[string]any)
	spec, _ := object["spec"].(map[string]any)
	if spec == nil {
		return "", fmt.Errorf("object.spec is missing")
	}
	labels, _ := metadata["labels"].(map[string]any)
	pod := spec
	if template, ok := spec["template"].(map[string]any); ok {
		pod, _ = template["spec"].(map[string]any)
		if object["kind"] == "Job" {
			cleanJob(spec, template, labels)
		}
		if m, ok := template["metadata"].(map[string]any); ok {
			delete(m, "creationTimestamp")
		}
	}
	kept := make(map[string]any)
	if namespace := metadata["namespace"]; namespace != nil {
		kept["namespace"] = namespace
	}
	if len(labels) > 0 {
		kept["labels"] = labels
	}
	out["metadata"], out["spec"] = kept, spec
	if metadata["uid"] != nil || object["status"] != nil {
		delete(pod, "nodeName")
	}
	cleanVolumes(pod)
	text, err := json.Marshal(out)
	return string(text), err
}

// cleanJob takes out the selector that the API server made.
func cleanJob(spec, template, labels map[string]any) {
	if spec["manualSelector"] != true {
		delete(spec, "selector")
	}
	metadata, _ := template["metadata"].(map[string]any)
	inside, _ := metadata["labels"].(map[string]any)
	for _, label := range jobLabels {
		delete(labels, label)
		delete(inside, label)
	}
}

// accessVolume begins the names of volumes that the server adds, each with a name
// of its own.
// Source: plugin/pkg/admission/serviceaccount/admission.go.
const accessVolume = "kube-api-access-"

func cleanVolumes(pod map[string]any) {
	drop := func(of map[string]any, field string) {
		list, ok := of[field].([]any)
		if !ok {
			return
		}
		var kept []any
		for _, item := range list {
			m, _ := item.(map[string]any)
			if name, _ := m["name"].(string); !strings.HasPrefix(name, accessVolume) {
				kept = append(kept, item)
			}
		}
		if of[field] = kept; len(kept) == 0 {
			delete(of, field)
		}
	}
	drop(pod, "volumes")
	for _, field := range []string{"containers", "initContainers", "ephemeralContainers"} {
		containers, _ := pod[field].([]any)
		for _, c := range containers {
			if container, ok := c.(map[string]any); ok {
				drop(container, "volumeMounts")
			}
		}
	}
}
