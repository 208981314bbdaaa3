package timelines

import (
	"cmp"
	"slices"
	"strings"
)

// sequencesOf returns the steps of each controller object: a Deployment gives
// replicas to its ReplicaSets, and Jobs, DaemonSets and StatefulSets make and delete
// pods. They come in the order of the alphabet.
func sequencesOf(facts []Fact) []Sequence {
	steps := make(map[string][]string)
	owners, graces, nodes := ownersOf(facts), gracesOf(facts), nodesOf(facts)
	for _, f := range facts {
		switch {
		case f.Kind == "ReplicaSet" && f.Field == "spec":
			if owner := owners[f.Subject()]; owner != "" {
				steps[owner] = append(steps[owner], f.Name+"="+f.Value)
			}
		case f.Kind == "Pod":
			owner := owners[f.Subject()]
			if !makesPods(owner) {
				continue
			}
			if step := podStep(f, strings.HasPrefix(owner, "DaemonSet/"), graces, nodes); step != "" {
				steps[owner] = append(steps[owner], step)
			}
		}
	}
	var out []Sequence
	for _, owner := range sortedKeys(steps) {
		out = append(out, Sequence{Object: owner, Same: true, Steps: steps[owner]})
	}
	return out
}

func makesPods(owner string) bool {
	return strings.HasPrefix(owner, "Job/") || strings.HasPrefix(owner, "StatefulSet/") || strings.HasPrefix(owner, "DaemonSet/")
}

// podStep returns the step that a fact about a pod is, or nothing. Only the first
// deletion of a pod with some grace is one.
func podStep(f Fact, pinned bool, graces map[string]Fact, nodes map[string]string) string {
	switch f.Field {
	case Added:
		if pinned {
			return "+" + f.Name + "@" + nodes[f.Subject()]
		}
		return "+" + f.Name
	case "grace":
		if graces[f.Subject()] == f && f.Value != "0" {
			return "-" + f.Name
		}
	case Deleted:
		return "gone " + f.Name
	}
	return ""
}

// ownersOf returns the owner of each object that has one.
func ownersOf(facts []Fact) map[string]string {
	owners := make(map[string]string)
	for _, f := range facts {
		if f.Field == "owner" {
			owners[f.Subject()] = strings.Trim(f.Value, `"`)
		}
	}
	return owners
}

// gracesOf returns the first fact about the grace of each pod.
func gracesOf(facts []Fact) map[string]Fact {
	first := make(map[string]Fact)
	for _, f := range facts {
		if _, ok := first[f.Subject()]; f.Kind == "Pod" && f.Field == "grace" && !ok {
			first[f.Subject()] = f
		}
	}
	return first
}

// nodesOf returns where the pods of DaemonSets belong.
func nodesOf(facts []Fact) map[string]string {
	nodes := make(map[string]string)
	for _, f := range facts {
		if f.Kind == "Pod" && f.Field == "target" {
			nodes[f.Subject()] = strings.Trim(f.Value, `"`)
		}
	}
	return nodes
}

// SequenceResult compares the steps of a controller object.
type SequenceResult struct {
	Sequence
	Got     []string `json:"got"`
	Outcome Outcome  `json:"outcome"`
	// First is the index of the first step that is another.
	First int `json:"first"`
}

// compareSequences compares the steps of all controller objects. Steps that differ
// from run to run of the recording bind nobody: there the sequence is a race.
func compareSequences(expected []Sequence, got []Fact) []SequenceResult {
	steps := make(map[string][]string)
	for _, s := range sequencesOf(got) {
		steps[s.Object] = inOrder(s.Steps)
	}
	var out []SequenceResult
	for _, s := range expected {
		s.Steps, s.Second = inOrder(s.Steps), inOrder(s.Second)
		r := SequenceResult{Sequence: s, Got: steps[s.Object], First: firstDifference(s.Steps, steps[s.Object])}
		kind, _, _ := strings.Cut(s.Object, "/")
		switch {
		case r.First < 0, len(s.Second) > 0 && firstDifference(s.Second, r.Got) < 0:
			r.Outcome, r.First = Matched, -1
		case modelled[kind] == nil:
			r.Outcome = NotModelled
		case !s.Same && sameSteps(s.Steps, r.Got), !s.Same && kind == "DaemonSet" && sameSteps(signs(s.Steps), signs(r.Got)):
			r.Outcome = Bounded
		default:
			r.Outcome = Missing
		}
		out = append(out, r)
	}
	return out
}

// inOrder sorts pods that are made one right after the other, since their numbers in
// a batch mean nothing.
func inOrder(steps []string) []string {
	steps = slices.Clone(steps)
	for from := 0; from < len(steps); from++ {
		to := from
		for to < len(steps) && strings.HasPrefix(steps[to], "+") {
			to++
		}
		slices.SortFunc(steps[from:to], func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
		from = max(from, to)
	}
	return steps
}

// firstDifference returns the first index at which two lists differ, or -1.
func firstDifference(a, b []string) int {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return i
		}
	}
	return -1
}

// signs leaves out of steps which pods they are about.
func signs(steps []string) []string {
	out := make([]string, len(steps))
	for i, step := range steps {
		out[i] = step[:1]
	}
	return out
}

// sameSteps reports whether two lists hold the same steps in any order.
func sameSteps(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
