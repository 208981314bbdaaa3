package kubescheduler

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"k8s.io/apimachinery/pkg/types"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/place"
)

// maxCopies bounds how many copies are counted.
const maxCopies = 400

// CompareFits lets both sides count how many copies of the first pod that waits in
// a still world fit, one after the other: how many, on which nodes, and why not
// one more.
func CompareFits(w *World) (*Difference, error) {
	first := slices.IndexFunc(w.Steps, func(s Step) bool { return s.Kind == SchedulePod })
	if first < 0 {
		return nil, nil
	}
	base := *w
	base.Preempt = false
	base.Steps = slices.DeleteFunc(slices.Clone(w.Steps), func(s Step) bool { return s.Kind == SchedulePod })
	template, err := newcomer(w.Steps[first])
	if err != nil {
		return nil, err
	}
	want, err := realFit(&base, &template)
	if err != nil {
		return nil, err
	}
	base.Steps = append(base.Steps, template)
	placer, waiting, err := newPlacer(&base)
	if err != nil {
		return refusal(err), nil
	}
	got, err := simulatedFit(placer, waiting[0])
	if err != nil {
		return nil, err
	}
	if text := cmp.Diff(want, got, cmpopts.EquateEmpty()); text != "" {
		return &Difference{Step: first, Pod: template.Name, Text: text}, nil
	}
	return nil, nil
}

// newcomer is the pod of a step as one that no scheduler has seen yet.
func newcomer(s Step) (Step, error) {
	pod := Object{}
	if err := json.Unmarshal(s.Object, &pod); err != nil {
		return s, err
	}
	delete(pod, "status")
	return newStep(s.Kind, s.Name, pod), nil
}

// count is how many copies fit.
type count struct {
	Pods    int
	Nodes   map[string]int
	Message string // why no more; empty if there are maxCopies
}

// realFit schedules copies with the real scheduler until one finds no node.
func realFit(w *World, template *Step) (count, error) {
	out := count{Nodes: make(map[string]int)}
	copied := *w
	copied.Steps = append(slices.Clone(w.Steps), *template) // for its namespace
	kube, pending, err := still(&copied)
	if err != nil {
		return out, err
	}
	defer kube.stop()
	if err := kube.remove(pending[0].Name); err != nil {
		return out, err
	}
	for ; out.Pods < maxCopies; out.Pods++ {
		pod := pending[0].DeepCopy()
		pod.Name = fmt.Sprintf("copy-%d", out.Pods)
		pod.UID = types.UID(pod.Name)
		placements, err := kube.tryAll(w, pod)
		if err != nil {
			return out, err
		}
		p := &placements[0]
		if p.Node == "" {
			out.Message = p.Message + p.Skipped + p.Error
			return out, nil
		}
		out.Nodes[p.Node]++
	}
	return out, nil
}

// simulatedFit asks podsim's placer for copies of a pod that waits in its cluster.
func simulatedFit(placer *place.Placer, id models.PodID) (count, error) {
	out := count{Nodes: make(map[string]int)}
	cluster := placer.Cluster()
	pod := cluster.View().Pod(id)
	template := place.Template{Name: "copy", Pod: pod.Spec(), Replicas: 1}
	if owner := pod.Owner(); owner != models.None {
		template.Owner = cluster.View().Owner(owner).Spec()
	}
	for _, kind := range []models.OpKind{models.OpDeletePod, models.OpRemovePod} {
		if err := cluster.Apply(cluster.Now(), &models.Op{Kind: kind, Pod: id}); err != nil {
			return out, err
		}
	}
	fit, err := placer.Fit(context.Background(), []place.Template{template}, maxCopies, nil)
	if err != nil {
		return out, err
	}
	out.Pods = fit.Pods
	for _, node := range fit.Nodes {
		out.Nodes[node.Node] = node.Pods
	}
	if !fit.Limited {
		out.Message = fit.Stop.Message + fit.Stop.Skipped + fit.Stop.Error
	}
	return out, nil
}
