package sim

import (
	"fmt"
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

// deschedule is one round of the descheduler.
func (s *Simulation) deschedule() {
	d := s.config.Descheduler
	d.Policy.Run(s.view, s.occasion(evict.Interval, models.None, nil), evictionServer{s})
	if d.Interval > 0 {
		s.agenda.After(d.Interval, evDeschedule, 0, 0, 0)
	}
}

// evictionServer is the API server as the descheduler has it: what it evicts goes through
// the eviction API, and budgets count.
type evictionServer struct{ s *Simulation }

// Evict asks the eviction API.
// Source: descheduler pkg/descheduler/evictions/evictions.go (evictPod).
func (e evictionServer) Evict(p *evict.Proposal) (refusal string) {
	answer := e.s.evict(p, nil)
	switch answer.Code {
	case 201:
		return ""
	case 429:
		return fmt.Sprintf("error when evicting pod (ignoring) %q: %s", e.s.view.Pod(p.Pod).Name(), answer.Message)
	}
	return answer.Message
}

// Tell makes an Event of a refusal.
func (e evictionServer) Tell(p *evict.Proposal) { e.s.note(models.OpRefuseEviction, p) }
