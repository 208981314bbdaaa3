package prometheus

import (
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// podsim's own metrics: what is told of the whole run is complete, whatever the limit on
// series leaves out.
var (
	runInfo = &Family{Component: Podsim, Name: "podsim_info", Help: "The run.", Labels: []string{"scenario", "seed"}}
	virtual = &Family{Component: Podsim, Name: "podsim_virtual_seconds", Help: "Virtual time since the run began."}
	// RunEnded, RunSpeed and Events are filled in by those who serve a run while it goes on.
	RunEnded = &Family{Component: Podsim, Name: "podsim_run_ended", Live: true, Help: "Whether the run is over and nothing moves any more."}
	RunSpeed = &Family{Component: Podsim, Name: "podsim_speed_ratio", Live: true, Help: "Virtual seconds for each real one, since the scrape before."}
	Events   = &Family{Component: Podsim, Name: "podsim_events_total", Type: Counter, Live: true, Help: "Events of the simulation."}

	operations = &Family{Component: Podsim, Name: "podsim_operations_total", Type: Counter, Help: "Changes of the cluster by their kind.", Labels: []string{"operation"}}
	evictions  = &Family{Component: Podsim, Name: "podsim_evictions_total", Type: Counter, Help: "Pods that a component chose to leave, by its rule or strategy.",
		Labels: []string{"component", "reason"}}
	crashes = &Family{Component: Podsim, Name: "podsim_node_crashes_total", Type: Counter, Help: "Nodes that went down, by the fault that took them.",
		Labels: []string{"fault"}}
	faults       = &Family{Component: Podsim, Name: "podsim_faults_total", Type: Counter, Help: "Faults that began, but for those that take nodes down.", Labels: []string{"action"}}
	faultsActive = &Family{Component: Podsim, Name: "podsim_faults_active", Help: "Faults that are not over, but for those that take nodes down.", Labels: []string{"action"}}

	nodes         = &Family{Component: Podsim, Name: "podsim_nodes", Help: "Nodes.", Labels: []string{"zone"}}
	nodesReady    = &Family{Component: Podsim, Name: "podsim_nodes_ready", Help: "Nodes whose condition Ready is True.", Labels: []string{"zone"}}
	nodesCordoned = &Family{Component: Podsim, Name: "podsim_nodes_cordoned", Help: "Nodes that are cordoned.", Labels: []string{"zone"}}
	nodesDown     = &Family{Component: Podsim, Name: "podsim_nodes_down", Help: "Nodes that are down in truth, which others learn late.", Labels: []string{"zone"}}
	allocatable   = &Family{Component: Podsim, Name: "podsim_allocatable", Help: "What pods may take of the Ready nodes.", Labels: []string{"zone", "resource", "unit"}}
	requested     = &Family{Component: Podsim, Name: "podsim_requested", Help: "What the pods on the Ready nodes request.", Labels: []string{"zone", "resource", "unit"}}
	utilisation   = &Family{Component: Podsim, Name: "podsim_utilisation_ratio", Help: "Requested / allocatable of the Ready nodes.", Labels: []string{"zone", "resource"}}

	podsByPhase = &Family{Component: Podsim, Name: "podsim_pods", Help: "Pods by their phase, all of them.", Labels: []string{"namespace", "phase"}}
	podsUnbound = &Family{Component: Podsim, Name: "podsim_pods_without_node", Help: "Pods that have no node and have not ended.", Labels: []string{"namespace"}}
	objectsOf   = &Family{Component: Podsim, Name: "podsim_objects", Help: "Objects of which metrics tell one by one, as far as there is room.", Labels: []string{"kind"}}
	leftOut     = &Family{Component: Podsim, Name: "podsim_objects_left_out", Help: "Of these, those for which the limit on series left no room.", Labels: []string{"kind"}}

	podsimFamilies = []*Family{runInfo, virtual, RunEnded, RunSpeed, Events, operations, evictions, crashes, faults, faultsActive, nodes, nodesReady, nodesCordoned,
		nodesDown, allocatable, requested, utilisation, podsByPhase, podsUnbound, objectsOf, leftOut}
)

// simulatorFold counts what the run itself does.
type simulatorFold struct {
	operations [256]uint64 // by kind
	evictions  tally
	crashes    tally
	begun      tally
	open       tally
}

func newSimulatorFold() simulatorFold {
	return simulatorFold{evictions: newTally(evictions), crashes: newTally(crashes), begun: newTally(faults), open: newTally(faultsActive)}
}

func (f *simulatorFold) observe(op *models.Op, v cluster.View) {
	f.operations[op.Kind]++
	d := v.Dictionary()
	switch op.Kind {
	case models.OpEvictPod:
		f.evictions.add(1, d.String(op.Name), d.String(op.Reason))
	case models.OpCrashNode:
		f.crashes.add(1, d.String(op.Reason))
	case models.OpBeginFault:
		f.begun.add(1, d.String(op.Reason))
		f.open.add(1, d.String(op.Reason))
	case models.OpEndFault:
		f.open.add(-1, d.String(op.Reason))
	}
}

func (f *simulatorFold) tell(s *Snapshot, m *maker) {
	s.Add(runInfo, 1, m.config.Scenario, strconv.FormatUint(m.config.Seed, 10))
	s.Add(virtual, s.At.Seconds())
	for _, kind := range models.OpKinds() {
		if n := f.operations[kind]; n > 0 {
			s.Add(operations, float64(n), kind.String())
		}
	}
	for _, t := range []*tally{&f.evictions, &f.crashes, &f.begun, &f.open} {
		t.tell(s)
	}
	tellZones(s, m.moment.View)
	tellPods(s, m.moment.View)
	for _, c := range m.count {
		s.Add(objectsOf, float64(c.all), c.kind)
		s.Add(leftOut, float64(c.leftOut), c.kind)
	}
}

// zoneSums are sums over the nodes of one zone.
type zoneSums struct {
	nodes, ready, cordoned, down float64
	allocatable, requested       models.Resources
}

func tellZones(s *Snapshot, v cluster.View) {
	d, zones := v.Dictionary(), make(map[string]*zoneSums)
	key, _ := d.Lookup(models.LabelZone) // the symbols of a run are part of its log
	for id := range liveNodes(v) {
		node := v.Node(models.NodeID(id))
		value, _ := node.Labels().Get(key)
		z := zones[d.String(value)]
		if z == nil {
			z = new(zoneSums)
			zones[d.String(value)] = z
		}
		z.add(node)
	}
	names := make([]string, 0, len(zones))
	for name := range zones {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		z := zones[name]
		s.Add(nodes, z.nodes, name)
		s.Add(nodesReady, z.ready, name)
		s.Add(nodesCordoned, z.cordoned, name)
		s.Add(nodesDown, z.down, name)
		told := make(map[string]bool)
		for r, resourceName := range d.ResourceNames() {
			label, unit := resource(resourceName)
			if z.allocatable[r] == 0 || told[label] {
				continue
			}
			told[label] = true
			scale := 1.0
			if models.Resource(r) == models.CPU {
				scale = 1000
			}
			s.Add(allocatable, float64(z.allocatable[r])/scale, name, label, unit)
			s.Add(requested, float64(z.requested[r])/scale, name, label, unit)
			s.Add(utilisation, float64(z.requested[r])/float64(z.allocatable[r]), name, label)
		}
	}
}

// add takes a node in. Pods for which a scheduler only keeps room do not count.
func (z *zoneSums) add(node cluster.Node) {
	z.nodes++
	z.cordoned += truth(node.Unschedulable())
	z.down += truth(node.Down())
	if node.Ready() != models.ConditionTrue {
		return
	}
	z.ready++
	sum := *node.Requested()
	for _, id := range node.Pods() {
		if pod := node.View().Pod(id); pod.Assumed() != models.None {
			sum = sum.Sub(pod.Spec().Requests)
		}
	}
	for r := range sum {
		z.allocatable[r] += node.Allocatable()[r]
		z.requested[r] += sum[r]
	}
}

func tellPods(s *Snapshot, v cluster.View) {
	if !s.wanted[podsByPhase.id] && !s.wanted[podsUnbound.id] {
		return
	}
	type counts struct {
		phases  [4]float64
		unbound float64
	}
	sums := make(map[models.Sym]*counts)
	for pod := range v.Live() {
		c := sums[pod.Spec().Namespace]
		if c == nil {
			c = new(counts)
			sums[pod.Spec().Namespace] = c
		}
		c.phases[pod.Phase()]++
		if pod.Node() == models.None && !pod.Phase().Terminal() {
			c.unbound++
		}
	}
	d := v.Dictionary()
	names := make([]models.Sym, 0, len(sums))
	for name := range sums {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b models.Sym) int { return strings.Compare(d.String(a), d.String(b)) })
	for _, name := range names {
		for phase := models.Pending; phase <= models.Failed; phase++ {
			s.Add(podsByPhase, sums[name].phases[phase], d.String(name), phase.String())
		}
		s.Add(podsUnbound, sums[name].unbound, d.String(name))
	}
}
