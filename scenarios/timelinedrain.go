package scenarios

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
)

// EvictSpec evicts a pod.
type EvictSpec struct {
	ObjectTarget `yaml:",inline"`
	Grace        *time.Duration `yaml:"grace" help:"time that the pod has to stop (default: its own)"`
}

// DrainSpec drains a node.
type DrainSpec struct {
	Node               string         `yaml:"node" required:"true" help:"name of the node"`
	Then               []string       `yaml:"then" help:"nodes that are cordoned with it and drained after it, one after the other"`
	IgnoreDaemonSets   bool           `yaml:"ignoreDaemonSets" help:"pods of DaemonSets stay; else they keep the drain from beginning"`
	DeleteEmptyDirData bool           `yaml:"deleteEmptyDirData" help:"pods with emptyDir volumes go, too; else they keep the drain from beginning"`
	Force              bool           `yaml:"force" help:"pods without a controller go, too; else they keep the drain from beginning"`
	DisableEviction    bool           `yaml:"disableEviction" help:"pods are deleted rather than evicted: budgets do not count"`
	Grace              *time.Duration `yaml:"grace" help:"time that pods have to stop (default: their own)"`
	Timeout            time.Duration  `yaml:"timeout" min:"0" help:"when the drain gives up; 0 is never"`
	PodSelector        string         `yaml:"podSelector" help:"the pods that it is about, by their labels: app=web,tier!=db, or tier in (web, api) (default: all)"`
	SkipDeleted        int            `yaml:"skipWaitForDeleteTimeout" min:"0" help:"pods that should have been gone for more than so many seconds are not waited for; 0 waits for all"`
}

// evict compiles a step that evicts a pod.
func (u *user) evict(s *userStep, spec *EvictSpec) {
	_, name, ok := u.find(s, &spec.ObjectTarget, "Pod")
	if !ok {
		return
	}
	step := u.newStep(s, sim.StepEvict, name)
	if spec.Grace != nil {
		step.Grace = *spec.Grace
	}
	u.emit(step)
}

// drain compiles a step that drains a node.
func (u *user) drain(s *userStep, spec *DrainSpec) {
	id, ok := u.nodes[u.dict.Sym(spec.Node)]
	if !ok {
		u.blameNode(s, "node", spec.Node)
		return
	}
	var others []models.NodeID
	for i, name := range spec.Then {
		other, known := u.nodes[u.dict.Sym(name)]
		if !known && u.isLenient() {
			continue
		}
		if !known {
			u.blameNode(s, yamlnode.IndexPath("then", i), name)
			return
		}
		others = append(others, other)
	}
	selector, err := manifest.ParseSelector(spec.PodSelector, u.dict)
	if err != nil {
		u.blameStep(s, "podSelector", "got %s; want a selector such as app=web,tier in (api,db): %v", quote(spec.PodSelector), err)
		return
	}
	step := sim.Step{
		At: s.at, Kind: sim.StepDrain, Text: s.text, Node: id, Others: others, Replicas: models.Unset, Grace: -1,
		Drain: sim.DrainOptions{
			IgnoreDaemonSets: spec.IgnoreDaemonSets, DeleteEmptyDir: spec.DeleteEmptyDirData, Force: spec.Force,
			DisableEviction: spec.DisableEviction, Timeout: spec.Timeout, Pods: selector, SkipDeleted: spec.SkipDeleted,
		},
	}
	if spec.Grace != nil {
		step.Grace = *spec.Grace
	}
	u.emit(step)
}

func parseEvict(c *command) ([]*StepSpec, error) {
	grace, err := c.grace()
	if err != nil {
		return nil, err
	}
	return c.eachTarget(func(t ObjectTarget) *StepSpec { return &StepSpec{Evict: &EvictSpec{t, grace}} })
}

// grace reads --grace-period, which is that of the pods if it is negative or absent.
func (c *command) grace() (*time.Duration, error) {
	if _, given := c.flags["grace-period"]; !given {
		return nil, nil
	}
	seconds, err := c.number("grace-period", -1, math.MaxInt32)
	if err != nil || seconds < 0 {
		return nil, err
	}
	grace := time.Duration(seconds) * time.Second
	return &grace, nil
}

func parseDrain(c *command) ([]*StepSpec, error) {
	if len(c.args) == 0 {
		return nil, errors.New("which node?")
	}
	grace, err := c.grace()
	if err != nil {
		return nil, err
	}
	on := func(flag string) bool { return c.flags[flag] == "true" }
	spec := DrainSpec{
		IgnoreDaemonSets: on("ignore-daemonsets"), DeleteEmptyDirData: on("delete-emptydir-data"), Force: on("force"),
		DisableEviction: on("disable-eviction"), Grace: grace, PodSelector: c.flags["pod-selector"],
	}
	if text := c.flags["timeout"]; text != "" && text != "0" {
		if spec.Timeout, err = time.ParseDuration(text); err != nil || spec.Timeout < 0 {
			return nil, fmt.Errorf("--timeout: got %s; want a time such as 60s", quote(text))
		}
	}
	if _, given := c.flags["skip-wait-for-delete-timeout"]; given {
		seconds, err := c.number("skip-wait-for-delete-timeout", 0, math.MaxInt32)
		if err != nil {
			return nil, err
		}
		spec.SkipDeleted = int(seconds)
	}
	for i, node := range c.args {
		if name := strings.TrimPrefix(node, "node/"); i == 0 {
			spec.Node = name
		} else {
			spec.Then = append(spec.Then, name)
		}
	}
	return []*StepSpec{{Drain: &spec}}, nil
}

// words writes a drain as kubectl is told.
func (d *DrainSpec) words() string {
	text := strings.Join(append([]string{"drain", d.Node}, d.Then...), " ")
	for _, flag := range []struct {
		on   bool
		name string
	}{
		{d.IgnoreDaemonSets, "ignore-daemonsets"}, {d.DeleteEmptyDirData, "delete-emptydir-data"}, {d.Force, "force"}, {d.DisableEviction, "disable-eviction"},
		{d.Grace != nil, "grace-period"}, {d.Timeout > 0, "timeout=" + d.Timeout.String()}, {d.PodSelector != "", "pod-selector=" + d.PodSelector},
		{d.SkipDeleted > 0, fmt.Sprintf("skip-wait-for-delete-timeout=%d", d.SkipDeleted)},
	} {
		if flag.on {
			if flag.name == "grace-period" {
				flag.name += fmt.Sprintf("=%d", int(d.Grace.Seconds()))
			}
			text += " --" + flag.name
		}
	}
	return text
}
