package sim

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
)

// revised completes a template of an object that keeps its templates as revisions. Its
// revision is called by the image: that of app:2 is 2.
func (s *story) revised(t *testing.T, d *datadriven.TestData, template *Template, kind models.OwnerKind) *models.OwnerSpec {
	image, strategy := "app:1", "RollingUpdate"
	owner := &models.OwnerSpec{Kind: kind, Replicas: 1, Namespace: s.d.Sym("default"), RevisionHistoryLimit: 10}
	d.MaybeScanArgs(t, "image", &image)
	d.MaybeScanArgs(t, "strategy", &strategy)
	d.MaybeScanArgs(t, "minready", &owner.MinReadySeconds)
	d.MaybeScanArgs(t, "history", &owner.RevisionHistoryLimit)
	if strategy == models.OnDelete.String() {
		owner.Strategy = models.OnDelete
	}
	pinned := ""
	if d.MaybeScanArgs(t, "pinned", &pinned); pinned != "" {
		template.Pod.NodeName = s.d.Sym(pinned)
	}
	_, revision, _ := strings.Cut(image, ":")
	owner.TemplateHash = s.d.Sym(revision)
	template.Pod.Labels = template.Pod.Labels.With(s.d.Sym(models.LabelRevisionHash), owner.TemplateHash)
	template.Owner = owner
	return owner
}

// again lets equal templates be one, so that an object can go back to it.
func (s *story) again(name string, template *Template) {
	key := name + " " + s.d.String(template.Owner.TemplateHash)
	if known := s.shared[key]; known != nil {
		template.Pod, template.Behavior = known.Pod, known.Behavior
	}
	s.shared[key] = template
}

func (s *story) statefulSet(t *testing.T, d *datadriven.TestData, name string, template *Template) {
	owner := s.revised(t, d, template, models.StatefulSet)
	claims := ""
	d.MaybeScanArgs(t, "replicas", &owner.Replicas)
	d.MaybeScanArgs(t, "start", &owner.FirstOrdinal)
	d.MaybeScanArgs(t, "partition", &owner.Partition)
	d.MaybeScanArgs(t, "parallel", &owner.Parallel)
	d.MaybeScanArgs(t, "claims", &claims)
	if claims != "" {
		owner.ClaimTemplates = []models.ClaimSpec{{Name: s.d.Sym(claims), Request: 1 << 30, Requested: true}}
	}
	owner.DeleteClaimsWhenScaled, owner.DeleteClaimsWhenDeleted = d.HasArg("whenscaled"), d.HasArg("whendeleted")
	s.again(name, template)
}

func (s *story) daemonSet(t *testing.T, d *datadriven.TestData, name string, template *Template) {
	owner := s.revised(t, d, template, models.DaemonSet)
	surge, unavailable, on := "0", "1", ""
	d.MaybeScanArgs(t, "surge", &surge)
	d.MaybeScanArgs(t, "unavailable", &unavailable)
	d.MaybeScanArgs(t, "on", &on)
	owner.Replicas, owner.MaxSurge, owner.MaxUnavailable = 0, share(t, surge), share(t, unavailable)
	if on != "" {
		template.Pod.NodeSelector = models.NewLabels(models.Label{Key: s.d.Sym(on), Value: s.d.Sym("yes")})
	}
	template.Pod.Tolerations = nil
	for _, taint := range []struct {
		key    string
		effect models.Effect
	}{{models.TaintNotReady, models.NoExecute}, {models.TaintUnreachable, models.NoExecute}, {models.TaintUnschedulable, models.NoSchedule}} {
		template.Pod.Tolerations = append(template.Pod.Tolerations, models.Toleration{Key: s.d.Sym(taint.key), Exists: true, Effect: taint.effect})
	}
	s.again(name, template)
}

// delete is a user who deletes a pod, or an object that rolls out.
func (s *story) delete(t *testing.T, d *datadriven.TestData) {
	var pod, name string
	d.MaybeScanArgs(t, "pod", &pod)
	if d.MaybeScanArgs(t, "name", &name); name != "" {
		var how string
		d.MaybeScanArgs(t, "cascade", &how)
		propagation := map[string]models.Propagation{"foreground": models.Foreground, "orphan": models.Orphan}[how]
		s.plan(t, d, Step{Kind: StepDelete, Grace: -1, Propagation: propagation}, name)
		return
	}
	otherwise := time.Duration(-1)
	if d.HasArg("force") {
		otherwise = 0
	}
	s.config.Steps = append(s.config.Steps, Step{
		At: models.Time(span(t, d, "at", 0)), Kind: StepDelete, Text: "delete pod/" + pod, Grace: span(t, d, "grace", otherwise), Force: d.HasArg("force"),
		Object: StepObject{IsPod: true, Namespace: s.d.Sym("default"), Name: s.d.Sym(pod), Ordinal: models.Exact},
	})
}

// changeNode is a user who changes a node. Labels have the value yes, and taints none.
func (s *story) changeNode(t *testing.T, d *datadriven.TestData) {
	var name string
	d.ScanArgs(t, "node", &name)
	step := Step{At: models.Time(span(t, d, "at", 0)), Text: "change node/" + name, Overwrite: true, Grace: -1}
	step.Node = models.NodeID(slices.IndexFunc(s.config.Nodes, func(n *models.NodeSpec) bool { return s.d.String(n.Name) == name }))
	for _, arg := range d.CmdArgs {
		key, effect, _ := strings.Cut(strings.Join(arg.Vals, ""), ":")
		kind, known := map[string]StepKind{
			"label": StepLabel, "unlabel": StepUnlabel, "taint": StepTaint, "untaint": StepUntaint, "cordon": StepCordon, "uncordon": StepUncordon,
			"delete": StepDeleteNode, "apply": StepChangeNode, "cpu": StepChangeNode, "taints": StepChangeNode,
		}[arg.Key]
		if !known {
			continue
		}
		step.Kind = kind
		if kind == StepChangeNode {
			step.Done, step.NodeChange, step.NodeSpec = "configured", new(NodeChange), s.config.Nodes[step.Node]
		}
		if cpu, err := strconv.ParseInt(key, 10, 64); arg.Key == "cpu" && err == nil {
			step.Done, step.NodeChange.Allocatable = "patched", []NodeAmount{{s.d.Sym("cpu"), cpu}}
		}
		step.Labels = models.Labels{{Key: s.d.Sym(key), Value: s.d.Sym("yes")}}
		step.Taint = models.Taint{Key: s.d.Sym(key), Effect: models.NoSchedule}
		if effect == models.NoExecute.String() {
			step.Taint.Effect = models.NoExecute
		}
		if arg.Key == "taints" {
			step.NodeChange.Taints = []models.Taint{step.Taint}
		}
	}
	s.config.Steps = append(s.config.Steps, step)
}

// join lets a node join.
func (s *story) join(t *testing.T, d *datadriven.TestData) {
	var name string
	d.ScanArgs(t, "name", &name)
	known := len(s.config.Nodes)
	s.node(name, "a", models.Resources{models.CPU: 4000, models.Memory: 64 << 30})
	s.config.Steps = append(s.config.Steps, Step{
		At: models.Time(span(t, d, "at", 0)), Kind: StepJoin, Text: "create node/" + name, NodeSpec: s.config.Nodes[known],
	})
	s.config.Nodes = s.config.Nodes[:known]
}
