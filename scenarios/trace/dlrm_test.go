package trace

import (
	"fmt"
	"io"
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

// whole is all that a trace tells, in order of time.
type whole struct {
	Rows   []Row
	Names  []string
	Shapes []Shape
	Notes  []string
}

// readAll reads a trace to its end.
func readAll(file string, source io.Reader, options Options) (*whole, error) {
	r, err := Open(file, source, options)
	if err != nil {
		return nil, err
	}
	rows, err := InOrder(r)
	if err != nil {
		return nil, err
	}
	w := &whole{Shapes: r.shapes}
	for _, note := range rows.Notes {
		w.Notes = append(w.Notes, note.Text(""))
	}
	for {
		row, ok, err := rows.Next()
		if err != nil {
			return nil, err
		}
		if !ok {
			return w, nil
		}
		w.Rows, w.Names = append(w.Rows, row), append(w.Names, r.Name(&row))
	}
}

func read(text string) (*whole, error) {
	return readAll("trace.csv", strings.NewReader(text), Options{Format: DLRM})
}

func at(n float64) models.Time { return models.Time(n * 1e9) }

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
	want := []Row{
		{At: 0, Lifetime: 40 * time.Second, RunTime: -1, Number: 2},
		{At: at(20), Lifetime: -1, RunTime: -1, Number: 3},
		{At: at(20), Lifetime: 0, RunTime: -1, Number: 4},
		{At: at(20), Lifetime: 10 * time.Second, RunTime: -1, Shape: 1, Base: 1, Number: -1},
		{At: at(100.5), Lifetime: 59750 * time.Millisecond, RunTime: -1, Number: 7},
	}
	if diff := cmp.Diff(want, got.Rows); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"instance-2", "instance-3", "instance-4", "odd-name", "instance-7"}, got.Names); diff != "" {
		t.Error(diff)
	}
	shape := Shape{
		Labels: "app=app_2\nrole=HN", NodeSelector: "role=HN", Image: "trace/app-2",
		Requests: "cpu=8000m\nephemeral-storage=86436216832\nmemory=42949672960\nnvidia.com/gpu=1\nrdma/percent=25",
		Limits:   "cpu=12000m\nephemeral-storage=107374182400\nmemory=42949672960",
	}
	if diff := cmp.Diff(shape, got.Shapes[1]); diff != "" {
		t.Error(diff)
	}
	notes := []string{"1 of 5 instances limit the instances of their app on a node (max_instance_per_node): no plugin does so, the limits are ignored"}
	if diff := cmp.Diff(notes, got.Notes); diff != "" {
		t.Error(diff)
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

func TestDLRMProblems(t *testing.T) {
	good := row("instance_0", "1", "2")
	with := func(old, new string) string {
		return header + good + strings.Replace(row("instance_1", "5", "9"), old, new, 1)
	}
	tests := map[string]struct{ text, want string }{
		"empty":             {"", "trace.csv:1:1: empty file; want a header with the columns " + strings.Join(columnNames[:], ", ")},
		"header only":       {header, "trace.csv:1:1: no rows"},
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

func FuzzReadDLRM(f *testing.F) {
	f.Add([]byte(header + row("instance_1", "5", "6")))
	f.Add([]byte(header + "a,\"b\n\n\"\"\n"))
	f.Add([]byte("\x1f\x8b\x08"))
	f.Fuzz(func(t *testing.T, data []byte) { checkFuzzed(t, data, DLRM) })
}
