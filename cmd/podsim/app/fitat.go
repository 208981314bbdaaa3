package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/pflag"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/sim"
)

// momentFlags say which moment of which scenario is asked about.
type momentFlags struct {
	at     moment
	set    []string
	data   []string
	policy string
}

func (m *momentFlags) flags(f *pflag.FlagSet) {
	f.Var(&m.at, "at", "ask at this moment of the scenario's run: 2h, 90m")
	f.StringArrayVar(&m.set, "set", nil, "with --at: change a field, KIND/NAME.PATH=VALUE (repeatable)")
	f.StringArrayVar(&m.data, "data", nil, "with --at: bind outside data that the scenario names: NAME=PATH (repeatable)")
	f.StringVar(&m.policy, "policy", "", "with --at: schedule by this profile (see podsim policies), or go by the file of a policy")
}

// check refuses flags that mean nothing together.
func (m *momentFlags) check(f *pflag.FlagSet, args []string) error {
	if !m.at.given {
		for _, name := range []string{"set", "data", "policy"} {
			if f.Changed(name) {
				return fmt.Errorf("--%s: needs --at, the moment of the run that is asked about", name)
			}
		}
		if len(args) > 0 {
			return fmt.Errorf("scenario %s: needs --at, the moment of its run that is asked about, such as --at 2h", args[0])
		}
		return nil
	}
	for _, name := range []string{"ties", "percentage", "preemption"} {
		if f.Changed(name) {
			return fmt.Errorf("--%s: not together with --at: pods are scheduled as the scenario says", name)
		}
	}
	return nil
}

// worldAt simulates a scenario up to a moment, and returns its cluster as it stands
// then with its scheduler.
func (s *session) worldAt(ctx context.Context, w *worldFlags, m *momentFlags, args []string) (*scenarios.World, *scheduler.Scheduler, error) {
	loaded, simulation, err := s.runTo(ctx, w, m, args)
	if err != nil {
		return nil, nil, err
	}
	world := &scenarios.World{Dictionary: loaded.Dictionary, Cluster: simulation.Cluster(), Templates: loaded.Templates}
	return world, simulation.Scheduler(), nil
}

// runTo simulates a scenario up to a moment.
func (s *session) runTo(ctx context.Context, w *worldFlags, m *momentFlags, args []string) (*loaded, *sim.Simulation, error) {
	in := &input{files: slices.Concat(w.files, w.groups), set: m.set, data: m.data, policy: m.policy, config: w.config, seed: w.seed,
		engine: w.engine, nodes: w.nodes, templates: w.templates}
	loaded, err := s.load(ctx, in, args)
	if err != nil {
		return nil, nil, err
	}
	if m.at.at > loaded.Config.Horizon {
		return nil, nil, fmt.Errorf("--at %s: the run ends at %s", m.at.at, loaded.Config.Horizon)
	}
	loaded.Config.Horizon = m.at.at
	simulation, err := sim.New(loaded.Config, loaded.Dictionary, nil)
	if err != nil {
		return nil, nil, err
	}
	bar := newProgress(s.stderr, m.at.at, true)
	err = simulation.Run(func(now models.Time, events uint64) bool {
		bar.show(now, events)
		return ctx.Err() != nil
	})
	bar.clear()
	switch {
	case errors.Is(err, sim.ErrStopped):
		return nil, nil, &exit{ExitInterrupted, fmt.Errorf("interrupted before %s of the run", m.at.at)}
	case err != nil:
		return nil, nil, classify(err)
	}
	return loaded, simulation, nil
}
