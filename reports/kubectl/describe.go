package kubectl

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Describe writes the descriptions of the objects asked for. A name that no object
// has stands for those that begin with it, as with kubectl. found is false if there
// are none.
func (q *Query) Describe(w io.Writer, m *Moment) (found bool, err error) {
	var missing []error
	for i := range q.wanted {
		want := &q.wanted[i]
		if want.describe == nil {
			return found, fmt.Errorf("error: no description has been implemented for %q", want.name)
		}
		objects, missed := q.pick(want, m)
		if missed != nil {
			if objects = q.beginning(want, m); len(objects) == 0 {
				missing = append(missing, missed)
			}
		}
		for k := range objects {
			text := want.describe(m, objects[k])
			if found {
				text = "\n\n" + text
			}
			found = true
			if _, err := io.WriteString(w, text); err != nil {
				return found, err
			}
		}
	}
	return found, errors.Join(missing...)
}

// beginning lists the objects that have one of the names or begin with it.
func (q *Query) beginning(want *wanted, m *Moment) []object {
	every := wanted{kind: want.kind}
	objects, _ := q.pick(&every, m) // no names, nothing missing
	return slices.DeleteFunc(objects, func(o object) bool {
		return !slices.ContainsFunc(want.names, func(name string) bool { return strings.HasPrefix(o.name, name) })
	})
}

// page is a description in the making. Cells end with a tab; lines that follow each
// other are aligned. Source: k8s.io/kubectl/pkg/describe (tabbedString, PrefixWriter).
type page struct {
	b strings.Builder
	w *tabwriter.Writer
}

func newPage() *page {
	p := new(page)
	p.w = tabwriter.NewWriter(&p.b, 0, 8, 2, ' ', 0)
	return p
}

// line writes a line, set in by a level.
func (p *page) line(level int, format string, values ...any) {
	fmt.Fprintf(p.w, strings.Repeat("  ", level)+format+"\n", values...)
}

func (p *page) text() string {
	_ = p.w.Flush() // into memory
	lines := strings.Split(p.b.String(), "\n")
	visible(lines)
	return strings.Join(lines, "\n")
}

// texts are fields that are texts.
func texts(fields map[string]any) map[string]string {
	out := make(map[string]string, len(fields))
	for key := range fields {
		out[key] = textAt(fields, key)
	}
	return out
}

// list writes texts below each other, or <none>.
func (p *page) list(level int, title string, texts []string) {
	if len(texts) == 0 {
		p.line(level, "%s:\t<none>", title)
		return
	}
	for i, text := range texts {
		if i == 0 {
			p.line(level, "%s:\t%s", title, text)
		} else {
			p.line(level, "\t%s", text)
		}
	}
}

// pairs writes labels, annotations and the like, by key.
func (p *page) pairs(level int, title, between string, values map[string]string) {
	var texts []string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		texts = append(texts, key+between+values[key])
	}
	p.list(level, title, texts)
}

// events writes the Events about an object. Those of the newer API, which keep their
// times elsewhere, come first.
func (p *page) events(m *Moment, uid string) {
	var list []*Event
	if m.Events != nil {
		for _, e := range m.Events.List(m.At) {
			if e.About.UID == uid {
				list = append(list, e)
			}
		}
	}
	if len(list) == 0 {
		p.line(0, "Events:\t<none>")
		return
	}
	slices.SortStableFunc(list, func(a, b *Event) int {
		switch {
		case a.Series && b.Series:
			return 0
		case a.Series:
			return -1
		case b.Series:
			return 1
		}
		return int(max(min(whole(a.Last)-whole(b.Last), 1), -1))
	})
	p.line(0, "Events:")
	p.line(1, "Type\tReason\tAge\tFrom\tMessage")
	p.line(1, "----\t------\t----\t----\t-------")
	for _, e := range list {
		age := m.eventAge(e, e.Last)
		if e.Count > 1 {
			age = fmt.Sprintf("%s (x%d over %s)", age, e.Count, m.eventAge(e, e.First))
		}
		p.line(1, "%s\t%s\t%s\t%s\t%s", e.Type, e.Reason, age, e.Component, strings.TrimSpace(e.Message))
	}
}

// tolerations writes tolerations by key.
// Source: k8s.io/kubectl/pkg/describe (printTolerationsInMultilineWithIndent).
func (p *page) tolerations(level int, list []models.Toleration, d *models.Dictionary) {
	var texts []string
	for i := range list {
		t := &list[i]
		text := d.String(t.Key)
		if t.Value != 0 {
			text += "=" + d.String(t.Value)
		}
		if t.Effect != models.AnyEffect {
			text += ":" + t.Effect.String()
		}
		if t.Exists && t.Value == 0 {
			if t.Key != 0 || t.Effect != models.AnyEffect {
				text += " "
			}
			text += "op=Exists"
		}
		if t.Seconds != nil {
			text += fmt.Sprintf(" for %ds", *t.Seconds)
		}
		texts = append(texts, text)
	}
	slices.Sort(texts)
	p.list(level, "Tolerations", texts)
}

// amounts writes resources by name under a heading, if there are any.
func (p *page) amounts(level int, title string, amounts map[string]any) {
	if len(amounts) == 0 {
		return
	}
	p.line(level, "%s:", title)
	for _, name := range slices.Sorted(maps.Keys(amounts)) {
		p.line(level+1, "%s:\t%s", name, amounts[name])
	}
}

// requested are the limits and requests of a specification, without the pod that it
// is itself.
func (m *Moment) requested(spec *models.PodSpec) (limits, requests map[string]any) {
	r, l := spec.Requests, spec.Limits
	r[models.Pods], l[models.Pods] = 0, 0
	return m.amounts(&l), m.amounts(&r)
}

// template writes the template of pods.
// Source: k8s.io/kubectl/pkg/describe (DescribePodTemplate).
func (p *page) template(m *Moment, o cluster.Owner) {
	spec, d := m.View.Spec(m.templateOf(o)), m.View.Dictionary()
	p.line(0, "Pod Template:")
	p.pairs(1, "Labels", "=", labelsOf(m.ownLabels(o, spec), d))
	body := m.templateSpec(o, spec)
	if x := m.extraOfOwner(o, spec); len(x.annotations) > 0 {
		p.pairs(1, "Annotations", ": ", texts(x.annotations))
	}
	if account := textAt(body, "serviceAccountName"); account != "" {
		p.line(1, "Service Account:\t%s", account)
	}
	p.containers(m, spec, body, nil, 1)
	p.volumes(body, 1)
	p.spread(spec, d, 1)
	if spec.PriorityClass != 0 {
		p.line(1, "Priority Class Name:\t%s", d.String(spec.PriorityClass))
	}
	p.pairs(1, "Node-Selectors", "=", labelsOf(spec.NodeSelector, d))
	p.tolerations(1, m.written(o.Kind(), spec.Tolerations), d)
}

// state writes the state of a container.
// Source: k8s.io/kubectl/pkg/describe (describeStatus).
func (p *page) state(name string, state map[string]any) {
	for is, fields := range state { // there is one
		fields := fields.(map[string]any)
		p.line(2, "%s:\t%s", name, strings.ToUpper(is[:1])+is[1:])
		for _, f := range []struct{ key, name string }{{"reason", "Reason"}, {"exitCode", "Exit Code"}, {"startedAt", "Started"}, {"finishedAt", "Finished"}} {
			if value, ok := fields[f.key]; ok {
				text := fmt.Sprint(value)
				if f.name == "Started" || f.name == "Finished" {
					text = calendar(text)
				}
				p.line(3, "%s:\t%s", f.name, text)
			}
		}
	}
}

func title(yes bool) string {
	if yes {
		return "True"
	}
	return "False"
}
