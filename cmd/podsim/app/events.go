package app

import (
	"bufio"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/reports"
)

// moment is a flag that holds a virtual time, written as a duration.
type moment struct {
	at    models.Time
	given bool
	text  string // as it was given
}

func (m *moment) String() string { return m.text }

// orNever is the moment, or Never if none was given.
func (m *moment) orNever() models.Time {
	if m.given {
		return m.at
	}
	return models.Never
}

func (m *moment) Set(text string) error {
	d, err := yamlnode.Duration(text)
	m.at, m.given, m.text = models.Time(d), true, text
	return err
}

func (m *moment) Type() string { return "time" }

func (s *session) events() *cobra.Command {
	var from, until moment
	var operations, objects []string
	command := &cobra.Command{
		Use:   "events RUN",
		Short: "print the operations of a run as JSON lines",
		Long: `Prints what happened in a run, one JSON object an operation, from its operation log.
RUN is the folder that podsim run -o wrote, or the log itself. --from starts at a
checkpoint of the log and does not read what lies before it. podsim columns
events.jsonl explains the fields.`,
		Example: `  podsim events out/
  podsim events out/ --from 2h --until 2h10m --op CrashNode,DeletePod
  podsim events out/ --object 'default/web-*'
  podsim events out/ --object Deployment/default/web --op BindPod | jq .node`,
		Args: oneArgument("run", ""),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("which run? Name the folder that podsim run -o wrote")
			}
			filter, err := reports.NewFilter(operations, objects)
			if err != nil {
				return err
			}
			filter.From = from.at
			if until.given {
				filter.Until = until.at
			}
			log, err := openLog(args[0])
			if err != nil {
				return err
			}
			defer log.file.Close()
			w := bufio.NewWriterSize(s.stdout, 1<<16)
			err = printEvents(log, w, &filter)
			if flushed := w.Flush(); err == nil {
				err = flushed
			}
			if err == nil && c.Context().Err() != nil {
				return &exit{ExitInterrupted, nil}
			}
			return err
		},
	}
	flags := command.Flags()
	flags.Var(&from, "from", "from this virtual time on: 2h, 90m")
	flags.Var(&until, "until", "up to this virtual time")
	flags.StringSliceVar(&operations, "op", nil, "only these operations, such as BindPod,DeletePod")
	flags.StringArrayVar(&objects, "object", nil, "only what concerns NODE, NAMESPACE/POD or KIND/NAMESPACE/NAME; * and ? are wildcards (repeatable)")
	return command
}

func printEvents(log *logOf, w *bufio.Writer, filter *reports.Filter) error {
	p, err := cluster.ReplayFrom(log.file, filter.From-1)
	if err != nil {
		return log.blame(err)
	}
	view := p.Cluster.View()
	var line []byte
	var failed error
	p.Cluster.Observe(observer(func(now models.Time, op *models.Op) {
		if failed == nil && filter.Picks(now, op, view) {
			line = append(reports.AppendEvent(line[:0], now, op, view), '\n')
			_, failed = w.Write(line)
		}
	}))
	for {
		at, _, err := p.Step()
		switch {
		case errors.Is(err, io.EOF), err == nil && at > filter.Until:
			return nil
		case err != nil:
			return log.blame(err)
		case failed != nil:
			return failed
		}
	}
}

// observer is a function that observes a cluster.
type observer func(now models.Time, op *models.Op)

func (o observer) Observe(now models.Time, op *models.Op, _ cluster.View) { o(now, op) }
