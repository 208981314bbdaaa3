package place

import (
	"cmp"
	"iter"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Cell is a cluster taken apart: nodes and pods of which any can be put together
// again and packed anew. While it is not changed, several goroutines may use it.
type Cell struct {
	// Nodes are those that there are, as they stand now: with the labels, taints and
	// allocatable resources that they have got since they joined.
	Nodes []CellNode
	// Pods are those that have not ended, in the order in which they were created.
	Pods []CellPod
	// Workloads are what owns the pods, the first that owns one first.
	Workloads []Workload

	base   *cluster.Cluster // knows what there is to know, and holds nothing
	owners []cellOwner
}

// CellNode is a node of a Cell.
type CellNode struct {
	*models.NodeSpec
	// Open tells that it takes pods: it is up, Ready and not cordoned.
	Open bool
	// Copy counts from 1 for copies; 0 is a node that there is.
	Copy int
	def  models.NodeSpecID
}

// CellPod is a pod of a Cell.
type CellPod struct {
	Name models.Sym
	Spec *models.PodSpec
	// Workload is the place of its workload in Cell.Workloads.
	Workload int
	// Node is the place of its node in Cell.Nodes; -1 if it has none there.
	Node     int
	Daemon   bool // a DaemonSet made it for one node
	Deleting bool

	def   models.SpecID
	owner int // in owners; -1 for a bare one
	copy  int32
}

// Workload is what owns pods: the topmost owner of those that it made. Bare pods of
// one specification count as one workload, named after the first of them.
type Workload struct {
	Kind            string // Pod for bare ones
	Namespace, Name string
	Pods            int
}

// String names the workload: Deployment shop/web.
func (w *Workload) String() string { return w.Kind + " " + w.Namespace + "/" + w.Name }

// cellOwner is the owner of pods.
type cellOwner struct {
	spec models.OwnerSpecID
	name models.Sym
}

// NewCell takes a cluster apart. The cluster stays as it is.
func NewCell(c *cluster.Cluster) *Cell {
	cell := &Cell{base: c.Vacated()}
	nodes := cell.takeNodes(c.View())
	t := taking{Cell: cell, owners: make(map[models.OwnerID]int), owned: make(map[models.OwnerID]int), bare: make(map[models.SpecID]int)}
	for pod := range c.View().Live() {
		if !pod.Phase().Terminal() {
			t.take(pod, nodes)
		}
	}
	return cell
}

// takeNodes returns the place of each node; -1 for those that are gone.
func (c *Cell) takeNodes(v cluster.View) []int {
	places := make([]int, v.Nodes())
	for id := range places {
		n := v.Node(models.NodeID(id))
		if n.Removed() {
			places[id] = -1
			continue
		}
		spec := *n.Spec()
		spec.Labels, spec.Taints, spec.Images = n.Labels(), slices.Clone(n.Taints()), slices.Clone(n.Images())
		spec.Unschedulable, spec.NotReady = n.Unschedulable(), n.Ready() != models.ConditionTrue
		spec.Allocatable = *n.Allocatable()
		spec.Capacity = spec.Capacity.Max(spec.Allocatable)
		places[id] = len(c.Nodes)
		c.addNode(&spec, !spec.Unschedulable && !spec.NotReady && !n.Down(), 0)
		if csi := v.CSINode(spec.Name); csi != nil {
			c.attach(csi, spec.Name)
		}
	}
	return places
}

func (c *Cell) addNode(spec *models.NodeSpec, open bool, number int) {
	c.Nodes = append(c.Nodes, CellNode{NodeSpec: spec, Open: open, Copy: number, def: c.base.DefineNode(spec)})
}

// attach gives a node the storage drivers of another one, without what is attached
// to that: pods that use it bring it along.
func (c *Cell) attach(csi *models.CSINodeSpec, node models.Sym) {
	own := *csi
	own.Node, own.Attachments = node, nil
	c.base.DefineCSINode(&own)
}

// taking is what NewCell knows while it goes through the pods.
type taking struct {
	*Cell
	owners map[models.OwnerID]int // places in Cell.owners
	owned  map[models.OwnerID]int // workloads by topmost owner
	bare   map[models.SpecID]int  // workloads of bare pods
}

func (t *taking) take(pod cluster.Pod, places []int) {
	d := t.base.Dictionary()
	one := CellPod{Name: d.Sym(pod.Name()), Spec: pod.Spec(), Node: -1, Deleting: pod.Deleting(), def: pod.SpecID(), owner: -1}
	if node := max(pod.Node(), pod.Assumed()); node != models.None {
		one.Node = places[node]
	}
	known, at := false, 0
	if id := pod.Owner(); id == models.None {
		if at, known = t.bare[one.def]; !known {
			at = t.workload("Pod", pod.Spec().Namespace, pod.Name())
			t.bare[one.def] = at
		}
	} else {
		owner := pod.View().Owner(id)
		one.Daemon = owner.Kind() == models.DaemonSet
		if one.owner, known = t.owners[id]; !known {
			one.owner = len(t.Cell.owners)
			t.owners[id] = one.owner
			t.Cell.owners = append(t.Cell.owners, cellOwner{owner.SpecID(), d.Sym(owner.Name())})
		}
		for owner.Parent() != models.None {
			owner = pod.View().Owner(owner.Parent())
		}
		if at, known = t.owned[owner.ID()]; !known {
			at = t.workload(owner.Kind().String(), owner.Spec().Namespace, owner.Name())
			t.owned[owner.ID()] = at
		}
	}
	one.Workload = at
	t.Workloads[at].Pods++
	t.Pods = append(t.Pods, one)
}

func (t *taking) workload(kind string, namespace models.Sym, name string) int {
	t.Workloads = append(t.Workloads, Workload{Kind: kind, Namespace: t.base.Dictionary().String(namespace), Name: name})
	return len(t.Workloads) - 1
}

// Dictionary returns the symbols of the cell.
func (c *Cell) Dictionary() *models.Dictionary { return c.base.Dictionary() }

// PodName is the namespace and name of a pod.
func (c *Cell) PodName(p *CellPod) string {
	d := c.base.Dictionary()
	return d.String(p.Spec.Namespace) + "/" + d.String(p.Name)
}

// NodeName is the name of a node.
func (c *Cell) NodeName(node int) string { return c.base.Dictionary().String(c.Nodes[node].Name) }

// CopyNode adds a node like another one, with a name of its own, which takes the
// place of the other's in its host name label.
func (c *Cell) CopyNode(node, number int, name string) {
	d := c.base.Dictionary()
	from := &c.Nodes[node]
	spec := *from.NodeSpec
	spec.Name = d.Sym(name)
	hostname := d.Sym(models.LabelHostname)
	if _, ok := spec.Labels.Get(hostname); ok {
		spec.Labels = spec.Labels.With(hostname, spec.Name)
	}
	c.addNode(&spec, from.Open, number)
	if csi := c.base.View().CSINode(from.Name); csi != nil {
		c.attach(csi, spec.Name)
	}
}

// With returns a pod like another one, of another specification.
func (c *Cell) With(p CellPod, spec *models.PodSpec) CellPod {
	p.Spec, p.def = spec, c.base.DefinePod(spec)
	return p
}

// As returns the pod with the specification of another one.
func (p CellPod) As(of CellPod) CellPod {
	p.Spec, p.def = of.Spec, of.def
	return p
}

// Copy returns a pod like another one that is not there yet, the number-th of them.
func (p CellPod) Copy(number int) CellPod {
	p.copy, p.Node, p.Deleting = int32(number), -1, false
	return p
}

// Like reports whether two pods have one specification and one owner.
func (p *CellPod) Like(q *CellPod) bool { return p.def == q.def && p.owner == q.owner }

// WithoutClaims returns the pod without the volumes that it claims, which nobody else
// can have.
func (c *Cell) WithoutClaims(p CellPod) CellPod {
	if !slices.ContainsFunc(p.Spec.Volumes, func(v models.Volume) bool { return v.ClaimsVolume() }) {
		return p
	}
	spec := *p.Spec
	spec.Volumes = slices.DeleteFunc(slices.Clone(spec.Volumes), func(v models.Volume) bool { return v.ClaimsVolume() })
	return c.With(p, &spec)
}

// ByPriority sorts pods as a queue has them that have come in this order: the highest
// priority first.
func ByPriority[T any](pods []T, pod func(*T) *CellPod) {
	slices.SortStableFunc(pods, func(a, b T) int {
		return cmp.Compare(pod(&b).Spec.Priority, pod(&a).Spec.Priority)
	})
}

// Add makes the pod of a template known, which is not there yet, as a workload of its own.
func (c *Cell) Add(t *Template) CellPod {
	d := c.base.Dictionary()
	def := c.base.DefinePod(t.Pod)
	pod := CellPod{Name: d.Sym(t.Name), Spec: t.Pod, Workload: len(c.Workloads), Node: -1, def: def, owner: -1}
	w := Workload{Kind: "Pod", Namespace: d.String(t.Pod.Namespace), Name: t.Name}
	if t.Owner != nil {
		of := *t.Owner
		of.Template = def
		w.Kind = of.Kind.String()
		pod.owner = len(c.owners)
		c.owners = append(c.owners, cellOwner{c.base.DefineOwner(&of), pod.Name})
	}
	c.Workloads = append(c.Workloads, w)
	return pod
}

// Suits reports whether a node could ever hold a pod: if it were empty, going by node
// affinity, taints, volumes and room.
func (c *Cell) Suits(p *models.PodSpec, node int) bool {
	n := &c.Nodes[node]
	d := c.base.Dictionary()
	if p.NodeName != 0 && p.NodeName != n.Name || !p.MatchesNode(n.Name, n.Labels, d) || !p.Requests.FitsIn(n.Allocatable) {
		return false
	}
	for _, taint := range n.Taints {
		if taint.Effect != models.PreferNoSchedule && !models.Tolerated(p.Tolerations, taint) {
			return false
		}
	}
	return c.reaches(p, n.Labels)
}

// reaches reports whether nodes with these labels reach the volumes of a pod.
func (c *Cell) reaches(p *models.PodSpec, labels models.Labels) bool {
	for volume := range c.Volumes(p) {
		if !volume.Affinity.Matches(labels, c.base.Dictionary()) {
			return false
		}
	}
	return true
}

// Volumes are those to which the claims of a pod are bound.
func (c *Cell) Volumes(p *models.PodSpec) iter.Seq[*models.VolumeSpec] {
	return func(yield func(*models.VolumeSpec) bool) {
		v := c.base.View()
		for i := range p.Volumes {
			if p.Volumes[i].Kind != models.ClaimVolume {
				continue
			}
			claim, ok := v.FindClaim(p.Namespace, p.Volumes[i].Claim)
			if !ok || claim.Spec().Volume == 0 {
				continue
			}
			if volume, ok := v.FindVolume(claim.Spec().Volume); ok && !yield(volume.Spec()) {
				return
			}
		}
	}
}
