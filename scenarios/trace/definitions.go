package trace

import (
	"bytes"
	"encoding/json"
)

// definedKinds are those of objects that pods are scheduled by, by the name of
// their resource. They do not come and go in a run.
var definedKinds = map[string]string{
	"namespaces": "Namespace", "services": "Service", "poddisruptionbudgets": "PodDisruptionBudget",
}

func isDefined(kind string) bool {
	for _, known := range definedKinds {
		if kind == known {
			return true
		}
	}
	return false
}

// Definition is an object that pods are scheduled by, as JSON, in the state in
// which the trace first tells of it.
type Definition struct {
	File   string
	Line   int
	Object string
}

// Definitions returns the objects that pods are scheduled by. They are known once
// the trace has been read to its end for the first time.
func (r *Reader) Definitions() []Definition { return r.definitions }

// define keeps the first state of an object.
func (l *lives) define(object json.RawMessage, h *head) {
	before := int32(len(l.keys))
	if l.id(h.Kind, h.Metadata.Namespace, h.Metadata.Name) < before {
		l.note("lines", "are about later states of objects of kind "+h.Kind+", which stay as they were first")
		return
	}
	l.r.definitions = append(l.r.definitions, Definition{File: l.r.file, Line: l.r.lines.number, Object: string(object)})
}

// audited takes an entry of the log of the audit that creates an object which
// pods are scheduled by. It is false for all other entries.
func (l *lives) audited(e *event) bool {
	ref := e.ObjectRef
	kind := definedKinds[ref.Resource]
	if kind == "" || e.Verb != "create" || ref.Subresource != "" {
		return false
	}
	object := e.object()
	var h head
	if json.Unmarshal(object, &h) != nil || h.Kind != kind {
		return false
	}
	if h.Metadata.Namespace == "" && ref.Namespace != "" && kind != "Namespace" {
		var err error
		if object, err = inNamespace(object, ref.Namespace); err != nil {
			return false
		}
		h.Metadata.Namespace = ref.Namespace
	}
	l.define(object, &h)
	return true
}

// inNamespace returns an object that its user sent to a namespace.
func inNamespace(object json.RawMessage, namespace string) (json.RawMessage, error) {
	var all map[string]any
	decoder := json.NewDecoder(bytes.NewReader(object))
	decoder.UseNumber()
	if err := decoder.Decode(&all); err != nil {
		return nil, err
	}
	metadata, ok := all["metadata"].(map[string]any)
	if !ok {
		metadata = make(map[string]any)
	}
	metadata["namespace"] = namespace
	all["metadata"] = metadata
	return json.Marshal(all)
}
