package yamlnode

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
)

// method is how a type is decoded.
type method uint8

const (
	byKind method = iota
	byHook
	byNode
	byDuration
	byJSON
	byText
)

// typeInfo is what the decoder knows about a type.
type typeInfo struct {
	by     method
	hook   Hook
	fields map[string][]int // index paths of struct fields by name
	names  []string         // of the fields, in order of declaration
}

var (
	nodeUnmarshaler = reflect.TypeFor[Unmarshaler]()
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func (d *Decoder) typeInfo(t reflect.Type) *typeInfo {
	if info := d.types[t]; info != nil {
		return info
	}
	info := &typeInfo{}
	pointer := reflect.PointerTo(t)
	switch {
	case d.hooks[t] != nil:
		info.by, info.hook = byHook, d.hooks[t]
	case t.Kind() == reflect.Pointer:
		// What it points to decides.
	case pointer.Implements(nodeUnmarshaler):
		info.by = byNode
	case t == durationType:
		info.by = byDuration
	case pointer.Implements(jsonUnmarshaler):
		info.by = byJSON
	case pointer.Implements(textUnmarshaler):
		info.by = byText
	case t.Kind() == reflect.Struct:
		info.fields = make(map[string][]int)
		info.addFields(t, nil, nil)
	}
	d.types[t] = info
	return info
}

// addFields collects the fields of struct t, reached by the index path at. The
// fields of embedded structs come after, so that those of t hide them.
func (info *typeInfo) addFields(t reflect.Type, at []int, around []reflect.Type) {
	for _, outer := range around {
		if outer == t {
			return
		}
	}
	around = append(around[:len(around):len(around)], t)
	var inlined []int
	for i := range t.NumField() {
		f := t.Field(i)
		name, isInline, skip := fieldName(f)
		switch {
		case skip:
		case isInline:
			inlined = append(inlined, i)
		case info.fields[name] == nil:
			info.fields[name] = append(at[:len(at):len(at)], i)
			info.names = append(info.names, name)
		}
	}
	for _, i := range inlined {
		inner := t.Field(i).Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		info.addFields(inner, append(at[:len(at):len(at)], i), around)
	}
}

// fieldName returns the name of a field in YAML, by its yaml tag, its json tag
// or as in Go, and whether the fields of its struct stand in its place.
func fieldName(f reflect.StructField) (name string, isInline, skip bool) {
	tag, ok := f.Tag.Lookup("yaml")
	if !ok {
		tag = f.Tag.Get("json")
	}
	if tag == "-" {
		return "", false, true
	}
	name, options, _ := strings.Cut(tag, ",")
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Struct && name == "" {
		for option := range strings.SplitSeq(options, ",") {
			isInline = isInline || option == "inline"
		}
		isInline = isInline || f.Anonymous
	}
	// An unexported embedded pointer could not be allocated by reflection.
	if !f.IsExported() && !(isInline && f.Anonymous && f.Type.Kind() == reflect.Struct) {
		return "", false, true
	}
	if name == "" {
		name = f.Name
	}
	return name, isInline, false
}

// fieldByIndex returns a field, allocating the embedded structs on the way.
func fieldByIndex(v reflect.Value, index []int) reflect.Value {
	for i, at := range index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(at)
	}
	return v
}

// decodeJSON lets a type read the node as JSON, which all types of Kubernetes
// that are not what they look like can.
func decodeJSON(n *Node, v reflect.Value) error {
	data, err := n.JSON()
	if err != nil {
		return err
	}
	return v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(data)
}

func decodeText(n *Node, v reflect.Value) error {
	text, err := n.AsString()
	if err != nil {
		return err
	}
	return v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text))
}
