package sim

import (
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/sim/fault"
)

// faultArguments reads what a fault says besides when it strikes which nodes.
func faultArguments(t *testing.T, d *datadriven.TestData, f *fault.Fault) {
	f.Factor = 1
	for _, arg := range d.CmdArgs {
		switch arg.Key {
		case "factor":
			arg.Scan(t, 0, &f.Factor)
		case "registries":
			f.Registries = arg.Vals
		}
	}
	f.Delay, f.Notice = span(t, d, "delay", 0), span(t, d, "notice", 0)
}
