package sim

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
)

// deployment completes a template with the arguments of a Deployment. Those that are
// not given are what an API server takes for them. The pods of equal arguments are
// the same, so that a Deployment can go back to a template.
func (s *story) deployment(t *testing.T, d *datadriven.TestData, name string, template *Template) {
	strategy, surge, unavailable := "RollingUpdate", "25%", "25%"
	owner := &models.OwnerSpec{
		Kind: models.Deployment, Replicas: 1, Namespace: s.d.Sym("default"), RevisionHistoryLimit: 10,
		ProgressDeadline: span(t, d, "deadline", 600*time.Second),
	}
	d.MaybeScanArgs(t, "replicas", &owner.Replicas)
	d.MaybeScanArgs(t, "minready", &owner.MinReadySeconds)
	d.MaybeScanArgs(t, "history", &owner.RevisionHistoryLimit)
	d.MaybeScanArgs(t, "strategy", &strategy)
	d.MaybeScanArgs(t, "surge", &surge)
	d.MaybeScanArgs(t, "unavailable", &unavailable)
	d.MaybeScanArgs(t, "paused", &owner.Paused)
	owner.MaxSurge, owner.MaxUnavailable = share(t, surge), share(t, unavailable)
	if strategy == models.Recreate.String() {
		owner.Strategy = models.Recreate
	}
	key := name
	for _, about := range []string{"cpu", "image", "run", "crash", "startup", "stop", "priority", "app", "grace"} {
		value := map[string]string{"cpu": "1000", "image": "app:1"}[about]
		d.MaybeScanArgs(t, about, &value)
		key += " " + about + value
	}
	hash := "5d4f8c"
	if known := s.shared[key]; known != nil {
		template.Pod, template.Behavior, hash = known.Pod, known.Behavior, s.d.String(known.Owner.TemplateHash)
	} else if _, later := s.updated[name]; later {
		h := fnv.New32a()
		h.Write([]byte(key))
		hash = models.HashSuffix(h.Sum32())
	}
	owner.TemplateHash = s.d.Sym(hash)
	template.Owner = owner
	template.ReplicaSet = &models.OwnerSpec{Kind: models.ReplicaSet, Namespace: owner.Namespace, MinReadySeconds: owner.MinReadySeconds}
	s.shared[key] = template
}

func share(t *testing.T, text string) models.Share {
	digits, percent := strings.CutSuffix(text, "%")
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return models.Share{Value: int32(n), Percent: percent, Given: true}
}

// update changes the arguments of a Deployment, all but its replicas.
func (s *story) update(t *testing.T, d *datadriven.TestData) {
	var name string
	d.ScanArgs(t, "name", &name)
	args := slices.Clone(s.updated[name])
	for _, arg := range d.CmdArgs {
		if arg.Key == "name" || arg.Key == "at" {
			continue
		}
		args = slices.DeleteFunc(args, func(a datadriven.CmdArg) bool { return a.Key == arg.Key })
		args = append(args, arg)
	}
	changed := &datadriven.TestData{Pos: d.Pos, Cmd: strings.ToLower(s.kinds[name].String()), CmdArgs: args}
	template := s.template(t, changed)
	s.rollingOut(t, changed, name, template)
	s.plan(t, d, Step{Kind: StepUpdate, Template: template, Replicas: models.Unset}, name)
}

func (s *story) scale(t *testing.T, d *datadriven.TestData) {
	var name string
	step := Step{Kind: StepScale}
	d.ScanArgs(t, "name", &name)
	d.ScanArgs(t, "replicas", &step.Replicas)
	s.plan(t, d, step, name)
}

// rollingOut completes a template with the arguments of an object that rolls out.
func (s *story) rollingOut(t *testing.T, d *datadriven.TestData, name string, template *Template) {
	switch d.Cmd {
	case "statefulset":
		s.kinds[name] = models.StatefulSet
		s.statefulSet(t, d, name, template)
	case "daemonset":
		s.kinds[name] = models.DaemonSet
		s.daemonSet(t, d, name, template)
	default:
		s.kinds[name] = models.Deployment
		s.deployment(t, d, name, template)
	}
	s.updated[name] = d.CmdArgs
}

// plan adds a step of the user of an object that rolls out.
func (s *story) plan(t *testing.T, d *datadriven.TestData, step Step, name string) {
	if s.sim != nil {
		d.Fatalf(t, "the steps of a story come before it is played")
	}
	step.At = models.Time(span(t, d, "at", 0))
	step.Text = fmt.Sprintf("%s %s/%s", d.Cmd, strings.ToLower(s.kinds[name].String()), name)
	step.Object = StepObject{Owner: s.kinds[name], Namespace: s.d.Sym("default"), Name: s.d.Sym(name), Ordinal: models.Exact}
	s.config.Steps = append(s.config.Steps, step)
}
