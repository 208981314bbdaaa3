package trace

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

var newYear = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func readFaults(text string) (*FaultTrace, error) {
	return ReadFaults("f.csv", strings.NewReader(text), newYear)
}

func TestRowsOfFaults(t *testing.T) {
	got, err := readFaults("\uFEFFnode, time,action,duration,until,factor,takes,notice,x_ticket,selector,name\r\n" +
		"n-1;n-2,1h30m,crash,90,,,,,=1,,\n" +
		"n-1,5400.5,,,2026-01-01 02:00,,,,,,cut\n" +
		",2026-01-01T01:00:00+01:00,slow,1d,,2.5,,,,\"a=b,c!=d\",\n" +
		"n-3,2026-01-02,reclaim,,,,90%,0s,,,\n")
	if err != nil {
		t.Fatal(err)
	}
	shape := func(change func(s *FaultShape)) FaultShape {
		s := FaultShape{Delay: -1, Notice: -1, Warning: -1, Lasting: true}
		change(&s)
		return s
	}
	want := []FaultRow{
		{Line: 2, At: at(5400), Lasts: 90 * time.Second, FaultShape: shape(func(s *FaultShape) { s.Nodes, s.Action = "n-1;n-2", "crash" })},
		{Line: 3, At: models.Time(5400500 * time.Millisecond), Lasts: 1799500 * time.Millisecond, FaultShape: shape(func(s *FaultShape) { s.Nodes, s.Name = "n-1", "cut" })},
		{Line: 4, At: 0, Lasts: 24 * time.Hour, FaultShape: shape(func(s *FaultShape) { s.Action, s.Factor, s.Selector = "slow", 2.5, "a=b,c!=d" })},
		{Line: 5, At: at(86400), Lasts: -1, FaultShape: shape(func(s *FaultShape) {
			s.Nodes, s.Action, s.Takes, s.Notice, s.Lasting = "n-3", "reclaim", "90%", 0, false
		})},
	}
	if diff := cmp.Diff(want, got.Rows, cmpopts.IgnoreUnexported(FaultRow{})); diff != "" {
		t.Error(diff)
	}
	if at := got.Column(&got.Rows[1], "until"); at != 14 {
		t.Errorf("until of the second row begins at %d, want 14", at)
	}
}

func TestEveryWrongRowOfFaultsIsTold(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"nothing":                  {"", "f.csv:1:1: empty file; want a header with the column time, and others such as node, action and duration"},
		"no rows":                  {"time,node\n", "f.csv:1:1: no rows"},
		"no time":                  {"node\nn\n", `f.csv:1:1: column "time" is missing`},
		"a column that is unknown": {"time,nodes\n1,n\n", `f.csv:1:6: unknown column "nodes"; did you mean "node"?`},
		"no number": {"time,factor\n1,2x\n2,0.9\n3,NaN\n4,Inf\n", "f.csv:2:3: factor: got \"2x\"; want a number of at least 1\n" +
			"f.csv:3:3: factor: got \"0.9\"; want a number of at least 1\nf.csv:4:3: factor: got \"NaN\"; want a number of at least 1\n" +
			"f.csv:5:3: factor: got \"Inf\"; want a number of at least 1"},
		"both ends":    {"time,duration,until\n1,2,3\n", "f.csv:2:5: until: contradicts duration; give one of them"},
		"no span":      {"time,duration,until\n1,0,\n2,,2\n", "f.csv:2:3: duration: got 0; want more than 0\nf.csv:3:4: until: got 2; want more than time, which is 2"},
		"before":       {"time\n2025-12-31\n", "f.csv:2:1: time: 2025-12-31 comes before the run begins, on 2026-01-01T00:00:00Z"},
		"too late":     {"time\n2200-01-01\n", "f.csv:2:1: time: more than 100 years after the run begins (got 2200-01-01)"},
		"no moment":    {"time,node\n,n\nsoon,n\n", "f.csv:2:1: time: is empty; want when it happens\nf.csv:3:1: time: invalid duration \"soon\"; want 5s, 5m, …"},
		"too few":      {"time,node\n1\n", "f.csv:2:1: row has 1 of 2 columns"},
		"column twice": {"time,node,node\n1,a,b\n", `f.csv:1:1: column "node" twice`},
	}
	for name, test := range tests {
		_, err := readFaults(test.text)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
}

func FuzzReadFaults(f *testing.F) {
	f.Add("time,node,zone,action,duration,until,factor,takes,x_y\n1.25,a;b,c,crash,5m,,,,=q\n2026-01-01,,,slow,,2026-01-02 10:00,2,90%,\n")
	f.Add("time,until\n2026-01-01T00:00:00+14:00,1\n")
	f.Fuzz(func(t *testing.T, text string) {
		read, err := readFaults(text)
		var problems yamlnode.Problems
		switch {
		case errors.As(err, &problems):
			for _, p := range problems {
				if p.File != "f.csv" || p.What == "" {
					t.Errorf("a problem without its place: %q", p.Error())
				}
			}
		case err != nil:
			t.Fatalf("got %v, want problems", err)
		default:
			for i := range read.Rows {
				row := &read.Rows[i]
				if row.At < 0 || row.Lasting != (row.Lasts > 0) || row.Line < 2 || read.Column(row, timeColumn) < 1 {
					t.Errorf("row %+v", row)
				}
			}
		}
	})
}
