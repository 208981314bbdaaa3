package app

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

func TestProgressShowsOnATerminalOnly(t *testing.T) {
	var stderr bytes.Buffer
	p := newProgress(&stderr, models.Time(time.Hour), true)
	p.started = p.started.Add(-time.Minute)
	p.show(models.Time(time.Minute), 1000)
	p.clear()
	if stderr.Len() > 0 {
		t.Errorf("a stream that is no terminal got %q", stderr.String())
	}
}

func TestProgressTellsTheShareAndFitsTheTerminal(t *testing.T) {
	var terminal bytes.Buffer
	started := time.Now().Add(-time.Minute)
	for _, test := range []struct {
		name    string
		width   int
		horizon models.Time
		want    string
	}{
		{"with a horizon", 80, models.Time(time.Hour), " 25%  15m0s of 1h0m0s virtual"},
		{"without one", 80, models.Never, "15m0s virtual"},
		{"a narrow terminal", 10, models.Time(time.Hour), " 25%  15m"},
		{"a terminal of no width", 0, models.Time(time.Hour), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			terminal.Reset()
			p := &progress{w: &terminal, width: test.width, horizon: test.horizon, started: started}
			p.show(models.Time(15*time.Minute), 1000)
			line, ok := strings.CutPrefix(terminal.String(), "\r\x1b[K")
			if !ok || !strings.HasPrefix(line, test.want) || len(line) >= max(test.width, 1) {
				t.Errorf("got %q, want %q… in %d columns", line, test.want, test.width)
			}
			terminal.Reset()
			p.clear()
			if got := terminal.String(); got != "\r\x1b[K" {
				t.Errorf("clear wrote %q", got)
			}
		})
	}
}

func TestShortRunsShowNoProgress(t *testing.T) {
	var terminal bytes.Buffer
	p := &progress{w: &terminal, width: 80, horizon: models.Time(time.Hour), started: time.Now().Add(time.Hour)}
	p.show(models.Time(time.Minute), 1000)
	p.clear()
	if terminal.Len() > 0 {
		t.Errorf("got %q", terminal.String())
	}
}

func TestTablesHaveNoTrailingSpaces(t *testing.T) {
	var page bytes.Buffer
	s := &session{stdout: &page}
	if err := s.table([]string{"NAME", "HELP"}, [][]string{{"a", "short"}, {"longer", ""}, {"b", "the longest"}}); err != nil {
		t.Fatal(err)
	}
	const want = "NAME    HELP\na       short\nlonger\nb       the longest\n"
	if page.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", page.String(), want)
	}
}
