package timelines

import (
	"math"
	"slices"
	"strings"
)

// lives are the pods of the recording that a pod of the run stands for: until the first
// of its batch is to go, and from then on. They are two where it is chance which go.
type lives struct {
	until       float64
	first, then string
}

func (l lives) at(moment float64) string {
	if moment < l.until {
		return l.first
	}
	return l.then
}

// assignLives finds out which pods of the recording those of a batch stand for. The
// ReplicaSet controller chooses by UID among pods that are Ready for about as long
// (pkg/controller, ActivePodsWithRanks); where runs of the recording differ in whom it
// chose, the pods may go in another order than they came in.
func assignLives(batch []string, wanted map[string][]Expected, had map[string][]Fact, w *windows) map[string]lives {
	whole := lives{until: math.Inf(1)}
	if !chosenByChance(batch, wanted) {
		return joinLives(whole, assign(batch, wanted, had, w), nil)
	}
	expectedMark, mark := math.Inf(1), math.Inf(1)
	for _, name := range batch {
		for _, e := range wanted[name] {
			if e.Field == "deletionAt" {
				expectedMark = min(expectedMark, e.Min)
			}
		}
		for _, f := range had[name] {
			if f.Field == "deletionAt" {
				mark = min(mark, f.At)
			}
		}
	}
	comeWanted, goWanted := make(map[string][]Expected), make(map[string][]Expected)
	comeHad, goHad := make(map[string][]Fact), make(map[string][]Fact)
	for _, name := range batch {
		comeWanted[name], goWanted[name] = cutAt(wanted[name], expectedMark, func(e *Expected) float64 { return e.Min })
		comeHad[name], goHad[name] = cutAt(had[name], mark, func(f *Fact) float64 { return f.At })
	}
	return joinLives(lives{until: mark}, assign(batch, comeWanted, comeHad, w), assign(batch, goWanted, goHad, w))
}

// joinLives puts the names of both parts of life together.
func joinLives(l lives, first, then map[string]string) map[string]lives {
	out := make(map[string]lives, len(first))
	for from, to := range first {
		out[from] = lives{until: l.until, first: to, then: then[from]}
	}
	return out
}

// cutAt cuts a list in order of time in two.
func cutAt[T any](list []T, moment float64, timeOf func(*T) float64) (before, after []T) {
	for i := range list {
		if timeOf(&list[i]) < moment {
			before = append(before, list[i])
		} else {
			after = append(after, list[i])
		}
	}
	return before, after
}

// chosenByChance reports whether the pods of a batch have a ReplicaSet and the runs of
// the recording differ in when one of them went by more than the times of runs do:
// another was chosen.
func chosenByChance(batch []string, wanted map[string][]Expected) bool {
	for _, name := range batch {
		facts := wanted[name]
		owned := slices.ContainsFunc(facts, func(e Expected) bool {
			return e.Field == "owner" && strings.Contains(e.Value, "ReplicaSet/")
		})
		if owned && slices.ContainsFunc(facts, func(e Expected) bool { return e.Field == Deleted && e.Max-e.Min > 2*tolerance }) {
			return true
		}
	}
	return false
}
