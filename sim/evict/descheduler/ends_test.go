package descheduler

import (
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

// ends is a scene of pods that ended, or did not, in many ways; the first two are an hour
// old, the others half of that.
func ends(s *scene) {
	s.node("n1", nil)
	s.node("n2", nil)
	set, job := s.owner(models.ReplicaSet, "set"), s.owner(models.Job, "job")
	once := func(p *models.PodSpec) { p.RestartPolicy = models.RestartNever }
	s.pod("old", "n1", set, nil)
	failed := s.pod("failed", "n1", job, once)
	s.do(models.Op{Kind: models.OpFinishPod, Pod: failed, Arg: 3})
	s.after(30 * time.Minute)
	running := s.pod("running", "n1", set, nil)
	s.pod("elsewhere", "n2", set, func(p *models.PodSpec) { p.Namespace = s.d.Sym("team") })
	restarted := s.pod("restarted", "n2", set, nil)
	oom := s.pod("oom", "n2", set, once)
	s.do(models.Op{Kind: models.OpFinishPod, Pod: oom, Arg: 137, Reason: s.d.Sym(models.ReasonOOMKilled)})
	done := s.pod("done", "n2", job, once)
	s.do(models.Op{Kind: models.OpFinishPod, Pod: done})
	s.pod("init", "n2", set, func(p *models.PodSpec) {
		p.Containers = []models.Container{{Name: s.d.Sym("i"), Kind: models.InitContainer}, {Name: s.d.Sym("c")}}
	})
	init := s.c.View().Pods() - 1
	s.do(models.Op{Kind: models.OpStartSandbox, Pod: models.PodID(init)})
	for range 2 {
		s.do(models.Op{Kind: models.OpStartContainer, Pod: models.PodID(init)})
		s.do(models.Op{Kind: models.OpExitContainer, Pod: models.PodID(init), Arg: 7, Reason: s.d.Sym("Error")})
	}
	for i := range 3 {
		s.do(models.Op{Kind: models.OpExitPod, Pod: restarted, Arg: 1})
		if i < 2 {
			s.do(models.Op{Kind: models.OpStartPod, Pod: restarted})
		}
	}
	s.do(models.Op{Kind: models.OpExitPod, Pod: running, Arg: 1})
	s.do(models.Op{Kind: models.OpStartPod, Pod: running})
	s.do(models.Op{Kind: models.OpReadyPod, Pod: running})
	s.after(30 * time.Minute)
}

// TestPodLifeTime shows each argument of PodLifeTime.
// Source: descheduler pkg/framework/plugins/podlifetime/pod_lifetime.go.
func TestPodLifeTime(t *testing.T) {
	expect(t, ends, map[string]struct {
		strategy func(*scene) Strategy
		want     []string
	}{
		"maxPodLifeTimeSeconds": {func(*scene) Strategy { return &PodLifeTime{MaxSeconds: ptr(uint(1800))} }, []string{"old", "failed"}},
		"maxPodLifeTimeSeconds, the oldest first": {func(*scene) Strategy { return &PodLifeTime{MaxSeconds: ptr(uint(1799))} },
			[]string{"old", "failed", "running", "elsewhere", "restarted", "oom", "done", "init"}},
		"states: a phase":             {func(*scene) Strategy { return &PodLifeTime{States: []string{"Succeeded"}} }, []string{"done"}},
		"states: why a pod ended":     {func(*scene) Strategy { return &PodLifeTime{States: []string{"OOMKilled"}} }, []string{"oom"}},
		"states: why containers wait": {func(*scene) Strategy { return &PodLifeTime{States: []string{"CrashLoopBackOff"}} }, []string{"restarted"}},
		"states: how containers ended": {func(*scene) Strategy { return &PodLifeTime{States: []string{"Completed", "Error"}} },
			[]string{"failed", "done"}},
		"includingInitContainers": {func(*scene) Strategy { return &PodLifeTime{States: []string{"Error"}, Inits: true} }, []string{"failed", "init"}},
		"exitCodes":               {func(*scene) Strategy { return &PodLifeTime{ExitCodes: []int32{3, 7}} }, []string{"failed"}},
		"exitCodes of init containers": {func(*scene) Strategy { return &PodLifeTime{ExitCodes: []int32{3, 7}, Inits: true} },
			[]string{"failed", "init"}},
		"conditions: a status": {func(*scene) Strategy {
			return &PodLifeTime{Conditions: []Condition{{Type: "Initialized", Status: "False"}}}
		}, []string{"init"}},
		"conditions: a reason": {func(*scene) Strategy { return &PodLifeTime{Conditions: []Condition{{Reason: "PodCompleted"}}} }, []string{"done"}},
		"conditions: a time": {func(*scene) Strategy {
			return &PodLifeTime{Conditions: []Condition{{Type: "Ready", Status: "True", MinSeconds: ptr(uint(1801))}}}
		}, []string{"old"}},
		"conditions: one of two": {func(*scene) Strategy {
			return &PodLifeTime{Conditions: []Condition{{Reason: "PodCompleted"}, {Type: "Initialized", Reason: "ContainersNotInitialized"}}}
		}, []string{"done", "init"}},
		"ownerKinds.include": {func(*scene) Strategy { return &PodLifeTime{MaxSeconds: ptr(uint(0)), IncludeOwners: []string{"Job"}} },
			[]string{"failed", "done"}},
		"ownerKinds.exclude": {func(*scene) Strategy {
			return &PodLifeTime{MaxSeconds: ptr(uint(0)), ExcludeOwners: []string{"ReplicaSet"}}
		},
			[]string{"failed", "done"}},
		"namespaces.include": {func(s *scene) Strategy {
			return &PodLifeTime{MaxSeconds: ptr(uint(0)), Scope: Scope{Include: []models.Sym{s.d.Sym("team")}}}
		}, []string{"elsewhere"}},
		"namespaces.exclude": {func(s *scene) Strategy {
			return &PodLifeTime{MaxSeconds: ptr(uint(0)), Scope: Scope{Exclude: []models.Sym{s.d.Sym("default")}}}
		}, []string{"elsewhere"}},
		"labelSelector": {func(s *scene) Strategy {
			return &PodLifeTime{MaxSeconds: ptr(uint(0)), Scope: Scope{Labels: s.app("oom")}}
		},
			[]string{"oom"}},
	})
}

// TestRemoveFailedPods shows each argument of RemoveFailedPods.
// Source: descheduler pkg/framework/plugins/removefailedpods/failedpods.go.
func TestRemoveFailedPods(t *testing.T) {
	expect(t, ends, map[string]struct {
		strategy func(*scene) Strategy
		want     []string
	}{
		"all":                   {func(*scene) Strategy { return &FailedPods{} }, []string{"failed", "oom"}},
		"minPodLifetimeSeconds": {func(*scene) Strategy { return &FailedPods{MinSeconds: ptr(uint(3600))} }, []string{"failed"}},
		"excludeOwnerKinds":     {func(*scene) Strategy { return &FailedPods{ExcludeOwners: []string{"Job"}} }, []string{"oom"}},
		"reasons":               {func(*scene) Strategy { return &FailedPods{Reasons: []string{"OOMKilled"}} }, []string{"oom"}},
		"exitCodes":             {func(*scene) Strategy { return &FailedPods{ExitCodes: []int32{3}} }, []string{"failed"}},
		"exitCodes and reasons": {func(*scene) Strategy { return &FailedPods{ExitCodes: []int32{3}, Reasons: []string{"OOMKilled"}} }, nil},
		"namespaces":            {func(s *scene) Strategy { return &FailedPods{Scope: Scope{Include: []models.Sym{s.d.Sym("team")}}} }, nil},
		"labelSelector":         {func(s *scene) Strategy { return &FailedPods{Scope: Scope{Labels: s.app("oom")}} }, []string{"oom"}},
	})
}

// TestRemovePodsHavingTooManyRestarts shows each argument of it.
// Source: descheduler pkg/framework/plugins/removepodshavingtoomanyrestarts/toomanyrestarts.go.
func TestRemovePodsHavingTooManyRestarts(t *testing.T) {
	expect(t, ends, map[string]struct {
		strategy func(*scene) Strategy
		want     []string
	}{
		"podRestartThreshold 1":    {func(*scene) Strategy { return &TooManyRestarts{Threshold: 1} }, []string{"running", "restarted"}},
		"podRestartThreshold 2":    {func(*scene) Strategy { return &TooManyRestarts{Threshold: 2} }, []string{"restarted"}},
		"podRestartThreshold 3":    {func(*scene) Strategy { return &TooManyRestarts{Threshold: 3} }, nil},
		"includingInitContainers":  {func(*scene) Strategy { return &TooManyRestarts{Threshold: 1, Inits: true} }, []string{"running", "restarted", "init"}},
		"states: CrashLoopBackOff": {func(*scene) Strategy { return &TooManyRestarts{Threshold: 1, States: []string{"CrashLoopBackOff"}} }, []string{"restarted"}},
		"states: Running, which is a phase": {func(*scene) Strategy { return &TooManyRestarts{Threshold: 1, States: []string{"Running"}} },
			[]string{"running", "restarted"}},
		"namespaces": {func(s *scene) Strategy {
			return &TooManyRestarts{Threshold: 1, Scope: Scope{Include: []models.Sym{s.d.Sym("team")}}}
		}, nil},
		"labelSelector": {func(s *scene) Strategy { return &TooManyRestarts{Threshold: 1, Scope: Scope{Labels: s.app("running")}} }, []string{"running"}},
	})
}
