package sim

import (
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/sim/evict"
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
	f.Delay, f.Notice, f.Warning = span(t, d, "delay", 0), span(t, d, "notice", 0), span(t, d, "warning", 0)
}

// spot sets the answer to notices.
func (s *story) spot(t *testing.T, d *datadriven.TestData) {
	var name string
	var args evict.AheadArgs
	d.ScanArgs(t, "answer", &name)
	d.MaybeScanArgs(t, "most", &args.Most)
	for _, entry := range evict.Table() {
		if entry.Kind == evict.Notice && entry.Name == name {
			s.config.Evictors[evict.Notice], _ = entry.New(&args, s.d) // they take any
			return
		}
	}
	d.Fatalf(t, "no answer %s", name)
}
