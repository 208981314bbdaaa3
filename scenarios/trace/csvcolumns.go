package trace

import (
	"strings"
)

// The names of the columns of the format CSV that are no resources.
const (
	timeColumn          = "time"
	nameColumn          = "name"
	namespaceColumn     = "namespace"
	kindColumn          = "kind"
	countColumn         = "count"
	templateColumn      = "template"
	objectColumn        = "object"
	lifetimeColumn      = "lifetime"
	runTimeColumn       = "run_time"
	scalingsColumn      = "scalings"
	priorityClassColumn = "priority_class"
	nodeSelectorColumn  = "node_selector"
	labelsColumn        = "labels"
	imageColumn         = "image"
)

// ownPrefix begins the names of columns that are the user's own.
const ownPrefix = "x_"

// Column describes a column of the format CSV.
type Column struct{ Name, Help string }

// Columns returns the columns of the format CSV in the order of the
// documentation. Only time is required; which columns there are, and in which
// order, the header says.
func Columns() []Column {
	return []Column{
		{timeColumn, "when the object comes: seconds since the run began, or a duration such as 1h30m; required"},
		{nameColumn, "name of the object; those without are numbered: <workload>-0, <workload>-1, …"},
		{namespaceColumn, "namespace of the object, or of the template (default: default)"},
		{kindColumn, "Pod or Job (default: Pod); with template: the kind of the template, if names alone do not tell it"},
		{countColumn, "pods: copies of a Pod (<name>-0, <name>-1, …), parallelism and completions of a Job, replicas of others (default: 1, or as the template says)"},
		{templateColumn, "name of a Pod, Job, Deployment, ReplicaSet or ReplicationController of the scenario, which is copied"},
		{objectColumn, "the whole object as JSON, for what no column says; with it, only time, name, lifetime, run_time and scalings may be given"},
		{"cpu", "request for each pod, such as 500m or 2; so for memory, ephemeral-storage, hugepages-2Mi and every resource with a slash in its name, such as nvidia.com/gpu"},
		{"cpu_limit", "limit for each pod; so for memory_limit and ephemeral-storage_limit. Of other resources the limit is the request"},
		{lifetimeColumn, "how long the object stays until somebody deletes it: seconds or a duration (default: for ever)"},
		{runTimeColumn, "how long its pods run until they end by themselves: seconds or a duration (default: as the workload says)"},
		{scalingsColumn, "later numbers of replicas of a Deployment, ReplicaSet or ReplicationController, each with the time since it came: 10m=5;1h30m=2; with object or template"},
		{priorityClassColumn, "name of a PriorityClass of the scenario"},
		{nodeSelectorColumn, "labels that the node must have: zone=a;disk=ssd"},
		{labelsColumn, "labels of object and pods: app=web;tier=front"},
		{imageColumn, "image of the container"},
		{ownPrefix + "…", "columns of your own, passed over"},
	}
}

// knownColumns are the names that no resource has.
func knownColumns() []string {
	var list []string
	for _, c := range Columns() {
		if c.Name != ownPrefix+"…" {
			list = append(list, c.Name)
		}
	}
	return append(list, "memory", "memory_limit", "ephemeral-storage", "ephemeral-storage_limit")
}

// columnResource returns the resource that a column gives the request or the
// limit of.
func columnResource(column string) (resource string, limit, ok bool) {
	name, limit := strings.CutSuffix(column, "_limit")
	switch {
	case name == "cpu", name == "memory", name == "ephemeral-storage":
		return name, limit, true
	case limit:
		return "", false, false
	}
	extended := strings.Contains(name, "/") || strings.HasPrefix(name, "hugepages-")
	return name, false, extended && strings.IndexFunc(name, foreign) < 0
}

// foreign reports whether a character cannot stand in the name of a resource.
// Source: k8s.io/apimachinery/pkg/util/validation (IsQualifiedName).
func foreign(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return false
	}
	return !strings.ContainsRune("-_./", r)
}

// isFormula reports whether a spreadsheet would take a cell for a formula, or a
// text for one that was escaped.
func isFormula(text string) bool {
	text = strings.TrimLeft(text, "'")
	return text != "" && strings.IndexByte("=+-@\t\r", text[0]) >= 0
}

// escapeCell puts an apostrophe before what a spreadsheet would take for a
// formula.
func escapeCell(text string) string {
	if isFormula(text) {
		return "'" + text
	}
	return text
}

// unescapeCell takes the apostrophe away.
func unescapeCell(text string) string {
	if rest, ok := strings.CutPrefix(text, "'"); ok && isFormula(rest) {
		return rest
	}
	return text
}

// pairsCell writes pairs in one cell.
func pairsCell(p Pairs) string { return strings.ReplaceAll(string(p), "\n", ";") }
