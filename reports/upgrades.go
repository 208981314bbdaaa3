package reports

import (
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Upgrade is the upgrade of a node group.
type Upgrade struct {
	Group    string   `json:"group"`
	From     Seconds  `json:"fromSeconds"`
	Until    *Seconds `json:"untilSeconds"` // null if it is not over
	Duration Seconds  `json:"durationSeconds"`
	Nodes    int64    `json:"nodes"`
	Spares   int64    `json:"spares"` // that joined first
	Upgraded int64    `json:"upgraded"`
	Skipped  int64    `json:"skipped"`
	Aborted  bool     `json:"aborted"`
	// Evictions are the pods that had to leave for it, Forced those of them that their
	// budgets had kept.
	Evictions int64 `json:"evictions"`
	Forced    int64 `json:"forced"`
	// Below is the time that workloads had fewer available replicas than desired
	// meanwhile, and ReplicaSecondsLost the integral of what was missing: sums over
	// workloads.
	Below              Seconds        `json:"belowSeconds"`
	ReplicaSecondsLost float64        `json:"replicaSecondsLost"`
	Blocked            []UpgradeBlock `json:"blocked"`
}

// UpgradeBlock is a budget that has kept pods of a node, or what else has kept it from
// being drained.
type UpgradeBlock struct {
	At     Seconds  `json:"atSeconds"`
	Node   string   `json:"node"`
	Budget string   `json:"budget"`    // namespace/name; empty if it is no budget
	Pods   []string `json:"pods"`      // namespace/name
	Free   string   `json:"wouldFree"` // what would free them, or what is in the way
}

// upgrades follows what operations tell of upgrades.
type upgrades struct {
	all  []upgradeFold
	open int // that are not over
}

type upgradeFold struct {
	Upgrade
	over            bool
	from            models.Time
	belowAt, lostAt float64
}

// observe takes in what an upgrade has come to.
func (u *upgrades) observe(s *step, w *workloads) {
	if s.op.Kind == models.OpAddNode && u.open > 0 {
		u.joined(s)
	}
	if s.op.Kind != models.OpNoteUpgrade {
		return
	}
	group := s.text(s.op.Name)
	if s.text(s.op.Reason) == "Begun" {
		f := upgradeFold{Upgrade: Upgrade{Group: group, From: secondsOf(s.now), Nodes: s.op.Arg, Blocked: []UpgradeBlock{}}, from: s.now}
		f.belowAt, f.lostAt = w.missed(s.now)
		u.all = append(u.all, f)
		u.open++
		return
	}
	for i := len(u.all) - 1; i >= 0; i-- {
		if f := &u.all[i]; f.Group == group && !f.over {
			f.observe(s, w)
			if f.over {
				u.open--
			}
			return
		}
	}
}

func (f *upgradeFold) observe(s *step, w *workloads) {
	switch s.text(s.op.Reason) {
	case "Upgraded":
		f.Upgraded++
	case "Skipped":
		f.Skipped++
	case "Forced":
		f.Forced += s.op.Arg
	case "Aborted":
		f.Aborted = true
	case "Blocked":
		b := UpgradeBlock{At: secondsOf(s.now), Node: s.view.Node(s.op.Node).Name(), Pods: []string{}, Free: s.text(s.op.Message)}
		if parts := strings.SplitN(b.Free, ": ", 3); s.op.Arg > 0 && len(parts) == 3 {
			b.Budget, b.Pods, b.Free = parts[0], strings.Split(parts[1], ", "), parts[2]
		}
		f.Blocked = append(f.Blocked, b)
	case "Finished":
		f.over = true
		until := secondsOf(s.now)
		f.Until = &until
		f.close(s.now, w)
	}
}

// close takes the time that it has lasted, and what was missing meanwhile.
func (f *upgradeFold) close(now models.Time, w *workloads) {
	below, lost := w.missed(now)
	f.Duration, f.Below, f.ReplicaSecondsLost = secondsOf(now-f.from), roundSeconds(below-f.belowAt), round3(lost-f.lostAt)
}

// joined counts the nodes that join at the moment at which an upgrade begins.
func (u *upgrades) joined(s *step) {
	if f := &u.all[len(u.all)-1]; f.from == s.now && s.view.Node(s.op.Node).Spec().Group != 0 && s.text(s.view.Node(s.op.Node).Spec().Group) == f.Group {
		f.Spares++
	}
}

// evicted counts a pod that an upgrade has leave its node.
func (u *upgrades) evicted(s *step, node cluster.Node) {
	group := s.text(node.Spec().Group)
	for i := len(u.all) - 1; i >= 0; i-- {
		if f := &u.all[i]; f.Group == group && !f.over {
			f.Evictions++
			return
		}
	}
}

func (u *upgrades) summary(end models.Time, w *workloads) []Upgrade {
	out := []Upgrade{}
	for i := range u.all {
		if f := &u.all[i]; !f.over {
			f.close(end, w)
		}
		out = append(out, u.all[i].Upgrade)
	}
	return out
}

// missed is for how long workloads have had too few available replicas, and how many
// replica-seconds that were.
func (w *workloads) missed(now models.Time) (below, lost float64) {
	for i := range w.services {
		at := w.services[i]
		at.integrate(now)
		below += at.belowSeconds
		lost += at.lostReplicas
	}
	return below, lost
}

// upgrades takes in what upgrades have come to.
func (m *Measured) upgrades(all []Upgrade) {
	for i := range all {
		m.UpgradeBlocked += int64(len(all[i].Blocked))
		if took := float64(all[i].Duration); m.UpgradeDuration == nil || took > *m.UpgradeDuration {
			m.UpgradeDuration = &took
		}
	}
}
