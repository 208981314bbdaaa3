package timelines

import "testing"

// Two pods come one after the other, and one of them goes. Which is chance if the runs of
// the recording differ in it, and else is not.
func TestPodsGoInAnotherOrderWhereRunsDo(t *testing.T) {
	at := func(pod string, at float64, field, value string) Fact {
		return Fact{At: at, Kind: "Pod", Name: pod, Field: field, Value: value}
	}
	recorded := func(goes1, goes2 [2]float64) []Expected {
		expected := func(f Fact, window [2]float64) Expected {
			return Expected{Fact: f, Min: window[0], Max: window[1], Occurrence: 1}
		}
		var out []Expected
		for i, pod := range []string{"web#1.1", "web#1.2"} {
			ready, goes := 2+float64(i), [][2]float64{goes1, goes2}[i]
			out = append(out,
				expected(at(pod, 0, Added, ""), [2]float64{0, 0}), expected(at(pod, 0, "owner", `"ReplicaSet/web#1"`), [2]float64{0, 0}),
				expected(at(pod, ready, "ready", `"True"`), [2]float64{ready, ready}),
				expected(at(pod, goes[0], "deletionAt", "30"), goes), expected(at(pod, goes[0], Deleted, ""), goes))
		}
		return out
	}
	run := func(goes1, goes2 float64) []Fact {
		var out []Fact
		for i, pod := range []string{"web#1.1", "web#1.2"} {
			goes := []float64{goes1, goes2}[i]
			out = append(out, at(pod, 0, Added, ""), at(pod, 0, "owner", `"ReplicaSet/web#1"`), at(pod, 2+float64(i), "ready", `"True"`),
				at(pod, goes, "deletionAt", "30"), at(pod, goes, Deleted, ""))
		}
		return out
	}
	chance, rule := recorded([2]float64{20, 22}, [2]float64{30, 30}), recorded([2]float64{20, 20}, [2]float64{30, 30})
	for _, test := range []struct {
		name     string
		expected []Expected
		run      []Fact
		want     bool
	}{
		{"the same one goes", rule, run(20, 30), true},
		{"the other goes, against the rule", rule, run(30, 20), false},
		{"the other goes, by chance", chance, run(30, 20), true},
		{"it goes too late", chance, run(30, 25), false},
	} {
		w := newWindows(&Recording{}, test.run)
		renamed := pair(test.expected, test.run, w)
		met := 0
		for _, pod := range []string{"web#1.1", "web#1.2"} {
			var had []Fact
			for _, f := range renamed {
				if f.Name == pod {
					had = append(had, f)
				}
			}
			met += w.alike(podFacts(test.expected)[pod], had)
		}
		if got := met == len(test.expected); got != test.want {
			t.Errorf("%s: all facts met %t (%d of %d), want %t", test.name, got, met, len(test.expected), test.want)
		}
	}
}
