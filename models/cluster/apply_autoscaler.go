package cluster

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
)

// AutoscalerStatus is the status of a HorizontalPodAutoscaler, its conditions aside.
type AutoscalerStatus struct {
	Current, Desired int32
	// LastScale is when it last scaled its target, or Never.
	LastScale models.Time
	// Metrics are those of its specification, in its order, as far as they were ever
	// measured.
	Metrics []Measurement
}

// Measurement are the amounts of a metric by models.TargetKind, Unmeasured where there
// is none.
type Measurement [models.TotalValue + 1]int64

var unmeasured = Measurement{models.Unmeasured, models.Unmeasured, models.Unmeasured}

// Measured reports whether anything is known of the metric.
func (m *Measurement) Measured() bool { return *m != unmeasured }

// maxMeasured bounds how many metrics an autoscaler can have.
const maxMeasured = 1 << 20

func (c *Cluster) changeAutoscaler(now models.Time, op *models.Op, row *ownerRow) error {
	if row.autoscaler == nil {
		return fmt.Errorf("owner %d is no HorizontalPodAutoscaler", op.Owner)
	}
	status := row.autoscaler
	switch op.Kind {
	case models.OpWriteScale:
		if op.Def < 0 || op.Arg < 0 || op.Arg > 1<<30 {
			return fmt.Errorf("replicas must be 0 to 2^30 (got %d and %d)", op.Def, op.Arg)
		}
		status.Current, status.Desired = op.Def, int32(op.Arg)
	case models.OpRescale:
		status.LastScale = now
	case models.OpMeasure:
		place, amount := models.SplitMeasureDef(op.Def)
		if place < 0 || place >= maxMeasured || amount > models.TotalValue {
			return fmt.Errorf("an autoscaler has no amount %d of metric %d", amount, place)
		}
		for len(status.Metrics) <= place {
			status.Metrics = append(status.Metrics, unmeasured)
		}
		status.Metrics[place][amount] = op.Arg
		for n := len(status.Metrics); n > 0 && !status.Metrics[n-1].Measured(); n-- {
			status.Metrics = status.Metrics[:n-1]
		}
	}
	return nil
}

// Autoscaler returns the status of a HorizontalPodAutoscaler. Others have that of one
// which was never synced.
func (o Owner) Autoscaler() AutoscalerStatus {
	if status := o.row().autoscaler; status != nil {
		out := *status
		out.Metrics = slices.Clip(out.Metrics)
		return out
	}
	return AutoscalerStatus{LastScale: models.Never}
}

// autoscaler takes the status of an autoscaler, if the owner has one.
func (s *snapshot) autoscaler(o *ownerRow) {
	has := o.autoscaler != nil
	s.flag(&has)
	if !has {
		return
	}
	if s.reading {
		o.autoscaler = new(AutoscalerStatus)
	}
	a := o.autoscaler
	number(s, &a.Current)
	number(s, &a.Desired)
	number(s, &a.LastScale)
	list(s, &a.Metrics, func(m *Measurement) {
		for i := range m {
			number(s, &m[i])
		}
	})
	if len(a.Metrics) == 0 {
		a.Metrics = nil
	}
}
