package plugins

import (
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

func TestNodePortsRejectsTakenPorts(t *testing.T) {
	const rejected = "U: node(s) didn't have free ports for the requested pod ports"
	b := newBed(t)
	p := b.plugin("NodePorts", nil).(framework.Filter)
	all, one, two := b.d.Sym("0.0.0.0"), b.d.Sym("10.0.0.1"), b.d.Sym("10.0.0.2")
	ports := func(ps ...models.HostPort) []models.HostPort { return ps }
	for _, test := range []struct {
		name        string
		taken, want []models.HostPort
		answer      string
	}{
		{"none taken", nil, ports(models.HostPort{Port: 80}), "ok"},
		{"same port", ports(models.HostPort{Port: 80}), ports(models.HostPort{Port: 80}), rejected},
		{"another port", ports(models.HostPort{Port: 80}), ports(models.HostPort{Port: 81}), "ok"},
		{"another protocol", ports(models.HostPort{Port: 80}), ports(models.HostPort{Port: 80, Protocol: models.UDP}), "ok"},
		{"another address", ports(models.HostPort{Port: 80, IP: one}), ports(models.HostPort{Port: 80, IP: two}), "ok"},
		{"same address", ports(models.HostPort{Port: 80, IP: one}), ports(models.HostPort{Port: 80, IP: one}), rejected},
		{"every address is taken", ports(models.HostPort{Port: 80}), ports(models.HostPort{Port: 80, IP: one}), rejected},
		{"every address is wanted", ports(models.HostPort{Port: 80, IP: one}), ports(models.HostPort{Port: 80}), rejected},
		{"0.0.0.0 is taken", ports(models.HostPort{Port: 80, IP: all}), ports(models.HostPort{Port: 80, IP: one}), rejected},
		{"0.0.0.0 is wanted", ports(models.HostPort{Port: 80, IP: one}), ports(models.HostPort{Port: 80, IP: all}), rejected},
		{"0.0.0.0 is no address", ports(models.HostPort{Port: 80, IP: all}), ports(models.HostPort{Port: 80}), rejected},
		{"port 0 is none", ports(models.HostPort{}), ports(models.HostPort{}), "ok"},
		{"one of two", ports(models.HostPort{Port: 80}, models.HostPort{Port: 90}), ports(models.HostPort{Port: 70}, models.HostPort{Port: 90}), rejected},
	} {
		n := b.node("node")
		b.place(n, func(s *models.PodSpec) { s.HostPorts = test.taken })
		c := b.cycle(func(s *models.PodSpec) { s.HostPorts = test.want })
		if got := answer(p.Filter(c, n)); got != test.answer {
			t.Errorf("%s: got %s, want %s", test.name, got, test.answer)
		}
	}
}

func TestNodePortsSkipsPodsWithoutHostPorts(t *testing.T) {
	b := newBed(t)
	p := b.plugin("NodePorts", nil).(framework.PreFilter)
	for _, test := range []struct {
		ports []models.HostPort
		want  string
	}{{nil, "skip"}, {[]models.HostPort{{Port: 80}}, "ok"}} {
		c := b.cycle(func(s *models.PodSpec) { s.HostPorts = test.ports })
		if _, restricted, s := p.PreFilter(c); restricted || answer(s) != test.want {
			t.Errorf("ports %v: got %s, restricted %v", test.ports, answer(s), restricted)
		}
	}
}

func TestNodePortsQueuesWhenAConflictingPodLeft(t *testing.T) {
	b := newBed(t)
	p := b.plugin("NodePorts", nil).(framework.EventsToRegister)
	n := b.node("node")
	c := b.cycle(func(s *models.PodSpec) { s.HostPorts = []models.HostPort{{Port: 80}} })
	for _, test := range []struct {
		name string
		kind framework.EventKind
		left []models.HostPort
		want bool
	}{
		{"same port", framework.AssignedPodDelete, []models.HostPort{{Port: 80, IP: b.d.Sym("10.0.0.1")}}, true},
		{"another port", framework.AssignedPodDelete, []models.HostPort{{Port: 81}}, false},
		{"no port", framework.AssignedPodDelete, nil, false},
		{"a node joins", framework.NodeAdd, nil, true},
		{"a taint of any node", framework.NodeTaint, nil, true},
		{"a pod is bound", framework.AssignedPodAdd, []models.HostPort{{Port: 80}}, false},
		{"allocatable", framework.NodeAllocatable, nil, false},
	} {
		e := &framework.Event{Kind: test.kind, Node: n.ID(), Spec: &models.PodSpec{HostPorts: test.left}}
		if got := queues(p, c, e); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}
