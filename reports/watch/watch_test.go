package watch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/golden"
	"github.com/podsim/podsim/reports/hostile/madeup"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scenarios/logged"
)

// simulated returns the log of the embedded outage with some steps of a user.
func simulated(t *testing.T, steps ...string) []byte {
	t.Helper()
	log, _, _ := logged.Run(t, scenarios.Input{Files: []scenarios.File{logged.Embedded(t, "zone-outage")}, For: 3 * time.Hour, At: steps})
	return log
}

// at follows a log up to a moment.
func at(t *testing.T, log []byte, until time.Duration) (*Fold, *Frame) {
	t.Helper()
	p, err := cluster.NewReplay(bytes.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	f := NewFold(p.Cluster.View())
	p.Cluster.Observe(f)
	for {
		next, err := p.Next()
		if errors.Is(err, io.EOF) || err == nil && next > models.Time(until) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := p.Step(); err != nil {
			t.Fatal(err)
		}
	}
	frame := f.Take(models.Time(until))
	frame.Scenario, frame.Horizon, frame.Speed, frame.Queue = "zone-outage", models.Time(3*time.Hour), 1234, Queue{Active: 2, Unschedulable: 3}
	return f, frame
}

func TestTheScreenOfAnOutage(t *testing.T) {
	log := simulated(t, "125m scale deployment/web --replicas=400")
	_, frame := at(t, log, 126*time.Minute)
	golden.Match(t, "outage.txt", strings.Join(Draw(frame, Size{110, 30}, reports.Terminal{Unicode: true}), "\n")+"\n")
	golden.Match(t, "outage_narrow.txt", strings.Join(Draw(frame, Size{48, 20}, reports.Terminal{}), "\n")+"\n")
	if len(frame.Faults) != 1 || frame.Faults[0] != (Fault{"power-loss: 20 nodes down", models.Time(2 * time.Hour)}) {
		t.Errorf("faults: %v", frame.Faults)
	}
	if len(frame.Below) == 0 || frame.Below[0].Desired != 400 || frame.Ready != 40 || frame.Down != 20 {
		t.Errorf("below: %v, %d nodes ready, %d down", frame.Below, frame.Ready, frame.Down)
	}
	if _, frame = at(t, log, 151*time.Minute); len(frame.Faults) != 0 || frame.Down != 0 {
		t.Errorf("after the outage: %v, %d nodes down", frame.Faults, frame.Down)
	}
}

var escapes = regexp.MustCompile(`\x1b\[[0-9]*m`)

// Whatever the size, there are neither more nor longer lines than fit; and whatever the names,
// nothing but colours reaches the terminal.
func TestAScreenNeverSpillsOver(t *testing.T) {
	log, err := madeup.Log()
	if err != nil {
		t.Fatal(err)
	}
	_, frame := at(t, log, time.Hour)
	frame.Scenario = "\x1b[2Jred\u202e"
	for _, terminal := range []reports.Terminal{{}, {Color: true, Unicode: true}} {
		for width := -1; width < 150; width += 1 + width/5 {
			for height := -1; height < 60; height += 1 + height/4 {
				lines := Draw(frame, Size{width, height}, terminal)
				if len(lines) > max(height, 0) || width > 0 && height > 1 && len(lines) != height {
					t.Fatalf("%d x %d: %d lines", width, height, len(lines))
				}
				for _, line := range lines {
					plain := escapes.ReplaceAllString(line, "")
					if reports.ColumnsOf(plain) > width {
						t.Fatalf("%d x %d: %q is too long", width, height, plain)
					}
					for _, c := range plain {
						if !unicode.IsPrint(c) {
							t.Fatalf("%q reaches the terminal in %q", c, plain)
						}
					}
				}
			}
		}
	}
}

func TestHappeningsOfAMomentAreCountedTogether(t *testing.T) {
	f, _ := at(t, simulated(t), 2*time.Hour+time.Minute)
	list, lost := f.Lines(models.Time(2*time.Hour + time.Minute))
	var lines []string
	for i := range list {
		lines = append(lines, Line(&list[i]))
	}
	if want := []string{"02h00m00s  20 nodes down: power-loss", "02h00m50s  20 nodes: Ready is Unknown"}; fmt.Sprint(lines) != fmt.Sprint(want) || lost != 0 {
		t.Errorf("got %q, %d lost; want %q", lines, lost, want)
	}
	if again, _ := f.Lines(models.Never); len(again) != 0 {
		t.Errorf("%v are told twice", again)
	}
}

func TestMoreHappensThanIsKept(t *testing.T) {
	log, err := madeup.Log()
	if err != nil {
		t.Fatal(err)
	}
	f, frame := at(t, log, time.Hour)
	list, lost := f.Lines(models.Time(time.Hour))
	if len(frame.Happened) != kept || len(list) != kept || uint64(lost) != f.to-kept || lost == 0 {
		t.Errorf("%d are shown, %d told and %d lost of %d", len(frame.Happened), len(list), lost, f.to)
	}
}

// What the same pods may suffer again is not counted as that of more pods.
func TestWhatGoesOnIsOneLine(t *testing.T) {
	f, _ := at(t, simulated(t), time.Minute)
	f.screen = nil
	fail := func(second int) {
		at := models.Time(second) * models.Time(time.Second)
		f.continues(&happening{at: at, since: at, times: 1, count: 1, kind: models.OpExitPod, owner: models.None, node: models.None})
	}
	fail(60)
	fail(60)
	fail(70)
	fail(90)
	fail(90 + 301)
	var lines []string
	for _, h := range f.last(kept) {
		lines = append(lines, Line(&h))
	}
	want := []string{"00h01m30s  containers of 1 pod failed, 4 times since 00h01m00s", "00h06m31s  containers of 1 pod failed"}
	if fmt.Sprint(lines) != fmt.Sprint(want) {
		t.Errorf("got %q; want %q", lines, want)
	}
}
