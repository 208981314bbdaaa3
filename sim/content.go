package sim

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

// contentView writes values by what they mean: symbols, resources and nodes by
// their names, since their numbers depend on what else has been read.
type contentView struct{ view cluster.View }

// contentOf identifies a template by all that its user says about it.
func contentOf(t *Template, v cluster.View) [sha256.Size]byte {
	c := contentView{v}
	b := c.append(nil, t.Pod)
	b = c.append(b, t.Owner)
	b = c.append(b, t.ReplicaSet)
	return sha256.Sum256(c.append(b, t.Behavior))
}

func (c contentView) append(b []byte, value any) []byte {
	return c.appendValue(b, reflect.ValueOf(value))
}

func (c contentView) appendText(b []byte, sym models.Sym) []byte {
	return appendString(b, c.view.Dictionary().String(sym))
}

func (c contentView) appendTexts(b []byte, texts []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(texts)))
	for _, text := range texts {
		b = appendString(b, text)
	}
	return b
}

func appendString(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

func appendLaw(b []byte, law kernel.Distribution) []byte {
	if law == nil {
		return append(b, 0)
	}
	return binary.AppendUvarint(appendString(append(b, 1), law.String()), math.Float64bits(law.Mean()))
}

// appendValue writes a value of any type that specifications are made of.
func (c contentView) appendValue(b []byte, v reflect.Value) []byte {
	if special, ok := c.appendSpecial(b, v); ok {
		return special
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return append(b, 0)
		}
		return c.appendValue(append(b, 1), v.Elem())
	case reflect.Interface:
		law, _ := v.Interface().(kernel.Distribution)
		return appendLaw(b, law)
	case reflect.Struct:
		for i := range v.NumField() {
			switch field := v.Field(i); {
			case chosenByPolicy(v.Type(), i):
			case !isExtra(v.Type(), i):
				b = c.appendValue(b, field)
			case !field.IsZero():
				b = c.appendValue(appendString(b, v.Type().Field(i).Name), field)
			}
		}
		return b
	case reflect.Slice, reflect.Array:
		b = binary.AppendUvarint(b, uint64(v.Len()))
		for i := range v.Len() {
			b = c.appendValue(b, v.Index(i))
		}
		return b
	case reflect.Bool:
		if v.Bool() {
			return append(b, 1)
		}
		return append(b, 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return binary.AppendVarint(b, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return binary.AppendUvarint(b, v.Uint())
	case reflect.Float64:
		return binary.AppendUvarint(b, math.Float64bits(v.Float()))
	case reflect.String:
		return appendString(b, v.String())
	}
	panic(fmt.Sprintf("sim: specifications hold no %s", v.Type()))
}

// isExtra reports whether a field says something of few owners, containers or
// behaviours only: it is written, by name, where it says anything.
func isExtra(t reflect.Type, field int) bool {
	switch t {
	case reflect.TypeFor[models.OwnerSpec](), reflect.TypeFor[models.Container](), reflect.TypeFor[kubelet.Behavior]():
	default:
		return false
	}
	return strings.HasSuffix(t.Field(field).Tag.Get("json"), ",omitempty")
}

// appendSpecial writes what is numbered, and sorts lists that symbols have sorted.
func (c contentView) appendSpecial(b []byte, v reflect.Value) ([]byte, bool) {
	if !v.IsValid() {
		return append(b, 0), true
	}
	switch x := v.Interface().(type) {
	case models.Sym:
		return c.appendText(b, x), true
	case models.NodeID:
		if x == models.None {
			return append(b, 0), true
		}
		return appendString(append(b, 1), c.view.Node(x).Name()), true
	case models.SpecID, models.OwnerSpecID: // of objects that are written by themselves
		return b, true
	case []models.Sym:
		texts := make([]string, len(x))
		for i, sym := range x {
			texts[i] = c.view.Dictionary().String(sym)
		}
		slices.Sort(texts)
		return c.appendTexts(b, texts), true
	case models.Labels, models.Selector:
		return c.appendSorted(b, v), true
	case models.Resources:
		return c.appendResources(b, &x), true
	}
	return b, false
}

// appendSorted writes a list whose order means nothing.
func (c contentView) appendSorted(b []byte, list reflect.Value) []byte {
	items := make([][]byte, list.Len())
	for i := range items {
		items[i] = c.appendValue(nil, list.Index(i))
	}
	slices.SortFunc(items, bytes.Compare)
	b = binary.AppendUvarint(b, uint64(len(items)))
	for _, item := range items {
		b = append(b, item...)
	}
	return b
}

func (c contentView) appendResources(b []byte, amounts *models.Resources) []byte {
	type named struct {
		name   string
		amount int64
	}
	var list []named
	for r, name := range c.view.Dictionary().ResourceNames() {
		if amounts[r] != 0 {
			list = append(list, named{name, amounts[r]})
		}
	}
	slices.SortFunc(list, func(x, y named) int { return strings.Compare(x.name, y.name) })
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, n := range list {
		b = binary.AppendVarint(appendString(b, n.name), n.amount)
	}
	return b
}

var podSpecType = reflect.TypeFor[models.PodSpec]()

// chosenByPolicy reports whether a field of a specification is not its user's to
// say: who schedules the pod, and the number that its behaviour has in this run.
func chosenByPolicy(t reflect.Type, field int) bool {
	if t != podSpecType {
		return false
	}
	name := t.Field(field).Name
	return name == "SchedulerName" || name == "Behavior"
}
