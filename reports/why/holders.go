package why

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scheduler/place"
)

// holdersMost is how many holders are told.
const holdersMost = 50

// holding are pods of one workload and priority that have what the pod lacks.
type holding struct {
	Holder
	nodes   map[models.NodeID]bool
	amounts models.Resources
	what    []string
	first   models.Time
	weight  float64
}

// holders finds who has what the pod lacks on the nodes that turned it away for want of
// it: room, a host port, or a place away from others.
func (g *grouping) holders(e *place.Explanation) []Holder {
	if e.Placement.Node != "" {
		return nil
	}
	byName := make(map[string]*holding)
	var all []*holding
	for _, set := range g.sets {
		for _, id := range set.nodes {
			for _, pod := range g.view.Node(id).Pods() {
				all = g.hold(byName, all, set, id, g.view.Pod(pod))
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *holding) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(b.Pods, a.Pods), strings.Compare(a.Workload, b.Workload))
	})
	var out []Holder
	for _, h := range all[:min(len(all), holdersMost)] {
		h.Nodes, h.Since = len(h.nodes), reports.SecondsOf(h.first)
		if h.Holds = strings.Join(h.what, ", "); h.Holds == "" {
			h.Holds = g.amountsText(&h.amounts)
		}
		out = append(out, h.Holder)
	}
	if len(all) > holdersMost {
		g.out.Notes = append(g.out.Notes, fmt.Sprintf("%s more workloads have some of the room", reports.Count(int64(len(all)-holdersMost))))
	}
	return out
}

// hold counts a pod on a node if it has what is missing there.
func (g *grouping) hold(byName map[string]*holding, all []*holding, set *nodeSet, id models.NodeID, pod cluster.Pod) []*holding {
	var amounts models.Resources
	what, weight := "", 0.0
	switch set.Plugin {
	case "NodeResourcesFit":
		lacks, _ := g.lacks(id)
		for _, r := range lacks {
			amounts[r] = pod.Spec().Requests[r]
			weight = max(weight, float64(amounts[r])/float64(g.spec.Requests[r]))
		}
	case "NodePorts":
		what, weight = g.sharedPort(pod.Spec()), 1
	case "InterPodAffinity":
		what, weight = g.repels(pod.Spec()), 1
	}
	if weight == 0 || what == "" && set.Plugin != "NodeResourcesFit" || pod.ID() == g.pod.ID() {
		return all
	}
	name := "Pod/" + reports.PodName(g.view, pod)
	if pod.Owner() != models.None {
		name = reports.GroupName(g.view, pod.Owner())
	}
	key := fmt.Sprint(name, "\x00", pod.Spec().Priority)
	h := byName[key]
	if h == nil {
		h = &holding{Holder: Holder{Workload: name, Priority: pod.Spec().Priority, Relation: g.relation(pod.Spec())}, nodes: make(map[models.NodeID]bool), first: models.Never}
		byName[key] = h
		all = append(all, h)
	}
	h.Pods++
	h.nodes[id] = true
	if pod.Deleting() {
		h.Leaving++
	}
	if at := pod.BoundAt(); at != models.Never {
		h.first = min(h.first, at)
	} else {
		h.first = min(h.first, g.view.Now())
	}
	for r := range amounts {
		h.amounts[r] += amounts[r]
	}
	if what != "" && !slices.Contains(h.what, what) {
		h.what = append(h.what, what)
	}
	h.weight += weight
	return all
}

// relation is how important other pods are against the pod.
func (g *grouping) relation(other *models.PodSpec) string {
	switch {
	case other.Priority > g.spec.Priority:
		return "higher"
	case other.Priority < g.spec.Priority:
		return "lower"
	}
	return "equal"
}

func (g *grouping) sharedPort(other *models.PodSpec) string {
	for _, p := range g.spec.HostPorts {
		for _, q := range other.HostPorts {
			if p.Conflicts(q) {
				return fmt.Sprintf("host port %d", p.Port)
			}
		}
	}
	return ""
}

// repels says which anti-affinity stands between the pod and another one.
func (g *grouping) repels(other *models.PodSpec) string {
	d := g.view.Dictionary()
	for i := range g.spec.AntiAffinity {
		if t := &g.spec.AntiAffinity[i]; t.Matches(other.Namespace, g.view.Namespace(other.Namespace), other.Labels, d) {
			return "anti-affinity of the pod by " + d.String(t.TopologyKey)
		}
	}
	for i := range other.AntiAffinity {
		if t := &other.AntiAffinity[i]; t.Matches(g.spec.Namespace, g.view.Namespace(g.spec.Namespace), g.spec.Labels, d) {
			return "anti-affinity of its own by " + d.String(t.TopologyKey)
		}
	}
	return ""
}

func (g *grouping) amountsText(amounts *models.Resources) string {
	var texts []string
	for r, name := range g.view.Dictionary().ResourceNames() {
		switch {
		case amounts[r] == 0:
		case models.Resource(r) == models.Pods:
			texts = append(texts, reports.Plural(int(amounts[r]), "pod"))
		default:
			texts = append(texts, place.Amount(name, amounts[r])+" "+name)
		}
	}
	return strings.Join(texts, ", ")
}
