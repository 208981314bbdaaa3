package app_test

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// damage FOLDER changes a byte in the middle of the folder's first file and cuts
// its second one short.
func damage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: damage FOLDER")
	}
	folder := ts.MkAbs(args[0])
	files, err := os.ReadDir(folder)
	ts.Check(err)
	for i, file := range files[:2] {
		name := filepath.Join(folder, file.Name())
		text, err := os.ReadFile(name)
		ts.Check(err)
		if text[len(text)/2]++; i == 1 {
			text = text[:len(text)/2]
		}
		ts.Check(os.WriteFile(name, text, 0o666))
	}
}

// killed is what the comparisons of the next test run: enough for half a second.
var killed = []string{
	"compare", "batch-burst", "--for", "3h", "--policy", "default", "--policy", "most-allocated", "--seeds", "8", "--workers", "2",
}

// A comparison may be killed at any moment: the same command goes on, and what is in
// the folder in the end is, byte by byte, what an undisturbed one leaves there.
// PODSIM_KILLS asks for more rounds.
func TestAKilledComparisonGoesOn(t *testing.T) {
	rounds := 3
	if text := os.Getenv("PODSIM_KILLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		rounds = n
	}
	whole := filepath.Join(t.TempDir(), "whole")
	started := time.Now()
	if text, err := compareInto(whole).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	takes := time.Since(started)
	want := contents(t, whole)
	kills := 0
	for range rounds {
		folder := filepath.Join(t.TempDir(), "out")
		for range 4 {
			kills += killAfter(t, compareInto(folder), rand.N(takes))
		}
		if text, err := compareInto(folder).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		got := contents(t, folder)
		for name := range want {
			if !bytes.Equal(got[name], want[name]) {
				t.Errorf("%s differs", name)
			}
			delete(got, name)
		}
		for name := range got {
			t.Errorf("%s is left", name)
		}
	}
	t.Logf("killed %d times in %d rounds", kills, rounds)
}

func compareInto(folder string) *exec.Cmd {
	return exec.Command("podsim", append(killed, "-o", folder)...)
}

// killAfter lets a program run so long and kills it. It returns how many it killed:
// the program may have ended before.
func killAfter(t *testing.T, program *exec.Cmd, after time.Duration) int {
	t.Helper()
	var problems bytes.Buffer
	program.Stderr = &problems
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- program.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Fatalf("%v\n%s", err, &problems)
		}
		return 0
	case <-time.After(after):
	}
	if err := program.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	<-ended
	return 1
}

// contents reads all files of a folder, by their names.
func contents(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files[name[len(folder):]], err = os.ReadFile(name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
