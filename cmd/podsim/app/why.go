package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/kubectl"
	"github.com/podsim/podsim/reports/why"
	"github.com/podsim/podsim/scheduler"
)

func (s *session) why() *cobra.Command {
	var at moment
	var namespace, output string
	command := &cobra.Command{
		Use:   "why RUN KIND/NAME",
		Short: "why a pod or a workload of a run stands as it does at a moment",
		Long: `Tells why a pod was pending, starting, evicted or gone at a moment of a run, or why a
workload was below its replicas: the true cause in one sentence, then the evidence with
virtual times, where the pod could have gone, who had the room, what would have placed it,
and what happened next. RUN is the folder that podsim run -o wrote, or the log itself. KIND
is pod, deploy, rs, sts, ds, job or rc; KIND/NAMESPACE/NAME is read as well.

The scheduler of the run is asked again about the cluster as it stood. Every change that is
told was tried in a copy of that cluster. They are told the smallest first: what undoes a
stop (a gate, a cordon, a node out of order, a claim without its volume), then what changes
the wishes of the pod, then the settings of a node or a quota, then what takes room from
other pods or gives up more than half of a request, then what is bought, then a
request that is given up as a whole. What makes room that pods in front of it would take
comes last.

With -o json the answer is an object; times are in seconds of virtual time:

  object, at, state          what was asked, and how kubectl would have shown it
  cause.kind, cause.text     the true cause in a word and in a sentence
  owner, node                of a pod
  workload                   desired, ready, available, missing, groups of pods by cause,
                             rollout, budgets, refusals, losses
  departure                  how a pod came to leave: at, kind, by, reason, text, node,
                             preemptor, taints, trouble of its node, budgets
  before, after              the pods that it replaces, the nearest first, and its successor
  evidence, next             what happened up to the moment, and after it
  asked, askedAt, fits       whom and when the scheduler was asked about; where it would go
  ahead, outcome             pods that wait in front of it; what became of it
  nodes                      nodes by what speaks against them: count, plugin, kind, reasons
  holders                    who has what the pod lacks: workload, holds, priority, relation
  changes                    kind, what, node and size (0 to 5) of each, the smallest first;
                             taken if pods in front of it would take the room

Kinds of causes are:
` + listed(why.Kinds()) + `
and kinds of departures:
` + listed(why.Departures()),
		Example: `  podsim why out/ pod/web-74bb594948-bln2x --at 3h12m
  podsim why out/ deploy/web --at 2h05m
  podsim why out/ sts/shop/db -o json | jq .cause`,
		Args: someArguments("RUN", "KIND/NAME"),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 2 {
				return fmt.Errorf("one object at a time (got %d)", len(args)-1)
			}
			if _, err := os.Stat(args[0]); err != nil {
				if _, err := os.Stat(args[1]); err == nil {
					args[0], args[1] = args[1], args[0] // as podsim get and describe have it
				}
			}
			query, err := why.ParseQuery(args[1], namespace)
			if err != nil {
				return err
			}
			log, err := openLog(args[0])
			if err != nil {
				return err
			}
			defer log.file.Close()
			answer, err := s.ask(c.Context(), log, query, at)
			switch {
			case answer == nil:
				return err
			case output == "json":
				return cmp.Or(answer.WriteJSON(s.stdout), err)
			}
			return cmp.Or(answer.WriteText(s.stdout, style(s.stdout)), err)
		},
	}
	flags := command.Flags()
	flags.Var(&at, "at", "at this virtual time: 3h12m, 90m (default: the end of the run)")
	flags.StringVarP(&namespace, "namespace", "n", "default", "the object is in this namespace")
	flags.StringVarP(&output, "output", "o", "text", "text or json")
	return oneOf(command, &output, "text", "json")
}

// listed sets words in lines of a help text.
func listed(words []string) string {
	var b strings.Builder
	used := helpWidth
	for i, word := range words {
		if i < len(words)-1 {
			word += ","
		}
		if used+1+len(word) > helpWidth {
			b.WriteString("\n ")
			used = 1
		}
		b.WriteString(" " + word)
		used += 1 + len(word)
	}
	return strings.TrimPrefix(b.String(), "\n")
}

const helpWidth = 88 // columns

// ask replays a run to hear all that befell an object, goes to the moment that is asked
// about, and answers. Of a log that is damaged after that moment there are both an answer
// and an error.
func (s *session) ask(ctx context.Context, log *logOf, query why.Query, at moment) (*why.Answer, error) {
	p, head, err := log.replay()
	if err != nil {
		return nil, err
	}
	until := at.orNever()
	story := why.NewStory(query, until)
	p.Cluster.Observe(story)
	whole := &stand{log: log, replay: p}
	_, damage := whole.step(ctx, models.Never, nil)
	if damage != nil && (!damaged(damage) || !at.given || until >= p.Cluster.Now() || !story.Known()) {
		return nil, damage
	}
	tail := logTail{End: p.Cluster.Now()}
	if p.Closing != nil {
		if err := json.Unmarshal(p.Closing, &tail); err != nil {
			return nil, log.blame(err)
		}
	}
	switch {
	case at.given && until > tail.End:
		return nil, fmt.Errorf("--at %s: the run ended at %s", at.text, reports.Clock(reports.SecondsOf(tail.End)))
	case !story.Known():
		return nil, s.unheardOf(ctx, log, query)
	}
	then := p
	if until < tail.End {
		then, err = log.goTo(ctx, until, func(next models.Time, _ *cluster.Replay) bool { return next > until })
		if err != nil {
			return nil, err
		}
	}
	config, notes, err := s.schedulerOf(&head)
	if err != nil {
		return nil, log.blame(err)
	}
	m := &why.Moment{
		Moment:  &kubectl.Moment{View: then.Cluster.View(), At: min(until, tail.End), Start: head.Start},
		End:     tail.End,
		Cut:     damage != nil,
		Cluster: then.Cluster,
		Scheduler: func(c *cluster.Cluster) (*scheduler.Scheduler, error) {
			return scheduler.New(config, s.plugins, c.Dictionary())
		},
		Before: func(operations uint64, t models.Time) (*cluster.Cluster, error) {
			before, err := log.goTo(ctx, t-1, func(_ models.Time, p *cluster.Replay) bool { return p.Cluster.Operations() >= operations })
			if err != nil {
				return nil, err
			}
			return before.Cluster, nil
		},
	}
	answer, err := story.Ask(m)
	if err != nil {
		return nil, &exit{ExitInternal, err}
	}
	answer.Notes = append(answer.Notes, notes...)
	return answer, damage
}

// schedulerOf is how the scheduler of a run was set up, but that it preempts nobody.
func (s *session) schedulerOf(head *logHead) (config scheduler.Config, notes []string, err error) {
	if head.Scheduler == nil {
		notes = append(notes, "the log does not tell how the scheduler was set up: one with the default profile was asked")
		config = scheduler.DefaultConfig(s.plugins)
	} else if config, err = head.Scheduler.Config(s.plugins); err != nil {
		return config, nil, err
	}
	config.Draw = tieBreaker(head.Seed)
	return config.WithoutPreemption(), notes, nil
}

// goTo replays a run from the last checkpoint at or before a moment on, until that is done:
// told when the next operation is.
func (l *logOf) goTo(ctx context.Context, from models.Time, done func(models.Time, *cluster.Replay) bool) (*cluster.Replay, error) {
	if _, err := l.file.Seek(0, io.SeekStart); err != nil {
		return nil, l.blame(err)
	}
	p, err := cluster.ReplayFrom(l.file, from)
	if err != nil {
		return nil, l.blame(err)
	}
	for n := 1; ; n++ {
		next, err := p.Next()
		switch {
		case errors.Is(err, io.EOF) || err == nil && done(next, p):
			return p, nil
		case err == nil:
			_, _, err = p.Step()
		}
		if err != nil {
			return nil, l.blame(err)
		}
		if n%replayPause == 0 && ctx.Err() != nil {
			return nil, &exit{ExitInterrupted, errors.New("interrupted")}
		}
	}
}

// unheardOf says that a run has no such object, and which one may be meant.
func (s *session) unheardOf(ctx context.Context, log *logOf, query why.Query) error {
	if _, err := log.file.Seek(0, io.SeekStart); err != nil {
		return log.blame(err)
	}
	p, _, err := log.replay()
	if err != nil {
		return err
	}
	names := why.NewNames(query)
	p.Cluster.Observe(names)
	if _, err := (&stand{log: log, replay: p}).step(ctx, models.Never, nil); err != nil {
		return err
	}
	text := fmt.Sprintf("%s: there is never a %s", reports.Visible(log.name), query)
	if guess := names.Guess(); guess != "" {
		text += fmt.Sprintf("; did you mean %s?", guess)
	}
	return errors.New(text)
}
