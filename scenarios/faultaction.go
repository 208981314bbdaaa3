package scenarios

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/kernel"
)

// Defaults of faults.
const (
	rebootTime    = 2 * time.Minute
	reclaimNotice = 2 * time.Minute // of Amazon EC2
)

// actOn compiles what a fault does, and to what.
func (l *loader) actOn(o *object, path string, spec *FaultSpec, f *fault.Fault) {
	switch {
	case f.Action.OfNodes():
		f.Target = l.target(o, path+".target", &spec.Target)
		if spec.Target.Registries != nil {
			l.blame(o, path+".target.registries", "action %s is one on nodes", f.Action)
		}
	case !spec.Target.onlyRegistries():
		l.blame(o, path+".target", "action %s is not one on nodes", f.Action)
	case f.Action.OfRegistries():
		f.Registries = l.registriesOf(o, path, spec)
	case spec.Target.Registries != nil:
		l.blame(o, path+".target.registries", "action %s is not one on registries", f.Action)
	}
	if !f.Action.OfNodes() && f.Scope != fault.Together {
		l.blame(o, path+".scope", "action %s is not one on nodes", f.Action)
	}
	if f.Action == fault.Reboot && f.Duration == nil {
		f.Duration = kernel.Constant(rebootTime.Seconds())
	}
	if !f.Action.Ends() && f.Duration != nil {
		l.blame(o, path+".for", "nodes that are lost do not come back")
	}
	l.severity(o, path, spec, f)
}

// share compiles causes that nodes share.
func (l *loader) share(o *object, path string, spec *FaultSpec, f *fault.Fault) {
	if spec.Shared == nil {
		return
	}
	f.Shared, f.Wide = spec.Shared.Chance, scopes[spec.Shared.Scope]
	switch {
	case f.Shared > 1:
		l.blame(o, path+".shared.chance", "got %g; want at most 1", f.Shared)
	case !f.Action.OfNodes():
		l.blame(o, path+".shared", "action %s is not one on nodes", f.Action)
	case f.Scope == fault.Together, f.Scope == f.Wide, f.Scope == fault.PerZone:
		l.blame(o, path+".shared.scope", "got %s; want more than scope, which fails by itself", spec.Shared.Scope)
	}
}

// severity compiles how bad it is.
func (l *loader) severity(o *object, path string, spec *FaultSpec, f *fault.Fault) {
	slow := f.Action == fault.Slow || f.Action == fault.RegistrySlow || f.Action == fault.APISlow
	f.Factor = spec.Factor
	switch {
	case !slow && spec.Factor != 0:
		l.blame(o, path+".factor", "action %s slows nothing down", f.Action)
	case f.Action == fault.APISlow && f.Factor == 0:
		f.Factor = 1
	case slow && spec.Factor == 0:
		l.blame(o, path, "factor is missing")
	}
	if spec.Delay != nil {
		f.Delay = *spec.Delay
		if f.Action != fault.APISlow {
			l.blame(o, path+".delay", "action is not apiSlow")
		}
	}
	if f.Action == fault.APISlow && spec.Factor == 0 && f.Delay == 0 {
		l.blame(o, path, "factor or delay is missing")
	}
	if spec.Warning != nil {
		f.Warning = *spec.Warning
		if f.Action != fault.Reclaim {
			l.blame(o, path+".warning", "action is not reclaim")
		}
	}
	f.Notice = reclaimNotice
	if spec.Notice != nil {
		f.Notice = *spec.Notice
		if f.Action != fault.Reclaim {
			l.blame(o, path+".notice", "action is not reclaim")
		}
	}
}

// registriesOf compiles which registries a fault is about.
func (l *loader) registriesOf(o *object, path string, spec *FaultSpec) []string {
	if l.images.config == nil {
		l.blame(o, path+".action", "got %s; want a Registry: images come in the same time whatever happens", spec.Action)
		return nil
	}
	var known []string
	for _, r := range l.images.config.Registries {
		if !slices.Contains(known, r.Name) {
			known = append(known, r.Name)
		}
	}
	for i, host := range spec.Target.Registries {
		l.known(o, yamlnode.IndexPath(path+".target.registries", i), "registry", host, known)
	}
	return spec.Target.Registries
}

// onlyRegistries reports whether nothing is said of nodes.
func (t *TargetSpec) onlyRegistries() bool {
	return t.none() && t.Count == 0 && t.Fraction == 0
}
