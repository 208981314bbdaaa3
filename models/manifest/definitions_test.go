package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
)

// definitionLines writes definitions, one a line.
func definitionLines(s *Set) []string {
	var lines []string
	all := s.Definitions()
	for _, n := range all.Namespaces {
		lines = append(lines, "namespace "+s.dict.String(n.Name)+" "+s.labelLine(n.Labels))
	}
	for _, service := range all.Services {
		lines = append(lines, fmt.Sprintf("service %s/%s %s", s.dict.String(service.Namespace), s.dict.String(service.Name), s.labelLine(service.Selector)))
	}
	for _, b := range all.Budgets {
		lines = append(lines, fmt.Sprintf("budget %s/%s %s min %s max %s allowed %d disrupted %v", s.dict.String(b.Namespace), s.dict.String(b.Name),
			s.selectorLine(&b.Selector), shareText(b.MinAvailable), shareText(b.MaxUnavailable), b.Allowed, s.names(b.Disrupted)))
	}
	return lines
}

func (s *Set) labelLine(labels models.Labels) string {
	texts := make(map[string]string)
	for _, l := range labels {
		texts[s.dict.String(l.Key)] = s.dict.String(l.Value)
	}
	if len(texts) == 0 {
		return "-"
	}
	return labelsText(texts)
}

func shareText(s models.Share) string {
	switch {
	case !s.Given:
		return "-"
	case s.Percent:
		return fmt.Sprint(s.Value, "%")
	}
	return fmt.Sprint(s.Value)
}

func TestDefinitions(t *testing.T) {
	const budget = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b, namespace: shop}\n"
	const shop = "namespace shop kubernetes.io/metadata.name=shop"
	for _, test := range []struct {
		rule, input string
		want        []string
	}{
		{"a namespace keeps its labels and carries its name", `apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: a, kubernetes.io/metadata.name: other}}
`, []string{"namespace shop kubernetes.io/metadata.name=shop,team=a"}},
		{"so does one that is only used", podWith("containers: [{name: a, image: i}]"), []string{"namespace default kubernetes.io/metadata.name=default"}},
		{"of two declarations the first counts, in any order", podWith("containers: [{name: a, image: i}]") +
			"---\napiVersion: v1\nkind: Namespace\nmetadata: {name: default, labels: {a: b}}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: default, labels: {c: d}}\n",
			[]string{"namespace default a=b,kubernetes.io/metadata.name=default"}},
		{"a Service has its selector, whatever its type", "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop}\nspec: {type: ExternalName, externalName: e, selector: {app: web}}\n",
			[]string{shop, "service shop/s app=web"}},
		{"a Service without a selector", "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop}\nspec: {ports: [{port: 80}]}\n", []string{shop, "service shop/s -"}},
		{"a budget without a selector has no pods", budget + "spec: {minAvailable: 2}\n", []string{shop, "budget shop/b none min 2 max - allowed -1 disrupted []"}},
		{"one with an empty selector has all", budget + "spec: {selector: {}, maxUnavailable: 25%}\n", []string{shop, "budget shop/b () min - max 25% allowed -1 disrupted []"}},
		{"its status counts, if it has one", budget + "spec: {selector: {matchLabels: {app: web}}, minAvailable: 0}\nstatus: {disruptionsAllowed: 3, disruptedPods: {q: '2026-01-01T00:00:00Z', p: null}}\n",
			[]string{shop, "budget shop/b (app=web) min 0 max - allowed 3 disrupted [p q]"}},
		{"a status that allows nothing", budget + "spec: {}\nstatus: {expectedPods: 2}\n", []string{shop, "budget shop/b none min - max - allowed 0 disrupted []"}},
	} {
		t.Run(test.rule, func(t *testing.T) {
			s := NewSet(models.NewDictionary())
			compile(t, s, test.input)
			if diff := cmp.Diff(test.want, definitionLines(s)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Templates that scenarios embed live in namespaces, too, and Compile may run twice.
func TestDefinitionsOfTemplates(t *testing.T) {
	s := NewSet(models.NewDictionary())
	compile(t, s, "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80}]}\n")
	template := strings.Replace(deployment, "name: web", "namespace: jobs", 1)
	if _, problems := s.CompileTemplate(parse(t, "s.yaml", template)); len(problems) > 0 {
		t.Fatal(problems)
	}
	if _, problems := s.Compile(); len(problems) > 0 {
		t.Fatal(problems)
	}
	want := []string{"namespace default kubernetes.io/metadata.name=default", "namespace jobs kubernetes.io/metadata.name=jobs", "service default/s -"}
	if diff := cmp.Diff(want, definitionLines(s)); diff != "" {
		t.Error(diff)
	}
}

func TestProblemsOfDefinitions(t *testing.T) {
	budget := func(spec string) string {
		return "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: {" + spec + "}\n"
	}
	for _, test := range []struct{ name, input, want string }{
		{"label of a namespace", "apiVersion: v1\nkind: Namespace\nmetadata: {name: m, labels: {a: b c}}\n",
			`a.yaml:3:33: metadata.labels.a: invalid label value "b c"; want at most 63 letters, digits, "-", "_" and ".", a letter or digit at both ends`},
		{"Service with dots", "apiVersion: v1\nkind: Service\nmetadata: {name: a.b}\n",
			`a.yaml:3:18: metadata.name: invalid name "a.b"; want at most 63 lower-case letters, digits and "-", a letter or digit at both ends`},
		{"selector of a Service", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selector: {a: b c}}\n",
			`a.yaml:4:22: spec.selector.a: invalid label value "b c"; want at most 63 letters, digits, "-", "_" and ".", a letter or digit at both ends`},
		{"both bounds", budget("minAvailable: 1, maxUnavailable: 1"), "a.yaml:4:41: spec.maxUnavailable: minAvailable is given, too; want one of them"},
		{"too many per cent", budget("minAvailable: 101%"), "a.yaml:4:22: spec.minAvailable: got 101%; must be <= 100%"},
		{"half a pod", budget("maxUnavailable: half"), `a.yaml:4:24: spec.maxUnavailable: got "half"; want a whole number or a percentage such as 25%`},
		{"less than none", budget("maxUnavailable: -1"), "a.yaml:4:24: spec.maxUnavailable: got -1; must be >= 0"},
		{"selector of a budget", budget("selector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}"),
			"a.yaml:4:73: spec.selector.matchExpressions[0].values: operator Exists takes no values"},
		{"unknown policy", budget("unhealthyPodEvictionPolicy: AlwaysAllowed"),
			`a.yaml:4:36: spec.unhealthyPodEvictionPolicy: got "AlwaysAllowed"; want IfHealthyBudget, AlwaysAllow; did you mean "AlwaysAllow"?`},
		{"defined twice", budget("") + "---\n" + budget(""), `a.yaml:8:18: metadata.name: PodDisruptionBudget "b" is also defined at a.yaml:1`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := problemsOf(t, test.input); got != test.want {
				t.Errorf("\ngot  %s\nwant %s", got, test.want)
			}
		})
	}
}

// What a pod needs of its node is read off its specification. That of a live cluster may
// have what others refuse.
// Source: k8s.io/component-helpers/nodedeclaredfeatures/features.
func TestFeatures(t *testing.T) {
	const rule = "restartPolicy: Never, restartPolicyRules: [{action: %s, exitCodes: {operator: In, values: [1]}}]"
	restarts := func(action string) string { return "{name: b, image: i, " + fmt.Sprintf(rule, action) + "}" }
	for _, test := range []struct {
		spec string
		want []string
	}{
		{"containers: [{name: a, image: i}]", []string{}},
		{"containers: [" + restarts("Restart") + "]", []string{}},
		{"containers: [" + restarts("RestartAllContainers") + "]", []string{featureRestartAll}},
		{"containers: [{name: a, image: i}], initContainers: [" + restarts("RestartAllContainers") + "]", []string{featureRestartAll}},
		{"hostNetwork: true, hostUsers: true, containers: [{name: a, image: i}]", []string{}},
		{"hostUsers: false, containers: [{name: a, image: i}]", []string{}},
		{"hostNetwork: true, hostUsers: false, containers: [" + restarts("RestartAllContainers") + "]", []string{featureRestartAll, featureHostNetwork}},
	} {
		s := NewSet(models.NewDictionary())
		objects := compile(t, s, podWith(test.spec)+"status: {phase: Pending}\n")
		if diff := cmp.Diff(test.want, s.names(objects.Pods[0].Spec.Features)); diff != "" {
			t.Errorf("%s: %s", test.spec, diff)
		}
	}
	s := NewSet(models.NewDictionary())
	objects := compile(t, s, "apiVersion: v1\nkind: Node\nmetadata: {name: m}\nstatus: {capacity: {cpu: 1}, declaredFeatures: [B, A, B]}\n")
	if diff := cmp.Diff([]string{"A", "B"}, s.names(objects.Nodes[0].Spec.Features)); diff != "" {
		t.Error(diff)
	}
}
