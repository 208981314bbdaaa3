package app

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/podsim/podsim/bench/experiment"
	"github.com/podsim/podsim/models"
)

// compareProgress shows on a terminal how many runs are done. The line also moves
// while none ends: one run may take minutes.
type compareProgress struct {
	mu   sync.Mutex
	line *progress
	last experiment.Progress
	stop func()
}

func newCompareProgress(stderr io.Writer, wanted bool) *compareProgress {
	p := &compareProgress{line: newProgress(stderr, models.Never, wanted), stop: func() {}}
	if p.line.w == nil {
		return p
	}
	ticker, ended := time.NewTicker(time.Second), make(chan struct{})
	var ticking sync.WaitGroup
	ticking.Go(func() {
		for {
			select {
			case <-ended:
				return
			case <-ticker.C:
				p.draw()
			}
		}
	})
	p.stop = func() {
		ticker.Stop()
		close(ended)
		ticking.Wait()
	}
	return p
}

func (p *compareProgress) show(at experiment.Progress) {
	p.mu.Lock()
	p.last = at
	p.mu.Unlock()
	p.draw()
}

// draw moves the line. How long the rest takes is guessed from the runs that were
// done now: those kept from an earlier time took none.
func (p *compareProgress) draw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	elapsed, due := p.line.due()
	if !due {
		return
	}
	at := p.last
	text := fmt.Sprintf("%3d%%  %d of %s", 100*at.Done/max(at.Of, 1), at.Done, count(at.Of, "run"))
	if at.Kept > 0 {
		text += fmt.Sprintf(", %d of them kept from before", at.Kept)
	}
	if now := at.Done - at.Kept; now > 0 {
		left := time.Duration(float64(elapsed) / float64(now) * float64(at.Of-at.Done)).Round(time.Second)
		text += fmt.Sprintf(", %s left", left)
	}
	p.line.draw(text)
}

// clear takes the line away.
func (p *compareProgress) clear() {
	p.stop()
	p.line.clear()
}
