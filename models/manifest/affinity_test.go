package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
)

// relationsOf writes the terms and constraints of a pod, one a line.
func relationsOf(s *Set, pod *models.PodSpec) []string {
	var lines []string
	for _, list := range []struct {
		name  string
		terms []models.AffinityTerm
	}{{"near", pod.Affinity}, {"far", pod.AntiAffinity}, {"nearer", pod.PreferredAffinity}, {"farther", pod.PreferredAntiAffinity}} {
		for i := range list.terms {
			t := &list.terms[i]
			line := fmt.Sprintf("%s %s %s in %v", list.name, s.dict.String(t.TopologyKey), s.selectorLine(&t.Selector), s.names(t.Namespaces))
			if !t.NamespaceSelector.None {
				line += " and " + s.selectorLine(&t.NamespaceSelector)
			}
			if t.Weight != 0 {
				line += fmt.Sprint(" by ", t.Weight)
			}
			lines = append(lines, line)
		}
	}
	for i := range pod.Spread {
		c := &pod.Spread[i]
		line := fmt.Sprintf("%s %s skew %d domains %d", s.dict.String(c.TopologyKey), s.selectorLine(&c.Selector), c.MaxSkew, c.MinDomains)
		for _, flag := range []struct {
			set  bool
			text string
		}{{c.Soft, "soft"}, {c.IgnoreAffinity, "ignores affinity"}, {c.HonorTaints, "honors taints"}} {
			if flag.set {
				line += ", " + flag.text
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func (s *Set) names(syms []models.Sym) []string {
	names := []string{}
	for _, sym := range syms {
		names = append(names, s.dict.String(sym))
	}
	return names
}

func (s *Set) selectorLine(selector *models.LabelSelector) string {
	if selector.None {
		return "none"
	}
	operators := []string{"=", "!=", " exists", " is absent"}
	var parts []string
	for _, r := range selector.Requirements {
		parts = append(parts, s.dict.String(r.Key)+operators[r.Op]+strings.Join(s.names(r.Values), "|"))
	}
	return "(" + strings.Join(parts, ",") + ")"
}

// related is a pod in the namespace shop with labels and one more part of its
// specification.
func related(labels, spec string) string {
	return "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop, labels: {" + labels + "}}\nspec: {" + spec + ", containers: [{name: a, image: i}]}\n"
}

func near(term string) string {
	return "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{" + term + "}]}}"
}

func TestPodAffinity(t *testing.T) {
	for _, test := range []struct {
		rule, labels, spec string
		want               []string
	}{
		{"the four kinds of terms", "app: web", `affinity: {
  podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: a, labelSelector: {matchLabels: {x: v, b: c}}}],
    preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {topologyKey: b, labelSelector: {}}}]},
  podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: c, labelSelector: {matchExpressions: [{key: k, operator: NotIn, values: [v, w]}]}}],
    preferredDuringSchedulingIgnoredDuringExecution: [{weight: 100, podAffinityTerm: {topologyKey: d, labelSelector: {}}}]}}`, []string{
			"near a (b=c,x=v) in [shop]", "far c (k!=v|w) in [shop]", "nearer b () in [shop] by 1", "farther d () in [shop] by 100"}},
		{"no selector selects no pod", "", near("topologyKey: a"), []string{"near a none in [shop]"}},
		{"named namespaces stand for the pod's own", "", near("topologyKey: a, labelSelector: {}, namespaces: [z, a, z]"), []string{"near a () in [a z]"}},
		{"so does a namespace selector", "", near("topologyKey: a, labelSelector: {}, namespaceSelector: {matchLabels: {team: a}}"),
			[]string{"near a () in [] and (team=a)"}},
		{"an empty namespace selector selects all", "", near("topologyKey: a, labelSelector: {}, namespaceSelector: {}"), []string{"near a () in [] and ()"}},
		{"names and a selector add up", "", near("topologyKey: a, labelSelector: {}, namespaces: [z], namespaceSelector: {}"), []string{"near a () in [z] and ()"}},
		{"the pod's own labels follow the selector", "app: web, tier: front, zone: z", near("topologyKey: a, labelSelector: {matchLabels: {x: v}}, matchLabelKeys: [tier, app], mismatchLabelKeys: [zone]"),
			[]string{"near a (x=v,tier=front,app=web,zone!=z) in [shop]"}},
		{"labels that it lacks are left out", "app: web", near("topologyKey: a, labelSelector: {}, matchLabelKeys: [tier], mismatchLabelKeys: [zone]"), []string{"near a () in [shop]"}},
		{"a label may be selected and mismatched", "app: web", near("topologyKey: a, labelSelector: {matchExpressions: [{key: app, operator: Exists}]}, mismatchLabelKeys: [app]"),
			[]string{"near a (app exists,app!=web) in [shop]"}},
	} {
		t.Run(test.rule, func(t *testing.T) {
			s := NewSet(models.NewDictionary())
			objects := compile(t, s, related(test.labels, test.spec))
			if diff := cmp.Diff(test.want, relationsOf(s, objects.Pods[0].Spec)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTopologySpread(t *testing.T) {
	for _, test := range []struct{ rule, labels, constraint, want string }{
		{"defaults", "", "topologyKey: zone, maxSkew: 1, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}",
			"zone (app=web) skew 1 domains 1"},
		{"all set", "", "topologyKey: zone, maxSkew: 2, minDomains: 3, whenUnsatisfiable: DoNotSchedule, labelSelector: {}, nodeAffinityPolicy: Ignore, nodeTaintsPolicy: Honor",
			"zone () skew 2 domains 3, ignores affinity, honors taints"},
		{"the defaults may be written", "", "topologyKey: zone, maxSkew: 2, whenUnsatisfiable: ScheduleAnyway, nodeAffinityPolicy: Honor, nodeTaintsPolicy: Ignore",
			"zone none skew 2 domains 1, soft"},
		{"the pod's own labels follow the selector", "app: web, v: one", "topologyKey: zone, maxSkew: 1, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}, matchLabelKeys: [v, w]",
			"zone (app=web,v=one) skew 1 domains 1"},
	} {
		t.Run(test.rule, func(t *testing.T) {
			s := NewSet(models.NewDictionary())
			objects := compile(t, s, related(test.labels, "topologySpreadConstraints: [{"+test.constraint+"}]"))
			if diff := cmp.Diff([]string{test.want}, relationsOf(s, objects.Pods[0].Spec)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestProblemsOfPodAffinityAndSpread(t *testing.T) {
	const path = "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]"
	spread := func(constraints string) string { return "topologySpreadConstraints: [" + constraints + "]" }
	const whole = "topologyKey: a, maxSkew: 1, whenUnsatisfiable: "
	for _, test := range []struct{ name, spec, want string }{
		{"no topology key", near("labelSelector: {}"), path + ".topologyKey: topologyKey is missing"},
		{"topology key that is no label", near("topologyKey: a b"), path + `.topologyKey: invalid label key "a b"; want at most 63 letters, digits, "-", "_" and ".", after a domain and a slash if need be`},
		{"namespace that is no name", near("topologyKey: a, namespaces: [ok, A]"), path + `.namespaces[1]: invalid name "A"; want at most 63 lower-case letters, digits and "-", a letter or digit at both ends`},
		{"operator of nodes", near("topologyKey: a, labelSelector: {matchExpressions: [{key: a, operator: Gt, values: ['1']}]}"),
			path + `.labelSelector.matchExpressions[0].operator: got "Gt"; want In, NotIn, Exists, DoesNotExist`},
		{"namespace selector without values", near("topologyKey: a, namespaceSelector: {matchExpressions: [{key: a, operator: In}]}"),
			path + `.namespaceSelector.matchExpressions[0].values: operator In needs values`},
		{"weight", "affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 101, podAffinityTerm: {topologyKey: a}}]}}",
			"spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: got 101; want 1 to 100"},
		{"own labels without a selector", near("topologyKey: a, matchLabelKeys: [app], mismatchLabelKeys: [v]"),
			path + ".matchLabelKeys: needs a labelSelector beside it\n" + path + ".mismatchLabelKeys: needs a labelSelector beside it"},
		{"own label that is selected, too", near("topologyKey: a, labelSelector: {matchLabels: {app: db}}, matchLabelKeys: [app]"),
			path + `.matchLabelKeys[0]: "app" stands in the labelSelector, too, or twice here`},
		{"own label twice", near("topologyKey: a, labelSelector: {}, matchLabelKeys: [app, app]"),
			path + `.matchLabelKeys[1]: "app" stands in the labelSelector, too, or twice here`},
		{"own label in both lists", near("topologyKey: a, labelSelector: {}, matchLabelKeys: [app], mismatchLabelKeys: [app]"),
			path + `.mismatchLabelKeys[0]: "app" stands in matchLabelKeys, too`},
		{"no skew", spread("{topologyKey: a, whenUnsatisfiable: DoNotSchedule}"), "spec.topologySpreadConstraints[0].maxSkew: got 0; must be > 0"},
		{"spread over nothing", spread("{maxSkew: 1, whenUnsatisfiable: DoNotSchedule}"), "spec.topologySpreadConstraints[0].topologyKey: topologyKey is missing"},
		{"unknown action", spread("{" + whole + "DoNotSchedul}"),
			`spec.topologySpreadConstraints[0].whenUnsatisfiable: got "DoNotSchedul"; want DoNotSchedule, ScheduleAnyway; did you mean "DoNotSchedule"?`},
		{"same constraint twice", spread("{" + whole + "DoNotSchedule}, {" + whole + "ScheduleAnyway}, {" + whole + "DoNotSchedule}"),
			`spec.topologySpreadConstraints[2]: a constraint on "a" with DoNotSchedule occurs twice`},
		{"no domains", spread("{" + whole + "DoNotSchedule, minDomains: 0}"), "spec.topologySpreadConstraints[0].minDomains: got 0; must be > 0"},
		{"soft domains", spread("{" + whole + "ScheduleAnyway, minDomains: 2}"), "spec.topologySpreadConstraints[0].minDomains: minDomains goes with whenUnsatisfiable DoNotSchedule only"},
		{"unknown policy", spread("{" + whole + "DoNotSchedule, nodeTaintsPolicy: Honour}"),
			`spec.topologySpreadConstraints[0].nodeTaintsPolicy: got "Honour"; want Honor, Ignore; did you mean "Honor"?`},
		{"own labels without a selector of a spread", spread("{" + whole + "DoNotSchedule, matchLabelKeys: [app]}"),
			"spec.topologySpreadConstraints[0].matchLabelKeys: needs a labelSelector beside it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for line := range strings.Lines(problemsOf(t, related("app: web, v: one", test.spec))) {
				_, what, _ := strings.Cut(strings.TrimSpace(line), ": ")
				got = append(got, what)
			}
			if diff := cmp.Diff(test.want, strings.Join(got, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
	want := "a.yaml:4:96: " + path + `.topologyKey: invalid label key "a b"; want at most 63 letters, digits, "-", "_" and ".", after a domain and a slash if need be`
	if got := problemsOf(t, related("", near("topologyKey: a b"))); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// A pod asks for the labels that its controller gives it.
func TestOwnLabelsOfTemplates(t *testing.T) {
	const asks = "topologySpreadConstraints: [{topologyKey: a, maxSkew: 1, whenUnsatisfiable: DoNotSchedule, labelSelector: {}, matchLabelKeys: [%s]}], "
	with := func(workload, key string) string {
		return strings.Replace(workload, "{containers:", "{"+fmt.Sprintf(asks, key)+"containers:", 1)
	}
	aJob := strings.Replace(job, "{restartPolicy: Never, containers:", "{containers:", 1)
	aJob = strings.Replace(aJob, "image: i}]}", "image: i}], restartPolicy: Never}", 1)
	for _, test := range []struct{ workload, key, want string }{
		{deployment, "pod-template-hash", "hash"},
		{deployment, "app", "a"},
		{aJob, "job-name", "sums"},
		{aJob, "batch.kubernetes.io/job-name", "sums"},
		{strings.Replace(aJob, "name: sums", "name: sums, uid: u-1", 1), "controller-uid", "u-1"},
	} {
		for _, embedded := range []bool{false, true} {
			s := NewSet(models.NewDictionary())
			var owner Owner
			if embedded {
				template, problems := s.CompileTemplate(parse(t, "s.yaml", with(test.workload, test.key)))
				if len(problems) > 0 {
					t.Fatal(problems)
				}
				owner = *template.Owner
			} else {
				owner = compile(t, s, with(test.workload, test.key)).Owners[0]
			}
			want := test.want
			if want == "hash" {
				want = s.dict.String(owner.Spec.TemplateHash)
			}
			if got := relationsOf(s, owner.Pod); got[0] != "a ("+test.key+"="+want+") skew 1 domains 1" {
				t.Errorf("%s (embedded %v): got %s, want the value %s", test.key, embedded, got, want)
			}
			if value, _ := owner.Pod.Labels.Get(s.dict.Sym(test.key)); s.dict.String(value) != want {
				t.Errorf("%s: the pods have %q", test.key, s.dict.String(value))
			}
		}
	}
	hash := func(text string) string {
		s := NewSet(models.NewDictionary())
		return s.dict.String(compile(t, s, text).Owners[0].Spec.TemplateHash)
	}
	if hash(deployment) == hash(with(deployment, "pod-template-hash")) {
		t.Error("the hash of a template overlooks that its pods ask for it")
	}
	first := compile(t, NewSet(models.NewDictionary()), with(deployment, "controller-uid")).Owners[0].Pod
	if n := len(first.Spread[0].Selector.Requirements); n != 0 {
		t.Errorf("%d requirements on a label that nobody gives", n)
	}
}

// In what a server wrote the pod's own labels stand in the selector already.
func TestOwnLabelsInSnapshots(t *testing.T) {
	const written = `apiVersion: v1
kind: Pod
metadata: {name: p, labels: {v: one}}
spec:
  containers: [{name: a, image: i}]
  topologySpreadConstraints:
  - {topologyKey: a, maxSkew: 1, whenUnsatisfiable: DoNotSchedule, matchLabelKeys: [v], labelSelector: {matchExpressions: [{key: v, operator: In, values: [one]}]}}
`
	for _, status := range []string{"status: {phase: Pending}\n", "status: {phase: Running}\n"} {
		s := NewSet(models.NewDictionary())
		objects := compile(t, s, written+status)
		if diff := cmp.Diff([]string{"a (v=one) skew 1 domains 1"}, relationsOf(s, objects.Pods[0].Spec)); diff != "" {
			t.Error(diff)
		}
	}
	other := strings.Replace(written, "values: [one]", "values: [two]", 1)
	if got := problemsOf(t, other); !strings.Contains(got, `matchLabelKeys[0]: "v" stands in the labelSelector, too`) {
		t.Errorf("another value: %q", got)
	}
}

// A Deployment finds its ReplicaSet in a snapshot by what the template says, and
// the pods of both are the same.
func TestOwnHashInSnapshots(t *testing.T) {
	const spec = `spec: {topologySpreadConstraints: [{topologyKey: a, maxSkew: 1, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: a}}, matchLabelKeys: [pod-template-hash]}], containers: [{name: a, image: i}]}`
	s := NewSet(models.NewDictionary())
	objects := compile(t, s, `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, `+spec+`}}
status: {replicas: 1}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-abc, labels: {pod-template-hash: abc}, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true, uid: u}]}
spec: {selector: {matchLabels: {app: a, pod-template-hash: abc}}, template: {metadata: {labels: {app: a, pod-template-hash: abc}}, `+spec+`}}
status: {replicas: 1}
`)
	web, abc := objects.Owners[0], objects.Owners[1]
	if !abc.Current || s.dict.String(web.Spec.TemplateHash) != "abc" || web.Pod != abc.Pod {
		t.Errorf("current %v, hash %s, pods\n%s\n%s", abc.Current, s.dict.String(web.Spec.TemplateHash), s.canonical(web.Pod, ""), s.canonical(abc.Pod, ""))
	}
}
