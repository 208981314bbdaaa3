package timelines

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports/kubectl"
)

// names replaces generated names as recordings do: web#2 is the second ReplicaSet
// of Deployment web, web#2.3 the third pod that it made, j.3 the third pod of Job
// j, and db-0(2) the second object called db-0.
type names struct {
	owners map[models.OwnerID]string
	pods   map[models.PodID]string
	sets   map[models.OwnerID]int // ReplicaSets that a Deployment has made
	made   map[models.OwnerID]int // pods that an owner has made
	used   map[string]int         // objects of a kind and name
	uids   map[string]string      // names by unique id
	// revisions are those of an owner, by the hash of their template, and recorded
	// counts those that it has had.
	revisions map[revisionKey]string
	recorded  map[models.OwnerID]int
	// generated are pairs of a name of the run and its replacement.
	generated [][2]string
}

type revisionKey struct {
	owner models.OwnerID
	hash  models.Sym
}

// addRevision names a revision: db@2 is the second that StatefulSet db has had. It
// reports whether it is new.
func (n *names) addRevision(o cluster.Owner, hash models.Sym) (name string, isNew bool) {
	key := revisionKey{o.ID(), hash}
	if name, known := n.revisions[key]; known {
		return name, false
	}
	n.recorded[o.ID()]++
	name = fmt.Sprintf("%s@%d", n.owners[o.ID()], n.recorded[o.ID()])
	n.revisions[key] = name
	return name, true
}

func newNames() *names {
	return &names{
		owners: make(map[models.OwnerID]string), pods: make(map[models.PodID]string),
		sets: make(map[models.OwnerID]int), made: make(map[models.OwnerID]int), used: make(map[string]int),
		uids:      make(map[string]string),
		revisions: make(map[revisionKey]string), recorded: make(map[models.OwnerID]int),
	}
}

// addOwner names an owner that was just created.
func (n *names) addOwner(o cluster.Owner) {
	name := o.Name()
	if parent := o.Parent(); parent != models.None {
		n.sets[parent]++
		name = fmt.Sprintf("%s#%d", n.owners[parent], n.sets[parent])
		n.replace(o.Name(), name)
	} else {
		name = n.again(o.Kind().String(), name)
	}
	n.owners[o.ID()] = name
	n.uids[kubectl.UID(o.Kind().String(), int32(o.ID()))] = name
}

// addPod names a pod that was just created.
func (n *names) addPod(p cluster.Pod) {
	name := p.Name()
	if owner := p.Owner(); owner != models.None && p.View().Owner(owner).Kind() != models.StatefulSet {
		n.made[owner]++
		name = fmt.Sprintf("%s.%d", n.owners[owner], n.made[owner])
		n.replace(p.Name(), name)
	} else {
		name = n.again("Pod", name)
	}
	n.pods[p.ID()] = name
	n.uids[kubectl.UID("Pod", int32(p.ID()))] = name
}

// again numbers the objects of one name from the second on.
func (n *names) again(kind, name string) string {
	n.used[kind+"/"+name]++
	if times := n.used[kind+"/"+name]; times > 1 {
		return fmt.Sprintf("%s(%d)", name, times)
	}
	return name
}

func (n *names) replace(generated, name string) {
	n.generated = append(n.generated, [2]string{generated, name})
	// Names of pods begin with those of their ReplicaSets.
	slices.SortStableFunc(n.generated, func(a, b [2]string) int { return cmp.Compare(len(b[0]), len(a[0])) })
}

// in replaces the generated names in a message.
func (n *names) in(message string) string {
	for _, pair := range n.generated {
		message = strings.ReplaceAll(message, pair[0], pair[1])
	}
	return message
}

// ownerOf returns the recorded name of what made a pod, or nothing.
func ownerOf(pod string) string {
	if at := strings.LastIndexByte(pod, '.'); at > 0 {
		return pod[:at]
	}
	return ""
}
