package kubectl

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/reports/golden"
)

// query prepares a query for the default namespace.
func query(t *testing.T, q Query) *Query {
	t.Helper()
	if q.Namespace == "" {
		q.Namespace = "default"
	}
	if err := q.Prepare(); err != nil {
		t.Fatal(err)
	}
	return &q
}

func get(t *testing.T, at time.Duration, q Query) string {
	t.Helper()
	m := replayed(t, "shop", models.Time(at))
	var b strings.Builder
	if _, err := query(t, q).Get(&b, m); err != nil {
		b.WriteString(err.Error() + "\n")
	}
	return b.String()
}

// The layout is that of kubectl against a real cluster.
func TestGet(t *testing.T) {
	tests := []struct {
		golden string
		at     time.Duration
		q      Query
	}{
		{"get_pods", 9 * time.Minute, Query{Types: "pods"}},
		{"get_pods_starting", 3 * time.Second, Query{Types: "po", Output: "wide", AllNamespaces: true}},
		{"get_pods_terminating", 16*time.Minute + 10*time.Second, Query{Types: "pods", Output: "wide"}},
		{"get_nodes", 11 * time.Minute, Query{Types: "no", Output: "wide"}},
		{"get_owners", 4*time.Minute + 6*time.Second, Query{Types: "deploy,rs,rc,jobs", Output: "wide"}},
		{"get_all", 26 * time.Second, Query{Types: "all", Selector: Selector{{"app", []string{"cache"}, true}}}},
		{"get_events", 3*time.Minute + 30*time.Second, Query{Types: "events"}},
		{"get_events_wide", 60 * time.Second, Query{Types: "ev", Output: "wide"}},
		{"get_names", 10 * time.Second, Query{Types: "deployments,rs,nodes", Output: "name"}},
		{"get_pod_yaml", 4 * time.Minute, Query{Names: []string{"pod/crashing"}, Output: "yaml"}},
		{"get_node_yaml", 11 * time.Minute, Query{Types: "node", Names: []string{"node-1"}, Output: "yaml"}},
		{"get_deploy_yaml", 4*time.Minute + 6*time.Second, Query{Types: "deploy", Output: "yaml"}},
		{"get_jobs_json", 20 * time.Minute, Query{Types: "jobs", Output: "json"}},
		{"get_events_yaml", 2 * time.Second, Query{Types: "events", Output: "yaml"}},
	}
	for _, test := range tests {
		t.Run(test.golden, func(t *testing.T) { golden.Match(t, test.golden+".golden", get(t, test.at, test.q)) })
	}
}

func TestWhatIsNotThereIsNamed(t *testing.T) {
	got := get(t, time.Minute, Query{Types: "deploy,po", Names: []string{"web", "patient"}})
	for _, want := range []string{
		`Error from server (NotFound): deployments.apps "patient" not found`, `Error from server (NotFound): pods "web" not found`, "pod/patient",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %s", got, want)
		}
	}
}

func TestQueriesThatCannotBeAnswered(t *testing.T) {
	tests := []struct {
		q    Query
		want string
	}{
		{Query{Types: "pdos"}, `the server doesn't have a resource type "pdos"`},
		{Query{Names: []string{"pod/"}}, "arguments in resource/name form must have a single resource and name"},
		{Query{Types: "po", Names: []string{"a"}, AllNamespaces: true}, "a resource cannot be retrieved by name across all namespaces"},
		{Query{Types: "po", Names: []string{"a"}, Selector: Selector{{"a", nil, false}}}, "name cannot be provided when a selector is specified"},
	}
	for _, test := range tests {
		if err := test.q.Prepare(); err == nil || err.Error() != test.want {
			t.Errorf("got %v; want %s", err, test.want)
		}
	}
}

// What is written as YAML reads as what is written as JSON.
func TestYAMLAndJSONSayTheSame(t *testing.T) {
	for _, types := range []string{"pods", "nodes", "deploy,rs,rc,jobs", "events"} {
		at := 9 * time.Minute
		documents, err := yamlnode.Parse("get.yaml", strings.NewReader(get(t, at, Query{Types: types, Output: "yaml"})))
		if err != nil {
			t.Fatal(err)
		}
		text, err := documents[0].Root.JSON()
		if err != nil {
			t.Fatal(err)
		}
		var a, b any
		if err := json.Unmarshal(text, &a); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(get(t, at, Query{Types: types, Output: "json"})), &b); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s: YAML and JSON differ", types)
		}
	}
}

func TestTextsInYAML(t *testing.T) {
	for text, want := range map[string]string{
		"": `""`, "web": "web", "1": `"1"`, "true": `"true"`, "No": `"No"`, "500m": "500m", "8Gi": "8Gi", "25%": "25%", "1e3": `"1e3"`,
		"2026-03-02T00:00:00Z": `"2026-03-02T00:00:00Z"`, "a: b": "'a: b'", "it's #1 # x": "'it''s #1 # x'", "- a": "'- a'", "a\nb": `"a\nb"`,
		"shop/web:1": "shop/web:1", "10.244.0.3": "10.244.0.3", "--flag=1": "--flag=1", "1:30": `"1:30"`, "?x": "?x", "0/3 nodes are available": "0/3 nodes are available", "{a}": "'{a}'", "*": "'*'",
	} {
		if got := yamlText(text); got != want {
			t.Errorf("%q: got %s; want %s", text, got, want)
		}
	}
}

func FuzzYAMLText(f *testing.F) {
	for _, text := range []string{"a", "1", "0x1F", "a: b", "'", "\u2028", "- ", "~", "=", "<<", "1_0", "0B00000", "0o17", "12:30:45", "%a", "@b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ToValidUTF8(text, "") != text || len(text) > 1000 {
			t.Skip("the API holds valid text only")
		}
		var b strings.Builder
		appendYAML(&b, map[string]any{"k": text}, 0)
		documents, err := yamlnode.Parse("a.yaml", strings.NewReader(b.String()))
		if err != nil {
			t.Fatalf("%q: %v", b.String(), err)
		}
		got, err := documents[0].Root.JSON()
		if err != nil {
			t.Fatal(err)
		}
		var value map[string]any
		if err := json.Unmarshal(got, &value); err != nil || value["k"] != text {
			t.Errorf("%q reads as %q, not as %q", b.String(), value["k"], text)
		}
	})
}

func TestAges(t *testing.T) {
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		-2 * time.Second: "<invalid>", -time.Second: "0s", 0: "0s", 119 * time.Second: "119s", 2 * time.Minute: "2m", 125 * time.Second: "2m5s",
		599 * time.Second: "9m59s", 10*time.Minute + time.Second: "10m", 179 * time.Minute: "179m", 3 * time.Hour: "3h",
		3*time.Hour + 5*time.Minute: "3h5m", 8*time.Hour + 5*time.Minute: "8h", 47 * time.Hour: "47h", 2 * day: "2d", 50 * time.Hour: "2d2h",
		8*day + time.Hour: "8d", 729 * day: "729d", 730 * day: "2y", 800 * day: "2y70d", 9 * 365 * day: "9y",
	} {
		if got := Age(d); got != want {
			t.Errorf("%s: got %s; want %s", d, got, want)
		}
	}
}

func TestSelectors(t *testing.T) {
	labels := map[string]string{"app": "web", "tier": "front"}
	tests := []struct {
		text string
		want bool
	}{
		{"", true}, {"app=web", true}, {"app==web,tier=front", true}, {"app=db", false}, {"app!=db", true}, {"zone!=a", true}, {"app!=web", false},
		{"app in (db, web)", true}, {"app notin (db,web)", false}, {"zone notin (a)", true}, {"zone in (a)", false}, {"app", true}, {"!app", false},
		{"!zone,app in (web)", true}, {"app=", false},
	}
	for _, test := range tests {
		s, err := ParseSelector(test.text)
		if err != nil {
			t.Errorf("%q: %v", test.text, err)
		} else if got := s.Matches(labels); got != test.want {
			t.Errorf("%q: got %t", test.text, got)
		}
	}
	for _, text := range []string{"app=web,", "a in b", "a in (b", "=b", "a b", "a>1"} {
		if _, err := ParseSelector(text); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

func TestWatchWritesChanges(t *testing.T) {
	for _, test := range []struct{ golden, types, output string }{
		{"watch_deploy", "deploy", ""}, {"watch_nodes", "nodes", "wide"}, {"watch_jobs", "jobs", "name"},
	} {
		golden.Match(t, test.golden+".golden", watched(t, "shop", Query{Types: test.types, Output: test.output}))
	}
}

// watched is what a watch writes from the beginning of a run to its end.
func watched(t *testing.T, name string, q Query) string {
	t.Helper()
	var b strings.Builder
	p := newReplay(t, name)
	w, err := query(t, q).Begin(&b, Moment{View: p.Cluster.View(), Start: shopStart})
	if err != nil {
		t.Fatal(err)
	}
	p.Cluster.Observe(w)
	for {
		next, err := p.Next()
		if err != nil {
			break
		}
		if err := w.Advance(next); err != nil {
			t.Fatal(err)
		}
		if _, _, err := p.Step(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Advance(models.Never); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
