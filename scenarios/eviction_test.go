package scenarios_test

import (
	"testing"
)

// TestWhatIsWrongWithEvictors shows that evictors are checked wherever they are named.
func TestWhatIsWrongWithEvictors(t *testing.T) {
	const scenario = "apiVersion: podsim/v1alpha1\nkind: Scenario\nspec: {eviction: {drain: "
	const node = "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {allocatable: {cpu: 1, pods: 9}}\n"
	const policy = "apiVersion: podsim/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec: {eviction: {drain: "
	tests := map[string]struct{ text, want string }{
		"unknown":      {scenario + "{name: kubctl}}}\n", `s.yaml:3:33: spec.eviction.drain.name: unknown evictor "kubctl"; did you mean "kubectl"?`},
		"arguments":    {scenario + "{name: kubectl, args: {order: name}}}}\n", "s.yaml:3:48: spec.eviction.drain.args: kubectl takes no arguments"},
		"no name":      {scenario + "{}}}\n", "s.yaml:3:26: spec.eviction.drain: name is missing"},
		"in a Policy":  {policy + "{name: kubctl}}}\n", `s.yaml:4:33: spec.eviction.drain.name: unknown evictor "kubctl"; did you mean "kubectl"?`},
		"the occasion": {"apiVersion: podsim/v1alpha1\nkind: Scenario\nspec: {eviction: {drian: {name: kubectl}}}\n", `s.yaml:3:19: spec.eviction.drian: unknown field "drian"; did you mean "drain"?`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := loadError(t, input(test.text+"---\n"+node)); got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}
