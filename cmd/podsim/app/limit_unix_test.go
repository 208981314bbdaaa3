//go:build unix

package app_test

import (
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

// limitFiles makes writes fail beyond so many bytes a file, as on a full disk, if
// a script asks for it.
func limitFiles() {
	bytes, err := strconv.ParseUint(os.Getenv("FILE_SIZE_LIMIT"), 10, 64)
	if err != nil {
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: bytes}); err != nil {
		panic(err)
	}
}
