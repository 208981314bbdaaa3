package manifest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/podsim/podsim/models"
)

// Every field that k8s.io/api knows has a verdict, and every verdict is on a
// field: an update of k8s.io/api fails here until somebody has judged what is new.
func TestEveryFieldHasAVerdict(t *testing.T) {
	table := fieldTable()
	for _, kind := range simulatedKinds {
		apiVersion, kind, _ := strings.Cut(kind, " ")
		root := table.kinds[typeKey{apiVersion, kind}]
		if root == nil {
			t.Errorf("no verdicts on %s", kind)
			continue
		}
		w := &fieldWalk{met: make(map[*auditNode]bool)}
		w.walk(reflect.TypeOf(newObject(kind)).Elem(), root, "")
		for _, problem := range append(w.problems, w.notMet(root, "")...) {
			t.Errorf("%s %s", kind, problem)
		}
	}
	if len(table.kinds) != len(simulatedKinds) {
		t.Errorf("verdicts on %d kinds; %d are simulated", len(table.kinds), len(simulatedKinds))
	}
}

// fieldWalk follows a type and a tree of the table side by side.
type fieldWalk struct {
	met      map[*auditNode]bool
	problems []string
}

var wholeTypes = []reflect.Type{
	reflect.TypeFor[resource.Quantity](), reflect.TypeFor[metav1.Time](), reflect.TypeFor[intstr.IntOrString](), reflect.TypeFor[metav1.FieldsV1](),
}

func (w *fieldWalk) walk(t reflect.Type, n *auditNode, path string) {
	w.met[n] = true
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || slices.Contains(wholeTypes, t) || n.children == nil {
		if n.row < 0 {
			w.problems = append(w.problems, path+": no verdict")
		}
		for _, child := range n.children {
			w.met[child] = t.Kind() == reflect.Map // the keys of a map are not known
		}
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			w.walk(f.Type, n, path)
		} else if child := n.children[name]; child != nil {
			w.walk(f.Type, child, path+"."+name)
		} else {
			w.problems = append(w.problems, path+"."+name+": no verdict")
		}
	}
}

func (w *fieldWalk) notMet(n *auditNode, path string) (problems []string) {
	if !w.met[n] {
		problems = append(problems, path+": a verdict on no field")
	}
	for name, child := range n.children {
		problems = append(problems, w.notMet(child, path+"."+name)...)
	}
	return problems
}

func TestVerdictsOccurOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range fieldTable().rows {
		field := r.apiVersion + " " + r.kind + " " + r.field
		if seen[field] {
			t.Errorf("two verdicts on %s", field)
		}
		seen[field] = true
		if (r.reason == "") != (r.verdict == atDefault) || strings.Contains(r.reason, "\n") {
			t.Errorf("%s %s: reason %q", field, r.verdict, r.reason)
		}
	}
	kinds := map[string]bool{}
	for _, k := range ignoredKinds {
		for name := range strings.FieldsSeq(k.kinds) {
			if kinds[name] || k.reason == "" {
				t.Errorf("%s: two verdicts or no reason", name)
			}
			kinds[name] = true
		}
	}
}

// Every kind that Kubernetes serves and podsim does not simulate has a verdict,
// and the names of custom resources are not those of kinds that are served.
func TestEveryKindHasAVerdict(t *testing.T) {
	known := map[string]bool{}
	for apiVersion, kinds := range served.kinds {
		for _, kind := range kinds {
			name := kindName(typeKey{apiVersion, kind})
			known[name] = true
			_, judged := kindVerdicts()[name]
			if class, _ := classify(apiVersion, kind); judged != (class == builtinKind) {
				t.Errorf("%s %s: verdict %v, class %d", apiVersion, kind, judged, class)
			}
		}
	}
	for name := range kindVerdicts() {
		kind, group, _ := strings.Cut(name, ".")
		if class, _ := classify(group+"/v1", kind); !known[name] && class != customKind {
			t.Errorf("%s is no kind", name)
		}
	}
}

func TestAuditOfWebShop(t *testing.T) {
	s := NewSet(models.NewDictionary())
	compile(t, s, webShop)
	golden(t, "testdata/webshop_audit.txt", auditText(s.Audit()))
}

// auditText writes an audit as a golden file shows it.
func auditText(audit []AuditEntry) string {
	var w strings.Builder
	for _, e := range audit {
		fmt.Fprintf(&w, "%-16s %d %s %s %s\n", e.Verdict, e.Count, e.APIVersion, e.Kind, e.Field)
		fmt.Fprintf(&w, "  %s\n", e.Reason)
		for _, p := range e.Places {
			fmt.Fprintf(&w, "  %d:%d %s\n", p.Line, p.Column, p.Path)
		}
	}
	return w.String()
}

// auditOf reads documents and returns lines of verdict, count and field of what
// matches the field.
func auditOf(t *testing.T, text, field string) []string {
	t.Helper()
	s := NewSet(models.NewDictionary())
	compile(t, s, text)
	var lines []string
	for _, e := range s.Audit() {
		if strings.Contains(e.Field, field) {
			lines = append(lines, fmt.Sprintf("%s %d %s", e.Verdict, e.Count, e.Field))
		}
	}
	return lines
}

func TestAuditCountsWhatIsSet(t *testing.T) {
	pod := func(spec string) string { return podWith("containers: [{name: a, image: i}], " + spec) }
	aJob := func(spec string) string {
		return "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {" + spec +
			", template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}\n"
	}
	for _, tt := range []struct {
		name, text, field string
		want              []string
	}{
		{"null and empty values are not set", pod("topologySpreadConstraints: [], affinity: {podAffinity: {}}, runtimeClassName: null"), "spec.", []string{
			"used 1 spec.containers[*].name", "used 1 spec.containers[*].image"}},
		{"a field stands for all below", pod("affinity: {podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [" +
			"{weight: 1, podAffinityTerm: {topologyKey: a}}, {weight: 2, podAffinityTerm: {topologyKey: b}}]}}"), "ffinity", []string{
			"used 1 spec.affinity.podAffinity"}},
		{"every item of a list counts", podWith("containers: [{name: a, image: i, env: [{name: A}, {name: B}]}, {name: b, image: i, env: [{name: A}]}]"), "env", []string{
			"ignored-harmless 2 spec.containers[*].env"}},
		{"a default is not set", pod("priority: 0"), "priority", nil},
		{"a value that is no default is", aJob("suspend: true, completionMode: Indexed, completions: 1, podReplacementPolicy: Failed"), "spec.", []string{
			"used 1 spec.completions", "approximated 1 spec.completionMode", "used 1 spec.suspend", "used 1 spec.podReplacementPolicy",
			"used 1 spec.template.spec.restartPolicy", "used 1 spec.template.spec.containers[*].name", "used 1 spec.template.spec.containers[*].image"}},
		{"defaults of a Job", aJob("completionMode: NonIndexed, podReplacementPolicy: TerminatingOrFailed, managedBy: kubernetes.io/job-controller"), "spec.", []string{
			"used 1 spec.template.spec.restartPolicy", "used 1 spec.template.spec.containers[*].name", "used 1 spec.template.spec.containers[*].image"}},
		{"a value with a verdict of its own", podWith("containers: [{name: a, image: i, imagePullPolicy: Never}, {name: b, image: i, imagePullPolicy: Always}]"), "Pull", []string{
			"used 1 spec.containers[*].imagePullPolicy=Never", "used 1 spec.containers[*].imagePullPolicy"}},
		{"an annotation with a verdict of its own", `apiVersion: v1
kind: Pod
metadata: {name: p, annotations: {controller.kubernetes.io/pod-deletion-cost: "5", note: a}}
spec: {containers: [{name: a, image: i}]}
`, "annotations", []string{
			"ignored-harmless 1 metadata.annotations", `used 1 metadata.annotations["controller.kubernetes.io/pod-deletion-cost"]`}},
		{"init containers and sidecars", pod("initContainers: [{name: x, image: i}, {name: z, image: i, restartPolicy: Always}]"), "initContainers", []string{
			"used 1 spec.initContainers", "used 2 spec.initContainers[*].name", "used 2 spec.initContainers[*].image",
			"used 1 spec.initContainers[*].restartPolicy"}},
		{"fields of other versions in a status", pod("") + "status: {phase: Pending, shoeSize: 46}\n", "status", []string{"used 1 status.phase"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, auditOf(t, strings.ReplaceAll(tt.text, ", }", "}"), tt.field)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAuditNamesPlaces(t *testing.T) {
	s := NewSet(models.NewDictionary())
	compile(t, s, `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: a}
  spec:
    containers:
    - name: c
      image: i
    - name: d
      image: i
      resources: {claims: [{name: gpu}]}
- apiVersion: resource.k8s.io/v1
  kind: ResourceClaim
- apiVersion: resource.k8s.io/v1
  kind: ResourceClaim
`)
	var got []string
	for _, e := range s.Audit() {
		if e.Verdict == Matters {
			for _, p := range e.Places {
				got = append(got, fmt.Sprintf("%s:%d:%d %s", p.File, p.Line, p.Column, p.Path))
			}
		}
	}
	want := []string{
		"test.yaml:14:3 items[1]", "test.yaml:16:3 items[2]",
		"test.yaml:13:19 items[0].spec.containers[1].resources.claims",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Templates that scenarios embed are part of the audit.
func TestAuditOfEmbeddedTemplates(t *testing.T) {
	s := NewSet(models.NewDictionary())
	node := parse(t, "test.yaml", "status: {capacity: {cpu: 1}}\n")
	if _, problems := s.CompileNode(node); len(problems) > 0 {
		t.Fatal(problems)
	}
	if _, problems := s.CompileTemplate(parse(t, "test.yaml", deployment)); len(problems) > 0 {
		t.Fatal(problems)
	}
	kinds := map[string]bool{}
	for _, e := range s.Audit() {
		kinds[e.Kind] = true
	}
	if diff := cmp.Diff(map[string]bool{"Node": true, "Deployment": true}, kinds); diff != "" {
		t.Error(diff)
	}
}

// BenchmarkAudit compares the audit of a snapshot of 20,000 pods with reading it.
func BenchmarkAudit(b *testing.B) {
	text := "apiVersion: v1\nkind: PodList\nitems:\n" + strings.Repeat(snapshotPod, 20_000)
	items := parse(b, "pods.yaml", text).Get("items").Items
	b.Run("audit", func(b *testing.B) {
		a := newAuditor()
		for b.Loop() {
			for _, pod := range items {
				a.object(typeKey{"v1", "Pod"}, pod, "items[0]")
			}
		}
	})
	b.Run("decode", func(b *testing.B) {
		s := NewSet(models.NewDictionary())
		for b.Loop() {
			for _, pod := range items {
				s.decode(pod, "", &corev1.Pod{})
			}
		}
	})
}

const snapshotPod = `- metadata:
    generateName: web-5d5c9d4f6b-
    namespace: shop
    labels: {app: web, tier: front, pod-template-hash: 5d5c9d4f6b}
    annotations: {prometheus.io/scrape: "true", checksum/config: 0123456789abcdef}
    creationTimestamp: "2026-01-31T12:00:00Z"
    resourceVersion: "123456"
    uid: 5a4b3c2d-0000-4000-8000-000000000000
    ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-5d5c9d4f6b, controller: true, uid: 5a4b3c2d-0000-4000-8000-000000000001}]
  spec:
    nodeName: node-1
    priority: 0
    preemptionPolicy: PreemptLowerPriority
    restartPolicy: Always
    dnsPolicy: ClusterFirst
    schedulerName: default-scheduler
    serviceAccountName: web
    enableServiceLinks: true
    terminationGracePeriodSeconds: 30
    tolerations:
    - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
    - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
    volumes:
    - {name: config, configMap: {name: web, defaultMode: 420}}
    - {name: kube-api-access-x, projected: {sources: [{serviceAccountToken: {path: token}}]}}
    containers:
    - name: web
      image: shop/web:1.2.3
      imagePullPolicy: IfNotPresent
      env: [{name: A, value: b}, {name: C, value: d}]
      ports: [{name: http, containerPort: 8080, protocol: TCP}]
      resources: {requests: {cpu: 250m, memory: 256Mi}, limits: {memory: 512Mi}}
      readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 5}
      livenessProbe: {httpGet: {path: /, port: http}, periodSeconds: 5}
      volumeMounts: [{name: config, mountPath: /etc/web}, {name: kube-api-access-x, mountPath: /var/run/secrets}]
      terminationMessagePath: /dev/termination-log
    - name: proxy
      image: mesh/proxy:7
      resources: {requests: {cpu: 50m, memory: 64Mi}}
      securityContext: {runAsUser: 1337}
  status:
    phase: Running
    conditions: [{type: Ready, status: "True"}]
    podIP: 10.0.0.1
    hostIP: 10.1.0.1
    startTime: "2026-01-31T12:00:00Z"
    containerStatuses: [{name: web, image: shop/web:1.2.3, imageID: x, ready: true, restartCount: 0, state: {running: {startedAt: "2026-01-31T12:00:00Z"}}}]
`
