package scenarios_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// timelineOf writes a Timeline with a step a minute.
func timelineOf(steps ...string) string {
	text := "apiVersion: podsim/v1alpha1\nkind: Timeline\nmetadata: {name: t}\nspec:\n  steps:\n"
	for i, step := range steps {
		text += fmt.Sprintf("  - {at: %dm, %s}\n", i+1, step)
	}
	return text
}

func TestStepsMakeChangeAndDeleteServices(t *testing.T) {
	const front = "apply: {object: {apiVersion: v1, kind: Service, metadata: {name: front}, spec: {%s}}}"
	service := func(spec string) string { return fmt.Sprintf(front, spec) }
	got := answers(t, input(base+web+"---\n"+timelineOf(
		"patch: {target: svc/front, patch: {spec: {type: NodePort}}}",
		service("ports: [{port: 0}]"), service("selector: {app: web}, clusterIP: 10.96.0.9, ports: [{port: 80}]"),
		service("selector: {app: web}, clusterIP: 10.96.0.9, ports: [{port: 80}]"), service("selector: {app: db}, clusterIP: 10.96.0.9, ports: [{port: 80}]"),
		service("clusterIP: 10.96.0.8, ports: [{port: 80}]"), "patch: {target: svc/front, patch: {spec: {selector: {app: web}}}}",
		"patch: {target: svc/front, patch: {spec: {selector: {app: web}}}}", "patch: {target: services/front, patch: {spec: {ports: [{port: 70000}]}}}",
		"delete: {target: service/front}", "delete: {target: service/front}",
	)))
	want := []string{
		`FAILED Error from server (NotFound): services "front" not found`,
		`FAILED The Service "front" is invalid: ` + "\n" + `* spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive
* spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive`,
		"service/front created", "service/front unchanged", "service/front configured",
		`FAILED The Service "front" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.0.8"]: may not change once set`,
		"service/front patched", "service/front patched (no change)",
		`FAILED The Service "front" is invalid: ` + "\n" + `* spec.ports[0].name: Required value
* spec.ports[1].name: Required value
* spec.ports[1].port: Invalid value: 70000: must be between 1 and 65535, inclusive
* spec.ports[1].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive`,
		`service "front" deleted from default namespace`, `FAILED Error from server (NotFound): services "front" not found`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestStepsMakeNamespaces(t *testing.T) {
	const pod = "apply: {object: {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop}, spec: {containers: [{name: m, image: i}]}}}"
	const namespace = "apply: {object: {apiVersion: v1, kind: Namespace, metadata: {name: %s}}}"
	shop := fmt.Sprintf(namespace, "shop")
	got := answers(t, input(base+timelineOf(pod, shop, shop, pod, "delete: {target: ns/shop}", pod, shop, fmt.Sprintf(namespace, "a.b"))))
	want := []string{
		`FAILED Error from server (NotFound): namespaces "shop" not found`, "namespace/shop created", "namespace/shop unchanged", "pod/p created",
		`namespace "shop" deleted`, `FAILED Error from server (NotFound): namespaces "shop" not found`, "namespace/shop created",
		`FAILED The Namespace "a.b" is invalid: metadata.name: Invalid value: "a.b": must not contain dots`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A budget that an API server does not take is refused when its step comes.
func TestStepsAreRefusedBudgets(t *testing.T) {
	const budget = "apply: {object: {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: b}, spec: {%s}}}"
	got := answers(t, input(base+web+"---\n"+timelineOf(
		fmt.Sprintf(budget, "minAvailable: 1, maxUnavailable: 1"), fmt.Sprintf(budget, "minAvailable: 1"),
		"patch: {target: pdb/b, patch: {spec: {minAvailable: 120%}}}", "patch: {target: pdb/b, patch: {spec: {unhealthyPodEvictionPolicy: Never}}}",
	)))
	want := []string{
		`FAILED The PodDisruptionBudget "b" is invalid: spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set`,
		"poddisruptionbudget.policy/b created", `FAILED The PodDisruptionBudget "b" is invalid: spec.minAvailable: Invalid value: "120%": must not be greater than 100%`,
		`FAILED The PodDisruptionBudget "b" is invalid: spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestStepsMakeAndDeleteClaims(t *testing.T) {
	const claim = "apply: {object: {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: %s}, spec: {accessModes: [%s], resources: {requests: {storage: %s}}}}}"
	const pod = "apply: {object: {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: m, image: i}], volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]}}}"
	got := answers(t, input(base+timelineOf(
		pod, fmt.Sprintf(claim, "data", "ReadWriteOnce", "1Gi"), fmt.Sprintf(claim, "data", "ReadWriteOnce", "1Gi"),
		fmt.Sprintf(claim, "data", "ReadWriteMany", "1Gi"), fmt.Sprintf(claim, "none", "", "1Gi"), "delete: {target: pvc/data}",
		fmt.Sprintf(claim, "data", "ReadWriteOnce", "1Gi"), "delete: {target: pod/p}", "delete: {target: pvc/data}",
	)))
	want := []string{
		"pod/p created", "persistentvolumeclaim/data created", "persistentvolumeclaim/data unchanged",
		`FAILED The PersistentVolumeClaim "data" is invalid: spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims
@@ -1,6 +1,6 @@
 {
  "AccessModes": [
-  "ReadWriteOnce"
+  "ReadWriteMany"
  ],
  "Selector": null,
  "Resources": {
`,
		`FAILED The PersistentVolumeClaim "none" is invalid: spec.accessModes: Required value: at least 1 access mode is required`,
		`persistentvolumeclaim "data" deleted from default namespace`, "persistentvolumeclaim/data unchanged", `pod "p" deleted from default namespace`,
		`FAILED Error from server (NotFound): persistentvolumeclaims "data" not found`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestStepsChangeWhatPodsMayTakeOfNodes(t *testing.T) {
	const status = "patch: {target: node/workers-0, subresource: status, patch: {status: %s}}"
	const node = "apply: {object: {apiVersion: v1, kind: Node, metadata: {name: %s, labels: {a: %s}}}}"
	got := answers(t, input(base+timelineOf(
		fmt.Sprintf(status, `{allocatable: {cpu: 500m}}`), fmt.Sprintf(status, `{allocatable: {cpu: 500m}}`),
		fmt.Sprintf(status, `{capacity: {example.com/dongle: "2"}}`), fmt.Sprintf(status, `{allocatable: {example.com/dongle: "0"}}`),
		"patch: {target: node/workers-0, patch: {spec: {taints: [{key: k, effect: Never}]}}}", "patch: {target: node/workers-0, patch: {metadata: {labels: {a: b c}}}}",
		fmt.Sprintf(node, "extra", "b c"), fmt.Sprintf(node, "extra", "b"), fmt.Sprintf(node, "extra", "b c"),
	)))
	const label = `is invalid: metadata.labels: Invalid value: "b c": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', ` +
		`and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`
	want := []string{
		"node/workers-0 patched", "node/workers-0 patched (no change)", "node/workers-0 patched", "node/workers-0 patched",
		`FAILED The Node "workers-0" is invalid: metadata.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"`,
		`FAILED The Node "workers-0" ` + label, `FAILED The Node "extra" ` + label, "node/extra created", `FAILED The Node "extra" ` + label,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What an API server does not take of policies and autoscalers is refused when the step
// comes.
func TestStepsAreRefusedPoliciesAndAutoscalers(t *testing.T) {
	const quota = "apply: {object: {apiVersion: v1, kind: ResourceQuota, metadata: {name: q}, spec: {%s}}}"
	const limits = "apply: {object: {apiVersion: v1, kind: LimitRange, metadata: {name: l}, spec: {limits: [{type: Container, %s}]}}}"
	const scaler = "apply: {object: {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, %s}}}"
	got := answers(t, input(base+web+"---\n"+timelineOf(
		fmt.Sprintf(quota, "hard: {requests.cpu: 3}, scopes: [BestEffort, NotBestEffort]"), fmt.Sprintf(quota, "hard: {pods: 3}, scopes: [BestEffort]"), fmt.Sprintf(quota, "hard: {pods: 3}"),
		fmt.Sprintf(limits, "max: {cpu: 1}, default: {cpu: 2}"), fmt.Sprintf(limits, "max: {cpu: 1}"),
		fmt.Sprintf(scaler, "minReplicas: 5, maxReplicas: 3"), fmt.Sprintf(scaler, "maxReplicas: 3"), "patch: {target: hpa/web, patch: {spec: {maxReplicas: 0}}}",
	)))
	want := []string{
		`FAILED The ResourceQuota "q" is invalid: ` + "\n" + `* spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: unsupported scope applied to resource
* spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes`,
		"resourcequota/q created", `FAILED The ResourceQuota "q" is invalid: spec.scopes: Invalid value: null: field is immutable`,
		`FAILED The LimitRange "l" is invalid: ` + "\n" + `* spec.limits[0].defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than max value 1` +
			"\n" + `* spec.limits[0].default[cpu]: Invalid value: "1": default value 2 is greater than max value 1`,
		"limitrange/l created",
		"FAILED The HorizontalPodAutoscaler \"web\" is invalid: spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`",
		"horizontalpodautoscaler.autoscaling/web created",
		"FAILED The HorizontalPodAutoscaler \"web\" is invalid: \n* spec.maxReplicas: Required value: must be set and greater than 0\n" +
			"* spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
