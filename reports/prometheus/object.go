package prometheus

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models/manifest"
)

// object is an object of the API, as get -o json shows it.
type object struct {
	fields          map[string]any
	namespace, name string
	uid             string
}

func newObject(fields map[string]any) object {
	o := object{fields: fields}
	o.namespace, o.name, o.uid = o.text("metadata.namespace"), o.text("metadata.name"), o.text("metadata.uid")
	return o
}

// at returns a field by its path, nil if there is none.
func (o *object) at(path string) any { return fieldAt(o.fields, path) }

func fieldAt(fields map[string]any, path string) any {
	for {
		key, rest, more := strings.Cut(path, ".")
		if !more {
			return fields[key]
		}
		inner, ok := fields[key].(map[string]any)
		if !ok {
			return nil
		}
		fields, path = inner, rest
	}
}

func (o *object) text(path string) string { return textOf(o.at(path)) }

// textOf is a value as a label has it; what is not there is empty.
func textOf(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	}
	if n, ok := numberOf(value); ok {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return ""
}

// number returns a field that is a number, a truth value or a point in time.
func (o *object) number(path string) (float64, bool) { return numberOf(o.at(path)) }

func numberOf(value any) (float64, bool) {
	switch v := value.(type) {
	case int:
		return float64(v), true
	case int32:
		return float64(v), true
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case bool:
		return truth(v), true
	case string:
		at, err := time.Parse(time.RFC3339, v)
		return float64(at.Unix()), err == nil
	}
	return 0, false
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// list returns the objects in a list.
func (o *object) list(path string) []map[string]any { return listOf(o.at(path)) }

func listOf(value any) []map[string]any {
	items, _ := value.([]any)
	out := make([]map[string]any, 0, len(items))
	for _, item := range items {
		if fields, ok := item.(map[string]any); ok {
			out = append(out, fields)
		}
	}
	return out
}

// pairs returns a map of texts, by key.
func pairs(value any) (out [][2]string) {
	switch m := value.(type) {
	case map[string]any:
		for key, v := range m {
			out = append(out, [2]string{key, textOf(v)})
		}
	case map[string]string:
		for key, v := range m {
			out = append(out, [2]string{key, v})
		}
	}
	slices.SortFunc(out, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return out
}

// amount is a quantity of a resource in its base unit: cores, bytes or pieces.
func amount(resource, quantity string) (float64, bool) {
	n, err := manifest.Quantity(quantity, resource)
	if err != nil {
		return 0, false
	}
	if resource == "cpu" {
		return float64(n) / 1000, true
	}
	return float64(n), true
}

// resource is how kube-state-metrics writes a resource and the unit of its amounts.
// Source: kube-state-metrics, internal/store/pod.go (createPodContainerResourceRequestsFamilyGenerator).
func resource(name string) (label, unit string) {
	switch {
	case name == "cpu":
		unit = "core"
	case name == "memory", name == "ephemeral-storage", name == "storage", strings.HasPrefix(name, "hugepages-"),
		strings.HasPrefix(name, "attachable-volumes-"):
		unit = "byte"
	default:
		unit = "integer"
	}
	return labelName(name), unit
}
