package playback

import (
	"time"

	"github.com/podsim/podsim/models"
)

// samplesMost bounds the samples of a recording, the one of its end included.
const samplesMost = 400

// shortest is the first interval between samples.
const shortest = time.Second

// intervals are those that a run of a known length ends up with, if it lasts as long.
var intervals = [...]time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 20 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 3 * time.Minute, 4 * time.Minute, 5 * time.Minute, 6 * time.Minute, 10 * time.Minute,
	12 * time.Minute, 15 * time.Minute, 20 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 4 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// firstInterval returns the interval to begin with, such that doubling it leads to a
// round one when a run lasts up to its horizon.
func firstInterval(horizon models.Time) time.Duration {
	if horizon <= 0 || horizon == models.Never {
		return shortest
	}
	least := time.Duration(horizon) / (samplesMost - 2)
	interval := time.Duration(0)
	for _, round := range intervals {
		if round >= least {
			interval = round
			break
		}
	}
	if interval == 0 {
		const day = 24 * time.Hour
		interval = least.Truncate(day) + day
	}
	for interval/2 >= shortest && interval%2 == 0 {
		interval /= 2
	}
	return interval
}
