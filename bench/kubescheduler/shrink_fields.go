package kubescheduler

import (
	"encoding/json"
	"maps"
	"slices"
)

// fields leaves out parts of the objects, outer ones first. It reports whether any
// could go.
func (s *shrinking) fields(w *World, difference **Difference) bool {
	any := false
	for i := range w.Steps {
		if len(w.Steps[i].Object) == 0 || w.Steps[i].Kind == DefineObject { // nobody validates those
			continue
		}
		for at := 0; ; {
			text, more := without(w.Steps[i].Object, at)
			if !more || s.spent() {
				break
			}
			smaller := *w
			smaller.Steps = slices.Clone(w.Steps)
			smaller.Steps[i].Object = text
			if s.keep(w, difference, smaller) {
				any = true
			} else {
				at++
			}
		}
	}
	return any
}

// without leaves out the part number n of an object, counting fields and elements
// of lists from outside in. It returns false if there are not so many.
func without(object json.RawMessage, n int) (json.RawMessage, bool) {
	var tree any
	if json.Unmarshal(object, &tree) != nil {
		return nil, false
	}
	level := []*any{&tree}
	for len(level) > 0 {
		var next []*any
		for _, at := range level {
			switch value := (*at).(type) {
			case map[string]any:
				boxes := make(map[string]*any)
				for _, key := range slices.Sorted(maps.Keys(value)) {
					if n == 0 && !fixed[key] {
						delete(value, key)
						text, err := json.Marshal(rebuilt(tree))
						return text, err == nil
					}
					if !fixed[key] {
						n--
					}
					child := value[key]
					boxes[key] = &child
					value[key] = boxes[key]
					next = append(next, boxes[key])
				}
			case []any:
				for i := range value {
					if n == 0 {
						*at = slices.Delete(value, i, i+1)
						text, err := json.Marshal(rebuilt(tree))
						return text, err == nil
					}
					n--
					next = append(next, &value[i])
				}
			}
		}
		level = next
	}
	return nil, false
}

// fixed are the fields without which an object is none, or a node is one for which
// podsim assumes what the real scheduler does not: room for 110 pods
// and its name as a label.
var fixed = map[string]bool{
	"apiVersion": true, "kind": true, "name": true, "status": true, "capacity": true, "allocatable": true, "pods": true, "metadata": true,
	"labels": true, hostKey: true, "nodeName": true,
}

// rebuilt takes the boxes out that the search has put in.
func rebuilt(tree any) any {
	switch value := tree.(type) {
	case *any:
		return rebuilt(*value)
	case map[string]any:
		for key := range value {
			value[key] = rebuilt(value[key])
		}
	case []any:
		for i := range value {
			value[i] = rebuilt(value[i])
		}
	}
	return tree
}
