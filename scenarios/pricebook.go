package scenarios

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
)

// PriceBookSpec lists nodes that can be bought.
type PriceBookSpec struct {
	Description string      `yaml:"description" help:"whose prices they are, and of when"`
	Currency    string      `yaml:"currency" help:"of all prices, for readers: USD"`
	Shapes      []ShapeSpec `yaml:"shapes" required:"true" help:"the nodes"`
}

// ShapeSpec is a kind of node that can be bought.
type ShapeSpec struct {
	Name        string            `yaml:"name" required:"true" help:"its name, such as m-16"`
	Price       float64           `yaml:"price" required:"true" min:"0" help:"price of a node for an hour"`
	Spot        bool              `yaml:"spot" help:"the cloud may take it back"`
	Capacity    Amounts           `yaml:"capacity" required:"true" help:"what each node has: cpu, memory, pods, nvidia.com/gpu and so on"`
	Allocatable Amounts           `yaml:"allocatable" help:"what of it pods may have (default: all, or what kubelet leaves)"`
	Kubelet     *NodeKubeletSpec  `yaml:"kubelet" help:"what its kubelets keep from pods and how they shut down, as in a NodeGroup"`
	Labels      map[string]string `yaml:"labels" help:"labels of each node"`
	Taints      []*yamlnode.Node  `yaml:"taints" help:"taints of each node"`
	Zones       []string          `yaml:"zones" help:"zones in which it can be had (default: those of the nodes of the scenario)"`
}

// shape is a kind of node of a price book.
type shape struct {
	*ShapeSpec
	book     *object
	path     string // in the price book
	currency string
}

// checkPriceBooks reads the price books of the stream.
func (l *loader) checkPriceBooks() {
	seen := make(map[string]*shape)
	for _, o := range l.byKind("PriceBook") {
		l.shapes = append(l.shapes, l.readPriceBook(o, seen)...)
	}
}

// readPriceBook reads a PriceBook and compiles its shapes, to see whether they are
// right. Names that have been seen are refused.
func (l *loader) readPriceBook(o *object, seen map[string]*shape) []*shape {
	var envelope Object[PriceBookSpec]
	if !l.decode(o, &envelope) {
		return nil
	}
	spec := &envelope.Spec
	if len(spec.Shapes) > limits.PricedShapes {
		l.blame(o, "spec.shapes", "more than %d shapes", limits.PricedShapes)
		return nil
	}
	if len(spec.Currency) > limits.NameLength {
		l.blame(o, "spec.currency", "longer than %d bytes", limits.NameLength)
	}
	var out []*shape
	for i := range spec.Shapes {
		s := &shape{&spec.Shapes[i], o, yamlnode.IndexPath("spec.shapes", i), oneLine(spec.Currency)}
		if first := seen[s.Name]; first != nil {
			l.blame(o, s.path+".name", "shape %s is also defined at %s", quote(s.Name), first.book.place(first.path))
			continue
		}
		seen[s.Name] = s
		l.checkShape(s)
		out = append(out, s)
	}
	return out
}

func (l *loader) checkShape(s *shape) {
	if !isName(s.Name) {
		l.blame(s.book, s.path+".name", "%s", wantName(s.Name))
		return
	}
	if s.Price > limits.Price {
		l.blame(s.book, s.path+".price", "got %s; want at most %d", number(s.Price), limits.Price)
	}
	for i, zone := range s.Zones {
		path := yamlnode.IndexPath(s.path+".zones", i)
		switch {
		case !isLabelValue(zone):
			l.blame(s.book, path, "got %s; want the value of a label", quote(zone))
		case slices.Contains(s.Zones[:i], zone):
			l.blame(s.book, path, "a second zone %s", quote(zone))
		}
	}
	l.problems = append(l.problems, s.compile(l.in)...)
}

// compile returns what is wrong with the nodes of a shape, where the price book says
// it.
func (s *shape) compile(in Input) []yamlnode.Problem {
	group, err := s.group("shape "+s.Name, &buyable{name: s.Name, shape: s, price: s.Price})
	if err != nil {
		return asProblems(err)
	}
	alone := newLoader(Input{Table: in.Table})
	alone.compileSet()
	counts := &variant{counts: map[string]int{s.Name: 1}}
	alone.documents = []*object{counts.counted(group)}
	alone.compileNodes()
	if len(alone.problems) == 0 {
		return nil
	}
	alone.dropEchoes()
	for i := range alone.problems {
		s.blameBook(&alone.problems[i])
	}
	return alone.problems
}

// blameBook moves a problem with the node group of a shape to the price book.
func (s *shape) blameBook(p *yamlnode.Problem) {
	path := s.path
	for _, from := range [][2]string{
		{"spec.template.metadata.labels", ".labels"}, {"spec.template.spec.taints", ".taints"}, {"spec.template.status.", "."},
		{"spec.kubelet", ".kubelet"}, {"spec.", "."},
	} {
		if rest, ok := strings.CutPrefix(p.Path, from[0]); ok {
			path += from[1] + rest
			break
		}
	}
	at := s.book.position(path)
	p.File, p.Line, p.Column, p.Path, p.Meant = at.File, at.Line, at.Column, path, yamlnode.Meant{}
}

// group makes the NodeGroup of a candidate, whose count every run sets.
func (s *shape) group(label string, c *buyable) (*object, error) {
	metadata, spec := map[string]any{}, map[string]any{}
	status := map[string]any{"capacity": s.Capacity}
	if len(s.Labels) > 0 {
		metadata["labels"] = s.Labels
	}
	if len(s.Taints) > 0 {
		list, err := asJSON(s.Taints)
		if err != nil {
			return nil, err
		}
		spec["taints"] = list
	}
	if s.Allocatable != nil {
		status["allocatable"] = s.Allocatable
	}
	group := map[string]any{
		"count": 0, "price": c.price, "template": map[string]any{"metadata": metadata, "spec": spec, "status": status},
	}
	if len(c.zones) > 0 {
		group["zones"] = c.zones
	}
	if c.racks > 0 {
		group["racks"] = c.racks
	}
	if s.Kubelet != nil {
		kubelet, err := yamlnode.Locate(s.book.root, s.path+".kubelet").JSON()
		if err != nil {
			return nil, err
		}
		group["kubelet"] = json.RawMessage(kubelet)
	}
	return generated(label, "NodeGroup", c.name, group)
}

func asJSON(nodes []*yamlnode.Node) ([]json.RawMessage, error) {
	var list []json.RawMessage
	for _, n := range nodes {
		text, err := n.JSON()
		if err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, nil
}
