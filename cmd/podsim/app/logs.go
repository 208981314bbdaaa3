package app

import (
	"bufio"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/kubectl"
)

// logTailOfMany is how many lines of each pod are shown if several are asked for.
// Source: k8s.io/kubectl/pkg/cmd/logs (selectorTail).
const logTailOfMany = 10

func (s *session) logs() *cobra.Command {
	var f objectFlags
	q := kubectl.LogQuery{}
	var since span
	var sinceTime string
	var follow bool
	command := &cobra.Command{
		Use:   "logs (POD | TYPE/NAME) RUN",
		Short: "show what the containers of a run would have logged, as kubectl logs does",
		Long: `Shows a log of a container at one moment of virtual time. podsim runs no programs: the
lines are synthetic, made of what the run knows of the container - its start, when it
was ready, that it was told to stop, its exit code - at their times in virtual time.
What kubectl would refuse is refused in its words: a container that is waiting to start
has no log. -f shows all lines up to the end of the run, which is over. RUN is the folder that podsim run -o wrote, or the log itself.`,
		Example: `  podsim logs web-74bb594948-bln2x --at 10m out/
  podsim logs crashing -c app --previous --timestamps out/
  podsim logs deploy/web --since 5m --tail 20 out/
  podsim logs web-74bb594948-bln2x --since-time 2026-01-01T00:05:00Z out/
  podsim logs -l app=web --prefix --at 10m out/`,
		Args: someArguments("RUN"),
		RunE: func(c *cobra.Command, args []string) error {
			selector, err := kubectl.ParseSelector(f.selector)
			if err != nil {
				return err
			}
			name := ""
			switch {
			case f.all:
				return errors.New("podsim logs knows no --all-namespaces")
			case len(args) > 2:
				return errors.New("podsim logs takes one POD or TYPE/NAME, and RUN (see podsim logs --help)")
			case len(args) == 2 && f.selector != "":
				return errors.New("error: only a selector (-l) or a POD name is allowed")
			case len(args) == 2:
				name = args[0]
			case f.selector == "":
				return errors.New("error: expected 'logs (POD | TYPE/NAME) RUN'. POD or TYPE/NAME is a required argument for the logs command")
			}
			if q.Container != "" && q.AllContainers {
				return errors.New("error: --all-containers=true should not be specified with container name")
			}
			if err := readSince(&q, time.Duration(since), sinceTime); err != nil {
				return err
			}
			if f.selector != "" && !c.Flags().Changed("tail") {
				q.Tail = logTailOfMany
			}
			return s.showLogs(c, &f, &q, logsOf{name, selector, follow}, args[len(args)-1])
		},
	}
	flags := command.Flags()
	flags.Var(&f.at, "at", "at this virtual time: 2h, 90m (default: the end of the run)")
	flags.StringVarP(&f.namespace, "namespace", "n", "default", "pods of this namespace")
	flags.StringVarP(&f.selector, "selector", "l", "", "pods with these labels")
	flags.StringVarP(&q.Container, "container", "c", "", "this container (default: the first)")
	flags.BoolVar(&q.AllContainers, "all-containers", false, "all containers of the pod")
	flags.BoolVarP(&q.Previous, "previous", "p", false, "the instance of the container before")
	flags.BoolVar(&q.Timestamps, "timestamps", false, "begin each line with its virtual time")
	flags.BoolVar(&q.Prefix, "prefix", false, "begin each line with the pod and the container")
	flags.Var(&since, "since", "only lines of this last while: 5s, 2m, 3h")
	flags.StringVar(&sinceTime, "since-time", "", "only lines from this moment on, on the calendar of the run: 2026-01-01T00:05:00Z")
	flags.BoolVarP(&follow, "follow", "f", false, "go on to the end of the run")
	flags.IntVar(&q.Tail, "tail", -1, "only the last lines; -1 is all")
	return command
}

// readSince reads from when on lines are asked for.
func readSince(q *kubectl.LogQuery, since time.Duration, moment string) (err error) {
	if q.Since = since; moment == "" {
		return nil
	}
	if since > 0 {
		return errors.New("error: at most one of `sinceTime` or `sinceSeconds` may be specified")
	}
	if q.SinceTime, err = time.Parse(time.RFC3339, moment); err != nil {
		return fmt.Errorf("error: --since-time: got %q; want a moment such as 2026-01-01T00:05:00Z", moment)
	}
	return nil
}

// logsOf says of which pods logs are asked for, and whether they go on.
type logsOf struct {
	name     string
	selector kubectl.Selector
	follow   bool
}

// showLogs replays the run twice: to the moment, to find the pods, and once more to see
// what they did.
func (s *session) showLogs(c *cobra.Command, f *objectFlags, q *kubectl.LogQuery, of logsOf, run string) error {
	log, err := openLog(run)
	if err != nil {
		return err
	}
	defer log.file.Close()
	stand, err := standAt(c.Context(), log, f.at, false)
	if err != nil {
		return err
	}
	pods, note, err := stand.LogPods(f.namespace, of.name, of.selector)
	if err != nil {
		return err
	}
	if note != "" {
		fmt.Fprintln(s.stderr, reports.Visible(note))
	}
	if len(pods) == 0 {
		fmt.Fprintf(s.stderr, "No resources found in %s namespace.\n", reports.Visible(f.namespace))
		return nil
	}
	until := stand.At
	if of.follow {
		until = models.Never
		fmt.Fprintln(s.stderr, "The run is finished: these are all lines up to its end, and no more will come.")
	}
	logs, err := s.logsUpTo(c, log, until, pods)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(s.stdout, 1<<16)
	var failed []error
	for _, pod := range pods {
		failed = append(failed, q.Write(w, s.stderr, stand.Moment, logs, pod))
	}
	return errors.Join(errors.Join(failed...), w.Flush())
}

// logsUpTo replays a run from its beginning up to a moment.
func (s *session) logsUpTo(c *cobra.Command, log *logOf, at models.Time, pods []models.PodID) (*kubectl.Logs, error) {
	if _, err := log.file.Seek(0, 0); err != nil {
		return nil, log.blame(err)
	}
	replay, _, err := log.replay()
	if err != nil {
		return nil, err
	}
	logs := kubectl.NewLogs(pods)
	replay.Cluster.Observe(logs)
	again := &stand{log: log, replay: replay}
	_, err = again.step(c.Context(), at, nil)
	return logs, err
}
