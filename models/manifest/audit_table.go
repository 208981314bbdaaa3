package manifest

import (
	"strings"
	"sync"

	"github.com/podsim/podsim/models/yamlnode"
)

// auditFields are fields with one verdict for one reason, their paths separated
// by spaces. [*] stands for every item of a list, and path=value for one value
// of a field that has another verdict otherwise. A path without longer ones
// stands for everything below.
type auditFields struct {
	verdict Verdict
	paths   string
	reason  string
}

// auditRow is one field of one kind.
type auditRow struct {
	apiVersion, kind string
	field, podField  string
	verdict          Verdict
	reason           string
}

// auditTable are all rows with a tree for each simulated kind that finds the row
// of a field.
type auditTable struct {
	rows  []auditRow
	kinds map[typeKey]*auditNode
}

// auditNode is a field in the tree of a kind. Items of a list have no node of
// their own.
type auditNode struct {
	row      int            // -1 if only fields below have verdicts
	values   map[string]int // rows of single values
	children map[string]*auditNode
}

// rowOf returns the row that counts a value of the field; -1 if there is none.
func (t *auditNode) rowOf(n *yamlnode.Node) int {
	if t.values != nil {
		text := n.Text
		if n.Kind == yamlnode.Bool {
			text = strings.ToLower(text)
		}
		if row, ok := t.values[text]; ok {
			return row
		}
	}
	return t.row
}

// fieldTable is built when the first object is looked at, from the verdicts in
// auditedKinds.
var fieldTable = sync.OnceValue(func() *auditTable {
	t := &auditTable{kinds: make(map[typeKey]*auditNode)}
	for _, k := range auditedKinds() {
		root := &auditNode{row: -1}
		t.kinds[typeKey{k.apiVersion, k.kind}] = root
		for _, part := range k.parts {
			t.add(root, k.apiVersion, k.kind, part)
		}
	}
	return t
})

func (t *auditTable) add(root *auditNode, apiVersion, kind string, part auditPart) {
	for _, fields := range part.fields {
		for path := range strings.FieldsSeq(fields.paths) {
			row := auditRow{
				apiVersion: apiVersion, kind: kind, field: part.prefix + path,
				verdict: fields.verdict, reason: fields.reason,
			}
			if part.inPod {
				row.podField = strings.TrimPrefix(row.field, "spec.template.")
			}
			root.insert(row.field, len(t.rows))
			t.rows = append(t.rows, row)
		}
	}
}

// insert puts a row into the tree.
func (t *auditNode) insert(path string, row int) {
	path, value, isValue := strings.Cut(path, "=")
	for _, name := range auditNames(path) {
		next := t.children[name]
		if next == nil {
			next = &auditNode{row: -1}
			if t.children == nil {
				t.children = make(map[string]*auditNode)
			}
			t.children[name] = next
		}
		t = next
	}
	if !isValue {
		t.row = row
		return
	}
	if t.values == nil {
		t.values = make(map[string]int)
	}
	t.values[value] = row
}

// auditNames returns the names in a path of the table.
func auditNames(path string) []string {
	var names []string
	for path != "" {
		if key, ok := strings.CutPrefix(path, `["`); ok {
			key, rest, _ := strings.Cut(key, `"]`)
			names, path = append(names, key), strings.TrimPrefix(rest, ".")
			continue
		}
		end := strings.IndexAny(path, ".[")
		if end < 0 {
			return append(names, path)
		}
		names = append(names, path[:end])
		path = strings.TrimPrefix(strings.TrimPrefix(path[end:], "[*]"), ".")
	}
	return names
}

// auditPart is a part of the fields of a kind, seen from prefix.
type auditPart struct {
	prefix string
	inPod  bool // of a pod or of a template of pods
	fields []auditFields
}

// auditedKind is a simulated kind.
type auditedKind struct {
	apiVersion, kind string
	parts            []auditPart
}

// auditedKinds are the simulated kinds in the order of reports.
func auditedKinds() []auditedKind {
	own := auditPart{fields: typeFields}
	meta := func(labels, past []auditFields) []auditPart {
		return []auditPart{own, {prefix: "metadata.", fields: metaFields}, {prefix: "metadata.", fields: past}, {prefix: "metadata.", fields: labels}}
	}
	pod := func(at string) []auditPart {
		parts := []auditPart{{prefix: at + "metadata.", inPod: true, fields: podMetaFields}, {prefix: at + "spec.", inPod: true, fields: podFields}}
		for _, list := range []string{"initContainers[*].", "containers[*]."} {
			parts = append(parts, auditPart{at + "spec." + list, true, containerFields})
		}
		return append(parts, auditPart{at + "spec.initContainers[*].", true, initContainerFields},
			auditPart{at + "spec.containers[*].", true, appContainerFields})
	}
	templated := func(k auditedKind, at string) auditedKind {
		k.parts = append(k.parts, auditPart{at + "metadata.", true, templateMetaFields})
		k.parts = append(k.parts, pod(at)...)
		return k
	}
	workload := func(apiVersion, kind string, fields ...[]auditFields) auditedKind {
		k := auditedKind{apiVersion, kind, meta(ownerMetaFields, pastFields)}
		for _, f := range fields {
			k.parts = append(k.parts, auditPart{fields: f})
		}
		return templated(k, "spec.template.")
	}
	cronJob := auditedKind{"batch/v1", "CronJob", append(meta(ownerMetaFields, pastFields), auditPart{fields: cronJobFields},
		auditPart{prefix: "spec.jobTemplate.", fields: jobFields})}
	return []auditedKind{
		{"v1", "Namespace", append(meta(labelFields, datingFields), auditPart{fields: namespaceFields})},
		{"v1", "Node", append(meta(labelFields, datingFields), auditPart{fields: nodeFields})},
		{"scheduling.k8s.io/v1", "PriorityClass", append(meta(idleLabelFields, noPastFields), auditPart{fields: priorityClassFields})},
		{"v1", "Service", append(meta(idleLabelFields, datingFields), auditPart{fields: serviceFields})},
		{"policy/v1", "PodDisruptionBudget", append(meta(idleLabelFields, datingFields), auditPart{fields: budgetFields})},
		{"v1", "PersistentVolume", append(meta(volumeMetaFields, storageDatingFields), auditPart{fields: volumeFields})},
		{"v1", "PersistentVolumeClaim", append(meta(claimMetaFields, storageDatingFields), auditPart{fields: claimFields})},
		{"storage.k8s.io/v1", "StorageClass", append(meta(classMetaFields, noPastFields), auditPart{fields: classFields})},
		{"storage.k8s.io/v1", "CSINode", append(meta(csiNodeMetaFields, noPastFields), auditPart{fields: csiNodeFields})},
		{"storage.k8s.io/v1", "CSIDriver", append(meta(idleLabelFields, noPastFields), auditPart{fields: csiDriverFields})},
		{"storage.k8s.io/v1", "CSIStorageCapacity", append(meta(idleLabelFields, noPastFields), auditPart{fields: capacityFields})},
		{"storage.k8s.io/v1", "VolumeAttachment", append(meta(idleLabelFields, noPastFields), auditPart{fields: attachmentFields})},
		{"node.k8s.io/v1", "RuntimeClass", append(meta(idleLabelFields, noPastFields), auditPart{fields: runtimeClassFields})},
		{"v1", "ResourceQuota", append(meta(idleLabelFields, datingFields), auditPart{fields: quotaFields})},
		{"v1", "LimitRange", append(meta(idleLabelFields, datingFields), auditPart{fields: limitRangeFields})},
		{"v1", "Pod", append(append(meta(labelFields, pastFields), pod("")...), auditPart{"status.", true, podStatusFields})},
		workload("apps/v1", "Deployment", replicasFields, deploymentFields),
		workload("apps/v1", "ReplicaSet", replicasFields, replicaSetFields),
		workload("v1", "ReplicationController", replicasFields, replicaSetFields),
		workload("batch/v1", "Job", jobFields, jobStatusFields),
		workload("apps/v1", "StatefulSet", replicasFields, statefulSetFields),
		workload("apps/v1", "DaemonSet", daemonSetFields),
		templated(cronJob, "spec.jobTemplate.spec.template."),
		{"autoscaling/v2", "HorizontalPodAutoscaler", append(meta(ownerMetaFields, pastFields), auditPart{fields: autoscalerFields})},
		{"autoscaling/v1", "HorizontalPodAutoscaler", append(meta(ownerMetaFields, pastFields), auditPart{fields: autoscalerFields})},
	}
}
