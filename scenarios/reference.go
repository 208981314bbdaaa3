package scenarios

import (
	"reflect"
	"strings"
	"time"

	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim/kernel"
)

// FieldType says how the value of a field is written.
type FieldType string

// The types of fields.
const (
	TextType       FieldType = "text"
	BooleanType    FieldType = "boolean"
	IntegerType    FieldType = "integer"
	NumberType     FieldType = "number"
	DurationType   FieldType = "duration"            // 90s
	MomentsType    FieldType = "moments"             // a duration, or a list of them
	RateType       FieldType = "rate"                // 40/m
	BytesType      FieldType = "bytes"               // 500Mi
	QuantityType   FieldType = "quantity"            // 250m, 1.5Gi
	ShareType      FieldType = "share"               // 20%, or 0.2
	TimeLawType    FieldType = "duration law"        // a duration, or a distribution of durations
	NumberLawType  FieldType = "number law"          // a number, or a distribution of numbers
	MapType        FieldType = "map of text"         // texts by name
	ValueType      FieldType = "value"               // of any type; an item of a list
	KubernetesType FieldType = "object (Kubernetes)" // a part of an object of Kubernetes, as there
	ObjectType     FieldType = "object"              // has Fields
	ListType       FieldType = "list"                // has Items
)

// Field describes one field of podsim's own kinds. The tree of all fields is
// what documentation and schemas are made of; it is read from the types that
// scenarios are decoded into, so that it cannot differ from what Load takes.
type Field struct {
	Name     string // empty for the items of a list
	Type     FieldType
	Required bool
	// Default is the value that a field has if it is left out, as YAML. Empty if
	// none can be written down; Help says what happens then.
	Default string
	Enum    []string // the words that it may be; empty for any
	// Min is the least value as it is written, 1 or 1ns; empty for the least of
	// the type. Durations, rates and draws are never negative.
	Min    string
	Help   string
	Fields []Field // of an ObjectType, in the order of the documentation
	Items  *Field  // of a ListType
}

// Fields returns the fields of objects of the kind.
func (k KindHelp) Fields() []Field { return fieldsOf(k.Type) }

// WalkFields visits fields and all that they hold, parents first. Paths are
// written as in messages, with [] for any item of a list: spec.faults[].at.
// Where visit returns false, the walk goes no deeper.
func WalkFields(parent string, fields []Field, visit func(path string, f *Field) bool) {
	for i := range fields {
		f := &fields[i]
		path := yamlnode.KeyPath(parent, f.Name)
		if !visit(path, f) {
			continue
		}
		for f.Items != nil {
			f, path = f.Items, path+"[]"
		}
		WalkFields(path, f.Fields, visit)
	}
}

// fieldsOf reads the fields of a struct from its tags.
func fieldsOf(t reflect.Type) []Field {
	var fields []Field
	for i := range t.NumField() {
		tags := t.Field(i).Tag
		name, options, _ := strings.Cut(tags.Get("yaml"), ",")
		if options == "inline" {
			fields = append(fields, fieldsOf(t.Field(i).Type)...)
			continue
		}
		f := fieldOf(t.Field(i).Type)
		f.Name, f.Help = name, tags.Get("help")
		f.Required = tags.Get("required") != ""
		if text, ok := tags.Lookup("default"); ok {
			f.Default = text
		}
		if words := tags.Get("enum"); words != "" {
			f.Enum = strings.Split(words, ",")
		}
		if f.Min = tags.Get("min"); f.Min != "" && f.Type == DurationType {
			f.Min += "ns"
		}
		fields = append(fields, f)
	}
	if t == reflect.TypeFor[LatenciesSpec]() {
		setLatencyDefaults(fields)
	}
	return fields
}

// fieldOf describes what is decoded into a type.
func fieldOf(t reflect.Type) Field {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case durationType:
		return Field{Type: DurationType}
	case reflect.TypeFor[Rate]():
		return Field{Type: RateType}
	case reflect.TypeFor[Bytes]():
		return Field{Type: BytesType}
	case reflect.TypeFor[Amount]():
		return Field{Type: QuantityType}
	case reflect.TypeFor[Portion]():
		return Field{Type: ShareType}
	case reflect.TypeFor[Moments]():
		return Field{Type: MomentsType}
	case reflect.TypeFor[TimeLaw]():
		return Field{Type: TimeLawType}
	case reflect.TypeFor[NumberLaw]():
		return Field{Type: NumberLawType}
	case reflect.TypeFor[Values]():
		return Field{Type: ListType, Items: &Field{Type: ValueType}}
	case reflect.TypeFor[yamlnode.Node]():
		return Field{Type: KubernetesType}
	case reflect.TypeFor[map[string]string](), reflect.TypeFor[Amounts]():
		return Field{Type: MapType}
	}
	switch t.Kind() {
	case reflect.Struct:
		return Field{Type: ObjectType, Fields: fieldsOf(t)}
	case reflect.Slice:
		item := fieldOf(t.Elem())
		return Field{Type: ListType, Items: &item}
	case reflect.String:
		return Field{Type: TextType}
	case reflect.Bool:
		return Field{Type: BooleanType, Default: "false"}
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return Field{Type: IntegerType}
	case reflect.Float64:
		return Field{Type: NumberType}
	}
	panic("scenarios: no field can be of type " + t.String()) // no input leads here
}

// setLatencyDefaults takes the defaults of latencies from where the run takes
// them.
func setLatencyDefaults(fields []Field) {
	latencies, kubelet := (&LatenciesSpec{}).compile()
	mean := func(law kernel.Distribution) time.Duration { return kernel.Seconds(law.Mean()) }
	defaults := map[string]time.Duration{
		"decision": latencies.Decision, "binding": latencies.Binding, "controller": latencies.Controller, "jobSync": latencies.JobSync,
		"nodeReady": latencies.NodeReady,
		"bind":      mean(kubelet.Bind), "sandbox": mean(kubelet.Sandbox), "imagePull": mean(kubelet.ImagePull),
		"containerStart": mean(kubelet.ContainerStart), "stopTime": mean(kubelet.StopTime), "runTime": mean(kubelet.RunTime),
	}
	for i := range fields {
		if d, ok := defaults[fields[i].Name]; ok {
			fields[i].Default = plainDuration(d)
		}
	}
}

// plainDuration writes a duration as people do: 1m, not 1m0s.
func plainDuration(d time.Duration) string {
	text := d.String()
	if rest, ok := strings.CutSuffix(text, "m0s"); ok {
		text = rest + "m"
	}
	if rest, ok := strings.CutSuffix(text, "h0m"); ok {
		text = rest + "h"
	}
	return text
}
