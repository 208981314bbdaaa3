package scenarios

import (
	"slices"

	"github.com/podsim/podsim/sim/kernel"
)

// durationLaw describes a duration, a distribution of durations, or null, which
// is as good as nothing.
func durationLaw() *jsonSchema {
	s := duration()
	s.Type = append(s.Type, "object", "null")
	return addDistribution(s, map[kernel.Unit]func() *jsonSchema{
		kernel.Drawn:    duration,
		kernel.PerDrawn: rate,
		kernel.Pure:     pureNumber,
	})
}

// numberLaw is durationLaw for numbers without unit.
func numberLaw() *jsonSchema {
	drawn := func() *jsonSchema { return &jsonSchema{Type: types{"number"}, Minimum: "0"} }
	s := drawn()
	s.Type = append(s.Type, "object", "null")
	return addDistribution(s, map[kernel.Unit]func() *jsonSchema{
		kernel.Drawn: drawn, kernel.PerDrawn: drawn, kernel.Pure: pureNumber,
	})
}

func pureNumber() *jsonSchema { return &jsonSchema{Type: types{"number"}} }

// addDistribution adds what is known of distributions to the schema of a value.
func addDistribution(s *jsonSchema, units map[kernel.Unit]func() *jsonSchema) *jsonSchema {
	kind := &jsonSchema{Description: "type of distribution"}
	for _, t := range kernel.Types() {
		kind.Enum = append(kind.Enum, t.Name)
		s.AllOf = append(s.AllOf, when("type", t.Name, lawForms(&t)))
	}
	s.Properties = properties{{"type", kind}}
	for _, p := range kernel.KnownParameters() {
		value := parameterSchema(&p, units)
		value.Description = p.Help
		s.Properties = append(s.Properties, property{p.Name, value})
	}
	s.Properties = append(s.Properties,
		property{"file", &jsonSchema{Description: "file with the samples, relative to this one", Type: types{"string"}}},
		property{"data", &jsonSchema{Description: "name of data with the samples, under spec.data of the Scenario", Type: types{"string"}}})
	s.Required, s.AdditionalProperties = []string{"type"}, nothing()
	return s
}

func parameterSchema(p *kernel.ParameterHelp, units map[kernel.Unit]func() *jsonSchema) *jsonSchema {
	switch {
	case p.Name == "interpolate":
		return &jsonSchema{Type: types{"boolean"}}
	case p.Name == "branches":
		weight := pureNumber()
		weight.Minimum = "0"
		return &jsonSchema{Type: types{"array"}, Items: &jsonSchema{
			Type:                 types{"object"},
			Properties:           properties{{"weight", weight}, {"mean", units[p.Unit]()}},
			Required:             []string{"mean"},
			AdditionalProperties: nothing(),
		}}
	case p.List:
		return &jsonSchema{Type: types{"array"}, Items: units[p.Unit]()}
	}
	return units[p.Unit]()
}

// lawForms says which sets of parameters a type of distribution takes. Samples
// may stand in a file or in data instead.
func lawForms(t *kernel.TypeHelp) *jsonSchema {
	s := explained(t.Help)
	for _, set := range t.Accepts {
		forms := [][]string{set}
		if slices.Equal(set, []string{"samples"}) {
			forms = append(forms, []string{"file"}, []string{"data"})
		}
		for _, form := range forms {
			s.AnyOf = append(s.AnyOf, &jsonSchema{
				Required: form, PropertyNames: namesAmong([]string{"type"}, form, t.Optional),
			})
		}
	}
	return s
}
