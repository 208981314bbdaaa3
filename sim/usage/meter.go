package usage

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/kernel"
)

// Resolution is how often the metrics server reads what pods use, and Window the time
// over which it tells so: who is Ready for less is not believed.
// Source: the metrics server's option --metric-resolution, 15 s by default, and its
// PodMetrics, whose window is the time between two readings.
const (
	Resolution = 15 * time.Second
	Window     = 15 * time.Second
)

// Meter measures what pods use.
type Meter struct {
	Index   Index
	series  []*Series
	profile func(cluster.Pod) *Profile
	streams *kernel.Streams
	walks   map[strider]*progress
	sharers map[sharing]sharers
	name    []byte
	moving  []movement // of the last search, whose room is used again
}

// sharing are those who share a load: the ready pods of a family of owners, or those
// of a Service of the series.
type sharing struct {
	series *Series
	owner  models.OwnerID
}

// sharers is how many they are, as long as nothing happens.
type sharers struct {
	operations uint64
	ready      int32
}

// NewMeter returns a meter of the pods whose profiles are told by profile, nil for
// those without one.
func NewMeter(series []*Series, streams *kernel.Streams, profile func(cluster.Pod) *Profile) *Meter {
	return &Meter{series: series, profile: profile, streams: streams, walks: make(map[strider]*progress), sharers: make(map[sharing]sharers)}
}

// The purposes of the streams of walks of metrics.
const (
	metricWalk = "usage/metric"
	seriesWalk = "usage/series"
)

// Forget drops what is kept of a pod that is gone.
func (m *Meter) Forget(pod cluster.Pod) {
	if len(m.walks) == 0 {
		return
	}
	entity := m.entity(pod)
	for _, purpose := range walks {
		delete(m.walks, strider{purpose, entity})
	}
	if p := m.profile(pod); p != nil {
		for i := range p.Metrics {
			delete(m.walks, strider{metricWalk + "/" + p.Metrics[i].Name, entity})
		}
	}
}

func (m *Meter) entity(pod cluster.Pod) uint64 {
	m.name = pod.AppendName(m.name[:0])
	return kernel.Entity(string(m.name))
}

// Measures reports whether anything is known of the CPU or memory of a pod.
func (m *Meter) Measures(pod cluster.Pod) bool {
	p := m.profile(pod)
	return p != nil && (p.CPU != nil || p.Memory != nil)
}

// Resource returns what a pod uses of a resource at a moment, given the pods that are
// ready now; ok is false if nobody measures that.
func (m *Meter) Resource(pod cluster.Pod, r models.Resource, at models.Time) (amount int64, ok bool) {
	for _, what := range amountsOf(r) {
		part, measured := m.Amount(pod, what, at)
		amount, ok = amount+part, ok || measured
	}
	return amount, ok
}

// Amount returns what a pod uses at a moment; ok is false if nobody measures that.
func (m *Meter) Amount(pod cluster.Pod, what Amount, at models.Time) (amount int64, ok bool) {
	if m.profile(pod).law(what) == nil {
		return 0, false
	}
	if !pod.Itemised() {
		p, _ := m.use(User{pod, models.None}, what, at)
		return p.at(at), true
	}
	for i := range pod.Containers() {
		if p, ok := m.use(User{pod, i}, what, at); ok {
			amount += p.at(at)
		}
	}
	return amount, true
}

// User is who uses CPU and memory: a pod, or one of its containers where these are told
// apart.
type User struct {
	Pod       cluster.Pod
	Container int // None for the pod as a whole
}

// use returns the piece of what somebody uses around a moment; ok is false of who does
// not run.
func (m *Meter) use(u User, what Amount, at models.Time) (p piece, ok bool) {
	law, purpose := m.profile(u.Pod).law(what), walks[what]
	switch {
	case law == nil:
		return p, false
	case u.Container == models.None:
		return m.piece(law, u.Pod, purpose, at, u.Pod.StartedAt()), true
	}
	c := &u.Pod.Containers()[u.Container]
	low, high, whole, runs := m.profile(u.Pod).part(u.Pod, u.Pod.Spec().Containers[u.Container].Name, what)
	if c.State != cluster.ContainerRunning || !runs {
		return p, false
	}
	p = m.piece(law, u.Pod, purpose, at, c.Started)
	p.amount = proportion(p.amount, high, whole) - proportion(p.amount, low, whole)
	p.next = proportion(p.next, high, whole) - proportion(p.next, low, whole)
	return p, true
}

// Metric returns a metric of a pod at a moment, in thousandths.
func (m *Meter) Metric(pod cluster.Pod, name string, at models.Time) (amount int64, ok bool) {
	law := m.profile(pod).metric(name)
	if law == nil {
		return 0, false
	}
	p := m.piece(law, pod, metricWalk+"/"+name, at, pod.StartedAt())
	return p.at(at), true
}

// piece returns the piece of a law around a moment. A curve that begins with the
// containers begins at origin.
func (m *Meter) piece(law *Law, pod cluster.Pod, purpose string, at, origin models.Time) piece {
	switch {
	case law.Walk != nil:
		return m.walk(law.Walk, strider{purpose, m.entity(pod)}, uint64(pod.Starts()), at, pod.StartedAt())
	case law.Load != nil:
		n := int32(0)
		if pod.Ready() {
			n = m.ready(law.Load.Series, pod)
		}
		return law.Load.share(m.ofSeries(law.Load.Series, at), n)
	case law.FromStart:
		return law.curve(at, origin)
	}
	return law.curve(at, 0)
}

func (m *Meter) ofSeries(s *Series, at models.Time) piece {
	if s.Law.Walk != nil {
		return m.walk(s.Law.Walk, strider{seriesWalk, kernel.Entity(s.Name)}, 0, at, 0)
	}
	return s.Law.curve(at, 0)
}

// ready returns how many ready pods share a load with this one, itself included.
func (m *Meter) ready(s *Series, pod cluster.Pod) int32 {
	v := pod.View()
	key := sharing{s, models.None}
	if s.Service == 0 {
		if key.owner = familyOf(pod); key.owner == models.None {
			return 1
		}
	}
	known, ok := m.sharers[key]
	if ok && known.operations == v.Operations() {
		return known.ready
	}
	known = sharers{operations: v.Operations()}
	switch {
	case s.Service != 0:
		known.ready = m.ofService(v, s)
	case v.Owner(key.owner).Kind() == models.Deployment:
		for set := range v.Owner(key.owner).Children() {
			known.ready += set.Counts().Ready
		}
	default:
		known.ready = v.Owner(key.owner).Counts().Ready
	}
	known.ready = max(known.ready, 1)
	m.sharers[key] = known
	return known.ready
}

// familyOf returns the owner of a pod, or the Deployment of that.
func familyOf(pod cluster.Pod) models.OwnerID {
	owner := pod.Owner()
	if owner != models.None {
		if o := pod.View().Owner(owner); o.Kind() == models.ReplicaSet && o.Parent() != models.None {
			return o.Parent()
		}
	}
	return owner
}

// ofService counts the ready pods of the Service of a series.
func (m *Meter) ofService(v cluster.View, s *Series) (n int32) {
	for _, service := range v.Services() {
		if service.Name != s.Service || service.Namespace != s.Namespace || len(service.Selector) == 0 {
			continue
		}
		m.Index.Each(v, s.Namespace, func(labels models.Labels) bool {
			for _, l := range service.Selector {
				if value, ok := labels.Get(l.Key); !ok || value != l.Value {
					return false
				}
			}
			return true
		}, func(pod cluster.Pod) {
			if pod.Ready() && !pod.Deleting() {
				n++
			}
		})
	}
	return n
}

// Series returns the amount of a series at a moment, in thousandths.
func (m *Meter) Series(s *Series, at models.Time) int64 {
	p := m.ofSeries(s, at)
	return p.at(at)
}

// AllSeries returns the series that there are.
func (m *Meter) AllSeries() []*Series { return m.series }

// Container returns what a container of a pod uses of a resource at a moment: its
// share of what the pod uses.
func (m *Meter) Container(pod cluster.Pod, name models.Sym, r models.Resource, at models.Time) (amount int64, ok bool) {
	for _, what := range amountsOf(r) {
		part, measured := m.container(pod, name, what, at)
		amount, ok = amount+part, ok || measured
	}
	return amount, ok
}

func (m *Meter) container(pod cluster.Pod, name models.Sym, what Amount, at models.Time) (amount int64, ok bool) {
	if pod.Itemised() {
		for i := range pod.Containers() {
			if pod.Spec().Containers[i].Name == name {
				p, ok := m.use(User{pod, i}, what, at)
				return p.at(at), ok
			}
		}
		return 0, false
	}
	total, ok := m.Amount(pod, what, at)
	return total, ok && name == pod.Spec().Containers[0].Name
}
