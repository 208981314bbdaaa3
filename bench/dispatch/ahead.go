package dispatch

import (
	"context"
	"sync"
)

// Ahead answers questions one after the other and lets workers that would be idle
// work out the answers that are likely to be asked for next. What is asked and what
// comes out depends on whoever asks, never on the number of workers: a guess that
// was wrong costs time only.
type Ahead[Q comparable, R any] struct {
	do      func(context.Context, Q) (R, error)
	workers sync.WaitGroup
	end     func()

	lock     sync.Mutex
	changed  *sync.Cond // expected is not empty, or it is over
	over     bool
	expected []Q // not begun yet, the likeliest first
	guesses  map[Q]*guess[R]
}

// guess is a question that a worker took up before it was asked.
type guess[R any] struct {
	done   chan struct{} // closed when there is an answer
	cancel func()
	result R
	err    error
}

// NewAhead returns a room with so many workers in all, of which the one that asks is
// the first. It must be closed.
func NewAhead[Q comparable, R any](ctx context.Context, workers int, do func(context.Context, Q) (R, error)) *Ahead[Q, R] {
	ctx, end := context.WithCancel(ctx)
	a := &Ahead[Q, R]{do: do, end: end, guesses: make(map[Q]*guess[R])}
	a.changed = sync.NewCond(&a.lock)
	for range workers - 1 {
		a.workers.Go(func() { a.work(ctx) })
	}
	return a
}

// Close ends all work and waits for the workers.
func (a *Ahead[Q, R]) Close() {
	a.lock.Lock()
	a.over, a.expected = true, nil
	a.lock.Unlock()
	a.end()
	a.changed.Broadcast()
	a.workers.Wait()
}

// Expect says what is likely to be asked next, the likeliest first, in place of
// what was expected before. Work on what is expected no more is given up.
func (a *Ahead[Q, R]) Expect(questions []Q) {
	a.lock.Lock()
	defer a.lock.Unlock()
	expected := make(map[Q]bool, len(questions))
	a.expected = a.expected[:0]
	for _, q := range questions {
		if !expected[q] && a.guesses[q] == nil {
			a.expected = append(a.expected, q)
		}
		expected[q] = true
	}
	for q, g := range a.guesses {
		if !expected[q] {
			g.cancel()
			delete(a.guesses, q)
		}
	}
	a.changed.Broadcast()
}

// Ask returns the answer to a question: one that a worker found or is about to
// find, else the caller works it out itself.
func (a *Ahead[Q, R]) Ask(ctx context.Context, q Q) (R, error) {
	a.lock.Lock()
	for i, next := range a.expected {
		if next == q {
			a.expected = append(a.expected[:i], a.expected[i+1:]...)
			break
		}
	}
	g := a.guesses[q]
	delete(a.guesses, q) // so that nobody gives it up
	a.lock.Unlock()
	if g == nil {
		return a.do(ctx, q)
	}
	select {
	case <-g.done:
		return g.result, g.err
	case <-ctx.Done():
		g.cancel()
		var none R
		return none, ctx.Err()
	}
}

// work answers what is expected until it is over.
func (a *Ahead[Q, R]) work(ctx context.Context) {
	for {
		a.lock.Lock()
		for len(a.expected) == 0 && !a.over {
			a.changed.Wait()
		}
		if a.over {
			a.lock.Unlock()
			return
		}
		q := a.expected[0]
		a.expected = a.expected[1:]
		one, cancel := context.WithCancel(ctx)
		g := &guess[R]{done: make(chan struct{}), cancel: cancel}
		a.guesses[q] = g
		a.lock.Unlock()
		g.result, g.err = a.do(one, q)
		close(g.done)
		cancel()
	}
}
