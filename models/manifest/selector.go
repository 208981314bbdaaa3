package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

var (
	labelOperators = []string{"In", "NotIn", "Exists", "DoesNotExist"}
	nodeOperators  = append(labelOperators[:len(labelOperators):len(labelOperators)], "Gt", "Lt")
)

// labelSelector compiles a label selector: matchLabels in the order of the
// alphabet, then matchExpressions as written.
func (c *checker) labelSelector(s *metav1.LabelSelector, path string) models.Selector {
	var out models.Selector
	for _, key := range sortedKeys(s.MatchLabels) {
		out = append(out, c.set.isIn(key, s.MatchLabels[key]))
	}
	c.checkLabels(s.MatchLabels, path+".matchLabels")
	for i, e := range s.MatchExpressions {
		at := yamlnode.IndexPath(path+".matchExpressions", i)
		if r, ok := c.requirement(e.Key, string(e.Operator), e.Values, at, labelOperators); ok {
			out = append(out, r)
		}
	}
	return out
}

// isIn returns the requirement that a label has a value.
func (s *Set) isIn(key, value string) models.Requirement {
	return models.Requirement{Key: s.dict.Sym(key), Op: models.In, Values: []models.Sym{s.dict.Sym(value)}}
}

// requirement compiles one expression on labels.
// Source: k8s.io/apimachinery/pkg/labels/selector.go (NewRequirement).
func (c *checker) requirement(key, operator string, values []string, path string, operators []string) (models.Requirement, bool) {
	before := len(c.problems)
	c.checkLabelKey(key, path+".key")
	op, ok := c.operator(operator, values, path, operators)
	if ok { // a number after Gt and Lt is a label value, too: it has no sign
		for i, value := range values {
			c.checkLabelValue(value, yamlnode.IndexPath(path+".values", i))
		}
	}
	return models.Requirement{Key: c.set.dict.Sym(key), Op: op, Values: c.set.syms(values)}, len(c.problems) == before
}

// operator compiles an operator and checks that the values suit it.
func (c *checker) operator(operator string, values []string, path string, operators []string) (models.Operator, bool) {
	if operator == "" {
		c.addf(path+".operator", "operator is missing; want %s", strings.Join(operators, ", "))
		return 0, false
	}
	if !c.oneOf(operator, path+".operator", operators...) {
		return 0, false
	}
	var op models.Operator
	for i, name := range nodeOperators {
		if name == operator {
			op = models.Operator(i)
		}
	}
	switch op {
	case models.In, models.NotIn:
		if len(values) == 0 {
			c.addf(path+".values", "operator %s needs values", operator)
			return op, false
		}
	case models.Exists, models.DoesNotExist:
		if len(values) > 0 {
			c.addf(path+".values", "operator %s takes no values", operator)
			return op, false
		}
	default:
		if len(values) != 1 {
			c.addf(path+".values", "operator %s takes exactly one whole number (got %d values)", operator, len(values))
			return op, false
		}
		if _, err := strconv.ParseInt(values[0], 10, 64); err != nil {
			c.addf(yamlnode.IndexPath(path+".values", 0), "got %s; operator %s takes a whole number", quote(values[0]), operator)
			return op, false
		}
	}
	return op, true
}

func (s *Set) syms(texts []string) []models.Sym {
	var out []models.Sym
	for _, text := range texts {
		out = append(out, s.dict.Sym(text))
	}
	return out
}

// checkSelects checks that a selector picks the pods of its own template.
func (c *checker) checkSelects(selector models.Selector, s *metav1.LabelSelector, template map[string]string) {
	if len(c.problems) > 0 || selector.Matches(c.set.labels(template), c.set.dict) {
		return
	}
	c.addf("spec.selector", "selector %s, template %s", selectorText(s), labelsText(template))
}

func labelsText(labels map[string]string) string {
	if len(labels) == 0 {
		return "without labels"
	}
	parts := make([]string, 0, len(labels))
	for _, key := range sortedKeys(labels) {
		parts = append(parts, key+"="+labels[key])
	}
	return strings.Join(parts, ",")
}

func selectorText(s *metav1.LabelSelector) string {
	var parts []string
	if len(s.MatchLabels) > 0 {
		parts = append(parts, labelsText(s.MatchLabels))
	}
	for _, e := range s.MatchExpressions {
		text := fmt.Sprintf("%s %s", e.Key, e.Operator)
		if len(e.Values) > 0 {
			text += " (" + strings.Join(e.Values, " ") + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ",")
}

// nodeTerm compiles a term of node affinity.
// Source: pkg/apis/core/validation (ValidateNodeSelectorTerm,
// ValidateNodeFieldSelectorRequirement).
func (c *checker) nodeTerm(term *corev1.NodeSelectorTerm, path string) models.NodeTerm {
	var out models.NodeTerm
	for i, e := range term.MatchExpressions {
		at := yamlnode.IndexPath(path+".matchExpressions", i)
		if r, ok := c.requirement(e.Key, string(e.Operator), e.Values, at, nodeOperators); ok {
			out.Labels = append(out.Labels, r)
		}
	}
	for i, e := range term.MatchFields {
		at := yamlnode.IndexPath(path+".matchFields", i)
		if e.Key != metav1.ObjectNameField {
			c.addf(at+".key", "got %s; want %s", quote(e.Key), metav1.ObjectNameField)
			continue
		}
		op, ok := c.operator(string(e.Operator), e.Values, at, labelOperators[:2])
		if ok && len(e.Values) != 1 {
			c.addf(at+".values", "got %d values; want one name", len(e.Values))
		}
		for j, name := range e.Values {
			c.checkSubdomain(name, yamlnode.IndexPath(at+".values", j))
		}
		if ok {
			out.Names = append(out.Names, models.Requirement{Key: c.set.dict.Sym(e.Key), Op: op, Values: c.set.syms(e.Values)})
		}
	}
	return out
}

// ParseSelector reads a selector of labels as kubectl takes it, by equality or by sets:
// app=web,tier!=db, tier in (api,web), !legacy.
// Source: k8s.io/apimachinery/pkg/labels/selector.go (Parse).
func ParseSelector(text string, d *models.Dictionary) (models.Selector, error) {
	requirements, err := labels.ParseToRequirements(text)
	if err != nil {
		return nil, err
	}
	var out models.Selector
	for _, r := range requirements {
		is := models.Requirement{Key: d.Sym(r.Key()), Op: selectorOperators[r.Operator()]}
		for _, value := range r.ValuesUnsorted() {
			is.Values = append(is.Values, d.Sym(value))
		}
		slices.SortFunc(is.Values, func(a, b models.Sym) int { return cmp.Compare(d.String(a), d.String(b)) })
		out = append(out, is)
	}
	return out, nil
}

var selectorOperators = map[selection.Operator]models.Operator{
	selection.Equals: models.In, selection.DoubleEquals: models.In, selection.In: models.In,
	selection.NotEquals: models.NotIn, selection.NotIn: models.NotIn,
	selection.Exists: models.Exists, selection.DoesNotExist: models.DoesNotExist,
	selection.GreaterThan: models.Gt, selection.LessThan: models.Lt,
}
