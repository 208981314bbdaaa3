package timelines

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/scenarios"
)

// Scenario is what a recording becomes for podsim.
type Scenario struct {
	// Documents are those of a scenario file.
	Documents []Object
	// Impossible are the actions that podsim cannot do.
	Impossible []string

	kubelets kubelets
	actions  []string // that the steps stand for, in their order; empty for more of one
	commands []string // that kubectl is given, each with its moment, in their order
	refused  []Fact   // results that are known without a run
	// selections are the deletions and evictions of pods by a selector.
	selections []Action
}

func ownObject(kind, name string, spec map[string]any) Object {
	return Object{
		"apiVersion": scenarios.APIVersion, "kind": kind, "metadata": map[string]any{"name": name}, "spec": spec,
	}
}

// translator turns the actions of a recording into steps.
type translator struct {
	*Scenario
	recording *Recording
	standing  []Object // there from the start
	live      map[string]Object
	steps     []any
	faults    []any
	set       *manifest.Set // to try objects with
	usage     []any         // points of the CPU that pods use
	usedBy    string        // the selector of these
}

// Translate makes a scenario of a recording: nodes and what comes before the
// recording are there from the start, or come at once, actions are steps of a
// Timeline, and kubelets that stop are crashes.
func Translate(r *Recording) (*Scenario, error) {
	t := &translator{
		Scenario: &Scenario{}, recording: r, live: make(map[string]Object), set: manifest.NewSet(models.NewDictionary()),
	}
	for _, o := range slices.Concat(r.Nodes, r.Prelude) {
		if !slices.Contains(workloads, o.Kind()) {
			t.stand(o)
		} else if err := t.create(0, o.clone()); err != nil {
			return nil, fmt.Errorf("actions.yaml: prelude: %w", err)
		}
	}
	for i := range r.Actions {
		if err := t.action(&r.Actions[i]); err != nil {
			return nil, fmt.Errorf("actions.yaml: action %d: %w", i+1, err)
		}
	}
	t.Impossible = append(t.Impossible, t.kubelets.impossible...)
	t.add(ownObject("Scenario", r.Name, map[string]any{
		"description": r.About, "for": duration(max(r.End(), 0.001)),
	}))
	t.add(t.standing...)
	t.add(t.used(t.kubelets.behaviors())...)
	if len(t.steps) > 0 {
		t.add(ownObject("Timeline", "actions", map[string]any{"steps": t.steps}))
	}
	if len(t.faults) > 0 {
		t.add(ownObject("FaultPlan", "kubelets", map[string]any{"faults": t.faults}))
	}
	return t.Scenario, nil
}

func (s *Scenario) add(objects ...Object) { s.Documents = append(s.Documents, objects...) }

// duration writes seconds as a duration.
func duration(seconds float64) string { return time.Duration(seconds * float64(time.Second)).String() }

// Text returns the scenario as a file. JSON is YAML.
func (s *Scenario) Text() []byte {
	var b bytes.Buffer
	for _, o := range s.Documents {
		fmt.Fprintf(&b, "---\n%s\n", encode(o))
	}
	return b.Bytes()
}

// PrintScenario writes the scenario that a recording becomes.
func PrintScenario(w io.Writer, folder string) error {
	r, err := Read(folder)
	if err != nil {
		return err
	}
	s, err := Translate(r)
	if err != nil {
		return err
	}
	for _, what := range s.Impossible {
		fmt.Fprintf(w, "# not possible yet: %s\n", what)
	}
	_, err = w.Write(s.Text())
	return err
}

// Folders returns the folders of recordings among those given, and in them.
func Folders(given []string) ([]string, error) {
	var out []string
	for _, folder := range given {
		if _, err := os.Stat(filepath.Join(folder, "actions.yaml")); err == nil {
			out = append(out, folder)
			continue
		}
		inside, err := filepath.Glob(filepath.Join(folder, "*", "actions.yaml"))
		if err != nil {
			return nil, err
		}
		if len(inside) == 0 {
			return nil, fmt.Errorf("%s: no actions.yaml in it, nor in the folders in it", folder)
		}
		for _, file := range inside {
			out = append(out, filepath.Dir(file))
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("want folders of recordings")
	}
	return out, nil
}
