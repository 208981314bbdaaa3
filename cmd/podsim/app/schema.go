package app

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/scenarios"
)

func (s *session) schema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema [KIND]",
		Short: "print the JSON schema of scenarios, for editors",
		Long: `Prints the JSON schema (draft 2020-12) of a document of a scenario, or of one of
podsim's own kinds. Editors complete and check a document that begins with the
comment

  # yaml-language-server: $schema=podsim.schema.json

The schema knows the form of a document; podsim validate also knows what it
refers to.`,
		Example: `  podsim schema >podsim.schema.json
  podsim schema NodeGroup`,
		Args: oneArgument("kind", ""),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := s.schemaOf(args)
			if err != nil {
				return err
			}
			_, err = s.stdout.Write(text)
			return err
		},
		ValidArgsFunction: completeKinds,
	}
}

func (s *session) schemaOf(args []string) ([]byte, error) {
	if len(args) == 0 {
		return scenarios.Schema(s.plugins), nil
	}
	kinds := scenarios.Kinds()
	i := slices.IndexFunc(kinds, func(k scenarios.KindHelp) bool { return k.Name == args[0] })
	if i < 0 {
		return nil, unknown("kind", args[0], kindNames())
	}
	return kinds[i].Schema(s.plugins), nil
}

// completeKinds completes the argument of schema.
func completeKinds(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return kindNames(), cobra.ShellCompDirectiveNoFileComp
}

func kindNames() []string {
	var names []string
	for _, k := range scenarios.Kinds() {
		names = append(names, k.Name)
	}
	return names
}
