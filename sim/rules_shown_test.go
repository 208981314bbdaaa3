package sim

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheRulesAreShown holds the list of rules in testdata/rules.md: each has a source,
// and what it names as showing it is there.
func TestTheRulesAreShown(t *testing.T) {
	text, err := os.ReadFile("testdata/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	seen, rules := make(map[string]bool), 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSuffix(strings.TrimSpace(line), " |"), " | ")
		rule, isRow := strings.CutPrefix(cells[0], "| ")
		if !isRow || rule == "Rule" {
			continue
		}
		if rules++; len(cells) != 3 || seen[rule] {
			t.Errorf("%s: want a rule, once, with its source and what shows it", line)
			continue
		}
		seen[rule] = true
		if !strings.Contains(cells[1], "/") {
			t.Errorf("%s: source %q; want a path", rule, cells[1])
		}
		for name := range strings.SplitSeq(cells[2], ", ") {
			if !shown(t, name) {
				t.Errorf("%s: there is no %s", rule, name)
			}
		}
	}
	if rules == 0 {
		t.Error("there is no rule")
	}
}

// shown reports whether there is a story of a number, a test folder:TestName, or a script
// name.txtar.
func shown(t *testing.T, name string) bool {
	folder, test, isTest := strings.Cut(name, ":")
	pattern := filepath.Join("testdata", "stories", name+"-*.txt")
	switch {
	case isTest:
		pattern = filepath.Join("..", folder, "*_test.go")
	case strings.HasSuffix(name, ".txtar"):
		pattern = filepath.Join("..", "cmd", "podsim", "app", "testdata", "script", name)
	}
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !isTest {
			return true
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "\nfunc "+test+"(t *testing.T)") {
			return true
		}
	}
	return false
}
