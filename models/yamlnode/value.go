package yamlnode

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// Value returns n as plain Go values: nil, bool, int64 (uint64 or float64 beyond
// it), float64, string, map[string]any and []any, as a JSON decoder of
// Kubernetes would. Numbers that are not finite stay .inf and NaN.
func (n *Node) Value() any {
	switch n.Kind {
	case Bool:
		value, _ := boolWord(n.Text)
		return value
	case Int:
		return n.integerValue()
	case Float:
		return n.floatValue()
	case String:
		return n.Text
	case Map:
		m := make(map[string]any, len(n.Fields))
		for i := range n.Fields {
			m[n.Fields[i].Name] = n.Fields[i].Value.Value()
		}
		return m
	case Seq:
		items := make([]any, len(n.Items))
		for i, item := range n.Items {
			items[i] = item.Value()
		}
		return items
	}
	return nil
}

// JSON returns n as JSON with the keys of maps sorted. It fails only for
// numbers that are not finite.
func (n *Node) JSON() ([]byte, error) {
	data, err := json.Marshal(n.Value())
	if err != nil {
		return nil, errNotFinite
	}
	return data, nil
}

func (n *Node) integerValue() any {
	text := strings.TrimPrefix(strings.ReplaceAll(n.Text, "_", ""), "+")
	if value, err := strconv.ParseInt(text, 0, 64); err == nil {
		return value
	}
	if value, err := strconv.ParseUint(text, 0, 64); err == nil {
		return value
	}
	value, _ := strconv.ParseFloat(text, 64)
	return value
}

func (n *Node) floatValue() any {
	switch strings.ToLower(n.Text) {
	case ".nan":
		return math.NaN()
	case ".inf", "+.inf":
		return math.Inf(1)
	case "-.inf":
		return math.Inf(-1)
	}
	value, _ := strconv.ParseFloat(strings.ReplaceAll(n.Text, "_", ""), 64)
	return value
}
