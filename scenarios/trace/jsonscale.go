package trace

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/podsim/podsim/models/limits"
)

// scaled are the numbers of replicas that the first reading finds out.
type scaled struct {
	replicas map[int32]int32     // the last that is known, by the line of the birth
	scalings map[int32][]Scaling // by the line of the birth
	count    int
	latest   int64 // moment of a scaling
}

func newScaled() *scaled {
	return &scaled{replicas: make(map[int32]int32), scalings: make(map[int32][]Scaling), latest: unknownTime}
}

// scalableKinds are those with a number of replicas that people and autoscalers
// change.
var scalableKinds = []string{"Deployment", "ReplicaSet", "ReplicationController"}

// scale notes the number of replicas that an object has. The first that is told
// of an object is that of its arrival. dated tells whether at is the moment at
// which it was told.
func (l *lives) scale(birth int32, h *head, at int64, dated bool) {
	if birth == 0 || !slices.Contains(scalableKinds, h.Kind) {
		return
	}
	replicas := int32(1) // what the API server sets
	if h.Spec.Replicas != nil {
		replicas = *h.Spec.Replicas
	}
	last, known := l.replicas[birth]
	if l.replicas[birth] = replicas; !known || replicas == last {
		return
	}
	switch {
	case replicas < 0 || replicas > limits.Replicas:
		l.r.blame(wholeRow, "spec.replicas", "got %d; want 0 to %d", replicas, limits.Replicas)
	case !dated:
		l.note("scalings", "are left out: their moment is unknown")
	case l.count == l.r.options.Limits.Rows:
		l.r.blame(wholeRow, "", "more than %d scalings", l.r.options.Limits.Rows)
	default:
		l.count++
		l.latest = max(l.latest, at)
		steps := l.scalings[birth]
		after := time.Duration(max(at-l.births[birth].at, 0))
		if len(steps) > 0 { // a line that comes late tells of what was there by then
			after = max(after, steps[len(steps)-1].After)
		}
		l.scalings[birth] = append(steps, Scaling{After: after, Replicas: replicas})
	}
}

// scales reports whether a request may change the number of replicas of an object.
func (e *event) scales() bool {
	ref := e.ObjectRef
	return (e.Verb == "update" || e.Verb == "patch") && (ref.Subresource == "" || ref.Subresource == "scale") &&
		slices.Contains(scalableKinds, auditKinds[ref.Resource])
}

// rescale reads such a request. What it answers has the number in the same place,
// be it the object or a Scale, and so has what it asks for, but for patches that
// leave the number as it is or tell of it in another way.
// Source: k8s.io/api/autoscaling/v1 (Scale).
func (l *lives) rescale(e *event, at int64) {
	ref := e.ObjectRef
	h := head{Kind: auditKinds[ref.Resource]}
	h.Metadata.Namespace, h.Metadata.Name = ref.Namespace, ref.Name
	for _, object := range []json.RawMessage{e.Response, e.Request} {
		var told head
		if h.Spec.Replicas == nil && json.Unmarshal(object, &told) == nil {
			h.Spec.Replicas = told.Spec.Replicas
		}
	}
	birth, known := l.open[l.id(h.Kind, ref.Namespace, ref.Name)]
	switch {
	case h.Spec.Replicas == nil && ref.Subresource == "scale":
		l.note("scalings", "are left out: the log does not tell to how many replicas")
	case h.Spec.Replicas == nil:
	case !known:
		l.note("scalings", "are left out: the trace did not bring the objects")
	default:
		l.scale(birth, &h, at, true)
	}
}
