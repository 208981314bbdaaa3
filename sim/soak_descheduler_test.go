package sim

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/evict/descheduler"
)

// addDescheduler has a descheduler with a policy that is drawn. Its last round is long before
// the end of the week, when everybody must be where they are to stay.
func (h *history) addDescheduler(c chance) {
	interval := one(c, 2*time.Hour, 6*time.Hour)
	p := &descheduler.Policy{
		PerNode: h.limit(c), PerNamespace: h.limit(c), Total: h.limit(c), TellRefusals: c.IntN(2) == 0,
		Grace: one(c, nil, new(time.Duration)), Nodes: h.oneZone(c),
	}
	for range 1 + c.IntN(2) {
		profile := descheduler.Profile{Evictor: h.drawEvictor(c)}
		for _, s := range h.drawDescheduling(c) {
			if c.IntN(2) == 0 {
				profile.Deschedule = append(profile.Deschedule, s)
			}
		}
		for _, s := range h.drawBalancing(c) {
			if c.IntN(2) == 0 {
				profile.Balance = append(profile.Balance, s)
			}
		}
		p.Profiles = append(p.Profiles, profile)
	}
	h.config.Descheduler = &Descheduler{Policy: p, Start: models.Time(time.Hour), Interval: interval}
}

func (h *history) limit(c chance) *uint { return one(c, nil, nil, new(uint), oneOf(1), oneOf(10)) }

func oneOf(n uint) *uint { return &n }

func (h *history) oneZone(c chance) models.Selector {
	if c.IntN(4) > 0 {
		return nil
	}
	return models.Selector{{Key: h.d.Sym(models.LabelZone), Op: models.NotIn, Values: []models.Sym{h.d.Sym("a")}}}
}

func (h *history) drawEvictor(c chance) descheduler.Evictor {
	is := func() bool { return c.IntN(3) == 0 }
	e := descheduler.DefaultEvictor()
	e.LocalStorage, e.DaemonSets, e.SystemCritical, e.Bare = !is(), !is(), !is(), !is()
	e.Claims, e.WithoutBudget, e.NodeFit = is(), is(), is()
	e.Priority, e.MinReplicas, e.MinAge = one(c, models.SystemCritical, int32(1)), one(c, uint(0), 2, 5), one(c, 0, time.Hour)
	e.Nodes = h.oneZone(c)
	return e
}

// drawDescheduling draws the arguments of the strategies that pick out single pods.
func (h *history) drawDescheduling(c chance) []descheduler.Strategy {
	is := func() bool { return c.IntN(2) == 0 }
	return []descheduler.Strategy{
		&descheduler.InterPodAntiAffinity{},
		&descheduler.NodeAffinity{Types: one(c, []descheduler.NodeAffinityType{descheduler.RequiredAffinity},
			[]descheduler.NodeAffinityType{descheduler.PreferredAffinity, descheduler.RequiredAffinity})},
		&descheduler.NodeTaints{Prefer: is(), All: true},
		&descheduler.TooManyRestarts{Threshold: one(c, int32(1), 5), Inits: is(), States: one(c, nil, []string{"CrashLoopBackOff"})},
		&descheduler.PodLifeTime{MaxSeconds: one(c, oneOf(3600), oneOf(90000)), States: one(c, nil, []string{"Pending", "Running", "Error"}),
			Inits: is(), Ephemerals: is()},
		&descheduler.PodLifeTime{Conditions: []descheduler.Condition{{Type: one(c, "", "Ready"), Status: "False", MinSeconds: oneOf(60)}}},
		&descheduler.FailedPods{MinSeconds: one(c, nil, oneOf(3600)), ExitCodes: one(c, nil, []int32{1}), Inits: is()},
	}
}

// drawBalancing draws the arguments of the strategies that look at all nodes.
func (h *history) drawBalancing(c chance) []descheduler.Strategy {
	is := func() bool { return c.IntN(2) == 0 }
	low := descheduler.Thresholds{{Resource: models.CPU, Percent: one(c, 10.0, 40)}}
	high := descheduler.Thresholds{{Resource: models.CPU, Percent: one(c, 50.0, 80)}}
	if is() {
		low, high = append(low, descheduler.Threshold{Resource: models.Pods, Percent: 20}), append(high, descheduler.Threshold{Resource: models.Pods, Percent: 30})
	}
	return []descheduler.Strategy{
		&descheduler.Duplicates{},
		&descheduler.LowNodeUtilization{Low: low, High: high, Deviation: is(), Nodes: one(c, 0, 3), PerNode: h.limit(c), Measured: is()},
		&descheduler.HighNodeUtilization{Low: low, Nodes: one(c, 0, 3), OnlyThresholds: is()},
		&descheduler.TopologySpread{Hard: is(), Soft: is(), NodeFit: is()},
	}
}
