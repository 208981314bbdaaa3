package kubescheduler

import (
	"bytes"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
)

// podSim is podsim's side: a cluster and the engine of the default profile, in
// which every plugin is a probe.
type podSim struct {
	dictionary *models.Dictionary
	cluster    *cluster.Cluster
	engine     scheduler.Engine
	probes     []*probe
	nodes      map[string]models.NodeID
	pods       map[string]models.PodID // those that are placed
	created    models.PodID
}

// newPodSim returns the scheduler of an empty cluster.
func newPodSim(d *models.Dictionary, percentage int32) (*podSim, error) {
	p := &podSim{dictionary: d, cluster: cluster.New(d, nil),
		nodes: make(map[string]models.NodeID), pods: make(map[string]models.PodID)}
	table := plugins.Table()
	config := scheduler.DefaultConfig(table)
	config.Profiles[0].PercentageOfNodesToScore = int(percentage)
	config.Engine = func(c engine.Config, nodes *engine.Nodes) scheduler.Engine {
		c.Plugins = slices.Clone(c.Plugins)
		for i := range c.Plugins {
			probe := &probe{Plugin: c.Plugins[i].Plugin, weight: c.Plugins[i].Weight, decision: newDecision(), first: i == 0}
			p.probes = append(p.probes, probe)
			c.Plugins[i].Plugin = probe
		}
		p.engine = engine.NewScan(c, nodes)
		return p.engine
	}
	_, err := scheduler.New(config, table, d)
	return p, err
}

// knownPlugins are the names of the plugins of podsim's default profile.
func knownPlugins() []string {
	var names []string
	for _, plugin := range scheduler.DefaultProfile(plugins.Table()).Plugins {
		names = append(names, plugin.Name)
	}
	return names
}

// compiled is the object of a step as podsim reads it.
type compiled struct {
	node *models.NodeSpec
	pod  *models.PodSpec
}

// compile reads the objects of a world, that of step i into element i.
func compile(d *models.Dictionary, w *World) ([]compiled, error) {
	set := manifest.NewSet(d)
	var problems []error
	for i, step := range w.Steps {
		if len(step.Object) == 0 {
			continue
		}
		documents, err := yamlnode.Parse(fmt.Sprintf("step-%d", i), bytes.NewReader(step.Object))
		if err != nil {
			problems = append(problems, err)
		}
		for _, document := range documents {
			problems = append(problems, set.Add(document.Root).Err())
		}
	}
	objects, wrong := set.Compile()
	if err := errors.Join(append(problems, wrong.Err())...); err != nil {
		return nil, err
	}
	out := make([]compiled, len(w.Steps))
	node, pod := 0, 0
	for i, step := range w.Steps {
		switch step.Kind {
		case JoinNode:
			out[i].node = objects.Nodes[node].Spec
			node++
		case ArriveBound, SchedulePod:
			out[i].pod = objects.Pods[pod].Spec
			pod++
		}
	}
	return out, nil
}

func (p *podSim) apply(op models.Op) error { return p.cluster.Apply(p.cluster.Now(), &op) }

func (p *podSim) addNode(spec *models.NodeSpec) error {
	id := models.NodeID(p.cluster.View().Nodes())
	p.nodes[p.dictionary.String(spec.Name)] = id
	return p.apply(models.Op{Kind: models.OpAddNode, Node: id, Def: int32(p.cluster.DefineNode(spec))})
}

// create makes the pod object and returns its id.
func (p *podSim) create(name string, spec *models.PodSpec) (models.PodID, error) {
	id := p.created
	p.created++
	return id, p.apply(models.Op{Kind: models.OpCreatePod, Pod: id, Owner: models.None,
		Def: int32(p.cluster.DefinePod(spec)), Name: p.dictionary.Sym(name), Ordinal: models.Exact})
}

func (p *podSim) bind(name string, id models.PodID, node string) error {
	at, ok := p.nodes[node]
	if !ok {
		return fmt.Errorf("pod %s: no node is called %s", name, node)
	}
	p.pods[name] = id
	return p.apply(models.Op{Kind: models.OpBindPod, Pod: id, Node: at})
}

func (p *podSim) remove(name string) error {
	id, ok := p.pods[name]
	if !ok {
		return nil
	}
	delete(p.pods, name)
	if err := p.apply(models.Op{Kind: models.OpDeletePod, Pod: id}); err != nil {
		return err
	}
	return p.apply(models.Op{Kind: models.OpRemovePod, Pod: id})
}

// decide schedules a pod and changes nothing but where the next search begins.
func (p *podSim) decide(id models.PodID) *Decision {
	view := p.cluster.View()
	d := newDecision()
	for _, probe := range p.probes {
		probe.decision = d
		gate, ok := probe.Plugin.(framework.PreEnqueue)
		if !ok {
			continue
		}
		if status := gate.PreEnqueue(view, view.Pod(id)); status.Rejected() {
			d.Gates = status.Reasons[0]
			return d
		}
	}
	result, diagnosis := p.engine.Schedule(view, id)
	d.Evaluated = result.Evaluated
	if diagnosis != nil {
		d.Message = diagnosis.Message()
		for set := diagnosis.Rejectors; set != 0; set &= set - 1 {
			d.Rejectors = append(d.Rejectors, p.probes[bits.TrailingZeros64(set)].Name())
		}
		slices.Sort(d.Rejectors)
		return d
	}
	d.Node = view.Node(result.Node).Name()
	if result.Feasible == 1 {
		d.Feasible = []string{d.Node}
	}
	if d.Restricted {
		slices.Sort(d.Feasible)
	}
	return d
}
