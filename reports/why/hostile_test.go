package why_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/hostile"
	"github.com/podsim/podsim/reports/hostile/madeup"
	"github.com/podsim/podsim/reports/kubectl"
	"github.com/podsim/podsim/reports/why"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/plugins"
)

// replayed goes through a log before an observer, and returns the cluster at its end.
func replayed(t *testing.T, log []byte, o cluster.Observer) *cluster.Cluster {
	t.Helper()
	p, err := cluster.NewReplay(bytes.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	p.Cluster.Observe(o)
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	return p.Cluster
}

func TestHostileNamesAreHarmless(t *testing.T) {
	log, err := madeup.Log()
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, name := range hostile.Names {
		for _, kind := range []string{"Pod", "ReplicaSet"} {
			q := why.Query{Kind: kind, Namespace: name, Name: name}
			story := why.NewStory(q, models.Never)
			c := replayed(t, log, story)
			if !story.Known() {
				t.Errorf("%s is not known", q)
				continue
			}
			a, err := story.Ask(&why.Moment{
				Moment: &kubectl.Moment{View: c.View(), At: madeup.End, Start: kubectl.DefaultStart}, End: madeup.End, Cluster: c,
				Scheduler: func(c *cluster.Cluster) (*scheduler.Scheduler, error) {
					return scheduler.New(scheduler.DefaultConfig(plugins.Table()).WithoutPreemption(), plugins.Table(), c.Dictionary())
				},
			})
			if err != nil {
				t.Fatalf("%q: %v", name, err)
			}
			told += len(a.Evidence)
			harmless(t, func(w io.Writer) error { return a.WriteText(w, reports.Terminal{Width: 80, Unicode: true}) })
			var document any
			if err := json.Unmarshal(harmless(t, a.WriteJSON), &document); err != nil {
				t.Errorf("%q: %v", name, err)
			}
		}
	}
	if told < 4*len(hostile.Names) {
		t.Errorf("%d facts only", told)
	}
}

// harmless returns what is written, and makes sure that a terminal would act on nothing.
func harmless(t *testing.T, write func(io.Writer) error) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil || out.Len() == 0 {
		t.Fatalf("%d bytes, %v", out.Len(), err)
	}
	if !utf8.Valid(out.Bytes()) || strings.ContainsFunc(out.String(), func(c rune) bool { return c != '\n' && !unicode.IsPrint(c) }) {
		t.Errorf("a terminal acts on %q", out.String())
	}
	return out.Bytes()
}

func TestNamesAreGuessed(t *testing.T) {
	log, err := madeup.Log()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ namespace, name, want string }{
		{":smile:", ":smlie:", "pod/:smile:"}, {":smile:", "**bold**", "pod/**bold**/**bold**"}, {"default", ":smlie:", ""},
	} {
		names := why.NewNames(why.Query{Kind: "Pod", Namespace: test.namespace, Name: test.name})
		replayed(t, log, names)
		if got := names.Guess(); got != test.want {
			t.Errorf("%s/%s: %q, want %q", test.namespace, test.name, got, test.want)
		}
	}
}
