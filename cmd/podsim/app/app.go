// Package app is podsim's command line: one file a verb. It joins the rooms:
// scenarios reads the input, sim runs it, reports tells what happened.
//
// A scheduling plugin of your own needs no fork. A main package of your own calls
//
//	os.Exit(app.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, app.WithPlugin(entry)))
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scheduler/plugins"
)

// The exit codes of podsim.
const (
	ExitPass        = 0   // all went well
	ExitAssertion   = 1   // an assertion of the scenario failed
	ExitBadInput    = 2   // the input or the command line is wrong
	ExitInternal    = 3   // podsim itself is at fault
	ExitInterrupted = 130 // stopped by Ctrl-C
)

// Option changes what the command line offers.
type Option func(*session)

// WithPlugin adds a scheduling plugin to the table that scenarios choose from.
func WithPlugin(entry plugins.Entry) Option {
	return func(s *session) { s.plugins = append(s.plugins, entry) }
}

// session is what the verbs of one command line share.
type session struct {
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
	plugins []plugins.Entry
}

// exit is an error with an exit code of its own. Its text, if any, is printed.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// Main runs the command line and returns its exit code. The first Ctrl-C stops
// what is under way cleanly, the second at once.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer, options ...Option) (code int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(stderr, "podsim: internal error: %v\n%s\nPlease report this with the command and the seed.\n", p, debug.Stack())
			code = ExitInternal
		}
	}()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	command := New(stdin, stdout, stderr, options...)
	command.SetArgs(joinSteps(args))
	return exitCode(command.ExecuteContext(ctx), stderr)
}

// exitCode prints an error and says what the process ends with. An error of no
// known kind comes from the command line itself: an unknown flag, a missing
// argument.
func exitCode(err error, stderr io.Writer) int {
	if err == nil {
		return ExitPass
	}
	code := ExitBadInput
	var e *exit
	if errors.As(err, &e) {
		code = e.code
	}
	if text := err.Error(); text != "" {
		for line := range strings.SplitSeq(text, "\n") {
			fmt.Fprintln(stderr, reports.Visible(line))
		}
	}
	return code
}

// New builds the command line.
func New(stdin io.Reader, stdout, stderr io.Writer, options ...Option) *cobra.Command {
	s := &session{stdin: stdin, stdout: stdout, stderr: stderr, plugins: plugins.Table()}
	for _, option := range options {
		option(s)
	}
	root := &cobra.Command{
		Use:   "podsim",
		Short: "simulate Kubernetes clusters in virtual time",
		Long: `podsim runs Kubernetes manifests, scenarios and traces on a simulated cluster:
pods arrive, queue, are scheduled, run, fail, are evicted and replaced, as the
real control plane would do it, a day in about a second.

Exit codes: 0 pass, 1 an assertion failed, 2 bad input, 3 internal error,
130 interrupted.`,
		Example: `  podsim run                          the embedded scenario zone-outage
  podsim run --list                   the embedded scenarios
  podsim run -f app.yaml --nodes 10 --node-cpu 8 --node-memory 32Gi --for 1h
  podsim run my-scenario.yaml --seed 7 -o out/
  podsim validate my-scenario.yaml`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArguments,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(flagError)
	for _, group := range []struct {
		id, title string
		verbs     []*cobra.Command
	}{
		{"run", "Simulate:", []*cobra.Command{s.run(), s.validate(), s.policies(), s.schema(), s.trace(), s.importTrace()}},
		{"look", "Look into a run:", []*cobra.Command{s.get(), s.describeObjects(), s.why(), s.logs(), s.kubectl(), s.events(), s.replay(), s.report(), s.serveReports(), s.export(), s.columns()}},
		{"compare", "Compare:", []*cobra.Command{s.compare(), s.diff(), s.plot()}},
		{"capacity", "Ask about capacity:", []*cobra.Command{s.place(), s.fit(), s.plan(), s.survive(), s.headroom(), s.compact()}},
		{"podsim", "About podsim:", []*cobra.Command{s.bench(), s.version()}},
	} {
		root.AddGroup(&cobra.Group{ID: group.id, Title: group.title})
		for _, verb := range group.verbs {
			verb.GroupID = group.id
			root.AddCommand(verb)
		}
	}
	root.SetHelpCommandGroupID("podsim")
	root.SetCompletionCommandGroupID("podsim")
	addCompletion(root)
	return root
}

// addCompletion adds the verb that cobra brings, and lets it refuse shells that it
// does not know.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	if c, _, err := root.Find([]string{"completion"}); err == nil {
		c.Example = "  source <(podsim completion bash)\n  podsim completion zsh >_podsim"
		c.Args = noArguments
		c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	}
}
