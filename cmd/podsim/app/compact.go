package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/bench/compact"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
)

type compactFlags struct {
	cellFlags
	settings   capacity.CompactionSettings
	pickyShare shareFlag
	segregate  string
	split      []int
	bucket     bool
}

func (s *session) compact() *cobra.Command {
	f := &compactFlags{settings: compact.Defaults()}
	command := &cobra.Command{
		Use:   "compact [SCENARIO] -f FILE",
		Short: "how few nodes would hold what runs?",
		Long: `Compacts a cell, as Borg's designers measure how well a cluster is packed: nodes are
removed at random until the pods no longer fit when all are placed anew, from scratch, by
the scheduler of the cluster. Several trials with other orders of removal say how much
hangs on chance; the answer is their 90th percentile.

Left out are pods that are bound to one node: by a DaemonSet, a host name, spec.nodeName
or a local volume. Workloads with more pods than half the nodes have their hard constraints
softened to preferences. A few pods may stay pending if only a handful of nodes could take
them. Where the cell is too small, copies of its nodes join it.

Variants are compacted, too, and compared with the workload as it is: parts with cells of
their own (--segregate), smaller cells (--split-cells), requests in sizes such as clouds
sell (--bucket).

With --at the cluster is that of a scenario at a moment of its run.`,
		Example: `  kubectl get nodes,pods -A -o yaml | podsim compact -f -
  podsim compact -f cluster.yaml --segregate 'priority>=1000'
  podsim compact -f cluster.yaml --split-cells 2,5,10 --bucket -o markdown
  podsim compact zone-outage --at 1h --trials 31`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return s.runCompaction(c.Context(), f, args) },

		ValidArgsFunction: completeScenarios,
	}
	flags := command.Flags()
	f.cellFlags.flags(flags)
	f.pickyShare = shareFlag(f.settings.PickyShare)
	flags.IntVar(&f.settings.Trials, "trials", f.settings.Trials, "how many orders of removal are tried")
	flags.Float64Var(&f.settings.Percentile, "percentile", f.settings.Percentile, "the percentile over trials that is the answer")
	flags.Var(&f.pickyShare, "picky-share", "share of the pods that may stay pending if they are picky")
	flags.IntVar(&f.settings.PickyNodes, "picky-nodes", f.settings.PickyNodes, "a pod is picky if at most so many nodes could take it (default: 5, or one in a hundred nodes)")
	flags.IntVar(&f.settings.MaxCells, "max-cells", f.settings.MaxCells, "how often the cell may be there when it is too small")
	flags.StringVar(&f.segregate, "segregate", "", "also with a cell for each part: namespace, priority, priority>=N or the key of a label of the pods")
	flags.IntSliceVar(&f.split, "split-cells", nil, "also split into so many smaller cells: 2,5,10")
	flags.BoolVar(&f.bucket, "bucket", false, "also with requests in powers of two, from 500m of cpu and 1Gi of memory")
	flags.Lookup("picky-nodes").DefValue = "0" // shows none
	return oneOf(command, &f.output, "table", "json", "markdown", "csv")
}

// options checks the flags.
func (f *compactFlags) options(args []string) (compact.Options, error) {
	o := compact.Options{CompactionSettings: f.settings, SplitCells: f.split, Bucket: f.bucket, Workers: f.atOnce()}
	o.PickyShare = float64(f.pickyShare)
	problems := []error{f.check(args)}
	if f.given.Changed("picky-nodes") && f.settings.PickyNodes < 0 {
		problems = append(problems, fmt.Errorf("--picky-nodes: must be >= 0 (got %d)", f.settings.PickyNodes))
	}
	if f.given.Changed("segregate") {
		var err error
		if o.Segregate, err = compact.ParseSegregation(f.segregate); err != nil {
			problems = append(problems, fmt.Errorf("--segregate: %w", err))
		}
	}
	problems = append(problems, o.Check())
	return o, errors.Join(problems...)
}

func (s *session) runCompaction(ctx context.Context, f *compactFlags, args []string) error {
	o, err := f.options(args)
	if err != nil {
		return err
	}
	cell, err := s.takeApart(ctx, &f.cellFlags, args, "podsim compact")
	if err != nil {
		return err
	}
	o.Seed = cell.seed
	progress := s.packings("trial")
	o.Progress = progress.tell
	result, err := compact.Run(ctx, cell.Cell, cell.schedulers, o)
	if err = progress.end(ctx, err, compact.ErrNothing); result == nil {
		return err
	}
	result.Source = cell.source
	return errors.Join(err, s.tellCapacity(result, f.output))
}

// capacityReport is an answer about capacity.
type capacityReport interface {
	WriteText(io.Writer, reports.Terminal) error
	WriteMarkdown(io.Writer) error
	WriteJSON(io.Writer) error
	WriteCSV(io.Writer) error
}

// tellCapacity prints an answer as -o says.
func (s *session) tellCapacity(r capacityReport, output string) error {
	switch output {
	case "json":
		return r.WriteJSON(s.stdout)
	case "markdown":
		return r.WriteMarkdown(s.stdout)
	case "csv":
		return r.WriteCSV(s.stdout)
	}
	return r.WriteText(s.stdout, style(s.stdout))
}
