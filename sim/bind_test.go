package sim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
)

// together lets pods wait on their nodes until there are enough of them.
type together struct {
	pods    int
	timeout time.Duration
}

func (*together) Name() string           { return "Together" }
func (*together) Reads() framework.Reads { return framework.ReadsPodOnly }
func (p *together) EventsToRegister() []framework.Hint {
	return []framework.Hint{{On: framework.NodeAdd}}
}
func (p *together) Permit(c *framework.Cycle, node models.NodeID) (*framework.Status, time.Duration) {
	there := 1
	for id := range models.NodeID(c.View.Nodes()) {
		for _, pod := range c.View.Node(id).Pods() {
			if pod != c.Pod.ID() {
				there++
			}
		}
	}
	if there >= p.pods {
		return nil, 0
	}
	return &framework.Status{Code: framework.Wait}, p.timeout
}

// journal notes what becomes of pods on their way to a node.
type journal []string

func (j *journal) Observe(now models.Time, op *models.Op, v cluster.View) {
	switch op.Kind {
	case models.OpAssumePod, models.OpForgetPod, models.OpBindPod:
		*j = append(*j, fmt.Sprintf("%s %s %s", now, op.Kind, v.Pod(op.Pod).Name()))
	case models.OpFailScheduling:
		*j = append(*j, fmt.Sprintf("%s %s %s: %s", now, op.Kind, v.Pod(op.Pod).Name(), v.Dictionary().String(op.Message)))
	}
}

// permitted runs pods that arrive a minute apart under a Permit plugin.
func permitted(t *testing.T, pods int, plugin *together, binding time.Duration) []string {
	w := newWorld(t)
	w.config.Horizon = models.Time(time.Hour)
	w.config.CheckEvery = 1
	w.config.Latencies.Binding = binding
	w.config.Plugins = append(plugins.Table(), plugins.Entry{Name: "Together",
		New: func(any, *models.Dictionary) (framework.Plugin, error) { return plugin, nil }})
	w.config.Scheduler = scheduler.DefaultConfig(plugins.Table())
	profile := &w.config.Scheduler.Profiles[0]
	profile.Plugins = append(profile.Plugins, scheduler.Plugin{Name: "Together"})
	w.node("n1", "a", models.Resources{models.CPU: 2000, models.Memory: 1 << 30})
	for i := range pods {
		w.arrive(models.Time(i)*models.Time(time.Minute), fmt.Sprint("p", i), &Template{Pod: w.pod(1000, models.RestartAlways)})
	}
	var j journal
	w.run(&j)
	return j
}

// A pod that Permit lets wait keeps its room until the others are there, and gives
// it back when its time is over.
func TestPodWaitsForPermit(t *testing.T) {
	timeout := "0/1 nodes are available: 1 rejected due to timeout after waiting 30s at plugin Together."
	for _, c := range []struct {
		name    string
		pods    int
		plugin  together
		binding time.Duration
		want    []string
	}{
		{"until the other is there", 2, together{2, 10 * time.Minute}, 0,
			[]string{"0s AssumePod p0", "1m0s BindPod p1", "1m0s BindPod p0"}},
		{"and is then bound as fast as others", 2, together{2, 10 * time.Minute}, 4 * time.Millisecond,
			[]string{"0s AssumePod p0", "1m0s AssumePod p1", "1m0.004s BindPod p0", "1m0.004s BindPod p1"}},
		{"in vain", 1, together{2, 30 * time.Second}, 0,
			[]string{"0s AssumePod p0", "30s ForgetPod p0", "30s FailScheduling p0: " + timeout}},
		{"not at all", 1, together{1, time.Minute}, 0, []string{"0s BindPod p0"}},
	} {
		got := permitted(t, c.pods, &c.plugin, c.binding)
		if len(got) > len(c.want) { // it is tried again after five minutes
			got = got[:len(c.want)]
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant:\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}
