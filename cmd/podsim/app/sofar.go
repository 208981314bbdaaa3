package app

import (
	"fmt"
	"io"
	"time"

	"github.com/podsim/podsim/bench/store"
)

// How often an answer that is being found is written down for who looks at its folder:
// not before soFarEvery, and so that it takes no more than one part in soFarPart of the
// time.
const (
	soFarEvery = 2 * time.Second
	soFarPart  = 50
)

// tellSoFar returns what takes an answer from time to time while it is being found, and
// writes it into the folder. That it cannot be written is no reason to stop.
func tellSoFar[Answer any](kept *store.Store, name string, write func(io.Writer, Answer) error) func(take func() Answer) {
	next := time.Now().Add(soFarEvery)
	return func(take func() Answer) {
		began := time.Now()
		if began.Before(next) {
			return
		}
		_ = kept.WriteFile(name, func(w io.Writer) error { return write(w, take()) })
		ended := time.Now()
		next = ended.Add(max(soFarEvery, soFarPart*ended.Sub(began)))
	}
}

// leaveSoFar writes down what was known when the search for an answer was interrupted.
func leaveSoFar[Answer any](kept *store.Store, name string, answer *Answer, write func(io.Writer, *Answer) error) error {
	if kept == nil || answer == nil {
		return nil
	}
	if err := kept.WriteFile(name, func(w io.Writer) error { return write(w, answer) }); err != nil {
		return fmt.Errorf("-o %w", err)
	}
	return nil
}

// forgetSoFar takes away what was known, for all is.
func forgetSoFar(kept *store.Store, name string) error {
	if err := kept.Remove(name); err != nil {
		return fmt.Errorf("-o %w", err)
	}
	return nil
}
