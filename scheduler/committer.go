package scheduler

import (
	"fmt"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Committer carries claims out against the cluster as it is when they arrive.
// With a single scheduler that waits for the answer nothing can conflict; with
// several, the first claim of a pod wins.
type Committer struct{ cluster *cluster.Cluster }

// NewCommitter returns the committer of a cluster.
func NewCommitter(c *cluster.Cluster) Committer { return Committer{c} }

// Commit carries out what a claim asks for before it binds its pod, and binds it;
// or it refuses with the reason and changes nothing.
func (c Committer) Commit(now models.Time, claim *Claim) error {
	v := c.cluster.View()
	switch {
	case claim.Op.Kind != models.OpBindPod || claim.Op.Pod != claim.Pod || claim.Op.Node != claim.Node:
		return fmt.Errorf("claim of pod %d for node %d: the operation is %s of pod %d to node %d",
			claim.Pod, claim.Node, claim.Op.Kind, claim.Op.Pod, claim.Op.Node)
	case claim.Node < 0 || int(claim.Node) >= v.Nodes():
		return fmt.Errorf("claim of pod %d: no node has id %d", claim.Pod, claim.Node)
	case claim.Pod < 0 || int(claim.Pod) >= v.Pods():
		return fmt.Errorf("claim for node %s: no pod has id %d", v.Node(claim.Node).Name(), claim.Pod)
	case v.Node(claim.Node).Removed() && v.Pod(claim.Pod).Assumed() != claim.Node:
		return fmt.Errorf("claim of pod %d: node %s is gone", claim.Pod, v.Node(claim.Node).Name())
	}
	switch pod := v.Pod(claim.Pod); {
	case pod.Removed():
		return fmt.Errorf("claim of pod %d: it is gone", claim.Pod)
	case pod.Node() != models.None:
		return fmt.Errorf("claim of pod %s: it is on node %s already", pod.Name(), v.Node(pod.Node()).Name())
	}
	if v.Pod(claim.Pod).Assumed() == claim.Node { // what comes before is done
		if err := c.cluster.Apply(now, &claim.Op); err != nil {
			return fmt.Errorf("claim for node %s: %w", v.Node(claim.Node).Name(), err)
		}
		return nil
	}
	return c.carryOut(now, claim, &claim.Op)
}

// Assume carries out what a claim asks for before it binds its pod, and keeps room
// for the pod; or it refuses with the reason and changes nothing. Commit or Forget
// is to follow.
func (c Committer) Assume(now models.Time, claim *Claim) error {
	return c.carryOut(now, claim, &models.Op{Kind: models.OpAssumePod, Pod: claim.Pod, Node: claim.Node})
}

// Forget takes back what Assume did, as far as it is still so.
func (c Committer) Forget(now models.Time, claim *Claim) {
	if pod := c.cluster.View().Pod(claim.Pod); !pod.Removed() && pod.Assumed() == claim.Node {
		op := models.Op{Kind: models.OpForgetPod, Pod: claim.Pod}
		if err := c.cluster.Apply(now, &op); err != nil {
			panic(fmt.Sprintf("scheduler: room that is kept cannot be given back: %v", err))
		}
	}
	c.takeBack(now, claim.Before)
}

func (c Committer) carryOut(now models.Time, claim *Claim, op *models.Op) error {
	refuse := func(err error) error {
		return fmt.Errorf("claim for node %s: %w", c.cluster.View().Node(claim.Node).Name(), err)
	}
	for i := range claim.Before {
		if err := c.cluster.Apply(now, &claim.Before[i]); err != nil {
			c.takeBack(now, claim.Before[:i])
			return refuse(err)
		}
	}
	if err := c.cluster.Apply(now, op); err != nil {
		c.takeBack(now, claim.Before)
		return refuse(err)
	}
	return nil
}

// takeBack undoes what was carried out for a claim, the last first.
func (c Committer) takeBack(now models.Time, ops []models.Op) {
	for i := len(ops) - 1; i >= 0; i-- {
		op := ops[i]
		switch op.Kind {
		case models.OpBindClaim:
			op.Def = models.None
		case models.OpPlaceClaim:
			op.Node = models.None
		default:
			panic(fmt.Sprintf("scheduler: a Reserve plugin asked for %s, which cannot be taken back", op.Kind))
		}
		if err := c.cluster.Apply(now, &op); err != nil {
			panic(fmt.Sprintf("scheduler: what was just applied cannot be taken back: %v", err))
		}
	}
}
