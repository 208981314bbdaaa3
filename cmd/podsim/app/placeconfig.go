package app

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models/spelling"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/plugins"
)

// schedulerConfig is the configuration of the scheduler that is asked: that of the
// world if it has one, else the default. Flags that are given go before it.
func (s *session) schedulerConfig(world *scenarios.World, w *worldFlags, preempt bool) (scheduler.Config, error) {
	config := scheduler.DefaultConfig(s.plugins)
	if world.Scheduler != nil {
		config = *world.Scheduler
		config.Profiles = slices.Clone(config.Profiles)
	}
	ties, err := parseTies(w.ties)
	if err != nil {
		return config, err
	}
	if config.Engine, err = parseEngine(w.engine); err != nil {
		return config, err
	}
	for i := range config.Profiles {
		p := &config.Profiles[i]
		p.Ties, p.Candidates = ties, engine.CandidatesByName
		if world.Scheduler == nil || w.given.Changed("percentage") {
			p.PercentageOfNodesToScore = w.percentage
		}
	}
	if !preempt {
		config = config.WithoutPreemption()
	}
	return config, nil
}

// schedulerFile is the file of the flag --config; nil if it is not given.
func schedulerFile(name string) *scenarios.File {
	if name == "" {
		return nil
	}
	return &scenarios.File{Name: name}
}

// parseEngine reads the flag --engine.
func parseEngine(text string) (func(engine.Config, *engine.Nodes) scheduler.Engine, error) {
	switch text {
	case "incremental":
		return func(c engine.Config, nodes *engine.Nodes) scheduler.Engine { return engine.NewIncremental(c, nodes) }, nil
	case "scan":
		return func(c engine.Config, nodes *engine.Nodes) scheduler.Engine { return engine.NewScan(c, nodes) }, nil
	}
	return nil, fmt.Errorf("--engine: want incremental or scan (got %q)", text)
}

// parseTies reads the flag --ties.
func parseTies(text string) (engine.Ties, error) {
	switch text {
	case "heap":
		return engine.TiesHeap, nil
	case "name":
		return engine.TiesByName, nil
	case "random":
		return engine.TiesRandom, nil
	}
	return 0, fmt.Errorf("--ties: want heap, name or random (got %q)", text)
}

// pluginsOf returns a table of plugins with the rule of preemption of the flag
// --preemption.
func (w *worldFlags) pluginsOf(table []plugins.Entry) ([]plugins.Entry, error) {
	switch {
	case w.victims == "":
		return table, nil
	case !w.preempt:
		return nil, errors.New("--preemption: goes with --preempt")
	}
	var known []string
	for _, entry := range plugins.VictimRules() {
		if entry.Name == w.victims {
			return plugins.WithVictimRule(table, entry.New(nil)), nil
		}
		known = append(known, entry.Name)
	}
	what := fmt.Sprintf("--preemption: unknown rule of preemption %q", w.victims)
	if guess := spelling.Guess(w.victims, known); guess != "" {
		what += fmt.Sprintf("; did you mean %q?", guess)
	}
	return nil, fmt.Errorf("%s (known: %s)", what, strings.Join(known, ", "))
}
