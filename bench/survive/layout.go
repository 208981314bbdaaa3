package survive

import (
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// node is a node that is there when failures happen.
type node struct {
	name, group, zone, rack string
	// likeness says what the node is and carries, by seed: nodes with the same one are
	// alike.
	likeness []string
	class    int // nodes that are alike in every seed have the same one
	bare     int // pods on it that run for ever and that nobody makes anew
}

// layoutAt runs the scenario up to a moment and tells which nodes are there then, and
// are not down.
func layoutAt(run *scenarios.Run, at models.Time, pause func() bool) ([]node, error) {
	config := run.Config
	config.Horizon = min(config.Horizon, at)
	simulation, err := sim.New(config, run.Dictionary, nil)
	if err != nil {
		return nil, err
	}
	if err := simulation.Run(func(models.Time, uint64) bool { return pause() }); err != nil {
		return nil, err
	}
	v := simulation.Cluster().View()
	var out []node
	for id := range models.NodeID(v.Nodes()) {
		if n := v.Node(id); !n.Removed() && !n.Down() {
			out = append(out, describe(v, n))
		}
	}
	return out, simulation.Cluster().Close()
}

// describe tells what a node is. Nodes are alike if they are of the same group, have
// the same labels but for their names, the same taints and room, and carry pods of the
// same owners' specifications (without an owner: the same specifications).
func describe(v cluster.View, n cluster.Node) node {
	d := v.Dictionary()
	out := node{name: n.Name(), group: d.String(n.Spec().Group)}
	var likeness strings.Builder
	fmt.Fprintf(&likeness, "%s %v %v %v", out.group, n.Allocatable(), n.Taints(), n.Unschedulable())
	for _, l := range n.Labels() {
		switch key, value := d.String(l.Key), d.String(l.Value); key {
		case models.LabelHostname:
			continue
		case models.LabelZone:
			out.zone = value
		case models.LabelRack:
			out.rack = value
		}
		fmt.Fprintf(&likeness, " %d=%d", l.Key, l.Value)
	}
	var carries []string
	for _, id := range n.Pods() {
		pod := v.Pod(id)
		what := fmt.Sprintf("pod %d", pod.SpecID())
		if owner := pod.Owner(); owner != models.None {
			what = fmt.Sprintf("owner %d", v.Owner(owner).SpecID())
		} else if pod.Spec().RestartPolicy == models.RestartAlways {
			out.bare++
		}
		carries = append(carries, fmt.Sprintf("%s %d %t", what, pod.Phase(), pod.Ready()))
	}
	slices.Sort(carries)
	fmt.Fprintf(&likeness, " %q", carries)
	out.likeness = []string{likeness.String()}
	return out
}

// merge keeps the nodes that are there in every seed and gives them their classes.
func merge(seeds [][]node) []node {
	others := make([]map[string]string, len(seeds)-1) // likeness by name
	for i, nodes := range seeds[1:] {
		others[i] = make(map[string]string, len(nodes))
		for _, n := range nodes {
			others[i][n.name] = n.likeness[0]
		}
	}
	var out []node
	classes := make(map[string]int)
	for _, n := range seeds[0] {
		for _, other := range others {
			if likeness, there := other[n.name]; there {
				n.likeness = append(n.likeness, likeness)
			}
		}
		if len(n.likeness) < len(seeds) {
			continue
		}
		key := fmt.Sprintf("%q", n.likeness)
		if _, ok := classes[key]; !ok {
			classes[key] = len(classes)
		}
		n.class = classes[key]
		out = append(out, n)
	}
	return out
}
