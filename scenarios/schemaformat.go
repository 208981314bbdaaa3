package scenarios

import (
	"bytes"
	"encoding/json"
)

// jsonSchema is a JSON schema of draft 2020-12, with its keywords in the order in
// which they are best read. Most keywords speak of values of one type and let
// others pass: that is why pattern, minimum and properties can stand side by
// side in the schema of what may be a text, a number or an object.
type jsonSchema struct {
	Dialect     string      `json:"$schema,omitempty"`
	Title       string      `json:"title,omitempty"`
	Description string      `json:"description,omitempty"`
	Ref         string      `json:"$ref,omitempty"`
	Type        types       `json:"type,omitempty"`
	Const       any         `json:"const,omitempty"`
	Enum        []any       `json:"enum,omitempty"`
	Pattern     string      `json:"pattern,omitempty"`
	Minimum     json.Number `json:"minimum,omitempty"`
	Maximum     json.Number `json:"maximum,omitempty"`
	MinItems    int         `json:"minItems,omitempty"`
	MaxItems    int         `json:"maxItems,omitempty"`
	Default     any         `json:"default,omitempty"`
	Examples    []any       `json:"examples,omitempty"`

	Properties           properties  `json:"properties,omitempty"`
	PropertyNames        *jsonSchema `json:"propertyNames,omitempty"`
	AdditionalProperties *jsonSchema `json:"additionalProperties,omitempty"`
	Required             []string    `json:"required,omitempty"`
	Items                *jsonSchema `json:"items,omitempty"`

	If    *jsonSchema   `json:"if,omitempty"`
	Then  *jsonSchema   `json:"then,omitempty"`
	Else  *jsonSchema   `json:"else,omitempty"`
	AllOf []*jsonSchema `json:"allOf,omitempty"`
	AnyOf []*jsonSchema `json:"anyOf,omitempty"`

	Definitions properties `json:"$defs,omitempty"`

	refusesAll bool // the schema false
}

// nothing is the schema that no value fits.
func nothing() *jsonSchema { return &jsonSchema{refusesAll: true} }

// when is a schema that holds for objects in which a field is such a word.
func when(field, word string, then *jsonSchema) *jsonSchema {
	return &jsonSchema{
		If:   &jsonSchema{Properties: properties{{field, &jsonSchema{Const: word}}}, Required: []string{field}},
		Then: then,
	}
}

// orNull lets the field be null, which is as good as left out.
func (s *jsonSchema) orNull() {
	if len(s.Type) > 0 && s.Type[len(s.Type)-1] != "null" {
		s.Type = append(s.Type, "null")
	}
	if len(s.Enum) > 0 {
		s.Enum = append(s.Enum, nil)
	}
}

// bytes returns the schema as JSON in lines.
func (s *jsonSchema) bytes() []byte {
	var out bytes.Buffer
	text, err := s.MarshalJSON()
	if err == nil {
		err = json.Indent(&out, text, "", "  ")
	}
	if err != nil {
		panic("scenarios: " + err.Error()) // it holds nothing that cannot be written
	}
	out.WriteByte('\n')
	return out.Bytes()
}

// MarshalJSON writes the schema in one line.
func (s *jsonSchema) MarshalJSON() ([]byte, error) {
	if s.refusesAll {
		return []byte("false"), nil
	}
	type plain jsonSchema
	return plainJSON((*plain)(s))
}

// types are the types that a value may have.
type types []string

// MarshalJSON writes one type as a text and several as a list.
func (t types) MarshalJSON() ([]byte, error) {
	if len(t) == 1 {
		return plainJSON(t[0])
	}
	return plainJSON([]string(t))
}

// properties are schemas by name, in the order of the documentation.
type properties []property

type property struct {
	name   string
	schema *jsonSchema
}

// MarshalJSON writes an object.
func (p properties) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, entry := range p {
		if i > 0 {
			out = append(out, ',')
		}
		name, err := plainJSON(entry.name)
		if err != nil {
			return nil, err
		}
		schema, err := entry.schema.MarshalJSON()
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, name...), ':'), schema...)
	}
	return append(out, '}'), nil
}

// plainJSON writes a value without escapes for <, > and &, which stand in many
// descriptions.
func plainJSON(value any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return bytes.TrimRight(out.Bytes(), "\n"), err
}

func texts(words []string) []any {
	list := make([]any, len(words))
	for i, word := range words {
		list[i] = word
	}
	return list
}
