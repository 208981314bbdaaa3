package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/podsim/podsim/cmd/podsim/app"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/why"
)

// case of a pod that has no node: its true cause, the smallest change that would have
// placed it, and what both mean for the scenario.
type whyCase struct {
	name, scenario string
	steps          []string
	object, at     string
	kind           string
	says           []string // in the sentence
	holder         string   // who has what it lacks, the first of them
	change         why.Change
	edit, less     []string // pairs of old and new text: the change, and one that is smaller
	step           string   // or a step that makes the change
}

const anHour = `apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: why}
spec: {for: 1h, latencies: {profile: none, runTime: 10h}MORE}`

// scenario returns a scenario of an hour without latencies.
func scenario(documents ...string) string {
	return strings.Replace(anHour, "MORE", "", 1) + strings.Join(documents, "")
}

// later adds documents at a moment.
func later(at string, documents string) string {
	objects := strings.ReplaceAll(strings.TrimPrefix(documents, "\n---\n"), "\n", "\n      ")
	return "\n---\n{apiVersion: podsim/v1alpha1, kind: Timeline, metadata: {name: t" + at + "}, spec: {steps: [{at: " + at + ", apply: {object: " + objects + "}}]}}"
}

const faultDocument = "\n---\n{apiVersion: podsim/v1alpha1, kind: FaultPlan, metadata: {name: f}, spec: {faults: [FAULTS]}}"

func faults(list string) string { return strings.Replace(faultDocument, "FAULTS", list, 1) }

// ran runs a scenario and returns the folder of the run.
func ran(t *testing.T, text string, steps ...string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "why.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"run", file, "-o", filepath.Join(dir, "out")}
	for _, step := range steps {
		args = append(args, "--at", step)
	}
	if code, _, problems := main(args...); code != app.ExitPass {
		t.Fatalf("exit code %d: %s", code, problems)
	}
	return filepath.Join(dir, "out")
}

func asked(t *testing.T, run, object, at string) (a why.Answer) {
	t.Helper()
	code, out, problems := main("why", run, object, "--at", at, "-o", "json")
	if code != app.ExitPass {
		t.Fatalf("exit code %d: %s", code, problems)
	}
	if err := json.Unmarshal([]byte(out), &a); err != nil {
		t.Fatal(err)
	}
	kinds := []string{a.Cause.Kind}
	for i := range a.Nodes {
		kinds = append(kinds, a.Nodes[i].Kind)
	}
	if a.Workload != nil {
		for i := range a.Workload.Groups {
			kinds = append(kinds, a.Workload.Groups[i].Kind)
		}
	}
	for _, kind := range kinds {
		if !strings.HasPrefix(kind, "insufficient-") && !slices.Contains(why.Kinds(), kind) {
			t.Errorf("kind %q is not documented", kind)
		}
	}
	if a.Departure != nil && !slices.Contains(why.Departures(), a.Departure.Kind) {
		t.Errorf("departure %q is not documented", a.Departure.Kind)
	}
	return a
}

// The change that is told first is carried out in the scenario, and the pod must then have
// the node that was told; a smaller change of its kind must not do.
func TestWhyNamesTheTrueCauseAndATrueSmallestChange(t *testing.T) {
	for _, c := range whyCases {
		t.Run(c.name, func(t *testing.T) {
			a := asked(t, ran(t, c.scenario, c.steps...), c.object, c.at)
			if a.Node != "" || a.Cause.Kind != c.kind {
				t.Errorf("cause %s, node %q; want %s and none", a.Cause.Kind, a.Node, c.kind)
			}
			for _, text := range c.says {
				if !strings.Contains(a.Cause.Text, text) {
					t.Errorf("no %q in: %s", text, a.Cause.Text)
				}
			}
			if c.holder != "" && (len(a.Holders) == 0 || a.Holders[0].Workload != c.holder) {
				t.Errorf("holders %+v; want %s first", a.Holders, c.holder)
			}
			if len(a.Changes) == 0 || a.Changes[0] != c.change {
				t.Fatalf("changes %+v; want first %+v", a.Changes, c.change)
			}
			steps := c.steps
			if c.step != "" {
				steps = append(steps[:len(steps):len(steps)], c.step)
			}
			if got := asked(t, ran(t, rewritten(t, c.scenario, c.edit), steps...), c.object, c.at); got.Node != c.change.Node {
				t.Errorf("%s: then it is on %q, want %q: %s", c.change.What, got.Node, c.change.Node, got.Cause.Text)
			}
			if c.less == nil {
				return
			}
			if got := asked(t, ran(t, rewritten(t, c.scenario, c.less), c.steps...), c.object, c.at); got.Node != "" {
				t.Errorf("%s: less does too, on %s", c.change.What, got.Node)
			}
		})
	}
}

func rewritten(t *testing.T, text string, edits []string) string {
	t.Helper()
	if len(edits) == 0 {
		return text
	}
	return edited(t, text, edits)
}

func changed(kind, what, node string, size int) (c why.Change) {
	c.Kind, c.What, c.Node, c.Size = kind, what, node, size
	return c
}

// copies returns alike nodes of two cores.
func copies(names ...string) (out string) {
	for _, name := range names {
		out += node(name, "CPU", "2")
	}
	return out
}

var whyCases = []whyCase{
	{
		name:     "too little cpu",
		scenario: scenario(node("n1"), node("n2", "CPU", "1"), bound("b1", "n1", "CPU", "3"), pod("new", "CPU", "1500m")),
		object:   "pod/new", at: "30m", kind: "insufficient-cpu",
		says:   []string{"2 have too little cpu free", "asks for 1500m cpu; n1 comes closest with 1 cpu free"},
		holder: "Pod/default/b1",
		change: changed("request", "lower its request of cpu from 1500m to 1", "n1", 1),
		edit:   []string{"cpu: 1500m", "cpu: 1"}, less: []string{"cpu: 1500m", "cpu: 1001m"},
	},
	{
		name: "others in front",
		scenario: scenario(node("n1", "CPU", "2"), bound("b1", "n1", "CPU", "2"),
			pod("first", "CPU", "2")+pod("second", "CPU", "2")+pod("new", "CPU", "2")),
		object: "pod/new", at: "30m", kind: "insufficient-cpu",
		says:   []string{"2 pods are in front of it in the queue"},
		holder: "Pod/default/b1",
		change: changed("node", "add 3 more nodes like n1, for it and the pods in front of it", "one-more-n1-3", 4),
		edit:   []string{node("n1", "CPU", "2"), copies("n1", "one-more-n1", "one-more-n1-2", "one-more-n1-3")},
		less:   []string{node("n1", "CPU", "2"), copies("n1", "one-more-n1", "one-more-n1-2")},
	},
	{
		name:     "a taint",
		scenario: scenario(node("n1", "SPEC", "taints: [{key: dedicated, value: gpu, effect: NoSchedule}]"), pod("new", "SPEC", "tolerations: [{key: other}],")),
		object:   "pod/new", at: "30m", kind: "taint",
		says:   []string{"the only node does not take it: it has the taint dedicated=gpu:NoSchedule, which it does not tolerate"},
		change: changed("toleration", "tolerate the taint dedicated=gpu:NoSchedule", "n1", 1),
		edit:   []string{"{key: other}", "{key: dedicated, value: gpu, effect: NoSchedule}"}, less: []string{"{key: other}", "{key: dedicated, value: cpu, effect: NoSchedule}"},
	},
	{
		name:     "a cordon",
		scenario: scenario(node("n1"), node("n2"), bound("b1", "n1", "CPU", "4"), later("20m", pod("new"))),
		steps:    []string{"10m cordon n2"},
		object:   "pod/new", at: "30m", kind: "cordoned",
		says:   []string{"1 is cordoned", "1 has too little cpu free"},
		change: changed("uncordon", "uncordon node n2", "n2", 0),
		step:   "25m uncordon n2",
	},
	{
		name:     "a node selector",
		scenario: scenario(node("n1"), pod("new", "SPEC", "nodeSelector: {disk: ssd, topology.kubernetes.io/zone: a},")),
		object:   "pod/new", at: "30m", kind: "node-affinity",
		says:   []string{"it does not match its node selector or affinity"},
		change: changed("nodeSelector", "drop disk=ssd from its nodeSelector", "n1", 1),
		edit:   []string{"disk: ssd, ", ""}, less: []string{"disk: ssd, topology.kubernetes.io/zone: a", "disk: ssd"},
	},
	{
		name: "spread over zones",
		scenario: scenario(node("n1", "ZONE", "a"), node("n2", "ZONE", "b"), bound("full", "n2", "CPU", "4"),
			strings.ReplaceAll(bound("b1", "n1")+bound("b2", "n1")+pod("new", "SPEC", selfSpread), "app: ", "team: t, app: ")),
		object: "pod/new", at: "30m", kind: "topology-spread",
		says:   []string{"1 would break its spread over topology.kubernetes.io/zone", "1 has too little cpu free"},
		change: changed("topologySpread", "raise maxSkew of its topology spread constraint on topology.kubernetes.io/zone from 1 to 3", "n1", 1),
		edit:   []string{"maxSkew: 1", "maxSkew: 3"}, less: []string{"maxSkew: 1", "maxSkew: 2"},
	},
	{
		name:     "anti-affinity",
		scenario: scenario(node("n1"), bound("db", "n1"), pod("new", "SPEC", antiTo("db"))),
		object:   "pod/new", at: "30m", kind: "pod-anti-affinity",
		says:   []string{"it has a pod near that it must not be with"},
		holder: "Pod/default/db",
		change: changed("podAntiAffinity", "drop its required pod anti-affinity (kubernetes.io/hostname)", "n1", 1),
		edit:   []string{antiTo("db"), ""},
	},
	{
		name:     "a host port",
		scenario: scenario(node("n1"), bound("b1", "n1", "PORTS", "{containerPort: 80, hostPort: 8080}"), pod("new", "PORTS", "{containerPort: 81, hostPort: 8081}, {containerPort: 80, hostPort: 8080}")),
		object:   "pod/new", at: "30m", kind: "host-port",
		holder: "Pod/default/b1",
		change: changed("hostPort", "drop its hostPort 8080", "n1", 1),
		edit:   []string{", {containerPort: 80, hostPort: 8080}", ""}, less: []string{"{containerPort: 81, hostPort: 8081}, ", ""},
	},
	{
		name:     "a node that is full of pods",
		scenario: scenario(node("n1", "PODS", "1"), bound("b1", "n1"), pod("new")),
		object:   "pod/new", at: "30m", kind: "pod-limit",
		says:   []string{"it has as many pods as it may"},
		holder: "Pod/default/b1",
		change: changed("resources", "raise allocatable pods from 1 to 2 on node n1", "n1", 2),
		edit:   []string{"pods: 1}", "pods: 2}"},
	},
	{
		name:     "scheduling gates",
		scenario: scenario(node("n1"), pod("new", "SPEC", "schedulingGates: [{name: example.com/wait}],")),
		object:   "pod/new", at: "30m", kind: "gated",
		says:   []string{"example.com/wait"},
		change: changed("gate", "remove its scheduling gates", "n1", 0),
		edit:   []string{"schedulingGates: [{name: example.com/wait}],", ""},
	},
	{
		name: "a zone that is down",
		scenario: scenario(node("n1", "ZONE", "a"), node("n2", "ZONE", "b"), bound("b1", "n1", "CPU", "4"), later("20m", pod("new")),
			faults("{name: power-loss, target: {zones: [b]}, at: 10m, for: 50m}")),
		object: "pod/new", at: "30m", kind: "node-condition",
		says:   []string{"1 is out of order", "node.kubernetes.io/unreachable:NoSchedule", "it went down (fault power-loss) at 00h10m00s"},
		holder: "Pod/default/b1",
		change: changed("condition", "have node n2 Ready again", "n2", 0),
		edit:   []string{"for: 50m", "for: 15m"},
	},
	{
		name:     "a claim without a volume",
		scenario: scenario(node("n1"), localClaim, pod("new", "SPEC", "volumes: [{name: d, persistentVolumeClaim: {claimName: data}}],")),
		object:   "pod/new", at: "30m", kind: "volume",
		says:   []string{"it has no volume for its claim"},
		change: changed("claim", "bind PersistentVolumeClaim default/data to a volume that any node reaches", "n1", 0),
		edit:   []string{localClaim, boundClaim},
	},
}

// localClaim is a claim of a class for which volumes have to be made by hand.
const localClaim = `
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: local}, provisioner: kubernetes.io/no-provisioner, volumeBindingMode: WaitForFirstConsumer}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {storageClassName: local, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}`

// What no change of the pod or of a node would have helped has none, and ends when its
// cause does.
func TestWhyTellsOfAnOutageOfTheScheduler(t *testing.T) {
	text := scenario(node("n1"), later("20m", pod("new")), faults("{name: upgrade, action: schedulerOutage, at: 10m, for: 30m}"))
	a := asked(t, ran(t, text), "pod/new", "30m")
	for _, says := range []string{"the scheduler does not run since 00h10m00s (fault upgrade)", "it would go to node n1"} {
		if a.Cause.Kind != "scheduler-down" || !strings.Contains(a.Cause.Text, says) {
			t.Errorf("%+v; want %q", a.Cause, says)
		}
	}
	if len(a.Changes) > 0 || a.Fits != "n1" || !strings.Contains(a.Outcome, "bound to node n1 at 00h40m00s") {
		t.Errorf("changes %v, fits %q, outcome %q", a.Changes, a.Fits, a.Outcome)
	}
	if got := asked(t, ran(t, strings.Replace(text, "for: 30m", "for: 15m", 1)), "pod/new", "30m"); got.Node != "n1" {
		t.Errorf("without the outage it is on %q", got.Node)
	}
}

func TestWhyKnowsPodsThatAreNotThereYetAndThoseThatAreGone(t *testing.T) {
	run := ran(t, scenario(twoNodes, threeOf, later("20m", pod("new"))), "30m delete pod/new")
	for at, want := range map[string]string{
		"10m": "does not exist yet: it is created at 00h20m00s", "25m": "runs on node", "40m": "is gone since 00h30m00s: at 00h30m00s it was deleted by a user",
	} {
		if a := asked(t, run, "pod/new", at); !strings.Contains(a.Cause.Text, want) {
			t.Errorf("at %s: %s; want %q", at, a.Cause.Text, want)
		}
	}
	for _, test := range []struct {
		args []string
		says string
	}{
		{[]string{"pod/nwe"}, "there is never a Pod default/nwe; did you mean pod/new?"},
		{[]string{"pod/db"}, "did you mean pod/db-0?"},
		{[]string{"sts/dbb"}, "did you mean sts/db?"},
		{[]string{"deploy/db"}, "there is never a Deployment default/db; did you mean sts/db?"},
		{[]string{"node/n1"}, `"node" is no kind that podsim why answers for; want pod, deploy, rs, sts, ds, job or rc`},
		{[]string{"pod/shop/new"}, "there is never a Pod shop/new; did you mean pod/default/new?"},
		{[]string{"pod/something-else"}, "there is never a Pod default/something-else\n"},
		{[]string{"dploy/web"}, `did you mean "deploy"?`},
		{[]string{"pod"}, `want KIND/NAME, such as pod/web-0 or deploy/web (got "pod")`},
		{[]string{"pod/"}, "want KIND/NAME"},
		{[]string{"pod/new", "--at", "2h"}, "--at 2h: the run ended at 01h00m00s"},
		{[]string{"pod/new", "pod/db-0"}, "one object at a time (got 2)"},
		{[]string{"pod/new", "-o", "yaml"}, "yaml"},
	} {
		code, _, problems := main(append([]string{"why", run}, test.args...)...)
		if code != app.ExitBadInput || !strings.Contains(problems, test.says) {
			t.Errorf("%v: exit code %d: %s; want %q", test.args, code, problems, test.says)
		}
	}
	if code, out, _ := main("why", "pod/new", run, "--at", "25m"); code != app.ExitPass || !strings.HasPrefix(out, "Pod default/new at 00h25m00s: Running\n") {
		t.Errorf("with the run last, as podsim get has it: exit code %d\n%s", code, out)
	}
}

// At the instant in which room is made a pod backs off that was refused before.
func TestWhyTellsOfAPodThatWaitsForItsNextAttempt(t *testing.T) {
	text := strings.Replace(scenario(node("n1"), bound("b1", "n1", "CPU", "4", "SPEC", "nodeName: n1, terminationGracePeriodSeconds: 0,"), later("10m", pod("new"))), "profile: none", "profile: default", 1)
	a := asked(t, ran(t, text, "10m500ms delete pod/b1 --force --grace-period=0"), "pod/new", "10m500ms")
	if a.Cause.Kind != "back-off" || a.Fits != "n1" || a.AskedAt == nil || *a.AskedAt >= a.At || !strings.Contains(a.Cause.Text, "it has too little cpu free") {
		t.Errorf("%+v, fits %q, asked at %v", a.Cause, a.Fits, a.AskedAt)
	}
	if !strings.Contains(a.Outcome, "bound to node n1") || len(a.Changes) == 0 || a.Holders[0].Workload != "Pod/default/b1" {
		t.Errorf("outcome %q, changes %v, holders %v", a.Outcome, a.Changes, a.Holders)
	}
}

// What would be can be tried while pods go whose owner is gone already, and of pods that
// their Job has not counted.
func TestWhyTriesWithPodsThatNobodyOwnsAnyMore(t *testing.T) {
	slow := strings.NewReplacer("spec: {containers", "spec: {terminationGracePeriodSeconds: 600, containers", "IMAGE", "i").Replace(webOf) +
		"\n---\n{apiVersion: podsim/v1alpha1, kind: PodBehavior, metadata: {name: web}, spec: {selector: {matchLabels: {app: web}}, stopTime: 5m}}"
	a := asked(t, ran(t, scenario(node("n1"), slow, later("5m", pod("new"))), "10m delete deployment/web"), "pod/new", "11m")
	if len(a.Changes) == 0 || a.Changes[0].Kind != "wait" || a.Holders[0].Leaving != 4 {
		t.Errorf("changes %+v, holders %+v", a.Changes, a.Holders)
	}
	job := "\n---\n{apiVersion: batch/v1, kind: Job, metadata: {name: j}, spec: {completions: 2, parallelism: 2, template: {spec: {restartPolicy: Never, containers: [{name: c, image: i, resources: {requests: {cpu: 3}}}]}}}}"
	a = asked(t, ran(t, scenario(node("n1"), job)), "job/j", "5m")
	if a.Cause.Kind != "insufficient-cpu" || len(a.Changes) == 0 {
		t.Errorf("%+v, changes %+v", a.Cause, a.Changes)
	}
}

func TestWhyFitsNarrowTerminals(t *testing.T) {
	run := ran(t, scenario(twoNodes, threeOf, pod("new", "CPU", "5")), "10m drain n1 --force")
	for _, object := range []string{"pod/new", "sts/db", "pod/db-0"} {
		a := asked(t, run, object, "30m")
		for _, width := range []int{40, 60, 80} {
			var out strings.Builder
			if err := a.WriteText(&out, reports.Terminal{Width: width}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				if n := len([]rune(strings.TrimRight(line, "\n"))); n > width {
					t.Errorf("%s: %d columns in a terminal of %d: %s", object, n, width, line)
				}
			}
		}
	}
}
