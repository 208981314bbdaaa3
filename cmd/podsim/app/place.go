package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/place"
	"github.com/podsim/podsim/sim/kernel"
)

// worldFlags say which cluster is asked about and how it schedules, shared by the
// verbs that let no time pass.
type worldFlags struct {
	files      []string
	groups     []string
	ties       string
	percentage int
	engine     string
	config     string
	seed       string
	preempt    bool
	victims    string
	templates  []string
	nodes      nodeFlags
	given      *pflag.FlagSet // tells which flags were given
}

func (w *worldFlags) flags(f *pflag.FlagSet) {
	w.given = f
	f.StringArrayVarP(&w.files, "filename", "f", nil, "a file of manifests, - for standard input (repeatable)")
	f.StringArrayVar(&w.groups, "add-node-group", nil, "a file with NodeGroups, whose nodes join the cluster (repeatable)")
	f.StringVar(&w.ties, "ties", "heap", "which of several best nodes: heap (as Kubernetes 1.36 does), name (the smallest) or random")
	f.IntVar(&w.percentage, "percentage", 100, "percentage of the nodes to find before scoring, 0 to adapt to their number as Kubernetes does")
	f.StringVar(&w.engine, "engine", "incremental", "how the decision is computed: incremental (fast) or scan (plain); the answers are equal")
	f.StringVar(&w.config, "config", "", "a file with a KubeSchedulerConfiguration instead of the default profile")
	f.StringVar(&w.seed, "seed", "", "the seed of random ties (default: 1)")
	w.nodes.flags(f)
	f.BoolVar(&w.preempt, "preempt", false, "let a pod that does not fit preempt others: these go at once and it is tried again")
	f.StringVar(&w.victims, "preemption", "", "with --preempt: the rule by which pods go, a preemption rule of podsim policies (default: kube-scheduler)")
}

// world reads the cluster that the flags name and sets its scheduler up.
func (s *session) world(ctx context.Context, w *worldFlags, command string) (*scenarios.World, *scheduler.Scheduler, error) {
	type asked struct {
		world     *scenarios.World
		scheduler *scheduler.Scheduler
	}
	read, err := unlessInterrupted(ctx, func() (asked, error) {
		if len(w.files) == 0 && !w.nodes.given("nodes") {
			return asked{}, fmt.Errorf("%s needs a cluster; give a file with -f, - for standard input, or nodes with --nodes", command)
		}
		files, err := s.worldFiles(w)
		if err != nil {
			return asked{}, err
		}
		world, err := scenarios.LoadWorld(scenarios.Input{Files: files, Templates: templateFiles(w.templates), Table: s.plugins,
			Scheduler: schedulerFile(w.config)})
		w.nodes.blame(err)
		if err != nil {
			return asked{}, err
		}
		sched, err := s.freshScheduler(world, w, w.preempt)
		return asked{world, sched}, err
	})
	return read.world, read.scheduler, err
}

// worldFiles checks the flags, and returns the files that make up the cluster.
func (s *session) worldFiles(w *worldFlags) ([]scenarios.File, error) {
	_, seedErr := parseSeed(w.seed)
	_, tiesErr := parseTies(w.ties)
	_, engineErr := parseEngine(w.engine)
	var percentageErr error
	if w.percentage < 0 || w.percentage > 100 {
		percentageErr = fmt.Errorf("--percentage: want 0 to 100 (got %d)", w.percentage)
	}
	nodes, nodesErr := w.nodes.files()
	var files []scenarios.File
	var filesErr error
	if names := append(slices.Clone(w.files), w.groups...); len(names) > 0 {
		files, filesErr = s.inputFiles(&input{files: names}, nil)
	}
	_, victimsErr := w.pluginsOf(nil)
	return append(files, nodes...), errors.Join(seedErr, tiesErr, engineErr, percentageErr, victimsErr, nodesErr, filesErr)
}

// freshScheduler makes a scheduler as the flags have it. The flags are right.
func (s *session) freshScheduler(world *scenarios.World, w *worldFlags, preempt bool) (*scheduler.Scheduler, error) {
	config, err := s.schedulerConfig(world, w, preempt)
	if err != nil {
		return nil, err
	}
	table, err := w.pluginsOf(s.plugins)
	if err != nil {
		return nil, err
	}
	seed, err := seedOr(w.seed, 1)
	if err != nil {
		return nil, err
	}
	config.Draw = tieBreaker(seed)
	return scheduler.New(config, table, world.Dictionary)
}

// seedOr reads the flag --seed; without it the seed is another one.
func seedOr(text string, otherwise uint64) (uint64, error) {
	given, err := parseSeed(text)
	if err != nil || given == nil {
		return otherwise, err
	}
	return *given, nil
}

// tieBreaker draws among equal nodes as runs do.
func tieBreaker(seed uint64) engine.Draw {
	streams := kernel.NewStreams(seed)
	return func(pod cluster.Pod, n int) int {
		return kernel.Pick(streams.At("scheduler/tie", kernel.Entity(pod.Name()), uint64(pod.Attempts())), n)
	}
}

type placeFlags struct {
	worldFlags
	queueOrder bool
	verbose    bool
	output     string
	explain    string
}

func (s *session) place() *cobra.Command {
	var flags placeFlags
	command := &cobra.Command{
		Use:   "place -f FILE",
		Short: "where would these pods land?",
		Long: `Reads a cluster with pods that wait for a node, as kubectl get nodes,pods,… -A -o yaml
writes it, and schedules them one after the other in the order of the file, without
letting time pass: each placed pod takes its room before the next one is tried.

Nothing makes pods where no time passes: of a Deployment whose pods are not in the input,
podsim fit --pod says how many fit, and podsim run what happens.

With -o jsonl there is one object a pod:

  pod, node             namespace/name, and where it goes; empty if nowhere
  feasible              nodes that fit
  best, bestScore       the nodes that share the highest score; one node alone is not scored
  unschedulable         nodes by reason; unschedulablePlugins says whose reasons they are
  message               as the event FailedScheduling has it
  nominated, victims    with --preempt: where room is made, and who goes
  attempt               from 2, when the pod is tried again
  skipped               why the scheduler would not try it: gates, another schedulerName
  scores, pluginScores, filtered, candidates   with --verbose: everything by node`,
		Example: `  kubectl get nodes,pods,namespaces,services,replicasets,pdb,priorityclasses,pv,pvc,sc,csinodes -A -o yaml | podsim place -f -
  podsim place -f cluster.yaml -f new-pods.yaml
  podsim place -f cluster.yaml --add-node-group two-more.yaml --preempt
  podsim place -f pods.yaml --nodes 3 --node-cpu 8
  podsim place -f cluster.yaml --explain default/web-1
  podsim place -f cluster.yaml -o jsonl --verbose | jq 'select(.node == "")'`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			world, sched, err := s.world(c.Context(), &flags.worldFlags, "podsim place")
			if err != nil {
				return err
			}
			if flags.explain != "" {
				return s.explain(c.Context(), world, sched, &flags)
			}
			return s.placeAll(c.Context(), world, sched, &flags)
		},
	}
	f := command.Flags()
	flags.flags(f)
	f.BoolVar(&flags.queueOrder, "queue-order", false, "pods of higher priority first, then the order of the file")
	f.BoolVar(&flags.verbose, "verbose", false, "tell of every node: scores by plugin, and why it was filtered out")
	f.StringVar(&flags.explain, "explain", "", "tell about one pod, NAMESPACE/NAME, when its turn comes: scores by node, or what would let it fit")
	f.StringVarP(&flags.output, "output", "o", "table", "table (a summary, and what did not fit), jsonl (one object a pod) or json (a list of them)")
	return oneOf(command, &flags.output, "table", "jsonl", "json")
}

// placer returns the placer of a world as the flags have it.
func (w *worldFlags) placer(world *scenarios.World, sched *scheduler.Scheduler, detail place.Detail) *place.Placer {
	return place.New(world.Cluster, sched, place.Options{Preempt: w.preempt, Detail: detail})
}

func (s *session) placeAll(ctx context.Context, world *scenarios.World, sched *scheduler.Scheduler, flags *placeFlags) error {
	detail := place.Nodes
	if flags.verbose {
		detail = place.Scores
	}
	placer := flags.placer(world, sched, detail)
	pending := slices.Clone(world.Pending)
	if flags.queueOrder {
		byPriority(world.Cluster.View(), pending)
	}
	out := bufio.NewWriter(s.stdout)
	bar := newProgress(s.stderr, models.Never, true)
	defer bar.clear()
	all := []place.Placement{}
	for i, pod := range pending {
		if ctx.Err() != nil {
			return errors.Join(out.Flush(), &exit{ExitInterrupted, fmt.Errorf("interrupted after %d of %d pods", i, len(pending))})
		}
		bar.tell(i, len(pending), "pod")
		for _, placement := range placer.Place(pod) {
			if flags.output == "jsonl" {
				if err := writeLine(out, placement); err != nil {
					return err
				}
				continue
			}
			all = append(all, placement)
		}
	}
	bar.clear()
	if err := out.Flush(); err != nil {
		return err
	}
	if flags.output == "json" {
		return s.printJSON(all)
	}
	if flags.output == "table" {
		return s.placements(world, all, flags.verbose)
	}
	return nil
}

// writeLine writes a value as one line of JSON.
func writeLine(w io.Writer, value any) error {
	var page, line bytes.Buffer
	if err := reports.WriteJSON(&page, value); err != nil {
		return err
	}
	if err := json.Compact(&line, page.Bytes()); err != nil {
		return err
	}
	line.WriteByte('\n')
	_, err := w.Write(line.Bytes())
	return err
}

// byPriority sorts pods as PrioritySort does those that came in this order.
func byPriority(v cluster.View, pods []models.PodID) {
	slices.SortStableFunc(pods, func(a, b models.PodID) int {
		return int(min(max(int64(v.Pod(b).Spec().Priority)-int64(v.Pod(a).Spec().Priority), -1), 1))
	})
}
