package place

import (
	"strings"

	"github.com/podsim/podsim/models"
)

// conditionPrefix begins the keys of the taints by which the node lifecycle controller
// tells of the conditions of a node.
// Source: pkg/controller/nodelifecycle (nodeConditionToTaintKeyStatusMap).
const conditionPrefix = "node.kubernetes.io/"

// ofCondition reports whether a taint tells of a condition: it goes when the condition
// does, and a pod that tolerated it would not be served.
func (s *search) ofCondition(t models.Taint) bool {
	key := s.d.String(t.Key)
	return strings.HasPrefix(key, conditionPrefix) && key != models.TaintUnschedulable
}

// conditions lets one node recover from what its taints tell of, the fewest there are.
func (s *search) conditions() error {
	for _, set := range s.taintSets() {
		what, other := "", false
		for _, taint := range set.taints {
			if !s.ofCondition(taint) {
				other = true
				break
			}
			what = s.recovery(taint, what)
		}
		if other {
			continue
		}
		for _, id := range set.nodes {
			do, undo := s.retaint(id, set.taints)
			found, err := s.after("condition", strings.ReplaceAll(what, nodeHere, s.node(id).Name()), do, undo)
			if err != nil || found {
				return err
			}
		}
	}
	return nil
}

// nodeHere stands for the name of a node, which holds no such character.
const nodeHere = "\x00"

// recovery says what a node without a taint has got over. What was said of the others
// stays, but for what is said already.
func (s *search) recovery(t models.Taint, said string) string {
	is := ""
	switch condition := strings.TrimPrefix(s.d.String(t.Key), conditionPrefix); condition {
	case "not-ready", "unreachable":
		is = "have node " + nodeHere + " Ready again"
	case "out-of-service":
		is = "take node " + nodeHere + " back into service"
	default:
		is = "relieve node " + nodeHere + " of its condition " + condition
	}
	switch {
	case said == "":
		return is
	case strings.Contains(said, is):
		return said
	}
	return said + " and " + is
}
