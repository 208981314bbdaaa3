package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/engine"
	"github.com/podsim/podsim/scheduler/plugins"
)

// history is a cluster in which everything happens that a scheduler sees, at
// random: pods of all kinds come and go, nodes join, are tainted and pull images.
type history struct {
	testing.TB
	*rand.Rand
	c       *cluster.Cluster
	d       *models.Dictionary
	zones   int
	plain   bool // pods have nothing to do with one another
	specs   []models.SpecID
	owners  []models.OwnerID
	pending []models.PodID
	placed  []models.PodID
	leaving []models.PodID
}

func newHistory(t testing.TB, seed uint64, nodes int) *history {
	d := models.NewDictionary()
	h := &history{TB: t, Rand: newHistoryRand(seed), d: d, c: cluster.New(d, nil)}
	h.zones, h.plain = h.IntN(4), h.one(2)
	if _, err := d.Resource("example.com/gpu"); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		h.c.DefineNamespace(&models.NamespaceSpec{Name: h.sym("ns", i), Labels: h.labels("team", 2)})
	}
	for range nodes {
		h.join()
	}
	h.store()
	for range 3 + h.IntN(20) {
		h.specs = append(h.specs, h.c.DefinePod(h.spec()))
	}
	for i := range h.IntN(4) {
		h.own(i)
	}
	return h
}

func newHistoryRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

func (h *history) sym(prefix string, i int) models.Sym { return h.d.Sym(fmt.Sprint(prefix, i)) }

// one reports true in one of n cases.
func (h *history) one(n int) bool { return h.IntN(n) == 0 }

func (h *history) pick(prefix string, n int) models.Sym { return h.sym(prefix, h.IntN(n)) }

// labels are none, one or two labels; the first has the key.
func (h *history) labels(key string, values int) models.Labels {
	var out []models.Label
	if !h.one(4) {
		out = append(out, models.Label{Key: h.d.Sym(key), Value: h.pick("value", values)})
	}
	if h.one(3) {
		out = append(out, models.Label{Key: h.d.Sym("tier"), Value: h.pick("value", 2)})
	}
	return models.NewLabels(out...)
}

func (h *history) apply(op models.Op) {
	h.Helper()
	if err := h.c.Apply(0, &op); err != nil {
		h.Fatal(err)
	}
}

var effects = []models.Effect{models.NoSchedule, models.PreferNoSchedule, models.PreferNoSchedule, models.NoExecute}

func (h *history) taint() models.Taint {
	return models.Taint{Key: h.pick("taint", 2), Value: h.pick("value", 2), Effect: effects[h.IntN(len(effects))]}
}

func (h *history) join() {
	id := h.c.View().Nodes()
	labels := []models.Label{{Key: h.d.Sym("disk"), Value: h.pick("value", 2)}, {Key: h.d.Sym("rank"), Value: h.pick("", 5)}}
	if !h.one(20) {
		labels = append(labels, models.Label{Key: h.d.Sym(models.LabelHostname), Value: h.sym("node", id)})
	}
	if h.zones > 0 && !h.one(20) {
		labels = append(labels, models.Label{Key: h.d.Sym(models.LabelZone), Value: h.pick("zone", h.zones)})
	}
	spec := &models.NodeSpec{Name: h.sym("node", id), Labels: models.NewLabels(labels...), Unschedulable: h.one(20),
		Allocatable: models.Resources{models.CPU: int64(1+h.IntN(4)) * 2000, models.Memory: int64(1+h.IntN(4)) << 32, models.Pods: int64(5 + h.IntN(20))}}
	if h.one(4) {
		spec.Allocatable[models.FirstExtended] = int64(h.IntN(4))
		spec.Features = []models.Sym{h.d.Sym("feature")}
	}
	spec.Capacity = spec.Allocatable
	for range h.IntN(6) / 4 {
		spec.Taints = append(spec.Taints, h.taint())
	}
	for i := range h.IntN(3) {
		spec.Images = append(spec.Images, models.NodeImage{Name: h.sym("image", i), Size: int64(i+1) * 300 << 20})
	}
	h.apply(models.Op{Kind: models.OpAddNode, Node: models.NodeID(id), Def: int32(h.c.DefineNode(spec))})
}

func (h *history) nodeTerm() models.NodeTerm {
	term := models.NodeTerm{Labels: models.Selector{{Key: h.d.Sym("rank"), Op: models.Gt, Values: []models.Sym{h.pick("", 4)}}}}
	switch h.IntN(4) {
	case 0:
		term.Labels = models.Selector{{Key: h.d.Sym("disk"), Op: models.NotIn, Values: []models.Sym{h.pick("value", 2)}}}
	case 1:
		term.Names = models.Selector{{Op: models.NotIn, Values: []models.Sym{h.pick("node", 5)}}}
	case 2:
		if h.one(3) {
			term.Labels = nil
			term.Names = models.Selector{{Op: models.In, Values: []models.Sym{h.pick("node", 9), h.pick("node", 30)}}}
		}
	}
	return term
}

func (h *history) selector(labels models.Labels) models.LabelSelector {
	s := models.LabelSelector{None: h.one(15)}
	for _, l := range labels {
		if !h.one(3) {
			s.Requirements = append(s.Requirements, models.Requirement{Key: l.Key, Op: models.In, Values: []models.Sym{l.Value}})
		}
	}
	if h.one(6) {
		s.Requirements = append(s.Requirements, models.Requirement{Key: h.d.Sym("tier"), Op: models.Operator(h.IntN(2) + 2)})
	}
	return s
}

func (h *history) topology() models.Sym {
	return h.d.Sym([]string{models.LabelHostname, models.LabelZone, "disk"}[h.IntN(3)])
}

func (h *history) affinity(spec *models.PodSpec, one int, weight int32) []models.AffinityTerm {
	if !h.one(one) {
		return nil
	}
	labels := spec.Labels
	if h.one(3) {
		labels = h.labels("app", 5)
	}
	term := models.AffinityTerm{TopologyKey: h.topology(), Selector: h.selector(labels), Weight: weight,
		Namespaces: []models.Sym{spec.Namespace}, NamespaceSelector: models.LabelSelector{None: true}}
	if h.one(4) {
		term.Namespaces, term.NamespaceSelector = nil, h.selector(h.labels("team", 2))
	}
	return []models.AffinityTerm{term}
}

func (h *history) spec() *models.PodSpec {
	cpu, memory := int64(h.IntN(5))*250, int64(h.IntN(5))<<28
	s := &models.PodSpec{Namespace: h.pick("ns", 2), Labels: h.labels("app", 5), Priority: int32(h.IntN(3)),
		Requests:   models.Resources{models.CPU: cpu, models.Memory: memory, models.Pods: 1},
		NonZeroCPU: max(cpu, 100), NonZeroMemory: max(memory, 200<<20), ScoredCPU: max(cpu, 100), ScoredMemory: max(memory, 200<<20)}
	if h.one(8) {
		s.Requests[models.FirstExtended] = int64(1 + h.IntN(3))
	}
	if h.one(10) {
		s.Features = []models.Sym{h.d.Sym("feature")}
	}
	if h.one(40) {
		s.NodeName = h.pick("node", 30)
	}
	for range h.IntN(3) {
		s.Containers = append(s.Containers, models.Container{Image: h.pick("image", 4)})
	}
	if h.one(5) {
		s.NodeSelector = models.NewLabels(models.Label{Key: h.d.Sym("disk"), Value: h.pick("value", 3)})
	}
	if h.one(6) {
		s.HasRequiredTerms = true
		s.RequiredTerms = []models.NodeTerm{h.nodeTerm(), h.nodeTerm()}
	}
	for range h.IntN(6) / 3 {
		s.PreferredTerms = append(s.PreferredTerms, models.PreferredTerm{Weight: int32(1 + h.IntN(50)), Term: h.nodeTerm()})
	}
	for range h.IntN(3) {
		s.Tolerations = append(s.Tolerations, models.Toleration{Key: h.pick("taint", 2), Exists: true})
	}
	if h.one(8) {
		s.HostPorts = []models.HostPort{{Port: int32(80 + h.IntN(2))}}
	}
	if h.plain {
		return s
	}
	switch h.IntN(12) {
	case 0:
		s.Volumes = []models.Volume{{Kind: models.EBSDisk, Disk: h.pick("disk", 2)}}
	case 1:
		s.Volumes = []models.Volume{{Claim: h.pick("claim", 6)}}
	}
	s.Affinity, s.AntiAffinity = h.affinity(s, 8, 0), h.affinity(s, 8, 0)
	s.PreferredAffinity, s.PreferredAntiAffinity = h.affinity(s, 8, int32(1+h.IntN(100))), h.affinity(s, 8, int32(1+h.IntN(100)))
	for range h.IntN(8) / 5 {
		s.Spread = append(s.Spread, models.SpreadConstraint{TopologyKey: h.topology(), MaxSkew: int32(1 + h.IntN(3)), MinDomains: int32(1 + h.IntN(2)),
			Soft: h.one(2), Selector: h.selector(s.Labels), IgnoreAffinity: h.one(3), HonorTaints: h.one(3)})
	}
	return s
}

// store makes claims, some of them bound, and volumes.
func (h *history) store() {
	h.c.DefineStorageClass(&models.StorageClassSpec{Name: h.d.Sym("late"), WaitForConsumer: true, Driver: h.d.Sym("csi")})
	for i := range 6 {
		volume := &models.VolumeSpec{Name: h.sym("volume", i), Class: h.d.Sym("late"), Capacity: 1 << 30, Modes: 1, Available: true}
		claim := &models.ClaimSpec{Namespace: h.sym("ns", i%2), Name: h.sym("claim", i), UID: h.sym("uid", i), Class: h.d.Sym("late"),
			Modes: 1, Request: 1 << 29, Requested: true}
		if i < 3 {
			claim.Volume, claim.Completed = volume.Name, true
			volume.Claim = models.ClaimRef{Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID, Given: true}
			volume.Zones = []models.VolumeZone{{Key: h.d.Sym(models.LabelZone), Values: []models.Sym{h.pick("zone", 3)}}}
		}
		if h.one(3) {
			volume.Affinity = models.VolumeAffinity{Limited: true, Terms: []models.NodeTerm{{
				Labels: models.Selector{{Key: h.d.Sym("disk"), Op: models.In, Values: []models.Sym{h.pick("value", 2)}}}}}}
		}
		h.c.DefineVolume(volume)
		h.c.DefineClaim(claim)
	}
}

// own makes an owner or a Service whose pods default constraints spread.
func (h *history) own(i int) {
	template := h.specs[h.IntN(len(h.specs))]
	spec := h.c.View().Spec(template)
	if len(spec.Labels) == 0 || h.plain {
		return
	}
	if h.one(2) {
		h.c.DefineService(&models.ServiceSpec{Namespace: spec.Namespace, Name: h.sym("service", i), Selector: spec.Labels[:1]})
	}
	owner := &models.OwnerSpec{Kind: models.ReplicaSet, Namespace: spec.Namespace, Template: template,
		Selector: models.Selector{{Key: spec.Labels[0].Key, Op: models.In, Values: []models.Sym{spec.Labels[0].Value}}}}
	id := models.OwnerID(h.c.View().Owners())
	h.apply(models.Op{Kind: models.OpCreateOwner, Owner: id, Parent: models.None, Def: int32(h.c.DefineOwner(owner)), Name: h.sym("owner", i)})
	h.owners = append(h.owners, id)
}

func (h *history) arrive() {
	v := h.c.View()
	op := models.Op{Kind: models.OpCreatePod, Pod: models.PodID(v.Pods()), Owner: models.None, Ordinal: models.Exact}
	if len(h.owners) > 0 && h.one(2) {
		op.Owner = h.owners[h.IntN(len(h.owners))]
		op.Def, op.Ordinal = int32(v.Owner(op.Owner).Spec().Template), v.Owner(op.Owner).NextOrdinal()
	} else {
		op.Def = int32(h.specs[h.IntN(len(h.specs))])
	}
	h.apply(op)
	h.pending = append(h.pending, op.Pod)
}

// take takes one out of a list.
func (h *history) take(list *[]models.PodID) (models.PodID, bool) {
	if len(*list) == 0 {
		return models.None, false
	}
	i := h.IntN(len(*list))
	id := (*list)[i]
	*list = slices.Delete(*list, i, i+1)
	return id, true
}

// happen lets something happen that is no decision.
func (h *history) happen() {
	v := h.c.View()
	node := models.NodeID(h.IntN(v.Nodes()))
	if v.Node(node).Removed() {
		if h.one(3) {
			h.apply(models.Op{Kind: models.OpAddNode, Node: node, Def: int32(h.c.DefineNode(v.Node(node).Spec()))})
		}
		return
	}
	switch h.IntN(25) {
	case 0:
		h.join()
	case 24:
		h.apply(models.Op{Kind: models.OpRemoveNode, Node: node})
	case 20:
		h.apply(models.Op{Kind: models.OpCordonNode, Node: node, Arg: int64(b2i(!v.Node(node).Unschedulable()))})
	case 21:
		key, value := h.d.Sym([]string{"disk", models.LabelZone, models.LabelHostname}[h.IntN(3)]), h.pick("value", 2)
		switch now, ok := v.Node(node).Labels().Get(key); {
		case !ok || now != value:
			h.apply(models.Op{Kind: models.OpLabelNode, Node: node, Taint: models.Taint{Key: key, Value: value}})
		default:
			h.apply(models.Op{Kind: models.OpUnlabelNode, Node: node, Taint: models.Taint{Key: key}})
		}
	case 22:
		if cpu := int64(1+h.IntN(4)) * 2000; v.Node(node).Allocatable()[models.CPU] != cpu {
			h.apply(models.Op{Kind: models.OpResizeNode, Node: node, Name: h.d.Sym("cpu"), Arg: cpu})
		}
	case 1, 2:
		taint := h.taint()
		op := models.Op{Kind: models.OpTaintNode, Node: node, Taint: taint}
		if slices.Contains(v.Node(node).Taints(), taint) {
			op.Kind = models.OpUntaintNode
		}
		h.apply(op)
	case 3, 4:
		if taints := v.Node(node).Taints(); len(taints) > 0 {
			h.apply(models.Op{Kind: models.OpUntaintNode, Node: node, Taint: taints[0]})
		}
	case 5, 6:
		image := h.pick("image", 4)
		if !slices.ContainsFunc(v.Node(node).Images(), func(i models.NodeImage) bool { return i.Name == image }) {
			h.apply(models.Op{Kind: models.OpPullImage, Node: node, Name: image, Arg: []int64{0, 3, 20 << 20, 400 << 20}[h.IntN(4)]})
		}
	case 7:
		h.specs = append(h.specs, h.c.DefinePod(h.spec()))
	case 8:
		if h.one(3) {
			h.own(v.Owners())
		}
	case 9:
		if len(h.pending) > 0 {
			id := h.pending[h.IntN(len(h.pending))]
			if v.Pod(id).Nominated() != node {
				h.apply(models.Op{Kind: models.OpNominatePod, Pod: id, Node: node})
			} else {
				h.apply(models.Op{Kind: models.OpNominatePod, Pod: id, Node: models.None})
			}
		}
	case 10:
		if len(h.pending) > 20 {
			id, _ := h.take(&h.pending)
			h.apply(models.Op{Kind: models.OpFinishPod, Pod: id})
		}
	case 11, 12:
		if id, ok := h.take(&h.placed); ok {
			h.apply(models.Op{Kind: models.OpDeletePod, Pod: id, Arg: 30})
			h.leaving = append(h.leaving, id)
		}
	case 13, 14:
		if id, ok := h.take(&h.leaving); ok {
			h.apply(models.Op{Kind: models.OpRemovePod, Pod: id})
		}
	default:
		if id, ok := h.take(&h.placed); ok {
			h.apply(models.Op{Kind: models.OpFinishPod, Pod: id})
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// config is the default profile.
func (h *history) config(percentage int, ties engine.Ties) engine.Config {
	config := engine.Config{Percentage: percentage, Ties: ties, Draw: drawn}
	for _, entry := range plugins.Table() {
		if !entry.Default {
			continue
		}
		plugin, err := entry.New(nil, h.d)
		if err != nil {
			h.Fatal(err)
		}
		config.Plugins = append(config.Plugins, engine.Weighted{Plugin: plugin, Weight: max(int64(entry.Weight), 1)})
	}
	return config
}
