package kubescheduler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/place"
	"github.com/podsim/podsim/scheduler/plugins"
)

// ComparePlaces lets both sides place the pods of a still world: podsim as
// `podsim place` does it, from the manifests. It tells every attempt that both
// agree on to seen, unless seen is nil. The error is that the world itself is not
// lawful.
func ComparePlaces(w *World, seen func(*place.Placement)) (*Difference, error) {
	kube, pending, err := still(w)
	if err != nil {
		return nil, err
	}
	defer kube.stop()
	placer, waiting, err := newPlacer(w)
	if err != nil {
		return refusal(err), nil
	}
	if len(waiting) != len(pending) {
		return &Difference{Text: fmt.Sprintf("podsim finds %d pods to be scheduled, the real scheduler %d", len(waiting), len(pending))}, nil
	}
	for i, pod := range pending {
		want, err := kube.tryAll(w, pod)
		if err != nil {
			return nil, err
		}
		got := placer.Place(waiting[i])
		for j := range got {
			tidy(&got[j])
		}
		if text := cmp.Diff(want, got, cmpopts.EquateEmpty()); text != "" {
			return &Difference{Step: slices.IndexFunc(w.Steps, func(s Step) bool { return s.Name == pod.Name }), Pod: pod.Name, Text: text}, nil
		}
		for j := range want {
			if seen != nil {
				seen(&want[j])
			}
		}
	}
	return nil, nil
}

// tidy sorts reasons: the real scheduler gives those of extended resources in the
// random order of a map.
func tidy(p *place.Placement) {
	for node, reasons := range p.Filtered {
		p.Filtered[node] = slices.Sorted(slices.Values(reasons))
	}
}

// still returns the real scheduler in a still world, and the pods that are to be
// scheduled, in their order.
func still(w *World) (*kubeScheduler, []*corev1.Pod, error) {
	stored, err := admit(w)
	if err != nil {
		return nil, nil, err
	}
	configuration, err := configuration(w)
	if err != nil {
		return nil, nil, err
	}
	kube, err := newKubeScheduler(configuration, around(stored))
	if err != nil {
		return nil, nil, err
	}
	var pending []*corev1.Pod
	for i, step := range w.Steps {
		switch step.Kind {
		case JoinNode:
			kube.addNode(stored[i].node)
		case ArriveBound:
			err = kube.place(stored[i].pod, stored[i].pod.Spec.NodeName)
		case SchedulePod:
			err = kube.wait(stored[i].pod)
			pending = append(pending, stored[i].pod)
		}
		if err != nil {
			kube.stop()
			return nil, nil, err
		}
	}
	if w.QueueOrder {
		slices.SortStableFunc(pending, func(a, b *corev1.Pod) int {
			return int(min(max(int64(*b.Spec.Priority)-int64(*a.Spec.Priority), -1), 1))
		})
	}
	return kube, pending, nil
}

// newPlacer returns podsim's placer in a still world, and the pods that are to be
// scheduled, in their order.
func newPlacer(w *World) (*place.Placer, []models.PodID, error) {
	input := scenarios.Input{Files: []scenarios.File{{Name: "world.yaml", Reader: strings.NewReader(w.YAML())}}}
	if w.Config != "" {
		input.Scheduler = &scenarios.File{Name: "config.yaml", Reader: strings.NewReader(w.Config)}
	}
	world, err := scenarios.LoadWorld(input)
	if err != nil {
		return nil, nil, err
	}
	s, err := scheduler.New(placeConfig(w, world.Scheduler), plugins.Table(), world.Dictionary)
	if err != nil {
		return nil, nil, err
	}
	pending := slices.Clone(world.Pending)
	if w.QueueOrder {
		view := world.Cluster.View()
		slices.SortStableFunc(pending, func(a, b models.PodID) int { return byPriority(view, a, b) })
	}
	return place.New(world.Cluster, s, place.Options{Preempt: w.Preempt, Detail: place.Scores}), pending, nil
}

func byPriority(v cluster.View, a, b models.PodID) int {
	return int(min(max(int64(v.Pod(b).Spec().Priority)-int64(v.Pod(a).Spec().Priority), -1), 1))
}

// placeConfig is the configuration that the flags of `podsim place` come to.
func placeConfig(w *World, given *scheduler.Config) scheduler.Config {
	config := scheduler.DefaultConfig(plugins.Table())
	if given != nil {
		config = *given
	}
	config.Profiles = slices.Clone(config.Profiles)
	for i := range config.Profiles {
		p := &config.Profiles[i]
		p.PercentageOfNodesToScore, p.Candidates = int(w.Percentage), engine.CandidatesByName
		if w.SmallestName {
			p.Ties = engine.TiesByName
		}
		p.Plugins = slices.Clone(p.Plugins)
		for j := range p.Plugins {
			if !w.Preempt {
				p.Plugins[j].Off |= framework.PointSet(framework.AtPostFilter)
			}
		}
	}
	return config
}
