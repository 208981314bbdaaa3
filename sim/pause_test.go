package sim

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

// A run that is paused every minute is the run that is not, and the pauses are those that were
// asked for: also after the last event, and none at or after the horizon.
func TestPausesComeWhenAskedForAndChangeNothing(t *testing.T) {
	run := func(paused bool) (digest string, pauses []time.Duration, last []time.Duration) {
		w := newWorld(t)
		w.config.Horizon = 300 * second
		w.node("n", "a", models.Resources{models.CPU: 1000, models.Memory: 1 << 30})
		for i, at := range []models.Time{0, 60 * second, 130 * second} {
			w.arrive(at, string(rune('a'+i)), &Template{Pod: w.pod(100, models.RestartAlways)})
		}
		s := w.simulation()
		if paused {
			s.PauseAt(60 * second)
		}
		err := s.Run(func(now models.Time, _ uint64) bool {
			pauses, last = append(pauses, time.Duration(now)), append(last, time.Duration(s.Cluster().Now()))
			s.PauseAt(now.Add(time.Minute))
			return false
		})
		if err != nil {
			t.Fatal(err)
		}
		return s.Cluster().Digest(), pauses, last
	}
	want, none, _ := run(false)
	if len(none) > 0 {
		t.Errorf("pauses that nobody asked for: %v", none)
	}
	digest, pauses, last := run(true)
	if digest != want {
		t.Errorf("the digest with pauses is %s, want %s", digest, want)
	}
	if want := []time.Duration{time.Minute, 2 * time.Minute, 3 * time.Minute, 4 * time.Minute}; !slices.Equal(pauses, want) {
		t.Errorf("pauses at %v, want %v", pauses, want)
	}
	if last[0] < time.Minute || last[1] >= 2*time.Minute || last[2] < 130*time.Second {
		t.Errorf("at the pauses the last operations were at %v: all up to a pause has happened, and no more", last)
	}
}

func TestAPauseMayEndTheRun(t *testing.T) {
	w := newWorld(t)
	w.config.Horizon = 300 * second
	w.node("n", "a", models.Resources{models.CPU: 1000, models.Memory: 1 << 30})
	s := w.simulation()
	s.PauseAt(200 * second)
	if err := s.Run(func(models.Time, uint64) bool { return true }); !errors.Is(err, ErrStopped) {
		t.Fatalf("got %v, want that the run was stopped", err)
	}
	if err := s.Run(nil); err != nil {
		t.Errorf("it cannot go on: %v", err)
	}
}
