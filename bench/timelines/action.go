package timelines

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
)

// Action is what the user of a recording did at a moment. One of its verbs is set.
type Action struct {
	At      float64  `json:"at"` // seconds since the start
	Create  []string `json:"create"`
	Patch   *Patch   `json:"patch"`
	Delete  *Delete  `json:"delete"`
	Evict   *Evict   `json:"evict"`
	Node    *Node    `json:"node"`
	Kubectl *Kubectl `json:"kubectl"`
	Metrics *Metrics `json:"metrics"`
	End     bool     `json:"end"`
	Note    string   `json:"note"`
}

// Patch changes fields of an object: a strategic merge patch, unless Type is merge.
type Patch struct {
	Kind  string         `json:"kind"`
	Name  string         `json:"name"`
	Patch map[string]any `json:"patch"`
	Type  string         `json:"type"`
}

// Delete deletes an object by name, or the pods that a selector finds, of one node
// if On names it.
type Delete struct {
	Kind        string   `json:"kind"`
	Name        string   `json:"name"`
	Propagation string   `json:"propagation"`
	Grace       *float64 `json:"grace"`
	Select      string   `json:"select"`
	On          string   `json:"on"`
}

// Evict asks for the eviction of pods, the first created first.
type Evict struct {
	Select string `json:"select"`
	Count  int    `json:"count"`
}

// Node is what happens to a kubelet: stop, start, notready, ready or vanish.
type Node struct {
	Name string `json:"name"`
	Do   string `json:"do"`
}

// Kubectl runs the real kubectl; what it prints goes to Out.
type Kubectl struct {
	Args string `json:"args"`
	Out  string `json:"out"`
}

// Metrics sets the usage that is reported for the pods of a selector.
type Metrics struct {
	Select string `json:"select"`
	CPU    string `json:"cpu"`
}

// actionsFile is the form of actions.yaml.
type actionsFile struct {
	About   string            `json:"about"`
	Nodes   []string          `json:"nodes"`
	Prelude []string          `json:"prelude"`
	Actions []json.RawMessage `json:"actions"`
}

func (r *Recording) readActions(root fs.FS) error {
	documents, err := documentsOf(root, "actions.yaml")
	if err != nil {
		return err
	}
	if len(documents) != 1 {
		return fmt.Errorf("actions.yaml: got %d documents; want one", len(documents))
	}
	var file actionsFile
	if err := json.Unmarshal([]byte(encode(documents[0])), &file); err != nil {
		return fmt.Errorf("actions.yaml: %w", err)
	}
	r.About = file.About
	if r.Nodes, err = r.files(file.Nodes, "nodes"); err != nil {
		return err
	}
	if r.Prelude, err = r.files(file.Prelude, "prelude"); err != nil {
		return err
	}
	for i, text := range file.Actions {
		var a Action
		if err := json.Unmarshal(text, &a); err != nil {
			return fmt.Errorf("actions.yaml: action %d: %w", i+1, err)
		}
		if _, err := r.files(a.Create, fmt.Sprintf("action %d", i+1)); err != nil {
			return err
		}
		r.Actions = append(r.Actions, a)
	}
	slices.SortStableFunc(r.Actions, func(a, b Action) int { return cmp.Compare(a.At, b.At) })
	return nil
}

// End returns when the recording ends, in seconds.
func (r *Recording) End() float64 {
	end := 0.0
	for _, a := range r.Actions {
		end = max(end, a.At)
	}
	for _, f := range r.Facts {
		if len(r.Actions) == 0 {
			end = max(end, f.At)
		}
	}
	return end
}
