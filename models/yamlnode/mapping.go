package yamlnode

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// mapBuilder collects the fields of one map.
type mapBuilder struct {
	node   *Node
	index  map[string]int // of node.Fields, once there are many
	merges []*Node        // values of << in order
}

// linearFields is the size up to which a map is searched from the start.
const linearFields = 16

func (m *mapBuilder) find(name string) int {
	if m.index != nil {
		if i, ok := m.index[name]; ok {
			return i
		}
		return -1
	}
	for i := range m.node.Fields {
		if m.node.Fields[i].Name == name {
			return i
		}
	}
	return -1
}

func (m *mapBuilder) add(f Field) {
	m.node.Fields = append(m.node.Fields, f)
	if m.index != nil {
		m.index[f.Name] = len(m.node.Fields) - 1
		return
	}
	if len(m.node.Fields) > linearFields {
		m.index = make(map[string]int, 2*linearFields)
		for i := range m.node.Fields {
			m.index[m.node.Fields[i].Name] = i
		}
	}
}

// mapping builds a map. Of a key set twice the first value stays, so that the
// rest of the document can still be checked.
func (b *builder) mapping(y *yaml.Node, depth int) built {
	b.checkTag(y, "!!map")
	m := &mapBuilder{node: b.newNode(y, Map)}
	m.node.Fields = make([]Field, 0, len(y.Content)/2)
	result := built{node: m.node, size: 1}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		name, isMerge, ok := b.key(key)
		b.path.pushKey(name)
		child := b.build(value, depth+1)
		switch {
		case !ok:
		case isMerge:
			m.merges = append(m.merges, b.mergeSources(value, child.node)...)
		default:
			line, column := b.at(key)
			b.addField(m, key, Field{Name: name, Line: int32(line), Column: int32(column), Value: child.node})
		}
		b.path.pop()
		result.size += 1 + child.size
		result.height = max(result.height, child.height)
	}
	for _, from := range m.merges {
		for _, f := range from.Fields {
			if m.find(f.Name) < 0 {
				m.add(f)
			}
		}
	}
	result.height++
	return result
}

func (b *builder) addField(m *mapBuilder, key *yaml.Node, f Field) {
	if i := m.find(f.Name); i >= 0 {
		b.add(key, fmt.Sprintf("%s already set at line %d", quote(f.Name), m.node.Fields[i].Line))
		return
	}
	m.add(f)
}

// mergeSources returns the maps that a merge key names: one or a list of them.
func (b *builder) mergeSources(y *yaml.Node, n *Node) []*Node {
	sources := []*Node{n}
	if n.Kind == Seq {
		sources = n.Items
	}
	for _, from := range sources {
		if from.Kind != Map && !b.failed {
			b.add(y, fmt.Sprintf("got %s; want a map to merge", from.describe()))
			return nil
		}
	}
	return sources
}

// key returns the name that a map key gives its field. Kubernetes makes strings
// of whole numbers; what it would make of the rest surprises too much.
func (b *builder) key(y *yaml.Node) (name string, isMerge, ok bool) {
	scalar := y
	if y.Kind == yaml.AliasNode && y.Alias.Kind == yaml.ScalarNode {
		scalar = y.Alias
	}
	if scalar.Kind != yaml.ScalarNode {
		b.add(y, "got a map or list as a key; want a string")
		return "", false, false
	}
	if scalar.Tag == "!!merge" && scalar.Style == 0 {
		return "<<", true, true
	}
	n := b.scalar(scalar).node
	if scalar == y && y.Anchor != "" {
		b.anchors[y] = &anchored{built: built{node: n, size: 1}, done: true}
	}
	switch {
	case n.Kind == Null:
		b.add(y, "got null as a key; want a string; quote it")
		return "", false, false
	case n.Kind == Int && n.ambiguous() == nil || n.Kind == String:
		return n.Text, false, true
	}
	_, err := n.AsString()
	b.add(y, "key "+quote(n.Text)+": "+err.Error())
	return n.Text, false, true
}
