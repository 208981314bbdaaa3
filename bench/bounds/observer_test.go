package bounds

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/podsim/podsim/models"
)

func TestThePeakIsRememberedHoweverLongAgoItWas(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for trial := range 200 {
		var p peak
		p.measure(&models.Resources{models.CPU: 10, models.Memory: 7})
		counts, best, want := make([]int32, 5), 0.0, make([]int32, 5)
		for range 400 {
			id := models.SpecID(r.IntN(5))
			by := int32(1)
			if counts[id] > 0 && r.IntN(2) == 0 {
				by = -1
			}
			counts[id] += by
			p.change(id, by, &models.Resources{models.CPU: int64(id) + 1, models.Memory: 5 - int64(id)})
			if r.IntN(3) == 0 {
				p.look()
				cpu, memory := 0, 0
				for i, n := range counts {
					cpu += int(n) * (i + 1)
					memory += int(n) * (5 - i)
				}
				if score := max(float64(cpu)/10, float64(memory)/7); score > best {
					best, want = score, slices.Clone(counts)
				}
			}
		}
		p.keep()
		got := make([]int32, 5)
		copy(got, p.at)
		if !slices.Equal(got, want) {
			t.Fatalf("trial %d: got %v; want %v", trial, got, want)
		}
	}
}

// The sum of waits of any schedule is at least what one machine of all capacity
// proves: here of schedules that start pods in order of arrival as room allows.
func TestNoScheduleWaitsLessThanTheOneMachine(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	positive := 0
	for trial := range 500 {
		capacity := int64(1 + r.IntN(6))
		var tasks []task
		requests := make([]int64, 30)
		at, same := models.Time(0), r.IntN(2) == 0
		for i := range requests {
			at += models.Time(r.Int64N(3e9))
			requests[i] = 1 + r.Int64N(capacity)
			length := models.Time(1e9 + r.Int64N(20e9))
			if same {
				requests[i], length = 1, 1e10
			}
			tasks = append(tasks, task{models.SpecID(i), at, length})
		}
		bound := waiting(loads(tasks, func(id models.SpecID) int64 { return requests[id] }, float64(capacity)))
		if got := inOrder(tasks, requests, capacity); bound > got {
			t.Fatalf("trial %d: the bound is %g s, first come first served waits %g s", trial, bound, got)
		}
		if bound > 0 {
			positive++
		}
	}
	if positive < 100 {
		t.Errorf("only %d of 500 bounds are above 0", positive)
	}
}

// inOrder starts each task as soon as those before it have started and there is
// room, and returns the sum of the waits in seconds.
func inOrder(tasks []task, requests []int64, capacity int64) float64 {
	ends := make([]models.Time, len(tasks))
	now, sum := models.Time(0), 0.0
	for i, t := range tasks {
		now = max(now, t.from)
		for {
			used, next := int64(0), models.Time(math.MaxInt64)
			for j := range i {
				if ends[j] > now {
					used += requests[j]
					next = min(next, ends[j])
				}
			}
			if used+requests[i] <= capacity {
				break
			}
			now = next
		}
		sum += (now - t.from).Seconds()
		ends[i] = now + t.time
	}
	return sum
}

func TestEveryMeasureWithABoundSaysHow(t *testing.T) {
	for _, name := range []string{NodesUsed, NodeHours, Cost, Makespan, PendingMean} {
		if How(name) == "" {
			t.Errorf("%s: nothing says how it is bounded", name)
		}
	}
	if got := How("pending.p99"); got != "" {
		t.Errorf("pending.p99 has no bound, and yet: %s", got)
	}
}
