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
	elapsed, due := p.due()
	if !due {
		return
	}
	line := fmt.Sprintf("%s virtual, %.0f events/s", time.Duration(now).Round(time.Second), float64(events)/elapsed.Seconds())
	if p.horizon != models.Never && now > 0 {
		share := float64(now) / float64(p.horizon)
		left := time.Duration(float64(elapsed) * (1 - share) / share).Round(time.Second)
		line = fmt.Sprintf("%3.0f%%  %s of %s virtual, %.0f events/s, %s left",
			100*share, time.Duration(now).Round(time.Minute), time.Duration(p.horizon), float64(events)/elapsed.Seconds(), left)
	}
	p.draw(line)
}

// tell shows how much of a list is done.
func (p *progress) tell(done, of int, noun string) {
	if elapsed, due := p.due(); due {
		p.draw(fmt.Sprintf("%3d%%  %d of %s, %.0f/s", 100*done/max(of, 1), done, count(of, noun), float64(done)/elapsed.Seconds()))
	}
}

// count shows how much is done of what has no known end.
func (p *progress) count(done int, noun string) {
	if elapsed, due := p.due(); due {
		p.draw(fmt.Sprintf("%s, %.0f/s", count(done, noun), float64(done)/elapsed.Seconds()))
	}
}

// due reports whether it is time to move the line.
func (p *progress) due() (elapsed time.Duration, due bool) {
	if p.w == nil {
		return 0, false
	}
	at := time.Now()
	elapsed = at.Sub(p.started)
	if elapsed < quietFor || at.Sub(p.shown) < showEvery {
		return elapsed, false
	}
	p.shown = at
	return elapsed, true
}

func (p *progress) draw(line string) {
	p.drawn = true
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
