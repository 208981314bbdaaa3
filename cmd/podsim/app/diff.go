package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
)

func (s *session) diff() *cobra.Command {
	var output string
	var around int
	f := new(compareFlags)
	command := &cobra.Command{
		Use:   "diff RUN RUN | diff [SCENARIO] --policy POLICY --policy POLICY",
		Short: "find where two runs, or two policies, part",
		Long: `With two policies: runs a scenario under both with the same seed and names the earliest
decision at which they part, with the scores of each plugin on both sides, and what came
of it for pods and workloads. SCENARIO and POLICY are those of podsim compare.

With two runs: reads their operation logs side by side and shows the first operation
that differs, with what came before and what came after in each. A RUN is a folder that
podsim run -o wrote, or a log.

Exit code 0 if they are the same, 1 if they part.`,
		Example: `  podsim diff zone-outage --policy default --policy most-allocated --seed 7
  podsim diff batch-burst --policy default --policy best-fit --seeds 20 --metric pending.p99
  podsim run zone-outage -o a/
  podsim run zone-outage --policy most-allocated -o b/
  podsim diff a/ b/`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			if len(f.policies) > 0 {
				if err := oneArgument("scenario", "; a diff of two runs takes no --policy")(c, args); err != nil {
					return err
				}
				return s.diffPolicies(c.Context(), f, output, args)
			}
			if err := twoRuns(c, args); err != nil {
				return err
			}
			if around < 0 || around > 1000 {
				return fmt.Errorf("--context: want 0 to 1000 (got %d)", around)
			}
			d, err := parting(args[0], args[1], around)
			if err != nil {
				return err
			}
			if output == "json" {
				err = s.printJSON(d)
			} else {
				err = d.print(s.stdout, args)
			}
			if err == nil && !d.Same {
				return &exit{ExitAssertion, nil}
			}
			return err
		},
	}
	command.Flags().StringVarP(&output, "output", "o", "text", "text or json")
	command.Flags().IntVar(&around, "context", 5, "of two runs: how many operations to show before and after")
	f.policyFlags(command.Flags())
	return oneOf(command, &output, "text", "json")
}

// twoRuns refuses what only goes with policies.
func twoRuns(c *cobra.Command, args []string) error {
	var strays []string
	c.Flags().Visit(func(flag *pflag.Flag) {
		if flag.Name != "output" && flag.Name != "context" {
			strays = append(strays, "--"+flag.Name)
		}
	})
	switch {
	case len(strays) > 0:
		return fmt.Errorf("%s: goes with --policy only, which names the policies to run", strings.Join(strays, ", "))
	case len(args) != 2:
		return fmt.Errorf("want two runs to compare, or two policies given with --policy (got %s)", count(len(args), "argument"))
	}
	return nil
}

// difference is where two runs part.
type difference struct {
	Same       bool     `json:"same"`
	Operations uint64   `json:"operations"` // that are the same
	At         string   `json:"at"`         // virtual time of the first that differs in either run
	Before     []string `json:"before"`     // the last ones that are the same
	A          []string `json:"a"`          // what follows in the first run; none at its end
	B          []string `json:"b"`
}

// lines reads a log operation by operation, each as a line of events.jsonl.
type lines struct {
	log    *logOf
	replay *cluster.Replay
	line   []byte
	at     models.Time
}

func openLines(name string) (*lines, error) {
	log, err := openLog(name)
	if err != nil {
		return nil, err
	}
	l := &lines{log: log}
	if l.replay, _, err = log.replay(); err != nil {
		log.file.Close()
		return nil, err
	}
	view := l.replay.Cluster.View()
	l.replay.Cluster.Observe(observer(func(now models.Time, op *models.Op) {
		l.at, l.line = now, reports.AppendEvent(l.line[:0], now, op, view)
	}))
	return l, nil
}

// next goes on by one operation; more is false at the end.
func (l *lines) next() (more bool, err error) {
	_, _, err = l.replay.Step()
	if errors.Is(err, io.EOF) {
		l.line = nil
		return false, nil
	}
	if err != nil {
		return false, l.log.blame(err)
	}
	return true, nil
}

// rest returns the line at hand and up to n more.
func (l *lines) rest(more bool, n int) ([]string, error) {
	list := []string{}
	var err error
	for more && len(list) <= n {
		list = append(list, string(l.line))
		if more, err = l.next(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// parting finds the first operation at which two runs part.
func parting(first, second string, around int) (*difference, error) {
	a, err := openLines(first)
	if err != nil {
		return nil, err
	}
	defer a.log.file.Close()
	b, err := openLines(second)
	if err != nil {
		return nil, err
	}
	defer b.log.file.Close()
	d := &difference{Before: []string{}, A: []string{}, B: []string{}}
	for {
		moreA, err := a.next()
		if err != nil {
			return nil, err
		}
		moreB, err := b.next()
		if err != nil {
			return nil, err
		}
		if !moreA && !moreB {
			d.Same = true
			return d, nil
		}
		if moreA && moreB && bytes.Equal(a.line, b.line) {
			d.Operations++
			if d.Before = append(d.Before, string(a.line)); len(d.Before) > around {
				d.Before = d.Before[1:]
			}
			continue
		}
		d.At = firstTime(a, moreA, b, moreB).String()
		if d.A, err = a.rest(moreA, around); err != nil {
			return nil, err
		}
		d.B, err = b.rest(moreB, around)
		return d, err
	}
}

func firstTime(a *lines, moreA bool, b *lines, moreB bool) models.Time {
	switch {
	case !moreA:
		return b.at
	case !moreB:
		return a.at
	}
	return min(a.at, b.at)
}

func (d *difference) print(w io.Writer, names []string) error {
	if d.Same {
		_, err := fmt.Fprintln(w, "the runs are the same, operation by operation")
		return err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "the runs part at %s, after %d operations that are the same\n", d.At, d.Operations)
	for _, line := range d.Before {
		fmt.Fprintln(&b, "   "+line)
	}
	for i, side := range []struct {
		mark  string
		lines []string
	}{{"-", d.A}, {"+", d.B}} {
		fmt.Fprintf(&b, "%s %s\n", side.mark, reports.Visible(names[i]))
		for _, line := range side.lines {
			fmt.Fprintln(&b, " "+side.mark+" "+line)
		}
		if len(side.lines) == 0 {
			fmt.Fprintln(&b, " "+side.mark+" (nothing more)")
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}
