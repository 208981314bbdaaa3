package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/reports/dirs"
	"github.com/podsim/podsim/reports/plot"
)

// sources is what podsim plot draws: a comparison or runs.
type sources struct {
	comparison *comparison.Comparison
	runs       []plot.Run
}

// plotSources reads the folders.
func plotSources(folders []string) (sources, error) {
	var s sources
	var wrong error
	for _, folder := range folders {
		wrong = errors.Join(wrong, s.read(folder, len(folders)))
	}
	return s, wrong
}

// read reads one folder: that of a comparison if it holds one.
func (s *sources) read(folder string, all int) error {
	info, err := os.Stat(folder)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", folder, dirs.Cause(err))
	case !info.IsDir():
		return fmt.Errorf("%s: not a folder (want one that podsim compare -o or podsim run -o wrote)", folder)
	}
	text, err := readPlain(filepath.Join(folder, comparison.JSONFile))
	if err == nil {
		if all > 1 {
			return fmt.Errorf("%s: a comparison is drawn by itself (got %d folders)", folder, all)
		}
		if s.comparison, err = comparison.ReadJSON(text); err != nil {
			return fmt.Errorf("%s: %w", filepath.Join(folder, comparison.JSONFile), err)
		}
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		text, err = readPlain(filepath.Join(folder, summaryFile))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: neither a comparison nor a run: the folder holds no %s and no %s", folder, comparison.JSONFile, summaryFile)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", folder, err)
	}
	summary := new(reports.Summary)
	if err := json.Unmarshal(text, summary); err != nil {
		return fmt.Errorf("%s: not the summary of a run: %w", filepath.Join(folder, summaryFile), err)
	}
	s.runs = append(s.runs, plot.Run{Name: runName(folder), Summary: summary})
	return nil
}

// readPlain reads a regular file.
func readPlain(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, dirs.Cause(err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", filepath.Base(file))
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, dirs.Cause(err)
	}
	return text, nil
}

// runName is what a run is called in the legend: its folder.
func runName(folder string) string { return filepath.ToSlash(filepath.Clean(folder)) }

// fileName makes a name for a picture of texts that others chose: of letters,
// digits and a few signs, and unlike those that are taken also where case does not
// count.
func fileName(taken map[string]bool, parts ...string) string {
	const most = 100
	plain := func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' {
			return c
		}
		return '-'
	}
	var words []string
	for _, part := range parts {
		for word := range strings.SplitSeq(strings.Map(plain, part), "-") {
			if word = strings.Trim(word, "."); word != "" {
				words = append(words, word)
			}
		}
	}
	name := strings.Join(words, "-")
	name = name[:min(len(name), most)]
	for n, base := 2, name; taken[strings.ToLower(name)]; n++ {
		name = base + "-" + strconv.Itoa(n)
	}
	taken[strings.ToLower(name)] = true
	return name + "." + plot.PNG
}
