package place

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
)

// taintSet are the taints of some nodes that the pod does not tolerate.
type taintSet struct {
	taints []models.Taint
	nodes  []models.NodeID
}

// taintSets groups nodes by them: the fewest taints first, of these those of the
// most nodes.
func (s *search) taintSets() []taintSet {
	var sets []taintSet
	for _, id := range s.by("TaintToleration") {
		var taints []models.Taint
		for _, taint := range s.node(id).Taints() {
			if taint.Effect != models.PreferNoSchedule && !models.Tolerated(s.spec.Tolerations, taint) {
				taints = append(taints, taint)
			}
		}
		if len(taints) == 0 {
			continue
		}
		at := slices.IndexFunc(sets, func(t taintSet) bool { return slices.Equal(t.taints, taints) })
		if at < 0 {
			at, sets = len(sets), append(sets, taintSet{taints: taints})
		}
		sets[at].nodes = append(sets[at].nodes, id)
	}
	slices.SortStableFunc(sets, func(a, b taintSet) int {
		return cmp.Or(cmp.Compare(len(a.taints), len(b.taints)), cmp.Compare(len(b.nodes), len(a.nodes)))
	})
	return sets
}

// tolerations tolerates the taints of some nodes, or removes them from one node.
func (s *search) tolerations() error {
	tolerated, removed := 0, false
	for _, set := range s.taintSets() {
		if slices.ContainsFunc(set.taints, s.ofCondition) {
			continue
		}
		texts := make([]string, len(set.taints))
		for i, taint := range set.taints {
			texts[i] = s.taint(taint)
		}
		what := "tolerate the taint " + enumerate(texts)
		if len(texts) > 1 {
			what = "tolerate the taints " + enumerate(texts)
		}
		found, err := s.with("toleration", what, func(p *models.PodSpec) {
			p.Tolerations = slices.Clone(p.Tolerations)
			for _, taint := range set.taints {
				p.Tolerations = append(p.Tolerations, models.Toleration{Key: taint.Key, Value: taint.Value, Effect: taint.Effect})
			}
		})
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		if !removed { // the smallest set
			if removed, err = s.untaint(&set, enumerate(texts)); err != nil {
				return err
			}
		}
		if tolerated++; tolerated == alternatives {
			break
		}
	}
	return nil
}

func (s *search) taint(t models.Taint) string {
	text := s.d.String(t.Key)
	if t.Value != 0 {
		text += "=" + s.d.String(t.Value)
	}
	return text + ":" + t.Effect.String()
}

// untaint removes the taints of a set from the first of its nodes on which that
// helps.
func (s *search) untaint(set *taintSet, text string) (bool, error) {
	what := "remove the taint " + text
	if len(set.taints) > 1 {
		what = "remove the taints " + text
	}
	for _, id := range set.nodes {
		do, undo := s.retaint(id, set.taints)
		found, err := s.after("taint", what+" from node "+s.node(id).Name(), do, undo)
		if err != nil || found {
			return found, err
		}
	}
	return false, nil
}

// retaint removes taints from a node and brings them back, in their order.
func (s *search) retaint(id models.NodeID, remove []models.Taint) (do, undo []models.Op) {
	taints := s.node(id).Taints()
	for _, taint := range taints {
		op := models.Op{Kind: models.OpUntaintNode, Node: id, Taint: taint}
		if slices.Contains(remove, taint) {
			do = append(do, op)
		} else {
			undo = append(undo, op)
		}
	}
	for _, taint := range taints {
		undo = append(undo, models.Op{Kind: models.OpTaintNode, Node: id, Taint: taint})
	}
	return do, undo
}

// cordons uncordons one node. The taint that goes with it goes too.
func (s *search) cordons() error {
	unschedulable, _ := s.d.Lookup(models.TaintUnschedulable)
	for _, id := range s.by("NodeUnschedulable") {
		if !s.node(id).Unschedulable() {
			continue
		}
		var remove []models.Taint
		for _, taint := range s.node(id).Taints() {
			if taint.Key == unschedulable {
				remove = append(remove, taint)
			}
		}
		do, undo := s.retaint(id, remove)
		do = append(do, models.Op{Kind: models.OpCordonNode, Node: id, Arg: 0})
		undo = append(undo, models.Op{Kind: models.OpCordonNode, Node: id, Arg: 1})
		found, err := s.after("uncordon", "uncordon node "+s.node(id).Name(), do, undo)
		if err != nil || found {
			return err
		}
	}
	return nil
}

// unlabelled is a node that lacks labels of the node selector.
type unlabelled struct {
	node   models.NodeID
	labels []models.Label
}

// labels gives one node the labels of the node selector that it lacks, the fewest
// there are.
func (s *search) labels() error {
	var list []unlabelled
	for _, id := range s.by("NodeAffinity") {
		var lacks []models.Label
		for _, label := range s.spec.NodeSelector {
			if value, has := s.node(id).Labels().Get(label.Key); !has || value != label.Value {
				lacks = append(lacks, label)
			}
		}
		if len(lacks) > 0 && len(s.shortages(id)) == 0 {
			list = append(list, unlabelled{id, lacks})
		}
	}
	slices.SortStableFunc(list, func(a, b unlabelled) int { return cmp.Compare(len(a.labels), len(b.labels)) })
	for _, of := range list {
		var do, undo []models.Op
		var texts []string
		for _, label := range of.labels {
			texts = append(texts, s.label(label))
			set := models.Op{Kind: models.OpLabelNode, Node: of.node, Taint: models.Taint{Key: label.Key, Value: label.Value}}
			do = append(do, set)
			if before, had := s.node(of.node).Labels().Get(label.Key); had {
				set.Taint.Value = before
			} else {
				set.Kind = models.OpUnlabelNode
			}
			undo = append(undo, set)
		}
		what := "label node " + s.node(of.node).Name() + " " + strings.Join(texts, " ")
		found, err := s.after("label", what, do, undo)
		if err != nil || found {
			return err
		}
	}
	return nil
}

// moreNodes adds one empty node like one that there is, the smallest that does; if
// none does, one with as much room as the pod asks for. The nodes that were in vain
// stay, but no pod can go there and they belong to no topology.
func (s *search) moreNodes() error {
	shapes := s.shapes()
	for _, grown := range []bool{false, true} {
		for i := range shapes {
			found, err := s.oneMore(shapes[i], grown)
			if err != nil || found || s.exhausted() {
				return err
			}
		}
		slices.Reverse(shapes) // the largest has to grow least
	}
	return nil
}

// shapes lists one node of each kind, the smallest first.
func (s *search) shapes() []*models.NodeSpec {
	v := s.cluster.View()
	hostname := s.d.Sym(models.LabelHostname)
	var list []*models.NodeSpec
	seen := make(map[string]bool)
	for id := range models.NodeID(v.Nodes()) {
		spec := v.Node(id).Spec()
		if shape := shapeOf(spec, hostname); !seen[shape] {
			seen[shape] = true
			list = append(list, spec)
		}
	}
	slices.SortStableFunc(list, func(a, b *models.NodeSpec) int {
		return cmp.Or(cmp.Compare(a.Allocatable[models.CPU], b.Allocatable[models.CPU]),
			cmp.Compare(a.Allocatable[models.Memory], b.Allocatable[models.Memory]))
	})
	return list
}

// oneMore adds a node like another one; grown to what the pod asks for, or not.
func (s *search) oneMore(like *models.NodeSpec, grown bool) (bool, error) {
	spec := *like
	name := s.d.String(like.Name)
	what := "add one more node like " + name
	if spec.Group != 0 {
		what = "add one more node to group " + s.d.String(spec.Group) + ", like " + name
	}
	if grown {
		with := s.grow(&spec)
		if with == "" {
			return false, nil
		}
		what += ", but with " + with
	}
	spec.Name = s.d.Sym("one-more-" + name)
	spec.Labels = spec.Labels.With(s.d.Sym(models.LabelHostname), spec.Name)
	spec.Images, spec.Unschedulable, spec.NotReady = nil, false, false
	spec.Taints = slices.DeleteFunc(slices.Clone(spec.Taints), func(t models.Taint) bool {
		return strings.HasPrefix(s.d.String(t.Key), conditionPrefix)
	})
	id := models.NodeID(s.cluster.View().Nodes())
	if err := s.apply(models.Op{Kind: models.OpAddNode, Node: id, Def: int32(s.cluster.DefineNode(&spec))}); err != nil {
		return false, err
	}
	node, err := s.fits(s.spec)
	if err != nil {
		return false, err
	}
	if node != models.None {
		if err := s.made("node", what, node); err != nil || !s.found[len(s.found)-1].Taken || grown {
			return true, err
		}
		return true, s.severalMore(&spec, name)
	}
	ops := []models.Op{{Kind: models.OpCordonNode, Node: id, Arg: 1}}
	for _, label := range s.node(id).Labels() {
		ops = append(ops, models.Op{Kind: models.OpUnlabelNode, Node: id, Taint: models.Taint{Key: label.Key}})
	}
	return false, s.apply(ops...)
}

// grow gives a node the room that the pod asks for, and says of what. It is empty
// if the node has it already.
func (s *search) grow(spec *models.NodeSpec) string {
	var with []string
	for r, name := range s.d.ResourceNames() {
		if want := s.spec.Requests[r]; want > spec.Allocatable[r] {
			spec.Allocatable[r] = want
			spec.Capacity[r] = max(spec.Capacity[r], want)
			with = append(with, Amount(name, want)+" "+name)
		}
	}
	if len(with) == 0 {
		return ""
	}
	return enumerate(with) + " allocatable"
}

// shapeOf is what tells kinds of nodes apart.
func shapeOf(spec *models.NodeSpec, hostname models.Sym) string {
	var b strings.Builder
	fmt.Fprint(&b, spec.Group, spec.Allocatable, spec.Taints)
	for _, l := range spec.Labels {
		if l.Key != hostname {
			fmt.Fprint(&b, l)
		}
	}
	return b.String()
}
