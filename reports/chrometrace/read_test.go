package chrometrace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// event is an event as readers of the format see it.
type event struct {
	Phase    string         `json:"ph"`
	Process  int            `json:"pid"`
	Thread   int            `json:"tid"`
	Time     float64        `json:"ts"` // microseconds
	Name     string         `json:"name"`
	Category string         `json:"cat"`
	Args     map[string]any `json:"args"`
}

// slice is a begin and its end.
type slice struct {
	name, category, lane string
	process              string
	from, until          time.Duration
	depth                int
	args                 map[string]any
}

// trace is a trace that was read again.
type trace struct {
	slices   []slice
	instants []slice
	counters map[string][]event
	about    map[string]string
}

// read reads a trace, checks it against the schema and all that every trace must keep.
func read(t *testing.T, text []byte) *trace {
	t.Helper()
	checkSchema(t, text)
	var file struct {
		TraceEvents []event
		OtherData   map[string]string
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	tr := &trace{counters: make(map[string][]event), about: file.OtherData}
	r := reader{
		trace: tr, processes: make(map[int]string), lanes: make(map[int]string), of: make(map[int]int),
		open: make(map[int][]slice), last: make(map[int]float64),
	}
	for _, e := range file.TraceEvents {
		r.checkPlace(t, &e)
		r.take(t, &e)
	}
	for lane, stack := range r.open {
		if len(stack) > 0 {
			t.Fatalf("slices of lane %q never end: %v", r.lanes[lane], stack)
		}
	}
	tr.checkDepths(t)
	return tr
}

// reader reads a trace event by event.
type reader struct {
	*trace
	processes, lanes map[int]string // their names
	of               map[int]int    // the process of a lane
	open             map[int][]slice
	last             map[int]float64 // the time of the last event of a lane, or of a counter's process
}

// checkPlace checks the time of an event, and that lanes and processes are told apart.
func (r *reader) checkPlace(t *testing.T, e *event) {
	t.Helper()
	if e.Phase != "M" {
		key := e.Thread
		if e.Phase == "C" {
			key = -e.Process
		}
		if e.Time < r.last[key] {
			t.Fatalf("%+v comes before %v in its lane", e, r.last[key])
		}
		r.last[key] = e.Time
		if r.processes[e.Process] == "" {
			t.Fatalf("%+v is of a process without a name", e)
		}
	}
	if e.Thread > 0 {
		if p, ok := r.of[e.Thread]; ok && p != e.Process {
			t.Fatalf("lane %d is of processes %d and %d", e.Thread, p, e.Process)
		}
		r.of[e.Thread] = e.Process
	}
	if p, ok := r.of[e.Process]; ok {
		t.Fatalf("%d is a process and a lane of process %d", e.Process, p)
	}
}

// take takes in an event.
func (r *reader) take(t *testing.T, e *event) {
	t.Helper()
	at := time.Duration(e.Time * 1e3)
	switch e.Phase {
	case "M":
		switch e.Name {
		case "process_name":
			r.processes[e.Process] = e.Args["name"].(string)
		case "thread_name":
			r.lanes[e.Thread] = e.Args["name"].(string)
		}
	case "B":
		s := slice{e.Name, e.Category, r.lanes[e.Thread], r.processes[e.Process], at, -1, len(r.open[e.Thread]), e.Args}
		r.open[e.Thread] = append(r.open[e.Thread], s)
	case "E":
		stack := r.open[e.Thread]
		if len(stack) == 0 {
			t.Fatalf("%+v ends nothing", e)
		}
		s := stack[len(stack)-1]
		s.until, r.open[e.Thread] = at, stack[:len(stack)-1]
		if s.args == nil {
			s.args = make(map[string]any)
		}
		maps.Copy(s.args, e.Args)
		r.slices = append(r.slices, s)
	case "i":
		r.instants = append(r.instants, slice{e.Name, e.Category, r.lanes[e.Thread], r.processes[e.Process], at, at, 0, e.Args})
	case "C":
		r.counters[e.Name] = append(r.counters[e.Name], *e)
	}
}

// checkDepths: lanes hold one slice at a time; only the phases of a pod lie within another.
func (tr *trace) checkDepths(t *testing.T) {
	t.Helper()
	for _, s := range tr.slices {
		if want := map[bool]int{true: 1, false: 0}[s.category == "phase"]; s.depth != want {
			t.Fatalf("%+v lies at depth %d, want %d", s, s.depth, want)
		}
	}
}

var compiled *jsonschema.Schema

func checkSchema(t *testing.T, text []byte) {
	t.Helper()
	if compiled == nil {
		file, err := os.Open("testdata/trace.schema.json")
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		document, err := jsonschema.UnmarshalJSON(file)
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource("trace.schema.json", document); err != nil {
			t.Fatal(err)
		}
		if compiled, err = c.Compile("trace.schema.json"); err != nil {
			t.Fatal(err)
		}
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(value); err != nil {
		t.Fatal(err)
	}
}

// find returns the slices of which something is true.
func (tr *trace) find(is func(*slice) bool) (found []slice) {
	for i := range tr.slices {
		if is(&tr.slices[i]) {
			found = append(found, tr.slices[i])
		}
	}
	return found
}

func (s *slice) String() string {
	return fmt.Sprintf("%s / %s: %s %s-%s", s.process, s.lane, s.name, s.from, s.until)
}
