package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
)

// NodeGroupSpec is a number of equal nodes. They are called <group>-0, <group>-1
// and so on.
type NodeGroupSpec struct {
	Count      int              `yaml:"count" required:"true" min:"0" help:"number of nodes"`
	Template   *yamlnode.Node   `yaml:"template" required:"true" help:"metadata, spec and status of a Node: labels, taints, capacity, allocatable"`
	Zones      []string         `yaml:"zones" help:"zones over which the nodes are dealt one by one (label topology.kubernetes.io/zone)"`
	Racks      int              `yaml:"racks" min:"0" default:"0" help:"racks in each zone, over which its nodes are dealt one by one (label topology.kubernetes.io/rack); 0 gives no label"`
	Kubelet    *NodeKubeletSpec `yaml:"kubelet" help:"what its kubelets keep from pods and how they shut down, with the names of a KubeletConfiguration"`
	Images     *NodeImagesSpec  `yaml:"images" help:"how its kubelets pull and keep images, with the names of a KubeletConfiguration"`
	Price      float64          `yaml:"price" min:"0" default:"0" help:"price of a node for an hour, in a currency of your choice"`
	StaticPods []*yamlnode.Node `yaml:"staticPods" help:"pods that the kubelet of each node runs by itself: Pods of Kubernetes, as in its manifest folder; the name of the node goes behind theirs"`
}

// NodesFile returns a file that holds one NodeGroup called node, for nodes that
// are given on a command line. Problems with it carry the name --nodes.
func NodesFile(count int, capacity map[string]string, zones []string) File {
	// JSON is YAML, and its quotes keep values what they are: strings.
	text, err := json.Marshal(map[string]any{
		"apiVersion": APIVersion,
		"kind":       "NodeGroup",
		"metadata":   map[string]any{"name": "node"},
		"spec": map[string]any{
			"count": count, "zones": zones,
			"template": map[string]any{"status": map[string]any{"capacity": capacity}},
		},
	})
	if err != nil {
		panic("scenarios: " + err.Error()) // strings and numbers always marshal
	}
	return File{Name: "--nodes", Reader: bytes.NewReader(text)}
}

// Group is a node group of a run.
type Group struct {
	Name  string
	Nodes int
	Price float64 // for a node and an hour, in the currency of the user
}

// Prices returns the prices of the node groups that have one, for a node and an
// hour; nil if none has.
func (r *Run) Prices() map[string]float64 {
	var prices map[string]float64
	for _, g := range r.Groups {
		if g.Price > 0 {
			if prices == nil {
				prices = make(map[string]float64)
			}
			prices[g.Name] = g.Price
		}
	}
	return prices
}

// compileNodes makes the nodes of the run: those of the stream, then the groups.
func (l *loader) compileNodes() {
	before := len(l.problems)
	names := make(map[models.Sym]string)
	for _, n := range l.objects.Nodes {
		names[n.Spec.Name] = fmt.Sprintf("%s:%d", n.File, n.Line)
		l.run.Config.Nodes = append(l.run.Config.Nodes, n.Spec)
	}
	taken := make(map[string]bool)
	for _, o := range l.byKind("NodeGroup") {
		var envelope Object[NodeGroupSpec]
		ok := l.decode(o, &envelope)
		group := &envelope.Spec
		if group.Template != nil {
			spec, problems := l.set.CompileNode(group.Template)
			l.addUnder("spec.template", problems)
			switch {
			case taken[o.name]:
				l.nodesAreWrong = true // a second group of this name, which has been told
			case ok && len(problems) == 0:
				l.addGroup(o, group, spec, names)
			}
		}
		taken[o.name] = true
	}
	if len(l.run.Config.Nodes) == 0 && len(l.problems) == before && l.in.variant == nil && len(l.byKind("Plan")) > 0 {
		l.assume("there are no nodes: podsim plan looks for those of the Plan")
		return
	}
	if len(l.run.Config.Nodes) == 0 && l.in.variant == nil && len(l.problems) == before && !l.objectsAreWrong && !l.nodesAreWrong && !l.unread {
		l.problems = append(l.problems, yamlnode.Problem{
			File: l.firstFile(), What: "no nodes; want Node objects or a NodeGroup with count > 0",
		})
	}
}

func (l *loader) addGroup(o *object, group *NodeGroupSpec, template *models.NodeSpec, names map[models.Sym]string) {
	d := l.dict
	if len(l.run.Config.Nodes)+group.Count > limits.Nodes {
		l.blame(o, "spec.count", "more than %d nodes", limits.Nodes)
		return
	}
	if group.Price > limits.Price {
		l.blame(o, "spec.price", "got %g; want at most %d", group.Price, limits.Price)
		return
	}
	for i, zone := range group.Zones {
		if !isLabelValue(zone) {
			l.blame(o, yamlnode.IndexPath("spec.zones", i), "got %s; want the value of a label", quote(zone))
			return
		}
	}
	l.nodeKubelet(o, group, template)
	if group.Images != nil {
		l.nodeImages(o, group.Images)
	}
	if len(group.StaticPods) > 0 {
		l.static = append(l.static, staticPods{o, group.StaticPods})
	}
	l.run.Groups = append(l.run.Groups, Group{o.name, group.Count, group.Price})
	hostname, zoneKey, rackKey := d.Sym(models.LabelHostname), d.Sym(models.LabelZone), d.Sym(models.LabelRack)
	labels := l.kubeletLabels(template.Labels)
	for i := range group.Count {
		spec := *template
		spec.Group = d.Sym(o.name)
		spec.Name = d.Sym(fmt.Sprintf("%s-%d", o.name, i))
		if group.Count > 1 {
			spec.PodCIDR, spec.Address = 0, 0 // no two nodes have the same
		}
		spec.Labels = labels.With(hostname, spec.Name)
		rack, zones := i, max(len(group.Zones), 1)
		if len(group.Zones) > 0 {
			zone := group.Zones[i%zones]
			spec.Labels = spec.Labels.With(zoneKey, d.Sym(zone))
			rack = i / zones
		}
		if group.Racks > 0 {
			zone, _ := spec.Labels.Get(zoneKey)
			name := fmt.Sprintf("r%d", rack%group.Racks)
			if zone != 0 {
				name = d.String(zone) + "-" + name
			}
			spec.Labels = spec.Labels.With(rackKey, d.Sym(name))
		}
		if first, twice := names[spec.Name]; twice {
			l.blame(o, "metadata.name", "node %s is also defined at %s", quote(d.String(spec.Name)), first)
			return
		}
		names[spec.Name] = o.place("")
		l.run.Config.Nodes = append(l.run.Config.Nodes, &spec)
	}
}

// kubeletLabels adds what every kubelet says of its node, unless the template says
// otherwise: Linux on amd64, also under the labels of old.
// Source: pkg/kubelet/kubelet_node_status.go (updateDefaultLabels).
func (l *loader) kubeletLabels(labels models.Labels) models.Labels {
	for _, label := range [][2]string{
		{"kubernetes.io/os", "linux"}, {"kubernetes.io/arch", "amd64"},
		{"beta.kubernetes.io/os", "linux"}, {"beta.kubernetes.io/arch", "amd64"},
	} {
		key := l.dict.Sym(label[0])
		if _, given := labels.Get(key); !given {
			labels = labels.With(key, l.dict.Sym(label[1]))
		}
	}
	return labels
}

// isLabelValue reports whether text can be the value of a label.
// Source: k8s.io/apimachinery/pkg/util/validation (IsValidLabelValue).
func isLabelValue(text string) bool {
	if text == "" || len(text) > 63 || !isAlphanumeric(text[0]) || !isAlphanumeric(text[len(text)-1]) {
		return false
	}
	for i := range len(text) {
		if c := text[i]; !isAlphanumeric(c) && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
