package dispatch

import (
	"context"
	"sync"
)

// answer is what became of a task.
type answer[R any] struct {
	task   int
	result R
	err    error
}

// Each does the tasks 0 to n-1 with so many workers at a time; below 1 means 1. It
// calls do from several goroutines, each task in one of them, and calls done once
// for each task that went well, in any order but never twice at a time. It returns
// the first error of done, the error of the first task in the list that fails, or
// the context's error, and then calls done no more; an error of a task lets those
// that are under way come to an end.
func Each[R any](ctx context.Context, workers, n int, do func(ctx context.Context, task int) (R, error), done func(task int, result R) error) error {
	next := make(chan int)
	answers := make(chan answer[R])
	var group sync.WaitGroup
	for range min(max(workers, 1), n) {
		group.Go(func() {
			for task := range next {
				result, err := do(ctx, task)
				answers <- answer[R]{task, result, err}
			}
		})
	}
	defer group.Wait()
	defer close(next)
	return collect(ctx, n, next, answers, done)
}

// collect hands tasks out and takes answers in. After an error it hands out no
// more, but waits for the answers that are due: tasks are handed out in order, so
// the first that fails in the list is among those, whatever the workers' pace.
func collect[R any](ctx context.Context, n int, next chan<- int, answers <-chan answer[R], done func(int, R) error) error {
	var failed *answer[R]
	var refused error
	handed, due := 0, 0
	for {
		hand := next
		if handed == n || failed != nil || refused != nil || ctx.Err() != nil {
			hand = nil
		}
		if hand == nil && due == 0 {
			break
		}
		select {
		case hand <- handed:
			handed++
			due++
		case a := <-answers:
			due--
			switch {
			case a.err == nil && refused == nil:
				refused = done(a.task, a.result)
			case a.err != nil && (failed == nil || a.task < failed.task):
				failed = &a
			}
		}
	}
	switch {
	case refused != nil:
		return refused
	case failed != nil:
		return failed.err
	case handed < n:
		return ctx.Err()
	}
	return nil
}
