package trace

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// quantity is a stand-in for that of Kubernetes: digits with m or Gi.
func quantity(text, _ string) (int64, error) {
	if strings.Trim(strings.TrimRight(text, "mGi"), "0123456789") != "" {
		return 0, errors.New("invalid quantity")
	}
	return 0, nil
}

func readCSV(text string) (*whole, error) {
	return readAll("t.csv", strings.NewReader(text), Options{Format: CSV, Quantity: quantity})
}

func TestRowsOfCSV(t *testing.T) {
	_, err := readCSV("\uFEFFtime, name,kind,count,template,cpu,cpu_limit,nvidia.com/gpu,lifetime,run_time,labels,node_selector,x_mine,object,namespace,priority_class,image\r\n" +
		"1h30m,web-1,,,,500m,2,,90s,,app=web; tier = front,zone=a,=1+1,,blue,high,nginx\n" +
		"0.000000001,job-7,Job,4,,1,,1,,60,,,,,,,\n" +
		"5,,Pod,2,,1,,,,,,,,,,,\n" +
		"5,,Pod,,,1,,,,7.5,,,,,,,\n" +
		"6,,,3,batch,,,,,9,,,,,,,\n" +
		`6,'web-1,,,,,,,,,,,,"{""kind"": ""Pod"", ""metadata"": {""namespace"": ""red""}}",,,` + "\n")
	if err == nil || !strings.Contains(err.Error(), `t.csv:7:1: name: got "'web-1"`) {
		t.Fatalf("an apostrophe before no formula stays: %v", err)
	}
	got, err := readCSV("\uFEFFtime, name,kind,count,template,cpu,cpu_limit,nvidia.com/gpu,lifetime,run_time,labels,node_selector,x_mine,object,namespace,priority_class,image\r\n" +
		"1h30m,web-1,,,,500m,2,,90s,,app=web; tier = front,zone=a,=1+1,,blue,high,nginx\n" +
		"0.000000001,job-7,Job,4,,1,,1,,60,,,,,,,\n" +
		"5,,Pod,2,,1,,,,,,,,,,,\n" +
		"5,,Pod,,,1,,,,7.5,,,,,,,\n" +
		"6,,,3,batch,,,,,9,,,,,,,\n" +
		`6,web-1,,,,,,,,,,,,"{""kind"": ""Pod"", ""metadata"": {""namespace"": ""red""}}",,,` + "\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []described{
		{Row{At: 1, Lifetime: -1, RunTime: time.Minute, Number: 7}, "job-7", Shape{Kind: "Job", Count: 4, Ends: true, Requests: "cpu=1\nnvidia.com/gpu=1"}},
		{Row{At: at(5), Lifetime: -1, RunTime: -1, Number: 0}, "", Shape{Count: 2, Requests: "cpu=1"}},
		{Row{At: at(5), Lifetime: -1, RunTime: 7500 * time.Millisecond, Number: 2}, "", Shape{Ends: true, Requests: "cpu=1"}},
		{Row{At: at(6), Lifetime: -1, RunTime: 9 * time.Second, Number: 3}, "", Shape{Template: "batch", Count: 3, Ends: true}},
		{Row{At: at(6), Lifetime: -1, RunTime: -1, Number: 1}, "web-1", Shape{Object: `{"kind":"Pod","metadata":{"namespace":"red"}}`}},
		{Row{At: at(5400), Lifetime: 90 * time.Second, RunTime: -1, Number: 1}, "web-1", Shape{
			Namespace: "blue", Labels: "app=web\ntier=front", NodeSelector: "zone=a", Requests: "cpu=500m", Limits: "cpu=2",
			PriorityClass: "high", Image: "nginx",
		}},
	}
	if diff := cmp.Diff(want, describeRows(got)); diff != "" {
		t.Error(diff)
	}
}

func TestNamesMayComeAgainAfterTheyAreDeleted(t *testing.T) {
	tests := map[string]struct {
		rows string
		ok   bool
	}{
		"deleted before":    {"1,a,5\n6,a,\n", true},
		"not yet":           {"1,a,5\n5,a,\n", false},
		"numbered":          {"1,a-1,\n2,a-2,\n3,a-1,\n", false},
		"numbered, deleted": {"1,a-1,1\n2,a-2,\n3,a-1,\n", true},
		"never deleted":     {"1,a,\n100,a,\n", false},
		"without names":     {"1,,\n1,,\n", true},
	}
	for name, test := range tests {
		rows := strings.ReplaceAll(test.rows, "\n", ",1\n")
		if _, err := readCSV("time,name,lifetime,cpu\n" + rows); (err == nil) != test.ok {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestCSVProblems(t *testing.T) {
	head := "time,name,kind,count,template,object,cpu,lifetime,labels\n"
	tests := map[string]struct{ text, want string }{
		"empty":              {"", "t.csv:1:1: empty file; want a header with the column time, and with template, object or columns of resources such as cpu and memory"},
		"header only":        {head, "t.csv:1:1: no rows"},
		"unknown column":     {"time,cpu,nmae\n1,1,a\n", `t.csv:1:10: unknown column "nmae"; did you mean "name"?`},
		"own without prefix": {"time,cpu,whatever\n1,1,a\n", `t.csv:1:10: unknown column "whatever"; columns of your own begin with x_`},
		"no time":            {"name,cpu\na,1\n", `t.csv:1:1: column "time" is missing`},
		"nothing comes":      {"time,name\n1,a\n", "t.csv:1:1: nothing says what comes; want a column template, object or one of a resource such as cpu"},
		"column twice":       {"time,cpu,cpu\n1,1,1\n", `t.csv:1:1: column "cpu" twice`},
		"limit of a device":  {"time,a/b,a/b_limit\n1,1,1\n", `t.csv:1:10: unknown column "a/b_limit"; the limit is the request`},
		"short row":          {head + "1,a\n", "t.csv:2:1: row has 2 of 9 columns"},
		"empty time":         {head + ",a,,,,,1,,\n", "t.csv:2:1: time: is empty; want when the object comes"},
		"negative time":      {head + "-1,a,,,,,1,,\n", "t.csv:2:1: time: must be >= 0"},
		"bad time":           {head + "soon,a,,,,,1,,\n", `t.csv:2:1: time: invalid duration "soon"; want 5s, 5m, …`},
		"bad unit":           {head + "1,a,,,,,1,5y,\n", `t.csv:2:11: lifetime: unknown unit "y"; want ns, us, ms, s, m, h, d or w`},
		"far future":         {head + "1,a,,,,,1,40000d,\n", "t.csv:2:11: lifetime: more than 100 years (got 40000d)"},
		"bad name":           {head + "1,A_b,,,,,1,,\n", `t.csv:2:3: name: got "A_b"; want lower-case letters, digits, - and ., at most 253`},
		"bad kind":           {head + "1,a,Jobb,,,,1,,\n", `t.csv:2:5: kind: unknown kind "Jobb"; did you mean "Job"? (known: Pod, Job)`},
		"kind of templates":  {head + "1,a,Deployment,,,,1,,\n", `t.csv:2:5: kind: unknown kind "Deployment" (known: Pod, Job)`},
		"no count":           {head + "1,a,,0,,,1,,\n", `t.csv:2:6: count: got "0"; want a whole number from 1 to 1000000`},
		"bad quantity":       {head + "1,a,,,,,lots,,\n", "t.csv:2:9: cpu: invalid quantity"},
		"bad labels":         {head + "1,a,,,,,1,,app\n", `t.csv:2:12: labels: got "app"; want name=value;name=value`},
		"label twice":        {head + "1,a,,,,,1,,a=b;a=c\n", `t.csv:2:12: labels: "a" twice`},
		"says nothing":       {head + "1,a,,,,,,,\n", "t.csv:2:1: row has no template, no object and no requests"},
		"template and cpu":   {head + "1,a,,,t,,1,,\n", "t.csv:2:7: template: contradicts other cells; with a template, requests, labels, node_selector, priority_class and image are its own"},
		"object and cpu":     {head + "1,a,,,,{},1,,\n", "t.csv:2:8: object: contradicts other cells; with an object, only time, name, lifetime, run_time and scalings may be given"},
		"bad object":         {head + "1,a,,,,{,,,\n", "t.csv:2:8: object: not JSON: unexpected end of JSON input"},
		"object is a list":   {head + "1,a,,,,[],,,\n", `t.csv:2:8: object: got "[]"; want an object`},
		"not UTF-8":          {head + "1,\xff,,,,,1,,\n", "t.csv:2:1: not UTF-8"},
		"each row tells":     {head + "1,a,,,,,x,,\n2,b,,,,,x,,\n", "t.csv:2:9: cpu: invalid quantity\nt.csv:3:9: cpu: invalid quantity"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := readCSV(test.text)
			if err == nil {
				t.Fatalf("no error; want %s", test.want)
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFormulasAreEscapedAndReadBack(t *testing.T) {
	for _, text := range []string{"", "a", "=1", "+1", "-1", "@x", "'=1", "''=1", "'a", "'", "\tx", "a=b"} {
		escaped := escapeCell(text)
		if got := unescapeCell(escaped); got != text {
			t.Errorf("%q became %q", text, got)
		}
		if escaped != "" && strings.IndexByte("=+-@\t\r", escaped[0]) >= 0 {
			t.Errorf("%q is written as %q", text, escaped)
		}
	}
}

func TestTimesAreWrittenExactly(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-1: "", 0: "0", 1: "0.000000001", time.Second: "1", 90*time.Second + 50*time.Millisecond: "90.05", century: "3153600000",
	} {
		text := secondsText(d)
		if text != want {
			t.Errorf("%v: got %q; want %q", d, text, want)
		}
		if back, err := seconds(text); d >= 0 && (err != nil || back != d) {
			t.Errorf("%q became %v, %v", text, back, err)
		}
	}
}

func TestWritingCSVKeepsAllThatItSays(t *testing.T) {
	text := "time,name,kind,count,template,cpu,cpu_limit,a/b,lifetime,run_time,labels,node_selector,object,namespace,priority_class,image\n" +
		"1.25,a-1,Job,3,,500m,1,2,4,5.5,x=y;z=w,q=r,,ns,prio,img\n" +
		"1,,,2,tmpl,,,,,,,,,,,\n" +
		`2,b,,,,,,,,7,,,"{""kind"":""Pod"",""spec"":{""a"":""b,c""}}",,,` + "\n"
	r, err := Open("t.csv", strings.NewReader(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	writeAll(t, r, &b)
	if diff := cmp.Diff(text, b.String()); diff != "" {
		t.Error(diff)
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("time,name,kind,count,template,cpu,a/b,lifetime,run_time,labels,x_y\n1.25,a-1,Job,3,,500m,2,4,5.5,x=y;z=w,=q\n1h,,,2,t,,,,,,\n"))
	f.Add([]byte("time,object\n1,\"{\"\"kind\"\":\"\"Pod\"\"}\"\n"))
	f.Add([]byte("time,image,cpu\n1,'=1+1,1\n0,\"-\"\"x\",2\n"))
	f.Fuzz(func(t *testing.T, data []byte) { checkFuzzed(t, data, CSV) })
}
