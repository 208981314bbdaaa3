package place

import (
	"fmt"
	"strconv"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler"
)

// maxCopies is how many nodes are added at most for a pod and those in front of it.
const maxCopies = 256

// severalMore finds how many nodes like one that was added have to come so that the pods in
// front of the pod leave it room, and tells that instead of one node.
func (s *search) severalMore(spec *models.NodeSpec, like string) error {
	low, high, to := 2, 2, ""
	for ; high <= maxCopies; low, high = high+1, high*2 {
		node, err := s.withCopies(spec, high)
		if err != nil {
			return err
		}
		if to = node; to != "" {
			break
		}
	}
	if to == "" {
		return nil
	}
	for low < high {
		middle := low + (high-low)/2
		node, err := s.withCopies(spec, middle)
		if err != nil {
			return err
		}
		if node == "" {
			low = middle + 1
		} else {
			high, to = middle, node
		}
	}
	what := fmt.Sprintf("add %d more nodes like %s, for it and the pods in front of it", high, like)
	if spec.Group != 0 {
		what = fmt.Sprintf("add %d more nodes to group %s, like %s, for it and the pods in front of it", high, s.d.String(spec.Group), like)
	}
	s.found[len(s.found)-1] = Change{Kind: "node", What: s.before + what, Node: to}
	return nil
}

// withCopies is the node on which the pod would go with so many nodes like one that was
// added, that one among them, when those in front of it have been placed; empty if nowhere.
func (s *search) withCopies(spec *models.NodeSpec, nodes int) (string, error) {
	plain, err := s.plain()
	if err != nil {
		return "", err
	}
	after := *s.trial
	after.cluster, after.scheduler = s.cluster.Clone(), plain
	hostname := s.d.Sym(models.LabelHostname)
	for n := 2; n <= nodes; n++ {
		copied := *spec
		copied.Name = s.d.Sym(s.d.String(spec.Name) + "-" + strconv.Itoa(n))
		copied.Labels = copied.Labels.With(hostname, copied.Name)
		id := models.NodeID(after.cluster.View().Nodes())
		if err := after.apply(models.Op{Kind: models.OpAddNode, Node: id, Def: int32(after.cluster.DefineNode(&copied))}); err != nil {
			return "", err
		}
	}
	attempt, err := after.behind(s.spec)
	if err != nil || attempt.Skipped != "" || attempt.Verdict != scheduler.Claimed {
		return "", err
	}
	return after.cluster.View().Node(attempt.Claim.Node).Name(), nil
}
