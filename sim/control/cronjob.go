package control

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// cronJob makes a Job at each moment of a schedule.
// Source: pkg/controller/cronjob/cronjob_controllerv2.go (syncCronJob).
type cronJob struct {
	// epoch is when virtual time began.
	epoch time.Time
	zones map[string]*time.Location
	state map[models.OwnerID]*cronState
}

// cronState is what the status of a CronJob tells.
type cronState struct {
	// last is the moment of the newest Job; the zero time is none.
	last   time.Time
	active []models.OwnerID
	missed time.Time // the moment of the newest Job that was told not to start
	behind time.Time // the moment at which it was last told that too many were missed
}

// cronPadding is how much later than its moment a CronJob is looked at.
// Source: pkg/controller/cronjob/cronjob_controllerv2.go (nextScheduleDelta).
const cronPadding = 100 * time.Millisecond

// ReasonJobHistory is the reason of the end of finished Jobs that their CronJob does not
// keep.
const ReasonJobHistory = "JobsHistoryLimit"

// Reasons why a Job that is due does not start: an earlier one is active, and none may
// run beside it, or its deadline has passed.
const (
	ReasonStillActive = "JobAlreadyActive"
	ReasonTooLate     = "MissSchedule"
)

// ReasonTooMany is the reason of a warning that more than tooMany moments were missed; it
// keeps no Job from starting.
// Source: pkg/controller/cronjob/utils.go (nextScheduleTime).
const (
	ReasonTooMany = "TooManyMissedTimes"
	tooMany       = 100
)

// ReasonReplaced is the reason of the end of a Job in whose place its CronJob starts
// another.
const ReasonReplaced = "ReplacedByCronJob"

func (c *cronJob) of(o models.OwnerID) *cronState {
	if c.state[o] == nil {
		c.state[o] = &cronState{}
	}
	return c.state[o]
}

func (c *cronJob) moment(t models.Time) time.Time { return c.epoch.Add(time.Duration(t)) }

func (c *cronJob) zone(name string) *time.Location {
	if zone, known := c.zones[name]; known {
		return zone
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		zone = nil
	}
	c.zones[name] = zone
	return zone
}

func (c *cronJob) reconcile(now models.Time, v cluster.View, o cluster.Owner, ops []models.Op) ([]models.Op, models.Time) {
	s, rules := c.of(o.ID()), o.Spec().Cron
	s.active = s.active[:0]
	for job := range o.Children() {
		if job.Live() {
			s.active = append(s.active, job.ID())
		}
	}
	if o.Terminating() != models.Background {
		return ops, models.Never
	}
	wake := models.Never
	if zone := c.zone(rules.Schedule.Zone); zone != nil && !rules.Suspend {
		ops, wake = c.start(now, v, o, zone, ops)
	}
	ops = forget(v, o, true, rules.SuccessfulHistory, ops)
	return forget(v, o, false, rules.FailedHistory, ops), wake
}

// start makes the Job that is due, if one is and may start.
func (c *cronJob) start(now models.Time, v cluster.View, o cluster.Owner, zone *time.Location, ops []models.Op) ([]models.Op, models.Time) {
	s, rules, at := c.of(o.ID()), o.Spec().Cron, c.moment(now)
	earliest := c.earliest(o)
	limit := earliest
	if rules.StartingDeadline > 0 && at.Add(-rules.StartingDeadline).After(limit) {
		limit = at.Add(-rules.StartingDeadline)
	}
	due, missed, ok := latest(&rules.Schedule, zone, limit, at)
	if ok && missed > tooMany && !s.behind.Equal(due) {
		s.behind = due
		ops = append(ops, models.Op{Kind: models.OpMissJob, Owner: o.ID(), Arg: due.Unix(), Reason: v.Dictionary().Sym(ReasonTooMany)})
	}
	switch {
	case !ok, s.last.Equal(due):
		return ops, c.wake(&rules.Schedule, zone, earliest, at)
	case rules.StartingDeadline > 0 && due.Add(rules.StartingDeadline).Before(at):
		return c.miss(v, o, due, ReasonTooLate, ops), c.wake(&rules.Schedule, zone, earliest, at)
	case rules.Concurrency == models.ForbidConcurrent && len(s.active) > 0:
		return c.miss(v, o, due, ReasonStillActive, ops), c.wake(&rules.Schedule, zone, earliest, at)
	}
	if rules.Concurrency == models.ReplaceConcurrent {
		for _, job := range s.active {
			if v.Owner(job).Terminating() == models.Background {
				ops = append(ops, DeleteOwner(job, models.Background, v.Dictionary().Sym(ReasonReplaced)))
			}
		}
	}
	ops = append(ops, models.Op{
		Kind: models.OpCreateOwner, Owner: models.OwnerID(v.Owners()), Parent: o.ID(), Def: int32(o.Spec().ReplicaSet),
		Name: v.Dictionary().Sym(o.Name()), Ordinal: models.Numbered(int32(due.Unix() / 60)),
	})
	s.last = due
	return ops, c.wake(&rules.Schedule, zone, due, at)
}

// miss tells that the Job of a moment does not start, once for each moment.
func (c *cronJob) miss(v cluster.View, o cluster.Owner, due time.Time, reason string, ops []models.Op) []models.Op {
	s := c.of(o.ID())
	if s.missed.Equal(due) {
		return ops
	}
	s.missed = due
	return append(ops, models.Op{Kind: models.OpMissJob, Owner: o.ID(), Arg: due.Unix(), Reason: v.Dictionary().Sym(reason)})
}

// earliest is the moment after which Jobs are due: that of the newest, or the creation of
// the CronJob.
func (c *cronJob) earliest(o cluster.Owner) time.Time {
	if s := c.of(o.ID()); !s.last.IsZero() {
		return s.last
	}
	return c.moment(o.Created())
}

// latest returns the last moment of a schedule after one and not after another, and how
// many there are, roughly: of many it counts how many there are to come near the last.
// Source: pkg/controller/cronjob/utils.go (mostRecentScheduleTime).
func latest(schedule *models.CronSchedule, zone *time.Location, after, now time.Time) (last time.Time, missed int64, ok bool) {
	first, ok := schedule.Next(after, zone)
	if !ok || now.Before(first) {
		return first, 0, false
	}
	second, ok := schedule.Next(first, zone)
	if !ok || now.Before(second) {
		return first, 1, true
	}
	between := int64(second.Sub(first).Round(time.Second).Seconds())
	if between < 1 {
		return first, 0, false
	}
	missed = int64(now.Sub(first).Seconds())/between + 1
	from := first.Add(time.Duration((missed-2)*between) * time.Second)
	for next, ok := schedule.Next(from, zone); ok && !next.After(now); next, ok = schedule.Next(next, zone) {
		last = next
	}
	return last, missed, !last.IsZero()
}

// wake returns when a CronJob is to be looked at next.
// Source: pkg/controller/cronjob/utils.go (nextScheduleTimeDuration).
func (c *cronJob) wake(schedule *models.CronSchedule, zone *time.Location, earliest, now time.Time) models.Time {
	from := earliest
	if recent, _, ok := latest(schedule, zone, earliest, now); ok {
		from = recent
	} else if first, ok := schedule.Next(earliest, zone); ok && !now.Before(first) {
		from = now
	}
	next, ok := schedule.Next(from, zone)
	if !ok {
		return models.Never
	}
	return models.Time(next.Sub(c.epoch) + cronPadding)
}

// forget deletes the oldest finished Jobs beyond the limit of the history.
// Source: pkg/controller/cronjob/cronjob_controllerv2.go (cleanupFinishedJobs).
func forget(v cluster.View, o cluster.Owner, complete bool, limit int32, ops []models.Op) []models.Op {
	if limit == models.Unset {
		return ops
	}
	ended := int32(0)
	for job := range o.Children() {
		if job.Complete() == complete && !job.Live() {
			ended++
		}
	}
	for job := range o.Children() {
		if ended <= limit {
			break
		}
		if job.Complete() == complete && !job.Live() {
			ended--
			if job.Terminating() == models.Background {
				ops = append(ops, DeleteOwner(job.ID(), models.Background, v.Dictionary().Sym(ReasonJobHistory)))
			}
		}
	}
	return ops
}
