package kubescheduler

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// of carries a change out on the object.
func (c Change) of(node *corev1.Node) {
	switch c.Kind {
	case "cordon":
		node.Spec.Unschedulable = true
	case "uncordon":
		node.Spec.Unschedulable = false
	case "label":
		if node.Labels == nil {
			node.Labels = make(map[string]string)
		}
		node.Labels[c.Key] = c.Value
	case "unlabel":
		delete(node.Labels, c.Key)
	case "taint":
		taint := corev1.Taint{Key: c.Key, Value: c.Value, Effect: corev1.TaintEffect(c.Effect)}
		node.Spec.Taints = slices.DeleteFunc(node.Spec.Taints, func(t corev1.Taint) bool { return taint.MatchTaint(&t) })
		node.Spec.Taints = append(node.Spec.Taints, taint)
	case "untaint":
		node.Spec.Taints = slices.DeleteFunc(node.Spec.Taints, func(t corev1.Taint) bool {
			return t.Key == c.Key && t.Effect == corev1.TaintEffect(c.Effect)
		})
	case "resize":
		if node.Status.Allocatable == nil {
			node.Status.Allocatable = corev1.ResourceList{}
		}
		if c.Key == string(corev1.ResourceCPU) {
			node.Status.Allocatable[corev1.ResourceCPU] = *resource.NewMilliQuantity(c.Amount, resource.DecimalSI)
			return
		}
		node.Status.Allocatable[corev1.ResourceName(c.Key)] = *resource.NewQuantity(c.Amount, resource.BinarySI)
	}
}

var effects = map[string]models.Effect{
	"NoSchedule": models.NoSchedule, "PreferNoSchedule": models.PreferNoSchedule, "NoExecute": models.NoExecute,
}

// ops are the change as podsim has it. What would change nothing is none.
func (c Change) ops(d *models.Dictionary, node cluster.Node) []models.Op {
	op := models.Op{Node: node.ID()}
	switch c.Kind {
	case "cordon", "uncordon":
		op.Kind = models.OpCordonNode
		if node.Unschedulable() == (c.Kind == "cordon") {
			return nil
		}
		if c.Kind == "cordon" {
			op.Arg = 1
		}
	case "label", "unlabel":
		value, labelled := node.Labels().Get(d.Sym(c.Key))
		op.Kind, op.Taint = models.OpLabelNode, models.Taint{Key: d.Sym(c.Key), Value: d.Sym(c.Value)}
		if c.Kind == "label" && labelled && value == op.Taint.Value || c.Kind == "unlabel" && !labelled {
			return nil
		}
		if c.Kind == "unlabel" {
			op.Kind, op.Taint.Value = models.OpUnlabelNode, 0
		}
	case "taint", "untaint":
		var ops []models.Op
		taint := models.Taint{Key: d.Sym(c.Key), Value: d.Sym(c.Value), Effect: effects[c.Effect]}
		for _, old := range node.Taints() {
			if old.Key == taint.Key && old.Effect == taint.Effect {
				ops = append(ops, models.Op{Kind: models.OpUntaintNode, Node: node.ID(), Taint: old})
			}
		}
		if c.Kind == "taint" {
			ops = append(ops, models.Op{Kind: models.OpTaintNode, Node: node.ID(), Taint: taint})
		}
		return ops
	case "resize":
		op.Kind, op.Name, op.Arg = models.OpResizeNode, d.Sym(c.Key), c.Amount
		if at := slices.Index(d.ResourceNames(), c.Key); at >= 0 && node.Allocatable()[at] == c.Amount {
			return nil
		}
	}
	return []models.Op{op}
}
