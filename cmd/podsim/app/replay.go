package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/page"
	"github.com/podsim/podsim/scenarios"
)

func (s *session) replay() *cobra.Command {
	var output []string
	var force, noEvents bool
	command := &cobra.Command{
		Use:   "replay RUN",
		Short: "tell again what happened in a run, from its operation log alone",
		Long: `Reads the operation log of a run, applies every operation again and prints the same
report. RUN is the folder that podsim run -o wrote, or the log itself. With -o DIR it
also writes the same tables again. The digest is checked. If the log is damaged, the
report tells what happened up to the damage, and the exit code is 2.`,
		Example: `  podsim run zone-outage -o out/
  podsim replay out/
  podsim replay out/ -o json
  podsim replay out/operations.log -o again/`,
		Args: oneArgument("run", ""),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("which run? Name the folder that podsim run -o wrote")
			}
			return s.retell(c.Context(), args[0], output, &runFlags{force: force, noEvents: noEvents})
		},
	}
	command.Flags().StringArrayVarP(&output, "output", "o", nil, "json for a summary on standard output, or a folder to write (repeatable)")
	command.Flags().BoolVar(&force, "force", false, "overwrite a folder that holds another run")
	command.Flags().BoolVar(&noEvents, "no-events", false, "leave events.jsonl out of the folder")
	return command
}

// retell is podsim replay: the run again, without the simulation.
func (s *session) retell(ctx context.Context, name string, output []string, f *runFlags) error {
	asJSON, dir, err := outputs(output)
	if err != nil {
		return err
	}
	log, err := openLog(name)
	if err != nil {
		return err
	}
	defer log.file.Close()
	p, head, err := log.replay()
	if err != nil {
		return err
	}
	input := &loaded{Run: &scenarios.Run{Name: head.Scenario, Digest: head.Input}}
	var out *folder
	if dir != "" {
		if out, err = openFolder(dir, input, f); err != nil {
			return err
		}
		defer out.discard()
	}
	told, err := refold(ctx, p, &head, out, out != nil)
	if err != nil {
		return log.blame(err)
	}
	summary, broken := told.summary, told.broken
	r := &result{input: input, summary: summary, page: told.page}
	if out != nil {
		if err := out.finish(r); err != nil {
			return err
		}
	}
	if asJSON {
		err = summary.WriteJSON(s.stdout)
	} else {
		err = s.tell(r, dir, false)
	}
	if broken != nil {
		return errors.Join(err, log.blame(broken))
	}
	if err != nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	return r.verdict(asJSON)
}

// retold is a run as its log tells it.
type retold struct {
	summary *reports.Summary
	page    *page.RunReport // nil if none is wanted
	broken  error           // the damage that ended the replay before the log did
}

// refold lets the recorders of a run observe its replay; out receives the files that are
// written meanwhile, nil for none.
func refold(ctx context.Context, p *cluster.Replay, head *logHead, out *folder, paged bool) (*retold, error) {
	config := head.recording()
	if out != nil {
		config.Pods, config.Events = out.pods, out.events
	}
	checks := make([]*reports.Check, len(head.Assertions))
	var err error
	for i, a := range head.Assertions {
		if checks[i], err = reports.CompileAssertion(a, p.Cluster.Dictionary()); err != nil {
			return nil, err
		}
	}
	recorder, err := observe(p.Cluster, config, paged, checks...)
	if err != nil {
		return nil, err
	}
	told := new(retold)
	if told.broken, err = replayAll(ctx, p); err != nil {
		return nil, err
	}
	tail := logTail{End: p.Cluster.Now()}
	if told.broken == nil && p.Closing != nil {
		if err := json.Unmarshal(p.Closing, &tail); err != nil {
			return nil, err
		}
	}
	summary, played, err := recorder.finish(tail.End)
	if err != nil {
		return nil, err
	}
	summary.Scenario, summary.Seed, summary.Digest = head.Scenario, head.Seed, p.Cluster.Digest()
	summary.NotSimulated = head.NotSimulated
	summary.SetUserSteps(tail.Steps)
	told.summary, told.page = summary, head.page(&tail, summary, played)
	if told.page != nil && told.broken != nil {
		told.page.Ended = "the log is damaged"
	}
	return told, nil
}

// replayAll applies the operations of a log. broken is the damage that ended that before
// the log did.
func replayAll(ctx context.Context, p *cluster.Replay) (broken, err error) {
	for n := 0; ; n++ {
		_, _, err := p.Step()
		switch {
		case errors.Is(err, io.EOF):
			return nil, nil
		case damaged(err):
			return err, nil
		case err != nil:
			return nil, err
		}
		if n%replayPause == 0 && ctx.Err() != nil {
			return nil, &exit{ExitInterrupted, errors.New("interrupted")}
		}
	}
}

// replayPause is how many operations lie between two looks at Ctrl-C.
const replayPause = 1 << 12
