package app

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim"
)

// speed is the flag --speed: virtual seconds for each real one, 0 as fast as it goes.
type speed float64

// fastest is a million years a minute: more says nothing.
const fastest = 1e12

func (s *speed) String() string {
	if *s == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(*s), 'g', -1, 64)
}

func (*speed) Type() string { return "factor" }

func (s *speed) Set(text string) error {
	x, err := strconv.ParseFloat(strings.TrimSuffix(text, "x"), 64)
	if err != nil || !(x > 0) || math.IsInf(x, 0) || x > fastest {
		return fmt.Errorf("not a number of virtual seconds for each real one (got %q; want 1 for real time, 60, 3600)", text)
	}
	*s = speed(x)
	return nil
}

// pace keeps a run to a number of virtual seconds for each real one, and lets others have
// their turn with it while it runs or waits. All of it but ask belongs to the goroutine of
// the run.
type pace struct {
	simulation *sim.Simulation
	speed      speed
	halted     bool
	now        models.Time
	from       models.Time // since when the run goes at this speed, in virtual time
	since      time.Time   // and by the clock on the wall
	turns      chan func()
	queue      *queueSampler // nil if nobody asks for it later
}

// beat is how long a run at some speed goes on between two waits, in real time.
const beat = 50 * time.Millisecond

// newPace sets the pace of a run that has not begun. The queue is sampled for those who read
// the log later.
func newPace(s *sim.Simulation, v speed, sampled bool) *pace {
	p := &pace{simulation: s, turns: make(chan func())}
	if sampled {
		p.queue = newQueueSampler(s.Horizon())
	}
	p.set(v)
	return p
}

// queueUntil is the scheduling queue up to the end of the run, nil if nobody asked for it.
func (p *pace) queueUntil(end models.Time) *queueLog {
	if p.queue == nil {
		return nil
	}
	p.queue.sample(end, p.simulation.Scheduler())
	return &p.queue.queueLog
}

// set changes the speed from the present moment on.
func (p *pace) set(v speed) {
	p.speed, p.from, p.since = v, p.now, time.Now()
	p.plan()
}

// halt lets the run stand still, or go on.
func (p *pace) halt(still bool) {
	p.halted = still
	p.set(p.speed)
}

// plan asks for the next pause.
func (p *pace) plan() {
	at := models.Never
	if p.speed > 0 {
		at = p.now.Add(max(p.virtual(beat), 1))
	}
	if p.queue != nil {
		at = min(at, p.queue.next)
	}
	p.simulation.PauseAt(at)
}

// virtual is how much virtual time a real time takes; what is too long for a clock is the
// longest.
func (p *pace) virtual(real time.Duration) time.Duration {
	if d := float64(real) * float64(p.speed); d < math.MaxInt64 {
		return time.Duration(d)
	}
	return math.MaxInt64
}

// ahead is how long the clock on the wall takes to come to where the run is.
func (p *pace) ahead() time.Duration {
	if p.speed == 0 {
		return 0
	}
	real := float64(p.now.Sub(p.from)) / float64(p.speed)
	return time.Duration(min(real, float64(math.MaxInt64/2))) - time.Since(p.since)
}

// hold is called at each pause of the run: it lets those who ask have their turn, and
// returns when the run may go on or is over.
func (p *pace) hold(ctx context.Context, now models.Time) {
	p.now = now
	if p.queue != nil && p.simulation.Settled() {
		p.queue.sample(now, p.simulation.Scheduler())
	}
	for ctx.Err() == nil {
		ahead := p.ahead()
		if !p.halted && ahead <= 0 {
			break
		}
		p.wait(ctx, ahead)
	}
	p.serve()
	p.plan()
}

// wait gives one turn, or lets the time pass.
func (p *pace) wait(ctx context.Context, d time.Duration) {
	var passed <-chan time.Time
	if !p.halted {
		timer := time.NewTimer(d)
		defer timer.Stop()
		passed = timer.C
	}
	select {
	case <-ctx.Done():
	case <-passed:
	case turn := <-p.turns:
		turn()
	}
}

// serve gives their turn to those who ask for one now.
func (p *pace) serve() {
	for {
		select {
		case turn := <-p.turns:
			turn()
		default:
			return
		}
	}
}

// linger gives turns until the context ends: the run is over, and nothing moves any more.
func (p *pace) linger(ctx context.Context) {
	p.halted = true
	for ctx.Err() == nil {
		p.wait(ctx, 0)
	}
}

// ask calls a function in the goroutine of the run at its next pause, and waits for it. It is
// for other goroutines.
func (p *pace) ask(ctx context.Context, turn func()) error {
	done := make(chan struct{})
	select {
	case p.turns <- func() { defer close(done); turn() }:
	case <-ctx.Done():
		return errors.New("the run is over")
	}
	<-done
	return nil
}
