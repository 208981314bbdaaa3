package scenarios

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/kernel"
)

// fault compiles a step at which something breaks. When is said by the step alone.
func (u *user) fault(s *userStep, spec *FaultSpec) {
	before := len(u.problems)
	from, path, name := s.object, s.path+"."+s.action, spec.Name
	if from == nil {
		from, path = &object{}, s.action
	}
	for _, given := range []struct {
		field string
		is    bool
	}{{"at", len(spec.At) > 0}, {"every", spec.Every != nil}, {"from", spec.From != nil && *spec.From > 0}, {"until", spec.Until != nil}} {
		if given.is {
			u.blame(from, path+"."+given.field, "contradicts the step, which says when it happens")
		}
	}
	switch {
	case name == "" && s.object == nil:
		name = fmt.Sprintf("%s %s", s.at, s.text)
	case name == "":
		name = from.name + strings.TrimPrefix(s.path, "spec.steps")
	}
	f := u.compileFault(from, path, name, spec, u.faults)
	f.At, f.Between = nil, nil
	if len(u.problems) > before {
		for i := range u.problems[before:] {
			if p := &u.problems[before+i]; s.object == nil {
				p.File, p.Path = s.label, strings.TrimPrefix(p.Path, path+".")
			}
		}
		return
	}
	u.emit(sim.Step{At: s.at, Kind: sim.StepFault, Text: s.text, Node: models.None, Replicas: models.Unset, Grace: -1, Fault: len(u.run.Config.Faults)})
	u.run.Config.Faults = append(u.run.Config.Faults, f)
}

// parseFault reads a step that breaks something: fault n1 n2 --action=silence --for=5m. It
// is no command of kubectl.
func parseFault(c *command) ([]*StepSpec, error) {
	spec := FaultSpec{Name: c.flags["name"], Action: c.flags["action"], Scope: c.flags["scope"]}
	for _, arg := range c.args {
		kind, name, given := strings.Cut(arg, "/")
		if !given {
			kind, name = "node", arg
		}
		switch kind {
		case "node", "nodes", "no":
			spec.Target.Nodes = append(spec.Target.Nodes, name)
		case "zone":
			spec.Target.Zones = append(spec.Target.Zones, name)
		case "nodegroup":
			spec.Target.NodeGroups = append(spec.Target.NodeGroups, name)
		default:
			return nil, fmt.Errorf("got %s; want nodes, or zone/NAME or nodegroup/NAME", quote(arg))
		}
	}
	if does, _ := fault.ActionNamed(spec.Action); len(c.args) == 0 && does.OfNodes() {
		return nil, errors.New("which node? Want its name, or zone/NAME or nodegroup/NAME")
	}
	for _, f := range fieldsOf(reflect.TypeFor[FaultSpec]()) {
		if value := c.flags[f.Name]; value != "" && f.Enum != nil && !slices.Contains(f.Enum, value) {
			return nil, fmt.Errorf("--%s: %s", f.Name, unknown(f.Name, value, f.Enum))
		}
	}
	lasts, err := c.span("for")
	if lasts != nil {
		spec.For = &TimeLaw{kernel.Constant(lasts.Seconds())}
	}
	if err == nil {
		spec.ShutdownGracePeriod, err = c.span("shutdown-grace-period")
	}
	if err == nil {
		spec.ShutdownGracePeriodCriticalPods, err = c.span("shutdown-grace-period-critical-pods")
	}
	return []*StepSpec{{Fault: &spec}}, err
}

// span reads a flag that is a duration; nil if it is not given.
func (c *command) span(flag string) (*time.Duration, error) {
	text, given := c.flags[flag]
	if !given {
		return nil, nil
	}
	value, err := yamlnode.Duration(text)
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", flag, err)
	}
	return &value, nil
}

// words writes a fault as the command line is told.
func (f *FaultSpec) words() string {
	words := append([]string{"fault"}, f.Target.Nodes...)
	for _, zone := range f.Target.Zones {
		words = append(words, "zone/"+zone)
	}
	for _, group := range f.Target.NodeGroups {
		words = append(words, "nodegroup/"+group)
	}
	if f.Action != "" && f.Action != "crash" {
		words = append(words, "--action="+f.Action)
	}
	return strings.Join(words, " ")
}
