package usage

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/kernel"
)

const second = models.Time(time.Second)

func at(seconds int64, amount int64) Point {
	return Point{time.Duration(seconds) * time.Second, amount}
}

func TestCurves(t *testing.T) {
	jump := []Point{at(10, 100), at(20, 200), at(20, 500), at(30, 600)}
	day := []Point{at(100, 0), at(200, 1000)}
	tests := []struct {
		rule string
		law  Law
		at   models.Time
		want int64
	}{
		{"a constant", *Constant(7), 1 << 50, 7},
		{"before the first point", Law{Points: jump}, 0, 100},
		{"in a straight line", Law{Points: jump}, 15 * second, 150},
		{"a jump", Law{Points: jump}, 20 * second, 500},
		{"just before it", Law{Points: jump}, 20*second - 1, 199},
		{"after the last point", Law{Points: jump}, 31 * second, 600},
		{"held", Law{Points: jump, Step: true}, 19 * second, 100},
		{"over the end of the period", Law{Points: day, Period: 400 * time.Second}, 350 * second, 500},
		{"over its beginning", Law{Points: day, Period: 400 * time.Second}, 450 * second, 167},
		{"in the second period", Law{Points: day, Period: 400 * time.Second}, 550 * second, 500},
		{"after a phase", Law{Points: day, Period: 400 * time.Second, Phase: 150 * time.Second}, 0, 500},
		{"falling", Law{Points: []Point{at(0, 10), at(4, 0)}}, 3 * second, 3}, // 10 - 7.5, cut
	}
	for _, test := range tests {
		p := test.law.curve(test.at, 0)
		if got := p.at(test.at); got != test.want {
			t.Errorf("%s: %d; want %d (of %+v)", test.rule, got, test.want, p)
		}
	}
}

// The pieces of a curve follow each other without a gap, and each says the same of its
// middle as the curve is asked for there.
func TestThePiecesOfACurveMeet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		law := Law{Step: rapid.Bool().Draw(t, "step")}
		for moment := int64(0); len(law.Points) < rapid.IntRange(2, 6).Draw(t, "points"); moment += rapid.Int64Range(0, 5).Draw(t, "gap") {
			law.Points = append(law.Points, at(moment, rapid.Int64Range(0, 1<<40).Draw(t, "amount")))
		}
		if rapid.Bool().Draw(t, "repeats") {
			law.Period = law.Points[len(law.Points)-1].At + time.Second
			law.Phase = time.Duration(rapid.Int64Range(0, int64(law.Period)-1).Draw(t, "phase"))
		}
		now := models.Time(0)
		for range 20 {
			p := law.curve(now, 0)
			if now < p.from && now > 0 || p.until <= now {
				t.Fatalf("at %s: the piece from %s until %s", now, p.from, p.until)
			}
			if p.until == models.Never {
				return
			}
			middle := now + (p.until-now)/2
			q := law.curve(middle, 0)
			if q.at(middle) != p.at(middle) {
				t.Fatalf("at %s: %d and %d", middle, q.at(middle), p.at(middle))
			}
			now = p.until
		}
	})
}

// world is a cluster with one node and a ReplicaSet of pods that all have a profile: of one
// container, or of three if more operations follow.
func world(t testing.TB, profile *Profile, pods int, more ...models.Op) (*cluster.Cluster, *Meter) {
	d := models.NewDictionary()
	c := cluster.New(d, nil)
	do := func(now models.Time, op models.Op) {
		t.Helper()
		if err := c.Apply(now, &op); err != nil {
			t.Fatal(err)
		}
	}
	do(0, models.Op{Kind: models.OpAddNode, Def: int32(c.DefineNode(&models.NodeSpec{Name: d.Sym("n")}))})
	spec := &models.PodSpec{Namespace: d.Sym("default"), Containers: []models.Container{{Name: d.Sym("web")}}}
	if len(more) > 0 {
		spec.Containers = []models.Container{
			{Name: d.Sym("setup"), Kind: models.InitContainer}, {Name: d.Sym("proxy"), Kind: models.Sidecar}, {Name: d.Sym("web")},
		}
		spec.Amounts = &models.PodAmounts{Containers: []models.ContainerAmounts{{RequestCPU: 900}, {RequestCPU: 100}, {RequestCPU: 200}}}
	}
	def := c.DefinePod(spec)
	do(0, models.Op{Kind: models.OpCreateOwner, Parent: models.None, Name: d.Sym("web"), Ordinal: models.Exact,
		Def: int32(c.DefineOwner(&models.OwnerSpec{Kind: models.ReplicaSet, Namespace: d.Sym("default"), Template: def}))})
	for id := range models.PodID(pods) {
		do(0, models.Op{Kind: models.OpCreatePod, Pod: id, Def: int32(def), Ordinal: int32(id)})
		do(0, models.Op{Kind: models.OpBindPod, Pod: id})
	}
	for _, op := range more {
		do(0, op)
	}
	for id := range models.PodID(pods) {
		do(models.Time(id)*second, models.Op{Kind: models.OpStartPod, Pod: id})
	}
	return c, NewMeter(nil, kernel.NewStreams(1), func(cluster.Pod) *Profile { return profile })
}

func amount(t *testing.T, m *Meter, pod cluster.Pod, when models.Time) int64 {
	t.Helper()
	n, ok := m.Resource(pod, models.CPU, when)
	if !ok {
		t.Fatal("nobody measures it")
	}
	return n
}

// A walk is a function of pod and time: whoever asks, in whatever order, gets the same.
func TestAWalkIsTheSameForEverybody(t *testing.T) {
	w := &Walk{From: 50, Min: 0, Max: 100, Step: 10, Every: time.Second}
	c, m := world(t, &Profile{CPU: &Law{Walk: w}}, 2)
	pod, other := c.View().Pod(0), c.View().Pod(1)
	path := make([]int64, 400)
	moved, differs := 0, 0
	for i := range path {
		path[i] = amount(t, m, pod, models.Time(i)*second)
		if path[i] < w.Min || path[i] > w.Max {
			t.Fatalf("after %d steps: %d", i, path[i])
		}
		if i > 0 && path[i] != path[i-1] {
			moved++
			if by := path[i] - path[i-1]; by > w.Step || by < -w.Step {
				t.Fatalf("step %d by %d", i, by)
			}
		}
		if amount(t, m, other, models.Time(i+1)*second) != path[i] {
			differs++
		}
	}
	if path[0] != w.From || moved < 300 || differs < 300 {
		t.Errorf("begins at %d, moves %d times, differs from another %d times", path[0], moved, differs)
	}
	for _, i := range []int{399, 390, 300, 0, 128, 65, 64, 63, 399} {
		if got := amount(t, m, pod, models.Time(i)*second+second/2); got != path[i] {
			t.Errorf("asked again for step %d: %d; was %d", i, got, path[i])
		}
	}
}

func TestReadyPodsShareALoad(t *testing.T) {
	load := &Series{Name: "traffic", Law: Constant(30_000)} // 30 units
	c, m := world(t, &Profile{CPU: &Law{Load: &Load{Series: load, Base: 5, PerUnit: 10}}}, 3)
	pod := c.View().Pod(0)
	if got := amount(t, m, pod, 5*second); got != 5 {
		t.Errorf("a pod that is not ready uses %d; want its base", got)
	}
	for i, want := range []int64{305, 155, 105} {
		if err := c.Apply(5*second, &models.Op{Kind: models.OpReadyPod, Pod: models.PodID(i)}); err != nil {
			t.Fatal(err)
		}
		if got := amount(t, m, pod, 5*second); got != want {
			t.Errorf("one of %d uses %d; want %d", i+1, got, want)
		}
	}
}

func TestContainersShareWhatThePodUses(t *testing.T) {
	profile := &Profile{CPU: Constant(100)}
	c, m := world(t, profile, 1, models.Op{Kind: models.OpStartSandbox}, models.Op{Kind: models.OpStartContainer, Def: 1},
		models.Op{Kind: models.OpStartContainer, Def: 2})
	d, pod := c.Dictionary(), c.View().Pod(0)
	check := func(rule string, shares []Share, want map[string]int64) {
		profile.Shares = shares
		for name, part := range want {
			got, ok := m.Container(pod, d.Sym(name), models.CPU, 0)
			if ok != (part >= 0) || ok && got != part {
				t.Errorf("%s: %s uses %d, %t; want %d", rule, name, got, ok, part)
			}
		}
	}
	check("by requests", nil, map[string]int64{"proxy": 33, "web": 67, "setup": -1, "nobody": -1})
	check("by weights", []Share{{"web", 3}, {"proxy", 1}}, map[string]int64{"proxy": 25, "web": 75})
	check("who is not named uses nothing", []Share{{"web", 3}}, map[string]int64{"proxy": 0, "web": 100})
}

func TestWhenAnAmountExceedsALimit(t *testing.T) {
	leak := &Law{Points: []Point{at(0, 100), at(100, 200)}, FromStart: true}
	tests := []struct {
		rule  string
		law   *Law
		limit int64
		want  models.Time // Never if it does not within a day
	}{
		{"a constant that is too much", Constant(10), 9, 5 * second},
		{"a constant that is not", Constant(10), 10, models.Never},
		{"in a straight line, the first whole millisecond", leak, 149, 50 * second},
		{"never, since it stays there", leak, 200, models.Never},
		{"at a jump", &Law{Points: []Point{at(0, 1), at(60, 5)}, Step: true}, 4, 60 * second},
		{"each evening", &Law{Points: []Point{at(0, 1e9), at(3600, 5e9), at(7200, 1e9)}, Period: 24 * time.Hour}, 3e9, 1800*second + 1_000_000},
		{"a walk, at one of its steps", &Law{Walk: &Walk{From: 0, Max: 10, Step: 10, Every: time.Minute}}, 9, -1},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			c, m := world(t, &Profile{Memory: test.law}, 1)
			pod := c.View().Pod(0)
			got, until, found := m.Exceeds([]User{{pod, models.None}}, 5*second, test.limit)
			switch {
			case test.want == models.Never:
				if found || until != models.Never {
					t.Errorf("found %t at %s, looked until %s", found, got, until)
				}
				return
			case !found || test.want >= 0 && got != test.want:
				t.Fatalf("found %t at %s; want %s", found, got, test.want)
			}
			before, _ := m.Resource(pod, models.Memory, got-1_000_000)
			after, _ := m.Resource(pod, models.Memory, got)
			if after <= test.limit || got > 5*second && before > test.limit {
				t.Errorf("at %s: %d, a millisecond before %d", got, after, before)
			}
		})
	}
}
