package place

import (
	"context"
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
)

// Template is a kind of pod to be copied.
type Template struct {
	Name string
	Pod  *models.PodSpec
	// Owner makes the pods; nil for bare ones.
	Owner *models.OwnerSpec
	// Replicas is how many pods of it there are in one copy of the mix.
	Replicas int
}

// Fit is how many more copies of a mix of pods fit.
type Fit struct {
	// Copies is the number of whole mixes that fit.
	Copies int `json:"copies"`
	// Pods are the pods that fit in all: those of the whole copies and those of the
	// one that did not fit whole any more.
	Pods int `json:"pods"`
	// Templates say the same by template, in their order.
	Templates []FitTemplate `json:"templates"`
	// Nodes are the nodes that took pods, most pods first.
	Nodes []FitNode `json:"nodes"`
	// Next is the template of the pod that did not fit, and Stop why: a Placement
	// with message and reasons.
	Next string    `json:"next,omitempty"`
	Stop Placement `json:"stop"`
	// Limited tells that the search ended at the number of pods that was asked for
	// at most; more may fit.
	Limited bool `json:"limited,omitempty"`
}

// FitTemplate is what fits of one template.
type FitTemplate struct {
	Name     string `json:"name"`
	Replicas int    `json:"replicas"` // in one copy of the mix
	Pods     int    `json:"pods"`
}

// FitNode is what fits on one node.
type FitNode struct {
	Node string `json:"node"`
	Pods int    `json:"pods"`
	// Templates are the pods by template, in their order.
	Templates []int `json:"templates"`
}

// Fit places copies of the mix of templates, one pod after the other, until one
// does not fit, or until there are limit pods if limit is positive. The pods stay
// placed. progress, if not nil, is told the number of pods now and then.
func (p *Placer) Fit(ctx context.Context, mix []Template, limit int, progress func(pods int)) (Fit, error) {
	f := fitting{Placer: p, mix: mix, nodes: make(map[models.NodeID][]int)}
	f.result.Templates = make([]FitTemplate, len(mix))
	if err := f.define(); err != nil {
		return Fit{}, err
	}
	for {
		whole, err := f.copy(ctx, limit, progress)
		if err != nil || !whole {
			f.finish()
			return f.result, err
		}
		f.result.Copies++
	}
}

// fitting is one call of Fit.
type fitting struct {
	*Placer
	mix    []Template
	specs  []models.SpecID
	owners []models.OwnerID
	nodes  map[models.NodeID][]int
	result Fit
}

// define makes the templates and their owners known.
func (f *fitting) define() error {
	d := f.cluster.Dictionary()
	for i := range f.mix {
		t := &f.mix[i]
		f.result.Templates[i] = FitTemplate{Name: t.Name, Replicas: t.Replicas}
		spec := f.cluster.DefinePod(t.Pod)
		f.specs = append(f.specs, spec)
		owner := models.OwnerID(models.None)
		if t.Owner != nil {
			owner = models.OwnerID(f.cluster.View().Owners())
			of := *t.Owner
			of.Template = spec
			op := models.Op{Kind: models.OpCreateOwner, Owner: owner, Parent: models.None,
				Def: int32(f.cluster.DefineOwner(&of)), Name: d.Sym(t.Name), Ordinal: models.Exact}
			if err := f.cluster.Apply(f.now, &op); err != nil {
				return err
			}
		}
		f.owners = append(f.owners, owner)
	}
	return nil
}

// copy places one copy of the mix. It reports whether all of it fits.
func (f *fitting) copy(ctx context.Context, limit int, progress func(int)) (bool, error) {
	for i := range f.mix {
		for range f.mix[i].Replicas {
			if err := ctx.Err(); err != nil {
				return false, err
			}
			if limit > 0 && f.result.Pods == limit {
				f.result.Limited = true
				return false, nil
			}
			fits, err := f.one(i)
			if err != nil || !fits {
				return false, err
			}
			if progress != nil {
				progress(f.result.Pods)
			}
		}
	}
	return true, nil
}

// one places one more pod of a template.
func (f *fitting) one(template int) (bool, error) {
	id := models.PodID(f.cluster.View().Pods())
	op := models.Op{Kind: models.OpCreatePod, Pod: id, Owner: f.owners[template], Def: int32(f.specs[template]),
		Name: f.cluster.Dictionary().Sym(f.mix[template].Name), Ordinal: models.Numbered(int32(f.result.Pods))}
	if err := f.cluster.Apply(f.now, &op); err != nil {
		return false, err
	}
	placements := f.Place(id)
	last := placements[len(placements)-1]
	node := f.cluster.View().Pod(id).Node()
	if node == models.None {
		f.result.Next, f.result.Stop = f.mix[template].Name, last
		return false, f.withdraw(id)
	}
	f.result.Pods++
	f.result.Templates[template].Pods++
	if f.nodes[node] == nil {
		f.nodes[node] = make([]int, len(f.mix))
	}
	f.nodes[node][template]++
	return true, nil
}

// withdraw takes a pod that found no node away again.
func (f *fitting) withdraw(id models.PodID) error {
	for _, op := range []models.Op{{Kind: models.OpDeletePod, Pod: id}, {Kind: models.OpRemovePod, Pod: id}} {
		if err := f.cluster.Apply(f.now, &op); err != nil {
			return fmt.Errorf("a pod that does not fit cannot be taken away: %w", err)
		}
	}
	return nil
}

// finish lists the nodes.
func (f *fitting) finish() {
	v := f.cluster.View()
	f.result.Nodes = make([]FitNode, 0, len(f.nodes))
	for id := range models.NodeID(v.Nodes()) {
		if byTemplate := f.nodes[id]; byTemplate != nil {
			n := FitNode{Node: v.Node(id).Name(), Templates: byTemplate}
			for _, pods := range byTemplate {
				n.Pods += pods
			}
			f.result.Nodes = append(f.result.Nodes, n)
		}
	}
	slices.SortStableFunc(f.result.Nodes, func(a, b FitNode) int { return b.Pods - a.Pods })
}
