package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/reports"
)

func (s *session) validate() *cobra.Command {
	var flags input
	var output string
	command := &cobra.Command{
		Use:   "validate [SCENARIO]",
		Short: "check a scenario or manifests without running them",
		Long: `Reads everything that podsim run would read and prints every problem with its file,
line and column. Exit code 2 if there is one.

With -o json, standard output is {"valid", "problems", "objects"} whether the input is
right or wrong: each problem has file, line, column, path and message, as far as they
are known (else they are empty or 0), and objects counts the Kubernetes objects of
valid input by kind, the templates of podsim's own kinds included.`,
		Example: `  podsim validate my-scenario.yaml
  podsim validate -f app.yaml --nodes 3
  helm template my-chart | podsim validate -f - --nodes 3
  podsim validate zone-outage --set NodeGroup/workers.spec.count=0
  podsim validate my-scenario.yaml -o json | jq '.problems[].message'`,
		Args: oneArgument("scenario", "; more files are given with -f"),
		RunE: func(c *cobra.Command, args []string) error {
			if output == "json" {
				return s.validateJSON(c.Context(), &flags, args)
			}
			input, err := s.load(c.Context(), &flags, args)
			if err != nil {
				return err
			}
			s.tellValid(input, flags.audit)
			return nil
		},
		ValidArgsFunction: completeScenarios,
	}
	flags.flags(command.Flags())
	command.Flags().StringVarP(&output, "output", "o", "text", "text, or json for other programs")
	return oneOf(command, &output, "text", "json")
}

// tellValid sums up input that is right.
func (s *session) tellValid(input *loaded, audit bool) {
	parts := []string{
		count(len(input.Config.Nodes), "node"), count(len(input.Config.Sources), "source of arrivals", "sources of arrivals"),
		count(len(input.Config.Faults), "fault"), count(len(input.checks), "assertion"),
	}
	if steps := len(input.Config.Steps); steps > 0 {
		parts = append(parts, count(steps, "step of users", "steps of users"))
	}
	fmt.Fprintf(s.stdout, "%s is valid: %s\n", reports.Visible(input.Name), strings.Join(parts, ", "))
	for _, text := range input.Assumptions {
		fmt.Fprintln(s.stdout, "assumed: "+reports.Visible(text))
	}
	for _, text := range notSimulated(input.Run) {
		fmt.Fprintln(s.stdout, "not simulated: "+reports.Visible(text))
	}
	if audit {
		s.tellAudit(input.Run)
	}
}

// validation is what podsim validate -o json prints.
type validation struct {
	Valid    bool                `json:"valid"`
	Problems []validationProblem `json:"problems"`
	Objects  map[string]int      `json:"objects"` // of Kubernetes, by kind; empty if the input is wrong
	Audit    []reports.AuditLine `json:"audit,omitempty"`
}

type validationProblem struct {
	File    string `json:"file"` // or the flag
	Line    int    `json:"line"` // 0 if unknown, as column
	Column  int    `json:"column"`
	Path    string `json:"path"`
	Message string `json:"message"`
}

// validateJSON is podsim validate -o json. The exit code is that of the text.
func (s *session) validateJSON(ctx context.Context, flags *input, args []string) error {
	input, err := s.load(ctx, flags, args)
	var stopped *exit
	if errors.As(err, &stopped) { // it says nothing of the input
		return err
	}
	result := validation{Valid: err == nil, Problems: problemsOf(err), Objects: map[string]int{}}
	if err == nil {
		for _, e := range input.Audit {
			if e.Field == "" {
				result.Objects[e.Kind] += e.Count
			}
		}
		if flags.audit {
			result.Audit = auditLines(input.Audit)
		}
	}
	if printed := s.printJSON(result); printed != nil {
		return printed
	}
	if err != nil {
		return &exit{code: ExitBadInput}
	}
	return nil
}

// problemsOf takes an error of the input apart. All problems are in the list, also
// those that the text leaves out for their number.
func problemsOf(err error) []validationProblem {
	list := []validationProblem{}
	switch e := err.(type) { //nolint:errorlint // the tree of errors is walked by hand
	case nil:
	case yamlnode.Problems:
		for _, p := range e {
			list = append(list, validationProblem{p.File, p.Line, p.Column, p.Path, p.What})
		}
	case interface{ Unwrap() []error }:
		for _, part := range e.Unwrap() {
			list = append(list, problemsOf(part)...)
		}
	default:
		list = append(list, validationProblem{Message: err.Error()})
	}
	return list
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
