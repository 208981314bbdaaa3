package evict

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// What pods that leave nodes which are to be taken away are attributed to.
const (
	noticeHandler = "notice-handler"
	causeNotice   = "SpotNotice"
	causeWarning  = "SpotWarning"
)

// waits stays until the node is gone.
type waits struct{}

// Propose returns nothing.
func (waits) Propose(cluster.View, Occasion) []Proposal { return nil }

// leaves has all pods leave: when the notice is there, or as soon as there is a warning.
type leaves struct {
	early bool
	most  int // at a time, while there is only a warning; 0 is without bound
}

// AheadArgs are the arguments of ahead.
type AheadArgs struct {
	Most int `yaml:"most" min:"1" help:"how many pods of a node go at a time, every 5 s, until the notice is there (default: all)"`
}

func newAhead(args any, _ *models.Dictionary) (Evictor, error) {
	e := leaves{early: true}
	if a, ok := args.(*AheadArgs); ok {
		e.most = a.Most
	}
	return e, nil
}

// Propose returns the pods as they come, those that do not leave already.
func (e leaves) Propose(v cluster.View, o Occasion) []Proposal {
	if o.Early && !e.early {
		return nil
	}
	cause, why := causeNotice, "node "+v.Node(o.Node).Name()+" is taken away at "+o.Until.String()
	if o.Early {
		cause, why = causeWarning, "node "+v.Node(o.Node).Name()+" is about to be taken away"
	}
	var out []Proposal
	for _, pod := range o.Pods {
		if v.Pod(pod).Deleting() {
			continue
		}
		if o.Early && e.most > 0 && len(out) == e.most {
			break
		}
		out = append(out, Proposal{Pod: pod, By: noticeHandler, Cause: cause, Why: why})
	}
	return out
}
