package scenarios

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim/fault"
)

// FaultPlanSpec is what breaks.
type FaultPlanSpec struct {
	Faults []FaultSpec `yaml:"faults" help:"the faults, each by itself; faults, data or both must be given"`
	Data   string      `yaml:"data" help:"name of data of format faults: faults that were recorded"`
}

// FaultSpec is one fault: which nodes, when, for how long.
type FaultSpec struct {
	Name                             string              `yaml:"name" help:"name in logs and reports (default: that of the plan, with the index if it has several faults)"`
	Target                           TargetSpec          `yaml:"target" help:"which nodes it hits; all without it"`
	Scope                            string              `yaml:"scope" enum:"together,perNode,perZone,perRack" default:"together" help:"what fails as one: all nodes of the target, or each node, zone or rack by itself with times of its own"`
	Shared                           *SharedSpec         `yaml:"shared" help:"causes that nodes share: a failure of one may take its whole rack or zone"`
	Action                           string              `yaml:"action" enum:"crash,silence,partition,notReady,shutdown,reboot,slow,loss,reclaim,memoryPressure,diskPressure,registryOutage,registrySlow,schedulerOutage,controllerManagerOutage,apiSlow" default:"crash" help:"what happens. To nodes: crash: they lose power; silence: their kubelets stop, while containers go on; partition: they do not reach the control plane, and go on by themselves; notReady: their kubelets report that they are not ready; shutdown: they end their pods within shutdownGracePeriod, and go off; reboot: they go down, boot and keep their pods; slow: what begins on them (start, pull, run) takes factor times as long; loss: they go for good; when they are found silent a cloud (spec.providerID) deletes the Node, and elsewhere it is taken out of service; reclaim: the cloud takes them after a notice, and deletes the Node; memoryPressure, diskPressure: processes or files that belong to no pod take some of their memory or disk. To registries: registryOutage: they answer nobody; registrySlow: they take factor times as long and send as much less. To the control plane: schedulerOutage, controllerManagerOutage: nothing is decided, and what was known is forgotten; apiSlow: reactions and bindings take factor times as long, and delay more"`
	At                               Moments             `yaml:"at" help:"when it happens: 2h, or [2h, 5h]; at, every or both must be given"`
	Every                            *TimeLaw            `yaml:"every" help:"time to failure, drawn anew each time: from the end of one failure (at first: from) to the next"`
	For                              *TimeLaw            `yaml:"for" help:"time to repair, drawn anew each time; without it they stay so, but after a reboot, which takes 2m"`
	Factor                           float64             `yaml:"factor" min:"1" help:"with slow, registrySlow and apiSlow: how many times as long things take"`
	Delay                            *time.Duration      `yaml:"delay" help:"with apiSlow: how much later controllers and kubelets hear of what is written, and bindings are"`
	Warning                          *time.Duration      `yaml:"warning" help:"with reclaim: how long before the notice there is a warning, with which the fault begins (default: none)"`
	Notice                           *time.Duration      `yaml:"notice" help:"with reclaim: how long before they go the nodes are told (default: 2m)"`
	From                             *time.Duration      `yaml:"from" default:"0s" help:"with every: when drawn failures may begin"`
	Takes                            *Amount             `yaml:"takes" help:"with memoryPressure and diskPressure: how much of each node, in an amount (2Gi) or a percentage (90%)"`
	ShutdownGracePeriod              *time.Duration      `yaml:"shutdownGracePeriod" help:"with shutdown: how long it waits for pods in all (default: as the kubelets of the node group say, else not at all)"`
	ShutdownGracePeriodCriticalPods  *time.Duration      `yaml:"shutdownGracePeriodCriticalPods" help:"with shutdown: the part of it that is for critical pods"`
	ShutdownGracePeriodByPodPriority []PriorityGraceSpec `yaml:"shutdownGracePeriodByPodPriority" help:"with shutdown: how long it waits for the pods of each priority, the lowest first"`
	Until                            *time.Duration      `yaml:"until" help:"with every: when no more failures are drawn (default: never)"`
}

// SharedSpec is a cause that the nodes of a rack or zone share.
type SharedSpec struct {
	Scope  string  `yaml:"scope" required:"true" enum:"perRack,perZone" help:"what has it in common"`
	Chance float64 `yaml:"chance" required:"true" min:"0" help:"chance that a failure takes all targets of its rack or zone: the beta factor"`
}

// TargetSpec selects nodes. All its conditions hold.
type TargetSpec struct {
	Nodes      []string       `yaml:"nodes" help:"names of nodes"`
	NodeGroups []string       `yaml:"nodeGroups" help:"names of node groups"`
	Zones      []string       `yaml:"zones" help:"zones (label topology.kubernetes.io/zone)"`
	Racks      []string       `yaml:"racks" help:"racks (label topology.kubernetes.io/rack)"`
	Registries []string       `yaml:"registries" help:"with registryOutage and registrySlow: hosts of registries; all without it"`
	Selector   *LabelSelector `yaml:"selector" help:"labels of nodes, as Kubernetes selects them"`
	Count      int            `yaml:"count" min:"1" help:"takes so many of them, drawn anew each time"`
	Fraction   float64        `yaml:"fraction" min:"0" help:"takes this share of them, rounded up, drawn anew each time: 0.1 is a tenth"`
}

var scopes = map[string]fault.Scope{
	"": fault.Together, "together": fault.Together, "perNode": fault.PerNode,
	"perZone": fault.PerZone, "perRack": fault.PerRack,
}

func (l *loader) compileFaults() {
	names := make(map[string]string)
	for _, o := range l.byKind("FaultPlan") {
		var envelope Object[FaultPlanSpec]
		if !l.decode(o, &envelope) {
			continue
		}
		if o.at("spec.faults") == nil && envelope.Spec.Data == "" {
			l.blame(o, "spec", "nothing says what breaks; want faults or data")
		}
		if envelope.Spec.Data != "" {
			l.addFaultTrace(o, &envelope.Spec, names)
		}
		for i := range envelope.Spec.Faults {
			l.addFault(o, i, &envelope.Spec.Faults[i], envelope.Spec.Data == "" && len(envelope.Spec.Faults) == 1, names)
		}
	}
}

func (l *loader) addFault(o *object, i int, spec *FaultSpec, alone bool, names map[string]string) {
	path := yamlnode.IndexPath("spec.faults", i)
	before := len(l.problems)
	name := spec.Name
	switch {
	case name == "" && alone:
		name = o.name
	case name == "":
		name = o.name + path[len("spec.faults"):]
	}
	f := l.compileFault(o, path, name, spec, names)
	switch {
	case len(f.At) == 0 && f.Between == nil:
		l.blame(o, path, "at or every is missing")
	case f.Between == nil && (spec.From != nil || spec.Until != nil):
		l.blame(o, path, "from and until bound drawn failures; every is missing")
	case f.Until <= f.From:
		l.blame(o, path+".until", "got %s; want more than from, which is %s", f.Until, f.From)
	case f.Between != nil && f.Duration != nil && f.Until == models.Never && l.endless():
		l.blame(o, path, "faults without end and no duration; want until, or for in the Scenario")
	}
	l.checkInTime(o, path, name, f.At)
	if len(l.problems) == before {
		l.run.Config.Faults = append(l.run.Config.Faults, f)
	}
}

// compileFault compiles a fault, of a FaultPlan or of a step, whose name no other may have.
func (l *loader) compileFault(o *object, path, name string, spec *FaultSpec, names map[string]string) fault.Fault {
	if first, twice := names[name]; twice {
		l.blame(o, path+".name", "fault %s is also defined at %s", quote(name), first)
	}
	names[name] = o.place(path)
	f := fault.Fault{
		Name: l.dict.Sym(name), Scope: scopes[spec.Scope], At: spec.At,
		Between: spec.Every.law(), Duration: spec.For.law(), Until: models.Never,
	}
	if spec.Action != "" {
		f.Action, _ = fault.ActionNamed(spec.Action) // others were told of
	}
	l.actOn(o, path, spec, &f)
	l.share(o, path, spec, &f)
	l.checkPositive(o, path+".every", f.Between)
	l.faultGrace(o, path, spec, &f)
	l.faultTakes(o, path, spec, &f)
	if spec.From != nil {
		f.From = models.Time(*spec.From)
	}
	if spec.Until != nil {
		f.Until = models.Time(*spec.Until)
	}
	return f
}

// faultGrace compiles how long a shutdown waits for pods.
func (l *loader) faultGrace(o *object, path string, spec *FaultSpec, f *fault.Fault) {
	all, critical, byPriority := spec.ShutdownGracePeriod, spec.ShutdownGracePeriodCriticalPods, spec.ShutdownGracePeriodByPodPriority
	if f.Action != fault.Shutdown && (all != nil || critical != nil || byPriority != nil) {
		l.blame(o, path+".shutdownGracePeriod", "action is not shutdown")
	}
	f.Grace = l.shutdownGrace(o, path, all, critical, byPriority)
}

// checkInTime reports a fault that comes after the end of the run. A run that was
// shortened on the command line does without it.
func (l *loader) checkInTime(o *object, path, name string, at []models.Time) {
	end := l.run.Config.Horizon
	switch {
	case len(at) == 0 || at[len(at)-1] <= end:
	case l.in.For > 0:
		l.assume("fault %s at %s lies after the end of the run, at %s", name, at[len(at)-1], end)
	default:
		l.blame(o, path+".at", "%s lies after the end of the run, at %s", at[len(at)-1], end)
	}
}

// target compiles the target of a fault and checks that there is something to
// hit.
func (l *loader) target(o *object, path string, spec *TargetSpec) fault.Target {
	before := len(l.problems)
	d := l.dict
	t := fault.Target{Count: spec.Count, Fraction: spec.Fraction}
	for i, name := range spec.Nodes {
		l.known(o, yamlnode.IndexPath(path+".nodes", i), "node", name, l.nodeNames())
		t.Names = append(t.Names, d.Sym(name))
	}
	for i, name := range spec.NodeGroups {
		l.known(o, yamlnode.IndexPath(path+".nodeGroups", i), "node group", name, l.groupNames())
		t.Groups = append(t.Groups, d.Sym(name))
	}
	for i, zone := range spec.Zones {
		l.known(o, yamlnode.IndexPath(path+".zones", i), "zone", zone, l.zones())
		t.Zones = append(t.Zones, d.Sym(zone))
	}
	for i, rack := range spec.Racks {
		l.known(o, yamlnode.IndexPath(path+".racks", i), "rack", rack, l.labelValues(models.LabelRack))
		t.Racks = append(t.Racks, d.Sym(rack))
	}
	if spec.Selector != nil {
		t.Selector = l.selector(o, path+".selector", spec.Selector)
	}
	switch {
	case spec.Count > 0 && spec.Fraction > 0:
		l.blame(o, path+".fraction", "contradicts count; set one of them")
	case spec.Fraction > 1:
		l.blame(o, path+".fraction", "got %v; want at most 1", spec.Fraction)
	}
	// With nodes missing because of other problems, nothing is known, and a mix of a plan
	// may lack what is hit.
	if len(l.problems) > before || l.nodesAreWrong || l.isLenient() {
		return t
	}
	selected := 0
	for _, n := range l.run.Config.Nodes {
		if t.Selects(n, l.dict) {
			selected++
		}
	}
	switch {
	case selected == 0:
		l.blame(o, path, "selects no nodes")
	case spec.Count > selected && l.in.variant == nil:
		l.blame(o, path+".count", "got %d; the target selects %d nodes", spec.Count, selected)
	}
	return t
}

// known reports a reference to something that is not there.
func (l *loader) known(o *object, path, what, name string, known []string) {
	if !slices.Contains(known, name) && !l.nodesAreWrong && !l.isLenient() {
		l.blame(o, path, "%s", unknown(what, name, known))
	}
}

// nodeNames returns the names of all nodes, once they are compiled.
func (l *loader) nodeNames() []string {
	if l.names == nil {
		for _, n := range l.run.Config.Nodes {
			l.names = append(l.names, l.dict.String(n.Name))
		}
	}
	return l.names
}

func (l *loader) groupNames() []string {
	var names []string
	for _, o := range l.byKind("NodeGroup") {
		names = append(names, o.name)
	}
	return names
}

// zones returns the zones of all nodes in the order of the nodes.
func (l *loader) zones() []string {
	if l.zoneNames == nil {
		l.zoneNames = l.labelValues(models.LabelZone)
	}
	return l.zoneNames
}

// labelValues returns the values that a label has on nodes, in the order of the nodes.
func (l *loader) labelValues(label string) (values []string) {
	seen := make(map[models.Sym]bool)
	key := l.dict.Sym(label)
	for _, n := range l.run.Config.Nodes {
		if value, ok := n.Labels.Get(key); ok && !seen[value] {
			seen[value] = true
			values = append(values, l.dict.String(value))
		}
	}
	return values
}
