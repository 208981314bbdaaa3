package timelines

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// Fact is one thing that was observed: a field of an object got a value.
type Fact struct {
	// At is seconds since the start of the recording.
	At float64 `json:"t"`
	// Kind and Name are those of the object; of the result of an action, Kind is
	// Result and Name the action.
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Field is Added, Deleted, Event, or the field that changed: those of a map
	// stand behind a dot, such as conditions.Ready.
	Field string `json:"field"`
	// Value is the new value as JSON; of conditions and events it is plain text.
	Value string `json:"value,omitempty"`
}

// Fields of facts that are not fields of an object, and the kind of results.
const (
	Added   = "added"
	Deleted = "deleted"
	Event   = "event"
	Result  = "result"
)

// Subject returns the object that the fact is about.
func (f Fact) Subject() string { return f.Kind + "/" + f.Name }

// Text returns the fact in one line, without its time.
func (f Fact) Text() string {
	switch {
	case f.Kind == Result:
		return "result of " + f.Name + " = " + f.Value
	case f.Field == Added, f.Field == Deleted:
		return f.Subject() + " " + f.Field
	case f.Field == Event:
		return "event " + f.Subject() + " " + f.Value
	}
	return f.Subject() + " " + f.Field + "=" + f.Value
}

// Class tells facts of one sort apart from others in tables: the kind and field.
func (f Fact) Class() string {
	if f.Kind == Result {
		return Result
	}
	if f.Field == Event {
		// The type and reason of an event come before the colon.
		reason, _, _ := strings.Cut(f.Value, ":")
		if _, after, ok := strings.Cut(reason, " "); ok {
			reason = after
		}
		return "event " + f.Kind + " " + reason
	}
	return f.Kind + " " + f.Field
}

// stream names the changes of one field of one object, which follow each other.
func (f Fact) stream() string { return f.Subject() + " " + f.Field }

// plainFields are the fields of maps whose values are written as plain text.
func isPlain(field string) bool { return strings.HasPrefix(field, "conditions.") }

// encode writes a value as JSON on one line, without escapes for HTML.
func encode(value any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return err.Error() // values come from JSON or are made here
	}
	return strings.TrimSpace(b.String())
}

// valueText writes the value of a field.
func valueText(field string, value any) string {
	if text, ok := value.(string); ok && isPlain(field) {
		return text
	}
	return encode(value)
}

// flatten appends a fact for each field of a set, in the order of the alphabet.
// Maps of strings and numbers become one fact for each entry.
func flatten(facts []Fact, at Fact, set map[string]any) []Fact {
	for _, field := range sortedKeys(set) {
		inner, ok := set[field].(map[string]any)
		if !ok || hasMaps(inner) {
			at.Field, at.Value = field, valueText(field, set[field])
			facts = append(facts, at)
			continue
		}
		for _, key := range sortedKeys(inner) {
			at.Field = field + "." + key
			at.Value = valueText(at.Field, inner[key])
			facts = append(facts, at)
		}
	}
	return facts
}

func hasMaps(m map[string]any) bool {
	for _, value := range m {
		if _, ok := value.(map[string]any); ok {
			return true
		}
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// sortByTime orders facts by time and leaves those of one moment in their order.
func sortByTime(facts []Fact) {
	slices.SortStableFunc(facts, func(a, b Fact) int { return cmp.Compare(a.At, b.At) })
}
