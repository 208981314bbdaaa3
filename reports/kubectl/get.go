package kubectl

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Outputs are the formats of Get.
var Outputs = []string{"wide", "yaml", "json", "name"}

// Query says which objects are asked for, and how they are to be shown.
type Query struct {
	// Types are kinds by any of their names, separated by commas, or all.
	Types string
	// Names are those of the objects; empty is every one. A name may be TYPE/NAME if
	// Types is empty.
	Names         []string
	Namespace     string
	AllNamespaces bool
	Selector      Selector
	Output        string // "" or one of Outputs
	NoHeaders     bool

	wanted []wanted
}

// wanted is a kind of which some names are asked for, or all.
type wanted struct {
	*kind
	names []string
}

// Prepare checks the query. Unknown types are an error in kubectl's words.
func (q *Query) Prepare() error {
	q.wanted = nil
	if q.Types == "" {
		for _, name := range q.Names {
			kind, name, ok := strings.Cut(name, "/")
			if !ok || kind == "" || name == "" {
				return fmt.Errorf("arguments in resource/name form must have a single resource and name")
			}
			if err := q.want(kind, []string{name}); err != nil {
				return err
			}
		}
		return nil
	}
	if q.Selector != nil && len(q.Names) > 0 {
		return errors.New("name cannot be provided when a selector is specified")
	}
	for name := range strings.SplitSeq(q.Types, ",") {
		names := []string{name}
		if strings.EqualFold(name, "all") {
			names = all()
		}
		for _, name := range names {
			if err := q.want(name, q.Names); err != nil {
				return err
			}
		}
	}
	return nil
}

func (q *Query) want(name string, names []string) error {
	k, err := findKind(name)
	if err != nil {
		return err
	}
	if q.AllNamespaces && len(names) > 0 && !k.cluster {
		return errors.New("a resource cannot be retrieved by name across all namespaces")
	}
	q.wanted = append(q.wanted, wanted{k, names})
	return nil
}

// NeedsEvents reports whether Events are asked for.
func (q *Query) NeedsEvents() bool {
	return slices.ContainsFunc(q.wanted, func(w wanted) bool { return w.name == "event" })
}

// NeedsAddresses reports whether addresses of pods are asked for.
func (q *Query) NeedsAddresses() bool {
	full := q.Output == "wide" || q.Output == "yaml" || q.Output == "json"
	return slices.ContainsFunc(q.wanted, func(w wanted) bool {
		return full && w.name == "pod" || w.name == "service" || strings.HasPrefix(w.name, "endpoint")
	})
}

// picks reports whether an object is asked for.
func (q *Query) picks(w *wanted, o *object) bool {
	return (w.cluster || q.AllNamespaces || o.namespace == q.Namespace) && q.Selector.Matches(o.labels) &&
		(len(w.names) == 0 || slices.Contains(w.names, o.name))
}

// pick lists the objects asked for by namespace and name; Events by time.
func (q *Query) pick(w *wanted, m *Moment) (picked []object, missing error) {
	for _, o := range w.list(m) {
		if q.picks(w, &o) {
			picked = append(picked, o)
		}
	}
	if w.name != "event" {
		slices.SortFunc(picked, func(a, b object) int {
			return cmp.Or(cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.name, b.name))
		})
	}
	var missed []error
	for _, name := range w.names {
		if !slices.ContainsFunc(picked, func(o object) bool { return o.name == name }) {
			plural := w.plural
			if w.group != "" {
				plural += "." + w.group
			}
			missed = append(missed, fmt.Errorf("Error from server (NotFound): %s %q not found", plural, name))
		}
	}
	return picked, errors.Join(missed...)
}

// Get writes the objects asked for. found is false if there are none; err names
// those that were asked for by name and are not there, or says why nothing more can
// be written.
func (q *Query) Get(w io.Writer, m *Moment) (found bool, err error) {
	var missing []error
	var items []any
	single := false
	blank := false
	for i := range q.wanted {
		want := &q.wanted[i]
		objects, missed := q.pick(want, m)
		if missed != nil {
			missing = append(missing, missed)
		}
		if len(objects) == 0 {
			continue
		}
		found = true
		switch q.Output {
		case "yaml", "json":
			single = len(want.names) == 1 && len(q.wanted) == 1
			for k := range objects {
				items = append(items, objects[k].manifest())
			}
			continue
		}
		if blank && q.Output != "name" {
			if _, err := io.WriteString(w, "\n"); err != nil {
				return found, err
			}
		}
		blank = true
		if err := q.rows(w, want, objects); err != nil {
			return found, err
		}
	}
	if (q.Output == "yaml" || q.Output == "json") && (found || missing == nil) {
		var value any = map[string]any{"apiVersion": "v1", "kind": "List", "items": items, "metadata": map[string]any{"resourceVersion": ""}}
		if single {
			value = items[0]
		}
		if err := q.document(w, value); err != nil {
			return found, err
		}
	}
	return found, errors.Join(missing...)
}

func (q *Query) rows(w io.Writer, want *wanted, objects []object) error {
	t := new(table)
	if q.Output == "name" {
		for i := range objects {
			t.put([]string{want.full() + "/" + objects[i].name})
		}
		return t.flush(w)
	}
	var lines [][]string
	if !q.NoHeaders {
		lines = append(lines, q.header(want))
	}
	for i := range objects {
		lines = append(lines, q.row(want, &objects[i]))
	}
	for _, line := range lines {
		t.measure(line)
	}
	for _, line := range lines {
		t.put(line)
	}
	return t.flush(w)
}

func (q *Query) header(want *wanted) []string {
	var line []string
	if q.AllNamespaces && !want.cluster {
		line = append(line, "NAMESPACE")
	}
	if q.Output == "wide" && want.name == "event" {
		return append(line, want.wide...)
	}
	line = append(line, want.columns...)
	if q.Output == "wide" {
		line = append(line, want.wide...)
	}
	return line
}

// row returns the cells of an object. Names say their kind where there are several.
func (q *Query) row(want *wanted, o *object) []string {
	var line []string
	if q.AllNamespaces && !want.cluster {
		line = append(line, o.namespace)
	}
	if want.name == "event" {
		if q.Output == "wide" {
			return append(line, o.wide...)
		}
		return append(line, o.cells...)
	}
	at := len(line)
	line = append(line, o.cells...)
	if len(q.wanted) > 1 {
		line[at] = want.full() + "/" + line[at]
	}
	if q.Output == "wide" {
		line = append(line, o.wide...)
	}
	return line
}

// document writes a value as YAML or JSON.
func (q *Query) document(w io.Writer, value any) error {
	if q.Output == "json" {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "    ")
		return e.Encode(value)
	}
	var b strings.Builder
	appendYAML(&b, value, 0)
	_, err := io.WriteString(w, b.String())
	return err
}
