package scenarios

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/scheduler/plugins"
)

// Schema returns the JSON schema (draft 2020-12) of one document of a scenario:
// an object of podsim's own kinds, or an object of Kubernetes, of which it only
// knows the envelope. Plugins may be named that stand in the table; nil is
// plugins.Table().
//
// Like the reference it is made from the types that scenarios are decoded into.
// It knows the form of a document, not what it refers to: what it refuses Load
// refuses too, but Load has the last word.
func Schema(table []plugins.Entry) []byte {
	w := newSchemaWriter(table)
	var kinds []*jsonSchema
	for _, kind := range Kinds() {
		w.define(kind.Name, func() *jsonSchema { return w.kind(kind) })
		kinds = append(kinds, when("kind", kind.Name, &jsonSchema{Ref: definitions + kind.Name}))
	}
	root := &jsonSchema{
		Title:       "podsim scenario",
		Description: "one document: an object of podsim's own kinds (apiVersion " + APIVersion + ") or an object of Kubernetes",
		Type:        types{"object"},
		Properties: properties{
			{"apiVersion", &jsonSchema{Description: "group and version of the kind", Type: types{"string"}, Examples: []any{APIVersion}}},
			{"kind", &jsonSchema{Description: "kind of the object", Type: types{"string"}}},
		},
		Required: []string{"apiVersion", "kind"},
		If: &jsonSchema{
			Properties: properties{{"apiVersion", &jsonSchema{Pattern: "^" + manifest.ScenarioGroup + "(/|$)"}}},
			Required:   []string{"apiVersion"},
		},
		Then: &jsonSchema{
			Properties: properties{{"kind", &jsonSchema{Enum: texts(kindNames())}}},
			AllOf:      kinds,
		},
		Else: w.ref("KubernetesObject", kubernetesObject),
	}
	return w.write(root)
}

// Schema returns the JSON schema of objects of the kind. See the function
// Schema.
func (k KindHelp) Schema(table []plugins.Entry) []byte {
	w := newSchemaWriter(table)
	root := w.kind(k)
	root.Title = "podsim " + k.Name
	return w.write(root)
}

// schemaWriter makes one schema.
type schemaWriter struct {
	table       []plugins.Entry
	kindName    string // of the kind that is being described
	definitions properties
}

func newSchemaWriter(table []plugins.Entry) *schemaWriter {
	if table == nil {
		table = plugins.Table()
	}
	return &schemaWriter{table: table}
}

func (w *schemaWriter) write(root *jsonSchema) []byte {
	root.Dialect, root.Definitions = "https://json-schema.org/draft/2020-12/schema", w.definitions
	return root.bytes()
}

const definitions = "#/$defs/"

// ref returns a reference to a definition, which is made at its first use.
func (w *schemaWriter) ref(name string, build func() *jsonSchema) *jsonSchema {
	w.define(name, build)
	return &jsonSchema{Ref: definitions + name}
}

func (w *schemaWriter) define(name string, build func() *jsonSchema) {
	if slices.ContainsFunc(w.definitions, func(p property) bool { return p.name == name }) {
		return
	}
	at := len(w.definitions)
	w.definitions = append(w.definitions, property{name, nil}) // before those that it refers to
	schema := build()
	w.definitions[at].schema = schema
}

// kind describes objects of one of podsim's own kinds.
func (w *schemaWriter) kind(kind KindHelp) *jsonSchema {
	w.kindName = kind.Name
	fields := kind.Fields()
	for i := range fields {
		f := &fields[i]
		switch f.Name {
		case "metadata":
			f.Required = needsName(kind.Name)
			f.Fields[fieldIndex(f.Fields, "name")].Required = f.Required
		case "spec":
			f.Required = slices.ContainsFunc(f.Fields, func(inner Field) bool { return inner.Required })
		}
	}
	s := w.object("", fields)
	s.Description = kind.Help
	return s
}

// needsName reports whether objects of one of podsim's own kinds must have a
// name.
func needsName(kind string) bool {
	return !slices.Contains([]string{"Scenario", "Assertions", "Experiment", "Plan", "PriceBook"}, kind)
}

func fieldIndex(fields []Field, name string) int {
	return slices.IndexFunc(fields, func(f Field) bool { return f.Name == name })
}

// kubernetesObject describes what objects of Kubernetes have in common. Lists,
// which kubectl get writes, and the configuration of kube-scheduler have no name.
func kubernetesObject() *jsonSchema {
	return &jsonSchema{
		Description: "an object of Kubernetes, as kubectl takes it",
		Type:        types{"object"},
		Properties: properties{
			{"metadata", &jsonSchema{Description: "what identifies the object", Type: types{"object", "null"}}},
		},
		If:   &jsonSchema{Properties: properties{{"kind", &jsonSchema{Pattern: "List$|^" + schedulerConfigKind + "$|^" + deschedulerKind + "$"}}}},
		Else: &jsonSchema{Required: []string{"metadata"}},
	}
}

// nodeTemplate describes what of a Node a NodeGroup makes much of. Kubernetes has
// many more fields.
func (w *schemaWriter) nodeTemplate() *jsonSchema {
	labels := mapOfText()
	labels.Description = "labels of each node"
	amounts := func(help string) *jsonSchema {
		return &jsonSchema{Description: help, Type: types{"object", "null"}, AdditionalProperties: w.ref("quantity", quantity)}
	}
	part := func(fields ...property) *jsonSchema {
		return &jsonSchema{Type: types{"object", "null"}, Properties: fields}
	}
	return &jsonSchema{
		Type: types{"object"},
		Properties: properties{
			{"metadata", part(property{"labels", labels})},
			{"spec", part(property{"taints", &jsonSchema{
				Description: "taints of each node", Type: types{"array", "null"}, Items: taint(),
			}})},
			{"status", part(
				property{"capacity", amounts("what each node has: cpu, memory, pods, ephemeral-storage, nvidia.com/gpu and so on")},
				property{"allocatable", amounts("what of it pods may have (default: all)")},
			)},
		},
	}
}

// taint describes a taint of a node.
func taint() *jsonSchema {
	return &jsonSchema{
		Type: types{"object"},
		Properties: properties{
			{"key", &jsonSchema{Type: types{"string"}}},
			{"value", &jsonSchema{Type: types{"string", "null"}}},
			{"effect", &jsonSchema{Enum: texts([]string{"NoSchedule", "PreferNoSchedule", "NoExecute"})}},
		},
		Required: []string{"key", "effect"},
	}
}

// workloadTemplate describes the object that a Workload brings.
func workloadTemplate() *jsonSchema {
	ref := fieldsOf(reflect.TypeFor[TemplateRef]())
	kind := ref[fieldIndex(ref, "kind")]
	return &jsonSchema{
		Type: types{"object", "null"},
		Properties: properties{
			{"apiVersion", &jsonSchema{Type: types{"string"}, Examples: []any{"v1", "apps/v1", "batch/v1"}}},
			{"kind", &jsonSchema{Description: kind.Help, Enum: texts(kind.Enum)}},
		},
		Required: []string{"apiVersion", "kind"},
	}
}

// nameOf is the form of names that become parts of the names of objects.
func nameOf() string { return fmt.Sprintf("^[a-z0-9]([-a-z0-9]{0,%d}[a-z0-9])?$", limits.NameLength-2) }
