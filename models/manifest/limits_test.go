package manifest

import (
	"strings"
	"testing"

	"github.com/podsim/podsim/models/limits"
)

// TestLimitsHoldOnBothSides shows the longest names and labels that the API server
// takes, and what one character more is told.
// Source: k8s.io/apimachinery/pkg/util/validation.
func TestLimitsHoldOnBothSides(t *testing.T) {
	n := func(length int) string { return strings.Repeat("n", length) }
	cut := `"` + n(60) + `…"`
	named := func(name string) string {
		return strings.Replace(goldPod, "name: p", "name: "+name, 1) + goldClass
	}
	labelled := func(key, value string) string {
		return podWith("nodeSelector: {" + key + ": " + value + "}, containers: [{name: a, image: i}]")
	}
	const label = `; want at most 63 letters, digits, "-", "_" and ".", a letter or digit at both ends`
	const key = `; want at most 63 letters, digits, "-", "_" and ".", after a domain and a slash if need be`
	for _, test := range []struct{ limit, fits, not, want string }{
		{"name", named(n(253)), named(n(254)),
			`a.yaml:3:18: metadata.name: invalid name ` + cut + `; want at most 253 lower-case letters, digits, "-" and ".", a letter or digit at both ends`},
		{"namespace", named("p, namespace: " + n(63)), named("p, namespace: " + n(64)),
			`a.yaml:3:32: metadata.namespace: invalid name ` + cut + `; want at most 63 lower-case letters, digits and "-", a letter or digit at both ends`},
		{"value of a label", labelled("a", n(63)), labelled("a", n(64)),
			`a.yaml:4:26: spec.nodeSelector.a: invalid label value ` + cut + label},
		{"key of a label", labelled(n(63), "v"), labelled(n(64), "v"),
			`a.yaml:4:89: spec.nodeSelector.` + n(64) + `: invalid label key ` + cut + key},
		{"domain of a label", labelled(n(253)+"/a", "v"), labelled(n(254)+"/a", "v"),
			`a.yaml:4:281: spec.nodeSelector["` + n(254) + `/a"]: invalid label key ` + cut + key},
		{"priority", strings.Replace(goldClass, "1000", "1000000000", 1), strings.Replace(goldClass, "1000", "1000000001", 1),
			`a.yaml:5:8: value: got 1000000001; want at most 1000000000`},
		{"weight", preferred("100"), preferred("101"),
			`a.yaml:4:93: spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: got 101; want 1 to 100`},
		{"memory", resourcesOf("requests: {memory: 9223372036854775807}"), resourcesOf("requests: {memory: 9223372036854775808}"),
			`a.yaml:4:72: spec.containers[0].resources.requests.memory: exceeds 2^63-1`},
		{"text of a quantity", resourcesOf("requests: {memory: 1" + strings.Repeat("0", 15) + "." + strings.Repeat("0", limits.QuantityText-17) + "}"),
			resourcesOf("requests: {memory: 1" + strings.Repeat("0", 15) + "." + strings.Repeat("0", limits.QuantityText-16) + "}"),
			`a.yaml:4:72: spec.containers[0].resources.requests.memory: invalid quantity "1` + strings.Repeat("0", 15) + "." + strings.Repeat("0", limits.Quoted-17) + `…"`},
		{"exponent of a quantity", resourcesOf("requests: {memory: 0e64}"), resourcesOf("requests: {memory: 0e65}"),
			`a.yaml:4:72: spec.containers[0].resources.requests.memory: exceeds 2^63-1`},
		{"negative exponent of a quantity", resourcesOf("requests: {memory: 0e-64}"), resourcesOf("requests: {memory: 0e-65}"),
			`a.yaml:4:72: spec.containers[0].resources.requests.memory: invalid quantity "0e-65"`},
		{"pods of one object", strings.Replace(deployment, "spec:\n", "spec:\n  replicas: 10000000\n", 1), strings.Replace(deployment, "spec:\n", "spec:\n  replicas: 10000001\n", 1),
			`a.yaml:5:13: spec.replicas: got 10000001; must be <= 10000000`},
	} {
		t.Run(test.limit, func(t *testing.T) {
			if got := problemsOf(t, test.fits); got != "" {
				t.Errorf("at the limit: got %s", got)
			}
			if got := problemsOf(t, test.not); got != test.want {
				t.Errorf("past the limit:\ngot  %s\nwant %s", got, test.want)
			}
		})
	}
}

func preferred(weight string) string {
	return podWith("affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: " + weight +
		", preference: {matchExpressions: [{key: a, operator: Exists}]}}]}}, containers: [{name: a, image: i}]")
}

func TestMessagesRepeatSoMuchOfTheInput(t *testing.T) {
	longest := strings.Repeat("é", limits.Quoted)
	for text, want := range map[string]string{longest: longest, longest + "é": longest + "…"} {
		if got := quote(text); got != `"`+want+`"` {
			t.Errorf("%d characters: got %s; want %q", len([]rune(text)), got, want)
		}
	}
}
