package app

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/place"
	"github.com/podsim/podsim/scheduler/plugins"
)

// cellFlags say which cluster is taken apart: one that is written down, or that of a
// scenario at a moment of its run.
type cellFlags struct {
	worldFlags
	momentFlags
	workers int
	output  string
}

func (c *cellFlags) flags(f *pflag.FlagSet) {
	c.worldFlags.flags(f)
	c.momentFlags.flags(f)
	for _, name := range []string{"preempt", "preemption"} { // everything is packed in the order of priority
		_ = f.MarkHidden(name)
	}
	f.Lookup("seed").Usage = "the seed of all random draws (default: the scenario's, or 1)"
	f.IntVar(&c.workers, "workers", 0, "how many packings at a time (default: one for each core); the report does not depend on it")
	f.StringVarP(&c.output, "output", "o", "table", "table, json, markdown or csv")
}

// check refuses flags that mean nothing together.
func (c *cellFlags) check(args []string) error {
	var problems []error
	if c.given.Changed("preempt") || c.given.Changed("preemption") {
		problems = append(problems, errors.New("--preempt and --preemption: pods are packed in the order of their priority, so that none makes room for another"))
	}
	if c.given.Changed("workers") && c.workers < 1 {
		problems = append(problems, fmt.Errorf("--workers: must be > 0 (got %d)", c.workers))
	}
	return errors.Join(append(problems, c.momentFlags.check(c.given, args))...)
}

// atOnce is how many packings are done at a time.
func (c *cellFlags) atOnce() int {
	if c.workers > 0 {
		return c.workers
	}
	return runtime.GOMAXPROCS(0)
}

// cell is a cluster taken apart, with what makes its schedulers.
type cell struct {
	*place.Cell
	schedulers place.Schedulers
	source     capacity.Source
	seed       uint64
	templates  []scenarios.Template
	// start is the date of the moment at which it stands, as RFC 3339 writes it; empty if
	// the scenario has none.
	start string
}

// takeApart reads the cluster that is asked about and takes it apart.
func (s *session) takeApart(ctx context.Context, f *cellFlags, args []string, command string) (*cell, error) {
	if f.at.given {
		return s.cellAt(ctx, f, args)
	}
	world, _, err := s.world(ctx, &f.worldFlags, command)
	if err != nil {
		return nil, err
	}
	config, err := s.schedulerConfig(world, &f.worldFlags, false)
	if err != nil {
		return nil, err
	}
	seed, err := seedOr(f.seed, 1)
	if err != nil {
		return nil, err
	}
	name := nodesFlag
	switch {
	case len(f.files) == 0:
	case f.files[0] == "-":
		name = "standard input"
	default:
		name = f.files[0]
	}
	apart := place.NewCell(world.Cluster)
	for i := range apart.Pods {
		p := &apart.Pods[i]
		p.Daemon = p.Daemon || world.Daemons[apart.PodName(p)]
	}
	return &cell{Cell: apart, schedulers: schedulersOf(config, s.plugins, seed), seed: seed,
		source: capacity.Source{Name: name, Version: Version}, templates: world.Templates}, nil
}

// cellAt takes the cluster of a scenario apart as it is at a moment of its run.
func (s *session) cellAt(ctx context.Context, f *cellFlags, args []string) (*cell, error) {
	loaded, simulation, err := s.runTo(ctx, &f.worldFlags, &f.momentFlags, args)
	if err != nil {
		return nil, err
	}
	table := loaded.Config.Plugins
	if table == nil {
		table = s.plugins
	}
	config := loaded.Config.Scheduler
	if len(config.Profiles) == 0 {
		engine := config.Engine
		config = scheduler.DefaultConfig(table)
		config.Engine = engine
	}
	at := reports.Seconds(time.Duration(f.at.at).Seconds())
	out := &cell{Cell: place.NewCell(simulation.Cluster()), schedulers: schedulersOf(config.WithoutPreemption(), table, loaded.Config.Seed),
		seed: loaded.Config.Seed, templates: loaded.Templates,
		source: capacity.Source{Name: loaded.Name, At: &at, Version: Version}}
	if start := loaded.Config.Start; !start.IsZero() {
		out.start = start.Add(time.Duration(f.at.at)).UTC().Format("2006-01-02T15:04:05Z")
	}
	return out, nil
}

// schedulersOf makes schedulers that are set up alike, each with draws of its own.
func schedulersOf(config scheduler.Config, table []plugins.Entry, seed uint64) place.Schedulers {
	return func(d *models.Dictionary) (*scheduler.Scheduler, error) {
		own := config
		own.Draw = tieBreaker(seed)
		return scheduler.New(own, table, d)
	}
}

// shareFlag is a flag that holds a share, as a percentage or a number: 0.2% or 0.002.
type shareFlag float64

func (s *shareFlag) String() string { return strconv.FormatFloat(float64(*s)*100, 'f', -1, 64) + "%" }

func (s *shareFlag) Set(text string) error {
	number, percent := strings.CutSuffix(text, "%")
	value, err := strconv.ParseFloat(number, 64)
	if percent {
		value /= 100
	}
	if err != nil || !(value >= 0 && value <= 1) {
		return fmt.Errorf("want a share such as 0.2%% or 0.002, from 0 to 1 (got %q)", text)
	}
	*s = shareFlag(value)
	return nil
}

func (s *shareFlag) Type() string { return "share" }

// packings shows how many packings are done, and remembers it.
type packings struct {
	bar  *progress
	what string // one of them
	done int
}

func (s *session) packings(what string) *packings {
	return &packings{bar: newProgress(s.stderr, models.Never, true), what: what}
}

func (p *packings) tell(done, of int) {
	p.done = done
	p.bar.tell(done, of, p.what)
}

// end turns what the packings ended with into an exit code. The error that there is
// nothing to pack is a fault of the input, others are of the simulator, unless the
// context has ended.
func (p *packings) end(ctx context.Context, err, nothing error) error {
	p.bar.clear()
	switch {
	case err == nil || errors.Is(err, nothing):
		return err
	case ctx.Err() == nil:
		return &exit{ExitInternal, err}
	}
	return &exit{ExitInterrupted, fmt.Errorf("interrupted after %s", count(p.done, p.what))}
}
