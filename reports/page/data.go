package page

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/podsim/podsim/models"
)

// Data is what the script of a page draws. It lies inside the page as JSON; times
// are virtual seconds since the start of the run.
type Data struct {
	Kind      string     `json:"kind"` // run
	Name      string     `json:"name"`
	Start     string     `json:"start"` // of the virtual clock, RFC 3339
	End       Seconds    `json:"end"`
	Times     []Seconds  `json:"times"` // of the samples, ascending
	Charts    []Chart    `json:"charts"`
	Bands     []Band     `json:"bands"`
	Marks     []Mark     `json:"marks"`
	Rows      []Row      `json:"rows"`
	Owners    []string   `json:"owners"`
	Grid      *Grid      `json:"grid,omitempty"`
	Lifelines *Lifelines `json:"lifelines,omitempty"`
}

// Chart is a chart over time: each series has one value a sample.
type Chart struct {
	ID     string   `json:"id"`
	Title  string   `json:"title"`
	Unit   string   `json:"unit"` // share, pods, nodes, …
	Help   string   `json:"help,omitempty"`
	Series []Series `json:"series"`
}

// Series is one line of a chart.
type Series struct {
	Name   string `json:"name"`
	Values Values `json:"values"`
}

// Band is a time that something lasted, shown behind everything over time.
type Band struct {
	From  Seconds  `json:"from"`
	Until *Seconds `json:"until"` // nil: up to the end of the run
	Kind  string   `json:"kind"`  // fault, upgrade, …
	Text  string   `json:"text"`
}

// Mark is a moment at which something was done.
type Mark struct {
	At   Seconds `json:"at"`
	Text string  `json:"text"`
}

// Row is a row of the grid: a node, or alike nodes put together.
type Row struct {
	Name  string `json:"name"`
	Nodes int    `json:"nodes"`
	Group string `json:"group,omitempty"`
	Zone  string `json:"zone,omitempty"`
	// MostPods is how many pods there were at most: what the bytes of pods are a share of.
	MostPods int `json:"mostPods"`
}

// Grid is what the rows held at each sample: one byte a row and sample, row after
// row, as text in the encoding that is named.
type Grid struct {
	Encoding string            `json:"encoding"`
	Bytes    map[string]string `json:"bytes"` // cpu, memory, pods, state, owner
}

// Lifelines are the lives of some pods.
type Lifelines struct {
	Shown string `json:"shown"` // which pods these are, in words
	Pods  []Life `json:"pods"`  // ordered by what befell them, the gravest first
}

// Life is one pod from its creation to its end.
type Life struct {
	Name  string     `json:"name"`
	Owner int        `json:"owner"` // an index of Data.Owners
	Row   *int       `json:"row"`   // an index of Data.Rows, where it came last; nil: never bound
	Why   string     `json:"why"`   // what it is shown for, in words
	Spans []Span     `json:"spans"`
	Marks []LifeMark `json:"marks,omitempty"`
}

// Phase is what a pod did for a time.
type Phase int

// The phases of a pod, as the script numbers them.
const (
	Pending Phase = iota
	Starting
	Running // not ready
	Ready
	Terminating
	Succeeded
	Failed
)

// Span is a time that a pod spent in one phase, on the nodes of one row.
type Span struct {
	Phase       Phase
	From, Until Seconds
	Row         int // -1: none
}

// LifeMark is something that befell a pod.
type LifeMark struct {
	At   Seconds
	Text string
}

// Seconds is a virtual time that is written in seconds, to the millisecond.
type Seconds models.Time

// MarshalJSON writes whole seconds without a fraction.
func (s Seconds) MarshalJSON() ([]byte, error) {
	return appendSeconds(nil, s), nil
}

func appendSeconds(b []byte, s Seconds) []byte {
	const millisecond = 1e6
	return strconv.AppendFloat(b, float64(int64(s)/millisecond)/1000, 'f', -1, 64)
}

// Values are the points of a series, to four significant digits or to the unit;
// what is no number is written as null.
type Values []float64

// MarshalJSON writes an array.
func (v Values) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, x := range v {
		if i > 0 {
			b = append(b, ',')
		}
		switch {
		case math.IsNaN(x) || math.IsInf(x, 0):
			b = append(b, "null"...)
		case math.Abs(x) >= 1000:
			b = strconv.AppendFloat(b, math.Round(x), 'f', -1, 64)
		default:
			rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 4, 64), 64)
			b = strconv.AppendFloat(b, rounded, 'f', -1, 64)
		}
	}
	return append(b, ']'), nil
}

// MarshalJSON writes [phase, from, until, row], with null for no row.
func (s Span) MarshalJSON() ([]byte, error) {
	b := strconv.AppendInt([]byte{'['}, int64(s.Phase), 10)
	b = appendSeconds(append(b, ','), s.From)
	b = append(appendSeconds(append(b, ','), s.Until), ',')
	if s.Row < 0 {
		return append(b, "null]"...), nil
	}
	return append(strconv.AppendInt(b, int64(s.Row), 10), ']'), nil
}

// MarshalJSON writes [at, text].
func (m LifeMark) MarshalJSON() ([]byte, error) {
	text, err := json.Marshal(m.Text)
	if err != nil {
		return nil, err
	}
	b := append(appendSeconds([]byte{'['}, m.At), ',')
	return append(append(b, text...), ']'), nil
}
