package scenarios_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/pressure"
)

// kubeletLine is a NodeGroup in one line, so that the columns of its kubelet can be
// counted: what is said of the kubelet begins at 5:18.
func kubeletLine(kubelet string) string {
	return "apiVersion: podsim/v1alpha1\nkind: NodeGroup\nmetadata: {name: w}\nspec: {count: 1, template: {status: {capacity: {cpu: 4, memory: 16Gi, ephemeral-storage: 100Gi}}},\n" +
		"       kubelet: " + kubelet + "}\n---\napiVersion: podsim/v1alpha1\nkind: Scenario\nmetadata: {name: k}\nspec: {for: 1m}\n"
}

func TestThresholdsOfANodeGroup(t *testing.T) {
	const mi = 1 << 20
	hard := func(s pressure.Signal, v pressure.Value) pressure.Threshold {
		return pressure.Threshold{Signal: s, Value: v}
	}
	defaults := pressure.DefaultHard()
	for name, test := range map[string]struct {
		kubelet string
		want    pressure.Config
	}{
		"nothing said": {"{maxPods: 20}", pressure.Config{Thresholds: defaults, Transition: 5 * time.Minute}},
		"one drops the others": {"{evictionHard: {memory.available: 500Mi}}", pressure.Config{
			Thresholds: []pressure.Threshold{hard(pressure.MemoryAvailable, pressure.Value{Quantity: 500 * mi, Format: models.BinarySI})}, Transition: 5 * time.Minute,
		}},
		"or not": {"{evictionHard: {memory.available: 500Mi, pid.available: 10%}, mergeDefaultEvictionSettings: true, pids: 1000, inodes: 5000}", pressure.Config{
			Thresholds: append([]pressure.Threshold{hard(pressure.MemoryAvailable, pressure.Value{Quantity: 500 * mi, Format: models.BinarySI})},
				append(defaults[1:len(defaults):len(defaults)], hard(pressure.PIDAvailable, pressure.Value{Share: 0.1}))...),
			Transition: 5 * time.Minute, MaxProcesses: 1000, Inodes: 5000,
		}},
		"0% is none": {"{evictionHard: {memory.available: 0%, nodefs.available: 10%}}", pressure.Config{
			Thresholds: []pressure.Threshold{hard(pressure.NodeFsAvailable, pressure.Value{Share: 0.1})}, Transition: 5 * time.Minute,
		}},
		"soft": {"{evictionHard: {memory.available: 100Mi}, evictionSoft: {memory.available: 1Gi}, evictionSoftGracePeriod: {memory.available: 90s}," +
			" evictionMaxPodGracePeriod: 30, evictionMinimumReclaim: {memory.available: 200Mi}, evictionPressureTransitionPeriod: 30s}", pressure.Config{
			Thresholds: []pressure.Threshold{
				{Signal: pressure.MemoryAvailable, Value: pressure.Value{Quantity: 100 * mi, Format: models.BinarySI}, MinReclaim: pressure.Value{Quantity: 200 * mi, Format: models.BinarySI}},
				{Signal: pressure.MemoryAvailable, Value: pressure.Value{Quantity: 1024 * mi, Format: models.BinarySI}, Soft: true, Grace: 90 * time.Second, MinReclaim: pressure.Value{Quantity: 200 * mi, Format: models.BinarySI}},
			}, MaxPodGrace: 30 * time.Second, Transition: 30 * time.Second,
		}},
		"followers are taken": {"{evictionHard: {nodefs.available: 10%, containerfs.available: 10%}}", pressure.Config{
			Thresholds: []pressure.Threshold{hard(pressure.NodeFsAvailable, pressure.Value{Share: 0.1})}, Transition: 5 * time.Minute,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			config := mustLoad(t, input(kubeletLine(test.kubelet))).Config
			for _, got := range config.Pressure {
				if diff := cmp.Diff(&test.want, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			}
			if len(config.Pressure) != 1 {
				t.Errorf("%d groups are configured", len(config.Pressure))
			}
		})
	}
}

func TestWhatIsWrongWithThresholds(t *testing.T) {
	for name, test := range map[string]struct{ kubelet, want string }{
		"no such signal":             {"{evictionHard: {memory.availible: 1Gi}}", `s.yaml:5:51: spec.kubelet.evictionHard["memory.availible"]: unknown signal "memory.availible"; did you mean "memory.available"?`},
		"no amount":                  {"{evictionHard: {memory.available: much}}", `s.yaml:5:51: spec.kubelet.evictionHard["memory.available"]: invalid quantity "much"`},
		"too large a share":          {"{evictionSoft: {nodefs.available: 101%}, evictionSoftGracePeriod: {nodefs.available: 1m}}", `s.yaml:5:51: spec.kubelet.evictionSoft["nodefs.available"]: got "101%"; want an amount, or a percentage from 0% to 100%`},
		"not a share":                {"{evictionHard: {nodefs.available: x%}}", `s.yaml:5:51: spec.kubelet.evictionHard["nodefs.available"]: got "x%"; want an amount, or a percentage from 0% to 100%`},
		"nothing":                    {"{evictionHard: {pid.available: 0}}", `s.yaml:5:48: spec.kubelet.evictionHard["pid.available"]: got 0; want more than 0, or 0% for no threshold`},
		"a list":                     {"{evictionHard: [memory.available]}", `s.yaml:5:32: spec.kubelet.evictionHard: got a list; want amounts by name, such as {memory: 1Gi}`},
		"nested":                     {"{evictionHard: {memory.available: {min: 1Gi}}}", `s.yaml:5:32: spec.kubelet.evictionHard: memory.available: got a map; want an amount such as 1Gi`},
		"no grace":                   {"{evictionSoft: {memory.available: 1Gi}}", `s.yaml:5:51: spec.kubelet.evictionSoft["memory.available"]: has no evictionSoftGracePeriod; want one, such as {memory.available: 1m30s}`},
		"a grace of no length":       {"{evictionSoft: {memory.available: 1Gi}, evictionSoftGracePeriod: {memory.available: soon}}", `s.yaml:5:101: spec.kubelet.evictionSoftGracePeriod["memory.available"]: got "soon"; want a duration such as 1m30s`},
		"a grace below zero":         {"{evictionSoft: {memory.available: 1Gi}, evictionSoftGracePeriod: {memory.available: -1s}}", `s.yaml:5:101: spec.kubelet.evictionSoftGracePeriod["memory.available"]: got -1s; want at least 0s`},
		"a reclaim of no amount":     {"{evictionMinimumReclaim: {memory.available: some}}", `s.yaml:5:61: spec.kubelet.evictionMinimumReclaim["memory.available"]: invalid quantity "some"`},
		"a reclaim of nothing known": {"{evictionMinimumReclaim: {disk.available: 1Gi}}", `s.yaml:5:59: spec.kubelet.evictionMinimumReclaim["disk.available"]: unknown signal "disk.available"; did you mean "pid.available"?`},
		"a grace below zero seconds": {"{evictionMaxPodGracePeriod: -1}", `s.yaml:5:45: spec.kubelet.evictionMaxPodGracePeriod: must be >= 0 (got -1)`},
		"no transition":              {"{evictionPressureTransitionPeriod: long}", `s.yaml:5:52: spec.kubelet.evictionPressureTransitionPeriod: invalid duration "long"; want 5s, 5m, …`},
		"no inodes":                  {"{inodes: 0}", `s.yaml:5:26: spec.kubelet.inodes: must be >= 1 (got 0)`},
		"processes below zero":       {"{pids: -5}", `s.yaml:5:24: spec.kubelet.pids: must be >= 1 (got -5)`},
		"a follower of no amount":    {"{evictionHard: {containerfs.available: lots}}", `s.yaml:5:56: spec.kubelet.evictionHard["containerfs.available"]: invalid quantity "lots"`},
		"misspelt":                   {"{evictionHart: {memory.available: 1Gi}}", `s.yaml:5:18: spec.kubelet.evictionHart: unknown field "evictionHart"; did you mean "evictionHard"?`},
		"two at once": {"{evictionHard: {memory.available: much}, evictionMinimumReclaim: {memory.available: more}}", `s.yaml:5:51: spec.kubelet.evictionHard["memory.available"]: invalid quantity "much"` + "\n" +
			`s.yaml:5:101: spec.kubelet.evictionMinimumReclaim["memory.available"]: invalid quantity "more"`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := loadError(t, input(kubeletLine(test.kubelet))); got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestWhatIsWrongWithFaultsThatTake shows what a fault must say that takes of nodes.
func TestWhatIsWrongWithFaultsThatTake(t *testing.T) {
	const plan = "apiVersion: podsim/v1alpha1\nkind: FaultPlan\nmetadata: {name: f}\nspec: {faults: [{at: 1m, for: 1m, "
	for name, test := range map[string]struct{ fault, want string }{
		"how much":         {"action: memoryPressure", `s.yaml:4:17: spec.faults[0].takes: is missing; want how much memoryPressure takes of each node, such as 2Gi or 90%`},
		"nothing at all":   {"action: memoryPressure, takes: 0", `s.yaml:4:66: spec.faults[0].takes: got 0; want more than 0`},
		"no amount at all": {"action: diskPressure, takes: most", `s.yaml:4:64: spec.faults[0].takes: invalid quantity "most"`},
		"too much":         {"action: diskPressure, takes: 120%", `s.yaml:4:64: spec.faults[0].takes: got "120%"; want an amount, or a percentage from 0% to 100%`},
		"of no use":        {"action: crash, takes: 1Gi", `s.yaml:4:57: spec.faults[0].takes: action is neither memoryPressure nor diskPressure`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := loadError(t, input(plan+test.fault+"}]}\n---\n"+kubeletLine("{maxPods: 9}"))); got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}
