package place

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler"
)

// changes looks for the smallest change of every kind that lets the pod fit.
func (t *trial) changes(id models.PodID, a *scheduler.Attempt) ([]Change, error) {
	s := search{trial: t, id: id, spec: t.cluster.View().Pod(id).Spec(), d: t.cluster.Dictionary()}
	if d := a.Diagnosis; d != nil {
		for _, r := range d.Rejected {
			s.rejected = append(s.rejected, r.Node)
		}
		if len(s.rejected) == 0 {
			for node := range models.NodeID(t.cluster.View().Nodes()) {
				s.rejected = append(s.rejected, node)
			}
		}
	}
	for _, kind := range []func() error{
		s.gates, s.tolerations, s.cordons, s.selectors, s.spreads, s.affinities, s.ports,
		s.resources, s.victims, s.moreNodes,
	} {
		if err := kind(); err != nil {
			return nil, err
		}
	}
	return s.found, nil
}

// search is one call of changes.
type search struct {
	*trial
	id       models.PodID
	spec     *models.PodSpec
	d        *models.Dictionary
	rejected []models.NodeID
	found    []Change
}

func (s *search) node(id models.NodeID) cluster.Node { return s.cluster.View().Node(id) }

// with tries the pod with a changed specification, and notes the change if it fits
// then.
func (s *search) with(kind, what string, change func(*models.PodSpec)) (bool, error) {
	spec := *s.spec
	change(&spec)
	node, err := s.fits(s.id, &spec)
	if err != nil || node == models.None {
		return false, err
	}
	s.found = append(s.found, Change{kind, what, s.node(node).Name()})
	return true, nil
}

// gates drops the scheduling gates.
func (s *search) gates() error {
	if len(s.spec.SchedulingGates) == 0 {
		return nil
	}
	_, err := s.with("gate", "remove its scheduling gates", func(p *models.PodSpec) { p.SchedulingGates = nil })
	return err
}

// tolerations tolerates one taint of the rejected nodes.
func (s *search) tolerations() error {
	var seen []models.Taint
	for _, id := range s.rejected {
		for _, taint := range s.node(id).Taints() {
			if taint.Effect == models.PreferNoSchedule || slices.Contains(seen, taint) || models.Tolerated(s.spec.Tolerations, taint) {
				continue
			}
			seen = append(seen, taint)
			text := s.d.String(taint.Key)
			if taint.Value != 0 {
				text += "=" + s.d.String(taint.Value)
			}
			_, err := s.with("toleration", fmt.Sprintf("tolerate the taint %s:%s", text, taint.Effect), func(p *models.PodSpec) {
				p.Tolerations = append(slices.Clone(p.Tolerations), models.Toleration{Key: taint.Key,
					Value: taint.Value, Effect: taint.Effect})
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// cordons uncordons one node.
func (s *search) cordons() error {
	unschedulable, _ := s.d.Lookup(models.TaintUnschedulable)
	for _, id := range s.rejected {
		if !s.node(id).Unschedulable() {
			continue
		}
		undo := []models.Op{{Kind: models.OpCordonNode, Node: id, Arg: 1}}
		do := []models.Op{{Kind: models.OpCordonNode, Node: id, Arg: 0}}
		for _, taint := range s.node(id).Taints() {
			if taint.Key == unschedulable {
				do = append(do, models.Op{Kind: models.OpUntaintNode, Node: id, Taint: taint})
				undo = append(undo, models.Op{Kind: models.OpTaintNode, Node: id, Taint: taint})
			}
		}
		found, err := s.after("uncordon", "uncordon node "+s.node(id).Name(), do, undo)
		if err != nil || found {
			return err
		}
	}
	return nil
}

// after tries the pod after some operations, and takes these back.
func (s *search) after(kind, what string, do, undo []models.Op) (bool, error) {
	if err := s.apply(do...); err != nil {
		return false, err
	}
	node, err := s.fits(s.id, s.spec)
	if err != nil {
		return false, err
	}
	if err := s.apply(undo...); err != nil {
		return false, err
	}
	if node == models.None {
		return false, nil
	}
	s.found = append(s.found, Change{kind, what, s.node(node).Name()})
	return true, nil
}

// selectors drops one label of the node selector, or the required node affinity,
// or gives a node the label that it lacks.
func (s *search) selectors() error {
	for i, label := range s.spec.NodeSelector {
		text := s.d.String(label.Key) + "=" + s.d.String(label.Value)
		_, err := s.with("nodeSelector", "drop "+text+" from its node selector", func(p *models.PodSpec) {
			p.NodeSelector = slices.Delete(slices.Clone(p.NodeSelector), i, i+1)
		})
		if err != nil {
			return err
		}
		if err := s.label(label, text); err != nil {
			return err
		}
	}
	if !s.spec.HasRequiredTerms {
		return nil
	}
	_, err := s.with("nodeAffinity", "drop its required node affinity", func(p *models.PodSpec) { p.HasRequiredTerms, p.RequiredTerms = false, nil })
	return err
}

// label gives the first node on which that helps a label of the node selector.
func (s *search) label(label models.Label, text string) error {
	set := models.Taint{Key: label.Key, Value: label.Value}
	for _, id := range s.rejected {
		before, had := s.node(id).Labels().Get(label.Key)
		if had && before == label.Value {
			continue
		}
		undo := models.Op{Kind: models.OpUnlabelNode, Node: id, Taint: set}
		if had {
			undo = models.Op{Kind: models.OpLabelNode, Node: id, Taint: models.Taint{Key: label.Key, Value: before}}
		}
		found, err := s.after("label", "label node "+s.node(id).Name()+" with "+text,
			[]models.Op{{Kind: models.OpLabelNode, Node: id, Taint: set}}, []models.Op{undo})
		if err != nil || found {
			return err
		}
	}
	return nil
}

// spreads raises the maxSkew of one hard constraint to the smallest that does.
func (s *search) spreads() error {
	for i := range s.spec.Spread {
		constraint := &s.spec.Spread[i]
		if constraint.Soft {
			continue
		}
		key := s.d.String(constraint.TopologyKey)
		raised := func(skew int32) func(*models.PodSpec) {
			return func(p *models.PodSpec) {
				p.Spread = slices.Clone(p.Spread)
				p.Spread[i].MaxSkew = skew
			}
		}
		spec := *s.spec
		raised(maxSkew)(&spec)
		node, err := s.fits(s.id, &spec)
		if err != nil {
			return err
		}
		if node == models.None {
			if _, err := s.with("topologySpread", "drop its topology spread constraint on "+key, func(p *models.PodSpec) {
				p.Spread = slices.Delete(slices.Clone(p.Spread), i, i+1)
			}); err != nil {
				return err
			}
			continue
		}
		skew, err := s.smallest(int64(constraint.MaxSkew)+1, maxSkew, func(skew int64) func(*models.PodSpec) { return raised(int32(skew)) })
		if err != nil {
			return err
		}
		if _, err := s.with("topologySpread", fmt.Sprintf("raise maxSkew of its topology spread constraint on %s from %d to %d", key, constraint.MaxSkew, skew),
			raised(int32(skew))); err != nil {
			return err
		}
	}
	return nil
}

// maxSkew is more than any skew that there can be.
const maxSkew = 1 << 30

// smallest finds by halving the smallest number in [low, high] with which the pod
// fits; it does with high.
func (s *search) smallest(low, high int64, change func(int64) func(*models.PodSpec)) (int64, error) {
	for low < high {
		middle := low + (high-low)/2
		spec := *s.spec
		change(middle)(&spec)
		node, err := s.fits(s.id, &spec)
		if err != nil {
			return 0, err
		}
		if node == models.None {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return high, nil
}

// affinities drops one term of inter-pod affinity or anti-affinity.
func (s *search) affinities() error {
	for i := range s.spec.Affinity {
		what := fmt.Sprintf("drop its pod affinity term %d (%s)", i+1, s.d.String(s.spec.Affinity[i].TopologyKey))
		if _, err := s.with("podAffinity", what, func(p *models.PodSpec) { p.Affinity = slices.Delete(slices.Clone(p.Affinity), i, i+1) }); err != nil {
			return err
		}
	}
	for i := range s.spec.AntiAffinity {
		what := fmt.Sprintf("drop its pod anti-affinity term %d (%s)", i+1, s.d.String(s.spec.AntiAffinity[i].TopologyKey))
		if _, err := s.with("podAntiAffinity", what, func(p *models.PodSpec) { p.AntiAffinity = slices.Delete(slices.Clone(p.AntiAffinity), i, i+1) }); err != nil {
			return err
		}
	}
	return nil
}

// ports drops one host port.
func (s *search) ports() error {
	for i, port := range s.spec.HostPorts {
		_, err := s.with("hostPort", "drop its host port "+strconv.Itoa(int(port.Port)), func(p *models.PodSpec) {
			p.HostPorts = slices.Delete(slices.Clone(p.HostPorts), i, i+1)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// resources finds for each resource the node that lacks the least of it, if that
// is all that it lacks.
func (s *search) resources() error {
	names := s.d.ResourceNames()
	for r := range models.Resource(len(names)) {
		want := s.spec.Requests[r]
		if want == 0 {
			continue
		}
		lacking := s.lacking(r)
		for _, of := range lacking {
			id, amount := of.node, of.amount
			free := s.node(id).Allocatable()[r]
			name := s.d.Sym(names[r])
			found, err := s.after("resources", fmt.Sprintf("%s more %s on node %s", Amount(names[r], amount), names[r], s.node(id).Name()),
				[]models.Op{{Kind: models.OpResizeNode, Node: id, Name: name, Arg: free + amount}},
				[]models.Op{{Kind: models.OpResizeNode, Node: id, Name: name, Arg: free}})
			if err != nil {
				return err
			}
			if found {
				break
			}
		}
		if err := s.request(r, names[r], lacking); err != nil {
			return err
		}
	}
	return nil
}

// shortage is how much of a resource a node lacks for the pod.
type shortage struct {
	node   models.NodeID
	amount int64
}

// lacking lists the nodes that lack a resource, the smallest shortage first.
func (s *search) lacking(r models.Resource) []shortage {
	var list []shortage
	for _, id := range s.rejected {
		n := s.node(id)
		if short := s.spec.Requests[r] - (n.Allocatable()[r] - n.Requested()[r]); short > 0 {
			list = append(list, shortage{id, short})
		}
	}
	slices.SortStableFunc(list, func(a, b shortage) int { return int(min(max(a.amount-b.amount, -1), 1)) })
	return list
}

// request lowers the request of one resource by as little as lets the pod fit.
func (s *search) request(r models.Resource, name string, lacking []shortage) error {
	if r == models.Pods {
		return nil
	}
	for _, of := range lacking {
		left := s.spec.Requests[r] - of.amount
		if left < 0 {
			return nil
		}
		what := fmt.Sprintf("lower its request of %s from %s to %s", name, Amount(name, s.spec.Requests[r]), Amount(name, left))
		found, err := s.with("request", what, func(p *models.PodSpec) {
			p.Requests[r] = left
			if r == models.CPU {
				p.NonZeroCPU, p.ScoredCPU = left, left
			} else if r == models.Memory {
				p.NonZeroMemory, p.ScoredMemory = left, left
			}
		})
		if err != nil || found {
			return err
		}
	}
	return nil
}

// victims takes one pod away, one of the lowest priority that does.
func (s *search) victims() error {
	v := s.cluster.View()
	var pods []models.PodID
	for _, id := range s.rejected {
		pods = append(pods, s.node(id).Pods()...)
	}
	slices.SortFunc(pods, func(a, b models.PodID) int { return int(a - b) })
	slices.SortStableFunc(pods, func(a, b models.PodID) int {
		return int(min(max(int64(v.Pod(a).Spec().Priority)-int64(v.Pod(b).Spec().Priority), -1), 1))
	})
	for _, id := range pods {
		pod := v.Pod(id)
		what := fmt.Sprintf("take pod %s (priority %d) off node %s", name(v, id), pod.Spec().Priority, v.Node(pod.Node()).Name())
		undo := []models.Op{
			{Kind: models.OpCreatePod, Owner: pod.Owner(), Def: int32(pod.SpecID()), Name: s.d.Sym(pod.Name()), Ordinal: models.Exact},
			{Kind: models.OpBindPod, Node: pod.Node()},
		}
		found, err := s.after("victim", what, []models.Op{{Kind: models.OpDeletePod, Pod: id}, {Kind: models.OpRemovePod, Pod: id}}, undo)
		if err != nil || found {
			return err
		}
		if s.tries > maxTries {
			return nil
		}
	}
	return nil
}

// moreNodes adds one node like one that there is, each shape once.
func (s *search) moreNodes() error {
	v := s.cluster.View()
	hostname := s.d.Sym(models.LabelHostname)
	seen := make(map[string]bool)
	nodes := v.Nodes()
	for id := range models.NodeID(nodes) {
		spec := *v.Node(id).Spec()
		like := s.d.String(spec.Name)
		shape := shapeOf(&spec, hostname, s.d)
		if seen[shape] {
			continue
		}
		seen[shape] = true
		spec.Name = s.d.Sym("one-more-" + like)
		spec.Labels = spec.Labels.With(hostname, spec.Name)
		what := "one more node like " + like
		if spec.Group != 0 {
			what = "one more node of group " + s.d.String(spec.Group) + ", like " + like
		}
		clone := trial{fresh: s.fresh, options: s.options, epoch: s.epoch}
		if err := clone.reset(s.cluster); err != nil {
			return err
		}
		added := models.NodeID(nodes)
		if err := clone.apply(models.Op{Kind: models.OpAddNode, Node: added, Def: int32(clone.cluster.DefineNode(&spec))}); err != nil {
			return err
		}
		node, err := clone.fits(s.id, s.spec)
		if err != nil {
			return err
		}
		if node != models.None {
			s.found = append(s.found, Change{"node", what, clone.cluster.View().Node(node).Name()})
			return nil
		}
	}
	return nil
}

// shapeOf is what tells kinds of nodes apart.
func shapeOf(spec *models.NodeSpec, hostname models.Sym, d *models.Dictionary) string {
	var b strings.Builder
	fmt.Fprint(&b, spec.Group, spec.Allocatable, spec.Taints, spec.Unschedulable)
	for _, l := range spec.Labels {
		if l.Key != hostname {
			fmt.Fprint(&b, l)
		}
	}
	return b.String()
}

// Amount writes an amount of a resource as Kubernetes does.
func Amount(resource string, amount int64) string {
	switch {
	case resource == "cpu" && amount%1000 != 0:
		return strconv.FormatInt(amount, 10) + "m"
	case resource == "cpu":
		return strconv.FormatInt(amount/1000, 10)
	case resource == "memory" || resource == "ephemeral-storage" || strings.HasPrefix(resource, "hugepages-"):
		for i, unit := range []string{"Gi", "Mi", "Ki"} {
			if size := int64(1) << (30 - 10*i); amount%size == 0 && amount > 0 {
				return strconv.FormatInt(amount/size, 10) + unit
			}
		}
	}
	return strconv.FormatInt(amount, 10)
}
