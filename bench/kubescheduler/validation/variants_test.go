package validation

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// variants returns an object with one field after another changed, with what was done.
// What names the object stays.
func variants(object any) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for change := range changes(object, "") {
			if strings.HasPrefix(change.at, ".apiVersion") || strings.HasPrefix(change.at, ".kind") || strings.HasPrefix(change.at, ".status") ||
				slices.Contains([]string{".metadata", ".metadata.name", ".metadata.namespace", ".metadata.uid", ".spec"}, change.at) {
				continue
			}
			if !yield(fmt.Sprintf("%s = %v", change.at, change.to), set(object, change)) {
				return
			}
		}
	}
}

// change is one: what is at a path becomes another value; nil takes it away.
type change struct {
	at   string
	path []any // names of fields and positions in lists
	to   any
}

func changes(value any, at string, path ...any) iter.Seq[change] {
	return func(yield func(change) bool) {
		for _, to := range others(value) {
			if len(path) > 0 && !yield(change{at, slices.Clone(path), to}) {
				return
			}
		}
		switch v := value.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				for c := range changes(v[key], at+"."+key, append(slices.Clone(path), key)...) {
					if !yield(c) {
						return
					}
				}
			}
		case []any:
			for i := range v {
				for c := range changes(v[i], fmt.Sprintf("%s[%d]", at, i), append(slices.Clone(path), i)...) {
					if !yield(c) {
						return
					}
				}
			}
		}
	}
}

// others are the values that one is changed to.
func others(value any) []any {
	switch v := value.(type) {
	case string:
		return []any{nil, "other", v + "x", "Not Valid_", ""}
	case float64:
		return []any{nil, v + 1, v - 1, -v, 0.0, 70000.0}
	case bool:
		return []any{nil, !v}
	case map[string]any:
		more := maps.Clone(v)
		more["example.com/more"] = "1"
		return []any{nil, more}
	case []any:
		if len(v) == 0 {
			return nil
		}
		twice := append(slices.Clone(v), v[0])
		return []any{nil, []any{}, twice, v[1:]}
	}
	return nil
}

// set returns a value with a change.
func set(value any, c change) any {
	switch v := value.(type) {
	case map[string]any:
		out, key := maps.Clone(v), c.path[0].(string)
		switch {
		case len(c.path) > 1:
			out[key] = set(v[key], change{c.at, c.path[1:], c.to})
		case c.to == nil:
			delete(out, key)
		default:
			out[key] = c.to
		}
		return out
	case []any:
		out, i := slices.Clone(v), c.path[0].(int)
		switch {
		case len(c.path) > 1:
			out[i] = set(v[i], change{c.at, c.path[1:], c.to})
		case c.to == nil:
			out = slices.Delete(out, i, i+1)
		default:
			out[i] = c.to
		}
		return out
	}
	return value
}
