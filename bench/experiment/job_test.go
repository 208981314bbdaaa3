package experiment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func jobsUpTo(n int) []Job {
	jobs := make([]Job, n)
	for i := range jobs {
		jobs[i].Seed = uint64(i)
	}
	return jobs
}

func TestEveryJobIsDoneOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		jobs := jobsUpTo(rapid.IntRange(0, 30).Draw(t, "jobs"))
		workers := rapid.IntRange(-1, 40).Draw(t, "workers")
		local := Local{Workers: workers, Do: func(_ context.Context, job Job) (Result, error) { return Result{Seed: job.Seed}, nil }}
		var seen []int
		err := local.Dispatch(context.Background(), jobs, func(job int, r Result) error {
			if r.Seed != uint64(job) {
				t.Fatalf("job %d got the result of %d", job, r.Seed)
			}
			seen = append(seen, job) // unguarded: done is called by one goroutine at a time
			return nil
		})
		slices.Sort(seen)
		for i := range jobs {
			if i >= len(seen) || seen[i] != i {
				t.Fatalf("done: %v", seen)
			}
		}
		if err != nil || len(seen) != len(jobs) {
			t.Fatalf("%v, done: %v", err, seen)
		}
	})
}

func TestTheFirstJobThatFailsIsTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "jobs")
		wrong := rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 1, n, rapid.ID).Draw(t, "wrong")
		slow := rapid.IntRange(0, n-1).Draw(t, "slow")
		local := Local{Workers: rapid.IntRange(1, 6).Draw(t, "workers"), Do: func(_ context.Context, job Job) (Result, error) {
			if int(job.Seed) == slow {
				time.Sleep(time.Millisecond)
			}
			if slices.Contains(wrong, int(job.Seed)) {
				return Result{}, fmt.Errorf("job %d", job.Seed)
			}
			return Result{}, nil
		}}
		err := local.Dispatch(context.Background(), jobsUpTo(n), func(int, Result) error { return nil })
		if want := fmt.Sprintf("job %d", slices.Min(wrong)); err == nil || err.Error() != want {
			t.Fatalf("got %v, want %s", err, want)
		}
	})
}

func TestNoMoreJobsAfterTheContextEnds(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	done := 0
	local := Local{Workers: 2, Do: func(ctx context.Context, job Job) (Result, error) {
		if job.Seed >= 3 {
			<-ctx.Done()
			return Result{}, ctx.Err()
		}
		return Result{}, nil
	}}
	err := local.Dispatch(ctx, jobsUpTo(100), func(int, Result) error {
		if done++; done == 3 {
			stop()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || done != 3 {
		t.Errorf("%d done, %v", done, err)
	}
}

func TestJobsThatAreAllDoneWereNotInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	local := Local{Workers: 1, Do: func(context.Context, Job) (Result, error) { return Result{}, nil }}
	done := 0
	err := local.Dispatch(ctx, jobsUpTo(3), func(int, Result) error {
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
	local := Local{Workers: 3, Do: func(context.Context, Job) (Result, error) { return Result{}, nil }}
	calls := 0
	err := local.Dispatch(context.Background(), jobsUpTo(50), func(int, Result) error { calls++; return full })
	if !errors.Is(err, full) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}
