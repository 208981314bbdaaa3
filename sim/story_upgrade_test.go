package sim

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
)

// upgrade upgrades the nodes of a group, with order=emptyFirst, batch, surge, nodetime,
// timeout, blocked=wait|skip|force|abort, grace, and with force and deleteemptydir.
func (s *story) upgrade(t *testing.T, d *datadriven.TestData) {
	var group, order, blocked string
	surge := 0
	o := &UpgradeOptions{Batch: 1, NodeTime: span(t, d, "nodetime", 5*time.Minute), Patience: span(t, d, "timeout", time.Hour)}
	d.ScanArgs(t, "group", &group)
	d.MaybeScanArgs(t, "order", &order)
	d.MaybeScanArgs(t, "blocked", &blocked)
	d.MaybeScanArgs(t, "batch", &o.Batch)
	d.MaybeScanArgs(t, "percent", &o.BatchPercent)
	d.MaybeScanArgs(t, "surge", &surge)
	orders := map[string]UpgradeOrder{"": ByName, "emptyFirst": EmptyFirst, "fullestFirst": FullestFirst, "spreadFirst": SpreadFirst, "zoneByZone": ZoneByZone}
	ways := map[string]UpgradeBlocked{"": UpgradeWaits, "wait": UpgradeWaits, "skip": UpgradeSkips, "force": UpgradeForces, "abort": UpgradeAborts}
	var known bool
	if o.Order, known = orders[order]; !known {
		d.Fatalf(t, "no order %s", order)
	}
	if o.Blocked, known = ways[blocked]; !known {
		d.Fatalf(t, "no way %s", blocked)
	}
	o.Group = s.d.Sym(group)
	for i := range surge {
		for _, like := range s.config.Nodes {
			if like.Group == o.Group {
				spare := *like
				spare.Name = s.d.Sym(fmt.Sprintf("%s-surge-%d", group, i))
				spare.Labels = spare.Labels.With(s.d.Sym(models.LabelHostname), spare.Name)
				o.Spares = append(o.Spares, &spare)
				break
			}
		}
	}
	s.config.Steps = append(s.config.Steps, Step{
		At: models.Time(span(t, d, "at", 0)), Kind: StepUpgrade, Text: "upgrade " + group, Grace: span(t, d, "grace", -1), Upgrade: o,
		Drain: DrainOptions{IgnoreDaemonSets: true, DeleteEmptyDir: d.HasArg("deleteemptydir"), Force: d.HasArg("force")},
	})
}

// tellUpgrade writes what an operation tells of an upgrade.
func tellUpgrade(text *strings.Builder, op *models.Op, d *models.Dictionary) {
	fmt.Fprintf(text, " %s %d", d.String(op.Name), op.Arg)
	if op.Message != 0 {
		fmt.Fprintf(text, " %q", d.String(op.Message))
	}
}
