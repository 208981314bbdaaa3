package scheduler

import (
	"errors"
	"fmt"
	"slices"
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
	// Order changes that at single extension points: these plugins are asked first
	// there.
	Order Order
	// PercentageOfNodesToScore is after which share of feasible nodes the search
	// stops, 0 to 100; 0 adapts to the size of the cluster.
	PercentageOfNodesToScore int
	// Ties says which of several best nodes is taken.
	Ties engine.Ties
	// Candidates says on which of several equally good nodes preemption makes room.
	Candidates engine.CandidateTies
}

// Plugin enables one plugin of the table.
type Plugin struct {
	Name string
	// Weight multiplies the plugin's scores; 0 is the weight in the table, or 1
	// if it has none there.
	Weight int64
	// Args are the plugin's arguments, as its entry takes them; nil for defaults.
	Args any
	// Off are the extension points at which the plugin is not asked.
	Off framework.Points
}

// Order holds names of plugins by extension point.
type Order [framework.PointCount][]string

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
	// reserves and permits are asked in order once a node is chosen.
	reserves []reservation
	permits  []permission
	queue    queue.Profile
	names    []string // of its plugins
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
		weighted = append(weighted, engine.Weighted{Plugin: plugin, Weight: weight, Off: want.Off})
		all = append(all, plugin)
		out.names = append(out.names, want.Name)
	}
	asked := engine.Config{Plugins: weighted, Percentage: p.PercentageOfNodesToScore,
		Ties: p.Ties, Candidates: p.Candidates, Draw: config.Draw}
	if len(problems) == 0 {
		asked.Order, problems = p.order()
	}
	if len(problems) == 0 {
		problems = out.list(&asked)
	}
	if len(problems) > 0 {
		return profile{}, errors.Join(problems...)
	}
	out.queue = queue.NewProfile(all)
	for i := range out.queue.PreEnqueue {
		if weighted[i].Off.Has(framework.AtPreEnqueue) {
			out.queue.PreEnqueue[i] = nil
		}
	}
	out.engine = config.engine(asked, nodes)
	return out, nil
}

// order finds the positions of the plugins that are asked first at some points.
func (p *Profile) order() (out engine.Order, problems []error) {
	for point := range framework.PointCount {
		for _, name := range p.Order[point] {
			i := slices.IndexFunc(p.Plugins, func(plugin Plugin) bool { return plugin.Name == name })
			if i < 0 {
				problems = append(problems, fmt.Errorf("plugin %s: it is to be asked at %s, but is not enabled", name, point))
				continue
			}
			out[point] = append(out[point], int32(i))
		}
	}
	return out, problems
}

// list notes which plugins are asked outside of the engine.
func (p *profile) list(asked *engine.Config) (problems []error) {
	for _, i := range asked.At(framework.AtQueueSort) {
		sort := asked.Plugins[i].Plugin.(framework.QueueSort)
		if p.sort != nil {
			problems = append(problems, fmt.Errorf("plugin %s: the queue is sorted by %s already", sort.Name(), p.sort.Name()))
		}
		p.sort = sort
	}
	if p.sort == nil {
		problems = append(problems, errors.New("no plugin sorts the queue (PrioritySort does)"))
	}
	for _, i := range asked.At(framework.AtReserve) {
		p.reserves = append(p.reserves, reservation{int(i), asked.Plugins[i].Plugin.(framework.Reserve)})
	}
	for _, i := range asked.At(framework.AtPermit) {
		p.permits = append(p.permits, permission{int(i), asked.Plugins[i].Plugin.(framework.Permit)})
	}
	if bind := asked.At(framework.AtBind); len(bind) > 0 {
		p.bind = asked.Plugins[bind[0]].Plugin.(framework.Bind)
	} else {
		problems = append(problems, errors.New("no plugin binds pods (DefaultBinder does)"))
	}
	return problems
}

func check(p *Profile, config *Config) error {
	var problems []error
	if p.SchedulerName == "" {
		problems = append(problems, errors.New("the scheduler name is empty"))
	}
	if n := p.PercentageOfNodesToScore; n < 0 || n > 100 {
		problems = append(problems, fmt.Errorf("percentageOfNodesToScore: out of range (got %d; want 0 to 100)", n))
	}
	if p.Ties > engine.TiesByName {
		problems = append(problems, fmt.Errorf("ties: unknown (got %d; want heap, first, random or name)", p.Ties))
	}
	if p.Candidates > engine.CandidatesRandom {
		problems = append(problems, fmt.Errorf("candidates: unknown (got %d; want first, name or random)", p.Candidates))
	}
	if (p.Ties == engine.TiesRandom || p.Candidates == engine.CandidatesRandom) && config.Draw == nil {
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
