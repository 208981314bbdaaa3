package scenarios_test

import "testing"

func staticGroup(pods string) string {
	return document("NodeGroup", "g", "{count: 1, template: {status: {capacity: {cpu: 4, memory: 16Gi}}}, staticPods: ["+pods+"]}")
}

func TestStaticPods(t *testing.T) {
	run := mustLoad(t, input(staticGroup("{metadata: {name: a}, spec: {containers: [{name: a, image: i}]}}, {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: x}, spec: {containers: [{name: a, image: i}]}}")))
	list := run.Config.StaticPods[run.Dictionary.Sym("g")]
	if len(list) != 2 {
		t.Fatalf("got %d static pods; want 2", len(list))
	}
	for _, static := range list {
		pod := static.Template.Pod
		last := pod.Tolerations[len(pod.Tolerations)-1]
		if !pod.Static || run.Dictionary.String(static.Name) != "a" || len(pod.Tolerations) != 1 || !last.Exists {
			t.Errorf("got %+v", pod)
		}
	}
}

func TestProblemsWithStaticPods(t *testing.T) {
	const containers = "containers: [{name: a, image: i}]"
	for name, test := range map[string]struct{ pod, want string }{
		"no name":       {"{spec: {" + containers + "}}", "s.yaml:4:87: spec.staticPods[0].metadata.name: name is missing"},
		"another kind":  {"{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}", "s.yaml:4:115: spec.staticPods[0].kind: got apps/v1 Deployment; want v1 Pod"},
		"a node":        {"{metadata: {name: a}, spec: {nodeName: x, " + containers + "}}", `s.yaml:4:126: spec.staticPods[0].spec.nodeName: got "x"; a static pod is on the nodes of its group`},
		"ends":          {"{metadata: {name: a}, spec: {restartPolicy: Never, " + containers + "}}", "s.yaml:4:131: spec.staticPods[0].spec.restartPolicy: got Never; the containers of a static pod are always started again"},
		"a secret":      {"{metadata: {name: a}, spec: {volumes: [{name: v, secret: {secretName: s}}], " + containers + "}}", "s.yaml:4:126: spec.staticPods[0].spec.volumes[0]: static pods may not reference secrets (via secret volumes)"},
		"an account":    {"{metadata: {name: a}, spec: {serviceAccountName: s, " + containers + "}}", "s.yaml:4:136: spec.staticPods[0].spec.serviceAccountName: static pods may not reference serviceaccounts"},
		"a config map":  {"{metadata: {name: a}, spec: {containers: [{name: a, image: i, envFrom: [{configMapRef: {name: m}}]}]}}", "s.yaml:4:159: spec.staticPods[0].spec.containers[0].envFrom[0]: static pods may not reference configmaps"},
		"unknown field": {"{metadata: {name: a}, spec: {container: [], " + containers + "}}", `s.yaml:4:116: spec.staticPods[0].spec.container: unknown field "container"; did you mean "containers"?`},
		"twice": {"{metadata: {name: a}, spec: {" + containers + "}}, {metadata: {name: a}, spec: {" + containers + "}}",
			`s.yaml:4:171: spec.staticPods[1].metadata.name: static pod "a" occurs twice`},
	} {
		if got := loadError(t, input(staticGroup(test.pod))); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, test.want)
		}
	}
}
