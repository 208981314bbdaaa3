package yamlnode

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models/limits"
)

func TestPaths(t *testing.T) {
	documents, err := Parse("f", strings.NewReader("a:\n  - {\"x.y/z\": 1, \"q\\\"]\": 2}\n"))
	if err != nil {
		t.Fatal(err)
	}
	root := documents[0].Root
	item := IndexPath(KeyPath("", "a"), 0)
	for _, test := range []struct{ path, want, text string }{
		{KeyPath(item, "x.y/z"), `a[0]["x.y/z"]`, "1"},
		{KeyPath(item, `q"]`), `a[0]["q\"]"]`, "2"},
	} {
		if test.path != test.want {
			t.Errorf("got path %s, want %s", test.path, test.want)
		}
		if got := Locate(root, test.path).Text; got != test.text {
			t.Errorf("at %s: got %q, want %q", test.path, got, test.text)
		}
	}
	for path, want := range map[string]*Node{
		"a[7].b": root.Get("a"), "a[0].b.c": root.Get("a").Item(0), "b": root, "[": root, "a[x]": root.Get("a"), `a["`: root.Get("a"), "": root,
	} {
		if got := Locate(root, path); got != want {
			t.Errorf("Locate(%q) = %v, want the deepest existing node %v", path, got, want)
		}
	}
}

func FuzzLocate(f *testing.F) {
	f.Add("a.b[0]", `x.y"]`)
	f.Fuzz(func(t *testing.T, path, key string) {
		leaf := &Node{Kind: String}
		root := &Node{Kind: Map, Fields: []Field{{Name: key, Value: leaf}}}
		if Locate(root, path) == nil {
			t.Errorf("nothing at %q", path)
		}
		if key != "" && strings.ToValidUTF8(key, "") == key && Locate(root, KeyPath("", key)) != leaf {
			t.Errorf("key %q is lost", key)
		}
	})
}

func TestProblemsText(t *testing.T) {
	problems := Problems{
		{File: "b", Line: 2, Column: 1, What: "third"},
		{File: "a", Line: 1, Column: 1, What: "fourth"},
		{File: "b", Line: 1, Column: 9, Path: "x", What: "first"},
		{File: "b", Line: 1, Column: 9, What: "second"},
		{File: "a", Line: 1, Column: 2, What: "fifth"},
	}
	problems.Sort()
	want := "b:1:9: x: first\nb:1:9: second\nb:2:1: third\na:1:1: fourth\na:1:2: fifth"
	if diff := cmp.Diff(want, problems.Error()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	fifty := make(Problems, limits.Problems)
	if got := fifty.Error(); strings.Contains(got, "more") {
		t.Errorf("50 problems: %q", got)
	}
	if got := append(fifty, Problem{}, Problem{}).Error(); !strings.HasSuffix(got, "\n… and 2 more") {
		t.Errorf("52 problems: %q", got)
	}
	if got := (Problem{What: "w"}).Error(); got != "w" {
		t.Errorf("without file: %q", got)
	}
	if Problems(nil).Err() != nil {
		t.Error("no problems are an error")
	}
}

func TestDuration(t *testing.T) {
	for _, test := range []struct {
		text string
		want time.Duration
		err  string
	}{
		{"0", 0, ""},
		{"90s", 90 * time.Second, ""},
		{"1h30m", 90 * time.Minute, ""},
		{"1d12h", 36 * time.Hour, ""},
		{"0.5d", 12 * time.Hour, ""},
		{"2w", 14 * 24 * time.Hour, ""},
		{"106751d", 106751 * 24 * time.Hour, ""},
		{"106752d", 0, "exceeds the virtual clock"},
		{"293w300000w", 0, "exceeds the virtual clock"},
		{"106751d106751d", 0, "exceeds the virtual clock"},
		{"99999999999999999999s", 0, "exceeds the virtual clock"},
		{"5", 0, "no unit; want 5s, 5m, …"},
		{"1h30", 0, "no unit; want 5s, 5m, …"},
		{"-5s", 0, "must be >= 0"},
		{"", 0, `invalid duration ""; want 5s, 5m, …`},
		{"abc", 0, `invalid duration "abc"; want 5s, 5m, …`},
		{"1.2.3s", 0, `invalid duration "1.2.3s"; want 5s, 5m, …`},
		{"5 m", 0, `unknown unit " m"; want ns, us, ms, s, m, h, d or w`},
		{"5y", 0, `unknown unit "y"; want ns, us, ms, s, m, h, d or w`},
	} {
		got, err := Duration(test.text)
		if got != test.want || errorText(err) != test.err {
			t.Errorf("Duration(%q) = %v, %v; want %v, %s", test.text, got, err, test.want, test.err)
		}
	}
}

func FuzzDuration(f *testing.F) {
	for _, seed := range []string{"1h30m", "1d", "2562047h47m16.854775807s", ".5s", "+1.s", "1e3s", "0.0000000000000000001h"} {
		f.Add(seed, int64(90))
	}
	f.Fuzz(func(t *testing.T, text string, nanos int64) {
		got, err := Duration(text)
		if err == nil && got < 0 {
			t.Errorf("Duration(%q) = %v", text, got)
		}
		if !strings.ContainsAny(text, "-dw") {
			want, wantErr := time.ParseDuration(text)
			if (err == nil) != (wantErr == nil) || got != want {
				t.Errorf("Duration(%q) = %v, %v; time.ParseDuration %v, %v", text, got, err, want, wantErr)
			}
		}
		duration := time.Duration(nanos & math.MaxInt64)
		if back, err := Duration(duration.String()); back != duration || err != nil {
			t.Errorf("%v came back as %v, %v", duration, back, err)
		}
	})
}

func TestRate(t *testing.T) {
	for _, test := range []struct {
		text string
		want float64
		err  string
	}{
		{"30/m", 0.5, ""},
		{"0.5/s", 0.5, ""},
		{"7200/h", 2, ""},
		{"86400/d", 1, ""},
		{"604800/w", 1, ""},
		{"1e3/s", 1000, ""},
		{"40", 0, "no unit; want 40/m, 0.5/s, …"},
		{"40/", 0, "no unit; want 40/m, 0.5/s, …"},
		{"40/x", 0, `unknown unit "x"; want s, m, h, d or w`},
		{"0/s", 0, "must be > 0"},
		{"-1/s", 0, "must be > 0"},
		{".inf/s", 0, "must be finite"},
		{"NaN", 0, "must be finite"},
		{"1e999/s", 0, "must be finite"},
		{"", 0, `invalid rate ""; want 40/m, 0.5/s, …`},
		{"0x1/s", 0, `invalid rate "0x1/s"; want 40/m, 0.5/s, …`},
	} {
		got, err := Rate(test.text)
		if got != test.want || errorText(err) != test.err {
			t.Errorf("Rate(%q) = %v, %v; want %v, %s", test.text, got, err, test.want, test.err)
		}
	}
}

func FuzzRate(f *testing.F) {
	f.Add("40/m", 0.25)
	f.Add("1e-320/d", 1e300)
	f.Fuzz(func(t *testing.T, text string, rate float64) {
		got, err := Rate(text)
		if err == nil && (!(got > 0) || math.IsInf(got, 0)) {
			t.Errorf("Rate(%q) = %v", text, got)
		}
		if rate > 0 && !math.IsInf(rate, 0) {
			if back, err := Rate(fmt.Sprint(rate) + "/s"); back != rate || err != nil {
				t.Errorf("%v came back as %v, %v", rate, back, err)
			}
		}
	})
}

func TestMessagesRepeatSoMuchOfTheInput(t *testing.T) {
	longest := strings.Repeat("é", limits.Quoted)
	for text, want := range map[string]string{longest: longest, longest + "é": longest + "…"} {
		if got := shorten(text); got != want {
			t.Errorf("%d characters: got %s; want %s", len([]rune(text)), got, want)
		}
	}
}
