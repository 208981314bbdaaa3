package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/page"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// runFlags are the flags of podsim run.
type runFlags struct {
	input
	output     []string
	junit      string
	list       bool
	force      bool
	noEvents   bool
	noProgress bool
	watch      bool
	speed      speed
	listen     listenFlags
}

func (s *session) run() *cobra.Command {
	var f runFlags
	command := &cobra.Command{
		Use:   "run [SCENARIO]",
		Short: "simulate a scenario and tell what happened",
		Long: `Simulates a scenario: a file, the name of an embedded one (podsim run --list), or
Kubernetes manifests given with -f. Without an argument it runs zone-outage.

The report goes to standard output. With -o DIR a folder is written too: report.html,
a page that shows the run to people, run.json, summary.json, pods.csv, nodes.csv,
timeseries.csv, events.jsonl and operations.log (podsim columns explains the columns).
Ctrl-C stops a run cleanly: the report and the folder tell what happened up to then.`,
		Example: `  podsim run
  podsim run batch-burst --seed 7
  podsim run my-scenario.yaml -o out/
  podsim run zone-outage --speed 600 --hold --listen 127.0.0.1:9090
  podsim run -f app.yaml --nodes 10 --node-cpu 8 --node-memory 32Gi --for 1h
  helm template my-chart | podsim run -f - --nodes 5
  podsim run -f app.yaml --nodes 5 --at 10m 'scale deployment/web --replicas=20' --at 20m 'rollout undo deployment/web'
  podsim run dlrm-month --data trace=disaggregated_DLRM_trace.csv.gz
  podsim run zone-outage --set NodeGroup/workers.spec.count=45 -o json`,
		Args: oneArgument("scenario", "; more files are given with -f"),
		RunE: func(c *cobra.Command, args []string) error {
			if f.list {
				return s.listScenarios(f.output)
			}
			return s.simulate(c.Context(), &f, args)
		},
		ValidArgsFunction: completeScenarios,
	}
	f.flags(command.Flags())
	command.Flags().StringArrayVarP(&f.output, "output", "o", nil, "json for a summary on standard output, or a folder to write (repeatable)")
	command.Flags().StringVar(&f.junit, "junit", "", "write the assertions to this file, as JUnit XML")
	command.Flags().BoolVar(&f.list, "list", false, "list the embedded scenarios")
	command.Flags().BoolVar(&f.force, "force", false, "overwrite a folder that holds another run")
	command.Flags().BoolVar(&f.noEvents, "no-events", false, "leave events.jsonl out of the folder")
	command.Flags().BoolVar(&f.noProgress, "no-progress", false, "show no progress on the terminal")
	f.listen.add(command.Flags())
	command.Flags().BoolVar(&f.watch, "watch", false, "show the run on the terminal while it goes on (space pauses, + and - change the speed, q stops); elsewhere, as lines")
	command.Flags().Var(&f.speed, "speed", "at most so many virtual seconds for each real one: 1, 60, 3600 (default: as fast as it goes)")
	return command
}

// completeScenarios completes the argument of run and validate.
func completeScenarios(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return embeddedNames(), cobra.ShellCompDirectiveDefault
}

// scenario is an embedded scenario as JSON.
type scenario struct {
	Name string   `json:"name"`
	Help string   `json:"help"`
	Data []string `json:"data"` // names that --data must bind
}

// listScenarios is podsim run --list, as a table or as JSON.
func (s *session) listScenarios(output []string) error {
	asJSON, dir, err := outputs(output)
	if err != nil {
		return err
	}
	if dir != "" {
		return fmt.Errorf("-o %s: a list is written to no folder (want json)", dir)
	}
	if asJSON {
		var list []scenario
		for _, e := range scenarios.Embedded() {
			list = append(list, scenario{e.Name, e.Help, append([]string{}, e.Data...)})
		}
		return s.printJSON(list)
	}
	var rows [][]string
	for i, e := range scenarios.Embedded() {
		name := e.Name
		if i == 0 {
			name += " (default)"
		}
		help := e.Help
		for _, data := range e.Data {
			help += "; needs --data " + data + "=PATH"
		}
		rows = append(rows, []string{name, help})
	}
	return s.table([]string{"SCENARIO", "WHAT IT SHOWS"}, rows)
}

// simulate is podsim run: load, prepare the output, run, tell.
func (s *session) simulate(ctx context.Context, f *runFlags, args []string) error {
	asJSON, dir, wrong := outputs(f.output)
	wrong = errors.Join(wrong, checkJUnit(f.junit))
	f.input.shown = dir != "" || f.listen.address != ""
	metrics, err := f.listen.listen()
	wrong = errors.Join(wrong, err)
	defer metrics.close()
	input, err := s.load(ctx, &f.input, args)
	if err = errors.Join(wrong, err); err != nil {
		return err
	}
	var out *folder
	if dir != "" {
		if out, err = openFolder(dir, input, f); err != nil {
			return err
		}
		defer out.discard()
	}
	serving, served := context.WithCancel(ctx)
	defer served()
	result, err := s.execute(serving, f, input, out, metrics)
	if err != nil {
		return err
	}
	if out != nil {
		if err := out.finish(result); err != nil {
			return err
		}
	}
	if !result.interrupted {
		err = writeJUnit(f.junit, func(w io.Writer) error { return reports.WriteJUnit(w, input.Name, result.summary.Assertions) })
		if err != nil {
			return err
		}
	}
	switch {
	case asJSON && f.audit:
		err = s.printJSON(auditedSummary{result.summary, auditLines(input.Audit)})
	case asJSON:
		err = result.summary.WriteJSON(s.stdout)
	default:
		err = s.tell(result, dir, f.audit)
	}
	if err != nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	return errors.Join(s.hold(ctx, metrics), result.verdict(asJSON))
}

// outputs reads the values of -o.
func outputs(values []string) (asJSON bool, dir string, err error) {
	var problems []error
	for _, value := range values {
		switch {
		case value == "json":
			asJSON = true
		case value == "":
			problems = append(problems, errors.New("-o: the name of the folder is empty"))
		case slices.Contains(notFolders, strings.ToLower(value)):
			problems = append(problems, fmt.Errorf("-o %s: no such output (json prints a summary; a folder of this name is ./%s)", value, value))
		case dir != "" && dir != value:
			problems = append(problems, fmt.Errorf("-o %s: the folder %s is given already", value, dir))
		default:
			dir = value
		}
	}
	return asJSON, dir, errors.Join(problems...)
}

// notFolders are outputs of other programs: who asks for one wants no folder.
var notFolders = []string{"json", "yaml", "csv", "jsonl", "text", "table", "wide"}

// result is a run that has ended.
type result struct {
	input       *loaded
	summary     *reports.Summary
	page        *page.RunReport // nil without a folder
	wall        reports.Wall
	interrupted bool
}

// execute runs the simulation with its observers.
func (s *session) execute(ctx context.Context, f *runFlags, input *loaded, out *folder, metrics *metricsServer) (*result, error) {
	head := headOf(input)
	config := head.recording()
	var log io.Writer
	if out != nil {
		log, config.Pods, config.Events = out.log, out.pods, out.events
	}
	simulation, err := sim.New(input.Config, input.Dictionary, log)
	if err != nil {
		return nil, err
	}
	state := simulation.Cluster()
	recorder, err := observe(state, config, out != nil, input.checks...)
	if err != nil {
		return nil, err
	}
	metrics.observe(&head, simulation)
	note(state, head)

	progress := newProgress(s.stderr, input.Config.Horizon, !f.noProgress && !f.watch)
	started, pace := time.Now(), newPace(simulation, f.speed, out != nil)
	if err := s.serve(ctx, metrics, pace); err != nil {
		return nil, err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	watched, err := s.watchRun(running, stop, f, input.Name, simulation, pace)
	if err != nil {
		return nil, err
	}
	defer watched.close()
	err = simulation.Run(func(now models.Time, events uint64) bool {
		progress.show(now, events)
		pace.hold(running, now)
		return running.Err() != nil || out.broken() != nil
	})
	watched.close()
	elapsed := time.Since(started)
	progress.clear()
	interrupted := errors.Is(err, sim.ErrStopped)
	if err != nil && !interrupted {
		return nil, classify(err)
	}
	end := simulation.End(!interrupted)
	metrics.end(end)
	summary, played, err := recorder.finish(end)
	steps := stepsOf(simulation)
	tail := logTail{end, interrupted, steps, pace.queueUntil(end)}
	note(state, tail)
	err = errors.Join(err, state.Close())
	if broken := out.broken(); broken != nil {
		return nil, broken // told once, with the folder
	}
	if err != nil {
		return nil, err
	}
	summary.Scenario, summary.Seed, summary.Digest = input.Name, input.Config.Seed, state.Digest()
	summary.NotSimulated = notSimulated(input.Run)
	summary.SetUserSteps(steps)
	return &result{
		input: input, summary: summary, page: head.page(&tail, summary, played), interrupted: interrupted,
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

// tell prints the report, what was assumed and where the files are.
func (s *session) tell(r *result, dir string, audit bool) error {
	if err := reports.WriteText(s.stdout, r.summary, r.wall, style(s.stdout)); err != nil {
		return err
	}
	if len(r.input.Assumptions) > 0 {
		fmt.Fprintln(s.stdout, "\nAssumed")
		for _, text := range r.input.Assumptions {
			fmt.Fprintln(s.stdout, "  "+reports.Visible(text))
		}
	}
	if audit {
		s.tellAudit(r.input.Run)
	}
	if dir != "" {
		fmt.Fprintf(s.stdout, "\nWritten to %s\n", reports.Visible(dir))
	}
	return nil
}

// verdict turns the result into an exit code. Who reads JSON is also told which
// assertions failed.
func (r *result) verdict(asJSON bool) error {
	if r.interrupted {
		return &exit{ExitInterrupted, fmt.Errorf("interrupted at %s of virtual time; the report tells what happened up to then",
			reports.Duration(r.summary.End))}
	}
	var failed []string
	for _, a := range r.summary.Assertions {
		if !a.Passed {
			failed = append(failed, "\n  "+a.Message)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	text := fmt.Sprintf("%d of %d assertions failed", len(failed), len(r.summary.Assertions))
	if asJSON {
		text += strings.Join(failed, "")
	}
	return &exit{ExitAssertion, errors.New(text)}
}
