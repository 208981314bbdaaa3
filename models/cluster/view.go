package cluster

import (
	"iter"

	"github.com/podsim/podsim/models"
)

// View is the read-only side of a cluster: what every policy is given. Handles
// taken from it read like objects and stay true to the state, also after it
// changed. Lists that it returns belong to the cluster and must not be changed.
type View struct{ c *Cluster }

// Dictionary returns the symbols of the run.
func (v View) Dictionary() *models.Dictionary { return v.c.dictionary }

// Now returns the time of the last operation.
func (v View) Now() models.Time { return v.c.now }

// Operations returns how many operations have been applied.
func (v View) Operations() uint64 { return v.c.operations }

// Totals returns pods by outcome since the beginning.
func (v View) Totals() Totals { return v.c.totals }

// Nodes returns the number of nodes that ever joined; ids run from 0.
func (v View) Nodes() int { return len(v.c.nodes) }

// Pods returns the number of pods ever created; ids run from 0.
func (v View) Pods() int { return int(v.c.pods.next) }

// Owners returns the number of owners ever created; ids run from 0.
func (v View) Owners() int { return int(v.c.owners.next) }

// NodeSet returns a number that changes whenever a node joins or leaves.
func (v View) NodeSet() uint64 { return v.c.nodeSet }

// ImageSize returns the bytes of an image as the first node that held it has
// them. Source: pkg/scheduler/backend/cache/cache.go (addNodeImageStates).
func (v View) ImageSize(image models.Sym) int64 { return v.c.images[image].size }

// NodesWithImage returns how many nodes hold the image.
func (v View) NodesWithImage(image models.Sym) int { return int(v.c.images[image].nodes) }

// Spec returns a compiled pod specification.
func (v View) Spec(id models.SpecID) *models.PodSpec { return v.c.podSpecs[id] }

// Specs returns the number of pod specifications; ids run from 0.
func (v View) Specs() int { return len(v.c.podSpecs) }

// Namespace returns the labels of a namespace; one that is not known has none.
func (v View) Namespace(name models.Sym) models.Labels {
	if spec := v.c.namespaces[name]; spec != nil {
		return spec.Labels
	}
	return nil
}

// PriorityClasses returns the PriorityClasses in the order in which they were defined,
// but for those of the system.
func (v View) PriorityClasses() []*models.PriorityClassSpec { return v.c.priorities }

// OwnerSpec returns a compiled owner specification.
func (v View) OwnerSpec(id models.OwnerSpecID) *models.OwnerSpec { return v.c.ownerSpecs[id] }

// Pod returns the handle of a pod.
func (v View) Pod(id models.PodID) Pod { return Pod{v.c, id} }

// Node returns the handle of a node.
func (v View) Node(id models.NodeID) Node { return Node{v.c, id} }

// Owner returns the handle of an owner.
func (v View) Owner(id models.OwnerID) Owner { return Owner{v.c, id} }

// Orphans returns the number of pod objects that belong to nobody.
func (v View) Orphans() int { return v.c.orphans }

// Live yields every pod object that still exists, by id.
func (v View) Live() iter.Seq[Pod] { return v.LiveFrom(0) }

// LiveFrom yields every pod object that still exists from the given id on, by id.
func (v View) LiveFrom(first models.PodID) iter.Seq[Pod] {
	return func(yield func(Pod) bool) {
		for id := int32(first); id < v.c.pods.next; id++ {
			if v.c.pods.pages[id>>pageBits] == nil {
				id |= pageSize - 1
				continue
			}
			if !v.c.pods.at(id).is(podRemoved) && !yield(Pod{v.c, models.PodID(id)}) {
				return
			}
		}
	}
}
