package app

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (s *session) validate() *cobra.Command {
	var in input
	command := &cobra.Command{
		Use:   "validate [SCENARIO]",
		Short: "check a scenario or manifests without running them",
		Long: `Reads everything that podsim run would read and prints every problem with its file,
line and column. Exit code 2 if there is one.`,
		Example: `  podsim validate my-scenario.yaml
  podsim validate -f app.yaml --nodes 3`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			loaded, checks, err := s.load(&in, args)
			if err != nil {
				return err
			}
			fmt.Fprintf(s.stdout, "%s is valid: %s, %s, %s, %s\n", loaded.Name,
				count(len(loaded.Config.Nodes), "node"), count(len(loaded.Config.Sources), "source of arrivals", "sources of arrivals"),
				count(len(loaded.Config.Faults), "fault"), count(len(checks), "assertion"))
			for _, text := range loaded.Assumptions {
				fmt.Fprintln(s.stdout, "assumed: "+text)
			}
			for _, text := range notSimulated(loaded) {
				fmt.Fprintln(s.stdout, "not simulated: "+text)
			}
			return nil
		},
	}
	in.flags(command.Flags())
	return command
}

// count writes a number with its noun; the plural is the noun with s unless given.
func count(n int, noun string, plural ...string) string {
	if n == 1 {
		return "1 " + noun
	}
	if len(plural) > 0 {
		return fmt.Sprintf("%d %s", n, plural[0])
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
