package models

import (
	"math"
	"time"
)

// Time is a moment of the virtual clock: nanoseconds since the scenario began.
// It spans 292 years.
type Time int64

// Never lies after every event: the time of what will not happen.
const Never Time = math.MaxInt64

// Add returns the moment d after t; it saturates at Never.
func (t Time) Add(d time.Duration) Time {
	if t == Never || (d > 0 && int64(t) > math.MaxInt64-int64(d)) {
		return Never
	}
	return t + Time(d)
}

// Sub returns the duration from u to t.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t - u) }

// Seconds returns t in seconds since the scenario began.
func (t Time) Seconds() float64 { return time.Duration(t).Seconds() }

// Floor returns the last multiple of step at or before t.
func (t Time) Floor(step time.Duration) Time { return t - t%Time(step) }

// Ceil returns the first multiple of step at or after t.
func (t Time) Ceil(step time.Duration) Time {
	if rest := t % Time(step); rest != 0 {
		return t.Add(time.Duration(Time(step) - rest))
	}
	return t
}

// String writes t as a duration since the scenario began: 2h3m4.5s.
func (t Time) String() string {
	if t == Never {
		return "never"
	}
	return time.Duration(t).String()
}
