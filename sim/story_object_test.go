package sim

import (
	"cmp"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

func (s *story) object(t *testing.T, d *datadriven.TestData) {
	var name string
	var replicas, parallelism, backoff, minReady int32 = 1, 1, 6, 0
	completions := models.Unset
	d.ScanArgs(t, "name", &name)
	d.MaybeScanArgs(t, "replicas", &replicas)
	d.MaybeScanArgs(t, "minready", &minReady)
	d.MaybeScanArgs(t, "parallelism", &parallelism)
	d.MaybeScanArgs(t, "completions", &completions)
	d.MaybeScanArgs(t, "backofflimit", &backoff)
	template := s.template(t, d)
	switch d.Cmd {
	case "replicaset":
		s.kinds[name] = models.ReplicaSet
		template.Owner = &models.OwnerSpec{Kind: models.ReplicaSet, Replicas: replicas, MinReadySeconds: minReady}
	case "deployment", "statefulset", "daemonset":
		s.rollingOut(t, d, name, template)
	case "cronjob":
		s.cronJob(t, d, template)
	case "job":
		s.kinds[name] = models.Job
		template.Owner = &models.OwnerSpec{
			Kind: models.Job, Namespace: s.d.Sym("default"), Replicas: parallelism, Completions: completions, BackoffLimit: backoff,
			TTLAfterFinished: span(t, d, "ttl", -1), Rules: s.jobRules(t, d), ActiveDeadline: span(t, d, "deadline", 0),
		}
	}
	s.selecting(t, d, template)
	s.intoNamespace(template)
	s.arrive(models.Time(span(t, d, "at", 0)), name, template)
	s.list[len(s.list)-1].Lifetime = span(t, d, "lifetime", -1)
}

// template reads what all pods of an object are.
func (s *story) template(t *testing.T, d *datadriven.TestData) *Template {
	cpu, exit := int64(1000), int32(0)
	d.MaybeScanArgs(t, "cpu", &cpu)
	d.MaybeScanArgs(t, "exit", &exit)
	template := &Template{Behavior: &kubelet.Behavior{
		RunTime: law(t, d, "run"), CrashEvery: law(t, d, "crash"), StartUp: law(t, d, "startup"), StopTime: law(t, d, "stop"),
	}}
	if exit != 0 {
		template.Behavior.ExitCode = kernel.Constant(float64(exit))
	}
	policy := models.RestartAlways
	switch d.Cmd {
	case "pod", "job", "cronjob":
		policy = restartPolicy(t, d)
	}
	template.Pod = s.pod(cpu, policy)
	d.MaybeScanArgs(t, "priority", &template.Pod.Priority)
	template.Pod.LocalStorage = d.HasArg("emptydir")
	s.mark(d, template.Pod)
	if d.HasArg("gated") {
		template.Pod.SchedulingGates = []models.Sym{s.d.Sym("gate")}
	}
	template.Pod.GracePeriod = span(t, d, "grace", template.Pod.GracePeriod)
	s.tolerate(t, d, template.Pod)
	if d.HasArg("burstable") {
		template.Pod.QOS = models.Burstable
	}
	s.placeAt(t, d, template.Pod)
	app := ""
	if d.MaybeScanArgs(t, "app", &app); app != "" {
		template.Pod.Labels = models.NewLabels(models.Label{Key: s.d.Sym("app"), Value: s.d.Sym(app)})
	}
	s.relate(t, d, template.Pod)
	template.Pod.ActiveDeadline = span(t, d, "podactive", 0)
	s.containers(t, d, template)
	image := ""
	if d.MaybeScanArgs(t, "image", &image); image != "" {
		template.Pod.Containers[0].Image = s.d.Sym(image)
	}
	s.containersOf(t, d, template.Pod)
	s.gates(t, d, template)
	s.uses(t, d, template)
	s.runtime(t, d, template.Pod)
	s.mounts(t, d, template.Pod)
	return template
}

func (s *story) budget(t *testing.T, d *datadriven.TestData) {
	app, available, unavailable := "", "", ""
	d.ScanArgs(t, "app", &app)
	d.MaybeScanArgs(t, "minAvailable", &available)
	d.MaybeScanArgs(t, "maxUnavailable", &unavailable)
	name := app
	d.MaybeScanArgs(t, "name", &name)
	spec := &models.BudgetSpec{
		Namespace: cmp.Or(s.inside, s.d.Sym("default")), Name: s.d.Sym(name), AlwaysEvict: d.HasArg("alwaysallow"),
		Selector: models.LabelSelector{Requirements: models.Selector{
			{Key: s.d.Sym("app"), Op: models.In, Values: []models.Sym{s.d.Sym(app)}},
		}},
	}
	if available != "" {
		spec.MinAvailable = share(t, available)
	}
	if unavailable != "" {
		spec.MaxUnavailable = share(t, unavailable)
	}
	if !d.HasArg("at") {
		s.config.Objects.Budgets = append(s.config.Objects.Budgets, spec)
		return
	}
	s.config.Steps = append(s.config.Steps, Step{
		At: models.Time(span(t, d, "at", 0)), Kind: StepApply, Done: "configured", Budget: spec, Grace: -1,
		Object: StepObject{Other: BudgetObject, Namespace: spec.Namespace, Name: spec.Name, Ordinal: models.Exact},
	})
}

func restartPolicy(t *testing.T, d *datadriven.TestData) models.RestartPolicy {
	text := "Never"
	d.MaybeScanArgs(t, "restart", &text)
	for _, p := range []models.RestartPolicy{models.RestartAlways, models.RestartOnFailure, models.RestartNever} {
		if p.String() == text {
			return p
		}
	}
	d.Fatalf(t, "restart: unknown policy %s", text)
	return 0
}
