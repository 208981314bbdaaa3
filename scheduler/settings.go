package scheduler

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
)

// Settings are a Config in words: what a run tells of its scheduler, so that others
// can ask again what it decided. Engines and draws are left out.
type Settings struct {
	Profiles       []ProfileSettings `json:"profiles"`
	InitialBackoff time.Duration     `json:"initialBackoffNanoseconds"`
	MaxBackoff     time.Duration     `json:"maxBackoffNanoseconds"`
}

// ProfileSettings are a Profile.
type ProfileSettings struct {
	SchedulerName string           `json:"schedulerName"`
	Plugins       []PluginSettings `json:"plugins"`
	// Order has names of plugins by extension point, in the order of the points.
	Order      [][]string           `json:"order,omitempty"`
	Percentage int                  `json:"percentageOfNodesToScore,omitempty"`
	Ties       engine.Ties          `json:"ties,omitempty"`
	Candidates engine.CandidateTies `json:"candidates,omitempty"`
}

// PluginSettings are a Plugin with its arguments as JSON.
type PluginSettings struct {
	Name   string           `json:"name"`
	Weight int64            `json:"weight,omitempty"`
	Off    framework.Points `json:"off,omitempty"`
	Args   json.RawMessage  `json:"args,omitempty"`
}

// Settings returns the configuration in words. Arguments that JSON cannot hold are
// an error.
func (c *Config) Settings() (Settings, error) {
	s := Settings{InitialBackoff: c.Queue.InitialBackoff, MaxBackoff: c.Queue.MaxBackoff}
	for i := range c.Profiles {
		p := &c.Profiles[i]
		told := ProfileSettings{SchedulerName: p.SchedulerName, Percentage: p.PercentageOfNodesToScore, Ties: p.Ties, Candidates: p.Candidates}
		for j := range p.Plugins {
			plugin := &p.Plugins[j]
			one := PluginSettings{Name: plugin.Name, Weight: plugin.Weight, Off: plugin.Off}
			if plugin.Args != nil {
				args, err := json.Marshal(plugin.Args)
				if err != nil {
					return Settings{}, fmt.Errorf("arguments of plugin %s: %w", plugin.Name, err)
				}
				one.Args = args
			}
			told.Plugins = append(told.Plugins, one)
		}
		if slices.ContainsFunc(p.Order[:], func(names []string) bool { return len(names) > 0 }) {
			told.Order = p.Order[:]
		}
		s.Profiles = append(s.Profiles, told)
	}
	return s, nil
}

// Config returns the configuration that is meant, with plugins of table. The error
// names a plugin that is not in it, or arguments that it does not take.
func (s *Settings) Config(table []plugins.Entry) (Config, error) {
	c := DefaultConfig(table)
	if len(s.Profiles) == 0 {
		return c, nil
	}
	c.Queue.InitialBackoff, c.Queue.MaxBackoff = s.InitialBackoff, s.MaxBackoff
	c.Profiles = c.Profiles[:0]
	for i := range s.Profiles {
		told := &s.Profiles[i]
		p := Profile{SchedulerName: told.SchedulerName, PercentageOfNodesToScore: told.Percentage, Ties: told.Ties, Candidates: told.Candidates}
		if len(told.Order) > len(p.Order) {
			return Config{}, fmt.Errorf("profile %s: order at %d extension points; there are %d", told.SchedulerName, len(told.Order), len(p.Order))
		}
		copy(p.Order[:], told.Order)
		for j := range told.Plugins {
			plugin, err := told.Plugins[j].plugin(table)
			if err != nil {
				return Config{}, err
			}
			p.Plugins = append(p.Plugins, plugin)
		}
		c.Profiles = append(c.Profiles, p)
	}
	return c, nil
}

func (s *PluginSettings) plugin(table []plugins.Entry) (Plugin, error) {
	p := Plugin{Name: s.Name, Weight: s.Weight, Off: s.Off}
	i := slices.IndexFunc(table, func(e plugins.Entry) bool { return e.Name == s.Name })
	switch {
	case i < 0:
		return p, fmt.Errorf("plugin %s is not one of this podsim", s.Name)
	case len(s.Args) == 0:
		return p, nil
	case table[i].Args == nil:
		return p, fmt.Errorf("plugin %s takes no arguments", s.Name)
	}
	p.Args = reflect.New(reflect.TypeOf(table[i].Args).Elem()).Interface()
	if err := json.Unmarshal(s.Args, p.Args); err != nil {
		return p, fmt.Errorf("arguments of plugin %s: %w", s.Name, err)
	}
	return p, nil
}

// WithoutPreemption returns the configuration with nobody at PostFilter, so that
// nobody is preempted.
func (c Config) WithoutPreemption() Config {
	c.Profiles = slices.Clone(c.Profiles)
	for i := range c.Profiles {
		p := &c.Profiles[i]
		p.Plugins = slices.Clone(p.Plugins)
		for j := range p.Plugins {
			p.Plugins[j].Off |= framework.PointSet(framework.AtPostFilter)
		}
	}
	return c
}
