package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/sim"
)

// UpgradeSpec upgrades the nodes of a group.
type UpgradeSpec struct {
	Group          string `yaml:"group" required:"true" help:"the NodeGroup"`
	UpgradeOptions `yaml:",inline"`
}

// UpgradeOptions say how nodes are upgraded.
type UpgradeOptions struct {
	Order        string           `yaml:"order" enum:"name,emptyFirst,fullestFirst,spreadFirst,zoneByZone" default:"name" help:"which nodes come first: emptyFirst those with the fewest pods, spreadFirst those with the fewest pods that share a budget"`
	Batch        *int             `yaml:"batch" min:"0" default:"1" help:"nodes that are drained at a time, and may be out of use besides the spare ones; 0 upgrades only as many at a time as there are spare nodes, so that none is missed"`
	BatchPercent int              `yaml:"batchPercent" min:"0" help:"the same as a percentage of the group, rounded up"`
	Surge        int              `yaml:"surge" min:"0" help:"spare nodes that join first, so that as many nodes may be out of use besides those that are drained; in the end they are drained and deleted. 0 upgrades in place"`
	SurgePercent int              `yaml:"surgePercent" min:"0" help:"the same as a percentage of the group, rounded up"`
	NodeTime     *time.Duration   `yaml:"nodeTime" min:"0" default:"5m" help:"how long a node is out of use once it is drained; pods of DaemonSets stay on it"`
	OnBlocked    string           `yaml:"onBlocked" enum:"wait,skip,force,abort" default:"wait" help:"when budgets have kept pods of a node for drain.timeout: wait for them, skip the node, force the pods out, or abort the upgrade"`
	Drain        UpgradeDrainSpec `yaml:"drain" help:"how nodes are drained; pods of DaemonSets stay"`
}

// UpgradeDrainSpec says how the nodes of an upgrade are drained.
type UpgradeDrainSpec struct {
	DeleteEmptyDirData bool           `yaml:"deleteEmptyDirData" help:"pods with emptyDir volumes go, too; else their nodes are skipped"`
	Force              bool           `yaml:"force" help:"pods without a controller go, too; else their nodes are skipped"`
	Grace              *time.Duration `yaml:"grace" help:"time that pods have to stop (default: their own)"`
	Timeout            time.Duration  `yaml:"timeout" min:"1" default:"1h" help:"how long budgets may keep a pod before onBlocked counts"`
}

var upgradeOrders = map[string]sim.UpgradeOrder{
	"": sim.ByName, "name": sim.ByName, "emptyFirst": sim.EmptyFirst, "fullestFirst": sim.FullestFirst,
	"spreadFirst": sim.SpreadFirst, "zoneByZone": sim.ZoneByZone,
}

var upgradeBlocks = map[string]sim.UpgradeBlocked{
	"": sim.UpgradeWaits, "wait": sim.UpgradeWaits, "skip": sim.UpgradeSkips, "force": sim.UpgradeForces, "abort": sim.UpgradeAborts,
}

// upgrade compiles a step that upgrades a node group.
func (u *user) upgrade(s *userStep, spec *UpgradeSpec) {
	of, ok := u.nodesOf(s, spec.Group)
	switch {
	case !ok:
		return
	case spec.BatchPercent > 100:
		u.blameStep(s, "batchPercent", "got %d; want at most 100", spec.BatchPercent)
		return
	case spec.SurgePercent > 100:
		u.blameStep(s, "surgePercent", "got %d; want at most 100", spec.SurgePercent)
		return
	case spec.BatchPercent > 0 && spec.Batch != nil:
		u.blameStep(s, "batchPercent", "contradicts batch; set one of them")
		return
	case spec.SurgePercent > 0 && spec.Surge > 0:
		u.blameStep(s, "surgePercent", "contradicts surge; set one of them")
		return
	}
	surge := spec.Surge
	if spec.SurgePercent > 0 {
		surge = (len(of)*spec.SurgePercent + 99) / 100
	}
	batch := orDefault(spec.Batch, 1)
	if batch == 0 && surge == 0 {
		u.blameStep(s, "batch", "got 0; want at least 1 without spare nodes")
		return
	}
	if len(u.nodes)+surge > limits.Nodes {
		u.blameStep(s, "surge", "more than %d nodes", limits.Nodes)
		return
	}
	nodeTime, patience := orDefault(spec.NodeTime, 5*time.Minute), time.Hour
	if spec.Drain.Timeout > 0 {
		patience = spec.Drain.Timeout
	}
	o := &sim.UpgradeOptions{
		Group: u.dict.Sym(spec.Group), Order: upgradeOrders[spec.Order], Batch: batch, BatchPercent: spec.BatchPercent,
		NodeTime: nodeTime, Blocked: upgradeBlocks[spec.OnBlocked], Patience: patience,
	}
	for i := range surge {
		o.Spares = append(o.Spares, u.spareNode(of[i%len(of)], spec.Group))
	}
	step := sim.Step{
		At: s.at, Kind: sim.StepUpgrade, Text: s.text, Replicas: models.Unset, Grace: -1, Upgrade: o,
		Drain: sim.DrainOptions{IgnoreDaemonSets: true, DeleteEmptyDir: spec.Drain.DeleteEmptyDirData, Force: spec.Drain.Force},
	}
	if spec.Drain.Grace != nil {
		step.Grace = *spec.Drain.Grace
	}
	u.emit(step)
}

// nodesOf returns the nodes of a group. That there are none is a problem, unless a mix of
// a plan may lack them.
func (u *user) nodesOf(s *userStep, wanted string) ([]*models.NodeSpec, bool) {
	var of []*models.NodeSpec
	var groups []string
	for _, node := range u.run.Config.Nodes {
		group := u.dict.String(node.Group)
		if group == wanted && group != "" {
			of = append(of, node)
		}
		if group != "" && !slices.Contains(groups, group) {
			groups = append(groups, group)
		}
	}
	if len(of) == 0 && !u.isLenient() {
		u.blameStep(s, "group", "%s", unknown("node group", wanted, groups))
	}
	return of, len(of) > 0
}

// spareNode returns a node that joins for an upgrade: it is like another of its group.
func (u *user) spareNode(like *models.NodeSpec, group string) *models.NodeSpec {
	spec := *like
	for n := 0; ; n++ {
		spec.Name = u.dict.Sym(fmt.Sprintf("%s-surge-%d", group, n))
		if _, taken := u.nodes[spec.Name]; !taken {
			break
		}
	}
	u.nodes[spec.Name] = models.NodeID(len(u.nodes))
	spec.Labels = spec.Labels.With(u.dict.Sym(models.LabelHostname), spec.Name)
	spec.PodCIDR, spec.Address = 0, 0
	return &spec
}

// words writes an upgrade as a command that kubectl does not have.
func (d *UpgradeSpec) words() string {
	words := []string{"upgrade", d.Group}
	for _, flag := range []struct {
		on   bool
		text string
	}{
		{d.Batch != nil, fmt.Sprintf("--batch=%d", orDefault(d.Batch, 1))}, {d.BatchPercent > 0, fmt.Sprintf("--batch=%d%%", d.BatchPercent)},
		{d.Surge > 0, fmt.Sprintf("--surge=%d", d.Surge)}, {d.SurgePercent > 0, fmt.Sprintf("--surge=%d%%", d.SurgePercent)},
		{d.Order != "", "--order=" + d.Order}, {d.OnBlocked != "", "--on-blocked=" + d.OnBlocked},
	} {
		if flag.on {
			words = append(words, flag.text)
		}
	}
	return strings.Join(words, " ")
}
