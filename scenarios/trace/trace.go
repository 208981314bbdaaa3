package trace

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
)

// Format names a format of traces.
type Format string

// The formats that are read.
const (
	DLRM  Format = "dlrm"  // instances of Alibaba's DLRM trace, CSV
	SWF   Format = "swf"   // jobs in the Standard Workload Format
	CSV   Format = "csv"   // podsim's own, see Columns
	JSONL Format = "jsonl" // objects of Kubernetes as a watch or an audit log tells of them
)

// Formats returns the formats in the order of the documentation.
func Formats() []Format { return []Format{DLRM, SWF, CSV, JSONL} }

// Shape is what many objects have in common. Equal shapes are ==.
type Shape struct {
	Kind      string // Pod or Job; empty if Template or Object say it
	Namespace string
	// Template names an object of the scenario that is copied.
	Template string
	// Object is the whole object as JSON, without a name. Of the other fields
	// only Ends is then set.
	Object string
	// Count is the number of pods: of copies of a bare pod, else of those that the
	// object wants. 0 leaves it to the object, and is 1 if that does not say.
	Count int32
	// Ends tells that pods end by themselves and are not started again.
	Ends                 bool
	Labels, NodeSelector Pairs
	// Requests and Limits are quantities by resource.
	Requests, Limits Pairs
	PriorityClass    string
	Image            string
}

// Pairs are names with values: lines of name=value, sorted by name.
type Pairs string

// NewPairs joins names with values. Empty values are left out.
func NewPairs(pairs ...[2]string) Pairs {
	slices.SortFunc(pairs, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	var b strings.Builder
	for _, p := range pairs {
		if p[1] == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p[0])
		b.WriteByte('=')
		b.WriteString(p[1])
	}
	return Pairs(b.String())
}

// All yields the pairs in order.
func (p Pairs) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		if p == "" {
			return
		}
		for line := range strings.SplitSeq(string(p), "\n") {
			if name, value, _ := strings.Cut(line, "="); !yield(name, value) {
				return
			}
		}
	}
}

// Get returns the value of a name, empty if it has none.
func (p Pairs) Get(name string) string {
	for n, value := range p.All() {
		if n == name {
			return value
		}
	}
	return ""
}

// Row is one object.
type Row struct {
	At models.Time // when it came; 0 if it was there when the trace began
	// Lifetime is how long it stayed until somebody deleted it; negative if nobody
	// did, or nobody knows.
	Lifetime time.Duration
	// RunTime is how long its pods ran until they ended by themselves; negative if
	// they did not, or nobody knows.
	RunTime time.Duration
	Shape   int32 // see Reader.Shape
	// Scalings are the later numbers of replicas of a workload, in order of time.
	Scalings []Scaling
	Base     int32 // see Reader.Base
	// Number goes with the base into the name; -1 for a name that is its base. Of
	// an object without a name it counts the pods without name before it.
	Number int32
}

// Scaling is a number of replicas that was set some time after an object came.
type Scaling struct {
	After    time.Duration
	Replicas int32
}

// Note counts things of which something must be told: 3 of 10 jobs are left out.
type Note struct {
	Count int
	Total int    // of how many; 0 if that says nothing
	Of    string // such as jobs
	What  string // such as: are left out: their run time is unknown
}

// Text writes the note, with words such as "of Workload batch" after the subject.
func (n *Note) Text(whose string) string {
	text := fmt.Sprintf("%d ", n.Count)
	if n.Total > 0 {
		text = fmt.Sprintf("%d of %d ", n.Count, n.Total)
	}
	text += n.Of
	if whose != "" {
		text += " " + whose
	}
	return text + " " + n.What
}

// addNote counts once more.
func addNote(notes []Note, of, what string) []Note {
	for i := range notes {
		if notes[i].Of == of && notes[i].What == what {
			notes[i].Count++
			return notes
		}
	}
	return append(notes, Note{Count: 1, Of: of, What: what})
}
