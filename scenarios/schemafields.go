package scenarios

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scheduler"
)

// The forms of values, as package yamlnode and Kubernetes read them.
const (
	decimalPattern  = `([0-9]+\.?[0-9]*|\.[0-9]+)`
	exponentPattern = `([eE][+-]?[0-9]+)?`
	durationPattern = `^\+?(0|(` + decimalPattern + `(ns|us|µs|μs|ms|s|m|h|d|w))+)$`
	ratePattern     = `^\+?` + decimalPattern + exponentPattern + `/[smhdw]$`
	anyRatePattern  = `^(\+?` + decimalPattern + exponentPattern + `/[smhdw]|0+(\.0*)?)$`
	quantityPattern = `^\+?` + decimalPattern + `([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?$`
	aboveZero       = `^[^eE]*[1-9]`
)

// object describes an object with these fields and no others.
func (w *schemaWriter) object(parent string, fields []Field) *jsonSchema {
	s := &jsonSchema{Type: types{"object"}, AdditionalProperties: nothing()}
	for i := range fields {
		f := &fields[i]
		s.Properties = append(s.Properties, property{f.Name, w.field(yamlnode.KeyPath(parent, f.Name), f)})
		if f.Required {
			s.Required = append(s.Required, f.Name)
		}
	}
	return s
}

func (w *schemaWriter) field(path string, f *Field) *jsonSchema {
	s := w.value(path, f)
	w.refine(path, s)
	if !f.Required {
		s.orNull()
	}
	s.Description, s.Default = f.Help, defaultValue(f)
	return s
}

// value describes the values of a field.
func (w *schemaWriter) value(path string, f *Field) *jsonSchema {
	switch f.Type {
	case BooleanType:
		return &jsonSchema{Type: types{"boolean"}}
	case IntegerType:
		return &jsonSchema{Type: types{"integer"}, Minimum: json.Number(f.Min)}
	case NumberType:
		return &jsonSchema{Type: types{"number"}, Minimum: json.Number(f.Min)}
	case DurationType:
		if f.Min != "" {
			return &jsonSchema{Type: types{"string"}, Pattern: durationPattern, AllOf: []*jsonSchema{{Pattern: aboveZero}}}
		}
		return duration()
	case MomentsType:
		s := duration()
		s.Type, s.Items, s.MaxItems = append(s.Type, "array"), duration(), limits.Moments
		return s
	case RateType:
		return &jsonSchema{Type: types{"string", "integer"}, Pattern: anyRatePattern, Minimum: "0", Maximum: "0", Examples: []any{"40/m"}}
	case BytesType:
		return w.ref("bytes", byteAmount)
	case QuantityType:
		return quantity()
	case ShareType:
		return &jsonSchema{Type: types{"string", "number"}, Maximum: "1", Examples: []any{"20%"}}
	case TimeLawType:
		return w.ref("durationLaw", durationLaw)
	case NumberLawType:
		return w.ref("numberLaw", numberLaw)
	case MapType:
		return mapOfText()
	case ValueType:
		return &jsonSchema{Type: types{"string", "number", "boolean", "object", "array"}}
	case KubernetesType:
		return &jsonSchema{Type: types{"object"}}
	case ObjectType:
		return w.object(path, f.Fields)
	case ListType:
		path += "[]"
		s := &jsonSchema{Type: types{"array"}, Items: w.value(path, f.Items)}
		w.refine(path, s.Items)
		return s
	}
	return &jsonSchema{Type: types{"string"}, Enum: texts(f.Enum)}
}

// duration describes a duration: a text with units, or 0.
func duration() *jsonSchema {
	return &jsonSchema{
		Type: types{"string", "integer"}, Pattern: durationPattern, Minimum: "0", Maximum: "0", Examples: []any{"90s", "1h30m"},
	}
}

// rate describes a rate above zero.
func rate() *jsonSchema {
	return &jsonSchema{
		Type: types{"string"}, Pattern: ratePattern, AllOf: []*jsonSchema{{Pattern: aboveZero}}, Examples: []any{"40/m"},
	}
}

// quantity describes an amount of a resource, as Kubernetes writes it.
func quantity() *jsonSchema {
	return &jsonSchema{Type: types{"string", "number"}, Pattern: quantityPattern, Minimum: "0", Examples: []any{"500m", "16Gi"}}
}

// byteAmount describes an amount of bytes above zero.
func byteAmount() *jsonSchema {
	return &jsonSchema{
		Type: types{"string", "number"}, Pattern: quantityPattern, Minimum: "1", AllOf: []*jsonSchema{{Pattern: aboveZero}}, Examples: []any{"500Mi", "1.25G"},
	}
}

func mapOfText() *jsonSchema {
	return &jsonSchema{Type: types{"object"}, AdditionalProperties: &jsonSchema{Type: types{"string", "null"}}}
}

// ranges bound numbers whose tags do not say all of it, by kind and path.
var ranges = []struct {
	field       string
	least, most json.Number // empty for what the tags say
}{
	{"Scenario spec.seed", "0", ""},
	{"Scenario spec.scheduler.percentageOfNodesToScore", "0", "100"},
	{"NodeGroup spec.price", "", json.Number(strconv.Itoa(limits.Price))},
	{"NodeGroup spec.images.imageGCHighThresholdPercent", "", "100"},
	{"Registry spec.failure", "", "1"},
	{"FaultPlan spec.faults[].target.fraction", "", "1"},
	{"Experiment spec.firstSeed", "0", ""},
	{"Experiment spec.confidence", "", "1"},
	{"Plan spec.firstSeed", "0", ""},
	{"Plan spec.confidence", "", "1"},
	{"Plan spec.reliability", "", "1"},
	{"Plan spec.demand", "", json.Number(strconv.Itoa(limits.Demand))},
	{"Plan spec.contingencies[].demand", "", json.Number(strconv.Itoa(limits.Demand))},
	{"Plan spec.candidates[].price", "", json.Number(strconv.Itoa(limits.Price))},
	{"PriceBook spec.shapes[].price", "", json.Number(strconv.Itoa(limits.Price))},
}

func bound(s *jsonSchema, field string) {
	for _, r := range ranges {
		if r.field != field {
			continue
		}
		if r.least != "" {
			s.Minimum = r.least
		}
		if r.most != "" {
			s.Maximum = r.most
		}
	}
}

// refine adds what the tags of a field do not say, because it is known from a
// table or checked by the code that compiles the field.
func (w *schemaWriter) refine(path string, s *jsonSchema) {
	w.refineTimeline(path, s)
	// Every profile has the fields of the first one.
	path = strings.Replace(path, "scheduler.profiles[].", "scheduler.", 1)
	bound(s, w.kindName+" "+path)
	switch w.kindName + " " + path {
	case w.kindName + " apiVersion":
		s.Type, s.Const = nil, APIVersion
	case w.kindName + " kind":
		s.Type, s.Const = nil, w.kindName
	case w.kindName + " metadata.name", "Scenario spec.data[].name", "Experiment spec.policies[].name", "Experiment spec.axes[].name":
		s.Pattern = nameOf()
	case "Scenario spec.scheduler.profile", "Experiment spec.policies[].profile", "Policy spec.profile":
		for _, p := range scheduler.NamedProfiles() {
			s.Enum = append(s.Enum, p.Name)
		}
	case "Scenario spec.scheduler.plugins[].name":
		for _, p := range w.table {
			s.Enum = append(s.Enum, p.Name)
		}
	case "Scenario spec.scheduler.profiles[]":
		s.Required = append(s.Required, "schedulerName")
	case "Scenario spec.shape":
		s.AdditionalProperties = w.ref("quantity", quantity)
	case "FaultPlan spec.faults[].takes":
		*s = jsonSchema{Type: types{"string", "number"}, Examples: []any{"2Gi", "90%"}}
	case "NodeGroup spec.template":
		*s = *w.ref("NodeTemplate", w.nodeTemplate)
	case "Workload spec.template":
		*s = *w.ref("WorkloadTemplate", workloadTemplate)
	case "Workload spec":
		s.If = &jsonSchema{Properties: properties{{"arrivals", &jsonSchema{Properties: properties{{"type", &jsonSchema{Const: "trace"}}}}}}}
		s.Else = &jsonSchema{AnyOf: []*jsonSchema{{Required: []string{"template"}}, {Required: []string{"templateRef"}}}}
	case "Workload spec.arrivals":
		s.AllOf = arrivalForms()
	case "Workload spec.arrivals.rate": // above zero, unlike those of points
		*s = *rate()
	case "Workload spec.arrivals.points":
		s.MaxItems = limits.CurvePoints
	case "FaultPlan spec.faults[]":
		moments := properties{{"at", &jsonSchema{MinItems: 1}}}
		s.AnyOf = []*jsonSchema{{Required: []string{"at"}, Properties: moments}, {Required: []string{"every"}}}
	case "Experiment spec.until.halfWidth": // 5% or 0.5
		s.Type = types{"string", "number"}
	}
	w.refinePlan(path, s)
}

// refinePlan is refine for plans and price books.
func (w *schemaWriter) refinePlan(path string, s *jsonSchema) {
	switch w.kindName + " " + path {
	case "Plan spec.candidates":
		s.MaxItems = limits.Candidates
	case "Plan spec.candidates[]":
		s.AnyOf = []*jsonSchema{{Required: []string{"shape"}}, {Required: []string{"group"}}}
	case "Plan spec.candidates[].name", "PriceBook spec.shapes[].name":
		s.Pattern = nameOf()
	case "Plan spec.objectives[]": // the text alone, or an object
		s.Type = types{"object", "string"}
	case "Plan spec.contingencies[].lose": // zone, rack, node, or an object
		s.Type = types{"object", "string"}
	case "PriceBook spec.shapes[].capacity", "PriceBook spec.shapes[].allocatable":
		s.AdditionalProperties = w.ref("quantity", quantity)
	case "PriceBook spec.shapes[].taints[]":
		*s = *taint()
	}
	w.refineKubelet(strings.Replace(path, "spec.shapes[].kubelet", "spec.kubelet", 1), s)
}

// refineKubelet is refine for what a NodeGroup or a shape says of its kubelets.
func (w *schemaWriter) refineKubelet(path string, s *jsonSchema) {
	switch path {
	case "spec.kubelet.kubeReserved", "spec.kubelet.systemReserved":
		s.AdditionalProperties = w.ref("quantity", quantity)
	case "spec.kubelet.evictionHard", "spec.kubelet.evictionSoft", "spec.kubelet.evictionMinimumReclaim":
		s.AdditionalProperties = &jsonSchema{Type: types{"string", "number"}, Examples: []any{"500Mi", "10%"}}
	case "spec.kubelet.evictionSoftGracePeriod":
		s.AdditionalProperties = &jsonSchema{Type: types{"string"}, Examples: []any{"1m30s"}}
	}
}

// refineTimeline is refine for the steps of a Timeline.
func (w *schemaWriter) refineTimeline(path string, s *jsonSchema) {
	switch w.kindName + " " + path {
	case "Timeline spec.steps":
		s.MaxItems = limits.Steps
	case "Timeline spec.steps[]":
		for _, name := range actionNames() {
			s.AnyOf = append(s.AnyOf, &jsonSchema{Required: []string{name}})
		}
	case "Timeline spec.steps[].apply":
		s.AnyOf = []*jsonSchema{{Required: []string{"file"}}, {Required: []string{"object"}}}
	}
}

// arrivalForms says which fields belong to which type of arrivals.
func arrivalForms() []*jsonSchema {
	var forms []*jsonSchema
	for _, t := range ArrivalTypes() {
		form := explained(t.Help)
		form.Required, form.PropertyNames = t.Needs, namesAmong(commonArrivalFields, t.Needs, t.Takes)
		forms = append(forms, when("type", t.Name, form))
	}
	return forms
}

// explained tells what the present value of the field type means, for editors
// that show the description of what stands under the cursor.
func explained(help string) *jsonSchema {
	return &jsonSchema{Properties: properties{{"type", &jsonSchema{Description: help}}}}
}

// namesAmong allows fields of these names only.
func namesAmong(lists ...[]string) *jsonSchema {
	s := &jsonSchema{}
	for _, list := range lists {
		s.Enum = append(s.Enum, texts(list)...)
	}
	return s
}

// defaultValue returns the default of a field as a value of JSON; nil if none can
// be written down.
func defaultValue(f *Field) any {
	switch {
	case f.Default == "" || f.Required:
		return nil
	case f.Type == BooleanType:
		return f.Default == "true"
	case f.Type == IntegerType, f.Type == NumberType, f.Type == NumberLawType:
		return json.Number(f.Default)
	}
	return f.Default
}
