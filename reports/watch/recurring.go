package watch

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models"
)

// recurrence says how a happening goes on in later seconds.
type recurrence int

const (
	apart  recurrence = iota // it does not: each is told
	others                   // it befalls other objects, which are counted
	again                    // it may befall the same ones, so that times are counted
)

// recurs says how happenings of a kind go on.
func recurs(kind models.OpKind) recurrence {
	switch kind {
	case models.OpDeletePod, models.OpRejectPod, models.OpFailScheduling, models.OpAddNode, models.OpRemoveNode:
		return others
	case models.OpKillPod, models.OpExitPod, models.OpLackImage, models.OpDeferResize, models.OpNominatePod, models.OpFailCreate, models.OpRefuse:
		return again
	}
	return apart
}

// lull is how long a happening may pause and go on.
const lull = 5 * time.Minute

// continues keeps a happening for the screen, or puts it to one of the last that goes on with
// it and is the newest then.
func (f *Fold) continues(h *happening) {
	how := recurs(h.kind)
	for i := len(f.screen) - 1; i >= max(0, len(f.screen)-merged); i-- {
		last := &f.screen[i]
		if !last.like(h) || h.at > last.at && (how == apart || h.at > last.at.Add(lull)) {
			continue
		}
		if last.at == h.at || how == others {
			last.count++
		} else {
			last.count = 1
		}
		last.times++
		if h.at > last.at {
			now := *last
			now.at = h.at
			f.screen = append(slices.Delete(f.screen, i, i+1), now)
		}
		return
	}
	if len(f.screen) >= 2*kept {
		f.screen = slices.Delete(f.screen, 0, len(f.screen)-kept)
	}
	f.screen = append(f.screen, *h)
}
