package app

import (
	"io"
	"sync"
	"time"

	"github.com/podsim/podsim/models"
)

// live shows on a terminal how far many runs are. The line also moves while none ends:
// one run may take minutes.
type live[At any] struct {
	mu   sync.Mutex
	line *progress
	text func(at At, elapsed time.Duration) string
	last At
	stop func()
}

func newLive[At any](stderr io.Writer, wanted bool, text func(at At, elapsed time.Duration) string) *live[At] {
	l := &live[At]{line: newProgress(stderr, models.Never, wanted), text: text, stop: func() {}}
	if l.line.w == nil {
		return l
	}
	ticker, ended := time.NewTicker(time.Second), make(chan struct{})
	var ticking sync.WaitGroup
	ticking.Go(func() {
		for {
			select {
			case <-ended:
				return
			case <-ticker.C:
				l.draw()
			}
		}
	})
	l.stop = func() {
		ticker.Stop()
		close(ended)
		ticking.Wait()
	}
	return l
}

// show moves the line to where the work is.
func (l *live[At]) show(at At) {
	l.mu.Lock()
	l.last = at
	l.mu.Unlock()
	l.draw()
}

func (l *live[At]) draw() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if elapsed, due := l.line.due(); due {
		l.line.draw(l.text(l.last, elapsed))
	}
}

// clear takes the line away.
func (l *live[At]) clear() {
	l.stop()
	l.line.clear()
}
