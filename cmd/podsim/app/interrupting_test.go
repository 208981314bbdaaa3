package app_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// interrupting is a program of the scripts:
//
//	interrupting FILE program args...
//
// It starts the program, presses Ctrl-C when the file is there, and ends with the
// program's exit code. A pipe becomes the program's standard input, never ends, and
// counts as there when the program reads from it. With -again before the file it
// presses Ctrl-C until the program ends. With -files FOLDER N in place of the file
// it waits for so many files in a folder.
func interrupting() {
	args := os.Args[1:]
	files := 0
	if args[0] == "-files" {
		files, _ = strconv.Atoi(args[2])
		args = append(args[1:2], args[3:]...)
	}
	again := args[0] == "-again"
	if again {
		args = args[1:]
	}
	child := exec.Command(args[1], args[2:]...)
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	ready := func() bool { _, err := os.Stat(args[0]); return err == nil }
	if files > 0 {
		ready = func() bool { list, _ := os.ReadDir(args[0]); return len(list) >= files }
	}
	if info, err := os.Stat(args[0]); err == nil && info.Mode()&os.ModeNamedPipe != 0 {
		child.Stdin, ready = fullPipe(args[0])
	}
	if err := child.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(99)
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	const poll = time.Millisecond
	pressed := false
	for {
		select {
		case err := <-ended:
			var code *exec.ExitError
			if errors.As(err, &code) {
				fmt.Fprintln(os.Stderr, code) // names the signal that killed it
				os.Exit(code.ExitCode() & 0xff)
			}
			os.Exit(0)
		case <-time.After(poll):
		}
		if pressed && again || !pressed && ready() {
			pressed = true
			_ = child.Process.Signal(os.Interrupt) // it may have ended meanwhile
		}
	}
}

// fullPipe fills a pipe to the brim with comments and returns its reading end, and
// a function that tells whether somebody has read from it.
func fullPipe(name string) (*os.File, func() bool) {
	fd, err := syscall.Open(name, syscall.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		panic(err)
	}
	write := func() bool {
		_, err := syscall.Write(fd, []byte("#\n"))
		return err == nil
	}
	for write() {
	}
	reading, err := os.Open(name)
	if err != nil {
		panic(err)
	}
	return reading, write
}
