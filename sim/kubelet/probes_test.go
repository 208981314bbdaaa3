package kubelet

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
)

// What is worked out ahead of a probe must be what asking it at every tick would find:
// the same changes of its result, at the same times.
func TestProbesChangeAsIfAskedAtEveryTick(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seconds := func(name string, most int) time.Duration {
			return time.Duration(rapid.IntRange(0, most).Draw(t, name)) * time.Second
		}
		spec := &models.Probe{
			Period: seconds("period", 9) + time.Second, Success: int32(rapid.IntRange(1, 3).Draw(t, "success")), Failure: int32(rapid.IntRange(1, 4).Draw(t, "failure")),
		}
		law := &ProbeBehavior{Success: 1}
		for range rapid.IntRange(0, 3).Draw(t, "windows") {
			from := seconds("from", 100)
			law.Fails = append(law.Fails, Window{from, from + seconds("long", 40) + time.Second})
		}
		p := &prober{spec: spec, law: law, kind: models.ReadinessProbe, healed: seconds("healed", 30), result: failure}
		w := &worker{containers: make([]instance, 1)}
		w.containers[0].clear()
		const horizon = models.Time(300 * time.Second)
		want := asked(w, *p, horizon)
		if got := ahead(w, p, horizon); !slices.Equal(got, want) {
			t.Fatalf("changes %v, want %v", got, want)
		}
	})
}

// ahead follows a probe by the ticks that are worked out.
func ahead(w *worker, p *prober, horizon models.Time) (changes []string) {
	for {
		result := p.result
		at := w.scan(0, p)
		if at > horizon {
			return changes
		}
		if p.result != result {
			changes = append(changes, fmt.Sprint(at, p.result))
		}
	}
}

// asked asks a probe at every tick.
func asked(w *worker, p prober, horizon models.Time) (changes []string) {
	run, last := int32(0), unknown
	for at := models.Time(0); at <= horizon; at = at.Add(p.spec.Period) {
		outcome, threshold := failure, p.spec.Failure
		if ok, _ := w.health(0, &p, at.Sub(0)); ok {
			outcome, threshold = success, p.spec.Success
		}
		if outcome != last {
			last, run = outcome, 0
		}
		if run++; run >= threshold && p.result != outcome {
			p.result = outcome
			changes = append(changes, fmt.Sprint(at, p.result))
		}
	}
	return changes
}
