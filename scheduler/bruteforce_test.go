package scheduler_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
)

// machine and demand are the shapes of nodes and pods that small clusters are made
// of. Amounts are in cores, GiB and pods.
type machine struct {
	cpu, memory, pods int64
	disk              string
	taint             models.Effect
	cordoned          bool
}

type demand struct {
	cpu, memory int64
	disk        string // node selector
	elsewhere   bool   // required affinity: not on ssd
	tolerates   bool   // the taint of machines
	anywhere    bool   // tolerates everything
	port        int32
	protocol    models.Protocol
}

var machines = []machine{
	{cpu: 2, memory: 2, pods: 9},
	{cpu: 1, memory: 3, pods: 9, disk: "ssd"},
	{cpu: 3, memory: 1, pods: 9, taint: models.NoExecute},
	{cpu: 2, memory: 2, pods: 9, taint: models.NoSchedule},
	{cpu: 2, memory: 2, pods: 9, taint: models.PreferNoSchedule, cordoned: true},
	{cpu: 4, memory: 4, pods: 1, disk: "hdd"},
	{cpu: 3, memory: 4, pods: 3, disk: "ssd", taint: models.NoSchedule},
}

var demands = []demand{
	{cpu: 1, memory: 1},
	{cpu: 2, memory: 2},
	{cpu: 1, memory: 1, disk: "ssd"},
	{cpu: 1, memory: 1, elsewhere: true, tolerates: true},
	{cpu: 1, memory: 0, port: 80, anywhere: true},
	{cpu: 0, memory: 1, port: 80, protocol: models.UDP},
	{cpu: 1, memory: 2, port: 80, tolerates: true},
}

// objections says by definition why a pod cannot go to a machine on which others
// are: the reasons of the first rule that is broken.
func objections(d demand, m machine, on []demand) []string {
	if m.cordoned && !d.anywhere {
		return []string{"node(s) were unschedulable"}
	}
	if (m.taint == models.NoSchedule || m.taint == models.NoExecute) && !d.tolerates && !d.anywhere {
		return []string{"node(s) had untolerated taint(s)"}
	}
	if d.disk != "" && d.disk != m.disk || d.elsewhere && m.disk == "ssd" {
		return []string{"node(s) didn't match Pod's node affinity/selector"}
	}
	cpu, memory := d.cpu, d.memory
	for _, other := range on {
		if d.port != 0 && d.port == other.port && d.protocol == other.protocol {
			return []string{"node(s) didn't have free ports for the requested pod ports"}
		}
		cpu += other.cpu
		memory += other.memory
	}
	var reasons []string
	if int64(len(on)) == m.pods {
		reasons = append(reasons, "Too many pods")
	}
	if d.cpu > 0 && cpu > m.cpu {
		reasons = append(reasons, "Insufficient cpu")
	}
	if d.memory > 0 && memory > m.memory {
		reasons = append(reasons, "Insufficient memory")
	}
	return reasons
}

// allocation is the score of a machine by definition: the mean share of cores and
// memory that is free, or taken, with the pod on it.
func allocation(strategy string, d demand, m machine, on []demand) int64 {
	cpu, memory := d.cpu*1000, d.memory<<30
	for _, other := range on {
		cpu += other.cpu * 1000
		memory += other.memory << 30
	}
	rate := func(used, capacity int64) int64 {
		if strategy == plugins.LeastAllocated {
			used = capacity - used
		}
		return used * 100 / capacity
	}
	return (rate(cpu, m.cpu*1000) + rate(memory, m.memory<<30)) / 2
}

// witness is the last filter of a profile: the nodes that it is asked about are
// the feasible ones. It says that it reads much, so as to be asked in every cycle.
type witness struct{ nodes []models.NodeID }

func (*witness) Name() string           { return "Witness" }
func (*witness) Reads() framework.Reads { return framework.ReadsCluster }
func (w *witness) Filter(_ *framework.Cycle, n framework.Node) *framework.Status {
	w.nodes = append(w.nodes, n.ID())
	return nil
}

// enumeration goes through every sequence of pods on one set of machines, placing
// one pod at a time and taking it away again.
type enumeration struct {
	*world
	strategy string // of scoring; empty is the default profile
	machines []machine
	on       [][]demand
	specs    []models.SpecID
	witness  *witness
	placed   int
	marks    map[string]int
}

func enumerate(t *testing.T, strategy string, set []machine, marks map[string]int) *enumeration {
	w := &witness{}
	table := append(plugins.Table(), plugins.Entry{Name: "Witness",
		New: func(any, *models.Dictionary) (framework.Plugin, error) { return w, nil }})
	profile := scheduler.DefaultProfile(table)
	for i := range profile.Plugins {
		p := &profile.Plugins[i]
		if strategy == "" {
			break
		}
		if p.Name != "NodeResourcesFit" {
			p.Off = framework.Scoring
		} else {
			p.Args = &plugins.NodeResourcesFitArgs{ScoringStrategy: &plugins.ScoringStrategy{Type: strategy}}
		}
	}
	profile.Plugins = append(profile.Plugins, scheduler.Plugin{Name: "Witness"})
	e := &enumeration{
		world:    newWorld(t, scheduler.Config{Profiles: []scheduler.Profile{profile}}, table),
		strategy: strategy, machines: set, on: make([][]demand, len(set)), witness: w, marks: marks,
	}
	for id, m := range set {
		e.joinMachine(models.NodeID(id), m)
	}
	for _, d := range demands {
		e.specs = append(e.specs, e.c.DefinePod(e.compile(d)))
	}
	return e
}

func (e *enumeration) joinMachine(id models.NodeID, m machine) {
	room := models.Resources{models.CPU: m.cpu * 1000, models.Memory: m.memory << 30, models.Pods: m.pods}
	spec := &models.NodeSpec{Name: e.d.Sym(fmt.Sprint("n", id)), Capacity: room, Allocatable: room, Unschedulable: m.cordoned}
	if m.disk != "" {
		spec.Labels = models.NewLabels(models.Label{Key: e.d.Sym("disk"), Value: e.d.Sym(m.disk)})
	}
	if m.taint != models.AnyEffect {
		spec.Taints = append(spec.Taints, models.Taint{Key: e.d.Sym("dedicated"), Value: e.d.Sym("db"), Effect: m.taint})
	}
	e.apply(0, models.Op{Kind: models.OpAddNode, Node: id, Def: int32(e.c.DefineNode(spec))})
}

func (e *enumeration) compile(d demand) *models.PodSpec {
	spec := &models.PodSpec{
		SchedulerName: e.d.Sym(models.DefaultScheduler),
		Requests:      models.Resources{models.CPU: d.cpu * 1000, models.Memory: d.memory << 30, models.Pods: 1},
		NonZeroCPU:    d.cpu * 1000, NonZeroMemory: d.memory << 30, ScoredCPU: d.cpu * 1000, ScoredMemory: d.memory << 30,
	}
	disk, ssd := e.d.Sym("disk"), e.d.Sym("ssd")
	if d.disk != "" {
		spec.NodeSelector = models.NewLabels(models.Label{Key: disk, Value: e.d.Sym(d.disk)})
	}
	if d.elsewhere {
		spec.HasRequiredTerms = true
		spec.RequiredTerms = []models.NodeTerm{{Labels: models.Selector{{Key: disk, Op: models.NotIn, Values: []models.Sym{ssd}}}}}
	}
	if d.tolerates {
		spec.Tolerations = append(spec.Tolerations, models.Toleration{Key: e.d.Sym("dedicated"), Value: e.d.Sym("db")})
	}
	if d.anywhere {
		spec.Tolerations = append(spec.Tolerations, models.Toleration{Exists: true})
	}
	if d.port != 0 {
		spec.HostPorts = []models.HostPort{{Protocol: d.protocol, Port: d.port}}
	}
	return spec
}

// extend tries every pod next, and after each that found a node every pod after it.
func (e *enumeration) extend(depth int) {
	for i, d := range demands {
		id := models.PodID(e.c.View().Pods())
		e.apply(0, models.Op{Kind: models.OpCreatePod, Pod: id, Def: int32(e.specs[i]), Owner: models.None, Ordinal: models.Exact})
		e.Add(0, id, e.c.View())
		e.witness.nodes = e.witness.nodes[:0]
		out, ok := e.Next(0, e.c.View())
		if !ok || out.Pod != id {
			e.t.Fatalf("decided about %+v, %t; want pod %d", out, ok, id)
		}
		e.placed++
		feasible := e.feasible(d)
		slices.Sort(e.witness.nodes)
		if !slices.Equal(e.witness.nodes, feasible) {
			e.t.Fatalf("%+v on %+v beside %+v: feasible %v; want %v", d, e.machines, e.on, e.witness.nodes, feasible)
		}
		if len(feasible) == 0 {
			e.checkRefusal(d, &out)
			e.Failed(0, id, e.c.View())
			e.Delete(id)
		} else {
			e.checkChoice(d, &out, feasible)
			if err := e.commit.Commit(0, &out.Claim); err != nil {
				e.t.Fatal(err)
			}
			e.Accepted(id)
			node := out.Claim.Node
			e.on[node] = append(e.on[node], d)
			if depth > 1 {
				e.extend(depth - 1)
			}
			e.on[node] = e.on[node][:len(e.on[node])-1]
		}
		e.apply(0, models.Op{Kind: models.OpDeletePod, Pod: id})
		e.apply(0, models.Op{Kind: models.OpRemovePod, Pod: id})
	}
}

func (e *enumeration) feasible(d demand) (nodes []models.NodeID) {
	for id, m := range e.machines {
		if len(objections(d, m, e.on[id])) == 0 {
			nodes = append(nodes, models.NodeID(id))
		}
	}
	return nodes
}

// checkRefusal holds the message to what speaks against every node.
func (e *enumeration) checkRefusal(d demand, out *scheduler.Outcome) {
	if out.Verdict != scheduler.Unschedulable || out.Evaluated != len(e.machines) {
		e.t.Fatalf("%+v fits on no node of %+v: got %+v", d, e.machines, out)
	}
	want, nodes := make(map[string]int), 0
	for id, m := range e.machines {
		reasons := objections(d, m, e.on[id])
		for _, reason := range reasons {
			want[reason]++
			e.marks[reason]++
		}
		if len(reasons) > 1 {
			e.marks["two reasons on one node"]++
		}
		nodes++
	}
	prefix := fmt.Sprintf("0/%d nodes are available: ", nodes)
	text, ok := strings.CutSuffix(out.Message, " no new claims to deallocate, preemption: "+prefix+e.unhelpful(d)+".")
	list, ok2 := strings.CutPrefix(strings.TrimSuffix(text, "."), prefix)
	ok = ok && ok2
	got := make(map[string]int)
	for part := range strings.SplitSeq(list, ", ") {
		count, reason, _ := strings.Cut(part, " ")
		n, err := strconv.Atoi(count)
		ok = ok && err == nil
		got[reason] += n
	}
	if !ok || !maps.Equal(want, got) {
		e.t.Fatalf("%+v on %+v beside %+v: message %q\n%s", d, e.machines, e.on, out.Message, cmp.Diff(want, got))
	}
}

// unhelpful says why preemption does not help: no pod is less important, and what
// some nodes are short of no pod takes. A taken port hides what else is missing.
func (e *enumeration) unhelpful(d demand) string {
	hopeless := 0
	for id, m := range e.machines {
		port := "node(s) didn't have free ports for the requested pod ports"
		if len(objections(d, m, nil)) > 0 && objections(d, m, e.on[id])[0] != port {
			hopeless++
		}
	}
	var parts []string
	if possible := len(e.machines) - hopeless; possible > 0 {
		parts = append(parts, fmt.Sprint(possible, " No preemption victims found for incoming pod"))
	}
	if hopeless > 0 {
		parts = append(parts, fmt.Sprint(hopeless, " Preemption is not helpful for scheduling"))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// checkChoice makes sure that no feasible node would have been better.
func (e *enumeration) checkChoice(d demand, out *scheduler.Outcome, feasible []models.NodeID) {
	if out.Verdict != scheduler.Claimed || !slices.Contains(feasible, out.Claim.Node) || out.Claim.Feasible != len(feasible) {
		e.t.Fatalf("%+v fits on %v of %+v beside %+v: got %+v", d, feasible, e.machines, e.on, out)
	}
	if e.strategy == "" {
		return
	}
	score := func(id models.NodeID) int64 { return allocation(e.strategy, d, e.machines[id], e.on[id]) }
	best, tied := int64(-1), 0
	for _, id := range feasible {
		switch s := score(id); {
		case s > best:
			best, tied = s, 1
		case s == best:
			tied++
		}
	}
	if score(out.Claim.Node) != best || len(feasible) > 1 && out.Claim.Score != best {
		e.t.Fatalf("%+v on %+v beside %+v: n%d with score %d (%d by definition); the best is %d",
			d, e.machines, e.on, out.Claim.Node, out.Claim.Score, score(out.Claim.Node), best)
	}
	chosen := e.machines[out.Claim.Node]
	for mark, is := range map[string]bool{
		"a single node fits": len(feasible) == 1, "several are best": tied > 1, "some are worse": tied < len(feasible),
		"a cordoned node": chosen.cordoned, "a tainted node": chosen.taint == models.NoExecute,
	} {
		if is {
			e.marks[mark]++
		}
	}
}

// TestEverySmallClusterIsScheduledAsDefined tries every sequence of up to four pods
// on every list of up to three nodes.
func TestEverySmallClusterIsScheduledAsDefined(t *testing.T) {
	marks := make(map[string]int)
	decisions := 0
	for _, strategy := range []string{"", plugins.LeastAllocated, plugins.MostAllocated} {
		var sets func(set []machine)
		sets = func(set []machine) {
			if len(set) > 0 {
				e := enumerate(t, strategy, set, marks)
				e.extend(4)
				decisions += e.placed
				if err := e.c.Check(); err != nil {
					t.Fatal(err)
				}
			}
			for i := 0; i < len(machines) && len(set) < 3; i++ {
				sets(append(slices.Clone(set), machines[i]))
			}
		}
		sets(nil)
	}
	for _, mark := range []string{
		"a single node fits", "several are best", "some are worse", "a cordoned node", "a tainted node", "two reasons on one node",
		"node(s) were unschedulable", "node(s) had untolerated taint(s)", "node(s) didn't match Pod's node affinity/selector",
		"node(s) didn't have free ports for the requested pod ports", "Too many pods", "Insufficient cpu", "Insufficient memory",
	} {
		if marks[mark] == 0 {
			t.Errorf("never reached: %s", mark)
		}
	}
	if decisions < 100_000 {
		t.Errorf("%d decisions only", decisions)
	}
}
