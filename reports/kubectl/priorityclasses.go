package kubectl

import (
	"slices"
	"strconv"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// systemClasses are the PriorityClasses that every cluster has.
// Source: pkg/apis/scheduling/v1/helpers.go (SystemPriorityClasses).
var systemClasses = []class{
	{name: "system-node-critical", value: 2_000_001_000, description: "Used for system critical pods that must not be moved from their current node."},
	{name: "system-cluster-critical", value: 2_000_000_000,
		description: "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."},
}

// class is a PriorityClass as it is shown.
type class struct {
	name, description string
	value             int32
	standing, never   bool
}

func (c *class) policy() string {
	if c.never {
		return "Never"
	}
	return "PreemptLowerPriority"
}

func priorityClasses() *kind {
	return &kind{
		name: "priorityclass", plural: "priorityclasses", short: []string{"pc"}, group: "scheduling.k8s.io", cluster: true,
		columns: []string{"NAME", "VALUE", "GLOBAL-DEFAULT", "AGE", "PREEMPTIONPOLICY"}, aging: []string{"AGE"},
		list: func(m *Moment) (out []object) {
			for id := range m.classes() {
				out = append(out, m.class(int32(id)))
			}
			return out
		},
		touched:  func(*models.Op, cluster.View) []int32 { return nil }, // they stay as they are
		one:      func(m *Moment, id int32) (object, bool) { return m.class(id), true },
		describe: describeClass,
	}
}

// classes lists those that the input defines, then those of the system.
func (m *Moment) classes() (out []class) {
	d := m.View.Dictionary()
	for _, spec := range m.View.PriorityClasses() {
		out = append(out, class{d.String(spec.Name), spec.Description, spec.Value, spec.GlobalDefault, spec.Never})
	}
	for _, system := range systemClasses {
		if !slices.ContainsFunc(out, func(c class) bool { return c.name == system.name }) {
			out = append(out, system)
		}
	}
	return out
}

// class shows a PriorityClass.
// Source: pkg/printers/internalversion/printers.go (printPriorityClass).
func (m *Moment) class(id int32) object {
	c := m.classes()[id]
	return object{
		id: id, name: c.name, labels: map[string]string{},
		cells: []string{c.name, count(c.value), strconv.FormatBool(c.standing), m.age(0), c.policy()},
		manifest: func() map[string]any {
			out := map[string]any{
				"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "value": c.value, "preemptionPolicy": c.policy(),
				"metadata": map[string]any{"name": c.name, "uid": UID("PriorityClass", id), "creationTimestamp": m.stamp(0)},
			}
			if c.standing {
				out["globalDefault"] = true
			}
			if c.description != "" {
				out["description"] = c.description
			}
			return out
		},
	}
}

// describeClass describes a PriorityClass.
// Source: k8s.io/kubectl/pkg/describe (describePriorityClass).
func describeClass(m *Moment, o object) string {
	p, c := newPage(), m.classes()[o.id]
	p.line(0, "Name:\t%s", c.name)
	p.line(0, "Value:\t%d", c.value)
	p.line(0, "GlobalDefault:\t%t", c.standing)
	p.line(0, "PreemptionPolicy:\t%s", c.policy())
	p.line(0, "Description:\t%s", c.description)
	p.line(0, "Annotations:\t<none>")
	p.events(m, UID("PriorityClass", o.id))
	return p.text()
}
