//go:build !linux

package scheduler_test

import "time"

var started = time.Now()

// cpuTime is the time on the wall where that of a thread is hard to get.
func cpuTime() time.Duration { return time.Since(started) }
