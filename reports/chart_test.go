package reports

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

// TestTheChartTellsWhatSamplesMiss has three pods wait and use a node for some seconds
// between two samples.
func TestTheChartTellsWhatSamplesMiss(t *testing.T) {
	for name, c := range map[string]Config{
		"samples 5m apart":               {Horizon: models.Time(24 * time.Hour)},
		"samples that come to lie apart": {}, // the horizon is unknown
	} {
		w := newWorld(t, c)
		node := w.node("n", "", 4000, gibi)
		at := 2*time.Hour + 7*time.Second
		w.at(at)
		var pods []models.PodID
		for _, name := range []string{"a", "b", "c"} {
			pods = append(pods, w.pod(w.spec(1000, 0), name))
		}
		w.at(at + 3*second)
		for _, pod := range pods {
			w.bind(pod, node)
		}
		w.at(at + 10*second)
		for _, pod := range pods {
			w.end(pod, 0)
		}
		w.bind(w.pod(w.spec(1000, 0), "waits for no time"), node)
		s := w.finish(24 * time.Hour)
		same(t, name+": samples of pending pods", int64(0), slices.Max(s.Series.Pending))
		sample := slices.Index(s.Series.PendingMost, 3)
		if sample < 0 || s.Series.Time[sample-1] > secondsOf(models.Time(at)) || s.Series.Time[sample] < secondsOf(models.Time(at)) {
			t.Errorf("%s: at most %v pods wait; want 3 in the sample after %s", name, s.Series.PendingMost, at)
		}
		same(t, name+": where the chart starts and ends", []int64{0, 0}, []int64{s.Series.PendingMost[0], s.Series.PendingMost[len(s.Series.Time)-1]})
		var text bytes.Buffer
		if err := WriteText(&text, s, Wall{}, Terminal{Width: 100}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"\n  most 3\n", "\n  peak 75% "} {
			if !strings.Contains(text.String(), want) {
				t.Errorf("%s: the report lacks %q:\n%s", name, want, text.String())
			}
		}
	}
}

func TestTheChartTellsFromWhenOnItsMeansCount(t *testing.T) {
	w := newWorld(t, Config{Horizon: models.Time(time.Hour), WarmUp: 10 * time.Minute})
	w.bind(w.pod(w.spec(1000, 0), "a"), w.node("n", "", 4000, gibi))
	var text bytes.Buffer
	if err := WriteText(&text, w.finish(time.Hour), Wall{}, Terminal{Width: 100}); err != nil {
		t.Fatal(err)
	}
	if want := "\nOver time  means and peaks from 00h10m00s on\n"; !strings.Contains(text.String(), want) {
		t.Errorf("the report lacks %q:\n%s", want, text.String())
	}
}
