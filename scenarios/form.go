package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
)

// newDecoder returns a decoder for podsim's own kinds.
func (l *loader) newDecoder() *yamlnode.Decoder {
	d := yamlnode.NewDecoder()
	d.Hook(reflect.TypeFor[TimeLaw](), l.lawHook(true))
	d.Hook(reflect.TypeFor[NumberLaw](), l.lawHook(false))
	d.Hook(reflect.TypeFor[*yamlnode.Node](), func(n *yamlnode.Node, v reflect.Value) error {
		v.Set(reflect.ValueOf(n))
		return nil
	})
	return d
}

// decode decodes an object into its envelope, checks what the tags of the fields
// ask for, and reports whether all is right.
func (l *loader) decode(o *object, envelope any) bool {
	l.origin = o.origin
	problems := asProblems(l.decoder.Decode(o.root, envelope))
	f := form{problems: problems}
	f.check(o.root, reflect.TypeOf(envelope).Elem(), "")
	if needsName(o.kind) && o.name == "" {
		f.problems.Add(o.root.At("metadata"), "metadata", "name is missing")
	} else if o.name != "" && !isName(o.name) {
		f.problems.Addf(o.root.At("metadata", "name"), "metadata.name",
			"got %s; want lower-case letters, digits and -, at most %d", quote(o.name), limits.NameLength)
	}
	l.problems = append(l.problems, f.problems...)
	o.bad = len(f.problems) > 0
	return !o.bad
}

// form checks nodes against the tags of the types that they are decoded into:
// required, enum and min.
type form struct{ problems yamlnode.Problems }

func (f *form) check(n *yamlnode.Node, t reflect.Type, path string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[yamlnode.Node](), t == reflect.TypeFor[TimeLaw](), t == reflect.TypeFor[NumberLaw]():
	case t.Kind() == reflect.Slice && n.Kind == yamlnode.Seq:
		for i, item := range n.Items {
			at := yamlnode.IndexPath(path, i)
			if item.Kind == yamlnode.Null {
				f.problems.Add(item, at, "got null; want a value")
			}
			f.check(item, t.Elem(), at)
		}
	case t.Kind() == reflect.Struct && n.Kind == yamlnode.Map:
		f.fields(n, t, path)
	}
}

func (f *form) fields(n *yamlnode.Node, t reflect.Type, path string) {
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if options == "inline" {
			f.fields(n, field.Type, path)
			continue
		}
		value := n.Get(name)
		if value == nil || value.Kind == yamlnode.Null {
			if field.Tag.Get("required") != "" || name == "spec" && needsFields(field.Type) {
				f.problems.Addf(n, path, "%s is missing", name)
			}
			continue
		}
		at := yamlnode.KeyPath(path, name)
		f.enum(value, field.Tag.Get("enum"), at)
		f.least(value, field, at)
		f.check(value, field.Type, at)
	}
}

// needsFields reports whether a type has required fields.
func needsFields(t reflect.Type) bool {
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("required") != "" {
			return true
		}
	}
	return false
}

// enum checks that a word is one of those known.
func (f *form) enum(n *yamlnode.Node, words, path string) {
	if known := strings.Split(words, ","); words != "" && n.Kind == yamlnode.String && !slices.Contains(known, n.Text) {
		name := path[strings.LastIndexByte(path, '.')+1:]
		f.problems.Add(n, path, unknown(name, n.Text, known))
	}
}

// least checks that a number is not too small. Durations have min in
// nanoseconds.
func (f *form) least(n *yamlnode.Node, field reflect.StructField, path string) {
	text := field.Tag.Get("min")
	if text == "" {
		return
	}
	least, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(fmt.Sprintf("scenarios: min tag of %s: %v", field.Name, err))
	}
	t := field.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == durationType {
		if d, err := yamlnode.Duration(n.Text); n.Kind != yamlnode.Map && n.Kind != yamlnode.Seq && err == nil && float64(d) < least {
			f.problems.Addf(n, path, "must be > 0 (got %s)", d)
		}
		return
	}
	if x, err := n.AsFloat(); err == nil && x < least {
		f.problems.Addf(n, path, "must be >= %s (got %s)", text, n.Text)
	}
}
