package reports

import (
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// evictions counts pods that had to leave their node and containers that were
// started again, by cause.
type evictions struct {
	evicted     [len(evictionCauses)]int64
	restarted   [len(restartCauses)]int64
	preemptions int64
}

// evictionCauses name who makes a pod leave its node, after the reasons of the
// condition DisruptionTarget. A pod fails with its node if the node boots and the
// pod may not be restarted; a kubelet evicts pods itself when its node runs short of
// something, or when they take more of its disk than they may.
// Source: k8s.io/api/core/v1/types.go (DisruptionTarget).
var evictionCauses = [...]struct {
	name   string
	reason string // what the reason of the deletion begins with
	by     string // the component; empty if an EvictPod names it
}{
	{"preemption", "PreemptionByScheduler", models.DefaultScheduler},
	{"taint", "TaintManagerEviction", "taint-eviction-controller"},
	{causeAPI, "EvictionByEvictionAPI", ""},
	{causeNode, reasonRebooted, "kubelet"},
	{"forced", "ForcedByUpgrade", ""},
	{"kubelet", models.ReasonEvicted, ""},
	{"pod-gc", "DeletionByPodGC", ""},
}

const (
	causeNode      = "node-lost"
	causeAPI       = "api"
	reasonRebooted = "NodeRebooted"
)

// throughAPI reports whether a pod is deleted through the eviction API.
func (s *step) throughAPI() bool {
	i := evictionCause(s.text(s.op.Reason))
	return i >= 0 && evictionCauses[i].name == causeAPI
}

func evictionNames() []string {
	var names []string
	for i := range evictionCauses {
		names = append(names, evictionCauses[i].name)
	}
	return names
}

// EvictionCause names who makes a pod leave its node, from the reason of its deletion or
// its end; ok is false for reasons that are no eviction.
func EvictionCause(reason string) (cause string, ok bool) {
	i := evictionCause(reason)
	if i < 0 {
		return "", false
	}
	return evictionCauses[i].name, true
}

// evictionCause returns the index of the cause behind a reason, or -1.
func evictionCause(reason string) int {
	for i := range evictionCauses {
		if strings.HasPrefix(reason, evictionCauses[i].reason) {
			return i
		}
	}
	return -1
}

// restartCauses name why containers that are started again had ended.
var restartCauses = [...]string{"completed", "error", causeNode}

// observe counts, and returns the cause if the operation makes a pod leave its node, else -1.
func (e *evictions) observe(s *step) int { //nolint:gocyclo // one switch of operations
	switch s.op.Kind {
	case models.OpExitPod:
		s.row.flags &^= flagErred | flagNodeLost
		switch {
		case s.op.Reason != 0 && s.text(s.op.Reason) == reasonRebooted:
			s.row.flags |= flagNodeLost
		case s.op.Arg != 0:
			s.row.flags |= flagErred
		}
	case models.OpExitContainer:
		s.row.flags &^= flagErred | flagNodeLost
		if s.op.Arg != 0 {
			s.row.flags |= flagErred
		}
	case models.OpStartContainer:
		if s.restarts() && s.measured {
			e.restarted[containerCause(&s.pod.Containers()[s.op.Def].Ended, s.row.flags)]++
		}
	case models.OpStartPod:
		if s.restarts() && s.measured {
			e.restarted[restartCause(s.row.flags)]++
		}
	case models.OpNominatePod:
		if s.op.Node != models.None && s.measured {
			e.preemptions++
		}
	case models.OpDeletePod, models.OpFinishPod:
		if s.op.Reason == 0 || !s.was.active() || !s.was.state.holds() {
			return -1
		}
		i := evictionCause(s.text(s.op.Reason))
		if i >= 0 && s.measured {
			e.evicted[i]++
		}
		return i
	}
	return -1
}

// containerCause is why a container that is started again had ended.
func containerCause(end *cluster.Termination, flags podFlags) int {
	switch {
	case flags&flagNodeLost != 0:
		return 2
	case end.ExitCode != 0:
		return 1
	}
	return 0
}

func restartCause(flags podFlags) int {
	switch {
	case flags&flagNodeLost != 0:
		return 2
	case flags&flagErred != 0:
		return 1
	}
	return 0
}

func (e *evictions) summary() Evictions {
	out := Evictions{Preemptions: e.preemptions}
	for i, n := range e.evicted {
		out.Causes = append(out.Causes, CauseCount{evictionCauses[i].name, n})
		out.Total += n
	}
	for i, n := range e.restarted {
		out.RestartedBy = append(out.RestartedBy, CauseCount{restartCauses[i], n})
		out.Restarts += n
	}
	return out
}
