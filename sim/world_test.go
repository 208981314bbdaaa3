package sim

import (
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

const second = models.Time(time.Second)

// world collects what a run is to be made of.
type world struct {
	t      testing.TB
	d      *models.Dictionary
	config Config
	list   list
}

// list is a source of arrivals that are known beforehand, in order of time.
type list []Arrival

func (l *list) Next() (Arrival, bool, error) {
	if len(*l) == 0 {
		return Arrival{}, false, nil
	}
	a := (*l)[0]
	*l = (*l)[1:]
	return a, true, nil
}

func newWorld(t testing.TB) *world {
	return &world{t: t, d: models.NewDictionary(), config: Config{
		Seed: 1, Horizon: models.Never, Kubelet: kubelet.Instant(), CheckEvery: 1 << 10,
	}}
}

func (w *world) node(name, zone string, allocatable models.Resources) {
	if allocatable[models.Pods] == 0 {
		allocatable[models.Pods] = 110
	}
	w.config.Nodes = append(w.config.Nodes, &models.NodeSpec{
		Name: w.d.Sym(name), Capacity: allocatable, Allocatable: allocatable,
		Labels: models.NewLabels(
			models.Label{Key: w.d.Sym(models.LabelHostname), Value: w.d.Sym(name)},
			models.Label{Key: w.d.Sym(models.LabelZone), Value: w.d.Sym(zone)},
		),
	})
}

// pod returns a pod specification with the default tolerations.
func (w *world) pod(cpu int64, policy models.RestartPolicy) *models.PodSpec {
	five := int64(300)
	tolerate := func(key string) models.Toleration {
		return models.Toleration{Key: w.d.Sym(key), Exists: true, Effect: models.NoExecute, Seconds: &five}
	}
	return &models.PodSpec{
		Namespace: w.d.Sym("default"), SchedulerName: w.d.Sym(models.DefaultScheduler), RestartPolicy: policy,
		Requests: models.Resources{models.CPU: cpu, models.Pods: 1}, NonZeroCPU: cpu, NonZeroMemory: 200 << 20, ScoredCPU: cpu, ScoredMemory: 200 << 20,
		GracePeriod: 30 * time.Second, Containers: []models.Container{{Name: w.d.Sym("c"), Image: w.d.Sym("app:1")}},
		Tolerations: []models.Toleration{tolerate(models.TaintNotReady), tolerate(models.TaintUnreachable)},
	}
}

func (w *world) arrive(at models.Time, name string, t *Template) {
	w.list = append(w.list, Arrival{At: at, Template: t, Name: w.d.Sym(name), Ordinal: models.Exact, Lifetime: -1, RunTime: -1})
}

// simulation makes the run; observers may still be added.
func (w *world) simulation() *Simulation {
	w.t.Helper()
	if w.list != nil {
		w.config.Sources = append(w.config.Sources, &w.list)
	}
	s, err := New(w.config, w.d, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) run(observers ...cluster.Observer) *Simulation {
	w.t.Helper()
	s := w.simulation()
	for _, o := range observers {
		s.Cluster().Observe(o)
	}
	if err := s.Run(nil); err != nil {
		w.t.Fatal(err)
	}
	return s
}

// poisson is a source of n arrivals of one template at a constant rate.
type poisson struct {
	template *Template
	name     models.Sym
	between  kernel.Distribution
	streams  *kernel.Streams
	n        int32
	left     int32
	now      models.Time
}

func (p *poisson) Next() (Arrival, bool, error) {
	if p.left == 0 {
		return Arrival{}, false, nil
	}
	number := p.n - p.left
	p.left--
	p.now = p.now.Add(kernel.Duration(p.between, p.streams.At("arrival", 1, uint64(number))))
	return Arrival{
		At: p.now, Template: p.template, Name: p.name, Ordinal: models.Numbered(number), Lifetime: -1, RunTime: -1,
	}, true, nil
}
