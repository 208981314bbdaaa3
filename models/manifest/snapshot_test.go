package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
)

const snapshot = `apiVersion: v1
kind: List
metadata: {resourceVersion: ""}
items:
- apiVersion: apps/v1
  kind: ReplicaSet
  metadata:
    annotations: {deployment.kubernetes.io/revision: "1"}
    creationTimestamp: "2026-01-31T12:00:00Z"
    labels: {app: web, pod-template-hash: 6c4f9d}
    name: web-6c4f9d
    namespace: shop
    ownerReferences: [{apiVersion: apps/v1, blockOwnerDeletion: true, controller: true, kind: Deployment, name: web, uid: u1}]
    uid: u2
  spec:
    replicas: 2
    selector: {matchLabels: {app: web, pod-template-hash: 6c4f9d}}
    template:
      metadata: {creationTimestamp: null, labels: {app: web, pod-template-hash: 6c4f9d}}
      spec: {containers: [{image: web, imagePullPolicy: Always, name: web, resources: {}, terminationMessagePath: /dev/termination-log}], dnsPolicy: ClusterFirst, securityContext: {}}
  status: {observedGeneration: 1, replicas: 2}
- apiVersion: apps/v1
  kind: Deployment
  metadata:
    annotations: {deployment.kubernetes.io/revision: "1"}
    name: web
    namespace: shop
    managedFields: [{apiVersion: apps/v1, fieldsType: FieldsV1, fieldsV1: {"f:metadata": {"f:labels": {}}}, manager: kubectl, operation: Update, time: "2026-01-31T12:00:00Z"}]
    resourceVersion: "12"
    uid: u1
  spec:
    progressDeadlineSeconds: 600
    replicas: 2
    selector: {matchLabels: {app: web}}
    strategy: {rollingUpdate: {maxSurge: 25%, maxUnavailable: 1}, type: RollingUpdate}
    template:
      metadata: {creationTimestamp: null, labels: {app: web}}
      spec: {containers: [{image: web, name: web}]}
  status: {availableReplicas: 2, fieldOfAnotherVersion: 1}
- apiVersion: v1
  kind: Pod
  metadata:
    generateName: web-6c4f9d-
    labels: {app: web, pod-template-hash: 6c4f9d}
    name: web-6c4f9d-abcde
    namespace: shop
    ownerReferences: [{apiVersion: apps/v1, controller: true, kind: ReplicaSet, name: web-6c4f9d, uid: u2}]
  spec:
    containers: [{image: web, name: web, volumeMounts: [{mountPath: /var/run/secrets, name: kube-api-access-x, readOnly: true}]}]
    nodeName: n1
    priority: 7
    priorityClassName: gone
    preemptionPolicy: PreemptLowerPriority
    tolerations:
    - {effect: NoExecute, key: node.kubernetes.io/not-ready, operator: Exists, tolerationSeconds: 300}
    - {effect: NoExecute, key: node.kubernetes.io/unreachable, operator: Exists, tolerationSeconds: 300}
    volumes: [{name: kube-api-access-x, projected: {defaultMode: 420, sources: [{serviceAccountToken: {expirationSeconds: 3607, path: token}}]}}]
  status:
    phase: Running
    qosClass: BestEffort
    startTime: "2026-01-31T12:00:03Z"
    containerStatuses: [{name: web, image: web, imageID: x, ready: true, restartCount: 0, state: {running: {startedAt: "2026-01-31T12:00:04Z"}}, lastState: {}}]
- apiVersion: v1
  kind: Node
  metadata: {name: n1, labels: {kubernetes.io/hostname: other, topology.kubernetes.io/zone: z1}}
  spec: {podCIDR: 10.0.0.0/24, unschedulable: true}
  status:
    addresses: [{address: 10.0.0.1, type: InternalIP}]
    allocatable: {cpu: 3920m, ephemeral-storage: "47093746742", hugepages-1Gi: "0", hugepages-2Mi: "0", memory: 12606240Ki, pods: "58"}
    capacity: {cpu: "4", ephemeral-storage: 52416492Ki, hugepages-1Gi: "0", hugepages-2Mi: "0", memory: 13623072Ki, pods: "58", attachable-volumes-aws-ebs: "25"}
    conditions: [{type: MemoryPressure, status: "False"}, {type: Ready, status: Unknown, reason: NodeStatusUnknown}]
    images: [{names: ["web@sha256:12", "web"], sizeBytes: 1000}, {names: ["tool:v1"], sizeBytes: 5}]
    nodeInfo: {architecture: amd64, bootID: b, containerRuntimeVersion: c, kernelVersion: k, kubeProxyVersion: "", kubeletVersion: v1.36.0, machineID: m, operatingSystem: linux, osImage: o, systemUUID: s}
`

func TestSnapshot(t *testing.T) {
	d := models.NewDictionary()
	objects := compile(t, NewSet(d), snapshot)
	rs, deployment := objects.Owners[0], objects.Owners[1]
	if rs.Parent != 1 || deployment.Parent != -1 {
		t.Errorf("parents %d and %d, want 1 and -1", rs.Parent, deployment.Parent)
	}
	// The Deployment goes on with the ReplicaSet that it has.
	if hash := d.String(deployment.Spec.TemplateHash); hash != "6c4f9d" {
		t.Errorf("hash %q", hash)
	}
	if rs.Pod != deployment.Pod {
		t.Error("the templates differ")
	}
	if rs.Spec.Replicas != 2 || deployment.ReplicaSet.Replicas != 0 {
		t.Errorf("replicas %d and %d, want 2 and 0", rs.Spec.Replicas, deployment.ReplicaSet.Replicas)
	}
	pod := objects.Pods[0]
	if pod.Owner != 0 || pod.Node != "n1" || pod.Phase != models.Running || pod.Name != "web-6c4f9d-abcde" || pod.Namespace != "shop" {
		t.Errorf("pod %+v", pod)
	}
	if pod.Spec.Priority != 7 || d.String(pod.Spec.PriorityClass) != "gone" || len(pod.Spec.Tolerations) != 2 {
		t.Errorf("pod spec %+v", pod.Spec)
	}
	node := objects.Nodes[0].Spec
	if !node.NotReady || !node.Unschedulable || len(node.Taints) != 1 || d.String(node.Taints[0].Key) != models.TaintUnschedulable {
		t.Errorf("node %+v", node)
	}
	if host, _ := node.Labels.Get(d.Sym(models.LabelHostname)); d.String(host) != "other" {
		t.Errorf("hostname %q", d.String(host))
	}
	want := models.Resources{models.CPU: 3920, models.Memory: 12606240 << 10, models.EphemeralStorage: 47093746742, models.Pods: 58}
	if node.Allocatable != want || node.Capacity[models.CPU] != 4000 {
		t.Errorf("allocatable %v, capacity %v", node.Allocatable, node.Capacity)
	}
	var images []string
	for _, image := range node.Images {
		images = append(images, fmt.Sprint(d.String(image.Name), " ", image.Size))
	}
	if diff := cmp.Diff([]string{"web@sha256:12 1000", "web 1000", "tool:v1 5"}, images); diff != "" {
		t.Error(diff)
	}
}

// A template names a class that nobody took out of the cluster with it. The server
// has written its priority into the pods, not into the template.
func TestClassesOutOfSight(t *testing.T) {
	template := func(class string) string {
		return strings.NewReplacer("name: web", "name: "+class, "spec: {", "spec: {priorityClassName: "+class+", ").Replace(deployment) +
			"status: {replicas: 1}\n---\n"
	}
	pod := func(name, created, priority string) string {
		return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + name + ", creationTimestamp: " + created + "}\n" +
			"spec: {priorityClassName: gone, " + priority + ", containers: [{name: a, image: i}]}\nstatus: {phase: Running}\n"
	}
	d := models.NewDictionary()
	s := NewSet(d)
	objects := compile(t, s, template("gone")+template("lost")+template("gold")+goldClass+
		pod("old", "2026-01-31T12:00:00Z", "priority: 7")+pod("new", "2026-01-31T13:00:00Z", "priority: 9, preemptionPolicy: Never"))
	var got []string
	for _, o := range objects.Owners {
		got = append(got, fmt.Sprint(d.String(o.Pod.PriorityClass), " ", o.Pod.Priority, " ", o.Pod.PreemptionNever))
	}
	want := []string{"gone 9 true", "lost 0 false", "gold 1000 false"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	want = []string{
		`PriorityClass "gone" is not in the snapshot: priority 9 assumed, as Pod "new" has it`,
		`PriorityClass "lost" is not in the snapshot: priority 0 assumed, for want of a pod that has it`,
	}
	if diff := cmp.Diff(want, s.Assumptions()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	// What no server wrote must be right by itself.
	written := strings.Replace(template("gone"), "status: {replicas: 1}\n", "", 1)
	if got, want := problemsOf(t, written), `a.yaml:8:31: spec.template.spec.priorityClassName: PriorityClass "gone" is not defined`; got != want {
		t.Errorf("got %s; want %s", got, want)
	}
}
