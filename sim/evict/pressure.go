package evict

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// What evictions under pressure are attributed to.
const (
	kubeletManager = "kubelet"
	causePressure  = "NodePressure"
)

// scarce is a pod on a node that lacks something, with what it uses and requests of that.
type scarce struct {
	cluster.Pod
	used, requested int64
	known           bool
}

func (p *scarce) exceeds() bool { return p.used > p.requested }

// order compares two pods: the one that is less goes first.
type order func(a, b *scarce) int

// byPressure ranks the pods of a node that lacks something, by the first comparison that
// tells two apart. Pods that are alike go in the order in which they came.
type byPressure struct {
	orders func(o *Occasion) []order
}

// Propose returns the pods, the first to go first.
func (e byPressure) Propose(v cluster.View, o Occasion) []Proposal {
	pods := make([]scarce, len(o.Pods))
	for i, id := range o.Pods {
		p := &pods[i]
		p.Pod = v.Pod(id)
		p.used, p.requested, p.known = o.Scarce(p.Pod)
	}
	orders := e.orders(&o)
	slices.SortStableFunc(pods, func(a, b scarce) int {
		for _, compare := range orders {
			if c := compare(&a, &b); c != 0 {
				return c
			}
		}
		return 0
	})
	out := make([]Proposal, len(pods))
	for i := range pods {
		p := &pods[i]
		why := fmt.Sprintf("%s is short; nothing is known of its use", o.Signal)
		if p.known {
			why = fmt.Sprintf("%s is short; it uses %d, requests %d and has priority %d", o.Signal, p.used, p.requested, p.Spec().Priority)
		}
		out[i] = Proposal{Pod: p.ID(), By: kubeletManager, Cause: causePressure, Why: why}
	}
	return out
}

// kubelets is the order of kubelets: pods of whose use nothing is known, those that use
// more than they request, the less important, those that use most beyond their requests.
// Where processes are short, requests count for nothing. Where inodes are, the last
// comparison takes the bytes of ephemeral storage that a pod requests from its inodes.
// Source: pkg/kubelet/eviction/helpers.go (rankMemoryPressure, rankDiskPressureFunc, disk,
// rankPIDPressure).
func kubelets(o *Occasion) []order {
	switch o.Signal {
	case "pid.available":
		return []order{lessImportant, unknown, largerOveruse}
	case "nodefs.inodesFree", "imagefs.inodesFree":
		return []order{unknown, overusing, lessImportant, moreInodes}
	}
	return []order{unknown, overusing, lessImportant, largerOveruse}
}

func unknown(a, b *scarce) int   { return first(!a.known, !b.known) }
func overusing(a, b *scarce) int { return first(a.exceeds(), b.exceeds()) }

func lessImportant(a, b *scarce) int { return cmp.Compare(a.Spec().Priority, b.Spec().Priority) }

func largerOveruse(a, b *scarce) int { return cmp.Compare(b.used-b.requested, a.used-a.requested) }

func moreInodes(a, b *scarce) int {
	beyond := func(p *scarce) int64 { return p.used - p.Spec().Requests[models.EphemeralStorage] }
	return cmp.Compare(beyond(b), beyond(a))
}

// first lets those go first of which something is true.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// RestartArgs are the arguments of cheapestRestart.
type RestartArgs struct {
	BarePods string `yaml:"barePods" enum:"first,last,equal" default:"last" help:"when pods go that belong to nobody, and that nobody makes up for; equal treats them as all others"`
}

// restarts lets those go first that are soonest Ready again, judged by how long they took.
func restarts(args *RestartArgs) func(o *Occasion) []order {
	return func(o *Occasion) []order {
		cheaper := func(a, b *scarce) int { return cmp.Compare(startTime(a.Pod, o.At), startTime(b.Pod, o.At)) }
		bare := func(a, b *scarce) int { return first(a.Owner() == models.None, b.Owner() == models.None) }
		switch args.BarePods {
		case "equal":
			return append([]order{cheaper}, kubelets(o)...)
		case "first":
			return append([]order{bare, cheaper}, kubelets(o)...)
		}
		last := func(a, b *scarce) int { return -bare(a, b) }
		return append([]order{last, cheaper}, kubelets(o)...)
	}
}

// startTime is how long a pod took from its node until it was Ready, or has taken so far.
func startTime(pod cluster.Pod, now models.Time) time.Duration {
	if !pod.Ready() {
		return now.Sub(pod.BoundAt())
	}
	took := pod.ReadyChangedAt().Sub(pod.StartedAt())
	if pod.Starts() == 1 {
		took += pod.StartedAt().Sub(pod.BoundAt())
	}
	return took
}

// WorkArgs are the arguments of leastWorkLost.
type WorkArgs struct {
	Unit string `yaml:"unit" enum:"podSeconds,coreSeconds" default:"podSeconds" help:"what work is counted in: the time that a pod has run, or that times the cores that it requests"`
}

// leastRedone lets those go first that have run for the shortest time, of those that have to
// do again what they have done: pods that are to end some day. All others lose nothing.
func leastRedone(args *WorkArgs) func(o *Occasion) []order {
	return func(o *Occasion) []order {
		less := func(a, b *scarce) int { return cmp.Compare(work(a.Pod, o.At, args), work(b.Pod, o.At, args)) }
		return append([]order{less}, kubelets(o)...)
	}
}

// work is what a pod would have to do again, in thousandths of its unit.
func work(pod cluster.Pod, now models.Time, args *WorkArgs) int64 {
	if pod.Spec().RestartPolicy == models.RestartAlways || !pod.Up() {
		return 0
	}
	milliseconds := now.Sub(pod.StartedAt()).Milliseconds()
	if args.Unit == "coreSeconds" {
		return milliseconds * pod.Spec().Requests[models.CPU] / 1000
	}
	return milliseconds
}

// pressureTable are the evictors of nodes that lack something.
func pressureTable() []Entry {
	fixed := func(name, help string, orders func(o *Occasion) []order) Entry {
		return Entry{Name: name, Kind: Pressure, Help: help,
			New: func(any, *models.Dictionary) (Evictor, error) { return byPressure{orders}, nil }}
	}
	return []Entry{
		fixed("kubelet", "pods that use more than they request, the least important first, then those that do so most", kubelets),
		fixed("priority", "the least important pod, whatever it uses; of equals the one that came first",
			func(*Occasion) []order { return []order{lessImportant} }),
		fixed("largestOveruse", "the pod that uses most beyond what it requests, whatever its priority",
			func(*Occasion) []order { return []order{unknown, largerOveruse} }),
		{
			Name: "cheapestRestart", Kind: Pressure, Help: "the pod that is soonest Ready again, judged by how long it took the last time",
			Args: new(RestartArgs), New: func(args any, _ *models.Dictionary) (Evictor, error) {
				given, _ := args.(*RestartArgs)
				if given == nil {
					given = new(RestartArgs)
				}
				return byPressure{restarts(given)}, nil
			},
		},
		{
			Name: "leastWorkLost", Kind: Pressure, Help: "the pod that has least to do again: services nothing, jobs what they have done",
			Args: new(WorkArgs), New: func(args any, _ *models.Dictionary) (Evictor, error) {
				given, _ := args.(*WorkArgs)
				if given == nil {
					given = new(WorkArgs)
				}
				return byPressure{leastRedone(given)}, nil
			},
		},
	}
}
