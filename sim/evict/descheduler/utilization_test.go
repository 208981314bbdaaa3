package descheduler

import (
	"testing"

	"github.com/podsim/podsim/models"
)

// loaded is a scene of n1 with 90 % of its cpu requested, n2 with 60 %, n3 with 20 %, n4 with
// 10 % and n5 with none, which is cordoned.
func loaded(s *scene) {
	for _, name := range numbered("n", 1, 5) {
		s.node(name, func(n *models.NodeSpec) { n.Unschedulable = name == "n5" })
	}
	set := s.owner(models.ReplicaSet, "set")
	cpu := func(cores int64, change func(*models.PodSpec)) func(*models.PodSpec) {
		return func(p *models.PodSpec) {
			p.Requests[models.CPU] = cores
			if change != nil {
				change(p)
			}
		}
	}
	s.pod("dear", "n1", set, cpu(300, func(p *models.PodSpec) { p.Priority = 10 }))
	s.pod("guaranteed", "n1", set, cpu(200, func(p *models.PodSpec) { p.QOS = models.Guaranteed }))
	s.pod("burstable", "n1", set, cpu(200, func(p *models.PodSpec) { p.QOS = models.Burstable }))
	s.pod("team", "n1", set, cpu(200, func(p *models.PodSpec) { p.Namespace = s.d.Sym("team") }))
	s.pod("mid1", "n2", set, cpu(300, nil))
	s.pod("mid2", "n2", set, cpu(300, nil))
	s.pod("low1", "n3", set, cpu(200, nil))
	s.pod("low2", "n4", set, cpu(100, nil))
	s.pod("idle", "n4", set, cpu(0, nil))
	for name, used := range map[string]int64{"mid1": 500, "mid2": 400, "dear": 10, "guaranteed": 10, "burstable": 10, "team": 10, "low1": 10, "low2": 10, "idle": 10} {
		s.uses[name] = used
	}
}

func cpuOf(percent float64) Thresholds { return Thresholds{{models.CPU, percent}} }

// TestLowNodeUtilization shows each argument of it.
// Source: descheduler pkg/framework/plugins/nodeutilization/lownodeutilization.go.
func TestLowNodeUtilization(t *testing.T) {
	expect(t, loaded, map[string]struct {
		strategy func(*scene) Strategy
		want     []string
	}{
		"until the target": {func(*scene) Strategy { return &LowNodeUtilization{Low: cpuOf(20), High: cpuOf(70)} }, []string{"team"}},
		"from the fullest node first, the least important pods first": {func(*scene) Strategy {
			return &LowNodeUtilization{Low: cpuOf(20), High: cpuOf(50)}
		}, []string{"team", "burstable", "mid1"}},
		"until low nodes are at the target": {func(*scene) Strategy { return &LowNodeUtilization{Low: cpuOf(10), High: cpuOf(30)} },
			[]string{"team"}},
		"no node is low":  {func(*scene) Strategy { return &LowNodeUtilization{Low: cpuOf(5), High: cpuOf(50)} }, nil},
		"no node is high": {func(*scene) Strategy { return &LowNodeUtilization{Low: cpuOf(20), High: cpuOf(90)} }, nil},
		"several resources, all of them low": {func(*scene) Strategy {
			return &LowNodeUtilization{Low: Thresholds{{models.CPU, 20}, {models.Pods, 5}}, High: Thresholds{{models.CPU, 70}, {models.Pods, 50}}}
		}, []string{"team"}},
		"numberOfNodes": {func(*scene) Strategy { return &LowNodeUtilization{Low: cpuOf(20), High: cpuOf(70), Nodes: 2} }, nil},
		"evictionLimits": {func(*scene) Strategy {
			return &LowNodeUtilization{Low: cpuOf(20), High: cpuOf(50), PerNode: ptr(uint(1))}
		}, []string{"team", "mid1"}},
		"evictableNamespaces": {func(s *scene) Strategy {
			return &LowNodeUtilization{Low: cpuOf(20), High: cpuOf(70), Exclude: []models.Sym{s.d.Sym("team")}}
		}, []string{"burstable"}},
		"useDeviationThresholds, of 36 %": {func(*scene) Strategy { return &LowNodeUtilization{Low: cpuOf(20), High: cpuOf(40), Deviation: true} },
			[]string{"team"}},
		"metricsUtilization": {func(*scene) Strategy { return &LowNodeUtilization{Low: cpuOf(20), High: cpuOf(50), Measured: true} }, []string{"mid1"}},
	})
}

// TestHighNodeUtilization shows each argument of it.
// Source: descheduler pkg/framework/plugins/nodeutilization/highnodeutilization.go.
func TestHighNodeUtilization(t *testing.T) {
	expect(t, loaded, map[string]struct {
		strategy func(*scene) Strategy
		want     []string
	}{
		"the emptiest node first": {func(*scene) Strategy { return &HighNodeUtilization{Low: cpuOf(20)} }, []string{"low2", "idle", "low1"}},
		"thresholds":              {func(*scene) Strategy { return &HighNodeUtilization{Low: cpuOf(10)} }, []string{"low2", "idle"}},
		"as long as others have room": {func(*scene) Strategy {
			return &HighNodeUtilization{Low: cpuOf(60)}
		}, []string{"low2"}},
		"numberOfNodes": {func(*scene) Strategy { return &HighNodeUtilization{Low: cpuOf(20), Nodes: 3} }, nil},
		"evictionModes": {func(*scene) Strategy { return &HighNodeUtilization{Low: cpuOf(20), OnlyThresholds: true} }, []string{"low2", "low1"}},
		"evictableNamespaces": {func(s *scene) Strategy {
			return &HighNodeUtilization{Low: cpuOf(20), Exclude: []models.Sym{s.d.Sym("default")}}
		}, nil},
	})
}
