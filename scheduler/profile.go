package scheduler

import (
	"errors"
	"fmt"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/scheduler/queue"
)

// Profile is a way of scheduling that pods ask for by name.
// Source: k8s.io/kube-scheduler/config/v1 (KubeSchedulerProfile).
type Profile struct {
	// SchedulerName is what pods have in spec.schedulerName.
	SchedulerName string
	// Plugins are the enabled plugins in the order in which they are asked.
	Plugins []Plugin
	// PercentageOfNodesToScore is after which share of feasible nodes the search
	// stops, 0 to 100; 0 adapts to the size of the cluster.
	PercentageOfNodesToScore int
	// Ties says which of several best nodes is taken.
	Ties engine.Ties
}

// Plugin enables one plugin of the table.
type Plugin struct {
	Name string
	// Weight multiplies the plugin's scores; 0 is the weight in the table, or 1
	// if it has none there.
	Weight int64
	// Args are the plugin's arguments, as its entry takes them; nil for defaults.
	Args any
	// NoFilter and NoScore disable the plugin at the extension points PreFilter
	// and Filter, and PreScore and Score.
	NoFilter, NoScore bool
}

// maxWeight keeps the sum of all weighted scores far from overflow.
const maxWeight = 1 << 40

// DefaultProfile returns the profile of default-scheduler: every plugin that the
// table marks as default, in its order.
func DefaultProfile(table []plugins.Entry) Profile {
	p := Profile{SchedulerName: models.DefaultScheduler}
	for i := range table {
		if table[i].Default {
			p.Plugins = append(p.Plugins, Plugin{Name: table[i].Name})
		}
	}
	return p
}

// profile is a Profile made ready for use.
type profile struct {
	name   models.Sym
	engine Engine
	sort   framework.QueueSort
	bind   framework.Bind
	queue  queue.Profile
	names  []string // of its plugins
}

// build makes the plugins of a profile. The error tells all problems at once.
func build(p *Profile, config *Config, table []plugins.Entry, d *models.Dictionary, nodes *engine.Nodes) (profile, error) {
	if err := check(p, config); err != nil {
		return profile{}, err
	}
	out := profile{name: d.Sym(p.SchedulerName)}
	var problems []error
	var weighted []engine.Weighted
	var all []framework.Plugin
	for i := range p.Plugins {
		want := &p.Plugins[i]
		plugin, weight, err := construct(want, table, d)
		if err != nil {
			problems = append(problems, fmt.Errorf("plugin %s: %w", want.Name, err))
			continue
		}
		if sort, ok := plugin.(framework.QueueSort); ok {
			if out.sort != nil {
				problems = append(problems, fmt.Errorf("plugin %s: the queue is sorted by %s already", want.Name, out.sort.Name()))
			}
			out.sort = sort
		}
		if bind, ok := plugin.(framework.Bind); ok && out.bind == nil {
			out.bind = bind
		}
		weighted = append(weighted, engine.Weighted{Plugin: plugin, Weight: weight, NoFilter: want.NoFilter, NoScore: want.NoScore})
		all = append(all, plugin)
		out.names = append(out.names, want.Name)
	}
	if len(problems) == 0 && out.sort == nil {
		problems = append(problems, errors.New("no plugin sorts the queue (PrioritySort does)"))
	}
	if len(problems) == 0 && out.bind == nil {
		problems = append(problems, errors.New("no plugin binds pods (DefaultBinder does)"))
	}
	if len(problems) > 0 {
		return profile{}, errors.Join(problems...)
	}
	out.queue = queue.NewProfile(all)
	out.engine = config.engine(engine.Config{Plugins: weighted, Percentage: p.PercentageOfNodesToScore,
		Ties: p.Ties, Draw: config.Draw}, nodes)
	return out, nil
}

func check(p *Profile, config *Config) error {
	var problems []error
	if p.SchedulerName == "" {
		problems = append(problems, errors.New("the scheduler name is empty"))
	}
	if n := p.PercentageOfNodesToScore; n < 0 || n > 100 {
		problems = append(problems, fmt.Errorf("percentageOfNodesToScore: out of range (got %d; want 0 to 100)", n))
	}
	if p.Ties > engine.TiesRandom {
		problems = append(problems, fmt.Errorf("ties: unknown (got %d; want heap, first or random)", p.Ties))
	}
	if p.Ties == engine.TiesRandom && config.Draw == nil {
		problems = append(problems, errors.New("ties: random needs a source of random numbers"))
	}
	if len(p.Plugins) > engine.MaxPlugins {
		problems = append(problems, fmt.Errorf("too many plugins (got %d; want %d at most)", len(p.Plugins), engine.MaxPlugins))
	}
	seen := make(map[string]bool)
	for _, plugin := range p.Plugins {
		if seen[plugin.Name] {
			problems = append(problems, fmt.Errorf("plugin %s is enabled twice", plugin.Name))
		}
		seen[plugin.Name] = true
		if plugin.Weight < 0 || plugin.Weight > maxWeight {
			problems = append(problems, fmt.Errorf("plugin %s: weight out of range (got %d; want 0 to %d)",
				plugin.Name, plugin.Weight, int64(maxWeight)))
		}
	}
	return errors.Join(problems...)
}

func construct(want *Plugin, table []plugins.Entry, d *models.Dictionary) (framework.Plugin, int64, error) {
	for i := range table {
		entry := &table[i]
		if entry.Name != want.Name {
			continue
		}
		plugin, err := entry.New(want.Args, d)
		if err != nil {
			return nil, 0, err
		}
		weight := want.Weight
		if weight == 0 {
			weight = max(int64(entry.Weight), 1)
		}
		return plugin, weight, nil
	}
	known := make([]string, len(table))
	for i := range table {
		known[i] = table[i].Name
	}
	return nil, 0, fmt.Errorf("unknown (known: %s)", strings.Join(known, ", "))
}
