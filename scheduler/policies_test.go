package scheduler_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/framework"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/scheduler/queue"
)

// under is a world that schedules by a ready-made profile. The draws of random
// ties go through the tied nodes in turn.
func under(t *testing.T, name string) *world {
	t.Helper()
	table := plugins.Table()
	profile, ok := scheduler.LookupProfile(name, table)
	if !ok {
		t.Fatalf("no profile %s", name)
	}
	draws := 0
	return newWorld(t, scheduler.Config{Profiles: []scheduler.Profile{profile}, Queue: queue.DefaultConfig(),
		Draw: func(_ cluster.Pod, n int) int { draws++; return draws % n }}, table)
}

// The four nodes have 3 cores, 6, 2 and 4; pods of 1 core come until 4 are placed.
func TestPoliciesDiffer(t *testing.T) {
	for name, want := range map[string][]models.NodeID{
		"first-fit":                   {0, 0, 0, 1},
		"best-fit":                    {2, 2, 0, 0},
		"worst-fit":                   {1, 3, 0, 1},
		"round-robin":                 {0, 1, 2, 3},
		"next-fit":                    {0, 1, 2, 3},
		"random":                      {1, 2, 3, 0},
		"dot-product":                 {2, 0, 2, 3},
		"most-allocated":              {2, 2, 0, 0},
		"requested-to-capacity-ratio": {2, 2, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := under(t, name)
			for _, cpu := range []int64{3000, 6000, 2000, 4000} {
				w.join(0, 1, cpu)
			}
			var got []models.NodeID
			for range want {
				w.create(0, 1000, models.DefaultScheduler)
				out, _ := w.next(0)
				got = append(got, out.Claim.Node)
			}
			if !slices.Equal(got, want) {
				t.Errorf("nodes %v; want %v", got, want)
			}
		})
	}
}

func TestPoliciesMayBeWrittenAsOneWord(t *testing.T) {
	table := plugins.Table()
	for _, name := range []string{"firstFit", "bestFit", "worstFit", "random", "roundRobin", "dotProduct", "default",
		"mostAllocated", "requestedToCapacityRatio"} {
		if _, ok := scheduler.LookupProfile(name, table); !ok {
			t.Errorf("no profile %s", name)
		}
	}
	for _, name := range []string{"", "fit", "first fit", "first--fit"} {
		if _, ok := scheduler.LookupProfile(name, table); ok {
			t.Errorf("found a profile %q", name)
		}
	}
}

// ordered are plugins that note when they are asked.
type ordered struct {
	name string
	log  *[]string
}

func (p ordered) Name() string           { return p.name }
func (p ordered) Reads() framework.Reads { return framework.ReadsNodeFacts }
func (p ordered) Filter(*framework.Cycle, framework.Node) *framework.Status {
	*p.log = append(*p.log, "filter "+p.name)
	return nil
}
func (p ordered) Score(*framework.Cycle, framework.Node) int64 {
	*p.log = append(*p.log, "score "+p.name)
	return 0
}

func TestPluginsAreAskedInTheOrderOfThePoint(t *testing.T) {
	var log []string
	var table []plugins.Entry
	for _, name := range []string{"A", "B", "C"} {
		table = append(table, plugins.Entry{Name: name,
			New: func(any, *models.Dictionary) (framework.Plugin, error) { return ordered{name, &log}, nil }})
	}
	for _, e := range plugins.Table() {
		if e.Name == "PrioritySort" || e.Name == "DefaultBinder" {
			table = append(table, e)
		}
	}
	profile := scheduler.Profile{SchedulerName: models.DefaultScheduler}
	for _, e := range table {
		profile.Plugins = append(profile.Plugins, scheduler.Plugin{Name: e.Name})
	}
	profile.Plugins[1].Off = framework.PointSet(framework.AtScore)
	profile.Order[framework.AtFilter] = []string{"C", "A"}
	profile.Order[framework.AtScore] = []string{"B", "C"}
	w := newWorld(t, scheduler.Config{Profiles: []scheduler.Profile{profile}, Queue: queue.DefaultConfig()}, table)
	w.join(0, 2, 1000)
	w.create(0, 100, models.DefaultScheduler)
	w.next(0)
	var first []string // an engine may take many nodes at once
	for _, line := range log {
		if !slices.Contains(first, line) {
			first = append(first, line)
		}
	}
	want := "filter C, filter A, filter B, score C, score A"
	if got := strings.Join(first, ", "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	profile.Order[framework.AtFilter] = []string{"D"}
	_, err := scheduler.New(scheduler.Config{Profiles: []scheduler.Profile{profile}}, table, models.NewDictionary())
	if err == nil || !strings.Contains(err.Error(), "plugin D: it is to be asked at filter, but is not enabled") {
		t.Errorf("error %v", err)
	}
}
