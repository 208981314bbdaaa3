package scenarios_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// web is a Deployment of two containers.
const web = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - {name: web, image: "web:1", resources: {requests: {cpu: 100m}}}
        - {name: log, image: "log:1"}
---
apiVersion: v1
kind: Pod
metadata: {name: bare}
spec: {terminationGracePeriodSeconds: 60, containers: [{name: m, image: i}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: sum}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: m, image: i}]}}}
---
`

// runSteps runs steps of the command line and returns what kubectl answers.
func runSteps(t *testing.T, text string, commands ...string) []string {
	t.Helper()
	in := input(text)
	in.At = commands
	return answers(t, in)
}

func answers(t *testing.T, in scenarios.Input) []string {
	t.Helper()
	run := mustLoad(t, in)
	s, err := sim.New(run.Config, run.Dictionary, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(nil); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range s.StepResults() {
		text := r.Message
		if r.Failed {
			text = "FAILED " + text
		}
		got = append(got, bound(text))
	}
	return got
}

// bound cuts an answer that shows a whole object.
func bound(text string) string {
	const most = 540
	if len(text) <= most {
		return text
	}
	return text[:120] + "…"
}

func TestStepsAnswerAsKubectlDoes(t *testing.T) {
	const notFound = "FAILED Error from server (NotFound): "
	tests := map[string]struct{ commands, want []string }{
		"scale": {
			[]string{"1m scale deployment/web --replicas=5", "2m scale --replicas 0 deploy web", "3m scale rs web-nothing --replicas=1"},
			[]string{"deployment.apps/web scaled", "deployment.apps/web scaled", notFound + `replicasets.apps "web-nothing" not found`},
		},
		"set image": {
			[]string{"1m set image deployment/web web=web:2 log=log:2", "2m set image deployment/web *=all:1", "3m set image deployment/web web=all:1"},
			[]string{"deployment.apps/web image updated", "deployment.apps/web image updated", "deployment.apps/web image updated (no change)"},
		},
		"rollback": {
			[]string{
				"0s rollout undo deployment/web", "1m rollout undo deployment/web", "2m set image deployment/web web=web:2",
				"20m rollout undo deployment/web", "40m rollout undo deployment/web", "60m rollout undo deployment/web --to-revision=9",
				"60m rollout undo deployment/web --to-revision=3", "80m rollout undo deployment/web --to-revision=5",
			},
			[]string{
				`FAILED error: no rollout history found for deployment "web"`, `FAILED error: no rollout history found for deployment "web"`,
				"deployment.apps/web image updated", "deployment.apps/web rolled back", "deployment.apps/web rolled back",
				"FAILED error: unable to find specified revision 9 in history", "deployment.apps/web rolled back",
				"deployment.apps/web skipped rollback (current template already matches revision 5)",
			},
		},
		"pause": {
			[]string{
				"1m rollout pause deployment/web", "2m rollout pause deployment/web", "3m rollout restart deployment/web",
				"4m set image deployment/web web=web:2", "5m rollout undo deployment/web", "6m rollout resume deployment/web",
				"7m rollout resume deployment/web", "20m rollout undo deployment/web", "40m rollout restart deployment/web",
			},
			[]string{
				"deployment.apps/web paused", `FAILED error: deployments.apps "web" is already paused`,
				`FAILED error: deployments.apps "web" can't restart paused deployment (run rollout resume first)`,
				"deployment.apps/web image updated", `FAILED error: no rollout history found for deployment "web"`,
				"deployment.apps/web resumed", `FAILED error: deployments.apps "web" is not paused`, "deployment.apps/web rolled back",
				"deployment.apps/web restarted",
			},
		},
		"patch": {
			[]string{
				`1m patch deployment web -p '{"spec": {"replicas": 4}}'`, `2m patch deployment web -p '{spec: {replicas: 4}}'`,
				`3m patch deployment web -p '{spec: {selector: {matchLabels: {app: x}}}}'`,
				`4m patch job sum -p '{spec: {template: {metadata: {labels: {a: b}}}}}'`, `4m patch job/sum -p '{spec: {parallelism: 2}}'`,
			},
			[]string{
				"deployment.apps/web patched", "deployment.apps/web patched (no change)",
				"FAILED The Deployment \"web\" is invalid: \n* spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match template `labels`" +
					"\n* spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"x\"}}: field is immutable",
				`FAILED The Job "sum" is invalid: spec.template: Invalid value: {"labels":{"a":"b"},"Spec":{"Volumes":null,"InitContainer…`,
				"job.batch/sum patched",
			},
		},
		"delete": {
			[]string{
				"1m delete pod/bare --grace-period=10", "1m1s delete pod/bare", "2m delete pod/bare", "3m delete deployment web",
				"3m delete deployment/web", "4m set image deployment/web web=web:2", "5m rollout undo deployment/web", "6m delete job/sum",
			},
			[]string{
				`pod "bare" deleted from default namespace`, `pod "bare" deleted from default namespace`, notFound + `pods "bare" not found`,
				`deployment.apps "web" deleted from default namespace`, notFound + `deployments.apps "web" not found`,
				notFound + `deployments.apps "web" not found`, notFound + `deployments.apps "web" not found`,
				`job.batch "sum" deleted from default namespace`,
			},
		},
		"force": {
			[]string{"1m delete pod/bare --force", "1m delete pod/bare --now"},
			[]string{`pod "bare" force deleted from default namespace`, notFound + `pods "bare" not found`},
		},
		"cordon": {
			[]string{"1m cordon workers-0 workers-1", "2m cordon workers-0", "3m uncordon node/workers-0", "4m uncordon workers-0"},
			[]string{"node/workers-0 cordoned", "node/workers-1 cordoned", "node/workers-0 already cordoned", "node/workers-0 uncordoned", "node/workers-0 already uncordoned"},
		},
		"label": {
			[]string{
				"1m label node workers-0 a=b c=d", "2m label node workers-0 a=b", "3m label node workers-0 a=x", "4m label node workers-0 a=x --overwrite",
				"5m label nodes workers-0 a- c-", "6m label nodes workers-0 a-",
				"7m label pod bare a=b", "8m label po/bare a=x", "8m label pod/bare a=x --overwrite", "9m patch pod bare -p '{metadata: {labels: {a: x, b: c}}}'",
				"9m patch pod/bare -p '{metadata: {labels: {a: x}}}'", "9m patch pod/bare -p '{metadata: {labels: {a: null}}}'", "9m label pod bare b-", "9m label pod/bare b-",
				"10m label pod web-nothing a=b",
			},
			[]string{
				"node/workers-0 labeled", "node/workers-0 not labeled", "FAILED error: 'a' already has a value (b), and --overwrite is false",
				"node/workers-0 labeled", "node/workers-0 unlabeled", "node/workers-0 not labeled",
				"pod/bare labeled", "FAILED error: 'a' already has a value (b), and --overwrite is false", "pod/bare labeled", "pod/bare patched",
				"pod/bare patched (no change)", "pod/bare patched", "pod/bare unlabeled", "pod/bare not labeled",
				notFound + `pods "web-nothing" not found`,
			},
		},
		"evict and drain": {
			[]string{
				"1m drain workers-0 workers-1", "3m evict pod bare --grace-period=5", "4m evict pod/bare",
				"5m drain node/workers-1 --force --ignore-daemonsets --delete-emptydir-data --timeout=60s --pod-selector=app=none,!x,y!=z",
			},
			[]string{
				"FAILED node/workers-0 cordoned\nnode/workers-1 cordoned\nerror: unable to drain node \"workers-0\" due to error: " +
					"cannot delete Pods that declare no controller (use --force to override): default/bare, continuing command...\n" +
					"evicting pod default/sum-z6ghw\nevicting pod default/web-54794598c6-f8m5d\npod/sum-z6ghw evicted\n" +
					"pod/web-54794598c6-f8m5d evicted\nnode/workers-1 drained\nThere are pending nodes to be drained:\n workers-0\n" +
					"error: cannot delete Pods that declare no controller (use --force to override): default/bare",
				"pod/bare evicted", notFound + `pods "bare" not found`,
				"node/workers-1 already cordoned\nnode/workers-1 drained",
			},
		},
		"taint": {
			[]string{
				"1m taint nodes workers-0 k=v:NoSchedule", "2m taint nodes workers-0 k=w:NoSchedule", "3m taint node workers-0 k=w:NoSchedule --overwrite",
				"4m taint nodes workers-0 k=x:NoExecute", "5m taint nodes workers-0 k:NoExecute-", "6m taint nodes workers-0 k-", "7m taint nodes workers-0 k-",
				"7m taint nodes workers-0 k:NoSchedule-",
			},
			[]string{
				"node/workers-0 tainted", "FAILED error: node workers-0 already has k taint(s) with same effect(s) and --overwrite is false",
				"node/workers-0 modified", "node/workers-0 tainted", "node/workers-0 untainted", "node/workers-0 untainted",
				`FAILED error: taint "k" not found`, `FAILED error: taint "k:NoSchedule" not found`,
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, runSteps(t, base+web, test.commands...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What is applied is made, changed or left; what has been taken out of the file goes,
// and what others have set stays.
func TestApplyIsAThreeWayMerge(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	deployment := strings.Split(web, "---\n")[0]
	same := write("same.yaml", strings.Replace(deployment, "{name: web, image", "{imagePullPolicy: IfNotPresent, name: web, image", 1))
	bigger := write("bigger.yaml", strings.Replace(strings.Replace(deployment, "  replicas: 3\n", "", 1), "log:1", "log:2", 1)+"---\n"+
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n")
	pod := write("pod.yaml", "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod, metadata: {name: new}, spec: {containers: [{name: m, image: i}]}}]\n")
	other := write("other.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: new}\nspec: {hostNetwork: true, containers: [{name: m, image: i}]}\n")
	in := input(base + web)
	in.At = []string{
		"0s apply -f " + same, "1m scale deployment/web --replicas=7", "2m apply -f " + bigger, "3m apply -f " + bigger, "4m apply -f " + pod,
		"5m apply -f " + pod, "6m apply -f " + other, "7m delete pod new --now", "8m apply -f " + other, "9m delete deployment web", "10m apply -f " + bigger,
	}
	want := []string{
		"deployment.apps/web unchanged", "deployment.apps/web scaled", "deployment.apps/web configured", "service/s created", "deployment.apps/web unchanged",
		"service/s unchanged",
		"pod/new created", "pod/new unchanged",
		"FAILED The Pod \"new\" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image…",
		`pod "new" deleted from default namespace`, "pod/new created", `deployment.apps "web" deleted from default namespace`, "deployment.apps/web created",
		"service/s unchanged",
	}
	if diff := cmp.Diff(want, answers(t, in)); diff != "" {
		t.Error(diff)
	}
	in = input(base + web)
	in.At = []string{"1m scale deployment/web --replicas=7", "2m apply -f " + bigger}
	run := mustLoad(t, in)
	// The file gives no number of replicas any longer: it is that of Kubernetes.
	if got := run.Config.Steps[1]; got.Replicas != 1 || len(got.Template.Pod.Containers) != 2 {
		t.Errorf("got %d replicas of %d containers", got.Replicas, len(got.Template.Pod.Containers))
	}
}

// What is applied is made again if it is gone when the step comes, however it went.
func TestWhatIsGoneIsAppliedAnew(t *testing.T) {
	dir := t.TempDir()
	job := "apiVersion: batch/v1\nkind: Job\nmetadata: {name: once}\nspec: {ttlSecondsAfterFinished: 60, template: {spec: {restartPolicy: Never, containers: [{name: m, image: IMAGE}]}}}\n"
	in := input(base + strings.Replace(job, "IMAGE", "a", 1) + "---\n" + document("PodBehavior", "b", "{selector: {}, runTime: 10s}"))
	for _, image := range []string{"a", "b"} {
		path := filepath.Join(dir, image+".yaml")
		if err := os.WriteFile(path, []byte(strings.Replace(job, "IMAGE", image, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		in.At = append(in.At, "5s apply -f "+path, "10m apply -f "+path)
	}
	want := []string{
		"job.batch/once unchanged",
		`FAILED The Job "once" is invalid: spec.template: Invalid value: {"Spec":{"Volumes":null,"InitContainers":null,"Container…`,
		"job.batch/once created", `FAILED The Job "once" is invalid: spec.template: Invalid value: {"Spec":{"Volumes":null,"InitContainers":null,"Container…`,
	}
	if diff := cmp.Diff(want, answers(t, in)); diff != "" {
		t.Error(diff)
	}
	in.At = in.At[2:]
	in.At[0], in.At[1] = "9m"+in.At[0][2:], "15m"+in.At[1][3:]
	in.Files = []scenarios.File{{Name: "s.yaml", Reader: strings.NewReader(base + strings.Replace(job, "IMAGE", "a", 1) + "---\n" + document("PodBehavior", "b", "{selector: {}, runTime: 10s}"))}}
	if diff := cmp.Diff([]string{"job.batch/once created", "job.batch/once created"}, answers(t, in)); diff != "" {
		t.Error(diff)
	}
}

// A template that says something else is another one, simulated or not; spelt-out
// defaults are not.
func TestATemplateIsAnotherOneWhateverItSays(t *testing.T) {
	patch := func(container string) string {
		return "patch deployment web -p '{spec: {template: {spec: {containers: [{name: web, " + container + "}]}}}}'"
	}
	in := input(base + web)
	in.At = []string{
		"1m " + patch("env: [{name: A, value: b}]"), "2m " + patch("terminationMessagePolicy: File, imagePullPolicy: IfNotPresent"),
		"3m " + patch("env: null"), "4m rollout restart deployment/web", "5m " + patch("env: [{name: A, value: b}]"),
	}
	run := mustLoad(t, in)
	var hashes []string
	for _, s := range run.Config.Steps {
		hashes = append(hashes, run.Dictionary.String(s.Template.Owner.TemplateHash))
	}
	first := ""
	for _, source := range run.Config.Sources {
		for a, ok, _ := source.Next(); ok; a, ok, _ = source.Next() {
			if a.Template.Owner != nil && a.Template.Owner.TemplateHash != 0 {
				first = run.Dictionary.String(a.Template.Owner.TemplateHash)
			}
		}
	}
	if hashes[0] == first || hashes[1] != hashes[0] || hashes[2] != first || hashes[3] == first || hashes[3] == hashes[0] || hashes[4] == hashes[3] || hashes[4] == hashes[0] {
		t.Errorf("got %s at first, then %v", first, hashes)
	}
}

// Objects of Workloads and pods of controllers have names that only the run knows.
func TestStepsFindWhatComesDuringTheRun(t *testing.T) {
	text := base + web + "apiVersion: podsim/v1alpha1\nkind: Workload\nmetadata: {name: w}\nspec:\n  arrivals: {type: times, at: [1m, 2m]}\n  template:\n    " +
		strings.ReplaceAll(strings.Replace(strings.Split(web, "---\n")[0], "metadata: {name: web}\n", "", 1), "\n", "\n    ")
	want := []string{
		"deployment.apps/w-0 scaled", `FAILED Error from server (NotFound): deployments.apps "w-1" not found`, "deployment.apps/w-1 scaled",
		`FAILED Error from server (NotFound): deployments.apps "w-9" not found`, `deployment.apps "w-0" deleted from default namespace`,
		`FAILED Error from server (NotFound): pods "web-x" not found`,
	}
	got := runSteps(t, text, "90s scale deployment/w-0 --replicas=2", "90s scale deployment/w-1 --replicas=2", "150s scale deployment/w-1 --replicas=2",
		"150s scale deployment/w-9 --replicas=2", "3m delete deployment/w-0", "3m delete pod/web-x")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEachProblemOfATimeline(t *testing.T) {
	step := func(fields string) string { return document("Timeline", "t", "{steps: [{at: 1h, "+fields+"}]}") }
	tests := map[string]struct{ text, want string }{
		"no action":                 {document("Timeline", "t", "{steps: [{at: 1h}]}"), "42:16: spec.steps[0]: an action is missing; want one of apply, patch, "},
		"two actions":               {step("cordon: {node: workers-1}, uncordon: {node: workers-1}"), "42:62: spec.steps[0].uncordon: contradicts cordon; a step has one action"},
		"drain of no node":          {step("drain: {node: worker-1}"), `42:39: spec.steps[0].drain.node: unknown node "worker-1"; did you mean "workers-1"?`},
		"drain of one more node":    {step("drain: {node: workers-1, then: [workers-2, worker-3]}"), `42:68: spec.steps[0].drain.then[1]: unknown node "worker-3"; did you mean "workers-3"?`},
		"selector of a drain":       {step("drain: {node: workers-1, podSelector: 'a in (b'}"), `42:63: spec.steps[0].drain.podSelector: got "a in (b"; want a selector such as app=web,tier in (api,db): unable to parse requirement: found '', expected: ',' or ')'`},
		"fault without a node":      {step("fault: {target: {nodes: [w]}}"), `42:50: spec.steps[0].fault.target.nodes[0]: unknown node "w" (known: workers-0, workers-1, workers-2, workers-3)`},
		"fault with a moment":       {step("fault: {every: 1h}"), "42:40: spec.steps[0].fault.every: contradicts the step, which says when it happens"},
		"evicted Deployment":        {step("evict: {target: deployment/web}"), "42:41: spec.steps[0].evict.target: evict cannot be done with a Deployment; want Pod"},
		"misspelt action":           {step("cordn: {node: workers-1}"), `42:25: spec.steps[0].cordn: unknown action "cordn"; did you mean "cordon"?`},
		"after the end":             {document("Timeline", "t", "{steps: [{at: 9h, cordon: {node: workers-1}}]}"), "42:21: spec.steps[0].at: 9h0m0s lies after the end of the run, at 8h0m0s"},
		"unknown name":              {step("scale: {target: deployment/wbe, replicas: 1}"), `42:41: spec.steps[0].scale.target: unknown deployment in namespace default "wbe"; did you mean "web"?`},
		"other namespace":           {step("scale: {target: deployment/web, namespace: x, replicas: 1}"), `42:41: spec.steps[0].scale.target: unknown deployment in namespace x "web" (there is none)`},
		"unknown resource":          {step("scale: {target: deploymnt/web, replicas: 1}"), `42:41: spec.steps[0].scale.target: unknown resource "deploymnt"; did you mean "deployment"?`},
		"no name":                   {step("scale: {target: deployment, replicas: 1}"), `42:41: spec.steps[0].scale.target: got "deployment"; want a kind and a name, such as deployment/web`},
		"wrong kind":                {step("rolloutUndo: {target: job/sum}"), "42:47: spec.steps[0].rolloutUndo.target: rolloutUndo cannot be done with a Job; want Deployment"},
		"unknown container":         {step("setImage: {target: deployment/web, images: {wbe: x}}"), `42:74: spec.steps[0].setImage.images.wbe: unknown container "wbe"; did you mean "web"?`},
		"unknown node":              {step("cordon: {node: worker-1}"), `42:40: spec.steps[0].cordon.node: unknown node "worker-1"; did you mean "workers-1"?`},
		"grace of an owner":         {step("delete: {target: deployment/web, grace: 1s}"), "42:65: spec.steps[0].delete.grace: a Deployment has no grace period; its pods stop within their own"},
		"force and grace":           {step("delete: {target: pod/bare, grace: 1s, force: true}"), "42:70: spec.steps[0].delete.force: contradicts a grace period above 0"},
		"effect":                    {step("taint: {node: workers-1, taint: a=b:NoSchedul}"), `42:57: spec.steps[0].taint.taint: unknown effect "NoSchedul"; did you mean "NoSchedule"?`},
		"no effect":                 {step("taint: {node: workers-1, taint: a=b}"), `42:57: spec.steps[0].taint.taint: got "a=b"; want key=value:effect, such as dedicated=batch:NoSchedule`},
		"label key":                 {step("label: {node: workers-1, labels: {a/b/c: d}}"), `42:66: spec.steps[0].label.labels["a/b/c"]: got "a/b/c"; want the key of a label`},
		"label value":               {step("label: {node: workers-1, labels: {a: b c}}"), `42:62: spec.steps[0].label.labels.a: got "b c"; want the value of a label`},
		"no labels":                 {step("label: {node: workers-1, labels: {}}"), "42:58: spec.steps[0].label.labels: there is none"},
		"patched field":             {step("patch: {target: deployment/web, patch: {spec: {replcas: 1}}}"), `42:72: spec.replcas: unknown field "replcas"; did you mean "replicas"?`},
		"patched value":             {step("patch: {target: deployment/web, patch: {spec: {replicas: many}}}"), `42:82: spec.replicas: got a string "many"; want a whole number`},
		"patched list":              {step("patch: {target: deployment/web, patch: {spec: {template: {spec: {containers: [{image: x}]}}}}}"), "42:103: spec.template.spec.containers[0]: name is missing; items of this list are merged by it"},
		"patched name":              {step("patch: {target: deployment/web, patch: {metadata: {name: x}}}"), "42:32: spec.steps[0].patch: name of an object cannot change"},
		"debug of a Deployment":     {step("debug: {target: deployment/web, image: x}"), "spec.steps[0].debug.target: debug cannot be done with a Deployment; want Pod"},
		"name of a debug container": {step("debug: {target: pod/bare, image: x, container: A_b}"), `spec.steps[0].debug.container: got "A_b"; want the name of a container`},
		"status of a Deployment":    {step("patch: {target: deployment/web, subresource: status, patch: {status: {}}}"), "spec.steps[0].patch.target: patch cannot be done with a Deployment; want Pod"},
		"other status":              {step("patch: {target: pod/bare, subresource: status, patch: {status: {phase: Failed}}}"), "spec.steps[0].patch.patch: want the conditions of the status, and nothing else"},
		"condition of the kubelet":  {step("patch: {target: pod/bare, subresource: status, patch: {status: {conditions: [{type: Ready, status: 'True'}]}}}"), `spec.steps[0].patch.patch.status.conditions[0].type: "Ready" is the kubelet's own`},
		"status of a condition":     {step("patch: {target: pod/bare, subresource: status, patch: {status: {conditions: [{type: a/b, status: yes}]}}}"), `spec.steps[0].patch.patch.status.conditions[0].status: got "yes"; want one of Unknown, False, True`},
		"field of a condition":      {step("patch: {target: pod/bare, subresource: status, patch: {status: {conditions: [{type: a/b, staus: 'True', status: 'True'}]}}}"), `unknown field "staus"; did you mean "status"?`},
		"not a patch":               {step("patch: {target: deployment/web, patch: [1]}"), "42:64: a patch is a map of the fields to change"},
		"too many":                  {step(fmt.Sprintf("scale: {target: deployment/web, replicas: %d}", limits.Replicas+1)), "42:67: spec.steps[0].scale.replicas: got 10000001; must be <= 10000000"},
		"apply of nothing":          {step("apply: {}"), "42:32: spec.steps[0].apply: file or object is missing"},
		"apply of its own":          {step("apply: {object: {apiVersion: podsim/v1alpha1, kind: Timeline}}"), "42:77: kind: a Timeline cannot be applied; it is not an object of Kubernetes"},
		"apply of a typo":           {step("apply: {object: {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{nmae: a, image: b}]}}}"), `unknown field "nmae"; did you mean "name"?`},
		"apply of no name":          {step("apply: {object: {apiVersion: v1, kind: Pod, spec: {containers: [{name: a, image: b}]}}}"), "42:41: metadata: name is missing"},
		"apply of no file":          {step("apply: {file: x.yaml}"), `42:39: spec.steps[0].apply.file: "x.yaml": the scenario lies in no folder, so nothing can be read relative to it`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := loadError(t, input(base+web+test.text))
			if !strings.Contains(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if strings.Count(got, "\n") > 1 {
				t.Errorf("several problems:\n%s", got)
			}
		})
	}
}

func TestEachProblemOfACommand(t *testing.T) {
	for command, want := range map[string]string{
		"10m":                                         "want a moment and what kubectl is told, such as 10m 'scale deployment/web --replicas=20'",
		"10 scale deployment/web":                     `moment "10": no unit; want 5s, 5m, …`,
		"9h cordon workers-1":                         "9h0m0s lies after the end of the run, at 8h0m0s",
		"1m kubectl":                                  "want a moment and what kubectl is told",
		"1m scael deployment/web":                     `unknown command "scael"; did you mean "scale"?`,
		"1m drain":                                    "drain: which node?",
		"1m drain workers-1 --timeout=soon":           `drain: --timeout: got "soon"; want a time such as 60s`,
		"1m rollout":                                  "rollout what? Want undo, pause, resume, restart",
		"1m rollout udno deployment/web":              `unknown rollout command "udno"; did you mean "undo"?`,
		"1m scale deployment/web":                     "scale: how many? Want --replicas=N",
		"1m scale deployment/web --replicas=x":        `scale: --replicas: got "x"; want a whole number from 0 to 10000000`,
		"1m scale deployment/web --replica=2":         `scale: unknown flag "--replica"; did you mean --replicas?`,
		"1m scale deployment/web --replicas":          "scale: --replicas: its value is missing",
		"1m scale --replicas=1":                       "scale: which object? Want one such as deployment/web",
		"1m scale deployment/web rs --replicas=1":     `scale: got "rs"; want a kind and a name`,
		"1m scale deployment a/b --replicas=1":        `scale: got "a/b"; want names, since the kind is given already`,
		"1m scale deployment wbe --replicas=1":        `unknown deployment in namespace default "wbe"; did you mean "web"?`,
		"1m set image deployment/web":                 "set image: which image? Want CONTAINER=IMAGE",
		"1m set image deployment/web web=":            `set image: got "web="; want CONTAINER=IMAGE`,
		"1m patch deployment/web":                     `patch: the patch is missing; want -p '{"spec": …}'`,
		"1m patch deployment/web -p '{'":              "patch: -p: value: ",
		"1m patch deployment/web -p '{spec: {x: 1}}'": `--at 1m patch deployment/web -p '{spec: {x: 1}}': spec.x: unknown field "x"`,
		"1m patch deployment/web --type json -p '[]'": "patch: --type: json is not read; want strategic or merge",
		"1m apply":                    "apply: which file? Want -f FILE",
		"1m apply -f -":               "apply: -f -: a step does not read standard input; want a file",
		"1m apply -f /nowhere/x.yaml": `"/nowhere/x.yaml": no such file`,
		"1m delete pod/bare --now --grace-period=3":       "delete: --now contradicts --grace-period",
		"1m delete pod/bare --cascade=orphn":              `delete: --cascade: unknown cascade "orphn"; did you mean "orphan"?`,
		"1m delete pod/bare --force=maybe":                `delete: --force: got "maybe"; want true or false`,
		"1m cordon":                                       "cordon: which node?",
		"1m label deployment web a=b":                     `label: got "deployment"; want node NAME or pod NAME`,
		"1m label node workers-1":                         "label: which label? Want KEY=VALUE, or KEY- to take one off",
		"1m label node a=b workers-1":                     `label: got "workers-1" behind "a=b"; want nodes first`,
		"1m taint nodes workers-1 k=v:NoScedule":          `unknown effect "NoScedule"; did you mean "NoSchedule"?`,
		"1m taint nodes workers-1":                        "taint: which taint? Want KEY=VALUE:EFFECT, or KEY- to take one off",
		"1m scale 'deployment/web --replicas=1":           "the quote ' is not closed",
		`1m scale deployment/web --replicas=1 \`:          "nothing follows the last backslash",
		"1m cordon workers-1 -l x":                        `cordon: unknown flag "-l" (there is none)`,
		"1m scale deployment/web --replicas=1 -n x":       `unknown deployment in namespace x "web" (there is none)`,
		"1m rollout undo deployment/web --to-revision=-1": `rollout undo: --to-revision: got "-1"; want a whole number from 0 to`,
	} {
		t.Run(command, func(t *testing.T) {
			in := input(base + web)
			in.At = []string{command}
			got := loadError(t, in)
			if !strings.HasPrefix(got, "--at ") || !strings.Contains(got, want) || strings.Contains(got, "\n") {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// Steps at one moment are done in the order written, after those of Timelines; and
// quotes and blanks are those of a shell.
func TestCommandsAreReadAsByAShell(t *testing.T) {
	in := input(base + web + document("Timeline", "t", "{steps: [{at: 2m, cordon: {node: workers-2}}, {at: 1m, cordon: {node: workers-1}}]}"))
	in.At = []string{"2m  kubectl label  node 'workers-0' \"a\"=b\\ ", "1m uncordon workers-1", "1m cordon workers-1"}
	got := loadError(t, in)
	if want := `--at 2m  kubectl label  node 'workers-0' "a"=b\ : `; !strings.HasPrefix(got, want) {
		t.Errorf("got %s", got)
	}
	in = input(base + web + document("Timeline", "t", "{steps: [{at: 2m, cordon: {node: workers-2}}, {at: 1m, cordon: {node: workers-1}}]}"))
	in.At = []string{"2m  kubectl label  node 'workers-0' \"a\"='b'", "1m uncordon workers-1", "1m cordon workers-1"}
	var texts []string
	for _, s := range mustLoad(t, in).Config.Steps {
		texts = append(texts, s.At.String()+" "+s.Text)
	}
	want := []string{"1m0s cordon workers-1", "1m0s uncordon workers-1", "1m0s cordon workers-1", "2m0s cordon workers-2", `2m0s kubectl label  node 'workers-0' "a"='b'`}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Error(diff)
	}
}

func TestStepsAreLimited(t *testing.T) {
	for _, test := range []struct {
		steps int
		want  string
	}{{limits.Steps, ""}, {limits.Steps + 1, "s.yaml:18:"}} {
		steps := strings.TrimSuffix(strings.Repeat("{at: 1h, cordon: {node: workers-1}}, ", test.steps), ", ")
		got := loadError(t, input(base+document("Timeline", "t", "{steps: ["+steps+"]}")))
		if test.want == "" && got != "" || test.want != "" && !strings.Contains(got, "more than 10000 steps") {
			t.Errorf("%d steps: got %.200s", test.steps, got)
		}
	}
}

// Each object that a step applies counts.
func TestAppliedObjectsAreLimited(t *testing.T) {
	for _, n := range []int{limits.Steps, limits.Steps + 1} {
		var items strings.Builder
		for i := range n {
			fmt.Fprintf(&items, "{apiVersion: v1, kind: Pod, metadata: {name: p-%d}, spec: {containers: [{name: m, image: i}]}},\n", i)
		}
		got := loadError(t, input(base+document("Timeline", "t", "{steps: [{at: 1h, apply: {object: {apiVersion: v1, kind: List, items: [\n"+items.String()+"]}}}]}")))
		if tooMany := strings.Contains(got, "more than 10000 steps, each applied object counting as one"); tooMany != (n > limits.Steps) || !tooMany && got != "" {
			t.Errorf("%d objects: got %.200s", n, got)
		}
	}
}

// A run that is cut short does without what comes later, and says so.
func TestAShorterRunDoesWithoutLaterSteps(t *testing.T) {
	in := input(base + web + document("Timeline", "t", "{steps: [{at: 2h, cordon: {node: workers-2}}]}"))
	in.For = 60_000_000_000
	run := mustLoad(t, in)
	if got := strings.Join(run.Assumptions, "\n"); !strings.Contains(got, "step cordon workers-2 at 2h0m0s lies after the end of the run, at 1m0s") {
		t.Errorf("got %s", got)
	}
}

// FuzzCommand loads any command as a step: it is a problem with it, or a run.
func FuzzCommand(f *testing.F) {
	for _, command := range []string{
		"1m scale deployment/web --replicas=5 -n default", "2m set image deployment/web *=all:1", "1h rollout undo deployment/web --to-revision=1",
		"3s rollout pause deployment web", "4m rollout resume deploy/web", "1d rollout restart deployment/web", "0 delete pod bare --now",
		`1m patch deployment web --type merge -p '{"spec": {"template": {"spec": {"containers": []}}}}'`, "1m apply -f x.yaml", "5m cordon workers-1 node/workers-2",
		"1m label node workers-0 a=b c- --overwrite", "1m taint nodes workers-0 a=b:NoSchedule c:NoExecute- d-", `1m uncordon "workers-1" workers\ 2`,
		"1m patch job sum -p '{spec: {$patch: replace, containers: [{$patch: delete, name: web}]}}'", "1m delete deployment/web --cascade=background --force=false",
	} {
		f.Add(command)
	}
	f.Fuzz(func(t *testing.T, command string) {
		if hasLargeNumber(command) || strings.Contains(command, "apply") && !strings.Contains(command, "x.yaml") {
			t.Skip("many pods only take time, and files are no part of this")
		}
		in := input(base + web)
		in.At = []string{command}
		run, err := scenarios.Load(in)
		switch {
		case (run == nil) == (err == nil):
			t.Fatalf("got %v and %v", run, err)
		case err != nil:
		case len(run.Config.Steps) == 0:
			t.Fatal("the command does nothing")
		default:
			simulate(t, run)
		}
	})
}

// A snapshot brings the revisions that a live cluster has, and their names.
func TestARollbackGoesBackToARevisionOfASnapshot(t *testing.T) {
	template := func(hash, image string) string {
		labels := "app: web"
		if hash != "" {
			labels += ", pod-template-hash: " + hash
		}
		return "{metadata: {labels: {" + labels + "}}, spec: {containers: [{name: web, image: web, env: [{name: V, value: '" + image + "'}]}]}}"
	}
	meta := func(name, revision, more string) string {
		return "metadata: {name: " + name + ", uid: u-" + name + ", creationTimestamp: '2026-01-31T12:00:00Z', annotations: {deployment.kubernetes.io/revision: '" + revision + "'}" + more + "}\n"
	}
	set := func(hash, revision, image string, replicas int) string {
		owner := ", labels: {app: web, pod-template-hash: " + hash + "}, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: u-web, controller: true}]"
		return fmt.Sprintf("apiVersion: apps/v1\nkind: ReplicaSet\n%sspec: {replicas: %d, selector: {matchLabels: {app: web, pod-template-hash: %s}}, template: %s}\nstatus: {replicas: %d}\n---\n",
			meta("web-"+hash, revision, owner), replicas, hash, template(hash, image), replicas)
	}
	text := base + "apiVersion: apps/v1\nkind: Deployment\n" + meta("web", "7", "") +
		"spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: " + template("", "new") + "}\nstatus: {replicas: 2}\n---\n" +
		set("aaa", "5", "old", 0) + set("bbb", "6", "middle", 0) + set("ccc", "7", "new", 2)
	in := input(text)
	in.At = []string{
		"1m rollout undo deployment/web --to-revision=5", "10m rollout undo deployment/web", "20m set image deployment/web web=web:9",
		"30m rollout undo deployment/web --to-revision=6",
	}
	run := mustLoad(t, in)
	var hashes []string
	for _, s := range run.Config.Steps {
		hashes = append(hashes, run.Dictionary.String(s.Template.Owner.TemplateHash))
	}
	if hashes[0] != "aaa" || hashes[1] != "ccc" || hashes[2] == "aaa" || hashes[2] == "ccc" || hashes[3] != "bbb" {
		t.Errorf("got %v", hashes)
	}
	in = input(text)
	in.At = []string{
		"1m rollout undo deployment/web --to-revision=5", "10m rollout undo deployment/web", "20m set image deployment/web web=web:9",
		"30m rollout undo deployment/web --to-revision=6",
	}
	want := []string{"deployment.apps/web rolled back", "deployment.apps/web rolled back", "deployment.apps/web image updated", "deployment.apps/web rolled back"}
	if diff := cmp.Diff(want, answers(t, in)); diff != "" {
		t.Error(diff)
	}
}
