package sim

import (
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
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
