package trace

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
)

func pack(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	fill(t, gzip.NewWriter(&b), text)
	return b.Bytes()
}

func packZstd(t *testing.T, text string, options ...zstd.EOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, options...)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, w, text)
	return b.Bytes()
}

func fill(t *testing.T, w io.WriteCloser, text string) {
	t.Helper()
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestPackingIsToldByItsFirstBytes(t *testing.T) {
	text := header + row("instance_1", "5", "6") + row("instance_2", "4", "")
	plain, err := read(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"gzip": pack(t, text), "zstd": packZstd(t, text)} {
		for kind, source := range map[string]io.Reader{
			"file": bytes.NewReader(data), "stream": struct{ io.Reader }{bytes.NewReader(data)},
		} {
			packed, err := readAll("trace.csv", source, Options{})
			if err != nil {
				t.Fatalf("%s, %s: %v", name, kind, err)
			}
			if diff := cmp.Diff(plain, packed); diff != "" {
				t.Errorf("%s, %s: %s", name, kind, diff)
			}
		}
	}
}

func TestDamagedPacking(t *testing.T) {
	var text strings.Builder
	text.WriteString(header)
	for i := range 5000 {
		text.WriteString(row(fmt.Sprintf("instance_%d", i), fmt.Sprint(i*i%7919), ""))
	}
	gz, zst := pack(t, text.String()), packZstd(t, text.String())
	damaged := func(data []byte, at int) []byte {
		corrupt := bytes.Clone(data)
		corrupt[at] ^= 0xff
		return corrupt
	}
	tests := map[string]struct {
		data []byte
		want string
	}{
		"truncated gzip":    {gz[:len(gz)/2], "truncated after "},
		"truncated early":   {gz[:5], "truncated after 0 bytes"},
		"gzip checksum":     {damaged(gz, len(gz)-6), "corrupt after "},
		"no gzip":           {[]byte("\x1f\x8bhello, world"), "corrupt after 0 bytes"},
		"truncated zstd":    {zst[:len(zst)/2], "truncated after "},
		"zstd checksum":     {damaged(zst, len(zst)-2), "corrupt after "},
		"zstd of no blocks": {[]byte("\x28\xb5\x2f\xfd\x04\xff\xff\xff\xff\xff"), "trace.csv"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := readAll("trace.csv", bytes.NewReader(test.data), Options{Format: DLRM})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v; want %q", err, test.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	text := header + row("instance_0", "", "") + row("instance_1", "", "")
	job := swfRow("1", "0", "5", "3")
	pod := `{"time":1,"type":"ADDED","object":` + podObject("a", "") + "}\n"
	tests := map[string]struct {
		change func(*Limits)
		text   string
		want   string // nothing if it is read
	}{
		"bytes":          {func(l *Limits) { l.Bytes = int64(len(text)) }, text, ""},
		"bytes + 1":      {func(l *Limits) { l.Bytes = int64(len(text)) - 1 }, text, fmt.Sprintf("more than %d bytes", len(text)-1)},
		"rows":           {func(l *Limits) { l.Rows = 2 }, text, ""},
		"rows + 1":       {func(l *Limits) { l.Rows = 1 }, text, "trace:3:1: more than 1 rows"},
		"shapes":         {func(l *Limits) { l.Shapes = 1 }, text, ""},
		"shapes + 1":     {func(l *Limits) { l.Shapes = 0 }, text, "more than 0 distinct shapes"},
		"line":           {func(l *Limits) { l.Line = len(header); l.ObjectLine = 0 }, text, ""},
		"line + 1":       {func(l *Limits) { l.Line = len(header) - 1; l.ObjectLine = 0 }, text, fmt.Sprintf("line longer than %d bytes", len(header)-1)},
		"object line":    {func(l *Limits) { l.Line, l.ObjectLine = 10, len(pod) }, pod, ""},
		"its line + 1":   {func(l *Limits) { l.Line, l.ObjectLine = 10, len(pod)-1 }, pod, fmt.Sprintf("line longer than %d bytes", len(pod)-1)},
		"problems":       {func(l *Limits) { l.Problems = 2 }, header + "x\ny\nz\n", "trace:3:1: row has 1 of 17 columns"},
		"unpacks to 1:1": {func(l *Limits) { l.Ratio = 1 }, text, ""},
		"count":          {func(l *Limits) { l.Count = 3 }, job, ""},
		"count + 1":      {func(l *Limits) { l.Count = 2 }, job, "trace:1:1: job of 3 processors; want at most 2"},
		"copies":         {func(l *Limits) { l.Count = 3 }, "time,cpu,count\n1,1,3\n", ""},
		"copies + 1":     {func(l *Limits) { l.Count = 2 }, "time,cpu,count\n1,1,3\n", `trace:2:5: count: got "3"; want a whole number from 1 to 2`},
		"objects":        {func(l *Limits) { l.Rows = 1 }, pod, ""},
		"objects + 1":    {func(l *Limits) { l.Rows = 1 }, pod + strings.ReplaceAll(pod, `"a"`, `"b"`), "trace:2:1: more than 1 objects"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			bounds := DefaultLimits()
			test.change(&bounds)
			_, err := readAll("trace", strings.NewReader(test.text), Options{Limits: bounds})
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.HasSuffix(err.Error(), test.want)):
				t.Errorf("got %v; want %q", err, test.want)
			}
		})
	}
}

func TestDecompressionBombs(t *testing.T) {
	text := header + strings.Repeat("\n", limits.PackingSlack+1)
	for name, bomb := range map[string][]byte{"gzip": pack(t, text), "zstd": packZstd(t, text)} {
		_, err := readAll("trace.csv", bytes.NewReader(bomb), Options{Format: DLRM})
		if err == nil || !strings.Contains(err.Error(), "unpacks to more than 200 times its size") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestPackingMayBeTightForAWhile(t *testing.T) {
	text := header + row("instance_1", "5", "6") + strings.Repeat("\n", 1<<20)
	packed := pack(t, text)
	ratio := int64(len(text) / len(packed))
	for _, test := range []struct {
		name         string
		ratio, slack int64
		want         string
	}{
		{"ratio", ratio + 1, 0, ""},
		{"ratio + 1", ratio - 1, 0, fmt.Sprintf("unpacks to more than %d times its size", ratio-1)},
		{"slack", 1, int64(len(text)), ""},
		{"slack + 1", 1, int64(len(text)) - 1, "unpacks to more than 1 times its size"},
	} {
		bounds := DefaultLimits()
		bounds.Ratio, bounds.Slack = test.ratio, test.slack
		_, err := readAll("trace.csv", bytes.NewReader(packed), Options{Format: DLRM, Limits: bounds})
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got %v; want %q", test.name, err, test.want)
		}
	}
}

// TestDefaultLimitsAreThoseOfThePackage compares each with its constant.
func TestDefaultLimitsAreThoseOfThePackage(t *testing.T) {
	want := Limits{
		Bytes: 4 << 30, Ratio: 200, Slack: 16 << 20, Window: 128 << 20, Line: 64 << 10, ObjectLine: 4 << 20,
		Rows: 10_000_000, Shapes: 1_000_000, Count: 1_000_000, Problems: 50,
	}
	if diff := cmp.Diff(want, DefaultLimits()); diff != "" {
		t.Error(diff)
	}
}

func TestWindowOfZstd(t *testing.T) {
	text := header + strings.Repeat("\n", 64<<10) + row("instance_1", "5", "6")
	packed := packZstd(t, text, zstd.WithWindowSize(16<<10), zstd.WithSingleSegment(false))
	for window, want := range map[int64]string{16 << 10: "", 8 << 10: "packed with a window of more than 8 KiB"} {
		bounds := DefaultLimits()
		bounds.Window = window
		_, err := readAll("trace.csv", bytes.NewReader(packed), Options{Format: DLRM, Limits: bounds})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("window of %d: got %v; want %q", window, err, want)
		}
	}
}

func TestFormatIsToldByTheBeginning(t *testing.T) {
	tests := map[string]struct {
		text string
		want Format
	}{
		"dlrm":         {header, DLRM},
		"swf":          {"; Version: 2.2\n", SWF},
		"swf, no head": {swfRow("1", "0", "5", "3"), SWF},
		"csv":          {"\uFEFFname,time,cpu\r\n", CSV},
		"jsonl":        {"\n {\"type\":", JSONL},
		"other":        {"a,b,c\n", ""},
		"empty":        {"", ""},
	}
	for name, test := range tests {
		if got := detect([]byte(test.text)); got != test.want {
			t.Errorf("%s: got %q; want %q", name, got, test.want)
		}
	}
	if _, err := Open("trace", strings.NewReader("\n"), Options{}); err == nil || err.Error() != "trace:1:1: empty file" {
		t.Errorf("got %v; want an empty file", err)
	}
	for format, want := range map[Format]string{
		"":     "trace:1:1: the format cannot be told; name one of dlrm, swf, csv, jsonl",
		"swff": `trace: unknown format "swff"; did you mean "swf"? (known: dlrm, swf, csv, jsonl)`,
	} {
		if _, err := Open("trace", strings.NewReader("a,b,c\n"), Options{Format: format}); err == nil || err.Error() != want {
			t.Errorf("format %q: got %v; want %s", format, err, want)
		}
	}
}

// checkFuzzed reads data and checks what must hold of every trace.
func checkFuzzed(t *testing.T, data []byte, format Format) {
	bounds := Limits{
		Bytes: 1 << 20, Ratio: 200, Slack: 16 << 20, Window: 1 << 20, Line: 1 << 12, ObjectLine: 1 << 14, Rows: 1000, Shapes: 100, Count: 1000, Problems: 50,
	}
	got, err := readAll("trace", bytes.NewReader(data), Options{Format: format, Limits: bounds})
	if (got == nil) == (err == nil) {
		t.Fatalf("got %v and %v", got, err)
	}
	if got == nil {
		return
	}
	previous := models.Time(0)
	for i, row := range got.Rows {
		if row.At < previous || row.Lifetime < -1 || row.RunTime < -1 {
			t.Fatalf("row %+v after %v", row, previous)
		}
		if name := got.Names[i]; name != "" && !isObjectName(name) {
			t.Fatalf("name %q", name)
		}
		previous = row.At
	}
	stream, err := readAll("trace", struct{ io.Reader }{bytes.NewReader(data)}, Options{Format: format, Limits: bounds})
	if format == JSONL {
		if err == nil {
			t.Fatal("a stream cannot be read twice")
		}
	} else if diff := cmp.Diff(got, stream); diff != "" || err != nil {
		t.Fatal(err, diff)
	}
	checkRoundTrip(t, data, format, bounds, got)
}

// checkRoundTrip writes a trace as CSV and reads that.
func checkRoundTrip(t *testing.T, data []byte, format Format, bounds Limits, want *whole) {
	bounds.ObjectLine, bounds.Bytes = 1<<20, 1<<24
	r, err := Open("trace", bytes.NewReader(data), Options{Format: format, Limits: bounds})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	writeAll(t, r, &b)
	got, err := readAll("written", &b, Options{Format: CSV, Limits: bounds})
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	got.Notes = want.Notes
	if diff := cmp.Diff(describeRows(want), describeRows(got)); diff != "" {
		t.Fatalf("%s\n%s", diff, b.String())
	}
}

func writeAll(t *testing.T, r *Reader, to io.Writer) {
	t.Helper()
	w, err := NewWriter(to, r.Columns())
	if err != nil {
		t.Fatal(err)
	}
	for row, ok := r.Next(); ok; row, ok = r.Next() {
		if err := w.Write(r, &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}

// described is a row that does not refer to others.
type described struct {
	Row
	Name  string
	Shape Shape
}

func describeRows(w *whole) []described {
	var list []described
	for i, row := range w.Rows {
		d := described{row, w.Names[i], w.Shapes[row.Shape]}
		d.Row.Shape, d.Row.Base = 0, 0
		list = append(list, d)
	}
	return list
}
