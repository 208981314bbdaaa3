package why

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
)

// ownerDeed says what an operation does to a workload; empty if that tells nothing.
func (s *Story) ownerDeed(op *models.Op, o cluster.Owner) string {
	d, name := o.View().Dictionary(), ownerName(o)
	switch op.Kind {
	case models.OpCreateOwner:
		if o.Kind() == models.DaemonSet {
			return name + " created"
		}
		return name + " created with " + sizeText(o, int(o.Replicas()))
	case models.OpScaleOwner:
		return name + " is to have " + sizeText(o, int(op.Arg))
	case models.OpUpdateOwner:
		return name + " is changed"
	case models.OpReviseOwner:
		return fmt.Sprintf("%s becomes revision %d", name, op.Arg)
	case models.OpSetCondition:
		if op.Arg == models.None {
			return ""
		}
		return fmt.Sprintf("%s: %s=%s%s", name, d.String(op.Name), models.ConditionStatus(op.Arg), because(d.String(op.Reason)))
	case models.OpFailCreate:
		return name + refusedWords + refusedThing(op, d) + ": " + d.String(op.Message)
	case models.OpFinishOwner:
		if op.Arg == 1 {
			return name + " is complete"
		}
		return name + " has failed" + because(d.String(op.Reason))
	case models.OpTerminateOwner, models.OpDeleteOwner:
		return name + " is deleted" + because(d.String(op.Reason))
	case models.OpReportOwner:
		return name + ": " + d.String(op.Reason) + because(d.String(op.Message))
	}
	return ""
}

// sizeText is how many pods a workload is to have, as it says itself.
func sizeText(o cluster.Owner, n int) string {
	switch o.Kind() {
	case models.Job:
		return fmt.Sprintf("a parallelism of %d", n)
	case models.DaemonSet:
		return reports.Plural(n, "pod")
	}
	return reports.Plural(n, "replica")
}

// refusedWords stand in what is told of a refusal.
const refusedWords = " was refused "

// refusedThing is what a controller was refused, in the singular.
func refusedThing(op *models.Op, d *models.Dictionary) string {
	switch resource, _, _ := strings.Cut(d.String(op.Reason), "."); resource {
	case "pods":
		return "a pod"
	case "persistentvolumeclaims":
		return "a PersistentVolumeClaim"
	case "replicasets":
		return "a ReplicaSet"
	default:
		return "an object"
	}
}

// rescaled notes that an autoscaler has given its target another size.
func (s *Story) rescaled(op *models.Op, autoscaler cluster.Owner) {
	v, target := autoscaler.View(), autoscaler.Spec().Autoscaler.Target
	d := v.Dictionary()
	for _, owner := range s.owners {
		o := v.Owner(owner.id)
		if o.Deleted() || o.Spec().Namespace != autoscaler.Spec().Namespace || o.Name() != d.String(target.Name) || o.Kind().String() != d.String(target.Kind) {
			continue
		}
		owner.scaledBy = "as " + ownerName(autoscaler) + " says" + because(d.String(op.Message))
		if s.query.Kind != podKind {
			s.facts.add(s.now, s.at, ownerName(o)+" was scaled by "+ownerName(autoscaler)+because(d.String(op.Message)), false)
		}
		return // there is but one of a name
	}
}

// observeNode tells those on a node what befalls it.
func (s *Story) observeNode(op *models.Op, v cluster.View) {
	text, bad := nodeDeed(op, v)
	if text == "" {
		return
	}
	if bad {
		s.trouble[op.Node] = trouble{s.now, text}
		if s.now <= s.at {
			s.then[op.Node] = s.trouble[op.Node]
		}
	}
	if op.Kind == models.OpCordonNode && op.Arg == 1 && s.now <= s.at {
		s.cordoned[op.Node] = s.now
	}
	for _, l := range s.onNode[op.Node] {
		if l.subject {
			l.facts.add(s.now, s.at, "its node "+text, false)
		}
	}
}

// nodeDeed says what befalls a node, and whether that is what others suffer from.
func nodeDeed(op *models.Op, v cluster.View) (text string, bad bool) {
	d := v.Dictionary()
	switch op.Kind {
	case models.OpCrashNode:
		return "went down" + by(d.String(op.Reason)), true
	case models.OpShutDownNode:
		return "was told to shut down" + by(d.String(op.Reason)), true
	case models.OpSilenceNode:
		switch models.Silence(op.Arg) {
		case models.Heard:
			return "is heard again", false
		case models.CutOff:
			return "was cut off from the control plane" + by(d.String(op.Reason)), true
		default:
			return "fell silent" + by(d.String(op.Reason)), true
		}
	case models.OpRestoreNode:
		return "is up again", false
	case models.OpSetNodeReady:
		return "has Ready=" + models.ConditionStatus(op.Arg).String() + because(d.String(op.Reason)), false
	case models.OpSetNodeCondition:
		return fmt.Sprintf("has %s=%s", d.String(op.Name), models.ConditionStatus(op.Arg)), false
	case models.OpTaintNode:
		return "got the taint " + taintText(op.Taint, d), false
	case models.OpUntaintNode:
		return "lost the taint " + taintText(op.Taint, d), false
	case models.OpCordonNode:
		if op.Arg == 1 {
			return "was cordoned", false
		}
		return "was uncordoned", false
	case models.OpRemoveNode:
		return "was deleted" + because(d.String(op.Reason)), true
	}
	return "", false
}

// by names the fault behind what happens to a node.
func by(name string) string {
	if name == "" {
		return ""
	}
	return " (fault " + name + ")"
}

func taintText(t models.Taint, d *models.Dictionary) string {
	text := d.String(t.Key)
	if t.Value != 0 {
		text += "=" + d.String(t.Value)
	}
	return text + ":" + t.Effect.String()
}

// troubleOf says what has befallen a node, and when.
func (s *Story) troubleOf(id models.NodeID) string {
	t, ok := s.trouble[id]
	if !ok {
		return ""
	}
	return t.text + " at " + reports.Clock(reports.SecondsOf(t.at))
}
