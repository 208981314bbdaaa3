package app_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/podsim/podsim/cmd/podsim/app"
	"github.com/podsim/podsim/reports/why"
)

// twoNodes are empty ones; threeOf is a StatefulSet of three pods of one core each.
var twoNodes = node("n1") + node("n2")

const threeOf = `
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {replicas: 3, serviceName: db, selector: {matchLabels: {app: db}},
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 1, memory: 1Gi}}}]}}}}`

func TestWhyTellsByWhomAndWhyAPodHadToLeave(t *testing.T) {
	for _, test := range []struct {
		name, scenario, step, object, at string
		state, kind, by, says            string
		before, after                    bool // it replaces another one, or is replaced
	}{
		{
			"preemption", scenario(node("n1"), class("high", "100"), pod("low", "CPU", "3"), later("10m", pod("urgent", "CPU", "2", "SPEC", "priorityClassName: high,"))), "",
			"pod/low", "20m", "Gone", "preemption", "default-scheduler", "was preempted for pod default/urgent, whose priority is 100 and not 0", false, false,
		},
		{
			"a taint", scenario(twoNodes, bound("b", "n1")), "10m taint node n1 maintenance=yes:NoExecute",
			"pod/b", "20m", "Gone", "taint", "taint-eviction-controller", "for its taint maintenance=yes:NoExecute", false, false,
		},
		{
			"a node that is down", scenario(twoNodes, bound("b", "n1"), faults("{name: power-loss, target: {nodes: [n1]}, at: 10m, for: 40m}")), "",
			"pod/b", "20m", "Terminating", "taint", "taint-eviction-controller",
			"node.kubernetes.io/unreachable:NoExecute; the node went down (fault power-loss) at 00h10m00s", false, false,
		},
		{
			"a drain", scenario(twoNodes, threeOf), "10m drain n1 --force", "pod/db-0", "10m", "Running", "drain", "kubectl", "node n1 is drained", true, false,
		},
		{
			"memory that runs short", scenario(twoNodes, bound("b", "n1"), faults("{name: hog, action: memoryPressure, target: {nodes: [n1]}, at: 10m, for: 10m, takes: 99%}")), "",
			"pod/b", "20m", "Error", "node-pressure", "kubelet", "The node was low on resource: memory", false, false,
		},
		{
			"a scale-down", scenario(twoNodes, threeOf), "10m scale sts/db --replicas=1", "pod/db-2", "20m", "Gone", "scale-down", "statefulset-controller",
			"StatefulSet default/db is to have 1 replica", false, false,
		},
		{
			"a rollout", scenario(twoNodes, threeOf), "10m rollout restart sts/db", "pod/db-2", "20m", "Running", "rollout", "statefulset-controller", "made way for a new revision", true, false,
		},
		{
			"a user", scenario(twoNodes, bound("b", "n1")), "10m delete pod/b", "pod/b", "20m", "Gone", "user", "user", "was deleted by a user", false, false,
		},
		{
			"a shutdown", scenario(twoNodes, bound("b", "n1"), faults("{name: maintenance, action: shutdown, target: {nodes: [n1]}, at: 10m, for: 10m, shutdownGracePeriod: 30s}")), "",
			"pod/b", "15m", "Error", "node-shutdown", "kubelet", "its node shut down; the node was told to shut down (fault maintenance)", false, false,
		},
		{
			"the descheduler", strings.Replace(scenario(twoNodes, threeOf, oldPodsGo), "runTime: 10h}", "runTime: 10h}, eviction: {descheduler: {interval: 15m}}", 1), "",
			"pod/db-1", "20m", "Running", "descheduler", "sigs.k8s.io.descheduler", "was evicted by the descheduler, strategy PodLifeTime", true, true,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var steps []string
			if test.step != "" {
				steps = append(steps, test.step)
			}
			a := asked(t, ran(t, test.scenario, steps...), test.object, test.at)
			is := a.Departure
			if test.before && len(a.Before) > 0 {
				is = a.Before[0].Departure
			}
			if a.State != test.state || is == nil || is.Kind != test.kind || is.By != test.by || !strings.Contains(is.Text, test.says) {
				t.Fatalf("%s: %+v; want %s by %s: %s", a.State, is, test.kind, test.by, test.says)
			}
			if !test.before && !strings.Contains(a.Cause.Text, test.says) {
				t.Errorf("the sentence does not tell: %s", a.Cause.Text)
			}
			if (len(a.Before) > 0) != test.before || (a.After != nil) != test.after {
				t.Errorf("it replaces %+v and is replaced by %+v", a.Before, a.After)
			}
		})
	}
}

const oldPodsGo = `
---
{apiVersion: descheduler/v1alpha2, kind: DeschedulerPolicy, profiles: [{name: default, pluginConfig: [{name: PodLifeTime, args: {maxPodLifeTimeSeconds: 600}}],
  plugins: {deschedule: {enabled: [PodLifeTime]}}}]}`

// webOf is a Deployment of four pods of one core each.
const webOf = `
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 4, selector: {matchLabels: {app: web}},
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: IMAGE, resources: {requests: {cpu: 1, memory: 1Gi}}}]}}}}`

func TestWhyTellsWhyAWorkloadIsBelowItsReplicas(t *testing.T) {
	quota := "\n---\n{apiVersion: v1, kind: ResourceQuota, metadata: {name: q}, spec: {hard: {requests.cpu: 2500m, pods: 10}}}"
	missing := "\n---\n{apiVersion: podsim/v1alpha1, kind: Registry, metadata: {name: hub}, spec: {host: docker.io, images: [{name: \"IMAGE\", missing: true}]}}"
	for _, test := range []struct {
		name, scenario, object, at string
		kind, says, change         string
		ready, missing             int32
		edit, less                 []string // that every pod is Ready, and that not all are
	}{
		{
			"a quota", scenario(twoNodes, quota, webOf), "deploy/web", "30m", "quota", "2 cannot be created: exceeded quota: q",
			"raise requests.cpu of ResourceQuota default/q from 2500m to 4, for 2 more pods", 2, 2,
			[]string{"requests.cpu: 2500m", "requests.cpu: 4"}, []string{"requests.cpu: 2500m", "requests.cpu: 3999m"},
		},
		{
			"too little cpu", scenario(node("n1", "CPU", "3500m"), webOf), "deploy/web", "30m", "insufficient-cpu", "1 without a node because the only node does not take it",
			"raise allocatable cpu from 3500m to 4 on node n1", 3, 0, []string{"cpu: 3500m", "cpu: 4"}, []string{"cpu: 3500m", "cpu: 3999m"},
		},
		{
			"too few nodes for all", scenario(node("n1", "CPU", "2"), strings.Replace(webOf, "cpu: 1", "cpu: 2", 1)), "deploy/web", "30m", "insufficient-cpu",
			"3 without a node because the only node does not take it", "add 3 more nodes like n1, for it and the pods in front of it", 1, 0,
			[]string{node("n1", "CPU", "2"), copies("n1", "m1", "m2", "m3")}, []string{node("n1", "CPU", "2"), copies("n1", "m1", "m2")},
		},
		{
			"an image that does not exist", scenario(twoNodes, missing, webOf), "deploy/web", "30m", "image", "wait for image IMAGE: ImagePullBackOff",
			"", 0, 0, []string{"missing: true", "missing: false"}, nil,
		},
		{
			"nodes that are down", scenario(twoNodes, webOf, faults("{name: crash, target: {nodes: [n1, n2]}, at: 10m, for: 40m}")), "deploy/web", "12m", "node-down",
			"4 on nodes that went out of order: each went down (fault crash) at 00h10m00s", "", 0, 0, []string{"for: 40m", "for: 10s"}, nil,
		},
		{
			"no controller manager", scenario(twoNodes, later("20m", webOf), faults("{name: upgrade, action: controllerManagerOutage, at: 10m, for: 40m}")), "deploy/web", "30m",
			"controller-down", "4 not created, as the controller manager does not run since 00h10m00s (fault upgrade)", "", 0, 4, []string{"for: 40m", "for: 15m"}, nil,
		},
		{
			"a quota and too little cpu", scenario(node("n1", "CPU", "1"), quota, webOf), "deploy/web", "30m", "quota",
			"; and 1 without a node because the only node does not take it", "raise requests.cpu of ResourceQuota default/q from 2500m to 4, for 2 more pods", 1, 2, nil, nil,
		},
		{
			"a probe that has not succeeded", scenario(twoNodes, strings.Replace(webOf, "image: IMAGE", "image: IMAGE, startupProbe: {exec: {command: [a]}, initialDelaySeconds: 300}", 1)),
			"deploy/web", "2m", "not-ready", "4 running and not Ready: the startup probe of container c has not succeeded yet", "", 0, 0,
			[]string{"initialDelaySeconds: 300", "initialDelaySeconds: 5"}, nil,
		},
		{"all is well", scenario(twoNodes, webOf), "deploy/web", "30m", "running", "has all 4 pods Ready", "", 4, 0, nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := asked(t, ran(t, test.scenario), test.object, test.at)
			w := a.Workload
			if a.Cause.Kind != test.kind || !strings.Contains(a.Cause.Text, test.says) || w.Desired != 4 || w.Ready != test.ready || w.Missing != test.missing {
				t.Errorf("%+v, %+v; want %s: %s", a.Cause, w, test.kind, test.says)
			}
			told := test.change == ""
			for _, c := range a.Changes {
				told = told || c.What == test.change
			}
			if !told {
				t.Errorf("%q is not among %+v", test.change, a.Changes)
			}
			if test.edit != nil {
				if got := asked(t, ran(t, edited(t, test.scenario, test.edit)), test.object, test.at); got.Workload.Ready != 4 {
					t.Errorf("with %s: %s", test.edit[1], got.Cause.Text)
				}
			}
			if test.less != nil {
				if got := asked(t, ran(t, edited(t, test.scenario, test.less)), test.object, test.at); got.Workload.Ready == 4 {
					t.Errorf("%s does, too", test.less[1])
				}
			}
		})
	}
}

func TestWhyNamesTheBudgetThatBlocksAnUpgrade(t *testing.T) {
	run := filepath.Join(t.TempDir(), "out")
	if code, _, problems := main("run", "rolling-upgrade", "--for", "2h", "-o", run); code != app.ExitPass && code != app.ExitAssertion {
		t.Fatal(problems)
	}
	const budget = "its node is cordoned, and budget default/db lets no pod be evicted: it wants 3 healthy pods and has 3"
	a := asked(t, run, "pod/db-0", "1h15m")
	if !strings.Contains(a.Cause.Text, budget) {
		t.Errorf("no budget in: %s", a.Cause.Text)
	}
	for _, list := range [][]why.Fact{a.Next, asked(t, run, "sts/db", "1h15m").Next, asked(t, run, "sts/db", "1h40m").Evidence} {
		blocked := func(f why.Fact) bool {
			return f.At == 5400 && strings.Contains(f.Text, "budget default/db blocks the upgrade of node group workers: it never lets a pod go")
		}
		if !slices.ContainsFunc(list, blocked) {
			t.Errorf("no budget blocks the upgrade at 1h30m: %+v", list)
		}
	}
}

func TestWhyAnswersFromTheSoundPartOfADamagedLog(t *testing.T) {
	run := ran(t, scenario(twoNodes, threeOf, later("20m", pod("new")), later("50m", pod("last"))))
	path := filepath.Join(run, "operations.log")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, whole[:len(whole)-1], 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, problems := main("why", run, "pod/new", "--at", "25m")
	if code != app.ExitBadInput || !strings.Contains(problems, "the operation log is damaged at byte") ||
		!strings.HasPrefix(out, "Pod default/new at 00h25m00s: Running\n") || !strings.Contains(out, "Note: the log is damaged: what happened after ") {
		t.Errorf("exit code %d: %s\n%s", code, problems, out)
	}
	if code, out, problems := main("why", run, "pod/new"); code != app.ExitBadInput || out != "" || !strings.Contains(problems, "damaged") {
		t.Errorf("at the end: exit code %d: %s\n%s", code, problems, out)
	}
}
