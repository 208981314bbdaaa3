package app

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (s *session) validate() *cobra.Command {
	var flags input
	command := &cobra.Command{
		Use:   "validate [SCENARIO]",
		Short: "check a scenario or manifests without running them",
		Long: `Reads everything that podsim run would read and prints every problem with its file,
line and column. Exit code 2 if there is one.`,
		Example: `  podsim validate my-scenario.yaml
  podsim validate -f app.yaml --nodes 3
  helm template my-chart | podsim validate -f - --nodes 3
  podsim validate zone-outage --set NodeGroup/workers.spec.count=0`,
		Args: oneArgument("scenario", "; more files are given with -f"),
		RunE: func(c *cobra.Command, args []string) error {
			input, err := s.load(c.Context(), &flags, args)
			if err != nil {
				return err
			}
			fmt.Fprintf(s.stdout, "%s is valid: %s, %s, %s, %s\n", input.Name,
				count(len(input.Config.Nodes), "node"), count(len(input.Config.Sources), "source of arrivals", "sources of arrivals"),
				count(len(input.Config.Faults), "fault"), count(len(input.checks), "assertion"))
			for _, text := range input.Assumptions {
				fmt.Fprintln(s.stdout, "assumed: "+text)
			}
			for _, text := range notSimulated(input.Run) {
				fmt.Fprintln(s.stdout, "not simulated: "+text)
			}
			if flags.audit {
				s.tellAudit(input.Run)
			}
			return nil
		},
		ValidArgsFunction: completeScenarios,
	}
	flags.flags(command.Flags())
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
