package trace

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
)

const header = "instance_sn,role,app_name,cpu_request,cpu_limit,gpu_request,gpu_limit,rdma_request,rdma_limit," +
	"memory_request,memory_limit,disk_request,disk_limit,max_instance_per_node,creation_time,scheduled_time,deletion_time\n"

func row(instance string, creation, deletion string) string {
	return fmt.Sprintf("%s,CN,app_1,64,64,0,0,1,1,320.0,320.0,255.0,300.0,-1,%s,,%s\n", instance, creation, deletion)
}

func read(text string) (*Trace, error) {
	return ReadDLRM("trace.csv", strings.NewReader(text), DefaultLimits())
}

func pack(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRowsComeInOrderOfTime(t *testing.T) {
	got, err := read(header +
		row("instance_7", "100.5", "160.25") +
		row("instance_2", "", "40") + // there at the start
		row("instance_3", "20", "") + // still there at the end
		row("instance_4", "20", "20.0") +
		"Odd-Name,HN,app_2,8,12,1,1,25,25,40.0,40,80.5,100.0,2,20,,30\n")
	if err != nil {
		t.Fatal(err)
	}
	at := func(seconds float64) models.Time { return models.Time(seconds * 1e9) }
	want := []Row{
		{At: 0, Lifetime: 40 * time.Second, Number: 2},
		{At: at(20), Lifetime: -1, Number: 3},
		{At: at(20), Lifetime: 0, Number: 4},
		{At: at(20), Lifetime: 10 * time.Second, Shape: 1, Base: 1, Number: -1},
		{At: at(100.5), Lifetime: 59750 * time.Millisecond, Number: 7},
	}
	if diff := cmp.Diff(want, got.Rows); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"instance", "odd-name"}, got.Bases); diff != "" {
		t.Error(diff)
	}
	shape := Shape{App: "app_2", Role: "HN", CPU: 8000, CPULimit: 12000, Memory: 40 << 30, MemoryLimit: 40 << 30,
		Disk: 161 << 29, DiskLimit: 100 << 30, GPUs: 1, RDMA: 25, PerNode: 2}
	if diff := cmp.Diff(shape, got.Shapes[1]); diff != "" {
		t.Error(diff)
	}
	if got.PerNodeLimits() != 1 {
		t.Errorf("got %d rows with a limit per node; want 1", got.PerNodeLimits())
	}
}

func TestHeaderDecidesTheOrderOfColumns(t *testing.T) {
	columns := strings.Split(strings.TrimSpace(header), ",")
	values := strings.Split(strings.TrimSpace(row("instance_1", "5", "6")), ",")
	for i, j := 0, len(columns)-1; i < j; i, j = i+1, j-1 {
		columns[i], columns[j] = columns[j], columns[i]
		values[i], values[j] = values[j], values[i]
	}
	straight, err := read(header + row("instance_1", "5", "6"))
	if err != nil {
		t.Fatal(err)
	}
	text := "\uFEFF" + strings.Join(columns, ",") + ",comment\r\n" + strings.Join(values, ",") + ",\"a, b\"\r\n\r\n"
	turned, err := read(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(straight, turned); diff != "" {
		t.Error(diff)
	}
}

func TestGzipIsToldByItsFirstBytes(t *testing.T) {
	text := header + row("instance_1", "5", "6")
	plain, err := read(text)
	if err != nil {
		t.Fatal(err)
	}
	packed, err := ReadDLRM("trace.csv", bytes.NewReader(pack(t, text)), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plain, packed); diff != "" {
		t.Error(diff)
	}
}

func TestProblems(t *testing.T) {
	good := row("instance_0", "1", "2")
	with := func(old, new string) string {
		return header + good + strings.Replace(row("instance_1", "5", "9"), old, new, 1)
	}
	tests := map[string]struct{ text, want string }{
		"empty":             {"", "trace.csv:1:1: empty file; want a header with the columns " + strings.Join(columnNames[:], ", ")},
		"header only":       {header, "trace.csv:1:1: no rows after the header"},
		"missing column":    {strings.Replace(header, "cpu_request", "cpu_requests", 1) + good, `trace.csv:1:1: column "cpu_request" is missing; is it "cpu_requests"?`},
		"column twice":      {strings.Replace(header, "scheduled_time", "role", 1) + good, `trace.csv:1:1: column "role" twice`},
		"short row":         {header + good + "a,b,c\n", "trace.csv:3:1: row has 3 of 17 columns"},
		"bad number":        {with(",64,64", ",abc,64"), `trace.csv:3:21: cpu_request: got "abc"; want a number`},
		"not finite":        {with(",64,64", ",NaN,64"), `trace.csv:3:21: cpu_request: got "NaN"; want a number`},
		"negative":          {with("320.0", "-1"), "trace.csv:3:35: memory_request: must be >= 0 (got -1)"},
		"too large":         {with(",320.0,320.0", ",1e300,"), "trace.csv:3:35: memory_request: too large (got 1e300)"},
		"over limit":        {with(",64,64", ",64,32"), "trace.csv:3:21: cpu_request: request 64 exceeds limit 32"},
		"device limit":      {with(",0,0,1,1", ",0,1,1,1"), "trace.csv:3:29: gpu_limit: limit 1 differs from request 0"},
		"part of a device":  {with(",0,0,1,1", ",0.5,,1,1"), `trace.csv:3:27: gpu_request: got "0.5"; want a whole number from 0 to 2147483647`},
		"end before start":  {with(",5,,9", ",5,,4.5"), "trace.csv:3:65: deletion_time: end < start (got 4.5; starts at 5)"},
		"end before zero":   {with(",5,,9", ",,,-4"), "trace.csv:3:64: deletion_time: must be >= 0 (got -4)"},
		"far future":        {with(",5,,9", ",5,,1e12"), "trace.csv:3:65: deletion_time: more than 100 years after the start (got 1e12)"},
		"unknown role":      {with("CN", "XN"), `trace.csv:3:12: role: unknown role "XN" (known: CN, HN)`},
		"limit per node":    {with(",-1,", ",0,"), `trace.csv:3:59: max_instance_per_node: got "0"; want a number from 1, or -1 for no limit`},
		"name twice":        {header + good + good, "trace.csv:3:1: instance_sn: instance_0 already in row 2"},
		"bad name":          {with("instance_1", "in/stance"), `trace.csv:3:1: instance_sn: got "in/stance"; want a name of letters, digits, - and _`},
		"bad app":           {with("app_1", "_app"), `trace.csv:3:15: app_name: got "_app"; want at most 63 letters, digits, -, _ and ., as of a label`},
		"stray quotation":   {header + good + "a,\"b\n", `trace.csv:3:1: extraneous or missing " in quoted-field`},
		"not UTF-8":         {header + good + "a\xff\n", "trace.csv:3:1: not UTF-8"},
		"zstd":              {"\x28\xb5\x2f\xfd....", "trace.csv: packed with zstd, which is not read; unpack it, or pack it with gzip"},
		"all rows are read": {header + "x\ny\n", "trace.csv:2:1: row has 1 of 17 columns\ntrace.csv:3:1: row has 1 of 17 columns"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := read(test.text)
			if err == nil {
				t.Fatalf("no error; want %s", test.want)
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDamagedGzip(t *testing.T) {
	var text strings.Builder
	text.WriteString(header)
	for i := range 5000 {
		text.WriteString(row(fmt.Sprintf("instance_%d", i), fmt.Sprint(i*i%7919), ""))
	}
	whole := pack(t, text.String())
	corrupt := bytes.Clone(whole)
	corrupt[len(corrupt)-6] ^= 0xff // the checksum
	tests := map[string]struct {
		data []byte
		want string
	}{
		"truncated":       {whole[:len(whole)/2], "truncated after "},
		"truncated early": {whole[:5], "truncated after 0 bytes"},
		"bad checksum":    {corrupt, "corrupt after "},
		"no gzip":         {[]byte("\x1f\x8bhello, world"), "corrupt after 0 bytes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := ReadDLRM("trace.csv.gz", bytes.NewReader(test.data), DefaultLimits())
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v; want %q", err, test.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	text := header + row("instance_0", "", "") + row("instance_1", "", "")
	tests := map[string]struct {
		change func(*Limits)
		text   string
		want   string // nothing if it is read
	}{
		"bytes":          {func(l *Limits) { l.Bytes = int64(len(text)) }, text, ""},
		"bytes + 1":      {func(l *Limits) { l.Bytes = int64(len(text)) - 1 }, text, fmt.Sprintf("more than %d bytes", len(text)-1)},
		"rows":           {func(l *Limits) { l.Rows = 2 }, text, ""},
		"rows + 1":       {func(l *Limits) { l.Rows = 1 }, text, "trace.csv:3:1: more than 1 rows"},
		"shapes":         {func(l *Limits) { l.Shapes = 1 }, text, ""},
		"shapes + 1":     {func(l *Limits) { l.Shapes = 0 }, text, "more than 0 distinct shapes"},
		"line":           {func(l *Limits) { l.Line = len(header) }, text, ""},
		"line + 1":       {func(l *Limits) { l.Line = len(header) - 1 }, text, fmt.Sprintf("line longer than %d bytes", len(header)-1)},
		"problems":       {func(l *Limits) { l.Problems = 2 }, header + "x\ny\nz\n", "trace.csv:3:1: row has 1 of 17 columns"},
		"unpacks to 1:1": {func(l *Limits) { l.Ratio = 1 }, text, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			limits := DefaultLimits()
			test.change(&limits)
			_, err := ReadDLRM("trace.csv", strings.NewReader(test.text), limits)
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.HasSuffix(err.Error(), test.want)):
				t.Errorf("got %v; want %q", err, test.want)
			}
		})
	}
}

func TestDecompressionBomb(t *testing.T) {
	bomb := pack(t, header+strings.Repeat("\n", ratioSlack+1))
	_, err := ReadDLRM("trace.csv", bytes.NewReader(bomb), DefaultLimits())
	if err == nil || !strings.Contains(err.Error(), "unpacks to more than 200 times its size") {
		t.Errorf("got %v", err)
	}
}

func FuzzReadDLRM(f *testing.F) {
	f.Add([]byte(header + row("instance_1", "5", "6")))
	f.Add([]byte(header + "a,\"b\n\n\"\"\n"))
	f.Add([]byte("\x1f\x8b\x08"))
	limits := Limits{Bytes: 1 << 20, Ratio: 200, Line: 1 << 12, Rows: 1000, Shapes: 100, Problems: 50}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := ReadDLRM("trace.csv", bytes.NewReader(data), limits)
		if (got == nil) == (err == nil) {
			t.Fatalf("got %v and %v", got, err)
		}
		if got == nil {
			return
		}
		previous := models.Time(0)
		for _, row := range got.Rows {
			if row.At < previous || row.At%models.Time(time.Millisecond) != 0 {
				t.Fatalf("row at %v after %v", row.At, previous)
			}
			previous = row.At
		}
	})
}
