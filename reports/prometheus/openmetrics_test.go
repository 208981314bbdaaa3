package prometheus

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim"
)

// sampleLine is a line of the text, and labelText one of its labels.
var (
	sampleLine = regexp.MustCompile(`^([a-z_][a-z0-9_]*)\{((?:[a-z_][a-z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\} (\S+) (\d+(?:\.\d{1,3})?)$`)
	labelText  = regexp.MustCompile(`([a-z_][a-z0-9_]*)="((?:[^"\\]|\\.)*)"`)
	bound      = regexp.MustCompile(`,le="([^"]*)"$`)
)

// checkText holds a text against the rules of OpenMetrics and returns its samples by series
// and time.
func checkText(t *testing.T, text []byte) map[string]map[string]float64 {
	t.Helper()
	body, whole := strings.CutSuffix(string(text), "# EOF\n")
	if !whole || strings.Contains(body, "# EOF") {
		t.Fatal("the text does not end with its only # EOF")
	}
	out := make(map[string]map[string]float64)
	families, over := make(map[string]bool), make(map[string]bool)
	var family, kind, metric string
	last := 0.0
	for line := range strings.Lines(body) {
		line = strings.TrimSuffix(line, "\n")
		if rest, is := strings.CutPrefix(line, "# TYPE "); is {
			family, kind, _ = strings.Cut(rest, " ")
			if families[family] {
				t.Fatalf("the family %s comes twice", family)
			}
			families[family], metric = true, ""
			continue
		}
		if strings.HasPrefix(line, "# HELP "+family+" ") {
			continue
		}
		m := sampleLine.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("not a sample: %q", line)
		}
		if !utf8.ValidString(line) || strings.ContainsFunc(line, unicode.IsControl) {
			t.Fatalf("characters that are no text: %q", line)
		}
		suffixes := map[string]string{"gauge": "^$", "counter": "^_total$", "histogram": "^_(bucket|count|sum)$"}[kind]
		suffix, ours := strings.CutPrefix(m[1], family)
		if !ours || !regexp.MustCompile(suffixes).MatchString(suffix) {
			t.Fatalf("%s stands in the %s %s", m[1], kind, family)
		}
		series := family + "{" + bound.ReplaceAllString(m[2], "") + "}"
		at, err := strconv.ParseFloat(m[4], 64)
		value, wrong := strconv.ParseFloat(m[3], 64)
		if err != nil || wrong != nil {
			t.Fatalf("not numbers: %q", line)
		}
		if series != metric {
			if over[series] {
				t.Fatalf("the series %s is interleaved with others", series)
			}
			over[series], metric, last = true, series, 0
		}
		if at < last || at == last && kind != "histogram" {
			t.Fatalf("times do not ascend: %q after %f", line, last)
		}
		last = at
		key := m[1] + "{" + m[2] + "}"
		if out[key] == nil {
			out[key] = make(map[string]float64)
		}
		out[key][m[4]] = value
	}
	return out
}

func TestTheTextIsOpenMetrics(t *testing.T) {
	fold := NewFold(config())
	e := NewExport(fold)
	queues := map[models.Time]*Queue{}
	s := watched(t, embedded(t, "batch-burst", 125*time.Minute), fold, 10*time.Minute, func(at models.Time, s *sim.Simulation) {
		queues[at] = queueOf(s)
		if err := e.Sample(at, s.Cluster().View()); err != nil {
			t.Fatal(err)
		}
	})
	e.Queue(func(at models.Time) *Queue { return queues[at] })
	text := written(t, e)
	samples := checkText(t, text)
	series, lines := e.Size()
	if got := bytes.Count(text, []byte("\n")); int64(got) < lines || series == 0 {
		t.Errorf("%d lines, want those of %d samples", got, lines)
	}
	waiting := 0.0
	for at, q := range queues {
		stamp := e.stamp(at)
		got := samples[`scheduler_pending_pods{job="kube-scheduler",instance="podsim",queue="unschedulable"}`][stamp]
		if got != float64(q.Unschedulable) {
			t.Errorf("at %s %g pods are unschedulable, want %d", at, got, q.Unschedulable)
		}
		waiting += got
	}
	if waiting == 0 || s.Cluster().View().Totals().Succeeded == 0 {
		t.Error("nothing waits or ends: the test proves nothing")
	}
	for key, values := range samples {
		if !strings.Contains(key, "_total{") && !strings.Contains(key, "_bucket{") {
			continue
		}
		before := 0.0
		for i := range len(queues) {
			value, there := values[e.stamp(models.Time(i)*models.Time(10*time.Minute))]
			if there && value < before {
				t.Errorf("%s falls from %g to %g", key, before, value)
			}
			before = max(before, value)
		}
	}
}

func TestHostileNamesAreHarmless(t *testing.T) {
	text := hostileExport(t)
	checkText(t, text)
	for _, m := range labelText.FindAllSubmatch(text, -1) {
		if value := string(m[2]); strings.HasPrefix(string(m[1]), "label_") && value == "" {
			t.Errorf("an empty label: %s", m[0])
		}
	}
	if !bytes.Equal(text, hostileExport(t)) {
		t.Error("the same run makes other bytes")
	}
}

func TestASeriesThatEndsIsClosed(t *testing.T) {
	stamps := []string{"0", "1", "2", "3", "4"}
	stays := func(spans ...[2]int32) []*track {
		is := &track{labels: `a="b"`}
		for _, s := range spans {
			is.stays = append(is.stays, stay{from: s[0], until: s[1], value: 7})
		}
		return []*track{is}
	}
	for name, test := range map[string]struct {
		family Family
		tracks []*track
		want   []string
	}{
		"a state":                {Family{Name: "x"}, stays([2]int32{0, 1}), []string{"7 0", "7 1", "0 2"}},
		"a state that is back":   {Family{Name: "x"}, stays([2]int32{0, 0}, [2]int32{2, 2}), []string{"7 0", "0 1", "7 2", "0 3"}},
		"a state to the end":     {Family{Name: "x"}, stays([2]int32{3, 4}), []string{"7 3", "7 4"}},
		"another value":          {Family{Name: "x"}, stays([2]int32{2, 3}, [2]int32{4, 4}), []string{"7 2", "7 3", "7 4"}},
		"a point in time":        {Family{Name: "x", Unsummed: true}, stays([2]int32{0, 1}), []string{"7 0", "7 1"}},
		"a counter":              {Family{Name: "x_total", Type: Counter}, stays([2]int32{0, 1}), []string{"7 0", "7 1"}},
		"what is known at times": {*pendingPods, stays([2]int32{0, 0}, [2]int32{2, 2}), []string{"7 0", "7 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			family := &test.family
			if family.Name == pendingPods.Name {
				family = pendingPods
			}
			var text bytes.Buffer
			o := openMetrics{w: &text}
			o.family(family, test.tracks, stamps)
			o.flush(0)
			var got []string
			for line := range strings.Lines(text.String()) {
				if _, sample, is := strings.Cut(line, "} "); is {
					got = append(got, strings.TrimSpace(sample))
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
