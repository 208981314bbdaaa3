package kubescheduler

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	corev1helpers "k8s.io/component-helpers/scheduling/corev1"
	extenderv1 "k8s.io/kube-scheduler/extender/v1"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/apis/config"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/defaultpreemption"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/feature"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/names"
	"k8s.io/kubernetes/pkg/scheduler/framework/preemption"
	schedulerutil "k8s.io/kubernetes/pkg/scheduler/util"

	"github.com/podsim/podsim/scheduler/place"
)

// newEvaluator returns what DefaultPreemption asks. The one of the profile deletes
// the victims through the API server, in the background.
func newEvaluator(ctx context.Context, f framework.Framework) (*preemption.Evaluator, error) {
	args := &config.DefaultPreemptionArgs{MinCandidateNodesPercentage: 100, MinCandidateNodesAbsolute: 100}
	plugin, err := defaultpreemption.New(ctx, args, f, feature.NewSchedulerFeaturesFromGates(utilfeature.DefaultFeatureGate))
	if err != nil {
		return nil, err
	}
	return plugin.Evaluator, nil
}

// preempt makes room for a pod that did not fit, and tells about it. It returns the
// victims, which are still there.
func (k *kubeScheduler) preempt(pod *corev1.Pod, a *attempt, out *place.Placement) ([]*corev1.Pod, error) {
	candidates, err := k.candidates(pod, a)
	if err != nil {
		return nil, err
	}
	if len(candidates) == 0 {
		return nil, k.refuse(pod, a, out)
	}
	out.Candidates = make(map[string][]string)
	for _, candidate := range candidates {
		out.Candidates[candidate.Name()] = podNames(candidate.Victims().Pods)
	}
	best := bestCandidates(candidates)
	for _, candidate := range best {
		out.NominatedBest = append(out.NominatedBest, candidate.Name())
	}
	chosen := k.evaluator[pod.Spec.SchedulerName].SelectCandidate(k.ctx, candidates)
	if !slices.Contains(out.NominatedBest, chosen.Name()) {
		return nil, fmt.Errorf("pod %s: the real scheduler preempts on %s, not on any of %s", pod.Name, chosen.Name(), out.NominatedBest)
	}
	out.Nominated, out.Victims = best[0].Name(), podNames(best[0].Victims().Pods)
	return best[0].Victims().Pods, nil
}

// candidates are the nodes on which preemption could make room, whatever their
// number. There are none if the PostFilter plugins before DefaultPreemption stop.
func (k *kubeScheduler) candidates(pod *corev1.Pod, a *attempt) ([]preemption.Candidate, error) {
	statuses := a.fit.Diagnosis.NodeToStatus
	evaluator := k.evaluator[pod.Spec.SchedulerName]
	if k.stopped(pod, a) {
		return nil, nil
	}
	if may, _ := evaluator.PodEligibleToPreemptOthers(k.ctx, pod, statuses.Get(pod.Status.NominatedNodeName)); !may {
		return nil, nil
	}
	potential, err := statuses.NodesForStatusCode(k.snapshot, fwk.Unschedulable)
	if err != nil || len(potential) == 0 {
		return nil, err
	}
	slices.SortFunc(potential, func(a, b fwk.NodeInfo) int { return strings.Compare(a.Node().Name, b.Node().Name) })
	candidates, _, err := evaluator.DryRunPreemption(k.ctx, a.state, pod, potential, k.budgets, 0, int32(len(potential))+1)
	return candidates, err
}

// stopped reports whether DynamicResources, which is asked before DefaultPreemption,
// fails: a PreFilter plugin before its own rejected the pod for good.
func (k *kubeScheduler) stopped(pod *corev1.Pod, a *attempt) bool {
	asked := slices.ContainsFunc(k.scheduler.Profiles[pod.Spec.SchedulerName].ListPlugins().PostFilter.Enabled,
		func(p config.Plugin) bool { return p.Name == names.DynamicResources })
	_, err := a.state.Read(names.DynamicResources)
	return asked && err != nil
}

// refuse lets the real PostFilter plugins say why no room can be made.
func (k *kubeScheduler) refuse(pod *corev1.Pod, a *attempt, out *place.Placement) error {
	if err := k.waits().Add(pod); err != nil {
		return err
	}
	_, status := k.scheduler.Profiles[pod.Spec.SchedulerName].RunPostFilterPlugins(k.ctx, a.state, pod, a.fit.Diagnosis.NodeToStatus)
	if status.IsSuccess() {
		return fmt.Errorf("pod %s: the real scheduler found room to be made", pod.Name)
	}
	a.fit.Diagnosis.PostFilterMsg = status.Message()
	out.Message = a.fit.Error()
	return nil
}

// bestCandidates applies the criteria of pickOneNodeForPreemption and returns
// every candidate that they leave tied, by name.
func bestCandidates(candidates []preemption.Candidate) []preemption.Candidate {
	ranked := slices.Clone(candidates)
	slices.SortFunc(ranked, func(a, b preemption.Candidate) int {
		return cmp.Or(slices.Compare(rank(a.Victims()), rank(b.Victims())), strings.Compare(a.Name(), b.Name()))
	})
	best := rank(ranked[0].Victims())
	for i, candidate := range ranked {
		if !slices.Equal(rank(candidate.Victims()), best) {
			return ranked[:i]
		}
	}
	return ranked
}

// rank is what candidates are compared by, the less the better.
func rank(v *extenderv1.Victims) []int64 {
	sum := int64(0)
	for _, pod := range v.Pods {
		sum += int64(corev1helpers.PodPriority(pod)) + 1<<31
	}
	return []int64{v.NumPDBViolations, int64(corev1helpers.PodPriority(v.Pods[0])), sum, int64(len(v.Pods)),
		-schedulerutil.GetEarliestPodStartTime(v).UnixNano()}
}

func podNames(pods []*corev1.Pod) []string {
	var list []string
	for _, pod := range pods {
		list = append(list, pod.Namespace+"/"+pod.Name)
	}
	return list
}
