package podsim_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scenarios/trace"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim/kernel"
)

// reference writes the generated parts.
type reference struct {
	own   []string        // parts that show fields, as KIND PATH
	shown map[string]bool // fields by KIND PATH
}

func newReference(page string) *reference {
	r := &reference{shown: make(map[string]bool)}
	for _, match := range generated.FindAllStringSubmatch(page, -1) {
		if own, ok := strings.CutPrefix(match[1], "fields "); ok {
			r.own = append(r.own, own)
		}
	}
	return r
}

func (r *reference) part(name string) (string, bool) {
	if place, ok := strings.CutPrefix(name, "fields "); ok {
		return r.fields(place), slices.ContainsFunc(scenarios.Kinds(), func(k scenarios.KindHelp) bool {
			return strings.HasPrefix(place, k.Name+" ")
		})
	}
	parts := map[string]func() string{
		"envelope": r.envelope, "profiles": profileTable, "plugins": pluginTable, "arrivals": arrivalTable,
		"metrics": metricTable, "distributions": distributionTable, "parameters": parameterTable, "limits": limitTable,
		"fault columns": faultColumnTable,
	}
	if parts[name] == nil {
		return "", false
	}
	return parts[name](), true
}

// markdown writes a table. Cells hold one line.
func markdown(header []string, rows [][]string) string {
	var b bytes.Buffer
	write := func(cells []string) {
		for i, cell := range cells {
			cells[i] = strings.ReplaceAll(cell, "|", `\|`)
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
	}
	write(header)
	fmt.Fprintf(&b, "|%s\n", strings.Repeat("---|", len(header)))
	for _, row := range rows {
		write(row)
	}
	return b.String()
}

var fieldHeader = []string{"field", "type", "default", "meaning"}

func (r *reference) envelope() string {
	var rows [][]string
	for _, kind := range scenarios.Kinds() {
		scenarios.WalkFields("", kind.Fields(), func(path string, f *scenarios.Field) bool {
			r.shown[kind.Name+" "+path] = true
			if kind.Name == "Scenario" {
				rows = append(rows, r.row(path, f))
			}
			return path != "spec"
		})
	}
	return markdown(fieldHeader, rows)
}

// fields shows what stands under a path of a kind, except what has a part of
// its own.
func (r *reference) fields(place string) string {
	kindName, root, _ := strings.Cut(place, " ")
	kinds := scenarios.Kinds()
	kind := kinds[max(0, slices.IndexFunc(kinds, func(k scenarios.KindHelp) bool { return k.Name == kindName }))]
	var rows [][]string
	var siblings []scenarios.Field
	scenarios.WalkFields("", kind.Fields(), func(path string, f *scenarios.Field) bool {
		if path == root {
			siblings = f.Fields
		}
		if !strings.HasPrefix(path, root+".") {
			return strings.HasPrefix(root, path)
		}
		row := r.row(path, f)
		rows = append(rows, row)
		r.shown[kindName+" "+path] = true
		switch {
		case slices.Contains(r.own, kindName+" "+path):
			row[3] += "; see [below](#" + f.Name + ")"
			return false
		case f.Items != nil && len(f.Items.Fields) > 1 && reflect.DeepEqual(f.Items.Fields, without(siblings, f.Name)):
			row[3] += "; each has the fields above"
			scenarios.WalkFields(path+"[]", f.Items.Fields, func(path string, _ *scenarios.Field) bool {
				r.shown[kindName+" "+path] = true
				return true
			})
			return false
		}
		return true
	})
	return markdown(fieldHeader, rows)
}

func without(fields []scenarios.Field, name string) []scenarios.Field {
	return slices.DeleteFunc(slices.Clone(fields), func(f scenarios.Field) bool { return f.Name == name })
}

func (r *reference) row(path string, f *scenarios.Field) []string {
	standard := ""
	switch {
	case f.Required:
		standard = "**required**"
	case f.Default != "":
		standard = code(f.Default)
	}
	return []string{code(path), typeText(f), standard, f.Help}
}

func code(text string) string { return "`" + text + "`" }

func codes(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = code(word)
	}
	return strings.Join(quoted, ", ")
}

func typeText(f *scenarios.Field) string {
	switch {
	case len(f.Enum) > 0:
		return codes(f.Enum)
	case f.Items != nil:
		return "list of " + typeText(f.Items) + "s"
	case f.Type == scenarios.TimeLawType:
		return "duration or [distribution](#distributions)"
	case f.Type == scenarios.NumberLawType:
		return "number or [distribution](#distributions)"
	case f.Type == scenarios.MomentsType:
		return "moment or list of moments"
	case f.Min == "1ns":
		return string(f.Type) + " > 0"
	case f.Min != "":
		return string(f.Type) + " ≥ " + f.Min
	}
	return string(f.Type)
}

func profileTable() string {
	var rows [][]string
	for _, p := range scheduler.NamedProfiles() {
		rows = append(rows, []string{code(p.Name), p.Help})
	}
	return markdown([]string{"profile", "what it does"}, rows)
}

func pluginTable() string {
	var rows [][]string
	for _, p := range plugins.Table() {
		weight, args := "", ""
		if p.Weight > 0 {
			weight = fmt.Sprint(p.Weight)
		}
		if p.Args != nil {
			var names []string
			for t, i := reflect.TypeOf(p.Args).Elem(), 0; i < t.NumField(); i++ {
				if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" {
					names = append(names, name)
				}
			}
			args = codes(names)
		}
		enabled := "no"
		if p.Default {
			enabled = "yes"
		}
		rows = append(rows, []string{code(p.Name), enabled, weight, args, p.Help})
	}
	return markdown([]string{"plugin", "in `default`", "weight", "args", "what it does"}, rows)
}

func arrivalTable() string {
	var rows [][]string
	for _, a := range scenarios.ArrivalTypes() {
		rows = append(rows, []string{code(a.Name), codes(a.Needs), codes(a.Takes), a.Help})
	}
	return markdown([]string{"type", "needs", "may have", "what arrives"}, rows)
}

func faultColumnTable() string {
	var rows [][]string
	for _, c := range trace.FaultColumns() {
		rows = append(rows, []string{code(c.Name), c.Help})
	}
	return markdown([]string{"column", "meaning"}, rows)
}

func metricTable() string {
	var rows [][]string
	for _, m := range reports.Metrics() {
		name, help := m.Name, m.Help
		if rest, ok := strings.CutPrefix(help, name+"("); ok { // the help shows the argument
			argument, after, _ := strings.Cut(rest, ")")
			name, help = name+"("+argument+")", strings.TrimPrefix(strings.TrimLeft(after, ":, "), "or ")
		}
		if m.Kind == reports.Distribution {
			name += ".p99"
		}
		rows = append(rows, []string{code(name), m.Kind.String(), m.Unit, help})
	}
	return markdown([]string{"metric", "kind", "unit", "meaning"}, rows)
}

func distributionTable() string {
	var rows [][]string
	for _, d := range kernel.Types() {
		sets := make([]string, len(d.Accepts))
		for i, set := range d.Accepts {
			sets[i] = strings.ReplaceAll(codes(set), ", ", " and ")
		}
		text := strings.Join(sets, ", or ")
		if len(d.Optional) > 0 {
			text += "; optional: " + codes(d.Optional)
		}
		rows = append(rows, []string{code(d.Name), text, d.Help})
	}
	return markdown([]string{"type", "sets of parameters", "what is drawn"}, rows)
}

func parameterTable() string {
	units := map[kernel.Unit]string{kernel.Drawn: "that of what is drawn", kernel.PerDrawn: "rate", kernel.Pure: ""}
	var rows [][]string
	for _, p := range kernel.KnownParameters() {
		unit := units[p.Unit]
		if p.List {
			unit = strings.TrimSuffix("list, "+unit, ", ")
		}
		rows = append(rows, []string{code(p.Name), unit, p.Help})
	}
	return markdown([]string{"parameter", "unit", "meaning"}, rows)
}

func limitTable() string {
	var rows [][]string
	for _, limit := range limits.All() {
		rows = append(rows, []string{limit.Of, grouped(limit.Most), limit.Why, limit.Beyond})
	}
	return markdown([]string{"of", "at most", "why", "beyond it"}, rows)
}

// grouped writes 1000000 as 1,000,000.
func grouped(n int64) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
