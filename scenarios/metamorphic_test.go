package scenarios_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// chronicle writes down every operation with its time and all names.
type chronicle struct{ lines []string }

func (c *chronicle) Observe(now models.Time, op *models.Op, v cluster.View) {
	d, fields := v.Dictionary(), op.Kind.Fields()
	line := fmt.Sprintf("%d %s %d %s %s", now, op.Kind, op.Arg, d.String(op.Reason), d.String(op.Message))
	if fields&models.FieldPod != 0 {
		line += " " + v.Pod(op.Pod).Name()
	}
	if fields&models.FieldOwner != 0 && op.Owner != models.None {
		line += " " + v.Owner(op.Owner).Name()
	}
	if fields&models.FieldNode != 0 && op.Node != models.None {
		line += " " + v.Node(op.Node).Name()
	}
	if fields&models.FieldTaint != 0 {
		line += " " + d.String(op.Taint.Key)
	}
	c.lines = append(c.lines, line)
}

// chronicleOf loads and runs a scenario.
func chronicleOf(t *testing.T, in scenarios.Input) []string {
	t.Helper()
	run := mustLoad(t, in)
	s, err := sim.New(run.Config, run.Dictionary, nil)
	if err != nil {
		t.Fatal(err)
	}
	var c chronicle
	s.Cluster().Observe(&c)
	if err := s.Run(nil); err != nil {
		t.Fatal(err)
	}
	if len(c.lines) < 500 {
		t.Fatalf("%d operations: too few to tell", len(c.lines))
	}
	return c.lines
}

// examples are embedded scenarios for some hours, as their documents.
func examples(t *testing.T, test func(t *testing.T, documents []string, hours time.Duration)) {
	t.Helper()
	for name, hours := range map[string]time.Duration{"zone-outage": 3, "batch-burst": 2, "spot-day": 5} {
		t.Run(name, func(t *testing.T) {
			e, ok := scenarios.LookupEmbedded(name)
			if !ok {
				t.Fatal("no such scenario")
			}
			test(t, strings.Split(e.Text, "\n---\n"), hours*time.Hour)
		})
	}
}

func asInput(hours time.Duration, files ...[]string) scenarios.Input {
	in := scenarios.Input{For: hours}
	for i, documents := range files {
		text := strings.Join(documents, "\n---\n")
		in.Files = append(in.Files, scenarios.File{Name: fmt.Sprintf("part-%d.yaml", i), Reader: strings.NewReader(text)})
	}
	return in
}

var kindLine = regexp.MustCompile(`(?m)^kind: (\w+)$`)

// order is the kind of a document as far as order matters: nodes and objects are
// there in the order of the stream, and so are things of one kind.
func order(t *testing.T, document string) string {
	match := kindLine.FindStringSubmatch(document)
	if match == nil {
		t.Fatalf("a document without kind: %.60s", document)
	}
	if strings.Contains(document, "podsim/v1alpha1") {
		return match[1]
	}
	return "an object of Kubernetes"
}

// interleave shuffles documents, but leaves those of one kind in order.
func interleave(t *testing.T, documents []string, draw *rand.Rand) []string {
	byKind := make(map[string][]string)
	var kinds []string
	for _, document := range documents {
		kind := order(t, document)
		byKind[kind] = append(byKind[kind], document)
		kinds = append(kinds, kind)
	}
	draw.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	var out []string
	for _, kind := range kinds {
		out = append(out, byKind[kind][0])
		byKind[kind] = byKind[kind][1:]
	}
	return out
}

func TestTheOrderOfKindsAndTheCutIntoFilesDoNotMatter(t *testing.T) {
	examples(t, func(t *testing.T, documents []string, hours time.Duration) {
		want := chronicleOf(t, asInput(hours, documents))
		for seed := range uint64(4) {
			draw := rand.New(rand.NewPCG(seed, 8))
			shuffled := interleave(t, documents, draw)
			cut := 1 + draw.IntN(len(shuffled)-1)
			if diff := cmp.Diff(want, chronicleOf(t, asInput(hours, shuffled[:cut], shuffled[cut:]))); diff != "" {
				t.Errorf("seed %d: %s", seed, diff)
			}
		}
	})
}

const unused = `apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: nobody-has-it}
value: 7
---
apiVersion: podsim/v1alpha1
kind: Workload
metadata: {name: never}
spec:
  arrivals: {type: renewal, between: 1000h}
  template:
    apiVersion: v1
    kind: Pod
    metadata: {labels: {app: never}}
    spec: {containers: [{name: main, image: "registry.example.com/never:1"}]}
---
apiVersion: podsim/v1alpha1
kind: PodBehavior
metadata: {name: never}
spec:
  selector: {matchLabels: {app: never}}
  startUp: {type: exponential, mean: 1s}
`

// Labels of pods are part of the names of their ReplicaSets; those of nodes are not
// part of anything.
func TestWhatNobodyUsesChangesNothing(t *testing.T) {
	examples(t, func(t *testing.T, documents []string, hours time.Duration) {
		labelled := slices.Clone(documents)
		for i, document := range labelled {
			if order(t, document) == "NodeGroup" {
				labelled[i] = strings.Replace(document, "labels: {", "labels: {nobody.example.com/asks: for-it, ", 1)
			}
		}
		want := chronicleOf(t, asInput(hours, documents))
		if diff := cmp.Diff(want, chronicleOf(t, asInput(hours, labelled, []string{unused}))); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAnotherProfileMeetsTheSameArrivalsAndFaults(t *testing.T) {
	given := func(lines []string) (kept []string) {
		for _, line := range lines {
			if fields := strings.Fields(line); slices.Contains([]string{"CreateOwner", "CrashNode", "RestoreNode"}, fields[1]) {
				kept = append(kept, line)
			}
		}
		return kept
	}
	examples(t, func(t *testing.T, documents []string, hours time.Duration) {
		in := asInput(hours, documents)
		in.Set = []string{"Scenario.spec.scheduler.profile=most-allocated"}
		spread, packed := chronicleOf(t, asInput(hours, documents)), chronicleOf(t, in)
		if slices.Equal(spread, packed) {
			t.Fatal("the profiles decide alike")
		}
		if diff := cmp.Diff(given(spread), given(packed)); diff != "" {
			t.Error(diff)
		}
	})
}
