package prometheus

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the table of the README")

var generated = regexp.MustCompile(`(?s)(<!-- generated -->\n).*(<!-- end -->)`)

func TestTheReferenceHasEveryMetric(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	component := components
	for _, f := range Families() {
		if f.Component != component {
			component = f.Component
			fmt.Fprintf(&rows, "\n### %s\n\n| metric | type | labels | meaning |\n|---|---|---|---|\n", component)
		}
		labels := slices.Clone(f.Labels)
		if f.Open {
			labels = append(labels, "label_*")
		}
		fmt.Fprintf(&rows, "| `%s` | %s | %s | %s |\n", f.Name, f.Type, strings.Join(labels, ", "), f.Text())
	}
	want := generated.ReplaceAllString(string(page), "${1}"+rows.String()+"\n${2}")
	if want == string(page) {
		return
	}
	if !*update {
		t.Fatal("README.md is not what the table says; run go test ./reports/prometheus -run TestTheReference -update")
	}
	if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// metricName is a name of a metric in a query.
var metricName = regexp.MustCompile(`\b(?:kube|scheduler|kubelet|podsim|taint_eviction)_[a-z0-9_]+`)

// Every metric of the dashboard is one of the table, with labels that it has.
func TestTheDashboardAsksForWhatThereIs(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "examples", "grafana", "podsim.json"))
	if err != nil {
		t.Fatal(err)
	}
	var dashboard any
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	queries := queriesIn(dashboard)
	if len(queries) < 20 {
		t.Fatalf("the dashboard has %d queries, want 20 at least", len(queries))
	}
	for _, query := range queries {
		for _, name := range metricName.FindAllString(query, -1) {
			i := slices.IndexFunc(table, func(f *Family) bool {
				return f.Name == name || f.Type == Histogram && slices.Contains([]string{f.Name + "_bucket", f.Name + "_sum", f.Name + "_count"}, name)
			})
			if i < 0 {
				t.Errorf("there is no %s: %s", name, query)
				continue
			}
			for _, m := range regexp.MustCompile(regexp.QuoteMeta(name)+`\{([^}]*)\}`).FindAllStringSubmatch(query, -1) {
				for _, label := range regexp.MustCompile(`([a-z_]+)\s*(?:=~|!~|!=|=)`).FindAllStringSubmatch(m[1], -1) {
					if !slices.Contains(append([]string{"job", "instance", "le"}, table[i].Labels...), label[1]) {
						t.Errorf("%s has no label %s: %s", name, label[1], query)
					}
				}
			}
		}
	}
}

// queriesIn lists the queries of panels and variables.
func queriesIn(value any) (queries []string) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			text, isText := inner.(string)
			if isText && (key == "expr" || key == "query" || key == "definition") && metricName.MatchString(text) {
				queries = append(queries, text)
				continue
			}
			queries = append(queries, queriesIn(inner)...)
		}
	case []any:
		for _, inner := range v {
			queries = append(queries, queriesIn(inner)...)
		}
	}
	slices.Sort(queries)
	return queries
}
