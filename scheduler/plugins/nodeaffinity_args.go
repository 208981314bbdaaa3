package plugins

import (
	"fmt"
	"strconv"

	"github.com/podsim/podsim/models"
)

// NodeAffinityArgs are the arguments of NodeAffinity.
// Source: k8s.io/kube-scheduler/config/v1/types_pluginargs.go.
type NodeAffinityArgs struct {
	TypeMeta `json:",inline"`
	// AddedAffinity holds for every pod, on top of what the pod asks for itself.
	AddedAffinity *AddedAffinity `json:"addedAffinity,omitempty"`
}

// AddedAffinity is a node affinity that holds for every pod.
type AddedAffinity struct {
	// Required nodes match any of the terms; without terms no node does. Nil
	// admits all nodes.
	Required *NodeSelector `json:"requiredDuringSchedulingIgnoredDuringExecution,omitempty"`
	// Preferred terms add their weight to the score of the nodes that match.
	Preferred []PreferredSchedulingTerm `json:"preferredDuringSchedulingIgnoredDuringExecution,omitempty"`
}

// NodeSelector is a choice of terms.
type NodeSelector struct {
	NodeSelectorTerms []NodeSelectorTerm `json:"nodeSelectorTerms"`
}

// NodeSelectorTerm matches the nodes that satisfy all its requirements. A term
// without any matches none.
type NodeSelectorTerm struct {
	// MatchExpressions are about labels.
	MatchExpressions []NodeSelectorRequirement `json:"matchExpressions,omitempty"`
	// MatchFields are about metadata.name.
	MatchFields []NodeSelectorRequirement `json:"matchFields,omitempty"`
}

// NodeSelectorRequirement relates a label or a field to values.
type NodeSelectorRequirement struct {
	Key string `json:"key"`
	// Operator is In, NotIn, Exists, DoesNotExist, Gt or Lt.
	Operator string   `json:"operator"`
	Values   []string `json:"values,omitempty"`
}

// PreferredSchedulingTerm is a term with a weight.
type PreferredSchedulingTerm struct {
	// Weight is 1 to 100.
	Weight     int32            `json:"weight"`
	Preference NodeSelectorTerm `json:"preference"`
}

const nodeNameField = "metadata.name"

var operators = map[string]models.Operator{
	"In": models.In, "NotIn": models.NotIn, "Exists": models.Exists,
	"DoesNotExist": models.DoesNotExist, "Gt": models.Gt, "Lt": models.Lt,
}

// compile turns the affinity into terms over symbols. restricted tells that there
// are required terms, be it none of them.
func (a *AddedAffinity) compile(d *models.Dictionary, problems *Problems) (required []models.NodeTerm, restricted bool, preferred []models.PreferredTerm) {
	const path = "addedAffinity."
	if a.Required != nil {
		restricted = true
		for i := range a.Required.NodeSelectorTerms {
			at := fmt.Sprintf(path+"requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[%d]", i)
			required = append(required, a.Required.NodeSelectorTerms[i].compile(at, d, problems))
		}
	}
	for i := range a.Preferred {
		p := &a.Preferred[i]
		at := fmt.Sprintf(path+"preferredDuringSchedulingIgnoredDuringExecution[%d]", i)
		if p.Weight < 1 || p.Weight > 100 {
			problems.add(at+".weight", "out of range (got %d; want 1 to 100)", p.Weight)
		}
		preferred = append(preferred, models.PreferredTerm{
			Weight: p.Weight, Term: p.Preference.compile(at+".preference", d, problems),
		})
	}
	return required, restricted, preferred
}

func (t *NodeSelectorTerm) compile(path string, d *models.Dictionary, problems *Problems) models.NodeTerm {
	var term models.NodeTerm
	for i := range t.MatchExpressions {
		at := fmt.Sprintf("%s.matchExpressions[%d]", path, i)
		r := &t.MatchExpressions[i]
		r.checkLabel(at, problems)
		term.Labels = append(term.Labels, r.compile(d))
	}
	for i := range t.MatchFields {
		at := fmt.Sprintf("%s.matchFields[%d]", path, i)
		r := &t.MatchFields[i]
		r.checkField(at, problems)
		term.Names = append(term.Names, r.compile(d))
	}
	return term
}

func (r *NodeSelectorRequirement) compile(d *models.Dictionary) models.Requirement {
	out := models.Requirement{Key: d.Sym(r.Key), Op: operators[r.Operator]}
	for _, value := range r.Values {
		out.Values = append(out.Values, d.Sym(value))
	}
	return out
}

// checkLabel checks a requirement on a label.
// Source: k8s.io/apimachinery/pkg/labels/selector.go (NewRequirement).
func (r *NodeSelectorRequirement) checkLabel(path string, problems *Problems) {
	if !isQualifiedName(r.Key) {
		problems.add(path+".key", "not a label key (got %q)", r.Key)
	}
	for i, value := range r.Values {
		if !isLabelValue(value) {
			problems.add(fmt.Sprintf("%s.values[%d]", path, i), "not a label value (got %q)", value)
		}
	}
	op, known := operators[r.Operator]
	switch {
	case !known:
		problems.add(path+".operator", "unknown operator (got %q; want In, NotIn, Exists, DoesNotExist, Gt or Lt)", r.Operator)
	case (op == models.In || op == models.NotIn) && len(r.Values) == 0:
		problems.add(path+".values", "no value (operator %s wants at least one)", r.Operator)
	case (op == models.Exists || op == models.DoesNotExist) && len(r.Values) != 0:
		problems.add(path+".values", "operator %s takes no values (got %q)", r.Operator, r.Values)
	case op == models.Gt || op == models.Lt:
		if len(r.Values) != 1 {
			problems.add(path+".values", "operator %s wants one whole number (got %q)", r.Operator, r.Values)
		} else if _, err := strconv.ParseInt(r.Values[0], 10, 64); err != nil {
			problems.add(path+".values[0]", "not a whole number (got %q, operator %s)", r.Values[0], r.Operator)
		}
	}
}

// checkField checks a requirement on a field.
// Source: k8s.io/component-helpers/scheduling/corev1/nodeaffinity.
func (r *NodeSelectorRequirement) checkField(path string, problems *Problems) {
	if r.Key != nodeNameField {
		problems.add(path+".key", "unknown field (got %q; want %s)", r.Key, nodeNameField)
	}
	if r.Operator != "In" && r.Operator != "NotIn" {
		problems.add(path+".operator", "unknown operator for a field (got %q; want In or NotIn)", r.Operator)
	}
	if len(r.Values) != 1 {
		problems.add(path+".values", "not one value (got %q)", r.Values)
	}
}
