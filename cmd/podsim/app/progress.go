package app

import (
	"fmt"
	"io"
	"time"

	"github.com/podsim/podsim/models"
)

// progress shows on a terminal how far a run is: one line that is written over.
type progress struct {
	w       io.Writer // nil when there is no terminal
	width   int
	horizon models.Time
	started time.Time
	shown   time.Time
	drawn   bool
}

// Short runs show nothing; the line moves a few times a second.
const (
	quietFor  = 500 * time.Millisecond
	showEvery = 200 * time.Millisecond
)

func newProgress(stderr io.Writer, horizon models.Time, wanted bool) *progress {
	p := &progress{horizon: horizon, started: time.Now()}
	if width, ok := isTerminal(stderr); ok && wanted {
		p.w, p.width = stderr, width
	}
	return p
}

func (p *progress) show(now models.Time, events uint64) {
	if p.w == nil {
		return
	}
	at := time.Now()
	elapsed := at.Sub(p.started)
	if elapsed < quietFor || at.Sub(p.shown) < showEvery {
		return
	}
	p.shown, p.drawn = at, true
	line := fmt.Sprintf("%s virtual, %.0f events/s", time.Duration(now).Round(time.Second), float64(events)/elapsed.Seconds())
	if p.horizon != models.Never && now > 0 {
		share := float64(now) / float64(p.horizon)
		left := time.Duration(float64(elapsed) * (1 - share) / share).Round(time.Second)
		line = fmt.Sprintf("%3.0f%%  %s of %s virtual, %.0f events/s, %s left",
			100*share, time.Duration(now).Round(time.Minute), time.Duration(p.horizon), float64(events)/elapsed.Seconds(), left)
	}
	if len(line) >= p.width {
		line = line[:max(p.width-1, 0)]
	}
	fmt.Fprintf(p.w, "\r\x1b[K%s", line)
}

// clear takes the line away.
func (p *progress) clear() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
