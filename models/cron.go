package models

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// CronRules are what rules a CronJob.
type CronRules struct {
	Schedule CronSchedule
	// Written and Zone are spec.schedule and spec.timeZone as the user wrote them.
	Written     string `json:",omitempty"`
	Zone        string `json:",omitempty"`
	Concurrency Concurrency
	Suspend     bool `json:",omitempty"`
	// StartingDeadline is how late a Job may start; 0 is any time.
	StartingDeadline time.Duration `json:",omitempty"`
	// SuccessfulHistory and FailedHistory are how many finished Jobs are kept; Unset
	// keeps all.
	SuccessfulHistory, FailedHistory int32
}

// Concurrency says what happens when a Job is due while an earlier one is active.
type Concurrency uint8

// The concurrency policies of CronJobs.
const (
	AllowConcurrent Concurrency = iota
	ForbidConcurrent
	ReplaceConcurrent
)

// CronSchedule is a schedule in five fields: sets of minutes, hours, days of the month,
// months and days of the week as bits; or one moment in each period Every.
// Source: github.com/robfig/cron/v3 (ParseStandard, SpecSchedule), which Kubernetes uses.
type CronSchedule struct {
	Minutes, Hours, Days, Months, Weekdays uint64
	// AnyDay and AnyWeekday tell that a field was *: then the other one decides alone.
	AnyDay, AnyWeekday bool
	Every              time.Duration `json:",omitempty"`
	Zone               string        // of the IANA database
}

// cronFields are the fields of a schedule in order.
var cronFields = [...]struct {
	name       string
	first, end int
	names      []string // of the values from first on
}{
	{"minute", 0, 59, nil},
	{"hour", 0, 23, nil},
	{"day of month", 1, 31, nil},
	{"month", 1, 12, []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
	{"day of week", 0, 6, []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
}

var cronMacros = map[string]string{
	"@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
	"@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}

// ParseCron reads a schedule such as */5 8-18 * * mon-fri, @daily or @every 90m.
func ParseCron(text string) (CronSchedule, error) {
	var s CronSchedule
	if period, ok := strings.CutPrefix(text, "@every "); ok {
		every, err := time.ParseDuration(period)
		if err != nil {
			return s, fmt.Errorf("cannot read the period %q; want such as 90m", period)
		}
		s.Every = max(every.Truncate(time.Second), time.Second)
		return s, nil
	}
	if strings.HasPrefix(text, "@") {
		fields, ok := cronMacros[text]
		if !ok {
			return s, fmt.Errorf("unknown schedule %q; want such as @daily", text)
		}
		text = fields
	}
	parts := strings.Fields(text)
	if len(parts) != len(cronFields) {
		return s, fmt.Errorf("got %d fields; want %d: minute, hour, day of month, month, day of week", len(parts), len(cronFields))
	}
	into := [...]*uint64{&s.Minutes, &s.Hours, &s.Days, &s.Months, &s.Weekdays}
	for i, part := range parts {
		star, err := false, error(nil)
		if *into[i], star, err = cronField(part, i); err != nil {
			return s, err
		}
		s.AnyDay = s.AnyDay || star && i == 2
		s.AnyWeekday = s.AnyWeekday || star && i == 4
	}
	return s, nil
}

// cronField reads a list of ranges. star tells that one of them is every value.
func cronField(text string, field int) (set uint64, star bool, err error) {
	for part := range strings.SplitSeq(text, ",") {
		more, every, err := cronRange(part, field)
		if err != nil {
			return 0, false, fmt.Errorf("%s: %w", cronFields[field].name, err)
		}
		set |= more
		star = star || every
	}
	return set, star, nil
}

func cronRange(text string, field int) (set uint64, star bool, err error) {
	f := &cronFields[field]
	values, stepText, stepped := strings.Cut(text, "/")
	low, high, ranged := strings.Cut(values, "-")
	from, to, step := f.first, f.end, 1
	switch {
	case values == "*" || values == "?":
		star = true
	default:
		if from, err = cronValue(low, field); err != nil {
			return 0, false, err
		}
		if !stepped {
			to = from
		}
		if ranged {
			if to, err = cronValue(high, field); err != nil {
				return 0, false, err
			}
		}
	}
	if stepped {
		if step, err = strconv.Atoi(stepText); err != nil || step <= 0 {
			return 0, false, fmt.Errorf("cannot read the step %q", stepText)
		}
		star = star && step == 1
	}
	switch {
	case from < f.first || to > f.end:
		return 0, false, fmt.Errorf("%q is not within %d to %d", text, f.first, f.end)
	case from > to:
		return 0, false, fmt.Errorf("%q ends before it begins", text)
	}
	for value := from; value <= to; value += step {
		set |= 1 << value
	}
	return set, star, nil
}

func cronValue(text string, field int) (int, error) {
	for i, name := range cronFields[field].names {
		if strings.EqualFold(text, name) {
			return cronFields[field].first + i, nil
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("cannot read %q", text)
	}
	return n, nil
}

// Next returns the first moment of the schedule after t; ok is false if there is none
// within five years. Wall clocks are those of zone.
func (s *CronSchedule) Next(t time.Time, zone *time.Location) (next time.Time, ok bool) {
	if s.Every > 0 {
		return t.Add(s.Every - time.Duration(t.Nanosecond())), true
	}
	if bits.OnesCount64(s.Minutes) == 0 {
		return t, false
	}
	t = t.In(zone)
	t = t.Add(time.Minute - time.Duration(t.Second())*time.Second - time.Duration(t.Nanosecond()))
	for last := t.Year() + 5; t.Year() <= last; {
		switch {
		case s.Months&(1<<uint(t.Month())) == 0:
			t = time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, zone)
		case !s.onDay(t):
			t = midnight(time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, zone))
		case s.Hours&(1<<uint(t.Hour())) == 0:
			t = t.Add(time.Hour - time.Duration(t.Minute())*time.Minute)
		case s.Minutes&(1<<uint(t.Minute())) == 0:
			t = t.Add(time.Minute)
		default:
			return t, true
		}
	}
	return t, false
}

// midnight corrects the start of a day on which clocks are put forward at midnight.
func midnight(t time.Time) time.Time {
	if t.Hour() > 12 {
		return t.Add(time.Duration(24-t.Hour()) * time.Hour)
	}
	return t
}

// onDay reports whether the schedule has the day of t: both its fields, or either if
// neither is *.
func (s *CronSchedule) onDay(t time.Time) bool {
	day, weekday := s.Days&(1<<uint(t.Day())) != 0, s.Weekdays&(1<<uint(t.Weekday())) != 0
	if s.AnyDay || s.AnyWeekday {
		return day && weekday
	}
	return day || weekday
}
