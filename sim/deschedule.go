package sim

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/evict"
	"github.com/podsim/podsim/sim/evict/descheduler"
)

// Descheduler is a descheduler that runs in the cluster.
type Descheduler struct {
	Policy *descheduler.Policy
	// Start is when it is started, which is its first round; Interval lies between two
	// rounds, and 0 ends it after the first one.
	// Source: descheduler pkg/descheduler/descheduler.go (RunDeschedulerStrategies).
	Start    models.Time
	Interval time.Duration
}

// startDescheduler puts its first round on the agenda.
func (s *Simulation) startDescheduler() {
	if d := s.config.Descheduler; d != nil {
		s.agenda.Schedule(d.Start, evDeschedule, 0, 0, 0)
	}
}

// deschedule is one round of the descheduler. What it evicts goes through the eviction
// API, and budgets count.
func (s *Simulation) deschedule() {
	d := s.config.Descheduler
	d.Policy.Run(s.view, s.occasion(evict.Interval, models.None, nil), func(p evict.Proposal) bool {
		return s.evict(&p, nil).Code == 201
	})
	if d.Interval > 0 {
		s.agenda.After(d.Interval, evDeschedule, 0, 0, 0)
	}
}
