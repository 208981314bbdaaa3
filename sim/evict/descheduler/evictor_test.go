package descheduler

import (
	"slices"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

// protected has a pod of each kind that DefaultEvictor knows, a minute old but for young,
// which is new.
func protected(s *scene) {
	s.node("n1", nil)
	s.node("n2", func(n *models.NodeSpec) {
		n.Labels = models.NewLabels(s.label("zone", "n2"), s.label("ssd", "yes"))
		n.Taints = []models.Taint{{Key: s.d.Sym("gpu"), Effect: models.NoSchedule}}
	})
	s.do(models.Op{Kind: models.OpAddBudget, Def: s.c.DefineBudget(&models.BudgetSpec{Namespace: s.d.Sym("default"),
		Allowed: models.Recounted, Selector: models.LabelSelector{Requirements: s.app("guarded")}})})
	set, one := s.owner(models.ReplicaSet, "set"), s.owner(models.ReplicaSet, "one")
	s.pod("plain", "n1", set, nil)
	s.pod("guarded", "n1", set, nil)
	s.pod("emptyDir", "n1", set, func(p *models.PodSpec) { p.LocalStorage = true })
	s.pod("hostPath", "n1", set, func(p *models.PodSpec) { p.Marks = models.MarkHostPath })
	s.pod("daemon", "n1", s.owner(models.DaemonSet, "ds"), nil)
	s.pod("critical", "n1", set, func(p *models.PodSpec) { p.Priority = models.SystemCritical })
	s.pod("dear", "n1", set, func(p *models.PodSpec) { p.Priority = 100 })
	s.pod("claim", "n1", set, func(p *models.PodSpec) {
		p.Volumes = []models.Volume{{Kind: models.ClaimVolume, Claim: s.d.Sym("data")}}
	})
	s.pod("devices", "n1", set, func(p *models.PodSpec) { p.Marks = models.MarkDevices })
	s.pod("stays", "n1", set, func(p *models.PodSpec) { p.Marks = models.MarkPreferStay })
	s.pod("tolerant", "n1", set, func(p *models.PodSpec) { p.Tolerations = []models.Toleration{{Key: s.d.Sym("gpu"), Exists: true}} })
	s.pod("single", "n1", one, nil)
	s.pod("bare", "n1", models.None, nil)
	failed := s.pod("failed", "n1", models.None, func(p *models.PodSpec) { p.RestartPolicy = models.RestartNever })
	s.do(models.Op{Kind: models.OpFinishPod, Pod: failed, Arg: 1})
	s.pod("static", "n1", set, func(p *models.PodSpec) { p.Static = true })
	s.pod("marked", "n1", models.None, func(p *models.PodSpec) { p.Marks, p.Priority = models.MarkEvict, models.SystemCritical })
	leaving := s.pod("leaving", "n1", set, nil)
	s.do(models.Op{Kind: models.OpDeletePod, Pod: leaving, Arg: int64(time.Hour)})
	s.after(time.Minute)
	s.pod("young", "n1", set, nil)
}

func (s *scene) app(name string) models.Selector {
	return models.Selector{{Key: s.d.Sym("app"), Op: models.In, Values: []models.Sym{s.d.Sym(name)}}}
}

// TestWhomDefaultEvictorLetsGo shows what each of its arguments changes of those that may go
// by default.
// Source: descheduler pkg/framework/plugins/defaultevictor.
func TestWhomDefaultEvictorLetsGo(t *testing.T) {
	byDefault := []string{"plain", "guarded", "dear", "claim", "devices", "stays", "tolerant", "single", "marked", "young"}
	all := Evictor{}
	tests := map[string]struct {
		change    func(*scene, *Evictor)
		also, not []string // beside those by default, and of those
	}{
		"nothing":               {func(*scene, *Evictor) {}, nil, nil},
		"evictLocalStoragePods": {func(_ *scene, e *Evictor) { e.LocalStorage = false }, []string{"emptyDir", "hostPath"}, nil},
		"evictDaemonSetPods":    {func(_ *scene, e *Evictor) { e.DaemonSets = false }, []string{"daemon"}, nil},
		"evictSystemCritical":   {func(_ *scene, e *Evictor) { e.SystemCritical = false }, []string{"critical"}, nil},
		"evictFailedBarePods":   {func(_ *scene, e *Evictor) { e.Bare = false }, []string{"failed"}, nil},
		"PodsWithPVC":           {func(_ *scene, e *Evictor) { e.Claims = true }, nil, []string{"claim"}},
		"protectedStorageClasses, of a claim that is not there": {func(s *scene, e *Evictor) {
			e.Claims, e.Classes = true, []models.Sym{s.d.Sym("fast")}
		}, nil, []string{"claim"}},
		"PodsWithoutPDB": {func(_ *scene, e *Evictor) { e.WithoutBudget = true }, nil,
			[]string{"plain", "dear", "claim", "devices", "stays", "tolerant", "single", "young"}},
		"PodsWithResourceClaims":     {func(_ *scene, e *Evictor) { e.Devices = true }, nil, []string{"devices"}},
		"noEvictionPolicy Mandatory": {func(_ *scene, e *Evictor) { e.PreferStay = true }, nil, []string{"stays"}},
		"priorityThreshold":          {func(_ *scene, e *Evictor) { e.Priority = 100 }, nil, []string{"dear"}},
		"priorityThreshold where critical pods may go": {func(_ *scene, e *Evictor) {
			e.Priority, e.SystemCritical = 100, false
		}, []string{"critical"}, nil},
		"minReplicas": {func(_ *scene, e *Evictor) { e.MinReplicas = 2 }, nil, []string{"single"}},
		"minPodAge":   {func(_ *scene, e *Evictor) { e.MinAge = time.Minute }, nil, []string{"young"}},
		"labelSelector": {func(s *scene, e *Evictor) { e.Labels = s.app("dear") }, nil,
			[]string{"plain", "guarded", "claim", "devices", "stays", "tolerant", "single", "young"}},
		"namespaceLabelSelector": {func(s *scene, e *Evictor) { e.Namespaces = models.Selector{{Key: s.d.Sym("team"), Op: models.Exists}} }, nil, byDefault},
		"nodeFit": {func(_ *scene, e *Evictor) { e.NodeFit = true }, nil,
			[]string{"plain", "guarded", "dear", "claim", "devices", "stays", "single", "marked", "young"}},
		"nodeFit on nodes of a nodeSelector": {func(s *scene, e *Evictor) {
			e.NodeFit, e.Nodes = true, models.Selector{{Key: s.d.Sym("ssd"), Op: models.DoesNotExist}}
		}, nil, byDefault},
		"no protection at all": {func(_ *scene, e *Evictor) { *e = all },
			[]string{"emptyDir", "hostPath", "daemon", "critical", "failed"}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			protected(s)
			e := DefaultEvictor()
			test.change(s, &e)
			want := slices.DeleteFunc(slices.Concat(byDefault, test.also), func(pod string) bool { return slices.Contains(test.not, pod) })
			got := s.run(alone(e, &PodLifeTime{States: []string{"Running", "Failed"}}))
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("evicted %q\nwant %q", got, want)
			}
		})
	}
}

// TestProtectedStorageClasses shows that a claim of another class protects nobody.
// Source: descheduler pkg/framework/plugins/defaultevictor/defaultevictor.go (podStorageClasses).
func TestProtectedStorageClasses(t *testing.T) {
	for class, want := range map[string][]string{"fast": nil, "slow": {"owned"}} {
		s := newScene(t)
		s.node("n1", nil)
		s.node("n2", nil)
		s.c.DefineClaim(&models.ClaimSpec{Namespace: s.d.Sym("default"), Name: s.d.Sym("data"), Class: s.d.Sym(class)})
		s.pod("owned", "n1", s.owner(models.ReplicaSet, "set"), func(p *models.PodSpec) {
			p.Volumes = []models.Volume{{Kind: models.ClaimVolume, Claim: s.d.Sym("data")}}
		})
		e := DefaultEvictor()
		e.Claims, e.Classes = true, []models.Sym{s.d.Sym("fast")}
		if got := s.run(alone(e, &PodLifeTime{States: []string{"Running"}})); !slices.Equal(got, want) {
			t.Errorf("class %s: evicted %q, want %q", class, got, want)
		}
	}
}

// TestRoundsHaveLimits shows what each limit of a policy leaves, and which refusals are told.
// Source: descheduler pkg/descheduler/evictions/evictions.go (EvictPod).
func TestRoundsHaveLimits(t *testing.T) {
	tests := map[string]struct {
		policy Policy
		keeps  string
		want   []string
		told   []string
	}{
		"none":         {want: []string{"a", "b", "c", "d"}},
		"total":        {policy: Policy{Total: ptr(uint(2))}, want: []string{"a", "b"}},
		"total 0":      {policy: Policy{Total: ptr(uint(0))}},
		"perNode":      {policy: Policy{PerNode: ptr(uint(1))}, want: []string{"a", "d"}},
		"perNamespace": {policy: Policy{PerNamespace: ptr(uint(1))}, want: []string{"a", "c"}},
		"a refusal does not count": {policy: Policy{Total: ptr(uint(2)), TellRefusals: true}, keeps: "a", want: []string{"b", "c"}, told: []string{
			"pod eviction from n1 node by sigs.k8s.io/descheduler failed: it is kept",
			"pod eviction from n2 node by sigs.k8s.io/descheduler failed: total eviction limit exceeded (2)",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.node("n1", nil)
			s.node("n2", nil)
			set := s.owner(models.ReplicaSet, "set")
			for _, name := range []string{"a", "b", "c"} {
				s.pod(name, "n1", set, func(p *models.PodSpec) {
					if name == "c" {
						p.Namespace = s.d.Sym("other")
					}
				})
			}
			s.pod("d", "n2", set, nil)
			if test.keeps != "" {
				s.keeps[test.keeps] = "it is kept"
			}
			policy := test.policy
			policy.Profiles = alone(DefaultEvictor(), &PodLifeTime{States: []string{"Running"}}).Profiles
			if got := s.run(&policy); !slices.Equal(got, test.want) || !slices.Equal(s.told, test.told) {
				t.Errorf("evicted %q, told %q\nwant %q, %q", got, s.told, test.want, test.told)
			}
		})
	}
}

// TestWhichNodesAPolicyLooksAt shows the nodeSelector of a policy, nodes that are not ready, and
// that a round needs two nodes.
// Source: descheduler pkg/descheduler/descheduler.go (runProfiles), pkg/descheduler/node/node.go (ReadyNodes).
func TestWhichNodesAPolicyLooksAt(t *testing.T) {
	tests := map[string]struct {
		nodes    []string // with the label ssd
		notReady string
		want     []string
	}{
		"all": {nodes: []string{"n1", "n2", "n3"}, want: numbered("p", 1, 3)}, "some": {nodes: []string{"n1", "n3"}, want: []string{"p1", "p3"}},
		"one only": {nodes: []string{"n2"}}, "one is not ready": {nodes: []string{"n1", "n2", "n3"}, notReady: "n2", want: []string{"p1", "p3"}},
		"one of two is not ready": {nodes: []string{"n1", "n2"}, notReady: "n2"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			set := s.owner(models.ReplicaSet, "set")
			for _, node := range []string{"n1", "n2", "n3"} {
				s.node(node, func(n *models.NodeSpec) {
					if slices.Contains(test.nodes, node) {
						n.Labels = models.NewLabels(s.label("ssd", "yes"))
					}
				})
				s.pod("p"+node[1:], node, set, nil)
			}
			if test.notReady != "" {
				s.do(models.Op{Kind: models.OpSetNodeReady, Node: s.nodes[test.notReady], Arg: int64(models.ConditionFalse)})
			}
			policy := alone(DefaultEvictor(), &PodLifeTime{States: []string{"Running"}})
			policy.Nodes = models.Selector{{Key: s.d.Sym("ssd"), Op: models.Exists}}
			if got := s.run(policy); !slices.Equal(got, test.want) {
				t.Errorf("evicted %q, want %q", got, test.want)
			}
		})
	}
}
