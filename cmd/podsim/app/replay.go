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
	summary, broken, err := refold(ctx, p, &head, out)
	if err != nil {
		return log.blame(err)
	}
	r := &result{input: input, summary: summary}
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

// refold lets the recorder of a run observe its replay. broken is the damage that
// ended the replay before the log did.
func refold(ctx context.Context, p *cluster.Replay, head *logHead, out *folder) (summary *reports.Summary, broken, err error) {
	config := head.recording()
	if out != nil {
		config.Pods, config.Events = out.pods, out.events
	}
	checks := make([]*reports.Check, len(head.Assertions))
	for i, a := range head.Assertions {
		if checks[i], err = reports.CompileAssertion(a, p.Cluster.Dictionary()); err != nil {
			return nil, nil, err
		}
	}
	recorder, err := reports.NewRecorder(config, p.Cluster.View())
	if err != nil {
		return nil, nil, err
	}
	recorder.Check(checks...)
	p.Cluster.Observe(recorder)
	for n := 0; ; n++ {
		_, _, err := p.Step()
		if errors.Is(err, io.EOF) {
			break
		}
		if damaged(err) {
			broken = err
			break
		}
		if err != nil {
			return nil, nil, err
		}
		if n%replayPause == 0 && ctx.Err() != nil {
			return nil, nil, &exit{ExitInterrupted, errors.New("interrupted")}
		}
	}
	tail := logTail{End: p.Cluster.Now()}
	if broken == nil && p.Closing != nil {
		if err := json.Unmarshal(p.Closing, &tail); err != nil {
			return nil, nil, err
		}
	}
	if summary, err = recorder.Finish(tail.End); err != nil {
		return nil, nil, err
	}
	summary.Scenario, summary.Seed, summary.Digest = head.Scenario, head.Seed, p.Cluster.Digest()
	summary.NotSimulated = head.NotSimulated
	summary.SetUserSteps(tail.Steps)
	return summary, broken, nil
}

// replayPause is how many operations lie between two looks at Ctrl-C.
const replayPause = 1 << 12
