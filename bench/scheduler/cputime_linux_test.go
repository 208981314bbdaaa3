package scheduler_test

import (
	"syscall"
	"time"
	"unsafe"
)

// cpuTime returns the processor time of the thread, so that a busy machine does not
// matter. The thread has to be locked.
func cpuTime() time.Duration {
	const clockThreadCPUTime = 3
	var t syscall.Timespec
	if _, _, err := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockThreadCPUTime, uintptr(unsafe.Pointer(&t)), 0); err != 0 {
		panic(err)
	}
	return time.Duration(t.Nano())
}
