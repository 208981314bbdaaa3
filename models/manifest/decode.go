package manifest

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
)

// newDecoder returns a decoder that reads the types of k8s.io/api which are not
// what their Go kind says.
func newDecoder() *yamlnode.Decoder {
	d := yamlnode.NewDecoder()
	d.CollectUnknown = true
	d.Hook(reflect.TypeFor[resource.Quantity](), quantityHook)
	d.Hook(reflect.TypeFor[corev1.ResourceList](), resourceListHook(d))
	d.Hook(reflect.TypeFor[metav1.Time](), timeHook)
	d.Hook(reflect.TypeFor[metav1.MicroTime](), timeHook)
	d.Hook(reflect.TypeFor[intstr.IntOrString](), intOrStringHook)
	d.Hook(reflect.TypeFor[[]metav1.ManagedFieldsEntry](), bookkeepingHook)
	return d
}

// bookkeepingHook leaves out what only servers read: who set which field.
func bookkeepingHook(*yamlnode.Node, reflect.Value) error { return nil }

func timeHook(n *yamlnode.Node, v reflect.Value) error {
	text, err := n.AsString()
	if err != nil {
		return err
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return fmt.Errorf("got %s; want a time such as 2026-01-31T12:00:00Z", quote(text))
	}
	v.FieldByName("Time").Set(reflect.ValueOf(t))
	return nil
}

func intOrStringHook(n *yamlnode.Node, v reflect.Value) error {
	if n.Kind == yamlnode.String {
		v.Set(reflect.ValueOf(intstr.FromString(n.Text)))
		return nil
	}
	if n.Kind != yamlnode.Int {
		return fmt.Errorf("got %s; want a whole number or a string", n.Kind)
	}
	value, err := n.AsInt(math.MinInt32, math.MaxInt32)
	v.Set(reflect.ValueOf(intstr.FromInt32(int32(value))))
	return err
}

// decode decodes n into target and returns the problems with paths that start at
// prefix. Unknown fields count except in what only servers write: other versions
// of Kubernetes know other fields there, and nothing is read from them.
func (s *Set) decode(n *yamlnode.Node, prefix string, target any) yamlnode.Problems {
	problems := asProblems(s.decoder.Decode(n, target))
	for _, p := range s.decoder.Unknown {
		if !strings.HasPrefix(p.Path, "status.") {
			problems = append(problems, p)
		}
	}
	s.decoder.Unknown = nil
	for i := range problems {
		problems[i].Path = joinPath(prefix, problems[i].Path)
	}
	problems.Sort()
	return problems
}

func asProblems(err error) yamlnode.Problems {
	if err == nil {
		return nil
	}
	var problems yamlnode.Problems
	if errors.As(err, &problems) {
		return problems
	}
	return yamlnode.Problems{{What: err.Error()}}
}

// checker collects what is wrong with one object beyond its form.
type checker struct {
	set      *Set
	root     *yamlnode.Node
	prefix   string // where root stands in its document
	problems yamlnode.Problems
}

// addf notes a problem with what stands at path under root.
func (c *checker) addf(path, format string, args ...any) {
	c.problems.Addf(yamlnode.Locate(c.root, path), joinPath(c.prefix, path), format, args...)
}

// position returns where the object starts.
func (c *checker) position() Position { return positionOf(c.root) }

func positionOf(n *yamlnode.Node) Position {
	return Position{File: n.File(), Line: int(n.Line), Column: int(n.Column)}
}

func joinPath(prefix, path string) string {
	if prefix == "" || path == "" || path[0] == '[' {
		return prefix + path
	}
	return prefix + "." + path
}

// quote quotes text of the user, cut to a length that a message can bear.
func quote(text string) string {
	if utf8.RuneCountInString(text) > limits.Quoted {
		text = string([]rune(text)[:limits.Quoted]) + "…"
	}
	return fmt.Sprintf("%q", text)
}
