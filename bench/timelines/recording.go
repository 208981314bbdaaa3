package timelines

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/podsim/podsim/models/yamlnode"
)

// Recording is a folder with what a control plane did.
type Recording struct {
	Name  string
	About string
	// Nodes and Prelude are registered and created before the recording begins.
	Nodes   []Object
	Prelude []Object
	// Actions are what its user did, in order of time.
	Actions []Action
	// Files are the objects of manifests by the name of their file.
	Files map[string][]Object
	// Facts are those of the first run, events among them, in the order in which
	// they were written; Others those of further runs.
	Facts  []Fact
	Others [][]Fact
	// Expected are the facts to compare with, and Sequences the steps.
	Expected  []Expected
	Sequences []Sequence
	// Output are the files with the output of kubectl, which nothing is compared
	// with.
	Output []string
}

// Read reads a recording. The error names the file and, where there is one, the
// line.
func Read(folder string) (*Recording, error) {
	root := os.DirFS(folder)
	r := &Recording{Name: filepath.Base(filepath.Clean(folder)), Files: make(map[string][]Object)}
	manifests, err := fs.Glob(root, "manifests/*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range manifests {
		documents, err := documentsOf(root, name)
		if err != nil {
			return nil, err
		}
		for _, d := range documents {
			r.Files[path.Base(name)] = append(r.Files[path.Base(name)], Object(d))
		}
	}
	if err := r.readActions(root); err != nil {
		return nil, err
	}
	if r.Output, err = fs.Glob(root, "out/*.txt"); err != nil {
		return nil, err
	}
	if r.Facts, err = readRun(root, "timeline.jsonl", "events.jsonl"); err != nil {
		return nil, err
	}
	for n := 2; ; n++ {
		run := fmt.Sprintf(".run%d.jsonl.gz", n)
		facts, err := readRun(root, "timeline"+run, "events"+run)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return nil, err
		}
		r.Others = append(r.Others, facts)
	}
	return r, r.readExpected(root)
}

// documentsOf reads the documents of a YAML file as maps.
func documentsOf(root fs.FS, name string) ([]map[string]any, error) {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return nil, err
	}
	documents, err := yamlnode.Parse(name, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	var out []map[string]any
	for _, d := range documents {
		text, err := d.Root.JSON()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		var m map[string]any
		if err := json.Unmarshal(text, &m); err != nil {
			return nil, fmt.Errorf("%s: document %d: want an object: %w", name, d.Index+1, err)
		}
		out = append(out, m)
	}
	return out, nil
}

// files returns the objects of manifests in the order named.
func (r *Recording) files(names []string, where string) ([]Object, error) {
	var objects []Object
	for _, name := range names {
		found, ok := r.Files[name]
		if !ok {
			return nil, fmt.Errorf("actions.yaml: %s: no manifest is called %q; there are %q", where, name, slices.Sorted(maps.Keys(r.Files)))
		}
		objects = append(objects, found...)
	}
	return objects, nil
}

// line is a line of timeline.jsonl or events.jsonl.
type line struct {
	T    float64        `json:"t"`
	Seq  int            `json:"seq"`
	Fact string         `json:"fact"`
	Kind string         `json:"kind"`
	Name string         `json:"name"`
	Set  map[string]any `json:"set"`

	Action string `json:"action"`
	Result any    `json:"result"`

	Type    string `json:"type"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// facts returns the facts of a line. Of a rollout there are none: it repeats what
// the facts of ReplicaSets say.
func (l *line) facts() []Fact {
	at := Fact{At: l.T, Kind: l.Kind, Name: l.Name}
	switch l.Fact {
	case "action":
		return []Fact{{At: l.T, Kind: Result, Name: l.Action, Value: encode(l.Result)}}
	case "rollout":
		return nil
	case Deleted:
		at.Field = Deleted
		return []Fact{at}
	case Added:
		at.Field = Added
		return flatten([]Fact{at}, at, l.Set)
	case "changed":
		return flatten(nil, at, l.Set)
	}
	at.Field, at.Value = Event, l.Type+" "+l.Reason+": "+l.Message
	return []Fact{at}
}

// readRun reads the facts and events of a run in the order of their writes.
func readRun(root fs.FS, timeline, events string) ([]Fact, error) {
	lines, err := readLines[line](root, timeline)
	if err != nil {
		return nil, err
	}
	told, err := readLines[line](root, events)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	lines = append(lines, told...)
	slices.SortStableFunc(lines, func(a, b line) int { return a.Seq - b.Seq })
	var facts []Fact
	for i := range lines {
		facts = append(facts, lines[i].facts()...)
	}
	return facts, nil
}

// readLines reads a file with one JSON value a line, which may be compressed.
func readLines[T any](root fs.FS, name string) ([]T, error) {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return nil, err
	}
	if path.Ext(name) == ".gz" {
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		var plain bytes.Buffer
		if _, err := plain.ReadFrom(z); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		text = plain.Bytes()
	}
	var out []T
	number := 0
	for row := range bytes.Lines(text) {
		number++
		if row = bytes.TrimSpace(row); len(row) == 0 {
			continue
		}
		var value T
		if err := json.Unmarshal(row, &value); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, number, err)
		}
		out = append(out, value)
	}
	return out, nil
}
