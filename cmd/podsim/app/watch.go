package app

import (
	"context"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/watch"
	"github.com/podsim/podsim/sim"
)

// watcher shows a run while it goes on; a nil one shows nothing. It draws on the terminal
// that standard error is, and writes lines where that is none.
type watcher struct {
	fold     *watch.Fold
	scenario string
	run      *sim.Simulation
	pace     *pace
	speed    speedometer

	screen *os.File // nil for lines
	keys   *os.File // nil if there is no keyboard
	style  reports.Terminal
	stop   context.CancelFunc // stops the run
	leave  func()             // gives the terminal back, once
	done   sync.WaitGroup
}

// frameTime lies between two frames.
const frameTime = 150 * time.Millisecond

// Codes of terminals: another screen without a cursor, and back; the first column of the first
// line; what is right of or below the cursor taken away.
const (
	enterScreen = "\x1b[?1049h\x1b[?25l\x1b[2J"
	leaveScreen = "\x1b[?25h\x1b[?1049l"
	homeCursor  = "\x1b[H"
	clearLine   = "\x1b[K"
	clearBelow  = "\x1b[J"
)

// watchRun lets a run that has not begun be watched, if that is wanted. stop stops the run.
func (s *session) watchRun(ctx context.Context, stop context.CancelFunc, f *runFlags, scenario string, run *sim.Simulation, p *pace) (*watcher, error) {
	if !f.watch {
		return nil, nil
	}
	w := &watcher{fold: watch.NewFold(run.Cluster().View()), scenario: scenario, run: run, pace: p, stop: stop, style: style(s.stderr), leave: func() {}}
	if _, ok := isTerminal(s.stderr); !ok {
		run.Cluster().Observe(newWatchLines(s.stderr, w))
		return w, nil
	}
	run.Cluster().Observe(w.fold)
	w.screen = s.stderr.(*os.File)
	if _, ok := isTerminal(s.stdin); ok {
		w.keys = s.stdin.(*os.File)
	}
	if err := w.enter(); err != nil {
		return nil, err
	}
	w.done.Go(func() { w.show(ctx) })
	return w, nil
}

// enter takes the terminal: keys come one by one, and the screen is another one.
func (w *watcher) enter() error {
	back := func() error { return nil }
	if w.keys != nil {
		was, err := term.MakeRaw(int(w.keys.Fd()))
		if err != nil {
			return err
		}
		back = func() error { return term.Restore(int(w.keys.Fd()), was) }
	}
	w.leave = sync.OnceFunc(func() {
		_, _ = io.WriteString(w.screen, leaveScreen)
		_ = back() // there is nobody who could be told
	})
	_, err := io.WriteString(w.screen, enterScreen)
	return err
}

// close ends the view and gives the terminal back.
func (w *watcher) close() {
	if w == nil {
		return
	}
	w.stop()
	w.done.Wait()
	w.leave()
}

// show draws frames and takes keys until the context ends.
func (w *watcher) show(ctx context.Context) {
	pressed := w.listen(ctx)
	ticker := time.NewTicker(frameTime)
	defer ticker.Stop()
	var drawn string
	for w.draw(ctx, &drawn) {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case key, ok := <-pressed:
			if ok && !w.press(ctx, key) {
				return
			}
			if !ok {
				pressed = nil
			}
		}
	}
}

// listen reads keys in the background, up to the end of the process: a read cannot be taken
// back.
func (w *watcher) listen(ctx context.Context) <-chan byte {
	if w.keys == nil {
		return nil
	}
	pressed := make(chan byte)
	go func() {
		defer close(pressed)
		var b [1]byte
		for {
			if n, err := w.keys.Read(b[:]); n == 0 || err != nil {
				return
			}
			select {
			case pressed <- b[0]:
			case <-ctx.Done():
				return
			}
		}
	}()
	return pressed
}

// press does what a key is for, and reports whether the view goes on. The keyboard does not
// send Ctrl-C as a signal meanwhile.
func (w *watcher) press(ctx context.Context, key byte) bool {
	switch key {
	case 'q', 'Q', 'C' - '@':
		w.leave() // the next Ctrl-C is one again
		w.stop()
		return false
	case ' ':
		return w.pace.ask(ctx, func() { w.pace.halt(!w.pace.halted) }) == nil
	case '+', '=':
		return w.pace.ask(ctx, func() { w.pace.set(min(2*w.pace.speed, fastest)) }) == nil
	case '-':
		return w.pace.ask(ctx, func() { w.pace.set(max(w.now()/2, slowest)) }) == nil
	case '0':
		return w.pace.ask(ctx, func() { w.pace.set(0) }) == nil
	}
	return true
}

// slowest is as slow as a run gets by keys, in virtual seconds for each real one.
const slowest = 1.0 / 64

// now is the speed that is wanted, or as it is if none is.
func (w *watcher) now() speed {
	if w.pace.speed > 0 {
		return w.pace.speed
	}
	return speed(w.speed.last)
}

// draw draws a frame, unless the screen shows it already, and reports whether the run goes on.
func (w *watcher) draw(ctx context.Context, drawn *string) bool {
	var frame *watch.Frame
	if err := w.pace.ask(ctx, func() { frame = w.take(w.pace.now) }); err != nil {
		return false
	}
	width, height, err := term.GetSize(int(w.screen.Fd()))
	if err != nil {
		return false
	}
	if width == 0 || height == 0 { // it does not tell
		width, height = 80, 24
	}
	lines := watch.Draw(frame, watch.Size{Width: width, Height: height}, w.style)
	page := homeCursor + strings.Join(lines, clearLine+"\r\n") + clearLine + clearBelow
	if page != *drawn {
		*drawn = page
		_, err = io.WriteString(w.screen, page)
	}
	return err == nil
}

// take makes a frame in the goroutine of the run.
func (w *watcher) take(now models.Time) *watch.Frame {
	frame := w.fold.Take(now)
	frame.Scenario, frame.Horizon = w.scenario, w.run.Horizon()
	frame.Speed, frame.Wanted, frame.Halted = w.speed.at(now, time.Now()), float64(w.pace.speed), w.pace.halted
	l := w.run.Scheduler().Lengths()
	frame.Queue = watch.Queue{Active: l.Active, Backoff: l.Backoff, Unschedulable: l.Unschedulable, Gated: l.Gated}
	return frame
}
