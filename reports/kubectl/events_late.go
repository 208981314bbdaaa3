package kubectl

import (
	"time"

	"github.com/podsim/podsim/models"
)

// givesUpAfter is how long a recorder tries to write an Event to an API server that it
// cannot reach: twelve times, ten seconds apart but for the first wait, which is drawn and
// taken for five here.
// Source: k8s.io/client-go/tools/record/event.go (maxTriesPerEvent, recordToSink).
const givesUpAfter = 105 * time.Second

// at is when that happened which is told now: a kubelet that was cut off tells it later.
func (e *Events) at() models.Time { return e.now.Add(-e.late) }

// lost reports whether the recorder of a kubelet that was cut off had given an Event up
// before it could reach the API server. It tries to write one after the other.
func (e *Events) lost(h *happening) bool {
	if h.at == e.now || h.event.Component != Kubelet {
		return false
	}
	until := max(h.at, e.tries[h.event.Host]).Add(givesUpAfter)
	if until > e.now {
		return false
	}
	if e.tries == nil {
		e.tries = make(map[string]models.Time)
	}
	e.tries[h.event.Host] = until
	return true
}
