package trace

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// swfRow is a job of which little is known.
func swfRow(job, submit, run, processors string) string {
	return fmt.Sprintf("%s %s -1 %s %s -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1\n", job, submit, run, processors)
}

func TestJobsOfSWF(t *testing.T) {
	got, err := readAll("log.swf", strings.NewReader("; Version: 2.2\n;\n\n"+
		"    7    60  -1  1451  128 -1.5 2048 -1 -1 1025  1 3 1 2 0 4 -1 -1\r\n"+
		"    8    60.25 5 0 -1 -1 1 16 -1 -1 5 3 1 2 1 -1 -1 -1\n"+
		"    5    10  -1  30  4 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := &whole{
		Rows: []Row{
			{At: at(10), Lifetime: -1, RunTime: 30 * time.Second, Shape: 2, Number: 5},
			{At: at(60), Lifetime: -1, RunTime: 1451 * time.Second, Shape: 0, Number: 7},
			{At: at(60.25), Lifetime: -1, RunTime: 0, Shape: 1, Number: 8},
		},
		Names: []string{"swf-5", "swf-7", "swf-8"},
		Shapes: []Shape{
			{Kind: "Job", Count: 128, Ends: true, Requests: "cpu=1\nmemory=2Mi", Labels: "group=1\npartition=4\nqueue=0\nstatus=1\nuser=3"},
			{Kind: "Job", Count: 16, Ends: true, Requests: "cpu=1\nmemory=1Mi", Labels: "group=1\nqueue=1\nstatus=5\nuser=3"},
			{Kind: "Job", Count: 4, Ends: true, Requests: "cpu=1"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestJobsThatAreLeftOutAreCounted(t *testing.T) {
	got, err := readAll("log.swf", strings.NewReader(swfRow("1", "0", "5", "3")+swfRow("2", "0", "-1", "3")+swfRow("3", "0", "5", "0")+
		swfRow("4", "-1", "5", "1")+swfRow("5", "0", "5", "-1")), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 of 5 jobs are left out: their run time is unknown",
		"2 of 5 jobs are left out: they had no processors, or their number is unknown",
		"1 of 5 jobs are left out: their submit time is unknown",
	}
	if diff := cmp.Diff(want, got.Notes); diff != "" || len(got.Rows) != 1 {
		t.Errorf("%d rows, %s", len(got.Rows), diff)
	}
	_, err = readAll("log.swf", strings.NewReader(swfRow("2", "0", "-1", "3")), Options{})
	if text := "log.swf:1:1: no rows: 1 of 1 jobs are left out: their run time is unknown"; err == nil || err.Error() != text {
		t.Errorf("got %v; want %s", err, text)
	}
}

func TestSWFProblems(t *testing.T) {
	good := swfRow("1", "0", "5", "3")
	tests := map[string]struct{ text, want string }{
		"empty":             {"", "log:1:1: no rows"},
		"comments only":     {"; a\n;b\n", "log:2:1: no rows"},
		"short row":         {good + "1 2 3\n", "log:2:1: row has 3 of 18 columns"},
		"long row":          {good + strings.TrimSpace(good) + " 4\n", "log:2:1: row has 19 of 18 columns"},
		"not a number":      {strings.Replace(good, " 5 ", " five ", 1), `log:1:8: run_time: got "five"; want seconds, or -1 for unknown`},
		"unused column":     {strings.Replace(good, "-1", "x", 1), `log:1:5: wait_time: got "x"; want a number`},
		"not whole":         {swfRow("1", "0", "5", "3.5"), `log:1:10: allocated_processors: got "3.5"; want a whole number, or -1 for unknown`},
		"less than unknown": {swfRow("1", "0", "5", "-2"), `log:1:10: allocated_processors: got "-2"; want a whole number, or -1 for unknown`},
		"negative time":     {swfRow("1", "-5", "5", "1"), `log:1:3: submit_time: got "-5"; want seconds, or -1 for unknown`},
		"far future":        {swfRow("1", "4000000000", "5", "1"), "log:1:3: submit_time: more than 100 years (got 4000000000s)"},
		"no number":         {swfRow("-1", "0", "5", "1"), "log:1:1: job_number: got -1; want the number of the job"},
		"number twice":      {good + good, "log:2:1: job_number: job 1 stands above already"},
		"all rows are read": {"x\ny\n", "log:1:1: row has 1 of 18 columns\nlog:2:1: row has 1 of 18 columns"},
		"no UTF-8":          {strings.Replace(good, " 5 ", " \xff ", 1), `log:1:8: run_time: got "?"; want seconds, or -1 for unknown`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := readAll("log", strings.NewReader(test.text), Options{Format: SWF})
			if err == nil {
				t.Fatalf("no error; want %s", test.want)
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzReadSWF(f *testing.F) {
	f.Add([]byte("; Version: 2.2\n" + swfRow("1", "0", "5", "3") + swfRow("2", "0.5", "-1", "3")))
	f.Add([]byte(swfRow("-1", "1e9", "1.0", "99999999999999999999")))
	f.Fuzz(func(t *testing.T, data []byte) { checkFuzzed(t, data, SWF) })
}
