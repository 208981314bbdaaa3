package playback

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models"
)

// WaitBounds are the upper ends of the steps in which waits are counted; beyond the
// last one there is one more step.
var WaitBounds = [...]models.Time{
	models.Time(10 * time.Millisecond), models.Time(30 * time.Millisecond), models.Time(100 * time.Millisecond), models.Time(300 * time.Millisecond),
	models.Time(time.Second), models.Time(3 * time.Second), models.Time(10 * time.Second), models.Time(30 * time.Second),
	models.Time(time.Minute), models.Time(3 * time.Minute), models.Time(10 * time.Minute), models.Time(30 * time.Minute),
	models.Time(time.Hour), models.Time(3 * time.Hour), models.Time(12 * time.Hour), models.Time(24 * time.Hour), models.Time(72 * time.Hour),
}

// Waits counts how long pods took from their creation, by WaitBounds.
type Waits struct {
	Bound [len(WaitBounds) + 1]int64 // to come to a node
	Ready [len(WaitBounds) + 1]int64 // to be ready first
}

// waitStep returns the step that a wait belongs to.
func waitStep(wait models.Time) int {
	step, exact := slices.BinarySearch(WaitBounds[:], wait)
	if exact {
		step++
	}
	return step
}
