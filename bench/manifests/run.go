package manifests

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
	"github.com/podsim/podsim/sim/control"
)

// world is the cluster that manifests run on: a control plane node, tainted as kubeadm
// does it, and three workers in three zones.
const world = `apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: manifests}
spec: {for: 10m30s, start: 2026-01-01T00:00:00Z}
---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: control-plane}
spec:
  count: 1
  zones: [a]
  template:
    metadata: {labels: {kubernetes.io/os: linux, beta.kubernetes.io/os: linux, kubernetes.io/arch: amd64, node-role.kubernetes.io/control-plane: ""}}
    spec: {taints: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}]}
    status: {capacity: {cpu: 8, memory: 32Gi, ephemeral-storage: 100Gi, pods: 110}}
---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: worker}
spec:
  count: 3
  zones: [a, b, c]
  template:
    metadata: {labels: {kubernetes.io/os: linux, beta.kubernetes.io/os: linux, kubernetes.io/arch: amd64}}
    status: {capacity: {cpu: 8, memory: 32Gi, ephemeral-storage: 100Gi, pods: 110}}
`

// runTime lets the pods of a Job or CronJob end, of which manifests do not say when.
const runTime = `---
apiVersion: podsim/v1alpha1
kind: PodBehavior
metadata: {name: %s}
spec: {selector: {namespace: %s, owner: {kind: %s, name: %s}}, runTime: 10s}
`

// worldOf is the cluster for an entry.
func worldOf(e *Entry) string {
	text := world
	for _, expected := range e.Expected {
		kind, name, _ := strings.Cut(expected.Workload, " ")
		if namespace, name, _ := strings.Cut(name, "/"); kind == "Job" || kind == "CronJob" {
			text += fmt.Sprintf(runTime, name, namespace, kind, name)
		}
	}
	return text
}

// Result is what became of an entry.
type Result struct {
	Entry  *Entry
	Counts []int // of each workload that was expected; Gone if there is none of its name
	// Surplus are workloads that nobody expected.
	Surplus []string
	// Waiting are pods that are not ready at the end, with their phases.
	Waiting []string
	// Ignored are the fields and kinds that would change the result and that podsim
	// does not simulate.
	Ignored []string
	Pods    int
}

// Met reports whether everything is as expected.
func (r *Result) Met() bool {
	for i, e := range r.Entry.Expected {
		if r.Counts[i] != e.Count {
			return false
		}
	}
	return len(r.Surplus) == 0
}

// Run runs the manifests of an entry until nothing changes any more.
func Run(e *Entry, folder string) (*Result, error) {
	if err := e.Check(folder); err != nil {
		return nil, err
	}
	input := scenarios.Input{Files: []scenarios.File{{Name: "world.yaml", Reader: strings.NewReader(worldOf(e))}}}
	for _, file := range e.Files {
		input.Files = append(input.Files, scenarios.File{Name: e.Path(folder, file)})
	}
	loaded, err := scenarios.Load(input)
	if err != nil {
		return nil, err
	}
	s, err := sim.New(loaded.Config, loaded.Dictionary, nil)
	if err != nil {
		return nil, err
	}
	if err := s.Run(nil); err != nil {
		return nil, err
	}
	result := &Result{Entry: e, Ignored: ignored(loaded)}
	result.count(s.Cluster().View(), loaded.Config.Horizon)
	return result, nil
}

// ignored lists what of the input is not simulated although it matters.
func ignored(loaded *scenarios.Run) (out []string) {
	for _, entry := range loaded.Audit {
		if entry.Verdict == manifest.Matters {
			out = append(out, strings.TrimSuffix(entry.Kind+": "+entry.Field, ": ")+" ("+entry.Reason+")")
		}
	}
	return out
}

// count counts the pods of each workload.
func (r *Result) count(v cluster.View, now models.Time) {
	found := make(map[string]int)
	var order []string
	for id := range v.Owners() {
		o := v.Owner(models.OwnerID(id))
		if o.Deleted() || o.Parent() != models.None {
			continue
		}
		name := fmt.Sprintf("%s %s/%s", o.Kind(), v.Dictionary().String(o.Spec().Namespace), o.Name())
		found[name] = ready(o, now)
		order = append(order, name)
	}
	for _, e := range r.Entry.Expected {
		count, ok := found[e.Workload]
		if !ok {
			count = Gone
		}
		r.Counts = append(r.Counts, count)
		delete(found, e.Workload)
	}
	for _, name := range order {
		if _, left := found[name]; left {
			r.Surplus = append(r.Surplus, name)
		}
	}
	for pod := range v.Live() {
		r.Pods++
		if !pod.Ready() && !pod.Phase().Terminal() {
			r.Waiting = append(r.Waiting, pod.Name()+" "+pod.Phase().String())
		}
	}
}

// ready returns how many pods of a workload are ready, or have succeeded.
func ready(o cluster.Owner, now models.Time) (n int) {
	switch o.Kind() {
	case models.Deployment, models.CronJob:
		for child := range o.Children() {
			if o.Kind() == models.CronJob {
				n++
			} else {
				n += int(child.Counts().Ready)
			}
		}
		return n
	case models.StatefulSet:
		return int(control.StatefulSetStatusOf(now, o).Ready)
	case models.DaemonSet:
		return int(control.DaemonSetStatusOf(now, o).Ready)
	case models.Job:
		return int(o.Counts().Succeeded)
	}
	return int(o.Counts().Ready)
}
