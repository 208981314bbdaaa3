package reports

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
)

// TestMeasuresAgreeWithARecount holds utilisation, room and cost against what
// photographs of the cluster, taken after every operation, come to.
func TestMeasuresAgreeWithARecount(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		shape := models.Resources{models.CPU: 700, models.Memory: 300}
		c := Config{
			Horizon: models.Time(500 * time.Second), Prices: map[string]float64{"big": 3.6, "small": 0.9}, Shape: &shape, CostLabel: "team",
			WarmUp: rapid.SampledFrom([]time.Duration{0, 33 * time.Second}).Draw(rt, "warm-up"),
		}
		w := newWorld(t, c)
		album := &album{w: w}
		w.nodeOf("n1", "big", "a", models.Resources{models.CPU: 4000, models.Memory: 1000, models.Pods: 110})
		w.nodeOf("n2", "small", "a", models.Resources{models.CPU: 1000, models.Memory: 1000, models.Pods: 3})
		w.nodeOf("n3", "", "b", models.Resources{models.CPU: 2000, models.Memory: 2000, models.Pods: 110})
		album.take()
		specs := []models.SpecID{w.labelled("x", "red", 100, 500), w.labelled("y", "red", 900, 100), w.labelled("y", "", 2500, 10), w.labelled("x", "", 9000, 10)}
		kinds := []models.OpKind{models.OpCreatePod, models.OpCreatePod, models.OpBindPod, models.OpBindPod, models.OpBindPod, models.OpBindPod,
			models.OpStartPod, models.OpFinishPod, models.OpDeletePod, models.OpRemovePod, models.OpSetNodeReady, models.OpCrashNode, models.OpRestoreNode}
		for range rapid.IntRange(20, 120).Draw(rt, "steps") {
			w.now += models.Time(rapid.IntRange(0, 4000).Draw(rt, "wait")) * models.Time(time.Millisecond)
			pods := w.c.View().Pods()
			op := models.Op{
				Kind: rapid.SampledFrom(kinds).Draw(rt, "kind"),
				Node: models.NodeID(rapid.IntRange(0, 2).Draw(rt, "node")),
				Pod:  models.PodID(rapid.IntRange(0, max(0, pods-1)).Draw(rt, "pod")),
				Arg:  int64(rapid.IntRange(0, 2).Draw(rt, "arg")),
			}
			if op.Kind == models.OpCreatePod {
				op.Pod, op.Owner, op.Name, op.Ordinal = models.PodID(pods), models.None, w.d.Sym("p"), models.Exact
				op.Def = int32(rapid.SampledFrom(specs).Draw(rt, "spec"))
			}
			if op.Kind == models.OpBindPod && pods > 0 && !album.fits(op.Pod, op.Node) {
				continue
			}
			if w.c.Apply(w.now, &op) == nil {
				album.take()
			}
		}
		end := 500 * time.Second
		album.compare(rt, w.finish(end), models.Time(c.WarmUp), models.Time(end), &c)
	})
}

func (w *world) labelled(namespace, team string, cpu, memory int64) models.SpecID {
	spec := &models.PodSpec{Namespace: w.d.Sym(namespace), Requests: models.Resources{models.CPU: cpu, models.Memory: memory, models.Pods: 1}}
	if team != "" {
		spec.Labels = models.NewLabels(models.Label{Key: w.d.Sym("team"), Value: w.d.Sym(team)})
	}
	return w.c.DefinePod(spec)
}

// album keeps photographs in order of time; of one instant only the last counts.
type album struct {
	w      *world
	photos []photo
}

type photo struct {
	at      models.Time
	nodes   []photoNode
	waiting []models.Resources
	created []models.Resources // all so far
}

type photoNode struct {
	ready             bool
	free, allocatable models.Resources
	group, zone       string
	pods              []models.SpecID
}

func (a *album) take() {
	v := a.w.c.View()
	p := photo{at: a.w.now}
	for i := range v.Nodes() {
		n := v.Node(models.NodeID(i))
		zone, _ := n.Labels().Get(a.w.d.Sym(models.LabelZone))
		node := photoNode{ready: n.Ready() == models.ConditionTrue, allocatable: *n.Allocatable(), free: *n.Allocatable(),
			group: a.w.d.String(n.Spec().Group), zone: a.w.d.String(zone)}
		for _, id := range n.Pods() {
			node.free = node.free.Sub(v.Pod(id).Spec().Requests)
			node.pods = append(node.pods, v.Pod(id).SpecID())
		}
		p.nodes = append(p.nodes, node)
	}
	for pod := range v.Live() {
		if pod.Active() && pod.Node() == models.None {
			p.waiting = append(p.waiting, pod.Spec().Requests)
		}
	}
	if len(a.photos) > 0 {
		p.created = a.photos[len(a.photos)-1].created
	}
	for len(p.created) < v.Pods() {
		p.created = append(p.created, v.Pod(models.PodID(len(p.created))).Spec().Requests)
	}
	if last := len(a.photos) - 1; last >= 0 && a.photos[last].at == p.at {
		a.photos = a.photos[:last]
	}
	a.photos = append(a.photos, p)
}

func (a *album) fits(pod models.PodID, node models.NodeID) bool {
	p, now := a.w.c.View().Pod(pod), a.photos[len(a.photos)-1]
	return !p.Removed() && p.Spec().Requests.FitsIn(now.nodes[node].free)
}

// at returns the photograph of a moment: the last one not after it.
func (a *album) at(t models.Time) *photo {
	p := &a.photos[0]
	for i := range a.photos {
		if a.photos[i].at <= t {
			p = &a.photos[i]
		}
	}
	return p
}

// each visits the photographs with the seconds that each stood for in a time.
func (a *album) each(from, end models.Time, visit func(p *photo, seconds float64)) {
	for i := range a.photos {
		until := end
		if i+1 < len(a.photos) {
			until = a.photos[i+1].at
		}
		if since := max(a.photos[i].at, from); until > since {
			visit(&a.photos[i], until.Sub(since).Seconds())
		}
	}
}

func (a *album) compare(t *rapid.T, s *Summary, from, end models.Time, c *Config) {
	want := make(map[string]float64)
	for _, r := range []models.Resource{models.CPU, models.Memory} {
		a.utilisation(want, r, from, end)
		a.room(want, r, from, end, c)
	}
	a.costs(want, from, end, c)
	for name, number := range want {
		got, ok := value(t, s, name)
		if ok == math.IsNaN(number) || ok && math.Abs(got-number) > 2e-6*max(1, math.Abs(number)) {
			t.Fatalf("%s is %v (%t), recounted %v", name, got, ok, number)
		}
	}
}

func (a *album) utilisation(want map[string]float64, r models.Resource, from, end models.Time) {
	var requested, allocatable, peak float64
	a.each(from, end, func(p *photo, seconds float64) {
		var used, whole float64
		for _, n := range p.nodes {
			if n.ready {
				used += float64(n.allocatable[r] - n.free[r])
				whole += float64(n.allocatable[r])
			}
		}
		requested += used * seconds
		allocatable += whole * seconds
		if whole > 0 {
			peak = max(peak, used/whole)
		}
	})
	name := a.w.d.ResourceName(r)
	want["utilisation.mean("+name+")"] = requested / allocatable
	want["utilisation.peak("+name+")"] = peak
	if allocatable == 0 {
		want["utilisation.peak("+name+")"] = math.NaN()
	}
}

// room recounts at moments five seconds apart, as a run of 500 s is sampled.
func (a *album) room(want map[string]float64, r models.Resource, from, end models.Time, c *Config) {
	var allocatable, free, stranded, left, misfits, nodes, nodesTime, zones, zonesTime float64
	for at := from; at < end; at = at.Add(5 * time.Second) {
		p := a.at(at)
		seconds := min(end, at.Add(5*time.Second)).Sub(at).Seconds()
		var over []float64
		zoneFree, zoneWhole := map[string]float64{}, map[string]float64{}
		for _, n := range p.nodes {
			if !n.ready {
				continue
			}
			allocatable += float64(n.allocatable[r]) * seconds
			room := float64(n.free[r])
			if len(p.created) > 0 {
				free += room * seconds
			}
			if p.strands(&n) {
				stranded += room * seconds
			}
			whole := n.free[r] - c.Shape[r]*min(n.free[models.CPU]/c.Shape[models.CPU], n.free[models.Memory]/c.Shape[models.Memory])
			left += float64(whole) * seconds
			misfits += room * a.misfit(p, &n) * seconds
			over = append(over, room/float64(n.allocatable[r]))
			zoneFree[n.zone] += room
			zoneWhole[n.zone] += float64(n.allocatable[r])
		}
		if len(over) > 0 {
			nodes += deviation(over) * seconds
			nodesTime += seconds
		}
		if len(zoneFree) > 1 {
			zones += deviation([]float64{zoneFree["a"] / zoneWhole["a"], zoneFree["b"] / zoneWhole["b"]}) * seconds
			zonesTime += seconds
		}
	}
	name := "(" + a.w.d.ResourceName(r) + ")"
	want["stranded"+name], want["stranded.shape"+name] = stranded/allocatable, left/allocatable
	want["fragmentation"+name] = misfits / free
	want["imbalance.nodes"+name], want["imbalance.zones"+name] = nodes/nodesTime, zones/zonesTime
}

func (p *photo) strands(n *photoNode) bool {
	waits := false
	for _, request := range p.waiting {
		for i := range p.nodes {
			waits = waits || p.nodes[i].ready && request.FitsIn(p.nodes[i].allocatable)
		}
		if request.FitsIn(n.free) {
			return false
		}
	}
	return waits
}

// misfit is exact as long as the sample of the workload holds every pod.
func (a *album) misfit(p *photo, n *photoNode) float64 {
	misfits, every := 0, 1
	for (len(p.created)-1)/every >= mixMost {
		every *= 2
	}
	all := 0
	for i := 0; i < len(p.created); i += every {
		all++
		if !p.created[i].FitsIn(n.free) {
			misfits++
		}
	}
	return float64(misfits) / float64(max(all, 1))
}

func deviation(list []float64) float64 {
	mean, squares := 0.0, 0.0
	for _, x := range list {
		mean += x / float64(len(list))
	}
	for _, x := range list {
		squares += (x - mean) * (x - mean) / float64(len(list))
	}
	return math.Sqrt(squares)
}

func (a *album) costs(want map[string]float64, from, end models.Time, c *Config) {
	hours := end.Sub(from).Hours()
	want["node_hours"], want[`node_hours{group="big"}`] = 3*hours, hours
	want["cost"] = 4.5 * hours
	borne := 0.0
	var namespaces = map[string]float64{}
	teams := map[string]float64{}
	a.each(from, end, func(p *photo, seconds float64) {
		for _, n := range p.nodes {
			for _, id := range n.pods {
				spec := a.w.c.View().Spec(id)
				share := float64(spec.Requests[models.CPU])/float64(n.allocatable[models.CPU])/2 +
					float64(spec.Requests[models.Memory])/float64(n.allocatable[models.Memory])/2
				cost := share * c.Prices[n.group] * seconds / 3600
				borne += cost
				team, _ := spec.Labels.Get(a.w.d.Sym("team"))
				namespaces[a.w.d.String(spec.Namespace)] += cost
				teams[a.w.d.String(team)] += cost
			}
		}
	})
	want["cost.idle"] = 4.5*hours - borne
	want["cost.idle_share"] = 1 - borne/4.5/hours
	for name, cost := range namespaces {
		want[`cost{namespace="`+name+`"}`] = cost
		if borne > 0 {
			want[`cost.idle{namespace="`+name+`"}`] = want["cost.idle"] * cost / borne
		}
	}
	for name, cost := range teams {
		want[`cost{label="`+name+`"}`] = cost
	}
	stranded := 0.0
	for at := from; at < end; at = at.Add(5 * time.Second) {
		p := a.at(at)
		seconds := min(end, at.Add(5*time.Second)).Sub(at).Seconds()
		for _, n := range p.nodes {
			if n.ready && p.strands(&n) {
				empty := float64(n.free[models.CPU])/float64(n.allocatable[models.CPU]) + float64(n.free[models.Memory])/float64(n.allocatable[models.Memory])
				stranded += c.Prices[n.group] * empty / 2 * seconds / 3600
			}
		}
	}
	want["cost.stranded"] = stranded
}
