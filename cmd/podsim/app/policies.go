package app

import (
	"github.com/spf13/cobra"

	"github.com/podsim/podsim/scheduler"
)

// policy is a scheduler.Policy as JSON.
type policy struct {
	Name string `json:"name"`
	Kind string `json:"kind"` // profile or plugin
	Help string `json:"help"`
}

func (s *session) policies() *cobra.Command {
	var output string
	command := &cobra.Command{
		Use:   "policies",
		Short: "list the scheduling profiles and plugins",
		Long: `Lists what a scenario may name under spec.scheduler: ready-made profiles, and the
plugins that profiles are made of, in the order in which they are asked. A profile can also be given to podsim run with --policy.`,
		Example: `  podsim policies
  podsim policies -o json
  podsim run --policy most-allocated`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			list := scheduler.Policies(s.plugins)
			if output == "json" {
				documented := make([]policy, len(list))
				for i, p := range list {
					documented[i] = policy(p)
				}
				return s.printJSON(documented)
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
