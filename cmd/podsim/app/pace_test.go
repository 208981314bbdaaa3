package app

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim"
)

// endless is a run of an empty cluster, which lasts an hour and has pauses only.
func endless(t *testing.T) *sim.Simulation {
	t.Helper()
	s, err := sim.New(sim.Config{Horizon: models.Time(time.Hour)}, models.NewDictionary(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The clock on the wall is that of the bubble: it moves when everybody waits.
func TestARunKeepsItsPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s, began := endless(t), time.Now()
		p := newPace(s, 60, true)
		ended := make(chan error, 1)
		go func() {
			ended <- s.Run(func(now models.Time, _ uint64) bool { p.hold(ctx, now); return ctx.Err() != nil })
		}()
		at := func() (now models.Time) {
			if err := p.ask(ctx, func() { now = p.now }); err != nil {
				t.Fatal(err)
			}
			return now
		}
		// A beat at the higher speed is half a minute.
		near := func(got models.Time, want time.Duration) {
			t.Helper()
			if d := time.Duration(got) - want; d < -40*time.Second || d > 40*time.Second {
				t.Errorf("after %s the run is at %s, want %s", time.Since(began), got, want)
			}
		}
		time.Sleep(10 * time.Second)
		near(at(), 10*time.Minute)
		if err := p.ask(ctx, func() { p.halt(true) }); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		near(at(), 10*time.Minute)
		if err := p.ask(ctx, func() { p.halt(false); p.set(600) }); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		near(at(), 40*time.Minute)
		if err := p.ask(ctx, func() { p.set(0) }); err != nil {
			t.Fatal(err)
		}
		rest := time.Now()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if d := time.Since(rest); d > time.Second {
			t.Errorf("as fast as it goes took %s", d)
		}
		cancel()
		if err := p.ask(ctx, func() { t.Error("a turn after the run") }); err == nil {
			t.Error("the run still answers")
		}
	})
}

func TestSpeedIsAFactor(t *testing.T) {
	for text, want := range map[string]speed{"1": 1, "60x": 60, "0.5": 0.5, "1e6": 1e6} {
		var s speed
		if err := s.Set(text); err != nil || s != want {
			t.Errorf("%s: got %v, %v; want %v", text, s, err, want)
		}
	}
	for _, text := range []string{"", "0", "-1", "NaN", "Inf", "fast", "1e13", "60s"} {
		var s speed
		if s.Set(text) == nil {
			t.Errorf("%q: got no error", text)
		}
	}
}
