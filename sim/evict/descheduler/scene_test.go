package descheduler

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/evict"
)

// scene is a cluster at one moment, made by hand.
type scene struct {
	t     *testing.T
	d     *models.Dictionary
	c     *cluster.Cluster
	now   models.Time
	nodes map[string]models.NodeID
	names map[models.PodID]string
	keeps map[string]string // pods that the server does not let go, and why
	uses  map[string]int64  // millicores, if that is known of a pod
	told  []string
}

func newScene(t *testing.T) *scene {
	t.Helper()
	d := models.NewDictionary()
	return &scene{t: t, d: d, c: cluster.New(d, nil), nodes: make(map[string]models.NodeID), names: make(map[models.PodID]string),
		keeps: make(map[string]string), uses: make(map[string]int64)}
}

func (s *scene) do(op models.Op) {
	s.t.Helper()
	if err := s.c.Apply(s.now, &op); err != nil {
		s.t.Fatal(err)
	}
}

// after lets time pass.
func (s *scene) after(d time.Duration) { s.now = s.now.Add(d) }

func (s *scene) label(key, value string) models.Label {
	return models.Label{Key: s.d.Sym(key), Value: s.d.Sym(value)}
}

// node adds a node of one core, in a zone of its own name unless change says something else.
func (s *scene) node(name string, change func(*models.NodeSpec)) {
	s.t.Helper()
	room := models.Resources{models.CPU: 1000, models.Memory: 8 << 30, models.Pods: 20}
	spec := &models.NodeSpec{Name: s.d.Sym(name), Capacity: room, Allocatable: room, Labels: models.NewLabels(s.label("zone", name))}
	if change != nil {
		change(spec)
	}
	s.nodes[name] = models.NodeID(len(s.nodes))
	s.do(models.Op{Kind: models.OpAddNode, Node: s.nodes[name], Def: int32(s.c.DefineNode(spec))})
}

func (s *scene) owner(kind models.OwnerKind, name string) models.OwnerID {
	s.t.Helper()
	id := models.OwnerID(s.c.View().Owners())
	s.do(models.Op{Kind: models.OpCreateOwner, Owner: id, Parent: models.None, Name: s.d.Sym(name), Ordinal: models.Exact,
		Def: int32(s.c.DefineOwner(&models.OwnerSpec{Kind: kind, Replicas: 9}))})
	return id
}

// pod adds a pod that runs on a node, with a tenth of a core and a label app of its name.
func (s *scene) pod(name, node string, owner models.OwnerID, change func(*models.PodSpec)) models.PodID {
	s.t.Helper()
	spec := &models.PodSpec{Namespace: s.d.Sym("default"), Labels: models.NewLabels(s.label("app", name)), GracePeriod: 30 * time.Second,
		Requests: models.Resources{models.CPU: 100, models.Pods: 1}, Containers: []models.Container{{Name: s.d.Sym("c"), Image: s.d.Sym("image")}}}
	if change != nil {
		change(spec)
	}
	id := models.PodID(s.c.View().Pods())
	op := models.Op{Kind: models.OpCreatePod, Pod: id, Owner: owner, Def: int32(s.c.DefinePod(spec)), Name: s.d.Sym(name), Ordinal: models.Exact}
	if owner != models.None {
		op.Name, op.Ordinal = 0, s.c.View().Owner(owner).NextOrdinal()
	}
	s.do(op)
	s.do(models.Op{Kind: models.OpBindPod, Pod: id, Node: s.nodes[node]})
	if !spec.Itemised() {
		s.do(models.Op{Kind: models.OpStartPod, Pod: id})
		s.do(models.Op{Kind: models.OpReadyPod, Pod: id})
	}
	s.names[id] = name
	return id
}

// Evict grants what is not kept, and pods are deleted.
func (s *scene) Evict(p *evict.Proposal) (refusal string) {
	if why := s.keeps[s.names[p.Pod]]; why != "" {
		return why
	}
	pod, grace := s.c.View().Pod(p.Pod), int64(0)
	if !pod.Phase().Terminal() {
		grace = int64(pod.Spec().GracePeriod)
	}
	s.do(models.Op{Kind: models.OpDeletePod, Pod: p.Pod, Arg: grace, Reason: s.d.Sym(p.Cause)})
	return ""
}

func (s *scene) Tell(p *evict.Proposal) { s.told = append(s.told, p.Why) }

// run returns the names of the pods that a policy evicts, in turn.
func (s *scene) run(p *Policy) (gone []string) {
	record := recorder{s, &gone}
	p.Run(s.c.View(), evict.Occasion{Kind: evict.Interval, At: s.now, Node: models.None, Uses: func(pod cluster.Pod, r models.Resource) (int64, bool) {
		used, known := s.uses[s.names[pod.ID()]]
		if r != models.CPU {
			used = 0
		}
		return used, known
	}}, record)
	return gone
}

// recorder notes what a scene lets go.
type recorder struct {
	*scene
	gone *[]string
}

func (r recorder) Evict(p *evict.Proposal) string {
	refusal := r.scene.Evict(p)
	if refusal == "" {
		*r.gone = append(*r.gone, r.names[p.Pod])
	}
	return refusal
}

// alone is a policy of one strategy.
func alone(e Evictor, s Strategy) *Policy {
	return &Policy{Profiles: []Profile{{Evictor: e, Deschedule: []Strategy{s}}}}
}

// expect plays the same scene once for each strategy and compares who goes.
func expect(t *testing.T, scene func(*scene), tests map[string]struct {
	strategy func(*scene) Strategy
	want     []string
},
) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			scene(s)
			if got := s.run(alone(DefaultEvictor(), test.strategy(s))); !slices.Equal(got, test.want) {
				t.Errorf("evicted %q, want %q", got, test.want)
			}
		})
	}
}

func ptr[T any](value T) *T { return &value }

func numbered(name string, from, to int) (list []string) {
	for i := from; i <= to; i++ {
		list = append(list, fmt.Sprint(name, i))
	}
	return list
}
