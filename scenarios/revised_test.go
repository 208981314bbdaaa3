package scenarios_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
)

const sets = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 3
  serviceName: db
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: "app:1"}]}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template: {metadata: {labels: {app: agent}}, spec: {containers: [{name: c, image: "app:1"}]}}
---
`

func TestStepsOfStatefulSetsAndDaemonSets(t *testing.T) {
	tests := map[string]struct{ commands, want []string }{
		"rollback": {
			[]string{
				"1m rollout undo sts/db", "2m set image statefulset/db c=app:2", "20m rollout undo statefulset/db", "40m rollout restart sts db",
				"60m rollout undo sts/db --to-revision=2", "80m rollout undo sts/db --to-revision=9", "90m rollout undo sts/db --to-revision=5",
			},
			[]string{
				"FAILED error: no last revision to roll back to", "statefulset.apps/db image updated", "statefulset.apps/db rolled back",
				"statefulset.apps/db restarted", "statefulset.apps/db rolled back", "FAILED error: unable to find specified revision 9 in history",
				"statefulset.apps/db skipped rollback (current template already matches revision 5)",
			},
		},
		"daemons": {
			[]string{"2m set image ds/agent c=app:2", "20m rollout undo daemonset/agent", "40m rollout restart ds/agent", "50m delete ds/agent"},
			[]string{
				"daemonset.apps/agent image updated", "daemonset.apps/agent rolled back", "daemonset.apps/agent restarted",
				`daemonset.apps "agent" deleted from default namespace`,
			},
		},
		"scale": {
			[]string{"1m scale sts/db --replicas=1", "2m delete pod/db-0", "3m delete pod/db-2", "4m scale sts db --replicas=1"},
			[]string{
				"statefulset.apps/db scaled", `pod "db-0" deleted from default namespace`, `FAILED Error from server (NotFound): pods "db-2" not found`,
				"statefulset.apps/db scaled",
			},
		},
		"patch": {
			[]string{
				`1m patch sts db -p '{spec: {updateStrategy: {rollingUpdate: {partition: 2}}}}'`, `2m patch sts db -p '{spec: {serviceName: other}}'`,
				`3m patch ds agent -p '{spec: {selector: {matchLabels: {app: x}}}}'`,
			},
			[]string{
				"statefulset.apps/db patched",
				`FAILED The StatefulSet "db" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', ` +
					`'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden`,
				"FAILED The DaemonSet \"agent\" is invalid: \n* spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"x\"}}: field is immutable" +
					"\n* spec.template.metadata.labels: Invalid value: {\"app\":\"agent\"}: `selector` does not match template `labels`",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, runSteps(t, base+sets, test.commands...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// setPod writes a pod of a set in a live cluster.
func setPod(name, node, kind, set, labels, spec string) string {
	meta := fmt.Sprintf(`, labels: {app: %[2]s, %[3]s}, ownerReferences: [{apiVersion: apps/v1, kind: %[1]s, name: %[2]s, uid: u, controller: true}]`, kind, set, labels)
	return livePod(name, node, meta, spec, ready)
}

func listed(object string) string {
	return "- " + strings.ReplaceAll(strings.TrimSpace(object), "\n", "\n  ") + "\n"
}

// A StatefulSet takes its pods over by their numbers, and a DaemonSet by their nodes.
// What is of an old revision is replaced.
func TestASnapshotOfAStatefulSetAndADaemonSet(t *testing.T) {
	objects := strings.Split(sets, "---\n")
	statefulSet := listed(objects[0] + `status: {replicas: 3, currentRevision: db-old, updateRevision: db-new}`)
	daemonSet := listed(strings.Replace(objects[1], "{name: agent}", `{name: agent, annotations: {deprecated.daemonset.template.generation: "2"}}`, 1) +
		`status: {numberReady: 2}`)
	text := live(statefulSet + daemonSet +
		setPod("db-0", "n1", "StatefulSet", "db", "controller-revision-hash: db-old", "") +
		setPod("db-1", "n1", "StatefulSet", "db", "controller-revision-hash: db-new", "") +
		setPod("db-2", "n2", "StatefulSet", "db", "controller-revision-hash: db-new", "") +
		setPod("agent-aaaaa", "n1", "DaemonSet", "agent", `pod-template-generation: "1", controller-revision-hash: old`, tolerant) +
		setPod("agent-bbbbb", "n2", "DaemonSet", "agent", `pod-template-generation: "2", controller-revision-hash: new`, tolerant))
	w := goOn(t, text, time.Hour)
	if w.owner("agent").Replicas() != 2 { // n3 is silent and n4 not ready
		t.Errorf("the DaemonSet wants to be on %d nodes", w.owner("agent").Replicas())
	}
	for _, want := range []struct {
		name  string
		fresh bool
	}{{"db-0", true}, {"db-1", false}, {"db-2", false}, {"agent-bbbbb", false}} {
		if got := w.pod(want.name).Created() > 0; got != want.fresh {
			t.Errorf("%s is new: %t; want %t", want.name, got, want.fresh)
		}
	}
	if _, old := w.pods()["agent-aaaaa"]; old || len(w.pods()) != 5 {
		t.Errorf("pods %v", w.pods())
	}
	for name, revision := range map[string]string{"db": "db-new", "agent": "new"} {
		for pod := range w.owner(name).Pods() {
			key, _ := w.run.Dictionary.Lookup(models.LabelRevisionHash)
			if hash, _ := pod.Spec().Labels.Get(key); w.run.Dictionary.String(hash) != revision {
				t.Errorf("%s is of revision %s; want %s", pod.Name(), w.run.Dictionary.String(hash), revision)
			}
		}
	}
}

// Claims are made of the templates, and a class that waits for pods has its way.
func TestTheClaimsOfAStatefulSet(t *testing.T) {
	object := strings.Replace(strings.Split(sets, "---\n")[0], "spec:\n", `spec:
  volumeClaimTemplates:
  - {metadata: {name: data}, spec: {storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
`, 1)
	w := goOn(t, live(listed(object)+listed("apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast}\nprovisioner: p\nvolumeBindingMode: WaitForFirstConsumer")),
		time.Minute)
	d := w.run.Dictionary
	for n := range 3 {
		claim, found := w.view.FindClaim(d.Sym("default"), d.Sym(fmt.Sprintf("data-db-%d", n)))
		if !found || d.String(claim.Spec().Class) != "fast" || claim.Spec().Request != 1<<30 {
			t.Fatalf("claim %d: %t", n, found)
		}
		if _, selected := claim.Node(); !selected {
			t.Errorf("the volume of claim %d is not meant for a node", n)
		}
		if got := w.pods()[fmt.Sprintf("db-%d", n)]; got != "Running on n1 ready" {
			t.Errorf("db-%d: %s", n, got)
		}
	}
}
