package kubescheduler

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim"
)

// podSim is podsim's side: a cluster and two schedulers with the default profile,
// which decide plainly and incrementally.
type podSim struct {
	dictionary  *models.Dictionary
	cluster     *cluster.Cluster
	plain       *scheduler.Scheduler
	incremental *scheduler.Scheduler
	objects     *objects
	nodes       map[string]models.NodeID
	owners      []models.OwnerID
	pods        map[string]models.PodID // those that are placed or wait
	created     models.PodID
	specs       map[*models.PodSpec]models.SpecID // defined so far
}

// plainly and incrementally make engines.
func plainly(c engine.Config, nodes *engine.Nodes) scheduler.Engine { return engine.NewScan(c, nodes) }

func incrementally(c engine.Config, nodes *engine.Nodes) scheduler.Engine {
	return engine.NewIncremental(c, nodes)
}

// newPodSim returns a cluster without nodes and pods, and its schedulers.
func newPodSim(w *World, o *objects) (*podSim, error) {
	p := &podSim{dictionary: o.dictionary, cluster: cluster.New(o.dictionary, nil), objects: o,
		nodes: make(map[string]models.NodeID), pods: make(map[string]models.PodID),
		specs: make(map[*models.PodSpec]models.SpecID)}
	for made, kind := range map[**scheduler.Scheduler]func(engine.Config, *engine.Nodes) scheduler.Engine{
		&p.plain: plainly, &p.incremental: incrementally,
	} {
		config := withoutRoom(scheduler.DefaultConfig(plugins.Table()))
		config.Profiles[0].PercentageOfNodesToScore = int(w.Percentage)
		config.Engine = kind
		s, err := scheduler.New(config, plugins.Table(), o.dictionary)
		if err != nil {
			return nil, err
		}
		*made = s
	}
	sim.Define(p.cluster, o.set.Definitions())
	for i := range o.compiled.Owners {
		if err := p.own(&o.compiled.Owners[i]); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// withoutRoom leaves out the plugins that make room for pods.
func withoutRoom(config scheduler.Config) scheduler.Config {
	for i := range config.Profiles {
		for j := range config.Profiles[i].Plugins {
			config.Profiles[i].Plugins[j].Off |= framework.PointSet(framework.AtPostFilter)
		}
	}
	return config
}

// knownPlugins are the names of the plugins of podsim's default profile.
func knownPlugins() []string {
	var names []string
	for _, plugin := range scheduler.DefaultProfile(plugins.Table()).Plugins {
		names = append(names, plugin.Name)
	}
	return names
}

// objects are those of a world as podsim reads them.
type objects struct {
	dictionary *models.Dictionary
	set        *manifest.Set
	compiled   *manifest.Objects
	nodes      []*models.NodeSpec // by step
	pods       []*manifest.Pod    // by step
}

// compile reads the objects of a world.
func compile(w *World) (*objects, error) {
	d := models.NewDictionary()
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
	compiled, wrong := set.Compile()
	if err := errors.Join(append(problems, wrong.Err())...); err != nil {
		return nil, err
	}
	out := &objects{d, set, compiled, make([]*models.NodeSpec, len(w.Steps)), make([]*manifest.Pod, len(w.Steps))}
	node, pod := 0, 0
	for i, step := range w.Steps {
		switch step.Kind {
		case JoinNode:
			out.nodes[i] = compiled.Nodes[node].Spec
			node++
		case ArriveBound, ArriveWaits, SchedulePod:
			out.pods[i] = &compiled.Pods[pod]
			pod++
		}
	}
	return out, nil
}

func (p *podSim) apply(ops ...models.Op) error {
	for i := range ops {
		if err := p.cluster.Apply(p.cluster.Now(), &ops[i]); err != nil {
			return err
		}
	}
	return nil
}

// own makes an owner of pods known, for its selector.
func (p *podSim) own(o *manifest.Owner) error {
	id := models.OwnerID(p.cluster.View().Owners())
	p.owners = append(p.owners, id)
	spec := *o.Spec
	spec.Template = p.cluster.DefinePod(o.Pod)
	return p.apply(models.Op{Kind: models.OpCreateOwner, Owner: id, Parent: models.None,
		Def: int32(p.cluster.DefineOwner(&spec)), Name: p.dictionary.Sym(o.Name), Ordinal: models.Exact})
}

func (p *podSim) addNode(spec *models.NodeSpec) error {
	id := models.NodeID(p.cluster.View().Nodes())
	p.nodes[p.dictionary.String(spec.Name)] = id
	return p.apply(models.Op{Kind: models.OpAddNode, Node: id, Def: int32(p.cluster.DefineNode(spec))})
}

func (p *podSim) changeNode(name string, change Change) error {
	id, ok := p.nodes[name]
	if !ok {
		return nil
	}
	return p.apply(change.ops(p.dictionary, p.cluster.View().Node(id))...)
}

// create makes the pod object and returns its id.
func (p *podSim) create(pod *manifest.Pod) (models.PodID, error) {
	id, owner := p.created, models.OwnerID(models.None)
	p.created++
	if pod.Owner >= 0 {
		owner = p.owners[pod.Owner]
	}
	spec, known := p.specs[pod.Spec]
	if !known {
		spec = p.cluster.DefinePod(pod.Spec)
		p.specs[pod.Spec] = spec
	}
	return id, p.apply(models.Op{Kind: models.OpCreatePod, Pod: id, Owner: owner,
		Def: int32(spec), Name: p.dictionary.Sym(pod.Name), Ordinal: models.Exact})
}

// arrive lets a pod arrive on a node, or wait.
func (p *podSim) arrive(name string, pod *manifest.Pod) error {
	id, err := p.create(pod)
	if err != nil {
		return err
	}
	p.pods[name] = id
	if pod.Node != "" {
		at, ok := p.nodes[pod.Node]
		if !ok {
			return fmt.Errorf("pod %s: no node is called %s", name, pod.Node)
		}
		return p.apply(models.Op{Kind: models.OpBindPod, Pod: id, Node: at})
	}
	if pod.Status == nil {
		return nil
	}
	if at, ok := p.nodes[pod.Status.Nominated]; ok {
		return p.apply(models.Op{Kind: models.OpNominatePod, Pod: id, Node: at})
	}
	return nil
}

func (p *podSim) terminate(name string) error {
	id, ok := p.pods[name]
	if !ok || p.cluster.View().Pod(id).Deleting() {
		return nil
	}
	return p.apply(models.Op{Kind: models.OpDeletePod, Pod: id})
}

func (p *podSim) remove(name string) error {
	id, ok := p.pods[name]
	if !ok {
		return nil
	}
	if err := p.terminate(name); err != nil {
		return err
	}
	delete(p.pods, name)
	return p.apply(models.Op{Kind: models.OpRemovePod, Pod: id})
}

// decide lets a scheduler decide about a pod. It changes nothing but where its
// next search begins.
func (p *podSim) decide(s *scheduler.Scheduler, id models.PodID) (*Decision, scheduler.Attempt) {
	view := p.cluster.View()
	d := newDecision()
	a := s.Try(view, id)
	d.Skipped, d.Evaluated, d.Message = a.Skipped, a.Evaluated, a.Message
	if a.Skipped != "" {
		return d, a
	}
	if a.Verdict != scheduler.Claimed {
		d.Rejectors = s.Plugins(nil, view.Pod(id).Spec().SchedulerName, a.Rejectors)
		slices.Sort(d.Rejectors)
		return d, a
	}
	d.Node = view.Node(a.Claim.Node).Name()
	if a.Claim.Feasible == 1 {
		d.Feasible = []string{d.Node}
	}
	return d, a
}

// detail fills in what the plain engine recalls of its last decision.
func (p *podSim) detail(d *Decision, a *scheduler.Attempt) {
	view := p.cluster.View()
	spec := view.Pod(a.Pod).Spec()
	scan, ok := a.Engine.(*engine.Scan)
	if !ok || d.Skipped != "" {
		return
	}
	for _, r := range scan.Diagnosis().Rejected {
		d.Rejected[view.Node(r.Node).Name()] = Rejection{
			Plugin:       p.plain.Plugins(nil, spec.SchedulerName, 1<<r.Plugin)[0],
			Unresolvable: r.Status.Code == framework.UnschedulableAndUnresolvable,
			Reasons:      slices.Sorted(slices.Values(r.Status.Reasons)),
		}
	}
	if a.Verdict != scheduler.Claimed {
		return
	}
	ratings := scan.Ratings()
	for i, id := range ratings.Nodes {
		name := view.Node(id).Name()
		d.Feasible = append(d.Feasible, name)
		d.Totals[name] = ratings.Totals[i]
		for _, plugin := range ratings.Plugins {
			d.score(plugin.Name, name, plugin.Normalized[i]*plugin.Weight)
		}
	}
}

// bind carries a claim out.
func (p *podSim) bind(name string, a *scheduler.Attempt) error {
	if err := scheduler.NewCommitter(p.cluster).Commit(p.cluster.Now(), &a.Claim); err != nil {
		return err
	}
	p.pods[name] = a.Pod
	return nil
}
