package app

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/podsim/podsim/models/spelling"
)

// noArguments refuses arguments. One that stands where a verb should gets a guess.
func noArguments(c *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case !c.HasSubCommands():
		return fmt.Errorf("%s takes no arguments (got %q)", c.CommandPath(), args[0])
	}
	var known []string
	for _, verb := range c.Commands() {
		if verb.IsAvailableCommand() {
			known = append(known, verb.Name())
		}
	}
	return unknown("command", args[0], known)
}

// oneArgument allows one argument at most.
func oneArgument(what, instead string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) <= 1 {
			return nil
		}
		return fmt.Errorf("%s takes one %s (got %s)%s", c.CommandPath(), what, strings.Join(args, ", "), instead)
	}
}

// flagError words an error of the flags, with a guess for a misspelt name.
func flagError(c *cobra.Command, err error) error {
	guess := ""
	var missing *pflag.NotExistError
	if errors.As(err, &missing) {
		var known []string
		c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
		if name := spelling.Guess(missing.GetSpecifiedName(), known); name != "" {
			guess = fmt.Sprintf("; did you mean --%s?", name)
		}
	}
	return fmt.Errorf("%w%s (see %s --help)", err, guess, c.CommandPath())
}

// oneOf makes a command refuse other values of a flag.
func oneOf(command *cobra.Command, value *string, known ...string) *cobra.Command {
	command.PreRunE = func(*cobra.Command, []string) error {
		for _, k := range known {
			if *value == k {
				return nil
			}
		}
		return fmt.Errorf("-o %s: no such output (want %s)", *value, strings.Join(known, " or "))
	}
	return command
}

// unknown is the error for a name that is not among the known ones.
func unknown(what, name string, known []string) error {
	guess := ""
	if g := spelling.Guess(name, known); g != "" {
		guess = fmt.Sprintf("; did you mean %q?", g)
	}
	return fmt.Errorf("unknown %s %q%s (known: %s)", what, name, guess, strings.Join(known, ", "))
}

// alternatives names things of which one is wanted: a, b or c.
func alternatives(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
