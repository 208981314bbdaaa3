package manifest

import (
	"maps"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// split cuts text, of which the empty one has no part.
func split(text, separator string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, separator)
}

// readLabels reads app=web,tier=front.
func readLabels(text string) map[string]string {
	out := make(map[string]string)
	for _, pair := range split(text, ",") {
		key, value, _ := strings.Cut(pair, "=")
		out[key] = value
	}
	return out
}

// expression is one requirement as it is written: key, operator, values.
type expression struct {
	key, operator string
	values        []string
}

// readExpressions reads app,In,web,db;tier,Exists.
func readExpressions(text string) []expression {
	var out []expression
	for _, part := range split(text, ";") {
		words := strings.Split(part, ",")
		e := expression{key: words[0]}
		if len(words) > 1 {
			e.operator, e.values = words[1], words[2:]
		}
		out = append(out, e)
	}
	return out
}

func areLabels(set map[string]string) bool {
	for key, value := range set {
		if len(validation.IsQualifiedName(key))+len(validation.IsValidLabelValue(value)) > 0 {
			return false
		}
	}
	return true
}

func newChecker(d *models.Dictionary) *checker {
	return &checker{set: NewSet(d), root: &yamlnode.Node{Kind: yamlnode.Map}}
}

// FuzzSelector compares selectors of labels, as they are compiled here, with those
// of Kubernetes itself: what is valid, and what they select.
func FuzzSelector(f *testing.F) {
	f.Add("app=web", "", "app=web,tier=front")
	f.Add("", "app,In,web,db;tier,NotIn,back;x.example.com/y,Exists;z,DoesNotExist", "app=db,x.example.com/y=")
	f.Add("", "app,NotIn,;app,In,,a", "app=")
	f.Add("app=web", "app,In,db", "app=web")
	f.Add("a=", "b,Exists,1;,In,x;c,Gt,5;d,in,x;e,In", "a=")
	f.Fuzz(func(t *testing.T, pairs, expressions, set string) {
		has := readLabels(set)
		if !areLabels(has) {
			t.Skip("no object has such labels")
		}
		selector := &metav1.LabelSelector{MatchLabels: readLabels(pairs)}
		for _, e := range readExpressions(expressions) {
			selector.MatchExpressions = append(selector.MatchExpressions,
				metav1.LabelSelectorRequirement{Key: e.key, Operator: metav1.LabelSelectorOperator(e.operator), Values: e.values})
		}
		want, wantErr := metav1.LabelSelectorAsSelector(selector)

		d := models.NewDictionary()
		c := newChecker(d)
		got := c.labelSelector(selector, "selector")
		if (wantErr != nil) != (len(c.problems) > 0) {
			t.Fatalf("got %v; want %v", c.problems.Err(), wantErr)
		}
		if wantErr == nil && got.Matches(c.set.labels(has), d) != want.Matches(labels.Set(has)) {
			t.Errorf("%s selects %v: %t; want %t", selectorText(selector), has, !want.Matches(labels.Set(has)), want.Matches(labels.Set(has)))
		}
	})
}

// FuzzNodeTerm compares terms of node affinity with what the API server takes and
// the scheduler matches.
// Source: pkg/apis/core/validation (ValidateNodeSelectorTerm),
// k8s.io/component-helpers/scheduling/corev1/nodeaffinity.
func FuzzNodeTerm(f *testing.F) {
	f.Add("zone,In,a,b;cores,Gt,4", "", "zone=a,cores=8", "n1")
	f.Add("cores,Lt,9223372036854775807;gpu,DoesNotExist", "metadata.name,In,n1", "cores=-1", "n1")
	f.Add("cores,Gt,08", "metadata.name,NotIn,n1", "cores=9", "n2")
	f.Add("cores,Lt,-5;a,NotIn,;b,Exists", "metadata.name,In,a,b;metadata.uid,In,x;metadata.name,Exists", "cores=x", "")
	f.Add("", "metadata.name,In,Not_A_Name", "", "n1")
	f.Add("", "", "a=b", "n1")
	f.Fuzz(func(t *testing.T, expressions, names, set, node string) {
		has := readLabels(set)
		if !areLabels(has) || len(validation.IsDNS1123Subdomain(node)) > 0 {
			t.Skip("no node is like this")
		}
		term := &corev1.NodeSelectorTerm{}
		for _, e := range readExpressions(expressions) {
			term.MatchExpressions = append(term.MatchExpressions,
				corev1.NodeSelectorRequirement{Key: e.key, Operator: corev1.NodeSelectorOperator(e.operator), Values: e.values})
		}
		for _, e := range readExpressions(names) {
			term.MatchFields = append(term.MatchFields,
				corev1.NodeSelectorRequirement{Key: e.key, Operator: corev1.NodeSelectorOperator(e.operator), Values: e.values})
		}
		want, valid := matchesTerm(term, has, node)

		d := models.NewDictionary()
		c := newChecker(d)
		compiled := c.nodeTerm(term, "term")
		if valid != (len(c.problems) == 0) {
			t.Fatalf("%v: got %v; want valid: %t", term, c.problems.Err(), valid)
		}
		if got := compiled.Matches(d.Sym(node), c.set.labels(has), d); valid && got != want {
			t.Errorf("%v matches node %s with %v: %t; want %t", term, node, has, got, want)
		}
	})
}

// matchesTerm is the rule for terms of node affinity, put together from what
// apimachinery has.
func matchesTerm(term *corev1.NodeSelectorTerm, has map[string]string, node string) (matches, valid bool) {
	operators := map[corev1.NodeSelectorOperator]selection.Operator{
		corev1.NodeSelectorOpIn: selection.In, corev1.NodeSelectorOpNotIn: selection.NotIn,
		corev1.NodeSelectorOpExists: selection.Exists, corev1.NodeSelectorOpDoesNotExist: selection.DoesNotExist,
		corev1.NodeSelectorOpGt: selection.GreaterThan, corev1.NodeSelectorOpLt: selection.LessThan,
	}
	matches, valid = len(term.MatchExpressions)+len(term.MatchFields) > 0, true
	for _, e := range term.MatchExpressions {
		requirement, err := labels.NewRequirement(e.Key, operators[e.Operator], e.Values)
		valid = valid && err == nil
		matches = matches && err == nil && requirement.Matches(labels.Set(maps.Clone(has)))
	}
	for _, e := range term.MatchFields {
		if e.Key != metav1.ObjectNameField || len(e.Values) != 1 || len(validation.IsDNS1123Subdomain(e.Values[0])) > 0 {
			return false, false
		}
		switch e.Operator {
		case corev1.NodeSelectorOpIn:
			matches = matches && e.Values[0] == node
		case corev1.NodeSelectorOpNotIn:
			matches = matches && e.Values[0] != node
		default:
			return false, false
		}
	}
	return matches, valid
}
