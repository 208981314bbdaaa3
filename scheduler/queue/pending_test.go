package queue

import (
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// What a pending plugin waits for makes the pod active at once; what another
// rejecting plugin finds worth it, after its backoff.
func TestPendingPluginNeedsNoBackoff(t *testing.T) {
	for _, c := range []struct {
		name   string
		event  framework.EventKind
		flying bool // whether the pod is in flight when the event comes
		want   Lengths
	}{
		{"the pending one", framework.NodeLabel, false, Lengths{Active: 1}},
		{"another", framework.NodeAdd, false, Lengths{Backoff: 1}},
		{"none", framework.NodeCondition, false, Lengths{Unschedulable: 1}},
		{"the pending one, in flight", framework.NodeLabel, true, Lengths{Active: 1}},
		{"both, in flight", framework.NodeAdd | framework.NodeLabel, true, Lengths{Active: 1}},
		{"another, in flight", framework.NodeAdd, true, Lengths{Backoff: 1}},
	} {
		w := newWorld(DefaultConfig(), always(framework.NodeAdd), always(framework.NodeLabel))
		pod := w.create(t, 0, 0, 1)[0]
		w.wantPop(t, pod)
		happens := func() {
			for kind := framework.EventKind(1); kind <= framework.AnyEvent; kind <<= 1 {
				if c.event&kind != 0 {
					w.event(0, kind)
				}
			}
		}
		if c.flying {
			happens()
		}
		w.Reject(0, pod, 1|2, 2, w.c.View())
		if !c.flying {
			happens()
		}
		w.want(t, c.name, c.want)
	}
}

// To pods that are more important than a nominated one its going is no news. What
// happens in flight is heard by all.
func TestNominatedPodGoesUnnoticedByMoreImportantOnes(t *testing.T) {
	w := newWorld(DefaultConfig(), always(framework.AssignedPodDelete))
	var pods []models.PodID
	for priority := range int32(3) {
		pods = append(pods, w.create(t, 0, 2-priority, 1)...)
		w.fail(t, 0, plugin0)
	}
	spec := &models.PodSpec{Priority: 1}
	e := &framework.Event{Kind: framework.AssignedPodDelete, Spec: spec, Nominated: true}
	w.Notify(at(2), e, w.c.View())
	w.want(t, "after the event", Lengths{Active: 2, Unschedulable: 1})
	w.wantPop(t, pods[1], pods[2])
	w.Notify(at(2), e, w.c.View())
	w.Reject(at(2), pods[1], plugin0, 0, w.c.View())
	w.want(t, "heard in flight", Lengths{Backoff: 1, InFlight: 1, Unschedulable: 1})
}

func TestEventForOthers(t *testing.T) {
	w := newWorld(DefaultConfig(), always(framework.AssignedPodDelete))
	pods := w.create(t, 0, 0, 2)
	w.fail(t, 0, plugin0)
	w.fail(t, 0, plugin0)
	w.NotifyOthers(at(2), &framework.Event{Kind: framework.AssignedPodDelete}, pods[0], w.c.View())
	w.want(t, "after the event", Lengths{Active: 1, Unschedulable: 1})
	w.wantPop(t, pods[1])
}
