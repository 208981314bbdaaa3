package manifest

import (
	"testing"

	"github.com/podsim/podsim/models"
)

// What has the right form and no API server takes is refused in the words of one, where
// it stands.
func TestWhatNoServerTakesIsRefused(t *testing.T) {
	const one = "containers: [{name: a, image: i"
	for _, test := range []struct{ name, input, want string }{
		{"a user that cannot be", podWith(one + ", securityContext: {runAsUser: -1}}]"),
			`a.yaml:4:70: spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive`},
		{"something of Windows", podWith("os: {name: linux}, securityContext: {windowsOptions: {hostProcess: true}}, hostNetwork: true, " + one + "}]"),
			`a.yaml:4:61: spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod`},
		{"two faults of a template", job[:len(job)-len("containers: [{name: a, image: i}]}\n")] + "hostname: A, dnsPolicy: None, " + one + "}]}\n",
			`a.yaml:6:11: spec.template.spec.dnsConfig: Required value: must provide ` + "`dnsConfig` when `dnsPolicy` is None" + `
a.yaml:6:44: spec.template.spec.hostname: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`},
		{"an item of a list", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: [{port: 80, protocol: tcp}]}}\n",
			`a.yaml:4:92: items[0].spec.ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"`},
		{"what is there already", podWith(one+", securityContext: {runAsUser: -1}}]") + "status: {phase: Running}\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := problemsOf(t, test.input); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
	template := parse(t, "t.yaml", "apiVersion: v1\nkind: Pod\nspec: {"+one+", securityContext: {procMount: x}}]}\n")
	_, problems := NewSet(models.NewDictionary()).CompileTemplate(template)
	want := `t.yaml:3:70: spec.containers[0].securityContext.procMount: Unsupported value: "x": supported values: "Default", "Unmasked"`
	if got := problems.Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
