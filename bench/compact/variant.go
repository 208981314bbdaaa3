package compact

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/place"
	"github.com/podsim/podsim/sim/kernel"
)

// variant is a way to run the workload.
type variant struct {
	name, help string
	parts      []part
}

// variants lists the ways that are asked for; the first is the workload as it is.
func (w *workload) variants(o *Options) []variant {
	v := &varying{workload: w, options: o}
	v.add("as it is", "one cell for all", []string{"all"}, [][]pod{w.pods})
	if o.Segregate != nil {
		names, parts := w.segregate(o.Segregate)
		v.add("segregated by "+o.Segregate.text, "each part has a cell of its own", names, parts)
	}
	for _, n := range o.SplitCells {
		names, parts := w.deal(o.Seed, n)
		v.add(fmt.Sprintf("split into %d cells", n), "workloads are dealt to smaller cells, in random order", names, parts)
	}
	if o.Bucket {
		v.bucket()
	}
	return v.out
}

// varying gathers variants.
type varying struct {
	*workload
	options *Options
	out     []variant
}

func (v *varying) add(name, help string, names []string, parts [][]pod) {
	out := variant{name: name, help: help}
	for i, pods := range parts {
		out.parts = append(out.parts, newPart(names[i], i, v.options.PickyShare, pods))
	}
	v.out = append(v.out, out)
}

// Segregation says by what a workload is parted.
type Segregation struct {
	text string
	part func(d *models.Dictionary, p *models.PodSpec) string
}

// ParseSegregation reads what a workload is parted by: namespace, priority (each value
// a part of its own), priority>=N (two parts) or the key of a label of the pods.
func ParseSegregation(text string) (*Segregation, error) {
	s := &Segregation{text: text}
	limit, bounded := strings.CutPrefix(text, "priority>=")
	switch {
	case text == "":
		return nil, errors.New(`want namespace, priority, priority>=N or the key of a label (got "")`)
	case text == "namespace":
		s.part = func(d *models.Dictionary, p *models.PodSpec) string { return d.String(p.Namespace) }
	case text == "priority":
		s.part = func(_ *models.Dictionary, p *models.PodSpec) string {
			return "priority " + strconv.Itoa(int(p.Priority))
		}
	case bounded:
		least, err := strconv.ParseInt(limit, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("%s: want an integer behind priority>= (got %q)", text, limit)
		}
		s.part = func(_ *models.Dictionary, p *models.PodSpec) string {
			if int64(p.Priority) >= least {
				return "priority from " + limit
			}
			return "priority below " + limit
		}
	case strings.ContainsAny(text, " =<>!,"):
		return nil, fmt.Errorf("want namespace, priority, priority>=N or the key of a label (got %q)", text)
	default:
		s.part = func(d *models.Dictionary, p *models.PodSpec) string {
			if key, ok := d.Lookup(text); ok {
				if value, ok := p.Labels.Get(key); ok {
					return text + "=" + d.String(value)
				}
			}
			return "without " + text
		}
	}
	return s, nil
}

// segregate parts the pods, the part of the first pod first.
func (w *workload) segregate(s *Segregation) (names []string, parts [][]pod) {
	for i := range w.pods {
		name := s.part(w.cell.Dictionary(), w.pods[i].Spec)
		at := slices.Index(names, name)
		if at < 0 {
			at = len(names)
			names, parts = append(names, name), append(parts, nil)
		}
		parts[at] = append(parts[at], w.pods[i])
	}
	return names, parts
}

// deal gives the workloads in random order to cells in turn. Cells that get none are
// left out.
func (w *workload) deal(seed uint64, cells int) (names []string, parts [][]pod) {
	order := make([]int, len(w.cell.Workloads))
	for i := range order {
		order[i] = i
	}
	source := kernel.NewStreams(seed).At("compact/deal", 0, uint64(cells))
	for i := len(order) - 1; i > 0; i-- {
		j := kernel.Pick(source, i+1)
		order[i], order[j] = order[j], order[i]
	}
	packed := make([]bool, len(order))
	for i := range w.pods {
		packed[w.pods[i].Workload] = true
	}
	to, dealt := make([]int, len(order)), 0
	for _, load := range order {
		if packed[load] {
			to[load] = dealt % cells
			dealt++
		}
	}
	parts = make([][]pod, min(cells, dealt))
	for i := range w.pods {
		at := to[w.pods[i].Workload]
		parts[at] = append(parts[at], w.pods[i])
	}
	for i := range parts {
		names = append(names, "cell "+strconv.Itoa(i+1))
	}
	return names, parts
}

// The smallest requests of the bucketed variant: half a core and 1 GiB.
const (
	leastCPU    = 500
	leastMemory = int64(1) << 30
)

// bucket rounds what pods request of cpu and memory up to the next power of two. A pod
// that then fits on no node gets an empty one whole, or stays out: the cost of buckets
// lies between the two. Requests that are not given stay so.
func (v *varying) bucket() {
	known := make(map[*models.PodSpec]bucketed)
	var whole, fitting []pod
	for i := range v.pods {
		p := v.pods[i]
		b, ok := known[p.Spec]
		if !ok {
			b = v.bucketed(p.CellPod)
			known[p.Spec] = b
		}
		p.CellPod = p.As(b.CellPod)
		whole = append(whole, p)
		if !b.clipped {
			fitting = append(fitting, p)
		}
	}
	const name = "requests in powers of two"
	const help = "cpu from 500m and memory from 1Gi are rounded up to the next power of two"
	if len(fitting) == len(whole) {
		v.add(name, help, []string{"all"}, [][]pod{whole})
		return
	}
	v.add(name, help+"; what no node takes then gets a whole node", []string{"all"}, [][]pod{whole})
	if len(fitting) > 0 {
		v.add(name+", too large ones left out", help+"; what no node takes then is left out", []string{"all"}, [][]pod{fitting})
	}
}

// bucketed is a pod with larger requests.
type bucketed struct {
	place.CellPod
	clipped bool // no node takes it with these, so that it gets all that the roomiest has
}

func (v *varying) bucketed(p place.CellPod) bucketed {
	spec := *p.Spec
	spec.Requests[models.CPU] = nextBucket(spec.Requests[models.CPU], leastCPU)
	spec.Requests[models.Memory] = nextBucket(spec.Requests[models.Memory], leastMemory)
	var out bucketed
	out.clipped = !slices.ContainsFunc(v.pool[:v.nodes], func(node int) bool { return v.cell.Suits(&spec, node) })
	if out.clipped {
		v.clip(&spec, p.Spec)
	}
	if p.Spec.Requests[models.CPU] > 0 {
		spec.NonZeroCPU, spec.ScoredCPU = spec.Requests[models.CPU], spec.Requests[models.CPU]
	}
	if p.Spec.Requests[models.Memory] > 0 {
		spec.NonZeroMemory, spec.ScoredMemory = spec.Requests[models.Memory], spec.Requests[models.Memory]
	}
	out.CellPod = v.cell.With(p, &spec)
	return out
}

// clip lets a pod ask for all the cpu and memory of the node that has most of both
// among those that take it as it was.
func (v *varying) clip(spec, was *models.PodSpec) {
	var most models.Resources
	for _, node := range v.pool[:v.nodes] {
		room := v.cell.Nodes[node].Allocatable
		if v.cell.Suits(was, node) && (room[models.CPU] > most[models.CPU] || room[models.CPU] == most[models.CPU] && room[models.Memory] > most[models.Memory]) {
			most = room
		}
	}
	spec.Requests[models.CPU] = min(spec.Requests[models.CPU], most[models.CPU])
	spec.Requests[models.Memory] = min(spec.Requests[models.Memory], most[models.Memory])
}

// nextBucket returns the least of least, 2 least, 4 least, … that is not below n; 0 for 0.
func nextBucket(n, least int64) int64 {
	if n == 0 {
		return 0
	}
	size := least
	for size < n && size<<1 > 0 {
		size <<= 1
	}
	return max(size, n)
}
