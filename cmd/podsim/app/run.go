package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// runFlags are the flags of podsim run.
type runFlags struct {
	input
	output     []string
	list       bool
	force      bool
	noEvents   bool
	noProgress bool
}

func (s *session) run() *cobra.Command {
	var f runFlags
	command := &cobra.Command{
		Use:   "run [SCENARIO]",
		Short: "simulate a scenario and tell what happened",
		Long: `Simulates a scenario: a file, the name of an embedded one (podsim run --list), or
Kubernetes manifests given with -f. Without an argument it runs zone-outage.

The report goes to standard output. With -o DIR a folder is written too: run.json,
summary.json, pods.csv, nodes.csv, timeseries.csv, events.jsonl and operations.log
(podsim columns explains the columns). Ctrl-C stops a run cleanly: the report and
the folder tell what happened up to then.`,
		Example: `  podsim run
  podsim run batch-burst --seed 7
  podsim run my-scenario.yaml -o out/
  podsim run -f app.yaml --nodes 10 --node-cpu 8 --node-memory 32Gi --for 1h
  helm template my-chart | podsim run -f - --nodes 5
  podsim run dlrm-month --data trace=disaggregated_DLRM_trace.csv.gz
  podsim run zone-outage --set NodeGroup/workers.spec.count=45 -o json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if f.list {
				return s.listScenarios()
			}
			return s.simulate(c.Context(), &f, args)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return embeddedNames(), cobra.ShellCompDirectiveDefault
		},
	}
	f.flags(command.Flags())
	command.Flags().StringArrayVarP(&f.output, "output", "o", nil, "json for a summary on standard output, or a folder to write (repeatable)")
	command.Flags().BoolVar(&f.list, "list", false, "list the embedded scenarios")
	command.Flags().BoolVar(&f.force, "force", false, "overwrite a folder that holds another run")
	command.Flags().BoolVar(&f.noEvents, "no-events", false, "leave events.jsonl out of the folder")
	command.Flags().BoolVar(&f.noProgress, "no-progress", false, "show no progress on the terminal")
	return command
}

func (s *session) listScenarios() error {
	var rows [][]string
	for i, e := range scenarios.Embedded() {
		name := e.Name
		if i == 0 {
			name += " (default)"
		}
		rows = append(rows, []string{name, e.Help})
	}
	return s.table([]string{"SCENARIO", "WHAT IT SHOWS"}, rows)
}

// simulate is podsim run: load, prepare the output, run, tell.
func (s *session) simulate(ctx context.Context, f *runFlags, args []string) error {
	loaded, checks, err := s.load(&f.input, args)
	if err != nil {
		return err
	}
	asJSON, dir, err := outputs(f.output)
	if err != nil {
		return err
	}
	var out *folder
	if dir != "" {
		if out, err = openFolder(dir, loaded, f.force); err != nil {
			return err
		}
		defer out.discard()
	}
	result, err := s.execute(ctx, f, loaded, checks, out)
	if err != nil {
		return err
	}
	if out != nil {
		if err := out.finish(result); err != nil {
			return err
		}
	}
	if asJSON {
		err = result.summary.WriteJSON(s.stdout)
	} else {
		err = s.tell(result, dir)
	}
	if err != nil {
		return err
	}
	return result.verdict()
}

// outputs reads the values of -o.
func outputs(values []string) (asJSON bool, dir string, err error) {
	for _, value := range values {
		switch {
		case value == "json":
			asJSON = true
		case value == "":
			return false, "", errors.New("-o: the name of the folder is empty")
		case dir != "":
			return false, "", fmt.Errorf("-o %s: the folder %s is given already", value, dir)
		default:
			dir = value
		}
	}
	return asJSON, dir, nil
}

// result is a run that has ended.
type result struct {
	loaded      *scenarios.Run
	summary     *reports.Summary
	wall        reports.Wall
	interrupted bool
}

// execute runs the simulation with its observers.
func (s *session) execute(ctx context.Context, f *runFlags, loaded *scenarios.Run, checks []*reports.Check, out *folder) (*result, error) {
	simulation, err := sim.New(loaded.Config, loaded.Dictionary, out.log())
	if err != nil {
		return nil, err
	}
	state := simulation.Cluster()
	config := reports.Config{Horizon: loaded.Config.Horizon, Interval: loaded.Interval}
	if out != nil {
		config.Pods = out.pods()
		if !f.noEvents {
			config.Events = out.events()
		}
	}
	recorder, err := reports.NewRecorder(config, state.View())
	if err != nil {
		return nil, err
	}
	recorder.Check(checks...)
	state.Observe(recorder)

	progress := newProgress(s.stderr, loaded.Config.Horizon, !f.noProgress)
	started := time.Now()
	err = simulation.Run(func(now models.Time, events uint64) bool {
		progress.show(now, events)
		return ctx.Err() != nil
	})
	elapsed := time.Since(started)
	progress.clear()
	interrupted := errors.Is(err, sim.ErrStopped)
	if err != nil && !interrupted {
		return nil, classify(err)
	}
	summary, err := recorder.Finish(simulation.End(!interrupted))
	if err == nil {
		err = state.Flush()
	}
	if err != nil {
		return nil, err
	}
	summary.Scenario, summary.Seed, summary.Digest = loaded.Name, loaded.Config.Seed, state.Digest()
	summary.NotSimulated = notSimulated(loaded)
	return &result{
		loaded: loaded, summary: summary, interrupted: interrupted,
		wall: reports.Wall{Elapsed: elapsed, EventsPerSecond: float64(simulation.Events()) / elapsed.Seconds()},
	}, nil
}

// classify tells faults of the simulator from faults of what it read on the way.
func classify(err error) error {
	var broken *sim.InvariantError
	if errors.As(err, &broken) {
		return &exit{ExitInternal, fmt.Errorf("podsim: internal error: %w", err)}
	}
	return err
}

// notSimulated lists what the input holds and the run took no notice of.
func notSimulated(loaded *scenarios.Run) []string {
	var list []string
	for _, u := range loaded.Unsimulated {
		text := fmt.Sprintf("%s (%s)", u.Kind, u.APIVersion)
		if u.Count > 1 {
			text = fmt.Sprintf("%d %s (%s)", u.Count, u.Kind, u.APIVersion)
		}
		list = append(list, text)
	}
	for _, u := range loaded.Unmodelled {
		list = append(list, fmt.Sprintf("field %s of pods (%d times)", u.Field, u.Count))
	}
	return slices.Clip(list)
}

// tell prints the report, what was assumed and where the files are.
func (s *session) tell(r *result, dir string) error {
	if err := reports.WriteText(s.stdout, r.summary, r.wall, style(s.stdout)); err != nil {
		return err
	}
	if len(r.loaded.Assumptions) > 0 {
		fmt.Fprintln(s.stdout, "\nAssumed")
		for _, text := range r.loaded.Assumptions {
			fmt.Fprintln(s.stdout, "  "+text)
		}
	}
	if dir != "" {
		fmt.Fprintf(s.stdout, "\nWritten to %s\n", dir)
	}
	return nil
}

// verdict turns the result into an exit code.
func (r *result) verdict() error {
	if r.interrupted {
		return &exit{ExitInterrupted, fmt.Errorf("interrupted at %s of virtual time; the report tells what happened up to then",
			time.Duration(float64(r.summary.End)*float64(time.Second)))}
	}
	failed := 0
	for _, a := range r.summary.Assertions {
		if !a.Passed {
			failed++
		}
	}
	if failed > 0 {
		return &exit{ExitAssertion, fmt.Errorf("%d of %d assertions failed", failed, len(r.summary.Assertions))}
	}
	return nil
}
