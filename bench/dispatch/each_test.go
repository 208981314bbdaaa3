package dispatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// itself is a task whose result is its number.
func itself(_ context.Context, task int) (int, error) { return task, nil }

func TestEveryTaskIsDoneOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 30).Draw(t, "tasks")
		var seen []int
		err := Each(context.Background(), rapid.IntRange(-1, 40).Draw(t, "workers"), n, itself, func(task, result int) error {
			if result != task {
				t.Fatalf("task %d got the result of %d", task, result)
			}
			seen = append(seen, task) // unguarded: done is called by one goroutine at a time
			return nil
		})
		slices.Sort(seen)
		for i := range n {
			if i >= len(seen) || seen[i] != i {
				t.Fatalf("done: %v", seen)
			}
		}
		if err != nil || len(seen) != n {
			t.Fatalf("%v, done: %v", err, seen)
		}
	})
}

func TestTheFirstTaskThatFailsIsTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "tasks")
		wrong := rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 1, n, rapid.ID).Draw(t, "wrong")
		slow := rapid.IntRange(0, n-1).Draw(t, "slow")
		do := func(_ context.Context, task int) (int, error) {
			if task == slow {
				time.Sleep(time.Millisecond)
			}
			if slices.Contains(wrong, task) {
				return 0, fmt.Errorf("task %d", task)
			}
			return task, nil
		}
		err := Each(context.Background(), rapid.IntRange(1, 6).Draw(t, "workers"), n, do, func(int, int) error { return nil })
		if want := fmt.Sprintf("task %d", slices.Min(wrong)); err == nil || err.Error() != want {
			t.Fatalf("got %v, want %s", err, want)
		}
	})
}

func TestNoMoreTasksAfterTheContextEnds(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	done := 0
	do := func(ctx context.Context, task int) (int, error) {
		if task >= 3 {
			<-ctx.Done()
			return 0, ctx.Err()
		}
		return task, nil
	}
	err := Each(ctx, 2, 100, do, func(int, int) error {
		if done++; done == 3 {
			stop()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || done != 3 {
		t.Errorf("%d done, %v", done, err)
	}
}

func TestTasksThatAreAllDoneWereNotInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	done := 0
	err := Each(ctx, 1, 3, itself, func(int, int) error {
		if done++; done == 3 {
			stop()
		}
		return nil
	})
	if err != nil || done != 3 {
		t.Errorf("%d done, %v", done, err)
	}
}

func TestAResultThatCannotBeKeptEndsTheWork(t *testing.T) {
	full := errors.New("no space left")
	calls := 0
	err := Each(context.Background(), 3, 50, itself, func(int, int) error { calls++; return full })
	if !errors.Is(err, full) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}
