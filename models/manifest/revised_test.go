package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
)

const (
	statefulSet = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: a, image: i}]}}
`
	daemonSet = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template: {metadata: {labels: {app: agent}}, spec: {containers: [{name: a, image: i}]}}
`
)

// Absent fields take the defaults of the API server.
func TestStatefulSetsAreCompiled(t *testing.T) {
	for _, test := range []struct{ spec, want string }{
		{"", "1 from 0 RollingUpdate below 0 parallel false history 10 claims  whenScaled false whenDeleted false"},
		{"replicas: 3, ordinals: {start: 5}, podManagementPolicy: Parallel, revisionHistoryLimit: 2",
			"3 from 5 RollingUpdate below 0 parallel true history 2 claims  whenScaled false whenDeleted false"},
		{"updateStrategy: {rollingUpdate: {partition: 4, maxUnavailable: 3}}, podManagementPolicy: OrderedReady",
			"1 from 0 RollingUpdate below 4 parallel false history 10 claims  whenScaled false whenDeleted false"},
		{"updateStrategy: {type: OnDelete}", "1 from 0 OnDelete below 0 parallel false history 10 claims  whenScaled false whenDeleted false"},
		{"volumeClaimTemplates: [{metadata: {name: data}, spec: {storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}], " +
			"persistentVolumeClaimRetentionPolicy: {whenScaled: Delete, whenDeleted: Retain}",
			"1 from 0 RollingUpdate below 0 parallel false history 10 claims data fast 1073741824 whenScaled true whenDeleted false"},
	} {
		d := models.NewDictionary()
		s := compile(t, NewSet(d), strings.Replace(statefulSet, "spec:\n", "spec:\n"+fields(test.spec), 1)).Owners[0].Spec
		var claims []string
		for _, c := range s.ClaimTemplates {
			claims = append(claims, fmt.Sprintf("%s %s %d", d.String(c.Name), d.String(c.Class), c.Request))
		}
		got := fmt.Sprintf("%d from %d %s below %d parallel %t history %d claims %s whenScaled %t whenDeleted %t", s.Replicas, s.FirstOrdinal, s.Strategy,
			s.Partition, s.Parallel, s.RevisionHistoryLimit, strings.Join(claims, ", "), s.DeleteClaimsWhenScaled, s.DeleteClaimsWhenDeleted)
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.spec, got, test.want)
		}
	}
}

func TestDaemonSetsAreCompiled(t *testing.T) {
	for _, test := range []struct{ spec, want string }{
		{"", "0 RollingUpdate surge 0 unavailable 1 history 10"},
		{"updateStrategy: {rollingUpdate: {maxSurge: 10%, maxUnavailable: 0}}, revisionHistoryLimit: 0", "0 RollingUpdate surge 10% unavailable 0 history 0"},
		{"updateStrategy: {type: OnDelete}, minReadySeconds: 3", "0 OnDelete surge - unavailable - history 10"},
	} {
		s := compile(t, NewSet(models.NewDictionary()), strings.Replace(daemonSet, "spec:\n", "spec:\n"+fields(test.spec), 1)).Owners[0].Spec
		got := fmt.Sprintf("%d %s surge %s unavailable %s history %d", s.Replicas, s.Strategy, shareText(s.MaxSurge), shareText(s.MaxUnavailable), s.RevisionHistoryLimit)
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.spec, got, test.want)
		}
	}
}

// Those of users stay; one that lasts for some time lasts for ever.
func TestDaemonPodsTolerateNodesInTrouble(t *testing.T) {
	const common = "node.kubernetes.io/not-ready:NoExecute node.kubernetes.io/unreachable:NoExecute node.kubernetes.io/disk-pressure:NoSchedule " +
		"node.kubernetes.io/memory-pressure:NoSchedule node.kubernetes.io/pid-pressure:NoSchedule node.kubernetes.io/unschedulable:NoSchedule"
	for _, test := range []struct{ pod, want string }{
		{"", common},
		{"hostNetwork: true, ", common + " node.kubernetes.io/network-unavailable:NoSchedule"},
		{"tolerations: [{key: k, operator: Exists}], ", "k: " + common},
		{"tolerations: [{key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 5}], ", common},
	} {
		d := models.NewDictionary()
		pod := compile(t, NewSet(d), strings.Replace(daemonSet, "spec: {containers", "spec: {"+test.pod+"containers", 1)).Owners[0].Pod
		var got []string
		for _, toleration := range pod.Tolerations {
			if toleration.Seconds != nil {
				t.Errorf("%s lasts for %d s only", d.String(toleration.Key), *toleration.Seconds)
			}
			got = append(got, d.String(toleration.Key)+":"+toleration.Effect.String())
		}
		if text := strings.Join(got, " "); text != test.want {
			t.Errorf("%s: got %s, want %s", test.pod, text, test.want)
		}
	}
}

func TestProblemsOfStatefulSetsAndDaemonSets(t *testing.T) {
	const claim = "{metadata: {name: c}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}"
	for _, test := range []struct{ of, spec, want string }{
		{statefulSet, "podManagementPolicy: Paralel", `spec.podManagementPolicy: got "Paralel"; want OrderedReady, Parallel; did you mean "Parallel"?`},
		{statefulSet, "ordinals: {start: -1}", "spec.ordinals.start: got -1; must be >= 0"},
		{statefulSet, "updateStrategy: {type: Recreate}", `spec.updateStrategy.type: got "Recreate"; want RollingUpdate, OnDelete`},
		{statefulSet, "updateStrategy: {type: OnDelete, rollingUpdate: {partition: 1}}", "spec.updateStrategy.rollingUpdate: must not be set with type OnDelete"},
		{statefulSet, "updateStrategy: {rollingUpdate: {partition: -1}}", "spec.updateStrategy.rollingUpdate.partition: got -1; must be >= 0"},
		{statefulSet, "revisionHistoryLimit: -1", "spec.revisionHistoryLimit: got -1; must be >= 0"},
		{statefulSet, "persistentVolumeClaimRetentionPolicy: {whenScaled: Keep}", `spec.persistentVolumeClaimRetentionPolicy.whenScaled: got "Keep"; want Retain, Delete`},
		{statefulSet, "volumeClaimTemplates: [" + claim + "," + claim + "]", `spec.volumeClaimTemplates[1].metadata.name: claim template "c" occurs twice`},
		{statefulSet, "volumeClaimTemplates: [{metadata: {name: c}, spec: {}}]", "spec.volumeClaimTemplates[0].spec.resources.requests: storage is missing"},
		{daemonSet, "updateStrategy: {rollingUpdate: {maxUnavailable: 0}}", "spec.updateStrategy.rollingUpdate: maxSurge and maxUnavailable are both 0"},
		{daemonSet, "updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}", "spec.updateStrategy.rollingUpdate.maxSurge: contradicts maxUnavailable"},
		{daemonSet, "updateStrategy: {rollingUpdate: {maxUnavailable: 101%}}", "spec.updateStrategy.rollingUpdate.maxUnavailable: got 101%; must be <= 100%"},
		{daemonSet, "replicas: 3", `spec.replicas: unknown field`},
	} {
		if got := problemsOf(t, strings.Replace(test.of, "spec:\n", "spec:\n  "+test.spec+"\n", 1)); !strings.Contains(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.spec, got, test.want)
		}
	}
}

// The label tells revisions apart; in a snapshot it is the one that pods have.
func TestTheRevisionsOfTemplatesAreLabels(t *testing.T) {
	hash := func(text string) string {
		d := models.NewDictionary()
		owner := compile(t, NewSet(d), text).Owners[0]
		value, _ := owner.Pod.Labels.Get(d.Sym(models.LabelRevisionHash))
		if value != owner.Spec.TemplateHash {
			t.Errorf("label %s, hash %s", d.String(value), d.String(owner.Spec.TemplateHash))
		}
		return d.String(value)
	}
	set, daemons := hash(statefulSet), hash(daemonSet)
	if !strings.HasPrefix(set, "db-") || strings.Contains(daemons, "agent") {
		t.Errorf("got %s and %s", set, daemons)
	}
	if other := hash(strings.Replace(statefulSet, "image: i", "image: j", 1)); other == set {
		t.Errorf("another template has the same hash %s", other)
	}
	if got := hash(statefulSet + "status: {updateRevision: db-7d5f}\n"); got != "db-7d5f" {
		t.Errorf("got %s from a snapshot", got)
	}
	const pod = `---
apiVersion: v1
kind: Pod
metadata:
  name: agent-%s
  labels: {app: agent, pod-template-generation: %q, controller-revision-hash: %s}
  ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: agent, uid: u, controller: true}]
spec: {containers: [{name: a, image: i}]}
status: {phase: Running}
`
	snapshot := strings.Replace(daemonSet, "{name: agent}", `{name: agent, annotations: {deprecated.daemonset.template.generation: "2"}}`, 1) +
		"status: {numberReady: 2}\n" + fmt.Sprintf(pod, "aaaaa", "1", "old") + fmt.Sprintf(pod, "bbbbb", "2", "new")
	if got := hash(snapshot); got != "new" {
		t.Errorf("got %s from a snapshot of daemon pods", got)
	}
}
