package app

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/podsim/podsim/bench/worlds"
	"github.com/podsim/podsim/scheduler/engine"
)

func (s *session) bench() *cobra.Command {
	command := &cobra.Command{
		Use:   "bench",
		Short: "measure how fast podsim is on this machine",
		Long: `Measures podsim itself. What it decides depends on the seed alone and is told by a
digest; how long it takes depends on the machine.`,
		Example: "  podsim bench scheduler",
		Args:    noArguments,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	command.AddCommand(s.benchScheduler())
	return command
}

// benchFlags are the flags of podsim bench scheduler.
type benchFlags struct {
	nodes      int
	pods       int
	classes    int
	decisions  int
	percentage int
	set        string
	engine     string
	ties       string
	seed       string
	output     string
	steady     bool
	compare    bool
	noProgress bool
}

func (s *session) benchScheduler() *cobra.Command {
	var f benchFlags
	command := &cobra.Command{
		Use:   "scheduler",
		Short: "measure decisions about pods in a generated cluster",
		Long: `Generates a cluster and pods, lets the default profile decide about one pod after the
other, and binds them: at first the cluster is empty. With --steady it is filled first,
by the incremental engine and unmeasured; then the oldest pod goes for each that comes.

A decision is to choose a node and to bind the pod to it. CPU time, wall time and
allocations count what creates and removes pods too; on a busy machine CPU time says
more. Sets of what pods ask for, joined by commas:
  fit            cpu and memory, nothing else
  taints         one node in seven is tainted, one class in four tolerates some of that
  affinity       node selectors, required and preferred node affinity
  spread         hard constraints over zones, soft ones over nodes, or both
  defaultspread  ReplicaSets and Services, to which the default constraints apply
  interpod       affinity and anti-affinity between pods, required and preferred
  all            all of these
Equal digests mean equal placements. --compare runs both engines and exits with 1 if
they place any pod differently.`,
		Example: `  podsim bench scheduler
  podsim bench scheduler --nodes 100000 --pods 200000 --steady --decisions 20000
  podsim bench scheduler --set fit,defaultspread --classes 300 --percentage 100
  podsim bench scheduler --nodes 1000 --set all --compare -o json`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			setup, err := f.setup(c.Flags())
			if err != nil {
				return err
			}
			return s.measureScheduler(c.Context(), setup, &f)
		},
	}
	f.flags(command.Flags())
	return oneOf(command, &f.output, "table", "json")
}

func (f *benchFlags) flags(set *pflag.FlagSet) {
	set.IntVar(&f.nodes, "nodes", 5000, "nodes, of 16, 32 or 64 cores in three zones")
	set.IntVar(&f.pods, "pods", 50_000, "pods that fill the cluster")
	set.StringVar(&f.set, "set", "fit", "what pods ask for: "+strings.Join(worlds.SetNames(), ", "))
	set.IntVar(&f.classes, "classes", 100, "classes of pods that are alike")
	set.StringVar(&f.engine, "engine", "incremental", "how decisions are computed: scan (plain) or incremental (fast)")
	set.IntVar(&f.percentage, "percentage", 0, "percentage of the nodes that are looked at, 0 to adapt to the size of the cluster")
	set.StringVar(&f.ties, "ties", "heap", "which of several best nodes is taken: heap (as Kubernetes 1.36 does), first, name or random")
	set.BoolVar(&f.steady, "steady", false, "fill the cluster first, then let one pod go for each that comes")
	set.IntVar(&f.decisions, "decisions", 0, "with --steady: decisions that are measured (default: as many as pods)")
	set.BoolVar(&f.compare, "compare", false, "run both engines and compare their placements")
	set.StringVar(&f.seed, "seed", "", "the seed of the cluster, the pods and random ties (default: 1)")
	set.StringVarP(&f.output, "output", "o", "table", "table or json")
	set.BoolVar(&f.noProgress, "no-progress", false, "show no progress on the terminal")
}

// benchSetup is what is to be measured.
type benchSetup struct {
	worlds.Config
	pods, decisions int
	percentage      int
	ties            engine.Ties
	steady          bool
	engines         []string
}

const mostPods = 100_000_000

// setup checks the flags, all at once.
func (f *benchFlags) setup(given *pflag.FlagSet) (*benchSetup, error) {
	b := &benchSetup{pods: f.pods, decisions: f.decisions, percentage: f.percentage, steady: f.steady, engines: []string{f.engine}}
	var problems []error
	bounded := func(name string, value, low, high int) {
		if value < low || value > high {
			problems = append(problems, fmt.Errorf("--%s: want %d to %d (got %d)", name, low, high, value))
		}
	}
	bounded("nodes", f.nodes, 1, worlds.MaxNodes)
	bounded("pods", f.pods, 1, mostPods)
	bounded("classes", f.classes, 1, worlds.MaxClasses)
	bounded("percentage", f.percentage, 0, 100)
	switch {
	case !given.Changed("decisions"):
		b.decisions = f.pods
	case !f.steady:
		problems = append(problems, errors.New("--decisions: goes with --steady only; without it there are as many as pods"))
	default:
		bounded("decisions", f.decisions, 1, mostPods)
	}
	set, err := worlds.ParseSet(f.set)
	if err != nil {
		problems = append(problems, fmt.Errorf("--set: %w", err))
	}
	if b.ties, err = engine.ParseTies(f.ties); err != nil {
		problems = append(problems, fmt.Errorf("--ties: %w", err))
	}
	if _, known := benchEngines[f.engine]; !known {
		problems = append(problems, fmt.Errorf("--engine: want scan or incremental (got %q)", f.engine))
	}
	if f.compare {
		b.engines = []string{"scan", "incremental"}
		if given.Changed("engine") {
			problems = append(problems, errors.New("--engine: contradicts --compare, which runs both engines"))
		}
	}
	seed, err := parseSeed(f.seed)
	if err != nil {
		problems = append(problems, err)
	}
	b.Config = worlds.Config{Nodes: f.nodes, Classes: f.classes, Set: set, Seed: 1}
	if seed != nil {
		b.Seed = *seed
	}
	return b, errors.Join(problems...)
}
