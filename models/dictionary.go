package models

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Sym is an interned string. Sym 0 is the empty string.
type Sym int32

// Dictionary interns strings as symbols and resource names as ordinals. One
// dictionary serves one run, so that equal strings are equal integers.
type Dictionary struct {
	strings   []string
	numbers   []number // each symbol read as an integer, for Gt and Lt
	index     map[string]Sym
	resources []string
}

type number struct {
	value int64
	ok    bool
}

// NewDictionary returns a dictionary that knows the empty string and the four
// resources of every node: cpu, memory, ephemeral-storage and pods.
func NewDictionary() *Dictionary {
	d := &Dictionary{index: make(map[string]Sym)}
	d.Sym("")
	d.resources = []string{"cpu", "memory", "ephemeral-storage", "pods"}
	return d
}

// Clone returns a dictionary of its own with the same symbols and resources.
func (d *Dictionary) Clone() *Dictionary {
	return &Dictionary{strings: slices.Clone(d.strings), numbers: slices.Clone(d.numbers), index: maps.Clone(d.index), resources: slices.Clone(d.resources)}
}

// Sym interns s.
func (d *Dictionary) Sym(s string) Sym {
	if sym, ok := d.index[s]; ok {
		return sym
	}
	sym := Sym(len(d.strings))
	n, err := strconv.ParseInt(s, 10, 64)
	d.strings = append(d.strings, s)
	d.numbers = append(d.numbers, number{n, err == nil})
	d.index[s] = sym
	return sym
}

// Lookup returns the symbol of s if s has been interned.
func (d *Dictionary) Lookup(s string) (Sym, bool) {
	sym, ok := d.index[s]
	return sym, ok
}

// String returns the string behind sym.
func (d *Dictionary) String(sym Sym) string { return d.strings[sym] }

// Len returns the number of symbols.
func (d *Dictionary) Len() int { return len(d.strings) }

// Int returns the string behind sym as a decimal integer, and whether it is one.
func (d *Dictionary) Int(sym Sym) (int64, bool) {
	n := d.numbers[sym]
	return n.value, n.ok
}

// Resource returns the ordinal of a resource name, giving it the next free one
// at first sight. It fails when all ordinals are taken.
func (d *Dictionary) Resource(name string) (Resource, error) {
	for i, known := range d.resources {
		if known == name {
			return Resource(i), nil
		}
	}
	if len(d.resources) == MaxResources {
		return 0, fmt.Errorf("resource %q is one too many: at most %d kinds of resources in a run (known: %v)",
			name, MaxResources, d.resources)
	}
	d.resources = append(d.resources, name)
	return Resource(len(d.resources) - 1), nil
}

// ResourceName returns the name of r.
func (d *Dictionary) ResourceName(r Resource) string { return d.resources[r] }

// ResourceNames returns the names of all known resources by ordinal. The caller
// must not change it.
func (d *Dictionary) ResourceNames() []string { return d.resources }
