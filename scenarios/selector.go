package scenarios

import (
	"maps"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// LabelSelector finds objects by labels, as Kubernetes writes it.
type LabelSelector struct {
	MatchLabels      map[string]string  `yaml:"matchLabels" help:"labels that must be there with these values"`
	MatchExpressions []LabelRequirement `yaml:"matchExpressions" help:"conditions on labels"`
}

// LabelRequirement is one condition on a label.
type LabelRequirement struct {
	Key      string   `yaml:"key" required:"true" help:"key of the label"`
	Operator string   `yaml:"operator" required:"true" enum:"In,NotIn,Exists,DoesNotExist" help:"how the label relates to the values"`
	Values   []string `yaml:"values" help:"values, for In and NotIn"`
}

var operators = map[string]models.Operator{
	"In": models.In, "NotIn": models.NotIn, "Exists": models.Exists, "DoesNotExist": models.DoesNotExist,
}

// selector compiles a label selector; labels come in the order of the alphabet.
func (l *loader) selector(o *object, path string, s *LabelSelector) models.Selector {
	var out models.Selector
	for _, key := range slices.Sorted(maps.Keys(s.MatchLabels)) {
		out = append(out, models.Requirement{
			Key: l.dict.Sym(key), Op: models.In, Values: []models.Sym{l.dict.Sym(s.MatchLabels[key])},
		})
	}
	for i, e := range s.MatchExpressions {
		at := yamlnode.IndexPath(path+".matchExpressions", i)
		needsValues := strings.HasSuffix(e.Operator, "In")
		switch {
		case needsValues && len(e.Values) == 0:
			l.blame(o, at+".values", "operator %s needs values", e.Operator)
		case !needsValues && len(e.Values) > 0:
			l.blame(o, at+".values", "operator %s takes no values", e.Operator)
		}
		r := models.Requirement{Key: l.dict.Sym(e.Key), Op: operators[e.Operator]}
		for _, value := range e.Values {
			r.Values = append(r.Values, l.dict.Sym(value))
		}
		out = append(out, r)
	}
	return out
}
