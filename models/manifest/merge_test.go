package manifest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models/yamlnode"
)

// live is a Deployment of two containers, as JSON writes it.
const live = `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"finalizers":["a"],"labels":{"x":"1"},"name":"web"},"spec":{"replicas":3,` +
	`"template":{"spec":{"containers":[{"args":["-v"],"image":"a:1","name":"a","ports":[{"containerPort":80}]},{"image":"b:1","name":"b"}],"tolerations":[{"key":"k"}]}}}}`

// jsonOf writes a node as JSON.
func jsonOf(t *testing.T, n *yamlnode.Node) string {
	t.Helper()
	text, err := n.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPatchMergesAsKubectlDoes(t *testing.T) {
	const containers = `{"args":["-v"],"image":"a:1","name":"a","ports":[{"containerPort":80}]},{"image":"b:1","name":"b"}`
	for name, test := range map[string]struct{ patch, old, new string }{
		"a field":                {"{spec: {replicas: 5}}", `"replicas":3`, `"replicas":5`},
		"null takes it away":     {"{spec: {replicas: null}}", `"replicas":3,`, ``},
		"null of nothing":        {"{spec: {paused: null}}", "", ""},
		"a map is merged":        {"{metadata: {labels: {z: '2'}}}", `{"x":"1"}`, `{"x":"1","z":"2"}`},
		"a map is replaced":      {"{metadata: {labels: {$patch: replace, z: '2'}}}", `{"x":"1"}`, `{"z":"2"}`},
		"a map goes":             {"{metadata: {labels: {$patch: delete}}}", `"labels":{"x":"1"},`, ``},
		"a map keeps some":       {"{metadata: {$retainKeys: [name, labels]}}", `"finalizers":["a"],`, ``},
		"containers by name":     {"{spec: {template: {spec: {containers: [{name: b, image: 'b:2'}]}}}}", `b:1`, `b:2`},
		"another container":      {"{spec: {template: {spec: {containers: [{name: c, image: c}]}}}}", `"name":"b"}]`, `"name":"b"},{"image":"c","name":"c"}]`},
		"a container goes":       {"{spec: {template: {spec: {containers: [{name: b, $patch: delete}]}}}}", `,{"image":"b:1","name":"b"}`, ``},
		"other containers":       {"{spec: {template: {spec: {containers: [{$patch: replace}, {name: c, image: c}]}}}}", containers, `{"image":"c","name":"c"}`},
		"ports by number":        {"{spec: {template: {spec: {containers: [{name: a, ports: [{containerPort: 80, name: web}]}]}}}}", `{"containerPort":80}`, `{"containerPort":80,"name":"web"}`},
		"words are added":        {"{metadata: {finalizers: [a, b]}}", `["a"]`, `["a","b"]`},
		"other lists replaced":   {"{spec: {template: {spec: {tolerations: [{key: l}], containers: [{name: a, args: [x]}]}}}}", `"-v"`, `"x"`},
		"the order is not asked": {"{spec: {template: {spec: {$setElementOrder/containers: [{name: b}, {name: a}]}}}}", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			merged, problems := Patch(parse(t, "live.yaml", live), parse(t, "patch.yaml", test.patch), false)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			want := strings.Replace(live, test.old, test.new, 1)
			if name == "other lists replaced" {
				want = strings.Replace(want, `{"key":"k"}`, `{"key":"l"}`, 1)
			}
			if diff := cmp.Diff(jsonOf(t, parse(t, "want.yaml", want)), jsonOf(t, merged)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAPlainPatchReplacesLists(t *testing.T) {
	merged, problems := Patch(parse(t, "live.yaml", live), parse(t, "patch.yaml", "{spec: {template: {spec: {containers: [{name: c}]}}}}"), true)
	if got := jsonOf(t, merged); len(problems) > 0 || !strings.Contains(got, `"containers":[{"name":"c"}]`) {
		t.Errorf("got %s, %v", got, problems)
	}
}

func TestPatchesThatAreWrong(t *testing.T) {
	for patch, want := range map[string]string{
		"[1]":                    "patch.yaml:1:1: a patch is a map of the fields to change",
		"{spec: {$patch: merg}}": `patch.yaml:1:17: spec.$patch: got "merg"; want merge, replace or delete`,
		"{spec: {$deleteFromPrimitiveList/x: []}}":               "the directive \"$deleteFromPrimitiveList/x\" is not read; want $patch or $retainKeys",
		"{spec: {template: {spec: {containers: [{image: x}]}}}}": "patch.yaml:1:40: spec.template.spec.containers[0]: name is missing; items of this list are merged by it",
	} {
		_, problems := Patch(parse(t, "live.yaml", live), parse(t, "patch.yaml", patch), false)
		if got := problems.Error(); !strings.Contains(got, want) {
			t.Errorf("%s: got %s; want %s", patch, got, want)
		}
	}
}

// What the last file had and the next has not goes; what others have set stays.
func TestApplyMergesThreeWays(t *testing.T) {
	last := `{metadata: {name: web, labels: {x: "1"}}, spec: {replicas: 3, template: {spec: {containers: [{name: a, image: "a:1", args: [-v]}, {name: b, image: "b:1"}]}}}}`
	live := `{kind: Deployment, apiVersion: apps/v1, metadata: {name: web, labels: {x: "1", other: "2"}}, spec: {replicas: 7, paused: true, template: {spec: {containers: [{name: side, image: s}, {name: a, image: "a:9", args: [-v]}, {name: b, image: "b:1"}]}}}}`
	next := `{kind: Deployment, apiVersion: apps/v1, metadata: {name: web}, spec: {minReadySeconds: 5, template: {spec: {containers: [{name: c, image: c}, {name: a, image: "a:1"}]}}}}`
	want := `{kind: Deployment, apiVersion: apps/v1, metadata: {name: web}, spec: {paused: true, minReadySeconds: 5, template: {spec: {containers: [{name: c, image: c}, {name: a, image: "a:1"}, {name: side, image: s}]}}}}`
	got := Apply(parse(t, "last.yaml", last), parse(t, "live.yaml", live), parse(t, "next.yaml", next))
	// Labels were taken out of the file as a whole, with what others had set there.
	if diff := cmp.Diff(jsonOf(t, parse(t, "want.yaml", want)), jsonOf(t, got)); diff != "" {
		t.Error(diff)
	}
}

// FuzzPatch merges anything into anything. What a patch sets by plain merging is
// there afterwards, and merging it again changes nothing.
func FuzzPatch(f *testing.F) {
	f.Add(live, "{spec: {template: {spec: {containers: [{name: b, $patch: delete}, {name: c, ports: []}]}}}}")
	f.Add(live, "{metadata: {finalizers: [b], labels: null}, spec: {$retainKeys: [replicas], replicas: 2}}")
	f.Add("{kind: Pod, apiVersion: v1, spec: {volumes: [{name: v}]}}", "{spec: {volumes: [{name: v, emptyDir: {}}], containers: 3}}")
	f.Fuzz(func(t *testing.T, object, patch string) {
		var roots [2]*yamlnode.Node
		for i, text := range []string{object, patch} {
			documents, err := yamlnode.Parse("f.yaml", strings.NewReader(text))
			if err != nil || len(documents) != 1 {
				return
			}
			roots[i] = documents[0].Root
		}
		for _, plain := range []bool{false, true} {
			once, problems := Patch(roots[0], roots[1], plain)
			if len(problems) > 0 || once == nil {
				continue
			}
			if strings.Contains(patch, "$") || hasTwins(once) || hasTwins(roots[1]) {
				continue // a directive, or one key twice, may say something else the next time
			}
			twice, _ := Patch(once, roots[1], plain)
			if !cmp.Equal(once.Value(), twice.Value()) && !strings.Contains(object+patch, "nan") && !strings.Contains(object+patch, "NaN") && !strings.Contains(object+patch, "NAN") {
				t.Errorf("plain %t: %v, then %v", plain, once.Value(), twice.Value())
			}
		}
		Apply(roots[0], roots[0], roots[1])
	})
}

// hasTwins reports whether a list has an item twice, or one without a name.
func hasTwins(n *yamlnode.Node) bool {
	seen := make(map[string]bool)
	for _, item := range n.Items {
		for _, key := range []string{"name", "containerPort", "key"} {
			if value := item.Get(key); value != nil {
				if seen[key+value.Text] {
					return true
				}
				seen[key+value.Text] = true
			}
		}
		if hasTwins(item) {
			return true
		}
	}
	for _, f := range n.Fields {
		if f.Value != nil && hasTwins(f.Value) {
			return true
		}
	}
	return false
}
