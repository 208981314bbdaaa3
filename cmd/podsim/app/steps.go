package app

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/sim"
)

// joinSteps makes one value of the two words that --at takes, a moment and what
// kubectl is told: the command line has one for a flag. Both may stand in one word,
// too.
func joinSteps(args []string) []string {
	if len(args) == 0 || !slices.Contains([]string{"run", "validate"}, args[0]) {
		return args
	}
	var out []string
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			return append(out, args[i:]...)
		}
		moment, ok := strings.CutPrefix(args[i], "--at=")
		if args[i] == "--at" && i+1 < len(args) {
			i++
			moment, ok = args[i], true
		}
		switch {
		case !ok:
			out = append(out, args[i])
		case strings.Contains(strings.TrimSpace(moment), " ") || i+1 == len(args) || strings.HasPrefix(args[i+1], "-"):
			out = append(out, "--at="+moment)
		default:
			i++
			out = append(out, "--at="+moment+" "+args[i])
		}
	}
	return out
}

// stepsOf returns what became of the steps of the user, for the report.
func stepsOf(s *sim.Simulation) []reports.UserStep {
	var steps []reports.UserStep
	for _, r := range s.StepResults() {
		steps = append(steps, reports.UserStep{At: reports.SecondsOf(r.At), Text: r.Text, Message: r.Message, Failed: r.Failed})
	}
	return steps
}
