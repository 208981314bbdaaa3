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

// grouping puts nodes together against which the same speaks.
type grouping struct {
	*asking
	view  cluster.View
	pod   cluster.Pod
	spec  *models.PodSpec
	ids   map[string]models.NodeID // of the nodes that are there, by name
	byKey map[string]*nodeSet
	sets  []*nodeSet
}

func (a *asking) grouping(c *cluster.Cluster, pod cluster.Pod) *grouping {
	g := &grouping{asking: a, view: c.View(), pod: pod, spec: pod.Spec(), ids: make(map[string]models.NodeID), byKey: make(map[string]*nodeSet)}
	for id := range models.NodeID(g.view.Nodes()) {
		if !g.view.Node(id).Removed() {
			g.ids[g.view.Node(id).Name()] = id
		}
	}
	return g
}

// nodeSet is a group in the making.
type nodeSet struct {
	NodeGroup
	nodes []models.NodeID
	taint string
}

// groups puts together what was said of each node, the largest group first.
func (g *grouping) groups(e *place.Explanation) []NodeGroup {
	if e.Placement.Node != "" || e.Placement.Skipped != "" {
		return nil
	}
	for _, n := range e.Nodes {
		if n.Plugin != "" {
			g.put(n.Plugin, n.Reasons, g.ids[n.Node])
		}
	}
	if len(g.sets) == 0 {
		return g.unlooked(e)
	}
	slices.SortStableFunc(g.sets, func(a, b *nodeSet) int { return cmp.Compare(len(b.nodes), len(a.nodes)) })
	out := make([]NodeGroup, 0, len(g.sets))
	for _, set := range g.sets {
		g.finish(set)
		out = append(out, set.NodeGroup)
	}
	return out
}

// unlooked is what speaks against all nodes at once.
func (g *grouping) unlooked(e *place.Explanation) []NodeGroup {
	if len(g.ids) == 0 {
		return []NodeGroup{{Kind: "no-nodes", Text: "there are no nodes", Examples: []string{}}}
	}
	out := NodeGroup{Kind: "other-plugin", Examples: []string{}}
	for _, r := range reports.Refusals(e.Placement.Message + e.Placement.Error) {
		out.Reasons = append(out.Reasons, r.Reason)
	}
	if len(e.Placement.UnschedulablePlugins) > 0 {
		out.Plugin = e.Placement.UnschedulablePlugins[0]
		out.Kind = kindOf(out.Plugin, out.Reasons)
	}
	out.Text = "no node is looked at: " + strings.Join(out.Reasons, ", ")
	return []NodeGroup{out}
}

func (g *grouping) put(plugin string, reasons []string, id models.NodeID) {
	taint := ""
	if plugin == "TaintToleration" {
		taint = g.untolerated(id)
	}
	key := strings.Join(append([]string{plugin, taint}, reasons...), "\x00")
	set := g.byKey[key]
	if set == nil {
		set = &nodeSet{NodeGroup: NodeGroup{Plugin: plugin, Reasons: reasons, Kind: kindOf(plugin, reasons)}, taint: taint}
		if strings.HasPrefix(taint, "node.kubernetes.io/") {
			set.Kind = "node-condition"
		}
		g.byKey[key] = set
		g.sets = append(g.sets, set)
	}
	set.nodes = append(set.nodes, id)
}

// untolerated are the taints of a node that keep the pod off.
func (g *grouping) untolerated(id models.NodeID) string {
	var texts []string
	for _, t := range g.view.Node(id).Taints() {
		if t.Effect != models.PreferNoSchedule && !models.Tolerated(g.spec.Tolerations, t) {
			texts = append(texts, taintText(t, g.view.Dictionary()))
		}
	}
	return strings.Join(texts, ", ")
}

// kindOf is the kind of cause that a plugin's reasons stand for.
func kindOf(plugin string, reasons []string) string {
	first := strings.Join(reasons, ", ")
	switch plugin {
	case "NodeResourcesFit":
		if name, ok := strings.CutPrefix(reasons[0], "Insufficient "); ok {
			return "insufficient-" + name
		}
		return "pod-limit"
	case "TaintToleration":
		return "taint"
	case "NodeUnschedulable":
		return "cordoned"
	case "NodeAffinity", "NodeName":
		return "node-affinity"
	case "PodTopologySpread":
		return "topology-spread"
	case "NodePorts":
		return "host-port"
	case "InterPodAffinity":
		if strings.Contains(first, "anti-affinity") {
			return "pod-anti-affinity"
		}
		return "pod-affinity"
	case "VolumeBinding", "VolumeZone", "VolumeRestrictions", "NodeVolumeLimits":
		return "volume"
	}
	return "other-plugin"
}

// examplesMost is how many names of nodes are told of a group.
const examplesMost = 5

// finish says in words what speaks against the nodes of a group.
func (g *grouping) finish(set *nodeSet) {
	n := len(set.nodes)
	set.Count = n
	if set.Plugin == "NodeResourcesFit" {
		g.cramped(set)
	}
	for _, id := range set.nodes[:min(n, examplesMost)] {
		set.Examples = append(set.Examples, g.view.Node(id).Name())
	}
	set.Zones = g.zones(set.nodes)
	set.Text = g.text(set)
}

// text is what speaks against the nodes, after their number.
func (g *grouping) text(set *nodeSet) string {
	n, d := len(set.nodes), g.view.Dictionary()
	have := one(n, "has", "have")
	switch set.Kind {
	case "pod-limit":
		return have + " as many pods as " + one(n, "it", "they") + " may" + g.besides(set)
	case "taint":
		return have + " the taint " + set.taint + ", which it does not tolerate"
	case "node-condition":
		return one(n, "is", "are") + " out of order (taint " + set.taint + ")" + g.outage(set.nodes)
	case "cordoned":
		return one(n, "is", "are") + " cordoned" + g.cordon(set.nodes)
	case "node-affinity":
		return one(n, "does", "do") + " not match its node selector or affinity"
	case "topology-spread":
		var keys []string
		for i := range g.spec.Spread {
			if !g.spec.Spread[i].Soft {
				keys = append(keys, d.String(g.spec.Spread[i].TopologyKey))
			}
		}
		if strings.Contains(strings.Join(set.Reasons, " "), "missing required label") {
			return one(n, "lacks", "lack") + " the label by which it is to be spread (" + strings.Join(keys, ", ") + ")"
		}
		return "would break its spread over " + strings.Join(keys, " and ")
	case "pod-affinity":
		return have + " no pod near that it must be with"
	case "pod-anti-affinity":
		if strings.Contains(set.Reasons[0], "existing") {
			return have + " a pod near that does not want to be with it"
		}
		return have + " a pod near that it must not be with"
	case "volume":
		if slices.Equal(set.Reasons, []string{"node(s) didn't find available persistent volumes to bind"}) {
			return have + " no volume for its claim"
		}
		return one(n, "does", "do") + " not do for its volumes (" + strings.Join(set.Reasons, ", ") + ")"
	case "host-port":
		var ports []string
		for _, p := range g.spec.HostPorts {
			ports = append(ports, fmt.Sprint(p.Port))
		}
		return have + " its host port " + strings.Join(ports, " or ") + " taken"
	}
	if set.Plugin == "NodeResourcesFit" {
		return have + " too little " + enumerate(resourcesOf(set.Reasons)) + " free" + g.besides(set)
	}
	return one(n, "says", "say") + ": " + strings.Join(set.Reasons, ", ")
}

func resourcesOf(reasons []string) (names []string) {
	for _, r := range reasons {
		if name, ok := strings.CutPrefix(r, "Insufficient "); ok {
			names = append(names, name)
		}
	}
	return names
}

// besides tells what the pod asks for, and which node comes closest.
func (g *grouping) besides(set *nodeSet) string {
	if set.Closest == "" {
		return ""
	}
	return " (" + set.Closest + ")"
}

// outage tells since when nodes are out of order, and by what, if that is the same of all.
func (g *grouping) outage(nodes []models.NodeID) string {
	told := ""
	for i, id := range nodes {
		t, ok := g.then[id]
		if !ok {
			return ""
		}
		text := ": " + one(len(nodes), "it ", "they ") + t.text + " at " + reports.Clock(reports.SecondsOf(t.at))
		if i > 0 && text != told {
			return ""
		}
		told = text
	}
	return told
}

// free is what the pod may take of a node: what others of its priority are nominated for is
// not free. Source: pkg/scheduler/framework/runtime (addGENominatedPods).
func (g *grouping) free(id models.NodeID, r models.Resource) int64 {
	n := g.view.Node(id)
	free := n.Allocatable()[r] - n.Requested()[r]
	for _, nominated := range n.Nominated() {
		if spec := g.view.Pod(nominated).Spec(); nominated != g.pod.ID() && spec.Priority >= g.spec.Priority {
			free -= spec.Requests[r]
		}
	}
	return free
}

// cordon tells since when nodes are cordoned, if that is the same of all.
func (g *grouping) cordon(nodes []models.NodeID) string {
	since, ok := g.cordoned[nodes[0]]
	for _, id := range nodes {
		if at, known := g.cordoned[id]; !ok || !known || at != since {
			return ""
		}
	}
	return " since " + clock(since)
}

// lacks are the resources of which a node has too little free, and the largest share of a
// request that is missing.
func (g *grouping) lacks(id models.NodeID) (list []models.Resource, share float64) {
	for r, want := range g.spec.Requests {
		if free := g.free(id, models.Resource(r)); want > 0 && free < want {
			list = append(list, models.Resource(r))
			share = max(share, float64(want-free)/float64(want))
		}
	}
	return list, share
}

// cramped sorts nodes by how little they lack, and tells about the first.
func (g *grouping) cramped(set *nodeSet) {
	shares := make(map[models.NodeID]float64, len(set.nodes))
	for _, id := range set.nodes {
		_, shares[id] = g.lacks(id)
	}
	slices.SortStableFunc(set.nodes, func(a, b models.NodeID) int { return cmp.Compare(shares[a], shares[b]) })
	first := set.nodes[0]
	lacks, _ := g.lacks(first)
	names := g.view.Dictionary().ResourceNames()
	var wants, has []string
	for _, r := range lacks {
		if r == models.Pods {
			continue
		}
		wants = append(wants, place.Amount(names[r], g.spec.Requests[r])+" "+names[r])
		has = append(has, place.Amount(names[r], max(g.free(first, r), 0))+" "+names[r])
	}
	if len(wants) > 0 {
		set.Closest = fmt.Sprintf("it asks for %s; %s comes closest with %s free", enumerate(wants), g.view.Node(first).Name(), enumerate(has))
	}
}

// zoned reports whether the cluster has several zones.
func (g *grouping) zoned(zone models.Sym) bool {
	first := models.Sym(0)
	for id := range models.NodeID(g.view.Nodes()) {
		if value, has := g.view.Node(id).Labels().Get(zone); has {
			if first != 0 && value != first {
				return true
			}
			first = value
		}
	}
	return false
}

// zones counts nodes by zone; none if there are not several zones.
func (g *grouping) zones(nodes []models.NodeID) (out []ZoneCount) {
	zone, ok := g.view.Dictionary().Lookup(models.LabelZone)
	if !ok || !g.zoned(zone) {
		return nil
	}
	for _, id := range nodes {
		value, has := g.view.Node(id).Labels().Get(zone)
		if !has {
			continue
		}
		name := g.view.Dictionary().String(value)
		i := slices.IndexFunc(out, func(z ZoneCount) bool { return z.Zone == name })
		if i < 0 {
			i, out = len(out), append(out, ZoneCount{Zone: name})
		}
		out[i].Count++
	}
	slices.SortFunc(out, func(a, b ZoneCount) int { return strings.Compare(a.Zone, b.Zone) })
	return out
}
