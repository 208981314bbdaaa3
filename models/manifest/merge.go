package manifest

import (
	"reflect"
	"slices"
	"strings"

	"github.com/podsim/podsim/models/yamlnode"
)

// Patch returns an object with a patch merged into it, as kubectl patch does:
// maps by field, null taking a field away, and lists whose items have a key, such
// as containers by name, item by item; every other list is replaced. Of an object
// that podsim does not simulate, and with plain, all lists are replaced. Nodes of
// the result stand where they were read, so that problems with it do.
// Source: k8s.io/apimachinery/pkg/util/strategicpatch, RFC 7386.
func Patch(object, patch *yamlnode.Node, plain bool) (*yamlnode.Node, yamlnode.Problems) {
	m := &merger{}
	t := typeOfObject(object)
	if plain {
		t = nil
	}
	if patch == nil || patch.Kind != yamlnode.Map {
		m.problems.Addf(patch, "", "a patch is a map of the fields to change")
		return object, m.problems
	}
	merged := m.merge(object, patch, t, "")
	return merged, m.problems
}

// Apply returns what kubectl apply makes of an object: next merged into it, and
// what was applied last time and next no longer has taken away. What others have
// set meanwhile stays.
// Source: k8s.io/apimachinery/pkg/util/strategicpatch (CreateThreeWayMergePatch).
func Apply(last, live, next *yamlnode.Node) *yamlnode.Node {
	return applied(last, live, next, typeOfObject(next))
}

// typeOfObject returns the type of a simulated object; nil of any other.
func typeOfObject(object *yamlnode.Node) reflect.Type {
	kind := object.Get("kind")
	if kind == nil || !slices.ContainsFunc(simulatedKinds, func(k string) bool { return strings.HasSuffix(k, " "+kind.Text) }) {
		return nil
	}
	return reflect.TypeOf(newObject(kind.Text)).Elem()
}

// merger merges one patch.
type merger struct{ problems yamlnode.Problems }

// The directives of a strategic merge patch.
const (
	patchDirective  = "$patch"
	retainDirective = "$retainKeys"
	orderDirective  = "$setElementOrder/"
)

// merge returns live with a patch that is a map merged into it; nil if the patch
// takes it away.
func (m *merger) merge(live, patch *yamlnode.Node, t reflect.Type, path string) *yamlnode.Node {
	switch directive := textOf(patch.Get(patchDirective)); directive {
	case "", "merge":
	case "replace":
		return without(patch, patchDirective)
	case "delete":
		return nil
	default:
		m.problems.Addf(patch.Get(patchDirective), joinPath(path, patchDirective), "got %s; want merge, replace or delete", quote(directive))
		return live
	}
	out := *patch
	out.Fields = nil
	if live != nil && live.Kind == yamlnode.Map {
		out = *live
		out.Fields = slices.Clone(live.Fields)
	}
	for _, f := range patch.Fields {
		at := yamlnode.KeyPath(path, f.Name)
		if strings.HasPrefix(f.Name, "$") && t != nil {
			m.direct(&out, f, at)
			continue
		}
		old := out.Get(f.Name)
		field := fieldOf(t, f.Name)
		switch {
		case f.Value.Kind == yamlnode.Null:
			f.Value = nil
		case f.Value.Kind == yamlnode.Map:
			f.Value = m.merge(old, f.Value, field.value, at)
		case f.Value.Kind == yamlnode.Seq && field.merges:
			f.Value = m.mergeList(old, f.Value, field, at)
		}
		setField(&out, f)
	}
	return &out
}

// direct follows a directive in a map.
func (m *merger) direct(out *yamlnode.Node, f yamlnode.Field, at string) {
	switch {
	case f.Name == patchDirective, strings.HasPrefix(f.Name, orderDirective):
	case f.Name == retainDirective && f.Value.Kind == yamlnode.Seq:
		out.Fields = slices.DeleteFunc(out.Fields, func(old yamlnode.Field) bool { return !hasText(f.Value, old.Name) })
	default:
		m.problems.Addf(f.Value, at, "the directive %s is not read; want %s or %s", quote(f.Name), patchDirective, retainDirective)
	}
}

// mergeList merges a list whose items have a key, or that is a set of words.
func (m *merger) mergeList(live, patch *yamlnode.Node, field mergeField, path string) *yamlnode.Node {
	out := *patch
	out.Items = nil
	if live != nil && live.Kind == yamlnode.Seq {
		out.Items = slices.Clone(live.Items)
	}
	if slices.ContainsFunc(patch.Items, isReplacement) {
		out.Items = nil
	}
	for i, item := range patch.Items {
		at := yamlnode.IndexPath(path, i)
		switch {
		case isReplacement(item):
		case item.Kind != yamlnode.Map:
			if !hasText(&out, item.Text) {
				out.Items = append(out.Items, item)
			}
		case item.Get(field.key) == nil:
			m.problems.Addf(item, at, "%s is missing; items of this list are merged by it", field.key)
		default:
			found := indexByKey(out.Items, item, field.key)
			var old *yamlnode.Node
			if found >= 0 {
				old = out.Items[found]
			}
			merged := m.merge(old, item, field.item, at)
			switch {
			case merged == nil && found >= 0:
				out.Items = slices.Delete(out.Items, found, found+1)
			case merged == nil:
			case found >= 0:
				out.Items[found] = merged
			default:
				out.Items = append(out.Items, merged)
			}
		}
	}
	return &out
}

// isReplacement reports whether an item says that the others are the whole list.
func isReplacement(item *yamlnode.Node) bool {
	return len(item.Fields) == 1 && textOf(item.Get(patchDirective)) == "replace"
}

// applied is Apply for a part of an object.
func applied(last, live, next *yamlnode.Node, t reflect.Type) *yamlnode.Node {
	if next.Kind != yamlnode.Map || live == nil || live.Kind != yamlnode.Map {
		return next
	}
	out := *live
	out.Fields = slices.Clone(live.Fields)
	if last != nil {
		out.Fields = slices.DeleteFunc(out.Fields, func(f yamlnode.Field) bool {
			return last.Get(f.Name) != nil && next.Get(f.Name) == nil
		})
	}
	for _, f := range next.Fields {
		field, old := fieldOf(t, f.Name), live.Get(f.Name)
		switch {
		case f.Value.Kind == yamlnode.Null:
			f.Value = nil
		case f.Value.Kind == yamlnode.Map:
			f.Value = applied(last.Get(f.Name), old, f.Value, field.value)
		case f.Value.Kind == yamlnode.Seq && field.merges && field.key != "":
			f.Value = appliedList(last.Get(f.Name), old, f.Value, field)
		}
		setField(&out, f)
	}
	return &out
}

// appliedList is Apply for a list whose items have a key: the order is that of
// next, with what others have added behind it.
func appliedList(last, live, next *yamlnode.Node, field mergeField) *yamlnode.Node {
	if live == nil || live.Kind != yamlnode.Seq {
		return next
	}
	var lastItems []*yamlnode.Node
	if last != nil {
		lastItems = last.Items
	}
	out := *next
	out.Items = make([]*yamlnode.Node, 0, len(next.Items))
	for _, item := range next.Items {
		var before *yamlnode.Node
		if i := indexByKey(lastItems, item, field.key); i >= 0 {
			before = lastItems[i]
		}
		if i := indexByKey(live.Items, item, field.key); i >= 0 {
			item = applied(before, live.Items[i], item, field.item)
		}
		out.Items = append(out.Items, item)
	}
	for _, item := range live.Items {
		if indexByKey(lastItems, item, field.key) < 0 && indexByKey(next.Items, item, field.key) < 0 {
			out.Items = append(out.Items, item)
		}
	}
	return &out
}

// mergeField is what a type says about merging one of its fields.
type mergeField struct {
	value  reflect.Type // nil if nothing is known of it
	item   reflect.Type // of a list
	key    string       // by which its items are merged
	merges bool         // a list is merged, not replaced
}

// fieldOf returns how a field of a type of Kubernetes is merged.
func fieldOf(t reflect.Type, name string) mergeField {
	if t == nil {
		return mergeField{}
	}
	switch t.Kind() {
	case reflect.Map:
		return mergeField{value: direct(t.Elem())}
	case reflect.Struct:
	default:
		return mergeField{}
	}
	for i := range t.NumField() {
		f := t.Field(i)
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if tag == "" && (f.Anonymous || options == "inline") {
			if inner := fieldOf(direct(f.Type), name); inner != (mergeField{}) {
				return inner
			}
			continue
		}
		if tag != name {
			continue
		}
		out := mergeField{value: direct(f.Type), key: f.Tag.Get("patchMergeKey")}
		out.merges = slices.Contains(strings.Split(f.Tag.Get("patchStrategy"), ","), "merge")
		if out.value.Kind() == reflect.Slice {
			out.item = direct(out.value.Elem())
		}
		return out
	}
	return mergeField{}
}

func direct(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// setField sets a field of a map of its own; a nil value takes it away.
func setField(n *yamlnode.Node, f yamlnode.Field) {
	i := slices.IndexFunc(n.Fields, func(old yamlnode.Field) bool { return old.Name == f.Name })
	switch {
	case f.Value == nil && i >= 0:
		n.Fields = slices.Delete(n.Fields, i, i+1)
	case f.Value == nil:
	case i >= 0:
		n.Fields[i].Value = f.Value
	default:
		n.Fields = append(n.Fields, f)
	}
}

func without(n *yamlnode.Node, name string) *yamlnode.Node {
	out := *n
	out.Fields = slices.DeleteFunc(slices.Clone(n.Fields), func(f yamlnode.Field) bool { return f.Name == name })
	return &out
}

func indexByKey(items []*yamlnode.Node, like *yamlnode.Node, key string) int {
	want := like.Get(key)
	if want == nil {
		return -1
	}
	return slices.IndexFunc(items, func(item *yamlnode.Node) bool {
		have := item.Get(key)
		return have != nil && have.Text == want.Text
	})
}

func hasText(list *yamlnode.Node, text string) bool {
	return slices.ContainsFunc(list.Items, func(item *yamlnode.Node) bool {
		return item.Kind != yamlnode.Map && item.Kind != yamlnode.Seq && item.Text == text
	})
}

func textOf(n *yamlnode.Node) string {
	if n == nil || n.Kind != yamlnode.String {
		return ""
	}
	return n.Text
}
