package manifests

import (
	"bufio"
	"crypto/sha256"
	_ "embed" // the list
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Entry is a set of manifests of a project, and what it comes to.
type Entry struct {
	Project, Repository, Commit, Licence string
	SHA256                               string // of the files, one after the other
	Files                                []string
	Expected                             []Expectation
}

// Expectation is how many pods of a workload are ready once nothing changes any more: of
// a Job how many succeeded, of a CronJob how many Jobs are kept.
type Expectation struct {
	Workload string // Kind namespace/name
	Count    int
}

// Gone is the count of a workload that is not there.
const Gone = -1

//go:embed manifests.txt
var list string

// Entries returns the list.
func Entries() ([]Entry, error) { return parse(list) }

func parse(text string) (entries []Entry, err error) {
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, _ := strings.Cut(line, " ")
		if key == "project" {
			entries = append(entries, Entry{Project: value})
			continue
		}
		if len(entries) == 0 {
			return nil, fmt.Errorf("line %d: %s before any project", n, key)
		}
		if err := entries[len(entries)-1].set(key, value); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	return entries, lines.Err()
}

func (e *Entry) set(key, value string) error {
	switch key {
	case "repository":
		e.Repository = value
	case "commit":
		e.Commit = value
	case "licence":
		e.Licence = value
	case "sha256":
		e.SHA256 = value
	case "file":
		e.Files = append(e.Files, value)
	case "expect":
		at := strings.LastIndexByte(value, ' ')
		count, err := strconv.Atoi(value[at+1:])
		if value[at+1:] == "gone" {
			count, err = Gone, nil
		}
		if at < 0 || err != nil {
			return fmt.Errorf("expect: got %q; want Kind namespace/name and a count, or gone", value)
		}
		e.Expected = append(e.Expected, Expectation{value[:at], count})
	default:
		return fmt.Errorf("unknown word %q", key)
	}
	return nil
}

// Path is where a folder holds a file of the entry.
func (e *Entry) Path(folder, file string) string {
	return filepath.Join(folder, filepath.FromSlash(e.Repository), filepath.FromSlash(file))
}

// Check makes sure that the folder holds the files of the list. A missing one is an
// fs.ErrNotExist.
func (e *Entry) Check(folder string) error {
	sum := sha256.New()
	for _, file := range e.Files {
		text, err := os.ReadFile(e.Path(folder, file))
		if err != nil {
			return err
		}
		sum.Write(text)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != e.SHA256 {
		return fmt.Errorf("%s: the files are not those of commit %s (SHA-256 %s; want %s)", e.Project, e.Commit, got, e.SHA256)
	}
	return nil
}
