package scenarios_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scenarios"
)

// TestEachProblemOfAPlan shows every rule by what breaks it. The Plan's spec stands in
// line 52.
func TestEachProblemOfAPlan(t *testing.T) {
	spec := func(text string) scenarios.PlanInput { return planOf(planned(text)) }
	with := func(change func(in *scenarios.PlanInput)) scenarios.PlanInput {
		in := spec("{candidates: [{group: workers, max: 9}]}")
		change(&in)
		return in
	}
	candidate := func(text string) scenarios.PlanInput { return spec("{candidates: [" + text + "]}") }
	objective := func(text string) scenarios.PlanInput {
		return spec("{candidates: [{group: workers, max: 9}], objectives: [" + text + "]}")
	}
	contingency := func(text string) scenarios.PlanInput {
		return spec("{candidates: [{group: workers, max: 9}], contingencies: [" + text + "]}")
	}
	survive := func(text string) scenarios.PlanInput {
		return with(func(in *scenarios.PlanInput) { in.Survive = []string{text} })
	}
	option := func(text string) scenarios.PlanInput {
		return with(func(in *scenarios.PlanInput) { in.Candidates = []string{text} })
	}
	book := func(old, text string) scenarios.PlanInput {
		return planOf(strings.Replace(planned("{}"), old, text, 1))
	}
	late := 9 * time.Hour
	huge := uint64(1<<64 - 5)
	for name, test := range map[string]struct {
		in   scenarios.PlanInput
		want string
	}{
		"field":           {spec("{candidats: []}"), `s.yaml:52:8: spec.candidats: unknown field "candidats"; did you mean "candidates"?`},
		"minimise":        {spec("{minimise: costs}"), `s.yaml:52:18: spec.minimise: unknown minimise "costs"; did you mean "cost"?`},
		"confidence":      {spec("{confidence: 1}"), "s.yaml:52:20: spec.confidence: must be < 1 (got 1)"},
		"reliability":     {spec("{reliability: 1.5}"), "s.yaml:52:21: spec.reliability: must be < 1 (got 1.5)"},
		"seeds":           {spec("{seeds: 100001}"), "s.yaml:52:15: spec.seeds: more than 100000 seeds"},
		"most seeds":      {spec("{maxSeeds: 20}"), "s.yaml:52:18: spec.maxSeeds: needs reliability: without it every seed is run"},
		"fewer than that": {spec("{maxSeeds: 20, seeds: 30, reliability: 0.9}"), "s.yaml:52:18: spec.maxSeeds: got 20; want at least seeds, which is 30"},
		"budget":          {spec("{budget: 1000001}"), "s.yaml:52:16: spec.budget: more than 1000000 mixes"},
		"demand":          {spec("{demand: 0}"), "s.yaml:52:16: spec.demand: got 0; want more than 0 and at most 1000 times as much"},
		"first seed":      {spec("{firstSeed: 18446744073709551615}"), "s.yaml:52:19: spec.firstSeed: got 18446744073709551615; 10 seeds from there end beyond 2^64-1"},
		"warm-up":         {spec("{warmUp: 8h}"), "s.yaml:52:16: spec.warmUp: got 8h0m0s; the run ends at 8h0m0s"},
		"price book":      {spec("{priceBook: no.yaml}"), `s.yaml:52:19: spec.priceBook: "no.yaml": the scenario lies in no folder, so nothing can be read relative to it`},
		"two plans":       {planOf(planned("{}") + "---\n" + document("Plan", "q", "{}")), "s.yaml:55:1: a second Plan; the first is at s.yaml:49"},

		"nothing to buy":      {planOf("apiVersion: v1\nkind: Node\nmetadata: {name: one}\n---\napiVersion: podsim/v1alpha1\nkind: Plan\nspec: {description: x}\n"), "s.yaml:7:7: spec.candidates: nothing can be bought; want a price book, or a NodeGroup in the scenario"},
		"shape or group":      {candidate("{max: 3}"), "s.yaml:52:21: spec.candidates[0]: shape or group is missing"},
		"shape and group":     {candidate("{shape: large, group: workers}"), "s.yaml:52:43: spec.candidates[0].group: contradicts shape; set one of them"},
		"unknown shape":       {candidate("{shape: larg}"), `s.yaml:52:29: spec.candidates[0].shape: unknown shape "larg"; did you mean "large"?`},
		"unknown group":       {candidate("{group: worker}"), `s.yaml:52:29: spec.candidates[0].group: unknown node group "worker"; did you mean "workers"?`},
		"zones of a group":    {candidate("{group: workers, zones: [a]}"), "s.yaml:52:45: spec.candidates[0].zones: goes with shape: the group says it itself"},
		"twice":               {candidate("{shape: large}, {shape: large}"), `s.yaml:52:37: spec.candidates[1]: candidate "large" is also defined at s.yaml:52; want another name`},
		"name of a group":     {candidate("{shape: large, name: workers}"), `s.yaml:52:21: spec.candidates[0]: "workers" is the name of a NodeGroup of the scenario; want another name`},
		"no name":             {candidate("{shape: large, name: A_b}"), `s.yaml:52:42: spec.candidates[0].name: got "A_b"; want lower-case letters, digits and -, at most 63`},
		"most below least":    {candidate("{shape: large, min: 5, max: 4}"), "s.yaml:52:49: spec.candidates[0].max: got 4; want at least 5"},
		"too many nodes":      {candidate("{shape: large, max: 1000001}"), "s.yaml:52:41: spec.candidates[0].max: more than 1000000 nodes"},
		"step":                {candidate("{shape: large, max: 4, step: 9}"), "s.yaml:52:50: spec.candidates[0].step: got 9; want at most max, which is 4"},
		"zone":                {candidate("{shape: large, zones: [a, b c]}"), `s.yaml:52:47: spec.candidates[0].zones[1]: got "b c"; want the value of a label`},
		"zone twice":          {candidate("{shape: large, zones: [a, a]}"), `s.yaml:52:47: spec.candidates[0].zones[1]: a second zone "a"`},
		"free":                {spec("{candidates: [{group: workers, price: 0}, {shape: large}]}"), "s.yaml:52:45: spec.candidates[0].price: the price of workers is 0; want more than 0, or minimise: nodes"},
		"priceless":           {planOf(strings.Replace(base, "  price: 0.5\n", "", 1) + document("Plan", "p", "{candidates: [{group: workers}], minimise: cost}")), "s.yaml:18:21: spec.candidates[0]: workers has no price; want one, or minimise: nodes"},
		"free shape":          {book("price: 2", "price: 0"), "s.yaml:46:26: spec.shapes[0].price: the price of large is 0; want more than 0, or minimise: nodes"},
		"option":              {option("large=3..x"), `--candidate large=3..x: got "large=3..x"; want NAME=LEAST..MOST, such as m-16=3..60, or m-16=0..60/3 by steps of 3`},
		"unknown option":      {option("larg=3"), `--candidate larg=3: unknown shape or node group "larg"; did you mean "large"?`},
		"counts of an option": {option("large=9..3"), "--candidate large=9..3: max: got 3; want at least 9"},

		"empty objective":      {objective(`" "`), "s.yaml:52:61: spec.objectives[0]: is empty; want an assertion such as pending.p99 < 60s, or all pods placed"},
		"where":                {objective("{assert: x, in: never}"), `s.yaml:52:77: spec.objectives[0].in: unknown in "never" (known: always, undisturbed, disturbed)`},
		"at and always":        {objective("{assert: nodes.down < 2, at: 1h, always: true}"), "s.yaml:52:90: spec.objectives[0].at: contradicts always, from and until"},
		"from without always":  {objective("{assert: nodes.down < 2, from: 1h}"), "s.yaml:52:61: spec.objectives[0]: from and until need always: true"},
		"until before from":    {objective("{assert: nodes.down < 2, always: true, from: 2h, until: 1h}"), "s.yaml:52:117: spec.objectives[0].until: got 1h0m0s; want more than from, which is 2h0m0s"},
		"after the end":        {objective("{assert: nodes.down < 2, at: 9h}"), "s.yaml:52:61: spec.objectives[0]: the run ends before, at 8h0m0s"},
		"an empty --objective": {with(func(in *scenarios.PlanInput) { in.Objectives = []string{""} }), "--objective : is empty; want an assertion such as pending.p99 < 60s, or all pods placed"},

		"nothing happens":     {contingency("{name: x}"), "s.yaml:52:64: spec.contingencies[0]: nothing happens; want lose, upgrade, reclaim, demand or file"},
		"two happen":          {contingency("{lose: zone, reclaim: 20%}"), "s.yaml:52:86: spec.contingencies[0].reclaim: contradicts lose; a contingency is one of them"},
		"unknown loss":        {contingency("{lose: zon}"), `s.yaml:52:71: spec.contingencies[0].lose: unknown loss "zon"; did you mean "zone"?`},
		"two losses":          {contingency("{lose: {zone: a, rack: any}}"), "s.yaml:52:71: spec.contingencies[0].lose: got 2 of zone, rack and nodes; want one of them"},
		"unknown zone":        {contingency("{lose: {zone: d}}"), `s.yaml:52:71: spec.contingencies[0].lose: unknown zone "d" (known: a, b)`},
		"unknown rack":        {contingency("{lose: {rack: d}}"), `s.yaml:52:71: spec.contingencies[0].lose: unknown rack "d" (known: a-r0, b-r0)`},
		"too many lost":       {contingency("{lose: {nodes: 10}}"), "s.yaml:52:71: spec.contingencies[0].lose: got 10 nodes; there are at most 9"},
		"no racks":            {planOf(strings.Replace(planned("{candidates: [{group: workers, max: 9}], contingencies: [{lose: rack}]}"), "  racks: 1\n", "", 1)), "s.yaml:51:71: spec.contingencies[0].lose: no node is in a rack; give the candidates racks: 2"},
		"no zones":            {planOf(strings.Replace(planned("{candidates: [{group: workers, max: 9}], contingencies: [{lose: zone}]}"), "  zones: [a, b]\n", "", 1)), "s.yaml:51:71: spec.contingencies[0].lose: no node is in a zone; give the candidates zones: [a, b, c]"},
		"after the run":       {contingency("{lose: zone, at: 9h}"), "s.yaml:52:81: spec.contingencies[0].at: 9h0m0s lies after the end of the run, at 8h0m0s"},
		"for of an upgrade":   {contingency("{upgrade: {}, for: 1h}"), "s.yaml:52:83: spec.contingencies[0].for: goes with lose"},
		"at of demand":        {contingency("{demand: 2, at: 1h}"), "s.yaml:52:80: spec.contingencies[0].at: goes with lose, upgrade and reclaim"},
		"group of an upgrade": {contingency("{upgrade: {group: x}}"), `s.yaml:52:82: spec.contingencies[0].upgrade.group: unknown node group "x" (known: workers)`},
		"form of an upgrade":  {contingency("{upgrade: {batchs: 2}}"), `s.yaml:52:75: spec.contingencies[0].upgrade.batchs: unknown field "batchs"; did you mean "batch"?`},
		"an upgrade":          {contingency("{upgrade: {batchPercent: 101}}"), "s.yaml:52:89: spec.contingencies[0].upgrade.batchPercent: got 101; want at most 100"},
		"share":               {contingency("{reclaim: 120%}"), `s.yaml:52:74: spec.contingencies[0].reclaim: got "120%"; want a share above 0 and at most 1, such as 20%`},
		"no spot nodes":       {contingency("{reclaim: 20%}"), "s.yaml:52:74: spec.contingencies[0].reclaim: no candidate is of a shape that says spot: true"},
		"demand of one":       {contingency("{demand: 1001}"), "s.yaml:52:73: spec.contingencies[0].demand: got 1001; want more than 0 and at most 1000 times as much"},
		"no such file":        {contingency("{file: x.yaml}"), `s.yaml:52:71: spec.contingencies[0].file: "x.yaml": the scenario lies in no folder, so nothing can be read relative to it`},
		"--survive":           {survive("zoe"), `--survive zoe: unknown contingency "zoe"; did you mean "zone"?`},
		"--survive nodes":     {survive("nodes=x"), `--survive nodes=x: got "nodes=x"; want zone, zone=NAME, rack, node, nodes=2, upgrade, upgrade=GROUP, reclaim=20% or demand=1.3`},
		"--survive a zone":    {survive("zone=x"), `--survive zone=x: unknown zone "x" (known: a, b)`},
		"--survive demand":    {survive("demand=0"), "--survive demand=0: got 0; want more than 0 and at most 1000 times as much"},
		"--survive upgrade":   {survive("upgrade=x"), `--survive upgrade=x: unknown node group "x" (known: workers)`},

		"--minimise":    {with(func(in *scenarios.PlanInput) { in.Minimise = "nods" }), `--minimise nods: unknown minimise "nods"; did you mean "nodes"?`},
		"--nodes":       {with(func(in *scenarios.PlanInput) { in.Nodes = "kep" }), `--nodes kep: unknown nodes "kep"; did you mean "keep"?`},
		"--seeds":       {with(func(in *scenarios.PlanInput) { in.Seeds = -1 }), "--seeds: got -1; want 1 to 100000"},
		"--max-seeds":   {with(func(in *scenarios.PlanInput) { in.MaxSeeds = 5 }), "--max-seeds: needs a reliability: without it every seed is run"},
		"--reliability": {with(func(in *scenarios.PlanInput) { in.Reliability = 1 }), "--reliability: got 1; want more than 0 and less than 1"},
		"--confidence":  {with(func(in *scenarios.PlanInput) { in.Confidence = 0.2 }), "--confidence: got 0.2; want 0.5 to below 1"},
		"--budget":      {with(func(in *scenarios.PlanInput) { in.Budget = -3 }), "--budget: got -3; want 1 to 1000000 mixes"},
		"--demand":      {with(func(in *scenarios.PlanInput) { in.Base.Demand = -3 }), "--demand: got -3; want more than 0 and at most 1000 times as much"},
		"--warm-up":     {with(func(in *scenarios.PlanInput) { in.WarmUp = &late }), "--warm-up: got 9h0m0s; the run ends at 8h0m0s"},
		"--seed":        {with(func(in *scenarios.PlanInput) { in.Base.Seed = &huge }), "--seed: got 18446744073709551611; 10 seeds from there end beyond 2^64-1"},
		"--price-book":  {with(func(in *scenarios.PlanInput) { in.PriceBook = &scenarios.File{Name: "no/such.yaml"} }), "no/such.yaml: no such file"},
		"no price book": {with(func(in *scenarios.PlanInput) {
			in.PriceBook = &scenarios.File{Name: "b.yaml", Reader: strings.NewReader(fewNodes)}
		}), `b.yaml:2:7: kind: got "NodeGroup"; want PriceBook`},

		"shape twice":     {book("name: small", "name: large"), `s.yaml:47:12: spec.shapes[1].name: shape "large" is also defined at s.yaml:46`},
		"no price":        {book("price: 0.3, ", ""), "s.yaml:47:5: spec.shapes[1]: price is missing"},
		"negative price":  {book("price: 0.3", "price: -1"), "s.yaml:47:26: spec.shapes[1].price: must be >= 0 (got -1)"},
		"capacity":        {book("memory: 16Gi", "memory: 16GiB"), `s.yaml:47:70: spec.shapes[1].capacity.memory: invalid quantity "16GiB"`},
		"resource":        {book("cpu: 4", "cpus: 4"), `s.yaml:47:60: spec.shapes[1].capacity.cpus: unknown resource "cpus"; did you mean cpu?`},
		"taint":           {book("effect: PreferNoSchedule", "effect: PreferNot"), `s.yaml:47:106: spec.shapes[1].taints[0].effect: got "PreferNot"; want NoSchedule, PreferNoSchedule, NoExecute`},
		"label":           {book("size: large", "size: a b"), `s.yaml:46:89: spec.shapes[0].labels.size: invalid label value "a b"; want at most 63 letters, digits, "-", "_" and ".", a letter or digit at both ends`},
		"zone of a shape": {book("zones: [a, c]", "zones: [a, a]"), `s.yaml:46:108: spec.shapes[0].zones[1]: a second zone "a"`},
		"kubelet":         {book("zones: [a, c]", "kubelet: {kubeReserved: {cpu: 99}}"), "s.yaml:46:127: spec.shapes[0].kubelet.kubeReserved.cpu: got 99; with what else is reserved, that is more than the capacity of cpu"},

		"scenario": {planOf(strings.Replace(planned("{}"), "count: 4", "count: x", 1)), `s.yaml:10:10: spec.count: got a string "x"; want a whole number`},
	} {
		if diff := cmp.Diff(test.want, planError(t, test.in)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

// TestAPlanInAFileOfItsOwn names its scenario and its price book.
func TestAPlanInAFileOfItsOwn(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"shop.yaml": base + webDeployment, "prices.yaml": strings.TrimSuffix(priceBook, "---\n"), "wrong.yaml": strings.Replace(strings.TrimSuffix(priceBook, "---\n"), "price: 2", "prize: 2", 1),
		"plan.yaml":  "apiVersion: podsim/v1alpha1\nkind: Plan\nspec: {scenario: shop.yaml, priceBook: prices.yaml, candidates: [{shape: large}]}\n",
		"other.yaml": "apiVersion: podsim/v1alpha1\nkind: Plan\nspec: {scenario: shop.yaml, priceBook: wrong.yaml, candidates: [{shape: large}]}\n",
		"night.yaml": "apiVersion: podsim/v1alpha1\nkind: Plan\nspec: {scenario: zone-outage, candidates: [{group: workers, price: 1}]}\n",
	})
	load := func(name string) (*scenarios.Plan, error) {
		return scenarios.LoadPlan(scenarios.PlanInput{Base: scenarios.Input{Files: []scenarios.File{{Name: filepath.Join(dir, name)}}}})
	}
	p, err := load("plan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, file := range p.Inputs {
		files = append(files, filepath.Base(file.Name))
	}
	if diff := cmp.Diff([]string{"plan.yaml", "shop.yaml", "prices.yaml"}, files); diff != "" || p.Name != "base" || p.Scenario != "base" || p.Currency != "EUR" {
		t.Errorf("%s, %s, %s: %s", p.Name, p.Scenario, p.Currency, diff)
	}
	want := filepath.Join(dir, "wrong.yaml") + `:7:19: spec.shapes[0].prize: unknown field "prize"; did you mean "price"?`
	if _, err := load("other.yaml"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if p, err = load("night.yaml"); err != nil || p.Scenario != "zone-outage" {
		t.Errorf("got %v", err)
	}
}

// FuzzPlan loads whatever it is given as a plan: it fails with problems, or runs of the
// least and the largest mix load in every contingency.
func FuzzPlan(f *testing.F) {
	for _, spec := range []string{
		"{}", "{candidates: [{group: workers, max: 9}], contingencies: [{lose: zone}, {lose: {nodes: 2}}], seeds: 3}",
		"{nodes: replace, candidates: [{shape: large, zones: [a, b], racks: 2, max: 8, step: 2}, {shape: small}], contingencies: [{reclaim: 20%}, {upgrade: {}}], minimise: nodes}",
		"{demand: 1.5, objectives: [all pods placed, {assert: pending.p99 < 1m, in: disturbed, at: 1h}], contingencies: [{demand: 0.5, name: x}]}",
		"{reliability: 0.9, maxSeeds: 40, confidence: 0.8, warmUp: 1h, firstSeed: 7}",
	} {
		f.Add(planned(spec))
	}
	f.Add(liveShop() + "---\n" + strings.TrimSuffix(priceBook, "---\n") + "---\n" + document("Plan", "p", "{nodes: replace, demand: 2}"))
	f.Fuzz(func(t *testing.T, text string) {
		if hasLargeNumber(text) {
			return
		}
		p, err := scenarios.LoadPlan(planOf(text))
		var problems yamlnode.Problems
		if err != nil {
			if !errors.As(err, &problems) || len(problems) == 0 {
				t.Fatalf("got %v", err)
			}
			return
		}
		least, most := make([]int, len(p.Candidates)), make([]int, len(p.Candidates))
		for i := range p.Candidates {
			least[i], most[i] = p.Candidates[i].Min, min(p.Candidates[i].Max, p.Candidates[i].Min+3)
		}
		for c := range p.Contingencies[:min(len(p.Contingencies), 5)] {
			for _, mix := range [][]int{least, most} {
				if _, err := p.Load(mix, c, p.FirstSeed); err != nil {
					t.Errorf("%v in %s: %v", mix, p.Contingencies[c].Name, err)
				}
			}
		}
		if len(p.Objectives) == 0 || len(p.Digest) != 64 || p.Contingencies[0].Disturbs() {
			t.Errorf("got %+v", p)
		}
	})
}
