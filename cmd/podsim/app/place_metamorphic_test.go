package app_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/podsim/podsim/cmd/podsim/app"
)

// toyWorld is a small random cluster, as lists of documents.
type toyWorld struct{ nodes, bound, pending, others []string }

func drawWorld(seed uint64) toyWorld {
	draw := rand.New(rand.NewPCG(seed, 36))
	pick := func(list ...string) string { return list[draw.IntN(len(list))] }
	w := toyWorld{others: []string{
		`{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 100}`,
		`{apiVersion: v1, kind: Service, metadata: {name: svc}, spec: {selector: {app: a}, ports: [{port: 80}]}}`,
	}}
	nodes := 5 + draw.IntN(6)
	for i := range nodes {
		w.nodes = append(w.nodes, fmt.Sprintf(`{apiVersion: v1, kind: Node, metadata: {name: node-%02d, labels: {kubernetes.io/hostname: node-%02d, topology.kubernetes.io/zone: %s, disk: %s}},
  spec: {%s}, status: {allocatable: {cpu: %d, memory: %dGi, pods: 20}}}`,
			i, i, pick("z1", "z2", "z3"), pick("ssd", "hdd"),
			pick("", "", "", "unschedulable: true", "taints: [{key: k, value: v, effect: NoSchedule}]", "taints: [{key: k, value: v, effect: PreferNoSchedule}]"),
			2*(1+draw.IntN(3)), 4*(1+draw.IntN(3))))
	}
	for i := range 30 {
		node := ""
		if i < 8 {
			node = fmt.Sprintf("nodeName: node-%02d, ", draw.IntN(nodes))
		}
		a := pick("a", "b", "c")
		pod := fmt.Sprintf(`{apiVersion: v1, kind: Pod, metadata: {name: pod-%02d, namespace: default, labels: {app: %s}}, spec: {%s%s%s%s
  containers: [{name: c, image: i%s, resources: {requests: {cpu: %dm, memory: %dMi}}}]}}`, i, a, node,
			pick("", "", "nodeSelector: {disk: ssd}, "), pick("", "priorityClassName: high, "),
			pick("", "", "tolerations: [{key: k, operator: Exists}], ",
				`topologySpreadConstraints: [{topologyKey: topology.kubernetes.io/zone, maxSkew: 1, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: `+a+`}}}], `,
				`topologySpreadConstraints: [{topologyKey: kubernetes.io/hostname, maxSkew: 1, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: `+a+`}}}], `,
				strings.ReplaceAll(antiTo(a), "\n", "")+" ",
				`affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 7, preference: {matchExpressions: [{key: disk, operator: In, values: [ssd]}]}}]}}, `),
			pick("", "", "", ", ports: [{containerPort: 80, hostPort: 8080}]"),
			100*(1+draw.IntN(20)), 128*(1+draw.IntN(16)))
		if node != "" {
			w.bound = append(w.bound, pod)
		} else {
			w.pending = append(w.pending, pod)
		}
	}
	return w
}

func (w toyWorld) text() string {
	return strings.Join(slices.Concat(w.others, w.nodes, w.bound, w.pending), "\n---\n")
}

// each changes every document of one list or of several.
func (w toyWorld) each(nodes, pods func(string) string) toyWorld {
	apply := func(list []string, change func(string) string) []string {
		out := slices.Clone(list)
		for i := range out {
			out[i] = change(out[i])
		}
		return out
	}
	return toyWorld{apply(w.nodes, nodes), apply(w.bound, pods), apply(w.pending, pods), w.others}
}

// placements are what podsim place tells of a world, everything by node.
func placements(t *testing.T, text string, flags ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "world.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, problems := main(append([]string{"place", "-f", file, "-o", "jsonl", "--verbose"}, flags...)...)
	if code != app.ExitPass {
		t.Fatalf("exit code %d: %s\n%s", code, problems, text)
	}
	return out
}

// doubled doubles the numbers that follow a word.
func doubled(text string, words ...string) string {
	for _, word := range words {
		before, after, found := strings.Cut(text, word)
		if !found {
			continue
		}
		digits := len(after) - len(strings.TrimLeft(after, "0123456789"))
		n, err := strconv.Atoi(after[:digits])
		if err != nil {
			panic(err)
		}
		text = before + word + strconv.Itoa(2*n) + after[digits:]
	}
	return text
}

// What must not matter does not: every variant of a world gives the same placements,
// down to the last score and reason.
func TestPlacementsDoNotDependOnWhatMustNotMatter(t *testing.T) {
	rename := strings.NewReplacer("node-", "machine-", "pod-", "task-")
	back := strings.NewReplacer("machine-", "node-", "task-", "pod-")
	for name, variant := range map[string]func(toyWorld, *rand.Rand) string{
		"the order of nodes": func(w toyWorld, draw *rand.Rand) string {
			w.nodes = slices.Clone(w.nodes)
			draw.Shuffle(len(w.nodes), func(i, j int) { w.nodes[i], w.nodes[j] = w.nodes[j], w.nodes[i] })
			return w.text()
		},
		"the order of kinds": func(w toyWorld, _ *rand.Rand) string {
			return strings.Join(slices.Concat(w.bound[:3], w.pending[:9], w.nodes, w.pending[9:], w.others, w.bound[3:]), "\n---\n")
		},
		"labels that nobody uses": func(w toyWorld, _ *rand.Rand) string {
			label := func(s string) string { return strings.Replace(s, "labels: {", "labels: {example.com/unused: x, ", 1) }
			return w.each(label, label).text()
		},
		"the unit of resources": func(w toyWorld, _ *rand.Rand) string {
			double := func(s string) string { return doubled(s, "{cpu: ", "memory: ") }
			return w.each(double, double).text()
		},
		"names, as long as their order stays": func(w toyWorld, _ *rand.Rand) string {
			return w.each(rename.Replace, rename.Replace).text()
		},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(8) {
				w := drawWorld(seed)
				for _, flags := range [][]string{{"--ties", "name"}, {"--ties", "name", "--preempt", "--queue-order"}} {
					want := placements(t, w.text(), flags...)
					got := placements(t, variant(w, rand.New(rand.NewPCG(seed, 9))), flags...)
					compare(t, seed, want, back.Replace(got))
				}
			}
		})
	}
}

// compare tells of the first line in which two answers differ.
func compare(t *testing.T, seed uint64, want, got string) {
	t.Helper()
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("seed %d, line %d:\n%s\nbecomes\n%s", seed, i+1, a[i], b[i])
		}
	}
	if len(a) != len(b) {
		t.Fatalf("seed %d: %d lines become %d", seed, len(a), len(b))
	}
}

func TestBothEnginesPlaceAlike(t *testing.T) {
	for seed := range uint64(12) {
		text := drawWorld(seed).text()
		for _, flags := range [][]string{{"--ties", "name"}, {"--preempt", "--queue-order"}, {"--ties", "random", "--seed", "3"}, {"--percentage", "50"}} {
			compare(t, seed, placements(t, text, append(flags, "--engine", "scan")...),
				placements(t, text, append(flags, "--engine", "incremental")...))
		}
	}
}

// The toy worlds would show nothing if all pods fitted, or none.
func TestTheToyWorldsAreMixed(t *testing.T) {
	var placed, unplaced, tied, preempted int
	for seed := range uint64(8) {
		for line := range strings.Lines(placements(t, drawWorld(seed).text(), "--preempt", "--queue-order")) {
			var p struct {
				Node    string
				Best    []string
				Victims []string
			}
			if err := json.Unmarshal([]byte(line), &p); err != nil {
				t.Fatal(err)
			}
			if p.Node == "" {
				unplaced++
			} else {
				placed++
			}
			if len(p.Best) > 1 {
				tied++
			}
			preempted += len(p.Victims)
		}
	}
	if placed < 50 || unplaced < 20 || tied < 2 || preempted < 2 {
		t.Errorf("%d placed, %d not, %d tied, %d preempted: too one-sided", placed, unplaced, tied, preempted)
	}
}
