package manifest

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
)

const webShop = `# A small web shop.
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: serving}
value: 100000
globalDefault: true
description: What customers wait for.
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: batch}
value: 10
preemptionPolicy: Never
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {currency: EUR, anything: "goes"}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels: {app: web}
spec:
  replicas: 3
  minReadySeconds: 5
  strategy: {rollingUpdate: {maxSurge: 25%, maxUnavailable: 0}}
  selector:
    matchLabels: {app: web}
    matchExpressions:
    - {key: tier, operator: In, values: [front, edge]}
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      terminationGracePeriodSeconds: 60
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
            - matchExpressions: [{key: kubernetes.io/arch, operator: In, values: [amd64, arm64]}]
              matchFields: [{key: metadata.name, operator: NotIn, values: [node-9]}]
          preferredDuringSchedulingIgnoredDuringExecution:
          - weight: 10
            preference: {matchExpressions: [{key: cores, operator: Gt, values: ["16"]}]}
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
          - weight: 1
            podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}}
      initContainers:
      - name: migrate
        image: registry.example:5000/migrate
        resources: {requests: {cpu: 500m, memory: 64Mi}}
      - name: proxy
        image: proxy:v1.2
        restartPolicy: Always
        ports: [{containerPort: 15000, hostPort: 15000, hostIP: 0.0.0.0}]
        resources: {requests: {cpu: 50m, memory: 32Mi}}
      containers:
      - name: web
        image: shop/web@sha256:0123456789abcdef
        ports: [{name: http, containerPort: 8080}]
        readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 5}
        env:
        - name: CPUS
          valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m}}
        resources: {requests: {cpu: 250m, memory: 256Mi}, limits: {memory: 512Mi}}
      tolerations:
      - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 30}
---
apiVersion: batch/v1
kind: Job
metadata: {name: report, namespace: shop}
spec:
  parallelism: 4
  completions: 20
  activeDeadlineSeconds: 3600
  ttlSecondsAfterFinished: 0
  template:
    spec:
      restartPolicy: OnFailure
      priorityClassName: batch
      schedulingGates: [{name: example.com/quota}]
      containers: [{name: sum, image: "sum:latest", resources: {limits: {cpu: 1, memory: 1Gi, nvidia.com/gpu: 1}}}]
---
apiVersion: v1
kind: ReplicationController
metadata: {name: legacy, namespace: shop}
spec:
  template:
    metadata: {labels: {app: legacy}}
    spec: {hostNetwork: true, containers: [{name: old, image: old, ports: [{containerPort: 53, protocol: UDP}]}]}
---
apiVersion: monitoring.example.com/v1
kind: Alert
metadata: {name: slow}
spec: {anything: [1, {b: c}]}
`

func TestWebShop(t *testing.T) {
	d := models.NewDictionary()
	s := NewSet(d)
	objects := compile(t, s, webShop)
	if namespaces := s.Definitions().Namespaces; len(namespaces) != 1 || d.String(namespaces[0].Name) != "shop" {
		t.Errorf("namespaces %+v", namespaces)
	}
	var text strings.Builder
	for i := range objects.Owners {
		writeOwner(&text, s, &objects.Owners[i])
	}
	golden(t, "testdata/webshop.txt", text.String())
}

// writeOwner writes an owner as a golden file shows it.
func writeOwner(w *strings.Builder, s *Set, o *Owner) {
	fmt.Fprintf(w, "%s %s/%s line %d parent %d\n", o.Kind, o.Namespace, o.Name, o.Line, o.Parent)
	for _, spec := range []*models.OwnerSpec{o.Spec, o.ReplicaSet} {
		if spec == nil {
			continue
		}
		fmt.Fprintf(w, "  %s replicas %d minReady %d completions %d backoff %d deadline %s ttl %s hash %q\n", spec.Kind, spec.Replicas,
			spec.MinReadySeconds, spec.Completions, spec.BackoffLimit, spec.ActiveDeadline, spec.TTLAfterFinished, s.dict.String(spec.TemplateHash))
		for _, l := range spec.Labels {
			fmt.Fprintf(w, "    label %s=%s\n", s.dict.String(l.Key), s.dict.String(l.Value))
		}
		for _, r := range spec.Selector {
			fmt.Fprintf(w, "    selector %s %d", s.dict.String(r.Key), r.Op)
			for _, v := range r.Values {
				fmt.Fprintf(w, " %s", s.dict.String(v))
			}
			fmt.Fprintln(w)
		}
	}
	for line := range strings.Lines(s.canonical(o.Pod, "")) {
		fmt.Fprintf(w, "  | %s", line)
	}
}

var update = flag.Bool("update", false, "write the golden files")

// golden compares got with a file, or writes the file with -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; check, then run with -update\n%s", file, diff)
	}
}

func TestListsAndJSON(t *testing.T) {
	s := NewSet(models.NewDictionary())
	objects := compile(t, s, `{"apiVersion": "v1", "kind": "PodList", "metadata": {}, "items": [
  {"metadata": {"name": "a"}, "spec": {"containers": [{"name": "c", "image": "i"}]}},
  {"metadata": {"generateName": "b-"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}]}
---
{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaimList", "items": [{}, {}]}]}
`)
	if len(objects.Pods) != 2 || objects.Pods[0].Name != "a" || objects.Pods[0].Spec != objects.Pods[1].Spec {
		t.Errorf("pods %+v", objects.Pods)
	}
	if name := objects.Pods[1].Name; len(name) != 7 || !strings.HasPrefix(name, "b-") {
		t.Errorf("generated name %q", name)
	}
	if a := s.Audit(); a[0].Kind != "ResourceClaim" || a[0].Count != 2 || a[1].Kind != "Pod" || a[1].Count != 2 {
		t.Errorf("audit %+v", a[:2])
	}
}

func TestDefaults(t *testing.T) {
	d := models.NewDictionary()
	objects := compile(t, NewSet(d), podWith("containers: [{name: a, image: i}, {name: b, image: 'r:5/i'}, {name: c, image: 'i:v1'}, {name: e, image: 'i@sha256:00'}]")+
		"---\n"+job+"---\n"+deployment)
	pod := objects.Pods[0].Spec
	if pod.RestartPolicy != models.RestartAlways || pod.GracePeriod != 30*time.Second || d.String(pod.SchedulerName) != models.DefaultScheduler || d.String(pod.Namespace) != "default" {
		t.Errorf("pod %+v", pod)
	}
	var images []string
	for _, c := range pod.Containers {
		images = append(images, fmt.Sprint(d.String(c.Image), " ", c.AlwaysPull))
	}
	if diff := cmp.Diff([]string{"i:latest true", "r:5/i:latest true", "i:v1 false", "i@sha256:00 false"}, images); diff != "" {
		t.Error(diff)
	}
	if j := objects.Owners[0].Spec; j.Replicas != 1 || j.Completions != 1 || j.BackoffLimit != 6 || j.TTLAfterFinished >= 0 {
		t.Errorf("job %+v", j)
	}
	if o := objects.Owners[1]; o.Spec.Replicas != 1 {
		t.Errorf("deployment %+v", o.Spec)
	}
}

func TestDefaultTolerations(t *testing.T) {
	for _, test := range []struct{ tolerations, want string }{
		{"", "node.kubernetes.io/not-ready 300, node.kubernetes.io/unreachable 300"},
		{"{operator: Exists}", " -"},
		{"{operator: Exists, effect: NoSchedule}", " -, node.kubernetes.io/not-ready 300, node.kubernetes.io/unreachable 300"},
		{"{key: node.kubernetes.io/not-ready, operator: Exists}", "node.kubernetes.io/not-ready -, node.kubernetes.io/unreachable 300"},
		// Admission looks at key and effect alone, not at the value.
		{"{key: node.kubernetes.io/unreachable, value: x, effect: NoExecute, tolerationSeconds: 0}",
			"node.kubernetes.io/unreachable 0, node.kubernetes.io/not-ready 300"},
	} {
		d := models.NewDictionary()
		objects := compile(t, NewSet(d), podWith("tolerations: ["+test.tolerations+"], containers: [{name: a, image: i}]"))
		var got []string
		for _, toleration := range objects.Pods[0].Spec.Tolerations {
			seconds := "-"
			if toleration.Seconds != nil {
				seconds = fmt.Sprint(*toleration.Seconds)
			}
			got = append(got, d.String(toleration.Key)+" "+seconds)
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("[%s]: got %q, want %q", test.tolerations, strings.Join(got, ", "), test.want)
		}
	}
}

func TestNodeTemplates(t *testing.T) {
	d := models.NewDictionary()
	s := NewSet(d)
	node, problems := s.CompileNode(parse(t, "s.yaml", "metadata: {labels: {pool: a}}\nstatus: {capacity: {cpu: 4, memory: 8Gi}}\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if node.Name != 0 || len(node.Labels) != 1 || node.NotReady || node.Allocatable != node.Capacity || node.Allocatable[models.Pods] != 110 {
		t.Errorf("node %+v", node)
	}
	_, problems = s.CompileNode(parse(t, "s.yaml", "kind: Pod\nspec: {taint: []}\n"))
	want := `s.yaml:1:1: got v1 Pod; want v1 Node
s.yaml:2:8: spec.taint: unknown field "taint"; did you mean "taints"?`
	if problems.Error() != want {
		t.Errorf("got %s", problems)
	}
}

func TestWorkloadTemplates(t *testing.T) {
	d := models.NewDictionary()
	s := NewSet(d)
	template, problems := s.CompileTemplate(parse(t, "s.yaml", strings.Replace(job, "metadata: {name: sums}\n", "", 1)))
	if len(problems) > 0 || template.Pod != nil || template.Owner.Kind != models.Job || template.Owner.Name != "" {
		t.Errorf("job %+v %v", template.Owner, problems)
	}
	template, problems = s.CompileTemplate(parse(t, "s.yaml", strings.Replace(podWith("containers: [{name: a, image: i}]"), "name: p", "labels: {a: b}", 1)))
	if len(problems) > 0 || template.Owner != nil || len(template.Pod.Spec.Labels) != 1 || template.Pod.Name != "" {
		t.Errorf("pod %+v %v", template.Pod, problems)
	}
	template, problems = s.CompileTemplate(parse(t, "s.yaml", deployment))
	if len(problems) > 0 || template.Owner.ReplicaSet == nil {
		t.Errorf("deployment %+v %v", template.Owner, problems)
	}
	for input, want := range map[string]string{
		"apiVersion: v1\nkind: Node\n":        "s.yaml:2:7: kind: v1 Node is not a workload; want Pod, Job, Deployment, ReplicaSet, ReplicationController, StatefulSet, DaemonSet or CronJob",
		"apiVersion: v1\nkind: PodTemplate\n": "s.yaml:2:7: kind: v1 PodTemplate is not a workload; want Pod, Job, Deployment, ReplicaSet, ReplicationController, StatefulSet, DaemonSet or CronJob",
		goldPod:                               `s.yaml:4:27: spec.priorityClassName: PriorityClass "gold" is not defined`,
	} {
		if _, problems := s.CompileTemplate(parse(t, "s.yaml", input)); problems.Error() != want {
			t.Errorf("got %s", problems)
		}
	}
}

// The hash must not depend on what was read before, and must see every change.
func TestTemplateHash(t *testing.T) {
	hash := func(before, text string) string {
		d := models.NewDictionary()
		objects := compile(t, NewSet(d), before+text)
		owner := objects.Owners[len(objects.Owners)-1]
		return d.String(owner.Spec.TemplateHash)
	}
	first := hash("", deployment)
	if other := hash(snapshot+"---\n", deployment); other != first {
		t.Errorf("after other objects the hash is %q, not %q", other, first)
	}
	for _, change := range []string{"image: j", "image: i, ports: [{containerPort: 1, hostPort: 1}]", "image: i, resources: {requests: {cpu: 1}}"} {
		if hash("", strings.Replace(deployment, "image: i", change, 1)) == first {
			t.Errorf("%s does not change the hash", change)
		}
	}
}

func TestKindTable(t *testing.T) {
	for _, kind := range simulatedKinds {
		apiVersion, name, _ := strings.Cut(kind, " ")
		if class, wrong := classify(apiVersion, name); class != simulatedKind {
			t.Errorf("%s: %v %s", kind, class, wrong)
		}
	}
	if !IsScenarioKind(parse(t, "s.yaml", "apiVersion: podsim/v1alpha1\nkind: Scenario\n")) || IsScenarioKind(parse(t, "s.yaml", "kind: Pod\n")) {
		t.Error("scenario kinds are not told apart")
	}
}
