package scenarios

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scenarios/trace"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/kernel"
)

// faultFormat is the format of data that are recorded faults.
const faultFormat = "faults"

// rowPath stands for a row of a trace where a fault of a plan has its path.
const rowPath = "row"

// faultCells are the columns of what stands under a path in a plan, the longer paths
// first.
var faultCells = []struct{ path, column string }{
	{".target.nodeGroups", "node_group"}, {".target.nodes", "node"}, {".target.zones", "zone"}, {".target.racks", "rack"},
	{".target.registries", "registry"}, {".target.selector", "selector"}, {".target", "node"}, {".for", "duration"}, {".factor", "factor"},
	{".delay", "delay"}, {".takes", "takes"}, {".notice", "notice"}, {".warning", "warning"}, {".action", "action"},
}

// tracedFault is a fault that rows of a trace tell of, each with its time.
type tracedFault struct {
	fault  fault.Fault
	rows   []*trace.FaultRow
	wrong  yamlnode.Problems // with each of its rows
	column []string          // of wrong
}

// addFaultTrace makes faults of those that were recorded: one for all rows that do the
// same to the same.
func (l *loader) addFaultTrace(o *object, spec *FaultPlanSpec, names map[string]string) {
	shown, file, err := l.openData(spec.Data, faultFormat)
	if err != nil {
		l.blame(o, "spec.data", "%v", err)
		return
	}
	read, err := trace.ReadFaults(shown, l.digest.reader(shown, file), l.run.Start)
	l.close(file)
	if err != nil {
		l.problems = append(l.problems, asProblems(err)...)
		return
	}
	before, beyond := len(l.problems), 0
	of := make(map[trace.FaultShape]*tracedFault)
	var order []*tracedFault
	claimed := make(map[string]bool)
	for i := range read.Rows {
		row := &read.Rows[i]
		f := of[row.FaultShape]
		if f == nil {
			f = l.traceFault(o, &row.FaultShape, names, claimed)
			of[row.FaultShape] = f
			order = append(order, f)
		}
		f.rows = append(f.rows, row)
		if row.At > l.run.Config.Horizon {
			beyond++
		}
		for k, p := range f.wrong {
			p.File, p.Line, p.Column = shown, row.Line, read.Column(row, f.column[k])
			l.problems = append(l.problems, p)
		}
		if len(l.problems) >= before+limits.Problems {
			break // as with other traces
		}
	}
	if len(l.problems) > before {
		return
	}
	if beyond > 0 {
		l.assume("%d of %d rows of FaultPlan %s lie after the end of the run", beyond, len(read.Rows), o.name)
	}
	for _, f := range order {
		l.run.Config.Faults = append(l.run.Config.Faults, f.timed())
	}
}

// timed returns the fault with the times of its rows, in order.
func (t *tracedFault) timed() fault.Fault {
	slices.SortStableFunc(t.rows, func(a, b *trace.FaultRow) int { return cmp.Compare(a.At, b.At) })
	for _, row := range t.rows {
		t.fault.At = append(t.fault.At, row.At)
		if row.Lasting {
			t.fault.Lasts = append(t.fault.Lasts, row.Lasts)
		}
	}
	return t.fault
}

// traceFault compiles what a row says besides when it is, as a plan would say it.
func (l *loader) traceFault(o *object, row *trace.FaultShape, names map[string]string, claimed map[string]bool) *tracedFault {
	before := len(l.problems)
	name := cmp.Or(row.Name, o.name)
	if first, twice := names[name]; twice && !claimed[name] {
		l.blame(&object{}, rowPath+".name", "fault %s is also defined at %s", quote(name), first)
	} else {
		names[name], claimed[name] = o.place("spec.data"), true
	}
	spec, err := faultOfRow(row)
	if err != nil {
		l.blame(&object{}, rowPath+".target.selector", "%v", err)
	}
	t := &tracedFault{}
	switch does, known := fault.ActionNamed(cmp.Or(row.Action, fault.Crash.String())); {
	case !known:
		l.blame(&object{}, rowPath+".action", "%s", unknown("action", row.Action, actionsOfFaults()))
	case does.OfNodes() && spec.Target.none() && row.Selector == "":
		l.blame(&object{}, rowPath, "no node, node_group, zone, rack or selector says what it hits")
	default:
		t.fault = l.compileFault(&object{}, rowPath, name, spec, make(map[string]string))
		if row.Lasting {
			t.fault.Duration = nil // each row has its own
		}
	}
	for _, p := range l.problems[before:] {
		column := ""
		for _, cell := range faultCells {
			if strings.HasPrefix(strings.TrimPrefix(p.Path, rowPath), cell.path) {
				column = cell.column
				break
			}
		}
		if p.Path == rowPath+".name" {
			column = "name"
		}
		p.Path = column
		t.wrong, t.column = append(t.wrong, p), append(t.column, column)
	}
	l.problems = l.problems[:before]
	return t
}

// actionsOfFaults names what faults do.
func actionsOfFaults() (names []string) {
	for action := range fault.Actions {
		names = append(names, action.String())
	}
	return names
}

// faultOfRow says of a row what a plan would.
func faultOfRow(row *trace.FaultShape) (*FaultSpec, error) {
	spec := &FaultSpec{Action: row.Action, Factor: row.Factor}
	spec.Target = TargetSpec{
		Nodes: trace.Names(row.Nodes), NodeGroups: trace.Names(row.NodeGroups), Zones: trace.Names(row.Zones),
		Racks: trace.Names(row.Racks), Registries: trace.Names(row.Registries),
	}
	if row.Takes != "" {
		spec.Takes = new(Amount(row.Takes))
	}
	if row.Lasting {
		spec.For = &TimeLaw{kernel.Constant(0)}
	}
	for _, of := range []struct {
		is time.Duration
		to **time.Duration
	}{{row.Delay, &spec.Delay}, {row.Notice, &spec.Notice}, {row.Warning, &spec.Warning}} {
		if of.is >= 0 {
			*of.to = new(of.is)
		}
	}
	if row.Selector == "" {
		return spec, nil
	}
	var err error
	spec.Target.Selector, err = selectorOf(row.Selector)
	return spec, err
}

// selectorOf reads a selector as kubectl takes it.
func selectorOf(text string) (*LabelSelector, error) {
	d := models.NewDictionary()
	parsed, err := manifest.ParseSelector(text, d)
	if err != nil {
		return nil, err
	}
	out := &LabelSelector{}
	for _, r := range parsed {
		of := LabelRequirement{Key: d.String(r.Key)}
		for name, op := range operators {
			if op == r.Op {
				of.Operator = name
			}
		}
		if of.Operator == "" {
			return nil, errors.New("< and > are for numbers; want =, !=, in, notin, or names of labels alone")
		}
		for _, value := range r.Values {
			of.Values = append(of.Values, d.String(value))
		}
		out.MatchExpressions = append(out.MatchExpressions, of)
	}
	return out, nil
}

// none reports whether nothing says which nodes are meant.
func (t *TargetSpec) none() bool {
	return t.Nodes == nil && t.NodeGroups == nil && t.Zones == nil && t.Racks == nil && t.Selector == nil
}
