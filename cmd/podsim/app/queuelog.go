package app

import (
	"sort"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/prometheus"
	"github.com/podsim/podsim/scheduler"
)

// queueLog tells at the end of an operation log how many pods were in which part of the
// scheduling queue: no operation says when a pod goes from one to another.
type queueLog struct {
	// Interval is the step of the moments at which that is known, up to Until.
	Interval time.Duration `json:"intervalNanoseconds"`
	Until    models.Time   `json:"untilNanoseconds"`
	// Rows are the moments at which something had changed: the time and the pods that are
	// active, back off, are unschedulable and are gated.
	Rows [][5]int64 `json:"rows"`
}

// at is the queue at a moment, nil if that is not known.
func (q *queueLog) at(t models.Time) *prometheus.Queue {
	if q == nil || t > q.Until || t != q.Until && t%models.Time(q.Interval) != 0 {
		return nil
	}
	i := sort.Search(len(q.Rows), func(i int) bool { return q.Rows[i][0] > int64(t) }) - 1
	if i < 0 {
		return nil
	}
	row := &q.Rows[i]
	return &prometheus.Queue{Active: int(row[1]), Backoff: int(row[2]), Unschedulable: int(row[3]), Gated: int(row[4])}
}

// queueSampler makes that part of a log.
type queueSampler struct {
	queueLog
	next models.Time
}

// The samples of a run whose length is known, the step where it is not, and how many rows
// are kept at most.
const (
	queueSamples  = 4096
	queueInterval = time.Minute
	queueRows     = 1 << 16
)

func newQueueSampler(horizon models.Time) *queueSampler {
	s := &queueSampler{queueLog: queueLog{Interval: queueInterval, Rows: [][5]int64{}}}
	if horizon > 0 && horizon != models.Never {
		s.Interval = reports.NiceInterval(time.Duration(horizon) / queueSamples)
	}
	return s
}

// sample takes the queue as it is at a moment.
func (s *queueSampler) sample(now models.Time, by *scheduler.Scheduler) {
	if len(s.Rows) == queueRows {
		s.next = models.Never
		return
	}
	row := rowOf(now, by)
	if n := len(s.Rows); n == 0 || [4]int64(s.Rows[n-1][1:]) != [4]int64(row[1:]) {
		s.Rows = append(s.Rows, row)
	}
	s.Until = now
	if now >= s.next {
		s.next = now.Floor(s.Interval).Add(s.Interval)
	}
}

func rowOf(now models.Time, by *scheduler.Scheduler) [5]int64 {
	l := by.Lengths()
	return [5]int64{int64(now), int64(l.Active), int64(l.Backoff), int64(l.Unschedulable), int64(l.Gated)}
}
