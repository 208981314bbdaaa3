package scenarios

import (
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models/spelling"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim/kernel"
)

// lawHook decodes distributions of durations or of plain numbers.
func (l *loader) lawHook(times bool) yamlnode.Hook {
	return func(n *yamlnode.Node, v reflect.Value) error {
		r := &lawReader{loader: l, times: times, path: l.decoder.Path(), node: n}
		if law := r.read(); law != nil {
			v.Field(0).Set(reflect.ValueOf(law))
		}
		return r.problems.Err()
	}
}

// lawReader reads one distribution.
type lawReader struct {
	loader     *loader
	times      bool // what is drawn is a duration
	path       string
	node       *yamlnode.Node
	parameters kernel.Parameters
	problems   yamlnode.Problems
}

func (r *lawReader) read() kernel.Distribution {
	if r.node.Kind != yamlnode.Map {
		x, ok := r.number(r.node, r.path, kernel.Drawn)
		if !ok {
			return nil
		}
		r.parameters.Type, r.parameters.Value = "constant", &x
		return r.build()
	}
	for _, f := range r.node.Fields {
		r.field(f)
	}
	if len(r.problems) > 0 {
		return nil
	}
	return r.build()
}

func (r *lawReader) build() kernel.Distribution {
	law, wrong := kernel.NewDistribution(r.parameters)
	for _, w := range wrong {
		at, path := r.node, r.path
		if r.node.Kind == yamlnode.Map {
			at, path = yamlnode.Locate(r.node, w.Parameter), join(r.path, w.Parameter)
		}
		r.problems.Add(at, path, r.asWritten(w))
	}
	return law
}

// asWritten gives the durations in a problem, which the laws count in seconds, the
// units in which they are written.
func (r *lawReader) asWritten(w kernel.ParameterError) string {
	what := w.Problem
	for _, f := range r.node.Fields {
		duration, err := yamlnode.Duration(f.Value.Text)
		if !r.times || err != nil {
			continue
		}
		before := f.Name + " is "
		if f.Name == w.Parameter {
			before = "got "
		}
		seconds := strconv.FormatFloat(duration.Seconds(), 'g', -1, 64)
		what = strings.Replace(what, before+seconds, before+f.Value.Text, 1)
	}
	return what
}

// field reads one field of a distribution.
func (r *lawReader) field(f yamlnode.Field) {
	path := yamlnode.KeyPath(r.path, f.Name)
	p := &r.parameters
	switch f.Name {
	case "type":
		r.text(f.Value, path, &p.Type)
	case "file", "data":
		var name string
		if r.text(f.Value, path, &name) {
			r.samples(f, path, name)
		}
	case "interpolate":
		value, err := f.Value.AsBool()
		p.Interpolate = value
		r.note(f.Value, path, err)
	case "branches":
		r.branches(f.Value, path)
	default:
		r.parameter(f, path)
	}
}

func (r *lawReader) parameter(f yamlnode.Field, path string) {
	known := kernel.KnownParameters()
	i := slices.IndexFunc(known, func(k kernel.ParameterHelp) bool { return k.Name == f.Name })
	if i < 0 {
		names := []string{"type", "file", "data"}
		for _, k := range known {
			names = append(names, k.Name)
		}
		r.problems.Add(r.node.KeyNode(f), path, unknown("parameter", f.Name, names))
		return
	}
	if !known[i].List {
		if x, ok := r.number(f.Value, path, known[i].Unit); ok {
			r.parameters.SetNumber(f.Name, x)
		}
		return
	}
	if f.Value.Kind != yamlnode.Seq {
		r.problems.Addf(f.Value, path, "got %s; want a list", f.Value.Kind)
		return
	}
	xs := make([]float64, 0, len(f.Value.Items))
	for at, item := range f.Value.Items {
		if x, ok := r.number(item, yamlnode.IndexPath(path, at), known[i].Unit); ok {
			xs = append(xs, x)
		}
	}
	r.parameters.SetNumbers(f.Name, xs)
}

// branches reads the phases of a hyperexponential law.
func (r *lawReader) branches(n *yamlnode.Node, path string) {
	if n.Kind != yamlnode.Seq {
		r.problems.Addf(n, path, "got %s; want a list", n.Kind)
		return
	}
	for i, item := range n.Items {
		var b kernel.Branch
		at := yamlnode.IndexPath(path, i)
		if item.Kind != yamlnode.Map {
			r.problems.Addf(item, at, "got %s; want a map of weight and mean", item.Kind)
			continue
		}
		for _, f := range item.Fields {
			switch f.Name {
			case "weight":
				b.Weight, _ = r.number(f.Value, at+".weight", kernel.Pure)
			case "mean":
				b.Mean, _ = r.number(f.Value, at+".mean", kernel.Drawn)
			default:
				r.problems.Add(item.KeyNode(f), yamlnode.KeyPath(at, f.Name), unknown("parameter", f.Name, []string{"weight", "mean"}))
			}
		}
		r.parameters.Branches = append(r.parameters.Branches, b)
	}
}

// samples reads measured values from a file of the scenario's folder, or from
// data bound by name.
func (r *lawReader) samples(f yamlnode.Field, path, name string) {
	if r.parameters.Samples != nil {
		r.problems.Add(f.Value, path, "samples are given twice")
		return
	}
	var shown string
	var file io.ReadCloser
	var err error
	if f.Name == "data" {
		shown, file, err = r.loader.openData(name, "samples")
	} else {
		shown, file, err = r.loader.origin.open(name)
	}
	if err != nil {
		r.note(f.Value, path, err)
		return
	}
	samples, wrong := kernel.ReadSamples(r.loader.digest.reader(shown, file))
	r.loader.close(file)
	for _, w := range wrong {
		r.problems = append(r.problems, yamlnode.Problem{File: shown, Line: w.Line, Column: 1, What: w.Problem})
	}
	r.parameters.Samples = samples
}

// number reads a number in the unit of a parameter.
func (r *lawReader) number(n *yamlnode.Node, path string, unit kernel.Unit) (float64, bool) {
	var x float64
	var err error
	scalar := n.Kind == yamlnode.String || n.Kind == yamlnode.Int || n.Kind == yamlnode.Float
	switch {
	case !r.times || unit == kernel.Pure:
		x, err = n.AsFloat()
		if err == nil && x < 0 && n == r.node {
			r.problems.Addf(n, path, "must be >= 0 (got %s)", n.Text)
			return 0, false
		}
	case !scalar && unit == kernel.PerDrawn:
		r.problems.Addf(n, path, "got %s; want a rate such as 40/m", n.Kind)
		return 0, false
	case unit == kernel.PerDrawn:
		x, err = yamlnode.Rate(n.Text)
	case !scalar:
		r.problems.Addf(n, path, "got %s; want a duration such as 5s", n.Kind)
		return 0, false
	default:
		duration, wrong := yamlnode.Duration(n.Text)
		x, err = duration.Seconds(), wrong
	}
	r.note(n, path, err)
	return x, err == nil
}

func (r *lawReader) text(n *yamlnode.Node, path string, into *string) bool {
	text, err := n.AsString()
	*into = text
	r.note(n, path, err)
	return err == nil
}

func (r *lawReader) note(n *yamlnode.Node, path string, err error) {
	if err != nil {
		r.problems.Add(n, path, err.Error())
	}
}

// unknown is the message for a word that is none of those known.
func unknown(what, name string, known []string) string {
	text := "unknown " + what + " " + quote(name)
	if guess := spelling.Guess(name, known); guess != "" {
		return text + "; did you mean " + quote(guess) + "?"
	}
	if len(known) == 0 {
		return text + " (there is none)"
	}
	const shown = 20
	if len(known) > shown {
		return text
	}
	return text + " (known: " + strings.Join(known, ", ") + ")"
}

func join(path, rest string) string {
	if path == "" || rest == "" {
		return path + rest
	}
	return path + "." + rest
}
