package manifest

import (
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// problemsOf returns everything wrong with the documents of a.yaml, one a line.
func problemsOf(t testing.TB, text string) string {
	t.Helper()
	documents, err := yamlnode.Parse("a.yaml", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	s := NewSet(models.NewDictionary())
	var all yamlnode.Problems
	for _, document := range documents {
		all = append(all, s.Add(document.Root)...)
	}
	_, problems := s.Compile()
	return append(all, problems...).Error()
}

func resourcesOf(text string) string {
	return podWith("containers: [{name: a, image: i, resources: {" + text + "}}]")
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}}
    spec: {containers: [{name: a, image: i}]}
`

const job = `apiVersion: batch/v1
kind: Job
metadata: {name: sums}
spec:
  template:
    spec: {restartPolicy: Never, containers: [{name: a, image: i}]}
`

const goldPod = `apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {priorityClassName: gold, containers: [{name: a, image: i}]}
`

const goldClass = `---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: gold}
value: 1000
`

func TestProblemsOfForm(t *testing.T) {
	for _, test := range []struct{ name, input, want string }{
		{"unknown field", podWith("containers: [{name: a, imgae: i, image: j}]"),
			`a.yaml:4:31: spec.containers[0].imgae: unknown field "imgae"; did you mean "image"?`},
		{"wrong type", strings.Replace(deployment, "spec:\n", "spec:\n  replicas: 1.5\n", 1),
			`a.yaml:5:13: spec.replicas: got 1.5; want a whole number`},
		{"label that is a number", podWith("nodeSelector: {disk: 1}, containers: [{name: a, image: i}]"),
			`a.yaml:4:29: spec.nodeSelector.disk: got 1; want a string; quote it`},
		{"not a quantity", resourcesOf("requests: {cpu: abc}"),
			`a.yaml:4:69: spec.containers[0].resources.requests.cpu: invalid quantity "abc"`},
		{"negative request", resourcesOf("requests: {cpu: -1}"),
			`a.yaml:4:69: spec.containers[0].resources.requests.cpu: requests must not be negative`},
		{"too much memory", resourcesOf("requests: {memory: 1e1000}"),
			`a.yaml:4:72: spec.containers[0].resources.requests.memory: exceeds 2^63-1`},
		{"too much memory by one", resourcesOf("requests: {memory: 9223372036854775808}"),
			`a.yaml:4:72: spec.containers[0].resources.requests.memory: exceeds 2^63-1`},
		{"too many cores", resourcesOf("limits: {cpu: 1E}"),
			`a.yaml:4:67: spec.containers[0].resources.limits.cpu: 1E cores exceeds the milli range`},
		{"a tenth of a byte", resourcesOf("requests: {memory: 100m}"),
			`a.yaml:4:72: spec.containers[0].resources.requests.memory: 0.1 byte; did you mean 100Mi?`},
		{"octal", resourcesOf("requests: {cpu: 010}"),
			`a.yaml:4:69: spec.containers[0].resources.requests.cpu: reads as octal 8; write 8 or "010"`},
		{"null quantity", resourcesOf("requests: {cpu: null}"),
			`a.yaml:4:69: spec.containers[0].resources.requests.cpu: got null; want a quantity`},
		{"resource in capitals", resourcesOf("requests: {Cpu: 1}"),
			`a.yaml:4:64: spec.containers[0].resources.requests.Cpu: unknown resource "Cpu"; did you mean cpu?`},
		{"resource without a domain", resourcesOf("requests: {accelerators: 1}"),
			`a.yaml:4:64: spec.containers[0].resources.requests.accelerators: unknown resource "accelerators"; want cpu, memory, ephemeral-storage, hugepages-… or a name with a domain such as nvidia.com/gpu`},
		{"page size", resourcesOf("limits: {hugepages-big: 1Mi}"),
			`a.yaml:4:62: spec.containers[0].resources.limits.hugepages-big: unknown resource "hugepages-big"; want a page size such as hugepages-2Mi`},
		{"removed version", strings.Replace(deployment, "apps/v1", "extensions/v1beta1", 1),
			`a.yaml:2:7: kind: extensions/v1beta1 Deployment is not read; want apps/v1`},
		{"another removed version", strings.Replace(deployment, "apps/v1", "apps/v1beta1", 1),
			`a.yaml:2:7: kind: apps/v1beta1 Deployment is not read; want apps/v1`},
		{"kind of another group", strings.Replace(deployment, "apps/v1", "v1", 1),
			`a.yaml:2:7: kind: v1 Deployment is not read; want apps/v1`},
		{"kind without successor", "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\n",
			`a.yaml:2:7: kind: policy/v1beta1 PodSecurityPolicy is not read; Kubernetes removed it`},
		{"misspelt kind", strings.Replace(deployment, "kind: Deployment", "kind: Deploymnet", 1),
			`a.yaml:2:7: kind: unknown kind "Deploymnet" in "apps/v1"; did you mean "Deployment" of apps/v1?`},
		{"misspelt group", "apiVersion: batchs/v1\nkind: Whatever\n",
			`a.yaml:2:7: kind: unknown apiVersion "batchs/v1"; did you mean "batch/v1"?`},
		{"group without dot", "apiVersion: example/v1\nkind: Whatever\n",
			`a.yaml:2:7: kind: unknown apiVersion "example/v1"; the group of a custom resource has a dot`},
		{"unlike any kind", "apiVersion: apps/v1\nkind: Zebra\n",
			`a.yaml:2:7: kind: unknown kind "Zebra" in "apps/v1"`},
		{"scenario kind", "apiVersion: podsim/v1alpha1\nkind: Scenario\n",
			`a.yaml:2:7: kind: podsim/v1alpha1 Scenario is not an object of Kubernetes`},
		{"no kind", "apiVersion: v1\n", `a.yaml:1:1: kind is missing`},
		{"no apiVersion", "kind: Deployment\n", `a.yaml:1:1: apiVersion is missing; want apps/v1`},
		{"neither", "metadata: {}\n", `a.yaml:1:1: apiVersion and kind are missing`},
		{"not an object", "[1, 2]\n", `a.yaml:1:1: got a list; want an object of Kubernetes`},
		{"kind that is no string", "apiVersion: v1\nkind: 5\n", `a.yaml:2:7: kind: got 5; want a string; quote it`},
		{"items of a list have paths", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: p}\n  spec: {contianers: []}\n",
			`a.yaml:7:10: items[0].spec.contianers: unknown field "contianers"; did you mean "containers"?`},
		{"items that are no list", "apiVersion: v1\nkind: PodList\nitems: {}\n",
			`a.yaml:3:8: items: got a map; want a list`},
		{"list of an unknown kind", "apiVersion: v1\nkind: PdoList\nitems: []\n",
			`a.yaml:2:7: kind: unknown kind "Pdo" in "v1"; did you mean "Pod" of v1?`},
		{"defined twice", podWith("containers: [{name: a, image: i}]") + "---\n" + podWith("containers: [{name: a, image: i}]"),
			`a.yaml:8:18: metadata.name: Pod "p" is also defined at a.yaml:1`},
		{"time", "apiVersion: v1\nkind: Pod\nmetadata: {name: p, creationTimestamp: yesterday}\nspec: {containers: [{name: a, image: i}]}\n",
			`a.yaml:3:40: metadata.creationTimestamp: got "yesterday"; want a time such as 2026-01-31T12:00:00Z`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := problemsOf(t, test.input); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestProblemsOfPods(t *testing.T) {
	const one = "containers: [{name: a, image: i}]"
	for _, test := range []struct{ name, spec, want string }{
		{"request over limit", "containers: [{name: a, image: i, resources: {requests: {cpu: 2}, limits: {cpu: 1}}}]",
			`a.yaml:4:69: spec.containers[0].resources.requests.cpu: request 2 exceeds limit 1`},
		{"request of a device without limit", "containers: [{name: a, image: i, resources: {requests: {nvidia.com/gpu: 1}}}]",
			`a.yaml:4:80: spec.containers[0].resources.requests["nvidia.com/gpu"]: nvidia.com/gpu needs a limit equal to its request`},
		{"storage", "containers: [{name: a, image: i, resources: {requests: {storage: 1Gi}}}]",
			`a.yaml:4:73: spec.containers[0].resources.requests.storage: unknown resource "storage" of a container; did you mean ephemeral-storage?`},
		{"pod smaller than its containers", "resources: {requests: {cpu: 1}}, containers: [{name: a, image: i, resources: {requests: {cpu: 2}}}]",
			`a.yaml:4:36: spec.resources.requests.cpu: got 1; its containers request 2`},
		{"huge pages of a pod alone", "resources: {limits: {hugepages-2Mi: 4Mi}}, " + one,
			`a.yaml:4:19: spec.resources: huge pages need a request or limit of cpu or memory beside them`},
		{"huge pages of a pod beside cpu", "resources: {requests: {cpu: 1}, limits: {hugepages-2Mi: 4Mi}}, " + one, ``},
		{"huge pages of a container alone", "containers: [{name: a, image: i, resources: {limits: {hugepages-2Mi: 4Mi}}}]",
			`a.yaml:4:52: spec.containers[0].resources: huge pages need a request or limit of cpu or memory beside them`},
		{"half a huge page", "containers: [{name: a, image: i, resources: {limits: {cpu: 1, hugepages-2Mi: 3Mi}}}]",
			`a.yaml:4:85: spec.containers[0].resources.limits.hugepages-2Mi: got 3Mi; want a number of whole pages`},
		{"huge pages of the containers together", "resources: {limits: {cpu: 1, hugepages-2Mi: 4Mi}}, containers: [" +
			"{name: a, image: i, resources: {limits: {cpu: 500m, hugepages-2Mi: 4Mi}}}, {name: b, image: i, resources: {limits: {cpu: 500m, hugepages-2Mi: 2Mi}}}]",
			`a.yaml:4:52: spec.resources.limits.hugepages-2Mi: got 4Mi; its containers have limits of 6Mi`},
		{"limit of a container over that of its pod", "resources: {limits: {cpu: 1}}, containers: [{name: a, image: i, resources: {requests: {cpu: 1}, limits: {cpu: 2}}}]",
			`a.yaml:4:34: spec.resources.limits.cpu: got 1; container "a" has limit 2`},
		{"limit of an init container over that of its pod", "resources: {limits: {cpu: 1}}, initContainers: [{name: b, image: i, resources: {requests: {cpu: 1}, limits: {cpu: 2}}}], " + one, ``},
		{"claims of a pod as a whole", "resources: {claims: [{name: c}]}, " + one,
			`a.yaml:4:28: spec.resources.claims: a pod as a whole takes no claims`},
		{"resources of a Windows pod as a whole", "os: {name: windows}, resources: {limits: {cpu: 1}}, " + one,
			`a.yaml:4:40: spec.resources: a Windows pod takes no resources as a whole`},
		{"name of a node in a term", "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [N_1]}]}]}}}, " + one,
			`a.yaml:4:162: ` + requiredPath + `[0].matchFields[0].values[0]: invalid name "N_1"; want at most 253 lower-case letters, digits, "-" and ".", a letter or digit at both ends`},
		{"no containers", "containers: []",
			`a.yaml:4:20: spec.containers: a pod needs at least one container`},
		{"container without a name", "containers: [{image: i}]",
			`a.yaml:4:21: spec.containers[0].name: name is missing`},
		{"container without an image", "containers: [{name: a}]",
			`a.yaml:4:21: spec.containers[0].image: image is missing`},
		{"container twice", "containers: [{name: a, image: i}, {name: a, image: i}]",
			`a.yaml:4:49: spec.containers[1].name: container "a" occurs twice`},
		{"pull policy", "containers: [{name: a, image: i, imagePullPolicy: always}]",
			`a.yaml:4:58: spec.containers[0].imagePullPolicy: got "always"; want Always, IfNotPresent, Never; did you mean "Always"?`},
		{"port", "containers: [{name: a, image: i, ports: [{containerPort: 70000}]}]",
			`a.yaml:4:65: spec.containers[0].ports[0].containerPort: got 70000; want a port from 1 to 65535`},
		{"host port twice", "containers: [{name: a, image: i, ports: [{containerPort: 1, hostPort: 80}, {containerPort: 2, hostPort: 80}]}]",
			`a.yaml:4:83: spec.containers[0].ports[1]: host port 80/TCP occurs twice`},
		{"host port under hostNetwork", "hostNetwork: true, containers: [{name: a, image: i, ports: [{containerPort: 1, hostPort: 80}]}]",
			`a.yaml:4:97: spec.containers[0].ports[0].hostPort: got 80; want the containerPort 1, since hostNetwork is set`},
		{"Exists with a value", "tolerations: [{key: a, operator: Exists, value: b}], " + one,
			`a.yaml:4:56: spec.tolerations[0].value: got "b"; operator Exists takes no value`},
		{"seconds without NoExecute", "tolerations: [{key: a, operator: Exists, tolerationSeconds: 5}], " + one,
			`a.yaml:4:68: spec.tolerations[0].tolerationSeconds: tolerationSeconds goes with effect NoExecute only`},
		{"empty key", "tolerations: [{value: b}], " + one,
			`a.yaml:4:22: spec.tolerations[0].operator: an empty key matches every taint; want operator Exists`},
		{"effect", "tolerations: [{key: a, effect: NoSchedul}], " + one,
			`a.yaml:4:39: spec.tolerations[0].effect: got "NoSchedul"; want NoSchedule, PreferNoSchedule, NoExecute; did you mean "NoSchedule"?`},
		{"In without values", required("{key: a, operator: In}") + one,
			`a.yaml:4:123: ` + requiredPath + `[0].matchExpressions[0].values: operator In needs values`},
		{"Exists with values", required("{key: a, operator: Exists, values: [b]}") + one,
			`a.yaml:4:158: ` + requiredPath + `[0].matchExpressions[0].values: operator Exists takes no values`},
		{"Gt with two values", required(`{key: a, operator: Gt, values: ["1", "2"]}`) + one,
			`a.yaml:4:154: ` + requiredPath + `[0].matchExpressions[0].values: operator Gt takes exactly one whole number (got 2 values)`},
		{"Lt with a word", required(`{key: a, operator: Lt, values: [few]}`) + one,
			`a.yaml:4:155: ` + requiredPath + `[0].matchExpressions[0].values[0]: got "few"; operator Lt takes a whole number`},
		{"operator", required(`{key: a, operator: in, values: [b]}`) + one,
			`a.yaml:4:142: ` + requiredPath + `[0].matchExpressions[0].operator: got "in"; want In, NotIn, Exists, DoesNotExist, Gt, Lt; did you mean "In"?`},
		{"weight", "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 0, preference: {}}]}}, " + one,
			`a.yaml:4:93: spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: got 0; want 1 to 100`},
		{"node selector", "nodeSelector: {a: b c}, " + one,
			`a.yaml:4:26: spec.nodeSelector.a: invalid label value "b c"; want at most 63 letters, digits, "-", "_" and ".", a letter or digit at both ends`},
		{"priority by hand", "priority: 5, " + one,
			`a.yaml:4:18: spec.priority: got 5; want 0, the priority of its class; set priorityClassName alone`},
		{"class misspelt", "priorityClassName: system-node-critcal, " + one,
			`a.yaml:4:27: spec.priorityClassName: PriorityClass "system-node-critcal" is not defined; did you mean "system-node-critical"?`},
		{"deadline", "activeDeadlineSeconds: 0, " + one,
			`a.yaml:4:31: spec.activeDeadlineSeconds: got 0; want 1 to 2147483647`},
		{"grace", "terminationGracePeriodSeconds: 10000000000, " + one,
			`a.yaml:4:39: spec.terminationGracePeriodSeconds: got 10000000000 seconds; exceeds the virtual clock`},
		{"sum of memory", "containers: [{name: a, image: i, resources: {requests: {memory: 7E}}}, {name: b, image: i, resources: {requests: {memory: 7E}}}]",
			`a.yaml:4:7: spec: the sum of memory exceeds 2^63-1`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := problemsOf(t, podWith(test.spec)); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

const requiredPath = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"

func required(expression string) string {
	return "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [" + expression + "]}]}}}, "
}

func TestProblemsBetweenObjects(t *testing.T) {
	for _, test := range []struct{ name, input, want string }{
		{"class is missing", goldPod, `a.yaml:4:27: spec.priorityClassName: PriorityClass "gold" is not defined`},
		{"class may come later", goldPod + goldClass, ``},
		{"class is broken, which is said once", goldPod + strings.Replace(goldClass, "1000", "x", 1),
			`a.yaml:9:8: value: got a string "x"; want a whole number`},
		{"class above the users'", strings.Replace(goldClass, "1000", "1000000001", 1),
			`a.yaml:5:8: value: got 1000000001; want at most 1000000000`},
		{"class of the system", strings.Replace(goldClass, "gold", "system-mine", 1),
			`a.yaml:4:18: metadata.name: got "system-mine"; names that start with system- are kept for the system`},
		{"two defaults", goldClass + "globalDefault: true\n" + strings.Replace(goldClass, "gold", "silver", 1) + "globalDefault: true\n",
			`a.yaml:12:16: globalDefault: "gold" is the global default already, at a.yaml:2`},
		{"selector and template", strings.Replace(deployment, "labels: {app: a}", "labels: {app: b}", 1),
			`a.yaml:5:13: spec.selector: selector app=a, template app=b`},
		{"no selector", strings.Replace(deployment, "  selector: {matchLabels: {app: a}}\n", "", 1),
			`a.yaml:5:3: spec.selector: selector is missing`},
		{"empty selector", strings.Replace(deployment, "{matchLabels: {app: a}}", "{}", 1),
			`a.yaml:5:13: spec.selector: an empty selector would pick every pod`},
		{"negative replicas", strings.Replace(deployment, "spec:\n", "spec:\n  replicas: -1\n", 1),
			`a.yaml:5:13: spec.replicas: got -1; must be >= 0`},
		{"restart policy of a Deployment", strings.Replace(deployment, "spec: {", "spec: {restartPolicy: Never, ", 1),
			`a.yaml:8:27: spec.template.spec.restartPolicy: got Never; a Deployment needs Always`},
		{"restart policy of a Job", strings.Replace(job, "Never", "Always", 1),
			`a.yaml:6:27: spec.template.spec.restartPolicy: got Always; a Job needs OnFailure or Never`},
		{"no restart policy of a Job", strings.Replace(job, "restartPolicy: Never, ", "", 1),
			`a.yaml:6:11: spec.template.spec.restartPolicy: a Job needs restartPolicy OnFailure or Never`},
		{"negative parallelism", strings.Replace(job, "spec:\n", "spec:\n  parallelism: -1\n  completions: -2\n", 1),
			"a.yaml:5:16: spec.parallelism: got -1; must be >= 0\na.yaml:6:16: spec.completions: got -2; must be >= 0"},
		{"name", strings.Replace(job, "sums", "Sums_1", 1),
			`a.yaml:3:18: metadata.name: invalid name "Sums_1"; want at most 253 lower-case letters, digits, "-" and ".", a letter or digit at both ends`},
		{"no name", strings.Replace(job, "name: sums", "labels: {a: b}", 1),
			`a.yaml:3:11: metadata.name: name is missing`},
		{"taint", "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nspec: {taints: [{key: a}]}\n",
			`a.yaml:4:17: spec.taints[0].effect: got ""; want NoSchedule, PreferNoSchedule, NoExecute`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := problemsOf(t, test.input); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestTooManyResources(t *testing.T) {
	node := "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus:\n  capacity:\n"
	for _, letter := range "abcdefghijklm" {
		node += "    example.com/" + string(letter) + ": 1\n"
	}
	got := problemsOf(t, node)
	want := `a.yaml:18:20: status.capacity["example.com/m"]: resource "example.com/m" is one too many: at most 16 kinds`
	if !strings.HasPrefix(got, want) {
		t.Errorf("got %s", got)
	}
	if strings.Contains(got, "\n") {
		t.Errorf("said more than once: %s", got)
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	got := problemsOf(t, podWith("restartPolicy: Sometimes, nodeSelector: {-: x}, containers: [{name: A, image: ' i'}]"))
	if n := strings.Count(got, "\n") + 1; n != 4 {
		t.Errorf("%d problems, want 4:\n%s", n, got)
	}
}

// No document may make the package panic, however mangled.
func FuzzAdd(f *testing.F) {
	for _, seed := range []string{deployment, job, goldPod + goldClass, webShop, snapshot,
		related("app: web", near("topologyKey: a, labelSelector: {}, matchLabelKeys: [app], mismatchLabelKeys: [v], namespaceSelector: {}")),
		related("app: web", "topologySpreadConstraints: [{topologyKey: a, maxSkew: 1, whenUnsatisfiable: DoNotSchedule, labelSelector: {}, matchLabelKeys: [app]}, null]"),
		"apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: {maxUnavailable: 999999999999%, selector: {}}\nstatus: {disruptedPods: {a: null}}\n",
		"apiVersion: v1\nkind: List\nitems: [null, {kind: List, apiVersion: v1, items: [3]}]\n",
		"apiVersion: v1\nkind: Pod\nspec: {containers: [null]}\n",
		"apiVersion: v1\nkind: ReplicationController\nmetadata: {name: rc}\nspec: {template: null}\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		documents, err := yamlnode.Parse("fuzz.yaml", strings.NewReader(text))
		if err != nil {
			return
		}
		s := NewSet(models.NewDictionary())
		for _, document := range documents {
			s.Add(document.Root)
			s.CompileNode(document.Root)
			s.CompileTemplate(document.Root)
		}
		objects, _ := s.Compile()
		for _, pod := range objects.Pods {
			if pod.Spec == nil || pod.Owner >= len(objects.Owners) {
				t.Errorf("pod %q is not compiled", pod.Name)
			}
		}
		for _, owner := range objects.Owners {
			if owner.Pod == nil || owner.Spec == nil || owner.Kind == models.Deployment && owner.ReplicaSet == nil {
				t.Errorf("owner %q is not compiled", owner.Name)
			}
		}
	})
}
