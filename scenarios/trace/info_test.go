package trace

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
)

// coresOf takes whole cores of a shape.
func coresOf(s *Shape) (Demand, bool) {
	if s.Template != "" {
		return Demand{}, false
	}
	return Demand{Pods: int64(max(s.Count, 1)), Amounts: []Amount{{"cpu", float64(len(s.Requests.Get("cpu")))}}}, true
}

func TestDescription(t *testing.T) {
	text := "time,name,kind,count,template,cpu,lifetime,run_time\n" +
		"60,a,Job,3,,x,,60\n" + // 3 cores until 2m
		"30,b,,,,xx,,\n" + // 2 cores for ever
		"120,c,,2,,x,100,60\n" + // 2 cores until 3m
		"150,d,,,t,,5,\n" +
		"180,e,,,,xxxx,0,\n"
	for kind, source := range map[string]io.Reader{
		"file": strings.NewReader(text), "stream": struct{ io.Reader }{strings.NewReader(text)},
	} {
		r, err := Open("t.csv", source, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := Describe(r, coresOf)
		if err != nil {
			t.Fatal(err)
		}
		got.Arrivals = Arrivals{Step: got.Arrivals.Step, From: got.Arrivals.From, Counts: got.Arrivals.Counts}
		want := &Info{
			Format: CSV, Rows: 5, Pods: 8, Shapes: 5, OutOfOrder: 1, First: 30, Last: 180, End: 180,
			UnknownLifetimes: 2, UnknownRunTimes: 3, UnknownEnds: 1, UnknownRequests: 1, Notes: []string{},
			Arrivals: Arrivals{Step: 60, Counts: []int64{1, 1, 2, 1}},
			Peaks:    []Peak{{"pods", 4, 60}, {"cpu", 5, 60}},
			Distributions: []Distribution{
				{Of: "time between arrivals", Unit: "s", Count: 4, Distinct: 2, P50: 30, P90: 60, P95: 60, P99: 60, Max: 60},
				{Of: "lifetime", Unit: "s", Count: 3, Distinct: 3, P50: 5, P90: 100, P95: 100, P99: 100, Max: 100},
				{Of: "run time", Unit: "s", Count: 2, Distinct: 1, P50: 60, P90: 60, P95: 60, P99: 60, Max: 60},
				{Of: "pods of an object", Count: 5, Distinct: 3, P50: 1, P90: 3, P95: 3, P99: 3, Max: 3},
				{Of: "cpu of a pod", Unit: "cores", Count: 7, Distinct: 3, P50: 1, P90: 4, P95: 4, P99: 4, Max: 4},
			},
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(Arrivals{})); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
}

func TestStepsOfArrivalsGetLonger(t *testing.T) {
	const day = 24 * time.Hour
	for last, want := range map[time.Duration]time.Duration{
		0: time.Minute, 99 * time.Minute: time.Minute, 100 * time.Minute: time.Hour, 100 * time.Hour: day, 100 * day: 7 * day,
		100 * 7 * day: 364 * day, 100 * 364 * day: 728 * day,
	} {
		var a Arrivals
		const start = models.Time(3 * 364 * day)
		a.add(start)
		a.add(start.Add(last))
		a.finish()
		sum := int64(0)
		for _, n := range a.Counts {
			sum += n
		}
		from := models.Time(a.From * 1e9)
		if a.step != want || sum != 2 || len(a.Counts) > maxSteps || from > start || start.Sub(from) >= want {
			t.Errorf("%v: got steps of %v from %v, %d arrivals", last, a.step, from, sum)
		}
	}
}

func TestManyValuesAreCutToFourDigits(t *testing.T) {
	var c counts
	for i := range int64(maxValues + 1) {
		c.add(i*1000+1, 1)
	}
	d := c.distribution("x", "", 1)
	if !d.Coarse || d.Count != maxValues+1 || d.Max != maxValues*1000+1 || d.P50 != 131_000_000 || d.Distinct > 50_000 {
		t.Errorf("got %+v", d)
	}
}

func TestAFileThatChangesWhileItIsReadIsAnError(t *testing.T) {
	text := []byte(swfRow("1", "1", "5", "3") + swfRow("2", "2", "5", "3"))
	for name, change := range map[string]func([]byte) []byte{
		"shorter": func(b []byte) []byte { return b[:len(b)/2] },
		"broken":  func(b []byte) []byte { return bytes.Replace(b, []byte("2 2 "), []byte("2 x "), 1) },
		"longer":  func(b []byte) []byte { return append(b, swfRow("3", "3", "5", "3")...) },
		"order":   func(b []byte) []byte { return bytes.Replace(b, []byte("2 2 "), []byte("2 0 "), 1) },
	} {
		file := &changing{Reader: bytes.NewReader(text), then: change(bytes.Clone(text))}
		if _, err := readAll("log", file, Options{}); err == nil || !strings.Contains(err.Error(), "the file has changed while it was read") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// changing is a file with another text when it is read again.
type changing struct {
	*bytes.Reader
	then []byte
}

func (c *changing) Seek(offset int64, whence int) (int64, error) {
	if whence == io.SeekStart {
		c.Reader = bytes.NewReader(c.then)
	}
	return c.Reader.Seek(offset, whence)
}

func TestNames(t *testing.T) {
	for text, want := range map[string]struct {
		base   string
		number int32
	}{
		"web-7": {"web", 7}, "web-07": {"web-07", -1}, "web": {"web", -1}, "web-7x": {"web-7x", -1}, "7": {"7", -1},
		"a.b-0": {"a.b", 0}, "web-99999999999": {"web-99999999999", -1}, "web--1": {"web--1", -1},
	} {
		if base, number := splitName(text); base != want.base || number != want.number {
			t.Errorf("%s: got %s and %d", text, base, number)
		}
	}
	for name, want := range map[string]bool{
		"a": true, "a-b.c-1": true, "": false, "-a": false, "a-": false, "a..b": false, ".a": false, "a.": false,
		"a-.b": false, "a.-b": false, "A": false, "a_b": false, strings.Repeat("a", 253): true, strings.Repeat("a", 254): false,
	} {
		if got := isObjectName(name); got != want {
			t.Errorf("%q: got %v", name, got)
		}
	}
}
