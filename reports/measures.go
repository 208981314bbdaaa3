package reports

import (
	"math"
	"strconv"
)

// MeasureKind documents one measure or a family of them.
type MeasureKind struct {
	Name string // without argument and label
	// Argument is what stands in parentheses: resource, or empty. Labels are what
	// may stand in braces, as cause in evictions{cause="preemption"}.
	Argument string
	Labels   []string
	Values   []string // of the label, if they are the same in every run
	Unit     string
	Better   Direction
	Help     string
}

// Spelling shows how the measures of the kind are written.
func (k *MeasureKind) Spelling() string {
	if k.Argument != "" {
		return k.Name + "(" + k.Argument + ")"
	}
	return k.Name
}

// MeasureKinds returns all kinds of measures in the order of Measures.
func MeasureKinds() []MeasureKind {
	out := make([]MeasureKind, len(measureTable))
	for i := range measureTable {
		out[i] = measureTable[i].MeasureKind
	}
	return out
}

// reading is one value of a kind of measure.
type reading struct {
	argument     string
	label, value string // label="value"; no label: the whole
	number       *float64
}

// measureKind is a MeasureKind with the way to read it.
type measureKind struct {
	MeasureKind
	read func(*Measured) []reading
}

const (
	unitPodsPerHour = "pods/h"
	unitHours       = "h"
	unitCoreSeconds = "core-s"
)

// The labels of measures.
const (
	labelClass     = "class"
	labelCause     = "cause"
	labelGroup     = "group"
	labelNamespace = "namespace"
	labelValue     = "label"
	labelWorkload  = "workload"
)

func one(number *float64) []reading { return []reading{{number: number}} }

func counted(get func(*Measured) int64) func(*Measured) []reading {
	return func(m *Measured) []reading {
		n := float64(get(m))
		return one(&n)
	}
}

func amount(get func(*Measured) float64) func(*Measured) []reading {
	return func(m *Measured) []reading {
		n := get(m)
		return one(&n)
	}
}

func byCause(get func(*Evictions) (int64, []CauseCount)) func(*Measured) []reading {
	return func(m *Measured) []reading {
		total, causes := get(&m.Evictions)
		return countedBy(total, causes)
	}
}

func countedBy(total int64, causes []CauseCount) []reading {
	n := float64(total)
	out := one(&n)
	for _, c := range causes {
		n := float64(c.Count)
		out = append(out, reading{label: labelCause, value: c.Cause, number: &n})
	}
	return out
}

// ownersMost bounds the workloads that Measures lists one by one.
const ownersMost = 20

// ofOwner labels a kind by workloads, which are there besides the whole.
func ofOwner(k measureKind, get func(*OwnerLosses) *float64) measureKind {
	k.Labels = []string{labelWorkload}
	whole := k.read
	k.read = func(m *Measured) []reading {
		out := whole(m)
		for i := range m.Owners {
			out = append(out, reading{label: labelWorkload, value: m.Owners[i].Name, number: get(&m.Owners[i])})
		}
		return out
	}
	return k
}

func byResource(get func(*ResourceUse) *float64) func(*Measured) []reading {
	return func(m *Measured) []reading {
		var out []reading
		for i := range m.Resources {
			out = append(out, reading{argument: m.Resources[i].Resource, number: get(&m.Resources[i])})
		}
		return out
	}
}

// byClass reads a statistic of all pods and of each class, if classes differ.
func byClass(of func(*ClassWaits) *Quantiles, get func(*Quantiles) Seconds) func(*Measured) []reading {
	return func(m *Measured) []reading {
		out := one(statisticOf(of(&m.Waits), get))
		for i := range m.Classes {
			c := &m.Classes[i]
			out = append(out, reading{label: labelClass, value: c.Class, number: statisticOf(of(c), get)})
		}
		return out
	}
}

func statisticOf(q *Quantiles, get func(*Quantiles) Seconds) *float64 {
	if q.Count == 0 {
		return nil
	}
	n := float64(get(q))
	return &n
}

// ofCost reads the cost, if nodes have prices.
func ofCost(whole func(*Cost) float64, part func(*CostShare) float64) func(*Measured) []reading {
	return func(m *Measured) []reading {
		if m.Cost == nil {
			return nil
		}
		n := whole(m.Cost)
		out := one(&n)
		if part == nil {
			return out
		}
		for _, list := range []struct {
			label  string
			shares []CostShare
		}{{labelGroup, m.Cost.Groups}, {labelNamespace, m.Cost.Namespaces}, {labelValue, m.Cost.Labels}} {
			for i := range list.shares {
				n := part(&list.shares[i])
				out = append(out, reading{label: list.label, value: list.shares[i].Name, number: &n})
			}
		}
		return out
	}
}

// Measures lists everything that the run comes to, in the order of MeasureKinds, and
// then the metrics of the user. Names are as assertions write them. Classes, groups,
// namespaces and the like are listed if there is more than one, workloads if there are
// not more than 20.
func (s *Summary) Measures() []Measure { return s.measures(false) }

// measures lists also what stands for the whole, such as the only class.
func (s *Summary) measures(whole bool) []Measure {
	var out []Measure
	for i := range measureTable {
		k := &measureTable[i]
		readings := k.read(&s.Measured)
		same := make(map[string]int, len(k.Labels))
		for _, r := range readings {
			same[r.label]++
		}
		for _, r := range readings {
			if r.label != "" && (same[r.label] == 1 || same[labelWorkload] > ownersMost) && !whole {
				continue
			}
			out = append(out, Measure{Name: k.spell(r), Unit: k.Unit, Better: k.Better, Value: finite(r.number)})
		}
	}
	return append(out, s.Custom...)
}

// finite returns a number, nil if it is none: a Measure holds what one can compute
// with and write as JSON.
func finite(number *float64) *float64 {
	if number == nil || math.IsNaN(*number) || math.IsInf(*number, 0) {
		return nil
	}
	return number
}

func (k *measureKind) spell(r reading) string {
	name := k.Name
	if r.argument != "" {
		name += "(" + r.argument + ")"
	}
	if r.label != "" {
		name += "{" + r.label + "=" + strconv.Quote(r.value) + "}"
	}
	return name
}
