package reports

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/golden"
)

func outageReport(t *testing.T) *Summary {
	t.Helper()
	_, s := outage(t, compile(t,
		Assertion{Text: "pending.p99 < 5m"},
		Assertion{Text: "available(Deployment/web) >= 8", Always: true, From: 60e9},
		Assertion{Text: "ready(Deployment/api) == 6"},
		Assertion{Text: "utilisation.cpu <= 80%", Always: true},
		Assertion{Text: "replacement.max <= 10m"},
	)...)
	s.Scenario, s.Seed, s.Digest = "zone-b-outage", 7, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	s.NotSimulated = []string{"Service default/web", "PodDisruptionBudget default/web"}
	return s
}

func TestTextReport(t *testing.T) {
	s := outageReport(t)
	wall := Wall{Elapsed: 1240 * time.Millisecond, EventsPerSecond: 1_130_000}
	for _, terminal := range []Terminal{
		{Width: 100, Unicode: true}, {Width: 100}, {Width: 60, Unicode: true}, {Width: 60},
	} {
		form := "ascii"
		if terminal.Unicode {
			form = "unicode"
		}
		name := fmt.Sprintf("outage_%d_%s.txt", terminal.Width, form)
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := WriteText(&b, s, wall, terminal); err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(b.String(), "\n") {
				if columnsOf(line) > terminal.Width {
					t.Errorf("line %d is %d columns wide: %q", i+1, columnsOf(line), line)
				}
				if !terminal.Unicode && utf8.RuneCountInString(line) != len(line) {
					t.Errorf("line %d is not ASCII: %q", i+1, line)
				}
			}
			golden.Match(t, name, b.String())
		})
	}
}

func TestTextReportOfASmallRun(t *testing.T) {
	w := newWorld(t, Config{Horizon: 600e9})
	a, b := w.node("node-a", "", 4000, 8*gibi), w.node("node-b", "", 2500, 8*gibi)
	_, web := w.deployment("web", 2)
	for _, n := range []int{0, 1} {
		pod := w.podOf(web, w.spec(1500, gibi))
		w.at(time.Duration(n+1) * 1300 * time.Millisecond)
		w.run(pod, []models.NodeID{a, b}[n])
	}
	w.at(5 * time.Minute)
	w.crash(b, "")
	s := w.finish(10 * time.Minute)
	var text, coloured bytes.Buffer
	if err := WriteText(&text, s, Wall{}, Terminal{Width: 100, Unicode: true}); err != nil {
		t.Fatal(err)
	}
	golden.Match(t, "small_100_unicode.txt", text.String())
	if err := WriteText(&coloured, s, Wall{}, Terminal{Width: 100, Unicode: true, Color: true}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text.String(), "\x1b") || !strings.Contains(coloured.String(), "\x1b[1m") {
		t.Error("colour where none was asked for, or none where it was")
	}
}

func TestTextReportOfAnEmptyRun(t *testing.T) {
	s := newWorld(t, Config{}).finish(0)
	var b bytes.Buffer
	if err := WriteText(&b, s, Wall{}, Terminal{Width: 80}); err != nil {
		t.Fatal(err)
	}
	golden.Match(t, "empty_80_ascii.txt", b.String())
}
