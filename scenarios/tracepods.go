package scenarios

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scenarios/trace"
)

// RDMAResource is the extended resource that counts per cents of a network card.
const RDMAResource = "rdma/percent"

// addTrace makes a source of a workload whose arrivals were recorded.
func (l *loader) addTrace(o *object, spec *WorkloadSpec) {
	before := len(l.problems)
	for _, path := range []string{"spec.template", "spec.templateRef", "spec.lifetime", "spec.arrivals.batch"} {
		if o.at(path) != nil {
			l.blame(o, path, "a trace brings pods, lifetimes and batches of its own")
		}
	}
	window, ok := l.window(o, &spec.Arrivals)
	read := l.readTrace(o, spec.Arrivals.Data)
	if !ok || read == nil || len(l.problems) > before {
		return
	}
	source := &recorded{rows: read.Rows, window: window, left: MaxObjects}
	if spec.Arrivals.Limit != nil {
		source.left = *spec.Arrivals.Limit
	}
	for _, base := range read.Bases {
		source.bases = append(source.bases, l.dict.Sym(base))
	}
	for i := range read.Shapes {
		p, problems := l.podOf(&read.Shapes[i])
		if len(problems) > 0 {
			l.blame(o, "spec.arrivals.data", "pods of %s: %s", read.Shapes[i].App, problems[0].What)
			return
		}
		p.owners = []ObjectRefTo{{"Workload", o.name}}
		t := l.template(p, &spec.BehaviorSpec)
		l.checkLoops(o, spec, p.pod, t)
		source.templates = append(source.templates, t)
	}
	if limited := read.PerNodeLimits(); limited > 0 {
		l.assume("%d of %d instances of Workload %s limit the instances of their app on a node (max_instance_per_node): "+
			"no plugin does so, the limits are ignored", limited, len(read.Rows), o.name)
	}
	l.run.Config.Sources = append(l.run.Config.Sources, source)
}

// readTrace reads the trace bound to a name; nil if something is wrong.
func (l *loader) readTrace(o *object, name string) *trace.Trace {
	shown, file, err := l.openData(name, "dlrm")
	if err != nil {
		l.blame(o, "spec.arrivals.data", "%v", err)
		return nil
	}
	defer l.close(file)
	read, err := trace.ReadDLRM(shown, l.digest.reader(shown, file), trace.DefaultLimits())
	if err != nil {
		l.problems = append(l.problems, asProblems(err)...)
		return nil
	}
	return read
}

// podOf makes the pod of a shape. It is written as a manifest and compiled like
// any other, so that it gets the defaults that an API server sets.
func (l *loader) podOf(s *trace.Shape) (*prototype, yamlnode.Problems) {
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: v1\nkind: Pod\nmetadata: {labels: {app: %q, role: %q}}\n", s.App, s.Role)
	fmt.Fprintf(&b, "spec:\n  nodeSelector: {role: %q}\n  containers:\n  - name: main\n    image: %q\n    resources:\n", s.Role, imageOf(s.App))
	b.WriteString("      requests: {")
	writeResources(&b, s, s.CPU, s.Memory, s.Disk)
	b.WriteString("}\n      limits: {")
	writeResources(&b, s, s.CPULimit, s.MemoryLimit, s.DiskLimit)
	b.WriteString("}\n")
	documents, err := yamlnode.Parse("shape of "+s.App, strings.NewReader(b.String()))
	if err != nil {
		return nil, asProblems(err)
	}
	t, problems := l.set.CompileTemplate(documents[0].Root)
	if len(problems) > 0 {
		return nil, problems
	}
	return prototypeOfPod(t.Pod), nil
}

// imageOf gives every app an image of its own, named so that any registry would
// take it.
func imageOf(app string) string {
	return "trace/" + strings.Map(func(r rune) rune {
		if r == '.' || r == '_' {
			return '-'
		}
		return r
	}, strings.ToLower(app))
}

// writeResources writes what is not 0.
func writeResources(b *strings.Builder, s *trace.Shape, milliCPU, memory, disk int64) {
	separator := ""
	write := func(name, format string, amount int64) {
		if amount > 0 {
			fmt.Fprintf(b, separator+name+": "+format, amount)
			separator = ", "
		}
	}
	write("cpu", "%dm", milliCPU)
	write("memory", "%d", memory)
	write("ephemeral-storage", "%d", disk)
	write("nvidia.com/gpu", "%d", s.GPUs)
	write(RDMAResource, "%d", s.RDMA)
}
