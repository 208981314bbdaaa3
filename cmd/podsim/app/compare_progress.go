package app

import (
	"fmt"
	"time"

	"github.com/podsim/podsim/bench/experiment"
)

// comparisonProgress tells how many runs are done. How long the rest takes is guessed
// from the runs that were done now: those kept from an earlier time took none.
func comparisonProgress(at experiment.Progress, elapsed time.Duration) string {
	text := fmt.Sprintf("%3d%%  %d of %s", 100*at.Done/max(at.Of, 1), at.Done, count(at.Of, "run"))
	if at.Kept > 0 {
		text += fmt.Sprintf(", %d of them kept from before", at.Kept)
	}
	if now := at.Done - at.Kept; now > 0 {
		left := time.Duration(float64(elapsed) / float64(now) * float64(at.Of-at.Done)).Round(time.Second)
		text += fmt.Sprintf(", %s left", left)
	}
	return text
}
