package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/spf13/pflag"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/guard"
	"github.com/podsim/podsim/reports/prometheus"
	"github.com/podsim/podsim/reports/prometheus/scrape"
	"github.com/podsim/podsim/sim"
)

// listenFlags are those of a run whose metrics are served.
type listenFlags struct {
	address     string
	allowRemote bool
	allowHosts  []string
	maxSeries   int
	hold        bool
	flags       *pflag.FlagSet
}

func (f *listenFlags) add(flags *pflag.FlagSet) {
	f.flags = flags
	flags.StringVar(&f.address, "listen", "", "serve Prometheus metrics at this address while the run goes on: 127.0.0.1:9090 (port 0 takes a free one)")
	flags.BoolVar(&f.allowRemote, "allow-remote", false, "let --listen serve other machines, too")
	flags.StringArrayVar(&f.allowHosts, "allow-host", nil, "let --listen also answer to this host name (repeatable)")
	flags.IntVar(&f.maxSeries, "max-series", someSeries, "with --listen: series that tell of single objects; objects that come later are left out")
	flags.BoolVar(&f.hold, "hold", false, "with --listen: serve the end of the run until Ctrl-C")
}

// check says all that is wrong with the flags.
func (f *listenFlags) check() error {
	var wrong []error
	if f.address == "" {
		for _, name := range []string{"allow-remote", "allow-host", "max-series", "hold"} {
			if flag := f.flags.Lookup(name); flag.Changed && flag.Value.String() != "false" {
				wrong = append(wrong, fmt.Errorf("--%s: there is nothing to serve without --listen", name))
			}
		}
	}
	return errors.Join(append(wrong, checkSeries(f.maxSeries))...)
}

// metricsServer serves the metrics of one run. A nil one does nothing.
type metricsServer struct {
	listener net.Listener
	flags    *listenFlags
	fold     *prometheus.Fold
	run      *sim.Simulation
	pace     *pace
	ended    bool
	speed    speedometer
	done     chan struct{} // closed when nobody is served any more, for the reason of err
	err      error
}

// listen opens the address of a run that is to be scraped; nil if none is.
func (f *listenFlags) listen() (*metricsServer, error) {
	if err := f.check(); err != nil || f.address == "" {
		return nil, err
	}
	l, err := guard.Listen(f.address, f.allowRemote)
	if err != nil {
		return nil, fmt.Errorf("--listen: %w", err)
	}
	return &metricsServer{listener: l, flags: f, done: make(chan struct{})}, nil
}

// close lets the address go. It is closed already if it has been served.
func (m *metricsServer) close() {
	if m != nil {
		_ = m.listener.Close()
	}
}

// observe makes the metrics of a run that has not begun.
func (m *metricsServer) observe(head *logHead, run *sim.Simulation) {
	if m == nil {
		return
	}
	m.run, m.fold = run, prometheus.NewFold(metricsConfig(head, m.flags.maxSeries, nil))
	run.Cluster().Observe(m.fold)
}

// serve answers scrapes until the context ends: each is a turn in the goroutine of the run.
func (s *session) serve(ctx context.Context, m *metricsServer, p *pace) error {
	if m == nil {
		return nil
	}
	m.pace = p
	server, err := guard.New(scrape.Handler(ctx, m.take), m.flags.allowHosts)
	if err != nil {
		return fmt.Errorf("--allow-host: %w", err)
	}
	fmt.Fprintf(s.stderr, "metrics of the run: %s\n", m.url())
	go func() {
		defer close(m.done)
		m.err = guard.Serve(ctx, server, m.listener)
	}()
	return nil
}

func (m *metricsServer) url() string { return "http://" + m.listener.Addr().String() + "/metrics" }

// take makes a snapshot in the goroutine of the run.
func (m *metricsServer) take(ctx context.Context) (s *prometheus.Snapshot, err error) {
	err = m.pace.ask(ctx, func() {
		l := m.run.Scheduler().Lengths()
		now := m.pace.now
		s = m.fold.Snapshot(now, m.run.Cluster().View(), &prometheus.Queue{
			Active: l.Active, Backoff: l.Backoff, Unschedulable: l.Unschedulable, Gated: l.Gated,
		})
		ended := 0.0
		if m.ended {
			ended = 1
		}
		s.Add(prometheus.RunEnded, ended)
		s.Add(prometheus.RunSpeed, m.speed.at(now, time.Now()))
		s.Add(prometheus.Events, float64(m.run.Events()))
	})
	return s, err
}

// end tells that the run is over, at a moment.
func (m *metricsServer) end(at models.Time) {
	if m != nil {
		m.ended, m.pace.now = true, at
	}
}

// hold goes on to serve the end of a run, if that is wanted, until the context ends.
func (s *session) hold(ctx context.Context, m *metricsServer) error {
	if m == nil || !m.flags.hold || ctx.Err() != nil {
		return nil
	}
	fmt.Fprintf(s.stderr, "the run is over; its end is served until Ctrl-C: %s\n", m.url())
	holding, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-m.done:
			cancel()
		case <-holding.Done():
		}
	}()
	m.pace.linger(holding)
	select {
	case <-m.done:
		return m.err
	default:
		return nil
	}
}

// speedometer tells how fast virtual time goes, over a second at least.
type speedometer struct {
	virtual models.Time
	real    time.Time
	last    float64
}

func (s *speedometer) at(virtual models.Time, real time.Time) float64 {
	if s.real.IsZero() {
		s.virtual, s.real = virtual, real
	}
	if took := real.Sub(s.real); took >= time.Second {
		s.last = virtual.Sub(s.virtual).Seconds() / took.Seconds()
		s.virtual, s.real = virtual, real
	}
	return s.last
}
