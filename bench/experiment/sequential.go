package experiment

import (
	"fmt"

	"github.com/podsim/podsim/scenarios"
)

// The numbers of seeds after which a sequential experiment looks whether it knows
// enough are fixed beforehand: whether it goes on depends on results alone, not on
// when they come in.
const (
	firstSeeds = 10 // at the first look, at least: fewer say little about the spread
	moreSeeds  = 5  // from one look to the next
)

// firstLook returns how many seeds an experiment begins with: all of them, if it is
// not sequential.
func firstLook(e *scenarios.Experiment) int {
	if e.Until == nil {
		return e.Seeds
	}
	return min(max(e.Seeds, firstSeeds), e.Until.AtMost)
}

// nextLook returns how many seeds are needed after this many, 0 for no more, and
// then why.
func nextLook(e *scenarios.Experiment, seeds int, results []Result) (next int, why string) {
	if e.Until == nil {
		return 0, ""
	}
	enough, why := narrowEnough(e, results)
	switch {
	case enough:
		return 0, fmt.Sprintf("after %d seeds: %s", seeds, why)
	case seeds >= e.Until.AtMost:
		return 0, fmt.Sprintf("after %d seeds, the most allowed: %s", seeds, why)
	}
	return min(seeds+moreSeeds, e.Until.AtMost), ""
}
