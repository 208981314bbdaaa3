package models

import (
	"slices"
	"strings"
)

// Label is one key with its value.
type Label struct{ Key, Value Sym }

// Labels are sorted by key symbol, each key once.
type Labels []Label

// NewLabels sorts labels by key; of two with the same key the later one stays.
func NewLabels(labels ...Label) Labels {
	out := slices.Clone(Labels(labels))
	slices.SortStableFunc(out, func(a, b Label) int { return int(a.Key) - int(b.Key) })
	kept := out[:0]
	for i, l := range out {
		if i+1 < len(out) && out[i+1].Key == l.Key {
			continue
		}
		kept = append(kept, l)
	}
	return kept
}

// Get returns the value of key.
func (ls Labels) Get(key Sym) (Sym, bool) {
	for _, l := range ls {
		if l.Key == key {
			return l.Value, true
		}
	}
	return 0, false
}

// Contains reports whether every label of want is in ls.
func (ls Labels) Contains(want Labels) bool {
	for _, w := range want {
		if v, ok := ls.Get(w.Key); !ok || v != w.Value {
			return false
		}
	}
	return true
}

// With returns a copy of ls in which key has value.
func (ls Labels) With(key, value Sym) Labels {
	return NewLabels(append(slices.Clone(ls), Label{key, value})...)
}

// Without returns a copy of ls without key.
func (ls Labels) Without(key Sym) Labels {
	return slices.DeleteFunc(slices.Clone(ls), func(l Label) bool { return l.Key == key })
}

// Operator relates a label to the values of a requirement.
type Operator uint8

// The operators of label selectors and node selectors.
const (
	In Operator = iota
	NotIn
	Exists
	DoesNotExist
	Gt
	Lt
)

// Requirement is one expression of a selector.
type Requirement struct {
	Key    Sym
	Op     Operator
	Values []Sym
}

// Matches reports whether a value (present or not) satisfies the requirement.
// NotIn and DoesNotExist hold when the key is absent; Gt and Lt compare decimal
// integers and fail on anything else.
// Source: k8s.io/apimachinery/pkg/labels/selector.go.
func (r *Requirement) Matches(value Sym, present bool, d *Dictionary) bool {
	switch r.Op {
	case In:
		return present && slices.Contains(r.Values, value)
	case NotIn:
		return !present || !slices.Contains(r.Values, value)
	case Exists:
		return present
	case DoesNotExist:
		return !present
	}
	if !present || len(r.Values) != 1 {
		return false
	}
	have, ok := d.Int(value)
	want, ok2 := d.Int(r.Values[0])
	if !ok || !ok2 {
		return false
	}
	if r.Op == Gt {
		return have > want
	}
	return have < want
}

// Selector is a conjunction of requirements; an empty one matches everything.
type Selector []Requirement

// Matches reports whether labels satisfy every requirement.
func (s Selector) Matches(labels Labels, d *Dictionary) bool {
	for i := range s {
		value, ok := labels.Get(s[i].Key)
		if !s[i].Matches(value, ok, d) {
			return false
		}
	}
	return true
}

// Text writes the selector as kubectl does, by key.
// Source: k8s.io/apimachinery/pkg/labels/selector.go (String).
func (s Selector) Text(d *Dictionary) string {
	parts := make([]string, len(s))
	for i := range s {
		parts[i] = s[i].text(d)
	}
	slices.Sort(parts)
	return strings.Join(parts, ",")
}

func (r *Requirement) text(d *Dictionary) string {
	key := d.String(r.Key)
	values := make([]string, len(r.Values))
	for i, v := range r.Values {
		values[i] = d.String(v)
	}
	slices.Sort(values)
	switch r.Op {
	case Exists:
		return key
	case DoesNotExist:
		return "!" + key
	case In:
		if len(values) == 1 {
			return key + "=" + values[0]
		}
		return key + " in (" + strings.Join(values, ",") + ")"
	}
	return key + " notin (" + strings.Join(values, ",") + ")"
}
