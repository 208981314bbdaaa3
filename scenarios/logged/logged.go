// Package logged carries out scenarios for tests of what reads runs: from the input to
// the operation log of the whole run. Only tests use it.
package logged

import (
	"bytes"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// Run simulates a scenario to its end.
func Run(t *testing.T, in scenarios.Input) (log []byte, end models.Time, run *scenarios.Run) {
	t.Helper()
	run, err := scenarios.Load(in)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	s, err := sim.New(run.Config, run.Dictionary, &text)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(nil); err != nil {
		t.Fatal(err)
	}
	end = s.End(true)
	if err := s.Cluster().Close(); err != nil {
		t.Fatal(err)
	}
	return text.Bytes(), end, run
}

// Embedded returns the file of an embedded scenario.
func Embedded(t *testing.T, name string) scenarios.File {
	t.Helper()
	embedded, ok := scenarios.LookupEmbedded(name)
	if !ok {
		t.Fatalf("there is no embedded scenario %s", name)
	}
	return embedded.File()
}
