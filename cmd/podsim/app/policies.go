package app

import (
	"github.com/spf13/cobra"

	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim/evict"
)

// policy is a line of a table of policies as JSON.
type policy struct {
	Name string `json:"name"`
	Kind string `json:"kind"` // profile, plugin, the occasion of an evictor, or preemption rule
	Help string `json:"help"`
}

func (s *session) policies() *cobra.Command {
	var output string
	command := &cobra.Command{
		Use:   "policies",
		Short: "list the scheduling profiles and plugins, and the evictors",
		Long: `Lists what a scenario may name under spec.scheduler: ready-made profiles, and the
plugins that profiles are made of, in the order in which they are asked. A profile can also be given to podsim run with --policy.
Evictors choose who has to leave a node; a scenario or a Policy names them under
spec.eviction, by their occasion.`,
		Example: `  podsim policies
  podsim policies -o json
  podsim run --policy most-allocated`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			var list []policy
			for _, p := range scheduler.Policies(s.plugins) {
				list = append(list, policy(p))
			}
			for _, e := range evict.Table() {
				list = append(list, policy{e.Name, e.Kind.String() + " evictor", e.Help})
			}
			for _, r := range plugins.VictimRules() {
				list = append(list, policy{r.Name, "preemption rule", r.Help})
			}
			if output == "json" {
				return s.printJSON(list)
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
