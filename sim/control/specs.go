package control

import (
	"slices"
	"strconv"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// specs makes the specifications of pods that differ from each other though they are
// of one template: a pod of a StatefulSet knows its number, one of a DaemonSet its
// node.
type specs struct {
	dict                                   *models.Dictionary
	define                                 func(*models.PodSpec) models.SpecID
	revisionHash, podName, index, nodeName models.Sym
	known                                  map[models.OwnerID]map[specKey]models.SpecID
}

// specKey is a template and the number of a pod or the id of a node.
type specKey struct {
	template models.SpecID
	which    int32
}

func newSpecs(d *models.Dictionary, define func(*models.PodSpec) models.SpecID) specs {
	return specs{dict: d, define: define, known: make(map[models.OwnerID]map[specKey]models.SpecID)}
}

// ready makes the symbols, which runs without such objects do without.
func (s *specs) ready() {
	if s.revisionHash == 0 {
		s.revisionHash, s.podName = s.dict.Sym(models.LabelRevisionHash), s.dict.Sym(models.LabelStatefulSetPodName)
		s.index, s.nodeName = s.dict.Sym(models.LabelPodIndex), s.dict.Sym(fieldNodeName)
	}
}

// fieldNodeName is the field of a node that is its name.
const fieldNodeName = "metadata.name"

func (s *specs) forget(o models.OwnerID) { delete(s.known, o) }

// lookUp returns the specification of a pod, which make completes the first time.
func (s *specs) lookUp(o cluster.Owner, template models.SpecID, which int32, complete func(*models.PodSpec)) models.SpecID {
	known := s.known[o.ID()]
	if known == nil {
		known = make(map[specKey]models.SpecID)
		s.known[o.ID()] = known
	}
	key := specKey{template, which}
	if id, ok := known[key]; ok {
		return id
	}
	spec := *o.View().Spec(template)
	complete(&spec)
	id := s.define(&spec)
	known[key] = id
	return id
}

// ofNumber returns the specification of a pod of a StatefulSet.
// Source: pkg/controller/statefulset/stateful_set_utils.go (initIdentity, updateStorage).
func (s *specs) ofNumber(o cluster.Owner, template models.SpecID, number int32) models.SpecID {
	return s.lookUp(o, template, number, func(spec *models.PodSpec) {
		text := strconv.Itoa(int(number))
		name := o.Name() + "-" + text
		spec.Labels = spec.Labels.With(s.podName, s.dict.Sym(name)).With(s.index, s.dict.Sym(text))
		spec.Volumes = slices.Clone(spec.Volumes)
		for i := range o.Spec().ClaimTemplates {
			claim := ClaimOf(o, &o.Spec().ClaimTemplates[i], number)
			spec.Volumes = append(spec.Volumes, models.Volume{Kind: models.ClaimVolume, Claim: claim.Name})
		}
	})
}

// ClaimOf returns the claim that a pod of a StatefulSet has of a template.
// Source: pkg/controller/statefulset/stateful_set_utils.go (getPersistentVolumeClaimName).
func ClaimOf(o cluster.Owner, template *models.ClaimSpec, number int32) models.ClaimSpec {
	d, claim := o.View().Dictionary(), *template
	claim.Namespace = o.Spec().Namespace
	claim.Name = d.Sym(d.String(template.Name) + "-" + o.Name() + "-" + strconv.Itoa(int(number)))
	return claim
}

// ofNode returns the specification of a pod of a DaemonSet: what it requires of nodes
// is the name of this one.
// Source: pkg/controller/daemon/util/daemonset_util.go
// (ReplaceDaemonSetPodNodeNameNodeAffinity).
func (s *specs) ofNode(o cluster.Owner, node cluster.Node) models.SpecID {
	return s.lookUp(o, o.Spec().Template, int32(node.ID()), func(spec *models.PodSpec) {
		spec.HasRequiredTerms = true
		spec.RequiredTerms = []models.NodeTerm{{Names: models.Selector{
			{Key: s.nodeName, Op: models.In, Values: []models.Sym{node.Spec().Name}},
		}}}
	})
}

// hashOf returns the revision that a pod is of, as its label has it.
func (s *specs) hashOf(spec *models.PodSpec) models.Sym {
	hash, _ := spec.Labels.Get(s.revisionHash)
	return hash
}

// revise gives the template of an owner the highest number among its revisions.
// Source: pkg/controller/statefulset/stateful_set_control.go (getStatefulSetRevisions),
// pkg/controller/daemon/update.go (constructHistory).
func revise(o cluster.Owner, ops []models.Op) []models.Op {
	newest, is := cluster.Revision{Template: models.None}, o.Spec().Template
	for r := range o.Revisions() {
		if r.Number > newest.Number {
			newest = r
		}
	}
	if newest.Template == is {
		return ops
	}
	return append(ops, models.Op{Kind: models.OpRecordRevision, Owner: o.ID(), Def: int32(is), Arg: newest.Number + 1})
}

// forgetRevisions forgets the oldest of the revisions that are more than the history
// may have. Those in use stay; surplus is how many there are too many.
func (s *specs) forgetRevisions(o cluster.Owner, inUse []models.Sym, surplus int, ops []models.Op) []models.Op {
	if surplus <= 0 {
		return ops
	}
	v := o.View()
	old := slices.SortedFunc(o.Revisions(), func(a, b cluster.Revision) int { return int(a.Number - b.Number) })
	for _, r := range old {
		if surplus == 0 {
			break
		}
		if r.Template == o.Spec().Template || slices.Contains(inUse, s.hashOf(v.Spec(r.Template))) {
			continue
		}
		ops = append(ops, models.Op{Kind: models.OpRecordRevision, Owner: o.ID(), Def: int32(r.Template), Arg: models.None})
		surplus--
	}
	return ops
}

// available reports whether a pod has been Ready for as long as its owner asks for.
// Source: pkg/api/v1/pod/util.go (IsPodAvailable).
func available(now models.Time, o cluster.Owner, pod cluster.Pod) bool {
	return pod.Ready() && now >= pod.ReadyChangedAt()+seconds(o.Spec().MinReadySeconds)
}
