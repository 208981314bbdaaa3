package timelines

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// steps returns the steps of the Timeline of a scenario, each as JSON.
func steps(t *testing.T, s *Scenario) []string {
	t.Helper()
	var out []string
	for _, o := range s.Documents {
		if o.Kind() == "Timeline" {
			list, _ := at(o, "spec", "steps").([]any)
			for _, step := range list {
				out = append(out, encode(step))
			}
		}
	}
	return out
}

func object(t *testing.T, text string) Object {
	t.Helper()
	var o Object
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

const deployment = `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"selector":{"matchLabels":{"app":"web"}},
	"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"app:v1"}]}}}}`

func TestActionsBecomeSteps(t *testing.T) {
	node := object(t, `{"apiVersion":"v1","kind":"Node","metadata":{"name":"n1","labels":{"disk":"ssd"}},"status":{"capacity":{"cpu":"4"}}}`)
	create := Action{Create: []string{"web.yaml"}}
	tests := []struct {
		rule       string
		action     Action
		want       string // the last step
		impossible string
	}{
		{
			"replicas are patched",
			Action{Patch: &Patch{Kind: "Deployment", Name: "web", Patch: map[string]any{"spec": map[string]any{"replicas": 2.0}}}},
			`{"at":"5s","patch":{"patch":{"spec":{"replicas":2}},"target":"deployment/web","type":"strategic"}}`, "",
		},
		{
			"annotations of the fake kubelet become a label",
			Action{Patch: &Patch{Kind: "Deployment", Name: "web", Type: "merge", Patch: object(t,
				`{"spec":{"template":{"metadata":{"annotations":{"fake/ready-delay":"never"}}}}}`)}},
			`{"at":"5s","patch":{"patch":{"spec":{"template":{"metadata":{"annotations":{"fake/ready-delay":"never"},` +
				`"labels":{"fake-kubelet":"p1"}}}}},"target":"deployment/web","type":"merge"}}`, "",
		},
		{
			"a node is tainted",
			Action{Patch: &Patch{Kind: "Node", Name: "n1", Patch: object(t, `{"spec":{"taints":[{"key":"k","value":"v","effect":"NoExecute"}]}}`)}},
			`{"at":"5s","patch":{"patch":{"spec":{"taints":[{"effect":"NoExecute","key":"k","value":"v"}]}},"target":"node/n1","type":"strategic"}}`, "",
		},
		{
			"a node is cordoned",
			Action{Patch: &Patch{Kind: "Node", Name: "n1", Patch: object(t, `{"spec":{"unschedulable":true}}`)}},
			`{"at":"5s","patch":{"patch":{"spec":{"unschedulable":true}},"target":"node/n1","type":"strategic"}}`, "",
		},
		{
			"a node loses a label",
			Action{Patch: &Patch{Kind: "Node", Name: "n1", Type: "merge", Patch: object(t, `{"metadata":{"labels":{"disk":null}}}`)}},
			`{"at":"5s","patch":{"patch":{"metadata":{"labels":{"disk":null}}},"target":"node/n1","type":"merge"}}`, "",
		},
		{
			"a rollout is undone",
			Action{Kubectl: &Kubectl{Args: "rollout undo deployment/web"}},
			"5s rollout undo deployment/web", "",
		},
		{
			"an object is deleted",
			Action{Delete: &Delete{Kind: "Deployment", Name: "web"}},
			`{"at":"5s","delete":{"target":"deployment/web"}}`, "",
		},
		{"pods are evicted", Action{Evict: &Evict{Select: "app=web", Count: 2}}, "", ""},
		{"a node is drained", Action{Kubectl: &Kubectl{Args: "drain n1 --force"}}, "5s drain n1 --force", ""},
		{"a drain has a limit", Action{Kubectl: &Kubectl{Args: "drain n1 --timeout=20s --force"}}, "5s drain n1 --timeout=20s --force", ""},
		{"kubectl knows more", Action{Kubectl: &Kubectl{Args: "cp web:a b"}}, "", `kubectl cp web:a b: `},
		{"a node vanishes", Action{Node: &Node{Name: "n1", Do: "vanish"}}, "", ""},
		{"a node explodes", Action{Node: &Node{Name: "n1", Do: "explode"}}, "", "kubelet of n1: explode at 5 s"},
		{"a node is deleted", Action{Delete: &Delete{Kind: "Node", Name: "n1"}}, `{"at":"5s","delete":{"target":"node/n1"}}`, ""},
		{"something unknown is patched", Action{Patch: &Patch{Kind: "Job", Name: "j"}}, "", "patch Job/j"},
		{"kubectl prints", Action{Kubectl: &Kubectl{Args: "get pods", Out: "pods.txt"}}, "", ""},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			test.action.At = 5
			r := &Recording{
				Name: "web", Nodes: []Object{node}, Actions: []Action{create, test.action},
				Files: map[string][]Object{"web.yaml": {object(t, deployment)}},
			}
			s, err := Translate(r)
			if err != nil {
				t.Fatal(err)
			}
			all := append(steps(t, s), s.commands...)
			if len(all) == 0 || !strings.Contains(all[0], `"apply"`) {
				t.Fatalf("steps %v: the first is not to apply the Deployment", all)
			}
			switch {
			case test.want == "" && len(all) > 1:
				t.Errorf("steps %v; want no more than one", all)
			case test.want != "" && all[len(all)-1] != test.want:
				t.Errorf("got %s\nwant %s", all[len(all)-1], test.want)
			}
			if test.impossible == "" && len(s.Impossible) > 0 {
				t.Errorf("not possible are %q; want nothing", s.Impossible)
			}
			if want := test.impossible; want != "" && !slices.ContainsFunc(s.Impossible, func(got string) bool { return strings.HasPrefix(got, want) }) {
				t.Errorf("not possible are %q; want %q", s.Impossible, want)
			}
			if _, err := s.Simulate("web", 1); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAnObjectThatIsNotTakenIsRefused(t *testing.T) {
	tests := map[string]struct {
		replicas int
		want     string
	}{
		"by an API server": {-1, `"error: Deployment.apps \"web\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0"`},
		"by podsim alone":  {2_000_000_000, `"error: spec.replicas: got 2000000000;`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			bad := object(t, deployment)
			mapAt(bad, "spec")["replicas"] = test.replicas
			s, err := Translate(&Recording{
				Actions: []Action{{At: 1, Create: []string{"web.yaml"}}, {At: 2, End: true}},
				Nodes:   []Object{object(t, `{"apiVersion":"v1","kind":"Node","metadata":{"name":"n1"},"status":{"capacity":{"cpu":"4"}}}`)},
				Files:   map[string][]Object{"web.yaml": {bad}},
			})
			if err != nil {
				t.Fatal(err)
			}
			facts, err := s.Simulate("web", 1)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range facts {
				if f.Kind == Result {
					got = append(got, f.Value)
				} else if !strings.Contains(f.Name, "n1") {
					t.Errorf("%+v was observed", f)
				}
			}
			if len(got) != 1 || !strings.HasPrefix(got[0], test.want) {
				t.Errorf("got %q; want %s", got, test.want)
			}
		})
	}
}
