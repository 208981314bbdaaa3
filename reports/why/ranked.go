package why

import (
	"cmp"
	"slices"

	"github.com/podsim/podsim/scheduler/place"
)

// The sizes of changes.
const (
	undoesAStop = iota
	changesThePod
	changesSettings
	takesRoom
	buys
	givesUp
)

// sizes say how much each kind of change touches, and in which order kinds of one size are
// told.
var sizes = map[string]struct{ size, order int }{
	"wait": {undoesAStop, 0}, "gate": {undoesAStop, 1}, "schedulerName": {undoesAStop, 2}, "uncordon": {undoesAStop, 3},
	"condition": {undoesAStop, 4}, "claim": {undoesAStop, 5},
	"toleration": {changesThePod, 0}, "topologySpread": {changesThePod, 1}, "hostPort": {changesThePod, 2}, "nodeSelector": {changesThePod, 3},
	"nodeAffinity": {changesThePod, 4}, "podAffinity": {changesThePod, 5}, "podAntiAffinity": {changesThePod, 6}, "request": {changesThePod, 7},
	"volume": {changesThePod, 8},
	"label":  {changesSettings, 0}, "taint": {changesSettings, 1}, "resources": {changesSettings, 2}, "quota": {changesSettings, 3},
	"victim": {takesRoom, 0}, "node": {buys, 0},
}

// ranked sorts changes by size, the smallest first, and what helps others first to the end. To ask for less than half is to give up
// most of a request, which ranks with taking room from others; to ask for nothing comes last.
func (g *grouping) ranked(changes []place.Change) []Change {
	out := make([]Change, 0, len(changes))
	for _, c := range changes {
		size := sizes[c.Kind].size
		if c.Kind == "request" {
			switch _, share := g.lacks(g.ids[c.Node]); {
			case share >= 1:
				size = givesUp
			case share > 0.5:
				size = takesRoom
			}
		}
		out = append(out, Change{c, size})
	}
	slices.SortStableFunc(out, func(a, b Change) int {
		if a.Taken != b.Taken {
			if b.Taken {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Size, b.Size), cmp.Compare(sizes[a.Kind].order, sizes[b.Kind].order))
	})
	return out
}
