package sim

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

// containers reads the containers of a pod, one a line:
//
//	init|sidecar|app name key=value …
//
// with restart, rule=code:Restart|All, readiness|liveness|startupprobe=delay:0,period:10,
// success:1,failure:3,grace:5, poststart|prestop=sleep:5|exec; and with what they do:
// run, exit, crash, startup, stop; healthy|fails|up|down|chance=probe:value, and
// poststarttook, prestoptook, poststartfails; and with what they request and use:
// requests=cpu of its own, limit=memory, share=weight of what the pod uses.
func (s *story) containers(t *testing.T, d *datadriven.TestData, template *Template) {
	if d.Input == "" {
		return
	}
	template.Pod.Containers = nil
	for line := range strings.Lines(d.Input) {
		words := strings.Fields(line)
		if len(words) < 2 {
			d.Fatalf(t, "a container has a kind and a name: %s", line)
		}
		c := models.Container{Name: s.d.Sym(words[1]), Image: s.d.Sym("app:1"), Life: new(models.Life)}
		c.Kind = map[string]models.ContainerKind{"init": models.InitContainer, "sidecar": models.Sidecar}[words[0]]
		b := kubelet.ContainerBehavior{Name: words[1]}
		for _, word := range words[2:] {
			key, value, _ := strings.Cut(word, "=")
			if !s.lifeOf(key, value, c.Life) && !behaviorOf(key, value, &b) && !amountsOf(t, key, value, template, words[1]) {
				d.Fatalf(t, "unknown word of a container: %s", word)
			}
		}
		if lifeless(c.Life) {
			c.Life = nil
		}
		template.Pod.Containers = append(template.Pod.Containers, c)
		amountsUpTo(template.Pod)
		template.Behavior.Containers = append(template.Behavior.Containers, b)
	}
}

func lifeless(l *models.Life) bool {
	return !l.Own && l.Rules == nil && l.Startup == nil && l.Liveness == nil && l.Readiness == nil && l.PostStart == nil && l.PreStop == nil
}

// lifeOf reads what a manifest would say.
func (s *story) lifeOf(key, value string, life *models.Life) bool {
	switch key {
	case "restart":
		life.Own = true
		life.Restart = map[string]models.RestartPolicy{"OnFailure": models.RestartOnFailure, "Never": models.RestartNever}[value]
	case "rule":
		code, action, _ := strings.Cut(value, ":")
		n, _ := strconv.Atoi(code)
		life.Rules = append(life.Rules, models.RestartRule{Codes: []int32{int32(n)}, All: action == "All"})
	case "readiness":
		life.Readiness = probeOf(value)
	case "liveness":
		life.Liveness = probeOf(value)
	case "startupprobe":
		life.Startup = probeOf(value)
	case "poststart":
		life.PostStart = hookOf(value)
	case "prestop":
		life.PreStop = hookOf(value)
	default:
		return false
	}
	return true
}

func probeOf(value string) *models.Probe {
	p := &models.Probe{Handler: models.HTTPHandler, Text: "http-get http://:80/", Timeout: time.Second, Period: 10 * time.Second, Success: 1, Failure: 3}
	for pair := range strings.SplitSeq(value, ",") {
		key, number, _ := strings.Cut(pair, ":")
		n, _ := strconv.Atoi(number)
		switch seconds := time.Duration(n) * time.Second; key {
		case "delay":
			p.InitialDelay = seconds
		case "period":
			p.Period = seconds
		case "grace":
			p.Grace = seconds
		case "success":
			p.Success = int32(n)
		case "failure":
			p.Failure = int32(n)
		}
	}
	return p
}

func hookOf(value string) *models.Hook {
	kind, number, _ := strings.Cut(value, ":")
	if kind == "sleep" {
		n, _ := strconv.Atoi(number)
		return &models.Hook{Handler: models.SleepHandler, Sleep: time.Duration(n) * time.Second}
	}
	return &models.Hook{Handler: models.ExecHandler, Text: "exec [true]"}
}

// behaviorOf reads what a PodBehavior would say.
func behaviorOf(key, value string, b *kubelet.ContainerBehavior) bool {
	word, rest, _ := strings.Cut(value, ":")
	law := func(text string) kernel.Distribution {
		d, _ := time.ParseDuration(text)
		return kernel.Constant(d.Seconds())
	}
	probe := func() *kubelet.ProbeBehavior {
		kind := map[string]models.ProbeKind{"startup": models.StartupProbe, "liveness": models.LivenessProbe, "readiness": models.ReadinessProbe}[word]
		if b.Probes[kind] == nil {
			b.Probes[kind] = &kubelet.ProbeBehavior{Success: 1}
		}
		return b.Probes[kind]
	}
	switch key {
	case "run":
		b.RunTime = law(value)
	case "exit":
		n, _ := strconv.Atoi(value)
		b.ExitCode = kernel.Constant(float64(n))
	case "crash":
		b.CrashEvery = law(value)
	case "startup":
		b.StartUp = law(value)
	case "stop":
		b.StopTime = law(value)
	case "poststarttook":
		b.PostStart.Duration = law(value)
	case "prestoptook":
		b.PreStop.Duration = law(value)
	case "poststartfails":
		b.PostStart.Fails = 1
	case "healthy":
		probe().HealthyAfter = law(rest)
	case "up":
		probe().Up = law(rest)
	case "down":
		probe().Down = law(rest)
	case "chance":
		probe().Success, _ = strconv.ParseFloat(rest, 64)
	case "fails":
		from, to, _ := strings.Cut(rest, "-")
		begin, _ := time.ParseDuration(from)
		end, _ := time.ParseDuration(to)
		p := probe()
		p.Fails = append(p.Fails, kubelet.Window{From: begin, To: end})
	default:
		return false
	}
	return true
}

// tellContainer writes what an operation says of a container.
func tellContainer(to *strings.Builder, op *models.Op, v cluster.View) {
	d := v.Dictionary()
	fmt.Fprintf(to, " %s", d.String(v.Pod(op.Pod).Spec().Containers[op.Def].Name))
	switch op.Kind {
	case models.OpMarkContainer, models.OpStartContainer:
		fmt.Fprint(to, []string{" not started", " started", "", " ready"}[op.Arg])
	case models.OpStopContainer:
		fmt.Fprintf(to, " grace=%s", time.Duration(op.Arg))
	case models.OpExitContainer:
		fmt.Fprintf(to, " exit=%d", op.Arg)
	case models.OpWaitContainer:
		fmt.Fprintf(to, " back-off=%s", time.Duration(op.Arg))
	case models.OpWarnContainer:
		fmt.Fprintf(to, " x%d", op.Arg)
	}
	if op.Kind.Fields()&models.FieldMessage != 0 && op.Message != 0 {
		fmt.Fprintf(to, " %q", d.String(op.Message))
	}
}
