package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/models/spelling"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/kubectl"
)

// objectFlags say which objects of a run are asked for, and when.
type objectFlags struct {
	at        moment
	namespace string
	all       bool
	selector  string
}

func (f *objectFlags) add(flags *pflag.FlagSet) {
	flags.Var(&f.at, "at", "at this virtual time: 2h, 90m (default: the end of the run)")
	flags.StringVarP(&f.namespace, "namespace", "n", "default", "objects of this namespace")
	flags.BoolVarP(&f.all, "all-namespaces", "A", false, "objects of all namespaces")
	flags.StringVarP(&f.selector, "selector", "l", "", "objects with these labels: app=web,tier!=back,zone in (a,b),!canary")
}

// query reads TYPE [NAME...] or TYPE/NAME...
func (f *objectFlags) query(args []string) (*kubectl.Query, error) {
	selector, err := kubectl.ParseSelector(f.selector)
	if err != nil {
		return nil, err
	}
	q := &kubectl.Query{Namespace: f.namespace, AllNamespaces: f.all, Selector: selector}
	q.Names = args
	if !strings.Contains(args[0], "/") {
		q.Types, q.Names = args[0], args[1:]
	}
	if err := q.Prepare(); err != nil {
		name := q.Types
		if guess := spelling.Guess(name, kubectl.Kinds()); name != "" && guess != "" && guess != name {
			err = fmt.Errorf("%w; did you mean %q?", err, guess)
		}
		return nil, fmt.Errorf("error: %w", err)
	}
	return q, nil
}

// stand is a run at a moment, ready to go on.
type stand struct {
	*kubectl.Moment
	log    *logOf
	replay *cluster.Replay
}

// standAt replays a run up to a moment. Events and addresses of pods need the whole
// way; all else starts from the last checkpoint before.
func standAt(ctx context.Context, log *logOf, at moment, fromTheStart bool) (*stand, error) {
	p, head, err := log.replay()
	if err != nil {
		return nil, err
	}
	until := at.orNever()
	m := &kubectl.Moment{Start: head.Start, Unsimulated: kubectl.NewUnsimulated(head.Unsimulated)}
	if m.Start.IsZero() {
		m.Start = kubectl.DefaultStart
	}
	if fromTheStart {
		m.Events, m.Addresses = kubectl.NewEvents(m.Start), kubectl.NewAddresses()
		p.Cluster.Observe(m.Events)
		p.Cluster.Observe(m.Addresses)
	} else {
		if _, err := log.file.Seek(0, io.SeekStart); err != nil {
			return nil, log.blame(err)
		}
		if p, err = cluster.ReplayFrom(log.file, until); err != nil {
			return nil, log.blame(err)
		}
	}
	s := &stand{m, log, p}
	ended, err := s.step(ctx, until, nil)
	if err != nil {
		return nil, err
	}
	m.View, m.At = p.Cluster.View(), until
	if !ended {
		return s, nil
	}
	tail := logTail{End: p.Cluster.Now()}
	if p.Closing != nil {
		if err := json.Unmarshal(p.Closing, &tail); err != nil {
			return nil, log.blame(err)
		}
	}
	if at.given && until > tail.End {
		return nil, fmt.Errorf("--at %s: the run ended at %s", at.text, reports.Clock(reports.SecondsOf(tail.End)))
	}
	m.At = min(until, tail.End)
	return s, nil
}

// step replays up to a moment and reports whether the log is over. before, if any, is
// called with the time of each operation before it is applied.
func (s *stand) step(ctx context.Context, until models.Time, before func(models.Time) error) (ended bool, err error) {
	for n := 1; ; n++ {
		next, err := s.replay.Next()
		switch {
		case errors.Is(err, io.EOF):
			return true, nil
		case err == nil && next > until:
			return false, nil
		}
		if err == nil && before != nil {
			if err := before(next); err != nil {
				return false, err
			}
		}
		if err == nil {
			_, _, err = s.replay.Step()
		}
		if err != nil {
			return false, s.log.blame(err)
		}
		if n%replayPause == 0 && ctx.Err() != nil {
			return false, &exit{ExitInterrupted, errors.New("interrupted")}
		}
	}
}
