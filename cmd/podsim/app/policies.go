package app

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/scheduler"
)

func (s *session) policies() *cobra.Command {
	var output string
	command := &cobra.Command{
		Use:   "policies",
		Short: "list the scheduling profiles and plugins",
		Long: `Lists what a scenario may name under spec.scheduler: ready-made profiles, and the
plugins that profiles are made of, in the order in which they are asked.`,
		Example: "  podsim policies\n  podsim policies -o json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			list := scheduler.Policies(s.plugins)
			if output == "json" {
				encoder := json.NewEncoder(s.stdout)
				encoder.SetIndent("", "  ")
				return encoder.Encode(list)
			}
			rows := make([][]string, len(list))
			for i, p := range list {
				rows[i] = []string{p.Name, p.Kind, p.Help}
			}
			return s.table([]string{"NAME", "KIND", "WHAT IT DOES"}, rows)
		},
	}
	command.Flags().StringVarP(&output, "output", "o", "table", "table or json")
	return oneOf(command, &output, "table", "json")
}

// oneOf makes a command refuse other values of a flag.
func oneOf(command *cobra.Command, value *string, known ...string) *cobra.Command {
	command.PreRunE = func(*cobra.Command, []string) error {
		for _, k := range known {
			if *value == k {
				return nil
			}
		}
		return fmt.Errorf("-o %s: unknown output (want %v)", *value, known)
	}
	return command
}
