package scenarios_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a step would create and no API server takes is refused in its words, and the run
// goes on.
func TestWhatNoServerTakesIsNotCreated(t *testing.T) {
	const pod = "{apiVersion: v1, kind: Pod, metadata: {name: new}, spec: {containers: [{name: m, image: i"
	tests := map[string]struct{ objects, want []string }{
		"a pod": {
			[]string{pod + ", ports: [{containerPort: 0}]}]}}", pod + "}]}}"},
			[]string{
				`FAILED The Pod "new" is invalid: spec.containers[0].ports[0].containerPort: Required value`, "pod/new created",
			},
		},
		"several faults": {
			[]string{`{apiVersion: v1, kind: Pod, metadata: {name: New}, spec: {containers: [{name: m}]}}`},
			[]string{
				"FAILED The Pod \"New\" is invalid: \n* metadata.name: Invalid value: \"New\": a lowercase RFC 1123 subdomain must consist of lower case " +
					"alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
					"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')\n* spec.containers[0].image: Required value",
			},
		},
		"a template": {
			[]string{
				`{apiVersion: batch/v1, kind: Job, metadata: {name: j}, spec: {template: {spec: {containers: [{name: m, image: i}]}}}}`,
			},
			[]string{
				`FAILED The Job "j" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"`,
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text := base + "---\napiVersion: podsim/v1alpha1\nkind: Timeline\nmetadata: {name: t}\nspec:\n  steps:\n"
			for i, object := range test.objects {
				text += fmt.Sprintf("  - {at: %dm, apply: {object: %s}}\n", i+1, object)
			}
			if diff := cmp.Diff(test.want, answers(t, input(text))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A resize is held to the policies of its namespace, container by container.
func TestResizesAreHeldToPolicies(t *testing.T) {
	const policies = `---
apiVersion: v1
kind: ResourceQuota
metadata: {name: q}
spec: {hard: {requests.cpu: "2"}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: l}
spec: {limits: [{type: Container, max: {cpu: 3}, default: {cpu: 3}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 1}}}, {name: d, image: i, resources: {requests: {cpu: 500m}}}]}
`
	resize := func(at, resources string) string {
		return at + " patch pod a --subresource resize -p '{spec: {containers: [{name: c, resources: " + resources + "}]}}'"
	}
	got := runSteps(t, base+policies, resize("1m", "{requests: {cpu: 1500m}}"), resize("2m", "{requests: {cpu: 1600m}}"),
		resize("3m", "{requests: {cpu: 1}, limits: {cpu: 3500m}}"), resize("4m", "{requests: {cpu: 1}}"), resize("5m", "{requests: {cpu: 1500m}}"))
	want := []string{
		"pod/a patched",
		`FAILED Error from server (Forbidden): pods "a" is forbidden: exceeded quota: q, requested: requests.cpu=100m, used: requests.cpu=2, limited: requests.cpu=2`,
		`FAILED Error from server (Forbidden): pods "a" is forbidden: maximum cpu usage per Container is 3, but limit is 3500m`,
		"pod/a patched", "pod/a patched",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
