package cluster_test

import (
	"fmt"
	"maps"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// gate is the type of the condition that the gated specification of the twin waits for.
const gate = 1

// againstCondition tells what speaks against a condition of a pod.
func (w *twin) againstCondition(op *models.Op, p *twinPod) []string {
	_, has := w.conditions[op.Pod][op.Name]
	return broken(op.Kind,
		rule{models.OpSetPodCondition, op.Name == 0, "needs a type"},
		rule{models.OpSetPodCondition, op.Arg < -1 || op.Arg > 2, "does not exist"},
		rule{models.OpSetPodCondition, op.Arg == -1 && !has, "does not have condition"},
		rule{models.OpReadyPod, w.specs[p.spec].ReadinessGates != nil && w.conditions[op.Pod][gate].Status != models.ConditionTrue, "not True"},
	)
}

// setPodCondition keeps a condition of a pod.
func (w *twin) setPodCondition(now models.Time, op *models.Op) {
	if op.Arg == -1 {
		delete(w.conditions[op.Pod], op.Name)
		return
	}
	if w.conditions[op.Pod] == nil {
		w.conditions[op.Pod] = make(map[models.Sym]cluster.Condition)
	}
	is := cluster.Condition{Type: op.Name, Status: models.ConditionStatus(op.Arg), Reason: op.Reason, Message: op.Message, Changed: now}
	if was, has := w.conditions[op.Pod][op.Name]; has && was.Status == is.Status {
		is.Changed = was.Changed
	}
	w.conditions[op.Pod][op.Name] = is
}

// conditionDifference compares the conditions of a pod.
func (w *twin) conditionDifference(pod cluster.Pod) string {
	var want []cluster.Condition
	for _, kind := range slices.Sorted(maps.Keys(w.conditions[pod.ID()])) {
		want = append(want, w.conditions[pod.ID()][kind])
	}
	got := slices.SortedFunc(slices.Values(pod.Conditions()), func(a, b cluster.Condition) int { return int(a.Type - b.Type) })
	if !slices.Equal(want, got) {
		return fmt.Sprintf("pod %d: conditions %+v; want %+v", pod.ID(), got, want)
	}
	return ""
}
