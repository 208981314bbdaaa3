package sim

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// selecting gives an owner the selector app=select, and its ReplicaSets the label.
func (s *story) selecting(t *testing.T, d *datadriven.TestData, template *Template) {
	app := ""
	if d.MaybeScanArgs(t, "select", &app); app == "" || template.Owner == nil {
		return
	}
	key, value := s.d.Sym("app"), s.d.Sym(app)
	template.Owner.Namespace = s.d.Sym("default")
	template.Owner.Selector = models.Selector{{Key: key, Op: models.In, Values: []models.Sym{value}}}
	template.Owner.Labels = models.NewLabels(models.Label{Key: key, Value: value})
	if template.ReplicaSet != nil {
		template.ReplicaSet.Selector, template.ReplicaSet.Labels = template.Owner.Selector, template.Owner.Labels
	}
}

// labelPod is a user who changes the label app of a pod; without a value it goes.
func (s *story) labelPod(t *testing.T, d *datadriven.TestData) {
	var pod, app string
	d.ScanArgs(t, "pod", &pod)
	d.MaybeScanArgs(t, "app", &app)
	step := Step{Kind: StepUnlabel, Done: "unlabeled", Labels: models.Labels{{Key: s.d.Sym("app")}}}
	if app != "" {
		step = Step{Kind: StepLabel, Done: "labeled", Labels: models.Labels{{Key: s.d.Sym("app"), Value: s.d.Sym(app)}}}
	}
	step.Overwrite = d.HasArg("overwrite")
	s.planPod(t, d, step, pod)
}

// planPod adds a step of the user of a pod.
func (s *story) planPod(t *testing.T, d *datadriven.TestData, step Step, pod string) {
	step.At, step.Text, step.Grace = models.Time(span(t, d, "at", 0)), d.Cmd+" pod/"+pod, span(t, d, "grace", -1)
	step.Object = StepObject{IsPod: true, Namespace: s.d.Sym("default"), Name: s.d.Sym(pod), Ordinal: models.Exact}
	s.config.Steps = append(s.config.Steps, step)
}

// budget writes what a PodDisruptionBudget says after an operation.
func (p *tape) budget(op *models.Op, v cluster.View) {
	id := op.Def
	if op.Kind == models.OpAddBudget {
		id = int32(v.RunBudgets() - 1)
	}
	b := v.Budget(id)
	fmt.Fprintf(&p.text, " by %s", b.Name())
	if op.Kind != models.OpWriteBudgetStatus && op.Kind != models.OpAllowDisruption {
		return
	}
	is := b.Status()
	status, reason := is.Condition()
	fmt.Fprintf(&p.text, " allowed=%d healthy=%d/%d expected=%d %s:%s", is.Allowed, is.CurrentHealthy, is.DesiredHealthy, is.ExpectedPods, status, reason)
	for _, d := range is.Disrupted {
		fmt.Fprintf(&p.text, " disrupted=%s", v.Pod(d.Pod).Name())
	}
	if is.Failed != 0 {
		fmt.Fprintf(&p.text, " (%s)", v.Dictionary().String(is.Failed))
	}
}

// evict is a user who evicts a pod.
func (s *story) evict(t *testing.T, d *datadriven.TestData) {
	var pod string
	d.ScanArgs(t, "pod", &pod)
	s.planPod(t, d, Step{Kind: StepEvict}, pod)
}

// drain is a user who drains a node.
func (s *story) drain(t *testing.T, d *datadriven.TestData) {
	var node string
	d.ScanArgs(t, "node", &node)
	step := Step{At: models.Time(span(t, d, "at", 0)), Kind: StepDrain, Text: "drain " + node, Grace: span(t, d, "grace", -1)}
	step.Node = models.NodeID(slices.IndexFunc(s.config.Nodes, func(n *models.NodeSpec) bool { return s.d.String(n.Name) == node }))
	for _, arg := range d.CmdArgs {
		if arg.Key == "then" {
			for _, name := range arg.Vals {
				step.Text += " " + name
				step.Others = append(step.Others, models.NodeID(slices.IndexFunc(s.config.Nodes, func(n *models.NodeSpec) bool { return s.d.String(n.Name) == name })))
			}
		}
	}
	step.Drain = DrainOptions{
		IgnoreDaemonSets: d.HasArg("ignoredaemonsets"), DeleteEmptyDir: d.HasArg("deleteemptydir"), Force: d.HasArg("force"),
		DisableEviction: d.HasArg("disableeviction"), Timeout: span(t, d, "timeout", 0),
	}
	d.MaybeScanArgs(t, "skip", &step.Drain.SkipDeleted)
	selector := ""
	if d.MaybeScanArgs(t, "app", &selector); selector != "" {
		step.Drain.Pods = models.Selector{{Key: s.d.Sym("app"), Op: models.In, Values: []models.Sym{s.d.Sym(selector)}}}
	}
	s.config.Steps = append(s.config.Steps, step)
}

// answers writes what users were told since the last time.
func (s *story) answers() string {
	var b strings.Builder
	for _, r := range s.sim.StepResults() {
		if len(r.Lines) == 0 {
			fmt.Fprintf(&b, "%-10s %s: %s\n", r.At, r.Text, r.Message)
		}
		for _, line := range r.Lines {
			fmt.Fprintf(&b, "%-10s %s: %s\n", line.At, r.Text, line.Text)
		}
	}
	return b.String()
}
