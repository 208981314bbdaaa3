package kubectl

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// kind is a kind of object that can be shown.
type kind struct {
	name, plural string
	short        []string
	group        string
	cluster      bool // its objects are in no namespace
	all          bool // kubectl get all shows them
	columns      []string
	wide         []string // columns of -o wide
	// aging are the columns that change by themselves.
	aging []string
	list  func(*Moment) []object
	// touched returns the number of the object that an operation changes, if it is of
	// this kind.
	touched func(*models.Op, cluster.View) []int32
	// one returns an object by its number; ok is false if there is none.
	one      func(*Moment, int32) (object, bool)
	describe func(*Moment, object) string
}

// object is an object as it is to be shown.
type object struct {
	id              int32
	namespace, name string
	labels          map[string]string
	cells, wide     []string
	manifest        func() map[string]any
}

// Moment is a run at one moment.
type Moment struct {
	View   cluster.View
	Events *Events // nil if nobody asks for any
	// Addresses are those of pods; nil if nobody asks for any.
	Addresses *Addresses
	// Unsimulated is what manifests say beyond what is simulated; nil for nothing.
	Unsimulated *Unsimulated
	At          models.Time
	Start       time.Time // of the virtual clock, on the calendar
}

// makers make the kinds that can be shown, one file a kind, in the order in which kubectl
// get all has them: by group, then by name.
var makers = []func() *kind{
	endpoints, events, limitRanges, namespaces, nodes, claims, persistentVolumes, pods, replicationControllers, resourceQuotas, services,
	controllerRevisions, daemonSets, deployments, replicaSets, statefulSets,
	autoscalers, cronJobs, jobs, endpointSlices, budgets,
	priorityClasses,
}

// kinds are what can be shown.
func kinds() []*kind {
	out := make([]*kind, len(makers))
	for i, kind := range makers {
		out[i] = kind()
	}
	return out
}

// all are the kinds that kubectl get all shows.
func all() (names []string) {
	for _, k := range kinds() {
		if k.all {
			names = append(names, k.plural)
		}
	}
	return names
}

// full is the name of the kind with its group.
func (k *kind) full() string {
	if k.group == "" {
		return k.name
	}
	return k.name + "." + k.group
}

// Kinds lists the names of all kinds, for those who guess what was meant.
func Kinds() []string {
	names := []string{"all"}
	for _, k := range kinds() {
		names = append(names, k.plural, k.name)
		names = append(names, k.short...)
	}
	return names
}

func findKind(name string) (*kind, error) {
	lower := strings.ToLower(name)
	for _, k := range kinds() {
		if lower == k.name || lower == k.plural || slices.Contains(k.short, lower) || k.group != "" && (lower == k.full() || lower == k.plural+"."+k.group) {
			return k, nil
		}
	}
	return nil, fmt.Errorf("the server doesn't have a resource type %q", name)
}

// labelsOf are labels by name.
func labelsOf(labels models.Labels, d *models.Dictionary) map[string]string {
	out := make(map[string]string, len(labels))
	for _, l := range labels {
		out[d.String(l.Key)] = d.String(l.Value)
	}
	return out
}

// orNone is a text, or what kubectl writes where there is none.
func orNone(text string) string {
	if text == "" {
		return "<none>"
	}
	return text
}
