package kubectl

import (
	"fmt"
	"time"

	"github.com/podsim/podsim/models"
)

// Age writes a duration as kubectl does, with two or three figures that matter.
// Source: k8s.io/apimachinery/pkg/util/duration/duration.go (HumanDuration).
func Age(d time.Duration) string {
	seconds, minutes, hours := int64(d/time.Second), int64(d/time.Minute), int64(d/time.Hour)
	days := hours / 24
	switch {
	case seconds < -1:
		return "<invalid>"
	case seconds < 0:
		return "0s"
	case seconds < 120:
		return fmt.Sprintf("%ds", seconds)
	case minutes < 10:
		return twoUnits(minutes, "m", seconds%60, "s")
	case minutes < 180:
		return fmt.Sprintf("%dm", minutes)
	case hours < 8:
		return twoUnits(hours, "h", minutes%60, "m")
	case hours < 48:
		return fmt.Sprintf("%dh", hours)
	case days < 8:
		return twoUnits(days, "d", hours%24, "h")
	case days < 365*2:
		return fmt.Sprintf("%dd", days)
	case days < 365*8:
		return twoUnits(days/365, "y", days%365, "d")
	}
	return fmt.Sprintf("%dy", days/365)
}

func twoUnits(n int64, unit string, rest int64, small string) string {
	if rest == 0 {
		return fmt.Sprintf("%d%s", n, unit)
	}
	return fmt.Sprintf("%d%s%d%s", n, unit, rest, small)
}

// whole is a moment as the API keeps it: in whole seconds.
func whole(t models.Time) models.Time {
	floor := t.Floor(time.Second)
	if floor > t {
		floor -= models.Time(time.Second) // before the run
	}
	return floor
}

// age is how long ago a moment is, by the whole seconds that the API keeps of it.
func (m *Moment) age(t models.Time) string { return Age(m.At.Sub(whole(t))) }

// date is a moment on the calendar.
func (m *Moment) date(t models.Time) time.Time { return m.Start.Add(time.Duration(whole(t))).UTC() }

// stamp is a moment as YAML and JSON have it.
func (m *Moment) stamp(t models.Time) string { return m.date(t).Format(time.RFC3339) }

// longDate is a moment as descriptions have it.
func (m *Moment) longDate(t models.Time) string { return m.date(t).Format(time.RFC1123Z) }

// precise is a moment on the calendar, to the nanosecond.
func (m *Moment) precise(t models.Time) time.Time { return m.Start.Add(time.Duration(t)).UTC() }

// calendar is a stamp as descriptions have it.
func calendar(stamp string) string {
	at, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return stamp // not one of ours
	}
	return at.Format(time.RFC1123Z)
}
