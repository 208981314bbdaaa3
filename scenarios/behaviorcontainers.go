package scenarios

import (
	"maps"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim/kubelet"
)

// ContainerBehaviorSpec is how one container of the pods behaves. What it leaves open
// is, for app containers, as the pods behave; init containers end at once with 0, and
// sidecars run until they are stopped.
type ContainerBehaviorSpec struct {
	Name       string     `yaml:"name" required:"true" help:"name of the container"`
	StartUp    *TimeLaw   `yaml:"startUp" help:"from the start of the container until its probes succeed, or to Ready if it has none (default: that of the pod for app containers, else 0s)"`
	RunTime    *TimeLaw   `yaml:"runTime" help:"from its start to its end (default: that of the pod for app containers; init containers end at once, sidecars run until they are stopped)"`
	ExitCode   *NumberLaw `yaml:"exitCode" help:"what it ends with (default: that of the pod for app containers, else 0)"`
	CrashEvery *TimeLaw   `yaml:"crashEvery" help:"from its start to a crash with exit code 1, unless it ends before (default: that of the pod for app containers, else it does not crash)"`
	StopTime   *TimeLaw   `yaml:"stopTime" help:"from SIGTERM to its end, within the grace (default: that of the pod)"`

	StartupProbe   *ProbeBehaviorSpec `yaml:"startupProbe" help:"what its startup probe finds (default: success once startUp is over)"`
	LivenessProbe  *ProbeBehaviorSpec `yaml:"livenessProbe" help:"what its liveness probe finds (default: success once startUp is over)"`
	ReadinessProbe *ProbeBehaviorSpec `yaml:"readinessProbe" help:"what its readiness probe finds (default: success once startUp is over)"`
	PostStart      *HookBehaviorSpec  `yaml:"postStart" help:"how its postStart hook goes (default: at once, and well; sleep takes the time it says)"`
	PreStop        *HookBehaviorSpec  `yaml:"preStop" help:"how its preStop hook goes (default: at once, and well; sleep takes the time it says)"`
}

// ProbeBehaviorSpec is what a probe of a container finds.
type ProbeBehaviorSpec struct {
	HealthyAfter *TimeLaw     `yaml:"healthyAfter" help:"from the start of the container to its first success (default: startUp)"`
	Success      *float64     `yaml:"success" min:"0" help:"probability that one attempt succeeds while the container is healthy (default: 1)"`
	Fails        []WindowSpec `yaml:"fails" help:"spans of time in which it fails"`
	Up           *TimeLaw     `yaml:"up" help:"with down: how long it succeeds before it fails for a while, again and again"`
	Down         *TimeLaw     `yaml:"down" help:"with up: how long it fails then"`
}

// WindowSpec is a span of time since the start of a container.
type WindowSpec struct {
	From time.Duration `yaml:"from" help:"its beginning, after the start of the container (default: 0s)"`
	To   time.Duration `yaml:"to" help:"its end, after the start of the container (default: the end of the container)"`
}

// HookBehaviorSpec is how a hook of a container goes.
type HookBehaviorSpec struct {
	Duration *TimeLaw `yaml:"duration" help:"how long it takes (default: 0s)"`
	Fails    float64  `yaml:"fails" min:"0" help:"probability that it fails (default: 0)"`
}

// compileContainers compiles how single containers behave, by name.
func compileContainers(list *[]ContainerBehaviorSpec) []kubelet.ContainerBehavior {
	if list == nil {
		return nil
	}
	var out []kubelet.ContainerBehavior
	for i := range *list {
		c := &(*list)[i]
		b := kubelet.ContainerBehavior{
			Name: c.Name, StartUp: c.StartUp.law(), RunTime: c.RunTime.law(), ExitCode: c.ExitCode.law(),
			CrashEvery: c.CrashEvery.law(), StopTime: c.StopTime.law(), PostStart: c.PostStart.compile(), PreStop: c.PreStop.compile(),
		}
		b.Probes[models.StartupProbe] = c.StartupProbe.compile()
		b.Probes[models.LivenessProbe] = c.LivenessProbe.compile()
		b.Probes[models.ReadinessProbe] = c.ReadinessProbe.compile()
		out = append(out, b)
	}
	return out
}

func (p *ProbeBehaviorSpec) compile() *kubelet.ProbeBehavior {
	if p == nil {
		return nil
	}
	b := &kubelet.ProbeBehavior{HealthyAfter: p.HealthyAfter.law(), Success: 1, Up: p.Up.law(), Down: p.Down.law()}
	if p.Success != nil {
		b.Success = *p.Success
	}
	for _, w := range p.Fails {
		b.Fails = append(b.Fails, kubelet.Window{From: w.From, To: w.To})
	}
	return b
}

func (h *HookBehaviorSpec) compile() kubelet.HookBehavior {
	if h == nil {
		return kubelet.HookBehavior{}
	}
	return kubelet.HookBehavior{Duration: h.Duration.law(), Fails: h.Fails}
}

// checkContainers checks what is said of single containers, at a path of an object.
func (l *loader) checkContainers(o *object, path string, list *[]ContainerBehaviorSpec) {
	if list == nil {
		return
	}
	seen := map[string]bool{}
	for i := range *list {
		c, at := &(*list)[i], yamlnode.IndexPath(path, i)
		if seen[c.Name] {
			l.blame(o, at+".name", "container %s occurs twice", quote(c.Name))
		}
		seen[c.Name] = true
		for _, p := range []struct {
			name  string
			probe *ProbeBehaviorSpec
		}{{"startupProbe", c.StartupProbe}, {"livenessProbe", c.LivenessProbe}, {"readinessProbe", c.ReadinessProbe}} {
			l.checkProbe(o, at+"."+p.name, p.probe)
		}
		for _, h := range []struct {
			name string
			hook *HookBehaviorSpec
		}{{"postStart", c.PostStart}, {"preStop", c.PreStop}} {
			if h.hook != nil && h.hook.Fails > 1 {
				l.blame(o, at+"."+h.name+".fails", "is a probability; want at most 1")
			}
		}
	}
}

// meet notes the containers of a pod that shows a behaviour.
func (b *behavior) meet(pod *models.PodSpec, d *models.Dictionary) {
	if b.spec.Containers == nil {
		return
	}
	if b.met == nil {
		b.met = make(map[string]bool)
	}
	for i := range pod.Containers {
		b.met[d.String(pod.Containers[i].Name)] = true
	}
}

// checkMet reports containers that no pod has which shows the behaviour.
func (l *loader) checkMet(b *behavior) {
	if b.spec.Containers == nil || b.met == nil {
		return
	}
	known := slices.Sorted(maps.Keys(b.met))
	for i := range *b.spec.Containers {
		if name := (*b.spec.Containers)[i].Name; !b.met[name] {
			l.blame(b.object, yamlnode.IndexPath("spec.containers", i)+".name", "%s", unknown("container", name, known))
		}
	}
}

// loops reports whether a behaviour lets containers end, or probes change, again and
// again.
func loops(b *kubelet.Behavior, pod *models.PodSpec, d *models.Dictionary) bool {
	if b == nil {
		return false
	}
	if b.RunTime != nil || b.CrashEvery != nil {
		return true
	}
	return slices.ContainsFunc(b.Containers, func(c kubelet.ContainerBehavior) bool {
		probed := slices.ContainsFunc(c.Probes[:], func(p *kubelet.ProbeBehavior) bool {
			return p != nil && (p.Success < 1 || p.Up != nil || len(p.Fails) > 0)
		})
		isInit := slices.ContainsFunc(pod.Containers, func(is models.Container) bool {
			return is.Kind == models.InitContainer && d.String(is.Name) == c.Name
		})
		return !isInit && (c.RunTime != nil || c.CrashEvery != nil || probed)
	})
}

func (l *loader) checkProbe(o *object, path string, p *ProbeBehaviorSpec) {
	if p == nil {
		return
	}
	if p.Success != nil && *p.Success > 1 {
		l.blame(o, path+".success", "is a probability; want at most 1")
	}
	if (p.Up == nil) != (p.Down == nil) {
		l.blame(o, path, "up and down go together")
	}
	for _, law := range []struct {
		name string
		law  *TimeLaw
	}{{"up", p.Up}, {"down", p.Down}} {
		l.checkPositive(o, path+"."+law.name, law.law.law())
	}
	for i, w := range p.Fails {
		if w.To != 0 && w.To <= w.From {
			l.blame(o, yamlnode.IndexPath(path+".fails", i)+".to", "ends before it begins")
		}
	}
}
