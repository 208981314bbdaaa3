package timelines

import (
	"cmp"
	"slices"
)

// batchGap is the time in seconds that lies between two batches of pods.
const batchGap = 0.5

// pair renames the pods of a run so that those of one batch, which are created at
// once and have their numbers by chance, stand for the pods of the recording that
// they are most like.
func pair(expected []Expected, got []Fact, w *windows) []Fact {
	wanted, had := podFacts(expected), make(map[string][]Fact)
	for _, f := range got {
		if f.Kind == "Pod" {
			had[f.Name] = append(had[f.Name], f)
		}
	}
	renamed := make(map[string]lives)
	for _, batch := range batches(expected) {
		for from, to := range assignLives(batch, wanted, had, w) {
			renamed[from] = to
		}
	}
	out := slices.Clone(got)
	for i := range out {
		if out[i].Field == Event {
			renameIn(&out[i], renamed)
		}
		if to, ok := renamed[out[i].Name]; ok && out[i].Kind == "Pod" {
			out[i].Name = to.at(out[i].At)
		}
	}
	settle(expected, out, w)
	return out
}

func podFacts(expected []Expected) map[string][]Expected {
	facts := make(map[string][]Expected)
	for _, e := range expected {
		if e.Kind == "Pod" {
			facts[e.Name] = append(facts[e.Name], e)
		}
	}
	return facts
}

// batches groups the pods that one owner created within a short time.
func batches(expected []Expected) [][]string {
	created := make(map[string][]Expected)
	for _, e := range expected {
		if owner := ownerOf(e.Name); e.Kind == "Pod" && e.Field == Added && owner != "" {
			created[owner] = append(created[owner], e)
		}
	}
	var out [][]string
	for _, owner := range sortedKeys(created) {
		pods := created[owner]
		slices.SortStableFunc(pods, func(a, b Expected) int { return cmp.Compare(a.Min, b.Min) })
		var batch []string
		for i, e := range pods {
			if i > 0 && e.Min-pods[i-1].Min > batchGap {
				out, batch = append(out, batch), nil
			}
			batch = append(batch, e.Name)
		}
		out = append(out, batch)
	}
	return out
}

// assign finds out which pod of the run stands for which of the recording, so that
// they have as many facts in common as can be.
func assign(batch []string, wanted map[string][]Expected, had map[string][]Fact, w *windows) map[string]string {
	alike := make([][]int, len(batch)) // of the recording, of the run
	for i := range batch {
		alike[i] = make([]int, len(batch))
		for j := range batch {
			alike[i][j] = 2 * w.alike(wanted[batch[i]], had[batch[j]])
		}
		alike[i][i]++ // among equals, each its own
	}
	names := make(map[string]string, len(batch))
	for i, j := range bestAssignment(alike) {
		names[batch[j]] = batch[i]
	}
	return names
}
