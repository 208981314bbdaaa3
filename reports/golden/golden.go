// Package golden compares what tests of reports print with files that are kept beside
// them, and writes these files anew with the flag -update. Only tests use it.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Match compares text with a file of testdata.
func Match(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// Fits checks that no line is wider than a terminal of so many columns or ends with a
// space, and that all are ASCII if it shows nothing else. columns measures a line.
func Fits(t *testing.T, text string, width int, unicode bool, columns func(line string) int) {
	t.Helper()
	for i, line := range strings.Split(text, "\n") {
		if columns(line) > width {
			t.Errorf("line %d is %d columns wide: %q", i+1, columns(line), line)
		}
		if !unicode && utf8.RuneCountInString(line) != len(line) {
			t.Errorf("line %d is not ASCII: %q", i+1, line)
		}
		if strings.HasSuffix(line, " ") {
			t.Errorf("line %d ends with a space: %q", i+1, line)
		}
	}
}
