package prometheus

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports/hostile/madeup"
	"github.com/podsim/podsim/reports/kubectl"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// watched simulates a scenario and calls look every so often, with the state of that moment.
// fold is nil if nobody observes the run.
func watched(t *testing.T, in scenarios.Input, fold *Fold, every time.Duration, look func(at models.Time, s *sim.Simulation)) *sim.Simulation {
	t.Helper()
	loaded, err := scenarios.Load(in)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sim.New(loaded.Config, loaded.Dictionary, nil)
	if err != nil {
		t.Fatal(err)
	}
	if fold != nil {
		s.Cluster().Observe(fold)
		s.PauseAt(0)
	}
	err = s.Run(func(now models.Time, _ uint64) bool {
		if s.Settled() {
			look(now, s)
			s.PauseAt(now.Add(every))
		}
		return false
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func embedded(t *testing.T, name string, length time.Duration) scenarios.Input {
	t.Helper()
	e, ok := scenarios.LookupEmbedded(name)
	if !ok {
		t.Fatalf("no scenario is called %s", name)
	}
	return scenarios.Input{Files: []scenarios.File{e.File()}, For: length}
}

func manifests(text string) scenarios.Input {
	return scenarios.Input{Files: []scenarios.File{{Name: "scenario.yaml", Reader: strings.NewReader(text)}}}
}

func config() Config {
	return Config{Scenario: "test", Seed: 1, Start: kubectl.DefaultStart, MaxSeries: 1 << 20}
}

func queueOf(s *sim.Simulation) *Queue {
	l := s.Scheduler().Lengths()
	return &Queue{Active: l.Active, Backoff: l.Backoff, Unschedulable: l.Unschedulable, Gated: l.Gated}
}

// sum adds up the series of a family whose labels say this.
func sum(s *Snapshot, f *Family, with map[string]string) (total float64) {
	for _, series := range s.Of(f) {
		matches := true
		for i, name := range f.Labels {
			if want, asked := with[name]; asked && series.Labels[i] != want {
				matches = false
			}
		}
		if matches {
			total += series.Value
		}
	}
	return total
}

func familyNamed(t *testing.T, name string) *Family {
	t.Helper()
	for _, f := range table {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no family is called %s", name)
	return nil
}

// hostileExport exports a run in which every name is hostile.
func hostileExport(t *testing.T) []byte {
	t.Helper()
	log, err := madeup.Log()
	if err != nil {
		t.Fatal(err)
	}
	p, err := cluster.NewReplay(bytes.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	fold := NewFold(config())
	p.Cluster.Observe(fold)
	e, at := NewExport(fold), models.Time(0)
	for {
		next, err := p.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for ; at < next; at = at.Add(10 * time.Second) {
			if err := e.Sample(at, p.Cluster.View()); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := p.Step(); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Sample(madeup.End, p.Cluster.View()); err != nil {
		t.Fatal(err)
	}
	return written(t, e)
}

func written(t *testing.T, e *Export) []byte {
	t.Helper()
	var text bytes.Buffer
	if err := e.Write(&text); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}
