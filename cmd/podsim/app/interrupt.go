package app

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

// unlessInterrupted returns what read returns, or an error when the context ends
// first: a pipe that is read may stay silent for ever. What was given up goes on
// in the background until the process ends, so it must change nothing.
func unlessInterrupted[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
		fault string
	}
	answered := make(chan answer, 1)
	go func() {
		var a answer
		defer func() {
			if p := recover(); p != nil {
				a.fault = fmt.Sprintf("%v\n%s", p, debug.Stack())
			}
			answered <- a
		}()
		a.value, a.err = read()
	}()
	select {
	case a := <-answered:
		if a.fault != "" {
			panic(a.fault)
		}
		return a.value, a.err
	case <-ctx.Done():
		var none T
		return none, &exit{ExitInterrupted, errors.New("interrupted while reading the input")}
	}
}
