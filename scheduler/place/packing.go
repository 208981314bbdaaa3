package place

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler"
)

// Schedulers makes a scheduler for a cluster with these symbols.
type Schedulers func(*models.Dictionary) (*scheduler.Scheduler, error)

// Packing puts pods of a Cell on some of its nodes.
type Packing struct {
	cell      *Cell
	cluster   *cluster.Cluster
	scheduler *scheduler.Scheduler
	committer scheduler.Committer
	nodes     []int // of the cell, by id
	ids       map[int]models.NodeID
	owners    map[int]models.OwnerID
}

// Pack returns the packing of nodes of the cell, given by their places, that are all
// empty. They join in that order.
func (c *Cell) Pack(nodes []int, schedulers Schedulers) (*Packing, error) {
	p := &Packing{cell: c, cluster: c.base.Vacated(), nodes: nodes,
		ids: make(map[int]models.NodeID, len(nodes)), owners: make(map[int]models.OwnerID)}
	var err error
	if p.scheduler, err = schedulers(p.cluster.Dictionary()); err != nil {
		return nil, err
	}
	p.committer = scheduler.NewCommitter(p.cluster)
	for id, node := range nodes {
		op := models.Op{Kind: models.OpAddNode, Node: models.NodeID(id), Def: int32(c.Nodes[node].def)}
		if err := p.apply(&op); err != nil {
			return nil, err
		}
		p.ids[node] = models.NodeID(id)
	}
	return p, nil
}

func (p *Packing) apply(op *models.Op) error {
	if err := p.cluster.Apply(p.cluster.Now(), op); err != nil {
		return fmt.Errorf("a cell cannot be put together: %w", err)
	}
	return nil
}

// Put binds a pod to the node that it has in the cell. It reports whether the packing
// has that node.
func (p *Packing) Put(pod *CellPod) (bool, error) {
	node, ok := p.ids[pod.Node]
	if !ok {
		return false, nil
	}
	id, err := p.create(pod)
	if err != nil {
		return false, err
	}
	return true, p.apply(&models.Op{Kind: models.OpBindPod, Pod: id, Node: node})
}

// Placed is what became of a pod that was tried.
type Placed struct {
	Node int // its place in the cell; -1 if it found none
	// Message says why it found none, as the event FailedScheduling does.
	Message string
	// Skipped says why the scheduler would not try it at all.
	Skipped string
}

// Place schedules a pod. One that finds no node stays pending.
func (p *Packing) Place(pod *CellPod) (Placed, error) {
	id, err := p.create(pod)
	if err != nil {
		return Placed{}, err
	}
	tried := p.scheduler.Try(p.cluster.View(), id)
	switch {
	case tried.Skipped != "":
		return Placed{Node: -1, Skipped: tried.Skipped}, nil
	case tried.Verdict != scheduler.Claimed:
		return Placed{Node: -1, Message: tried.Message}, nil
	}
	if err := p.committer.Commit(p.cluster.Now(), &tried.Claim); err != nil {
		return Placed{Node: -1, Message: err.Error()}, nil //nolint:nilerr // a refused claim is an answer
	}
	return Placed{Node: p.nodes[tried.Claim.Node]}, nil
}

// Refuses says why the scheduler would not try a pod at all; empty if it would. The pod
// stays pending.
func (p *Packing) Refuses(pod *CellPod) (string, error) {
	id, err := p.create(pod)
	if err != nil {
		return "", err
	}
	return p.scheduler.Try(p.cluster.View(), id).Skipped, nil
}

// create makes a pod, and its owner if it is the first of it.
func (p *Packing) create(pod *CellPod) (models.PodID, error) {
	owner := models.OwnerID(models.None)
	if pod.owner >= 0 {
		var known bool
		if owner, known = p.owners[pod.owner]; !known {
			of := &p.cell.owners[pod.owner]
			owner = models.OwnerID(len(p.owners))
			if err := p.apply(&models.Op{Kind: models.OpCreateOwner, Owner: owner, Parent: models.None, Def: int32(of.spec),
				Name: of.name, Ordinal: models.Exact}); err != nil {
				return 0, err
			}
			p.owners[pod.owner] = owner
		}
	}
	id := models.PodID(p.cluster.View().Pods())
	ordinal := models.Exact
	if pod.copy > 0 {
		ordinal = models.Numbered(pod.copy)
	}
	return id, p.apply(&models.Op{Kind: models.OpCreatePod, Pod: id, Owner: owner, Def: int32(pod.def), Name: pod.Name, Ordinal: ordinal})
}
