package yamlnode

import (
	"encoding/base64"
	"errors"
	"fmt"
	"github.com/podsim/podsim/models/spelling"
	"math"
	"reflect"
	"strconv"
	"time"
)

// Hook decodes a node into a value of the type it is registered for. The text
// of its error becomes a problem at the node; an error of type Problems is
// taken over as it is.
type Hook func(n *Node, v reflect.Value) error

// Unmarshaler is a type that decodes itself. It may use the methods Into, Field
// and Problemf of d; an error is treated as that of a Hook.
type Unmarshaler interface {
	UnmarshalNode(n *Node, d *Decoder) error
}

// Decoder decodes nodes strictly into Go values by the rules of Kubernetes.
//
// Struct fields are named by their yaml or json tag, else as in Go, and letters
// must match in case; embedded structs and those tagged inline lend their
// fields. Null sets the zero value, absent fields keep what they hold. A type
// is decoded by its hook, else by UnmarshalNode, UnmarshalJSON or UnmarshalText,
// else by its kind; time.Duration is read by Duration.
//
// A decoder may serve many documents, but one at a time.
type Decoder struct {
	// CollectUnknown sends unknown fields to Unknown instead of failing.
	CollectUnknown bool
	// Unknown are the unknown fields of all documents so far, if CollectUnknown.
	Unknown Problems

	types    map[reflect.Type]*typeInfo
	hooks    map[reflect.Type]Hook
	problems Problems
	path     pathStack
}

// NewDecoder returns a decoder without hooks that treats unknown fields as
// problems.
func NewDecoder() *Decoder {
	return &Decoder{types: make(map[reflect.Type]*typeInfo), hooks: make(map[reflect.Type]Hook)}
}

// Hook registers how values of type t are decoded. Null does not reach hooks.
// All hooks must be registered before the first Decode.
func (d *Decoder) Hook(t reflect.Type, hook Hook) { d.hooks[t] = hook }

// Decode decodes n into target, a non-nil pointer. The error is nil or Problems
// with everything wrong, sorted by position; what is right has been decoded.
func (d *Decoder) Decode(n *Node, target any) error {
	v := reflect.ValueOf(target)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return fmt.Errorf("target is %T; want a non-nil pointer", target)
	}
	d.problems, d.path = nil, d.path[:0]
	d.value(n, v.Elem())
	d.problems.Sort()
	return d.problems.Err()
}

// Into decodes n at the present path into target, a non-nil pointer. It serves
// implementations of Unmarshaler.
func (d *Decoder) Into(n *Node, target any) {
	d.value(n, reflect.ValueOf(target).Elem())
}

// Field decodes the field name of map n, if it is there, into target. It serves
// implementations of Unmarshaler and reports whether the field is there.
func (d *Decoder) Field(n *Node, name string, target any) bool {
	value := n.Get(name)
	if value == nil {
		return false
	}
	d.path.pushKey(name)
	d.Into(value, target)
	d.path.pop()
	return true
}

// Problemf notes a problem at n and the present path.
func (d *Decoder) Problemf(n *Node, format string, args ...any) {
	d.problems.Addf(n, d.path.String(), format, args...)
}

// Path returns the path of the node that is being decoded.
func (d *Decoder) Path() string { return d.path.String() }

func (d *Decoder) value(n *Node, v reflect.Value) {
	if n.Kind == Null {
		v.SetZero()
		return
	}
	info := d.typeInfo(v.Type())
	var err error
	switch info.by {
	case byHook:
		err = info.hook(n, v)
	case byNode:
		err = v.Addr().Interface().(Unmarshaler).UnmarshalNode(n, d)
	case byDuration:
		err = decodeDuration(n, v)
	case byJSON:
		err = decodeJSON(n, v)
	case byText:
		err = decodeText(n, v)
	default:
		err = d.byKind(info, n, v)
	}
	d.note(n, err)
}

// note makes a problem of an error at n.
func (d *Decoder) note(n *Node, err error) {
	if err == nil {
		return
	}
	var several Problems
	if errors.As(err, &several) {
		d.problems = append(d.problems, several...)
		return
	}
	d.problems.Add(n, d.path.String(), err.Error())
}

func (d *Decoder) byKind(info *typeInfo, n *Node, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Struct:
		return d.structValue(info, n, v)
	case reflect.Pointer:
		target := reflect.New(v.Type().Elem())
		d.value(n, target.Elem())
		v.Set(target)
		return nil
	case reflect.Slice:
		return d.sliceValue(n, v)
	case reflect.Map:
		return d.mapValue(n, v)
	case reflect.Interface:
		return anyValue(n, v)
	}
	return decodeScalar(n, v)
}

func (d *Decoder) structValue(info *typeInfo, n *Node, v reflect.Value) error {
	if n.Kind != Map {
		return n.Want("a map")
	}
	for i := range n.Fields {
		f := &n.Fields[i]
		d.path.pushKey(f.Name)
		if index, ok := info.fields[f.Name]; ok {
			d.value(f.Value, fieldByIndex(v, index))
		} else {
			d.unknown(info, n, *f)
		}
		d.path.pop()
	}
	return nil
}

func (d *Decoder) unknown(info *typeInfo, n *Node, f Field) {
	what := "unknown field " + quote(f.Name)
	guess := spelling.Guess(f.Name, info.names)
	if guess != "" {
		what += "; did you mean " + quote(guess) + "?"
	}
	list := &d.problems
	if d.CollectUnknown {
		list = &d.Unknown
	}
	list.Add(n.KeyNode(f), d.path.String(), what)
	if guess != "" && n.Get(guess) == nil {
		(*list)[len(*list)-1].Meant = Meant{guess, int(n.Line), int(n.Column)}
	}
}

func (d *Decoder) sliceValue(n *Node, v reflect.Value) error {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		text, err := n.AsString()
		if err != nil {
			return err
		}
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return fmt.Errorf("got %s; want base64", n.describe())
		}
		v.SetBytes(data)
		return nil
	}
	if n.Kind != Seq {
		return n.Want("a list")
	}
	items := reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items))
	for i, item := range n.Items {
		d.path.pushIndex(i)
		d.value(item, items.Index(i))
		d.path.pop()
	}
	v.Set(items)
	return nil
}

func (d *Decoder) mapValue(n *Node, v reflect.Value) error {
	t := v.Type()
	if t.Key().Kind() != reflect.String {
		return fmt.Errorf("no value of type %s can be read", t)
	}
	if n.Kind != Map {
		return n.Want("a map")
	}
	entries := reflect.MakeMapWithSize(t, len(n.Fields))
	key := reflect.New(t.Key()).Elem()
	value := reflect.New(t.Elem()).Elem()
	for i := range n.Fields {
		f := &n.Fields[i]
		d.path.pushKey(f.Name)
		key.SetString(f.Name)
		value.SetZero()
		d.value(f.Value, value)
		entries.SetMapIndex(key, value)
		d.path.pop()
	}
	v.Set(entries)
	return nil
}

func anyValue(n *Node, v reflect.Value) error {
	if v.NumMethod() > 0 {
		return fmt.Errorf("no value of type %s can be read", v.Type())
	}
	if _, err := n.JSON(); err != nil {
		return err
	}
	v.Set(reflect.ValueOf(n.Value()))
	return nil
}

func decodeDuration(n *Node, v reflect.Value) error {
	if n.Kind != String && n.Kind != Int && n.Kind != Float {
		return n.Want("a duration such as 5s")
	}
	duration, err := Duration(n.Text)
	if err != nil {
		return err
	}
	v.SetInt(int64(duration))
	return nil
}

func decodeScalar(n *Node, v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		text, err := n.AsString()
		if err != nil {
			return err
		}
		v.SetString(text)
	case reflect.Bool:
		value, err := n.AsBool()
		if err != nil {
			return err
		}
		v.SetBool(value)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		high := int64(math.MaxInt64) >> (64 - v.Type().Bits())
		value, err := n.AsInt(-high-1, high)
		if err != nil {
			return err
		}
		v.SetInt(value)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		value, err := n.AsUint(math.MaxUint64 >> (64 - v.Type().Bits()))
		if err != nil {
			return err
		}
		v.SetUint(value)
	case reflect.Float32, reflect.Float64:
		value, err := n.AsFloat()
		if err != nil {
			return err
		}
		if v.OverflowFloat(value) {
			return errNotFinite
		}
		v.SetFloat(value)
	default:
		return errors.New("no value of type " + strconv.Quote(v.Type().String()) + " can be read")
	}
	return nil
}

var durationType = reflect.TypeFor[time.Duration]()
