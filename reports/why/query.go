package why

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/spelling"
)

// Query names the object that is asked about.
type Query struct {
	Kind            string // Pod, or that of a workload
	Namespace, Name string
}

// podKind is the kind of pods.
const podKind = "Pod"

// askable are the kinds that can be asked about, by all their names.
var askable = []struct {
	kind  string
	names []string
}{
	{podKind, []string{"pod", "pods", "po"}},
	{models.Deployment.String(), []string{"deployment", "deployments", "deploy"}},
	{models.ReplicaSet.String(), []string{"replicaset", "replicasets", "rs"}},
	{models.StatefulSet.String(), []string{"statefulset", "statefulsets", "sts"}},
	{models.DaemonSet.String(), []string{"daemonset", "daemonsets", "ds"}},
	{models.Job.String(), []string{"job", "jobs"}},
	{models.ReplicationController.String(), []string{"replicationcontroller", "replicationcontrollers", "rc"}},
}

// ParseQuery reads KIND/NAME or KIND/NAMESPACE/NAME; kinds are as kubectl has them.
func ParseQuery(text, namespace string) (Query, error) {
	parts := strings.Split(text, "/")
	if len(parts) == 3 {
		namespace, parts = parts[1], []string{parts[0], parts[2]}
	}
	if len(parts) != 2 || slices.Contains(parts, "") || namespace == "" {
		return Query{}, fmt.Errorf("want KIND/NAME, such as pod/web-0 or deploy/web (got %q)", text)
	}
	var known []string
	for _, of := range askable {
		if slices.Contains(of.names, strings.ToLower(parts[0])) {
			return Query{of.kind, namespace, parts[1]}, nil
		}
		known = append(known, of.names...)
	}
	what := fmt.Sprintf("%q is no kind that podsim why answers for; want pod, deploy, rs, sts, ds, job or rc", parts[0])
	if guess := spelling.Guess(parts[0], known); guess != "" {
		what += fmt.Sprintf("; did you mean %q?", guess)
	}
	return Query{}, fmt.Errorf("%s", what)
}

// shortName is how a kind that can be asked about is best written; empty if it is none.
func shortName(kind string) string {
	switch kind {
	case models.Deployment.String():
		return "deploy"
	case podKind:
		return "pod"
	}
	for _, of := range askable {
		if of.kind == kind {
			return of.names[len(of.names)-1]
		}
	}
	return ""
}

// String names the object: Pod default/web-0.
func (q Query) String() string { return q.Kind + " " + q.Namespace + "/" + q.Name }
