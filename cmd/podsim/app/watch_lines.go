package app

import (
	"fmt"
	"io"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/watch"
)

// watchLines writes what happens in a run as lines: to a file, or to a terminal that is none.
// There are at most so many of them between two lines that tell how things stand, so that
// their number does not grow with the run. It is a cluster.Observer.
type watchLines struct {
	w      io.Writer
	of     *watcher
	now    models.Time
	next   models.Time // when it is told how things stand
	every  time.Duration
	told   int // since that was last told
	hidden int
}

// How often it is told how things stand, and how many lines come in between.
const (
	watchParts = 48
	watchMost  = 20
)

func newWatchLines(w io.Writer, of *watcher) *watchLines {
	l := &watchLines{w: w, of: of, every: time.Hour}
	if horizon := of.run.Horizon(); horizon != models.Never {
		l.every = max(time.Duration(horizon/watchParts).Truncate(time.Second), time.Second)
	}
	l.next = models.Time(l.every)
	return l
}

// Observe takes in one operation that was applied.
func (l *watchLines) Observe(now models.Time, op *models.Op, v cluster.View) {
	if now > l.now {
		l.moment(now)
	}
	l.of.fold.Observe(now, op, v)
}

// moment tells what happened up to now, and how things stand if it is time for that.
func (l *watchLines) moment(now models.Time) {
	l.now = now
	happened, lost := l.of.fold.Lines(now)
	l.hidden += lost
	for i := range happened {
		if l.told++; l.told > watchMost {
			l.hidden++
			continue
		}
		fmt.Fprintln(l.w, watch.Line(&happened[i]))
	}
	if now < l.next {
		return
	}
	if l.hidden > 0 {
		fmt.Fprintf(l.w, "           and %s\n", reports.PluralOf(l.hidden, "more", "more"))
	}
	l.told, l.hidden, l.next = 0, 0, now.Floor(l.every).Add(l.every)
	fmt.Fprintln(l.w, watch.Status(l.of.take(now)))
}
