package kubescheduler

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework"
)

// listener is the framework of the real scheduler with an ear on it.
type listener struct {
	framework.Framework
	decision   *Decision
	restricted bool // plugins narrowed the search to nodes of certain names
}

func (l *listener) RunPreFilterPlugins(ctx context.Context, state fwk.CycleState, pod *corev1.Pod) (*fwk.PreFilterResult, *fwk.Status, sets.Set[string]) {
	result, status, plugins := l.Framework.RunPreFilterPlugins(ctx, state, pod)
	l.restricted = status.IsSuccess() && !result.AllNodes()
	return result, status, plugins
}

func (l *listener) RunFilterPluginsWithNominatedPods(ctx context.Context, state fwk.CycleState, pod *corev1.Pod, info fwk.NodeInfo) *fwk.Status {
	status := l.Framework.RunFilterPluginsWithNominatedPods(ctx, state, pod, info)
	if status.IsRejected() {
		reasons := slices.Sorted(slices.Values(status.Reasons()))
		l.decision.Rejected[info.Node().Name] = Rejection{status.Plugin(), status.Code() == fwk.UnschedulableAndUnresolvable, reasons}
	}
	return status
}

func (l *listener) RunPreScorePlugins(ctx context.Context, state fwk.CycleState, pod *corev1.Pod, nodes []fwk.NodeInfo) *fwk.Status {
	for _, node := range nodes {
		l.decision.Feasible = append(l.decision.Feasible, node.Node().Name)
	}
	if l.restricted {
		slices.Sort(l.decision.Feasible)
	}
	return l.Framework.RunPreScorePlugins(ctx, state, pod, nodes)
}

func (l *listener) RunScorePlugins(ctx context.Context, state fwk.CycleState, pod *corev1.Pod, nodes []fwk.NodeInfo) ([]fwk.NodePluginScores, *fwk.Status) {
	scores, status := l.Framework.RunScorePlugins(ctx, state, pod, nodes)
	for _, node := range scores {
		l.decision.Totals[node.Name] = node.TotalScore
		for _, score := range node.Scores {
			l.decision.score(score.Name, node.Name, score.Score)
		}
	}
	return scores, status
}
