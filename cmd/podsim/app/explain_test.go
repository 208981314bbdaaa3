package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/cmd/podsim/app"
	"github.com/podsim/podsim/scheduler/place"
)

// cures is a pod that does not fit, with the changes that podsim is to find for it.
type cures struct {
	name     string
	manifest string // of which pod "new" does not fit
	changes  []cure
}

// cure is a change as podsim tells it, and what it means for the manifest: pairs of
// old and new text. less is the same but for one unit, which must not be enough.
type cure struct {
	kind, what, node string
	edit, less       []string
}

// Each change that is told is carried out in the manifest, and the pod must then
// go where podsim said; where there is an amount, one unit less must not do.
func TestEveryChangeThatIsToldIsEnoughAndNoSmallerOneIs(t *testing.T) {
	for _, c := range curable {
		t.Run(c.name, func(t *testing.T) {
			e := explainNew(t, c.manifest)
			if e.Placement.Node != "" {
				t.Fatalf("it fits on %s as it is", e.Placement.Node)
			}
			var want []place.Change
			for _, change := range c.changes {
				want = append(want, place.Change{Kind: change.kind, What: change.what, Node: change.node})
			}
			if diff := cmp.Diff(want, e.Changes); diff != "" {
				t.Fatalf("changes (-want +got):\n%s", diff)
			}
			for _, change := range c.changes {
				if got := explainNew(t, edited(t, c.manifest, change.edit)).Placement; got.Node != change.node {
					t.Errorf("%s: it goes to %q, want %q (%s)", change.what, got.Node, change.node, got.Message)
				}
				if change.less == nil {
					continue
				}
				if got := explainNew(t, edited(t, c.manifest, change.less)).Placement; got.Node != "" {
					t.Errorf("%s: less does too", change.what)
				}
			}
		})
	}
}

// edited replaces text that must be there.
func edited(t *testing.T, text string, edits []string) string {
	t.Helper()
	if len(edits) == 0 || len(edits)%2 != 0 {
		t.Fatalf("%d edits; want pairs", len(edits))
	}
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(text, edits[i]) {
			t.Fatalf("no %q in the manifest", edits[i])
		}
		text = strings.ReplaceAll(text, edits[i], edits[i+1])
	}
	return text
}

func explainNew(t *testing.T, manifest string) place.Explanation {
	t.Helper()
	file := filepath.Join(t.TempDir(), "world.yaml")
	if err := os.WriteFile(file, []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, problems := main("place", "-f", file, "--explain", "default/new", "-o", "json")
	if code != app.ExitPass {
		t.Fatalf("exit code %d: %s", code, problems)
	}
	var e place.Explanation
	if err := json.Unmarshal([]byte(out), &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// The pieces of the manifests. A node has the name that is its only label.
const (
	aNode = `
---
{apiVersion: v1, kind: Node, metadata: {name: NAME, labels: {kubernetes.io/hostname: NAME, topology.kubernetes.io/zone: ZONE}},
  spec: {SPEC}, status: {allocatable: {cpu: CPU, memory: MEM, pods: PODS}}}`
	aPod = `
---
{apiVersion: v1, kind: Pod, metadata: {name: NAME, labels: {app: NAME}}, spec: {SPEC
  containers: [{name: c, image: i, ports: [PORTS], resources: {requests: {cpu: CPU, memory: MEM}}}]}}`
)

// openClaim is a claim that waits for a volume, boundClaim the same with one.
const (
	openClaim  = "\n---\n{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}"
	boundClaim = `
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv}, spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /data}, claimRef: {namespace: default, name: data}}, status: {phase: Bound}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, annotations: {pv.kubernetes.io/bind-completed: "yes"}}, spec: {volumeName: pv, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}`
)

// node returns a manifest of 4 cores, 8 GiB and 10 pods in zone a, with these
// pairs of values instead.
func node(name string, values ...string) string {
	return fill(aNode, append([]string{"NAME", name}, append(values, "ZONE", "a", "SPEC", "", "CPU", "4", "MEM", "8Gi", "PODS", "10")...))
}

// pod returns a manifest that asks for 1 core and 1 GiB, with these values instead.
func pod(name string, values ...string) string {
	return fill(aPod, append([]string{"NAME", name}, append(values, "SPEC", "", "PORTS", "", "CPU", "1", "MEM", "1Gi")...))
}

func fill(text string, pairs []string) string {
	for i := 0; i < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return text
}

func bound(name, to string, values ...string) string {
	return pod(name, append(values, "SPEC", "nodeName: "+to+",")...)
}

func class(name, value string) string {
	return "\n---\n{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: " + name + "}, value: " + value + "}"
}

const selfSpread = `topologySpreadConstraints: [{topologyKey: topology.kubernetes.io/zone, maxSkew: 1, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {team: t}}}],`

func antiTo(app string) string {
	return `affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: ` + app + `}}}]}},`
}

// moreOf adds one node to a manifest, like another one.
func moreOf(like, name string) []string {
	return []string{like, strings.ReplaceAll(like, name, "one-more-"+name) + like}
}

var curable = []cures{
	{
		"each node lacks another amount of cpu",
		node("n1", "CPU", "2") + node("n2", "CPU", "3") + bound("b1", "n1", "CPU", "700m") + bound("b2", "n2", "CPU", "1600m") + pod("new", "CPU", "1501m"),
		[]cure{
			{"resources", "raise allocatable cpu from 3 to 3101m on node n2", "n2", []string{"cpu: 3,", "cpu: 3101m,"}, []string{"cpu: 3,", "cpu: 3100m,"}},
			{"request", "lower its request of cpu from 1501m to 1400m", "n2", []string{"cpu: 1501m", "cpu: 1400m"}, []string{"cpu: 1501m", "cpu: 1401m"}},
			{"victim", "delete pod default/b1 (priority 0) on node n1", "n1", []string{bound("b1", "n1", "CPU", "700m"), ""}, nil},
			{"node", "add one more node like n1", "one-more-n1", moreOf(node("n1", "CPU", "2"), "n1"), nil},
		},
	},
	{
		"the node that lacks the least memory is tainted",
		node("n1", "MEM", "4Gi") + node("n2", "MEM", "5Gi", "SPEC", "taints: [{key: k, value: v, effect: NoSchedule}]") + pod("new", "MEM", "6Gi"),
		[]cure{
			{"resources", "raise allocatable memory from 4Gi to 6Gi on node n1", "n1", []string{"memory: 4Gi", "memory: 6Gi"}, []string{"memory: 4Gi", "memory: '6442450943'"}},
			{"request", "lower its request of memory from 6Gi to 4Gi", "n1", []string{"memory: 6Gi", "memory: 4Gi"}, []string{"memory: 6Gi", "memory: '4294967297'"}},
			{"node", "add one more node like n1, but with 6Gi memory allocatable", "one-more-n1",
				[]string{node("n1", "MEM", "4Gi"), node("one-more-n1", "MEM", "6Gi") + node("n1", "MEM", "4Gi")},
				[]string{node("n1", "MEM", "4Gi"), node("one-more-n1", "MEM", "'6442450943'") + node("n1", "MEM", "4Gi")}},
		},
	},
	{
		"cpu and memory together",
		node("n1", "CPU", "1", "MEM", "1Gi") + pod("new", "CPU", "2", "MEM", "3Gi"),
		[]cure{
			{"resources", "raise allocatable cpu from 1 to 2 and memory from 1Gi to 3Gi on node n1", "n1",
				[]string{"{cpu: 1, memory: 1Gi", "{cpu: 2, memory: 3Gi"}, []string{"{cpu: 1, memory: 1Gi", "{cpu: 2, memory: '3221225471'"}},
			{"request", "lower its request of cpu from 2 to 1 and of memory from 3Gi to 1Gi", "n1",
				[]string{"{cpu: 2, memory: 3Gi", "{cpu: 1, memory: 1Gi"}, []string{"{cpu: 2, memory: 3Gi", "{cpu: 1001m, memory: 1Gi"}},
			{"node", "add one more node like n1, but with 2 cpu and 3Gi memory allocatable", "one-more-n1",
				[]string{node("n1", "CPU", "1", "MEM", "1Gi"), node("one-more-n1", "CPU", "2", "MEM", "3Gi") + node("n1", "CPU", "1", "MEM", "1Gi")}, nil},
		},
	},
	{
		"two taints on one node, one on another",
		node("n1", "SPEC", "taints: [{key: a, effect: NoSchedule}, {key: b, value: v, effect: NoExecute}]") +
			node("n2", "SPEC", "taints: [{key: c, effect: NoSchedule}]", "CPU", "500m") + pod("new"),
		[]cure{
			{"toleration", "tolerate the taints a:NoSchedule and b=v:NoExecute", "n1",
				[]string{pod("new"), pod("new", "SPEC", "tolerations: [{key: a, effect: NoSchedule}, {key: b, value: v, effect: NoExecute}],")},
				[]string{pod("new"), pod("new", "SPEC", "tolerations: [{key: b, value: v, effect: NoExecute}],")}},
			{"taint", "remove the taints a:NoSchedule and b=v:NoExecute from node n1", "n1",
				[]string{"{key: a, effect: NoSchedule}, {key: b, value: v, effect: NoExecute}", ""}, []string{"{key: a, effect: NoSchedule}, ", ""}},
		},
	},
	{
		"labels of the nodeSelector",
		node("n1", "CPU", "500m") + node("n2") + pod("new", "SPEC", "nodeSelector: {disk: ssd, topology.kubernetes.io/zone: a},"),
		[]cure{
			{"nodeSelector", "drop disk=ssd from its nodeSelector", "n2", []string{"disk: ssd, ", ""}, nil},
			{"label", "label node n2 disk=ssd", "n2", []string{"kubernetes.io/hostname: n2,", "kubernetes.io/hostname: n2, disk: ssd,"}, nil},
		},
	},
	{
		"required node affinity",
		node("n1") + pod("new", "SPEC", "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: Exists}]}]}}},"),
		[]cure{{"nodeAffinity", "drop its required node affinity", "n1",
			[]string{"nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: Exists}]}]", "nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: DoesNotExist}]}]"}, nil}},
	},
	{
		"cordoned nodes",
		node("n1", "SPEC", "unschedulable: true", "CPU", "500m") +
			node("n2", "SPEC", "unschedulable: true, taints: [{key: node.kubernetes.io/unschedulable, effect: NoSchedule}, {key: k, effect: PreferNoSchedule}]") + pod("new"),
		[]cure{
			{"uncordon", "uncordon node n2", "n2", []string{"unschedulable: true, taints: [{key: node.kubernetes.io/unschedulable, effect: NoSchedule}, ", "taints: ["}, nil},
			{"node", "add one more node like n2", "one-more-n2", []string{pod("new"), node("one-more-n2") + pod("new")}, nil},
		},
	},
	{
		"anti-affinity to one pod on each node",
		node("n1") + node("n2") + bound("db", "n1") + bound("db2", "n2", "app: db2", "app: db") + pod("new", "SPEC", antiTo("db")),
		[]cure{
			{"podAntiAffinity", "drop its required pod anti-affinity (kubernetes.io/hostname)", "n1", []string{antiTo("db"), ""}, nil},
			{"victim", "delete pod default/db (priority 0) on node n1", "n1", []string{bound("db", "n1"), ""}, nil},
			{"node", "add one more node like n1", "one-more-n1", moreOf(node("n1"), "n1"), nil},
		},
	},
	{
		"affinity to a pod that is not there",
		node("n1") + pod("new", "SPEC", strings.Replace(antiTo("db"), "podAntiAffinity", "podAffinity", 1)),
		[]cure{{"podAffinity", "drop its required pod affinity (kubernetes.io/hostname)", "n1", []string{"podAffinity", "podAntiAffinity"}, nil}},
	},
	{
		"topology spread",
		node("n1", "ZONE", "a") + node("n2", "ZONE", "b", "CPU", "0") + strings.ReplaceAll(bound("b1", "n1")+bound("b2", "n1")+pod("new", "SPEC", selfSpread), "app: ", "team: t, app: "),
		[]cure{
			{"topologySpread", "raise maxSkew of its topology spread constraint on topology.kubernetes.io/zone from 1 to 3", "n1",
				[]string{"maxSkew: 1", "maxSkew: 3"}, []string{"maxSkew: 1", "maxSkew: 2"}},
			{"resources", "raise allocatable cpu from 0 to 1 on node n2", "n2", []string{"cpu: 0,", "cpu: 1,"}, []string{"cpu: 0,", "cpu: 999m,"}},
			{"request", "lower its request of cpu from 1 to 0", "n2", []string{"labelSelector: {matchLabels: {team: t}}}],\n  containers: [{name: c, image: i, ports: [], resources: {requests: {cpu: 1,", "labelSelector: {matchLabels: {team: t}}}],\n  containers: [{name: c, image: i, ports: [], resources: {requests: {cpu: 0,"},
				[]string{"labelSelector: {matchLabels: {team: t}}}],\n  containers: [{name: c, image: i, ports: [], resources: {requests: {cpu: 1,", "labelSelector: {matchLabels: {team: t}}}],\n  containers: [{name: c, image: i, ports: [], resources: {requests: {cpu: 1m,"}},
			{"node", "add one more node like n2, but with 1 cpu allocatable", "one-more-n2",
				[]string{node("n1"), node("one-more-n2", "ZONE", "b", "CPU", "1") + node("n1")}, []string{node("n1"), node("one-more-n2", "ZONE", "b", "CPU", "999m") + node("n1")}},
		},
	},
	{
		"a host port that is taken",
		node("n1") + bound("b1", "n1", "PORTS", "{containerPort: 80, hostPort: 8080}") + pod("new", "PORTS", "{containerPort: 80, hostPort: 8080}, {containerPort: 81, hostPort: 8081}"),
		[]cure{
			{"hostPort", "drop its hostPort 8080", "n1", []string{"hostPort: 8080}, {", "hostPort: 9090}, {"}, nil},
			{"victim", "delete pod default/b1 (priority 0) on node n1", "n1", []string{bound("b1", "n1", "PORTS", "{containerPort: 80, hostPort: 8080}"), ""}, nil},
			{"node", "add one more node like n1", "one-more-n1", moreOf(node("n1"), "n1"), nil},
		},
	},
	{
		"a scheduling gate",
		node("n1") + pod("new", "SPEC", "schedulingGates: [{name: example.com/wait}],"),
		[]cure{{"gate", "remove its scheduling gates", "n1", []string{"schedulingGates: [{name: example.com/wait}],", ""}, nil}},
	},
	{
		"a gate before a cordoned node",
		node("n1", "SPEC", "unschedulable: true") + pod("new", "SPEC", "schedulingGates: [{name: example.com/wait}],"),
		[]cure{
			{"uncordon", "remove its scheduling gates, and uncordon node n1", "n1", []string{"schedulingGates: [{name: example.com/wait}],", "", "unschedulable: true", ""}, []string{"unschedulable: true", ""}},
			{"node", "remove its scheduling gates, and add one more node like n1", "one-more-n1",
				[]string{"schedulingGates: [{name: example.com/wait}],", "", "\n---\n{apiVersion: v1, kind: Pod", node("one-more-n1") + "\n---\n{apiVersion: v1, kind: Pod"}, nil},
		},
	},
	{
		"the name of an unknown scheduler",
		node("n1") + pod("new", "SPEC", "schedulerName: theirs,"),
		[]cure{{"schedulerName", "set its schedulerName to default-scheduler", "n1", []string{"theirs", "default-scheduler"}, nil}},
	},
	{
		"a group of nodes that is full of pods",
		`{apiVersion: podsim/v1alpha1, kind: NodeGroup, metadata: {name: workers}, spec: {count: 1, template: {status: {capacity: {cpu: 4, memory: 8Gi, pods: 1}}}}}` +
			bound("b1", "workers-0") + pod("new"),
		[]cure{
			{"resources", "raise allocatable pods from 1 to 2 on node workers-0", "workers-0", []string{"pods: 1}", "pods: 2}"}, nil},
			{"victim", "delete pod default/b1 (priority 0) on node workers-0", "workers-0", []string{bound("b1", "workers-0"), ""}, nil},
			{"node", "add one more node to group workers, like workers-0", "one-more-workers-0",
				[]string{"\n---\n{apiVersion: v1, kind: Pod, metadata: {name: b1,", node("one-more-workers-0") + "\n---\n{apiVersion: v1, kind: Pod, metadata: {name: b1,"}, nil},
		},
	},
	{
		"the least important of the pods in the way",
		node("n1") + bound("b1", "n1", "CPU", "2", "SPEC", "nodeName: n1, priorityClassName: high,") + bound("b2", "n1", "CPU", "500m") + bound("b3", "n1", "CPU", "1500m", "SPEC", "nodeName: n1, priorityClassName: low,") +
			pod("new", "CPU", "900m") + class("low", "5") + class("high", "10"),
		[]cure{
			{"resources", "raise allocatable cpu from 4 to 4900m on node n1", "n1", []string{"{cpu: 4,", "{cpu: 4900m,"}, []string{"{cpu: 4,", "{cpu: 4899m,"}},
			{"request", "lower its request of cpu from 900m to 0", "n1", []string{"cpu: 900m", "cpu: 0"}, []string{"cpu: 900m", "cpu: 1m"}},
			{"victim", "delete pod default/b3 (priority 5) on node n1", "n1", []string{bound("b3", "n1", "CPU", "1500m", "SPEC", "nodeName: n1, priorityClassName: low,"), ""},
				[]string{bound("b2", "n1", "CPU", "500m"), ""}},
			{"node", "add one more node like n1", "one-more-n1", moreOf(node("n1"), "n1"), nil},
		},
	},
	{
		"a claim that does not exist",
		node("n1") + pod("new", "SPEC", "volumes: [{name: d, persistentVolumeClaim: {claimName: data}}],"),
		[]cure{
			{"volume", "drop the volume of PersistentVolumeClaim default/data, which is not in the input", "n1",
				[]string{"{name: d, persistentVolumeClaim: {claimName: data}}", ""}, nil},
			{"claim", "create PersistentVolumeClaim default/data with a volume that any node reaches", "n1",
				[]string{"\n---\n{apiVersion: v1, kind: Pod", boundClaim + "\n---\n{apiVersion: v1, kind: Pod"}, nil},
		},
	},
	{
		"a claim without a volume",
		node("n1") + openClaim + pod("new", "SPEC", "volumes: [{name: d, persistentVolumeClaim: {claimName: data}}],"),
		[]cure{
			{"volume", "drop the volume of PersistentVolumeClaim default/data", "n1", []string{"{name: d, persistentVolumeClaim: {claimName: data}}", ""}, nil},
			{"claim", "bind PersistentVolumeClaim default/data to a volume that any node reaches", "n1", []string{openClaim, boundClaim}, nil},
		},
	},
	{
		"nodes that are not ready",
		node("n1", "SPEC", "taints: [{key: node.kubernetes.io/unreachable, effect: NoSchedule}, {key: k, effect: NoSchedule}]") +
			node("n2", "SPEC", "taints: [{key: node.kubernetes.io/not-ready, effect: NoSchedule}, {key: node.kubernetes.io/not-ready, effect: NoExecute}, {key: node.kubernetes.io/disk-pressure, effect: NoSchedule}]") + pod("new"),
		[]cure{
			{"condition", "have node n2 Ready again and relieve node n2 of its condition disk-pressure", "n2",
				[]string{"{key: node.kubernetes.io/not-ready, effect: NoSchedule}, {key: node.kubernetes.io/not-ready, effect: NoExecute}, {key: node.kubernetes.io/disk-pressure, effect: NoSchedule}", ""},
				[]string{"{key: node.kubernetes.io/not-ready, effect: NoSchedule}, {key: node.kubernetes.io/not-ready, effect: NoExecute}, ", ""}},
			{"node", "add one more node like n2", "one-more-n2", []string{"\n---\n{apiVersion: v1, kind: Pod", node("one-more-n2") + "\n---\n{apiVersion: v1, kind: Pod"}, nil},
		},
	},
	{
		"a nomination of its own is no obstacle",
		node("n1") + bound("b1", "n1", "CPU", "2") + pod("new", "CPU", "2100m", "kind: Pod,", "kind: Pod, status: {phase: Pending, nominatedNodeName: n1},"),
		[]cure{
			{"resources", "raise allocatable cpu from 4 to 4100m on node n1", "n1", []string{"{cpu: 4,", "{cpu: 4100m,"}, []string{"{cpu: 4,", "{cpu: 4099m,"}},
			{"request", "lower its request of cpu from 2100m to 2", "n1", []string{"cpu: 2100m", "cpu: 2"}, []string{"cpu: 2100m", "cpu: 2001m"}},
			{"victim", "delete pod default/b1 (priority 0) on node n1", "n1", []string{bound("b1", "n1", "CPU", "2"), ""}, nil},
			{"node", "add one more node like n1", "one-more-n1", moreOf(node("n1"), "n1"), nil},
		},
	},
}
