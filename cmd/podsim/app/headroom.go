package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/bench/headroom"
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/reports/dirs"
)

type headroomFlags struct {
	cellFlags
	settings   capacity.HeadroomSettings
	confidence shareFlag
	growth     string
	history    string
	survive    string
	from       string
}

func (s *session) headroom() *cobra.Command {
	f := &headroomFlags{settings: headroom.Defaults()}
	command := &cobra.Command{
		Use:   "headroom [SCENARIO] -f FILE --growth LAW",
		Short: "when does it run full at this growth?",
		Long: `Tells when a cluster runs full if what runs on it grows: copies of its pods come in
proportion, in random order, until the scheduler finds no node for one. Many draws make
an interval.

--growth is a law: 5%/week multiplies the demand by 1.05 each week, 40pods/day adds so
many each day (hour, day, week, month, quarter, year, or a duration such as 36h).
--growth-from fits one to a CSV file with the columns date and demand, linear or
exponential, whichever is likelier, with its interval of prediction.

With --survive zone it is full as soon as it could no longer lose its worst zone: the
pods from there find new places first. rack, region, node and any label of nodes do, too.
With --pod templates grow instead of what runs.

With --at the cluster is that of a scenario at a moment of its run.`,
		Example: `  kubectl get nodes,pods,deployments,replicasets,statefulsets,daemonsets,jobs -A -o yaml |
    podsim headroom -f - --growth 5%/week
  podsim headroom -f cluster.yaml --growth 40pods/day --survive zone --from 2026-03-01
  podsim headroom -f cluster.yaml --growth-from history.csv -o markdown
  podsim headroom zone-outage --at 1h --growth 3%/month --pod web.yaml`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return s.runHeadroom(c.Context(), f, args) },

		ValidArgsFunction: completeScenarios,
	}
	flags := command.Flags()
	f.cellFlags.flags(flags)
	f.confidence = shareFlag(f.settings.Confidence)
	flags.StringVar(&f.growth, "growth", "", "the law of growth: 5%/week, 40pods/day")
	flags.StringVar(&f.history, "growth-from", "", "fit the law to a CSV file with the columns date and demand")
	flags.StringVar(&f.survive, "survive", "", "full is when it cannot lose any one of these: zone, rack, region, node or the key of a node label")
	flags.StringArrayVar(&f.templates, "pod", nil, "a file with a pod or workload that grows instead of what runs (repeatable: a mix)")
	flags.StringVar(&f.from, "from", "", "the date at which the cluster stands, for dates in the report: 2026-03-01")
	flags.IntVar(&f.settings.Draws, "draws", f.settings.Draws, "how many orders of arrival are tried")
	flags.Var(&f.confidence, "confidence", "of intervals")
	flags.IntVar(&f.settings.Limit, "limit", f.settings.Limit, "the most copies that come in a draw")
	return oneOf(command, &f.output, "table", "json", "markdown", "csv")
}

// domainLabels are the labels of nodes that have a short name.
var domainLabels = map[string]string{"zone": models.LabelZone, "rack": models.LabelRack, "region": models.LabelRegion, "node": models.LabelHostname}

// options checks the flags.
func (f *headroomFlags) options(args []string) (headroom.Options, error) {
	o := headroom.Options{HeadroomSettings: f.settings, Survive: f.survive, Workers: f.atOnce()}
	o.Confidence = float64(f.confidence)
	if label, ok := domainLabels[f.survive]; ok {
		o.Survive = label
	}
	problems := []error{f.check(args), o.Check()}
	var err error
	switch {
	case (f.growth == "") == (f.history == ""):
		err = errors.New("podsim headroom needs the growth: give either --growth, such as 5%/week, or --growth-from with a CSV file")
	case f.growth != "":
		if o.Growth, err = headroom.ParseGrowth(f.growth); err != nil {
			err = fmt.Errorf("--growth: %w", err)
		}
	default:
		o.Growth, err = fitHistory(f.history)
	}
	if f.given.Changed("survive") && f.survive == "" {
		problems = append(problems, errors.New("--survive: want zone, rack, region, node or the key of a node label"))
	}
	if _, dateErr := time.Parse(time.DateOnly, f.from); f.given.Changed("from") && dateErr != nil {
		problems = append(problems, fmt.Errorf("--from: want a date such as 2026-03-01 (got %q)", f.from))
	}
	return o, errors.Join(append(problems, err)...)
}

// fitHistory reads a history and fits a law to it.
func fitHistory(name string) (*headroom.Growth, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("--growth-from %s: %w", name, dirs.Cause(err))
	}
	defer file.Close()
	observed, err := headroom.ReadHistory(file, name)
	if err != nil {
		return nil, err
	}
	return headroom.FitGrowth(name, observed)
}

func (s *session) runHeadroom(ctx context.Context, f *headroomFlags, args []string) error {
	o, err := f.options(args)
	if err != nil {
		return err
	}
	cell, err := s.takeApart(ctx, &f.cellFlags, args, "podsim headroom")
	if err != nil {
		return err
	}
	o.Seed, o.Templates = cell.seed, templatesOf(cell.templates)
	progress := s.packings("draw")
	o.Progress = progress.tell
	result, err := headroom.Run(ctx, cell.Cell, cell.schedulers, o)
	if err = progress.end(ctx, err, headroom.ErrNothing); result == nil {
		return err
	}
	result.Source, result.Date = cell.source, f.date(result, cell)
	return errors.Join(err, s.tellCapacity(result, f.output))
}

// date is that at which the cluster stands: as it is given, the last of the history, or
// that of the run.
func (f *headroomFlags) date(h *capacity.Headroom, c *cell) string {
	switch {
	case f.from != "":
		return f.from + "T00:00:00Z"
	case h.Growth.Fit != nil:
		return h.Growth.Fit.To
	}
	return c.start
}
