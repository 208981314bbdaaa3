package sim

import (
	"errors"
	"strings"

	"github.com/podsim/podsim/models"
)

// drainSeries is one kubectl drain: its nodes are cordoned together and drained one after
// the other.
// Source: k8s.io/kubectl/pkg/cmd/drain/drain.go (RunDrain).
type drainSeries struct {
	step    *Step
	result  int             // its StepResult
	nodes   []models.NodeID // that are still to be drained, the one under way first
	pending []string        // nodes that could not be drained, and why
	fatal   []string
}

// startDrain cordons nodes and begins to evict the pods of the first.
func (s *Simulation) startDrain(step *Step) (string, error) {
	series := &drainSeries{step: step, result: len(s.stepResults), nodes: append([]models.NodeID{step.Node}, step.Others...)}
	for _, id := range series.nodes {
		if node := s.view.Node(id); node.Removed() {
			return "", noNode(node)
		}
	}
	for _, id := range series.nodes {
		node := s.view.Node(id)
		if node.Unschedulable() {
			s.drainSays(series.drain(id), "node/%s already cordoned", node.Name())
			continue
		}
		s.do(models.Op{Kind: models.OpCordonNode, Node: id, Arg: 1})
		s.drainSays(series.drain(id), "node/%s cordoned", node.Name())
	}
	s.drainNext(series)
	if len(series.nodes) == 0 && len(series.fatal) > 0 {
		return "", errors.New(s.drainText())
	}
	return s.drainText(), nil
}

// drain is the drain of one of the nodes.
func (r *drainSeries) drain(id models.NodeID) *drain {
	step := *r.step
	step.Node = id
	return &drain{step: &step, result: r.result, until: models.Never, granted: make(map[int32]models.Time), series: r, upgrade: models.None}
}

// drainNext drains the next node and those that follow at once, and ends with the last.
func (s *Simulation) drainNext(r *drainSeries) {
	for len(r.nodes) > 0 {
		d := r.drain(r.nodes[0])
		node := s.view.Node(r.nodes[0])
		pods, warnings, problems := s.drainable(node, &r.step.Drain)
		if len(problems) > 0 {
			s.refuseDrain(d, aggregate(problems))
			continue
		}
		if len(warnings) > 0 {
			s.drainSays(d, "Warning: %s", strings.Join(warnings, "; "))
		}
		if r.step.Drain.Timeout > 0 {
			d.until = s.agenda.Now().Add(r.step.Drain.Timeout)
		}
		s.proposeDrained(d, pods)
		if d.left > 0 {
			if r.step.Drain.Timeout > 0 {
				s.planDrain(len(s.drains)-1, -1, d.until)
			}
			return
		}
		s.nodeIsDrained(d)
	}
	if len(r.fatal) == 0 {
		return
	}
	d := r.drain(r.step.Node)
	s.drainSays(d, "There are pending nodes to be drained:")
	for _, name := range r.pending {
		s.drainSays(d, " %s", name)
	}
	s.drainSays(d, "error: %s", aggregate(r.fatal))
	if r.result < len(s.stepResults) {
		s.stepResults[r.result].Failed = true
	}
}

// refuseDrain tells why a node cannot be drained, or not to the end.
func (s *Simulation) refuseDrain(d *drain, why string) {
	name := s.view.Node(d.step.Node).Name()
	s.drainSays(d, "error: unable to drain node %q due to error: %s, continuing command...", name, why)
	d.series.pending, d.series.fatal = append(d.series.pending, name), append(d.series.fatal, why)
	d.series.nodes = d.series.nodes[1:]
}

func (s *Simulation) nodeIsDrained(d *drain) {
	s.drainSays(d, "node/%s drained", s.view.Node(d.step.Node).Name())
	d.series.nodes = d.series.nodes[1:]
}

// endDrain tells the end of a drain when no pod is left, and goes on with the next node.
// Source: k8s.io/kubectl/pkg/cmd/drain/drain.go (deleteOrEvictPodsSimple).
func (s *Simulation) endDrain(d *drain) {
	if d.left > 0 {
		return
	}
	if d.upgrade != models.None {
		s.nodeDrained(d)
		return
	}
	if len(d.failed) == 0 {
		s.nodeIsDrained(d)
	} else {
		node, why := s.view.Node(d.step.Node), aggregate(d.failed)
		if pending, _, _ := s.drainable(node, &d.step.Drain); len(pending) > 0 {
			s.drainSays(d, "There are pending pods in node %q when an error occurred: %s", node.Name(), why)
			for _, id := range pending {
				s.drainSays(d, "pod/%s", s.view.Pod(id).Name())
			}
		}
		s.refuseDrain(d, why)
	}
	s.drainNext(d.series)
}
