package scenarios

import (
	"strings"

	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
)

// schedulerFields are the fields of a KubeSchedulerConfiguration with what a run
// makes of them; [*] is any item of a list.
var schedulerFields = []struct {
	verdict manifest.Verdict
	fields  string
	reason  string
}{
	{manifest.Matters, "extenders", "extenders are programs of their own and are not asked"},
	{manifest.Harmless, "parallelism", "nodes are looked at in the order of one worker"},
	{manifest.Harmless, "leaderElection delayCacheUntilActive", "one scheduler runs and leads from the start"},
	{manifest.Harmless, "clientConnection", "there is no connection to an API server"},
	{manifest.Harmless, "enableProfiling enableContentionProfiling", "there is no process to be profiled"},
	{manifest.Harmless, "profiles[*].plugins.placementGenerate profiles[*].plugins.placementScore",
		"pods are not scheduled as groups; the feature gates are off by default"},
	{manifest.Used, "percentageOfNodesToScore podInitialBackoffSeconds podMaxBackoffSeconds " +
		"profiles[*].schedulerName profiles[*].percentageOfNodesToScore", "as in kube-scheduler"},
	{manifest.Used, "profiles[*].plugins.multiPoint profiles[*].plugins.preEnqueue profiles[*].plugins.queueSort " +
		"profiles[*].plugins.preFilter profiles[*].plugins.filter profiles[*].plugins.postFilter profiles[*].plugins.preScore " +
		"profiles[*].plugins.score profiles[*].plugins.reserve profiles[*].plugins.permit profiles[*].plugins.bind",
		"merged with the default plugins as kube-scheduler does"},
	{manifest.Harmless, "profiles[*].plugins.preBind profiles[*].plugins.postBind", "binding is one step here, without plugins before and after it"},
	{manifest.Used, "profiles[*].pluginConfig", "arguments of plugins, with their defaults"},
}

// auditScheduler tells what is made of the configuration of kube-scheduler.
func (l *loader) auditScheduler() []manifest.AuditEntry {
	o := l.schedulerDocument()
	if o == nil {
		return nil
	}
	entry := func(v manifest.Verdict, field, reason string) manifest.AuditEntry {
		return manifest.AuditEntry{APIVersion: schedulerConfigVersion, Kind: schedulerConfigKind, Field: field, Verdict: v, Reason: reason}
	}
	whole := entry(manifest.Used, "", "it says how pods are scheduled")
	whole.Count, whole.Places = 1, []manifest.Place{{Position: o.position("")}}
	out := []manifest.AuditEntry{whole}
	for _, row := range schedulerFields {
		for field := range strings.FieldsSeq(row.fields) {
			e := entry(row.verdict, field, row.reason)
			for path := range fieldPlaces(o.root, "", field) {
				if e.Count++; e.Count <= limits.Problems && (e.Count == 1 || row.verdict == manifest.Matters) {
					e.Places = append(e.Places, manifest.Place{Position: o.position(path), Path: path})
				}
			}
			if e.Count > 0 {
				out = append(out, e)
			}
		}
	}
	return out
}

// fieldPlaces visits the paths under n at which a field is set.
func fieldPlaces(n *yamlnode.Node, path, field string) func(yield func(path string) bool) {
	return func(yield func(string) bool) {
		step, rest, deeper := strings.Cut(field, ".")
		name, list := strings.CutSuffix(step, "[*]")
		child := n.Get(name)
		switch at := yamlnode.KeyPath(path, name); {
		case child == nil || child.Kind == yamlnode.Null || child.Kind == yamlnode.Seq && len(child.Items) == 0 ||
			child.Kind == yamlnode.Map && len(child.Fields) == 0:
		case list:
			for i, item := range child.Items {
				for found := range fieldPlaces(item, yamlnode.IndexPath(at, i), rest) {
					if !yield(found) {
						return
					}
				}
			}
		case deeper:
			for found := range fieldPlaces(child, at, rest) {
				if !yield(found) {
					return
				}
			}
		default:
			yield(at)
		}
	}
}
