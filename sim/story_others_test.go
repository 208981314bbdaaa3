package sim

import (
	"cmp"
	"fmt"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// service lets the pods of an app have a Service, from the start or by a step.
func (s *story) service(t *testing.T, d *datadriven.TestData) {
	var name, app string
	d.ScanArgs(t, "name", &name)
	d.MaybeScanArgs(t, "app", &app)
	spec := &models.ServiceSpec{Namespace: cmp.Or(s.inside, s.d.Sym("default")), Name: s.d.Sym(name)}
	if app != "" {
		spec.Selector = models.NewLabels(models.Label{Key: s.d.Sym("app"), Value: s.d.Sym(app)})
	}
	d.MaybeScanArgs(t, "type", &spec.Type)
	if !d.HasArg("at") {
		s.config.Objects.Services = append(s.config.Objects.Services, spec)
		return
	}
	spec.Later = true
	s.planOther(t, d, ServiceObject, spec.Namespace, spec.Name, Step{Service: spec})
}

// claim lets a user make or delete a PersistentVolumeClaim.
func (s *story) claim(t *testing.T, d *datadriven.TestData) {
	var name string
	d.ScanArgs(t, "name", &name)
	spec := &models.ClaimSpec{Namespace: cmp.Or(s.inside, s.d.Sym("default")), Name: s.d.Sym(name), Request: 1 << 30, Requested: true, Later: true}
	s.config.Objects.Awaited = append(s.config.Objects.Awaited, models.ClaimRef{Namespace: spec.Namespace, Name: spec.Name, Given: true})
	s.planOther(t, d, ClaimObject, spec.Namespace, spec.Name, Step{Claim: spec})
}

// mounts lets a pod use a PersistentVolumeClaim.
func (s *story) mounts(t *testing.T, d *datadriven.TestData, pod *models.PodSpec) {
	name := ""
	if d.MaybeScanArgs(t, "mount", &name); name != "" {
		pod.Volumes = []models.Volume{{Kind: models.ClaimVolume, Claim: s.d.Sym(name)}}
	}
}

// planOther adds a step of the user that makes, changes or deletes an object.
func (s *story) planOther(t *testing.T, d *datadriven.TestData, kind OtherKind, namespace, name models.Sym, step Step) {
	do := "apply"
	d.MaybeScanArgs(t, "do", &do)
	step.At, step.Text = models.Time(span(t, d, "at", 0)), do+" "+d.Cmd+"/"+s.d.String(name)
	step.Kind, step.Done, step.Grace, step.Replicas = StepApply, "configured", -1, models.Unset
	switch do {
	case "patch":
		step.Kind, step.Done = StepUpdate, "patched"
	case "delete":
		step.Kind = StepDelete
	}
	step.Object = StepObject{Other: kind, Namespace: namespace, Name: name, Ordinal: models.Exact}
	s.config.Steps = append(s.config.Steps, step)
}

// service writes what a Service selects after an operation.
func (p *tape) service(op *models.Op, v cluster.View) {
	id := op.Def
	if op.Kind == models.OpAddService {
		id = int32(v.AllServices() - 1)
	}
	spec := v.Service(id).Spec()
	fmt.Fprintf(&p.text, " %s", v.Dictionary().String(spec.Name))
	if op.Kind != models.OpRemoveService {
		n := v.CountEndpoints(spec)
		fmt.Fprintf(&p.text, " endpoints=%d ready=%d", n.Ready+n.NotReady, n.Ready)
	}
}
