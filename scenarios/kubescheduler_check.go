package scenarios

import (
	"math"
	"slices"
	"time"

	"github.com/podsim/podsim/models/yamlnode"
)

// maxBackoffSeconds is the longest that fits the clock of a run.
const maxBackoffSeconds = int64(math.MaxInt64 / time.Second)

// check checks what the configuration says besides its profiles.
// Source: pkg/scheduler/apis/config/validation/validation.go.
func (k *kubeScheduler) check() {
	c := k.config
	if c.ClientConnection.Burst < 0 {
		k.blame("clientConnection.burst", "must be >= 0 (got %d)", c.ClientConnection.Burst)
	}
	k.checkLeaderElection()
	if n := orDefault(c.Parallelism, 1); n <= 0 {
		k.blame("parallelism", "must be > 0 (got %d)", n)
	}
	k.checkPercentage("percentageOfNodesToScore", c.PercentageOfNodesToScore)
	initial := orDefault(c.PodInitialBackoffSeconds, defaultInitialBackoff)
	most := orDefault(c.PodMaxBackoffSeconds, defaultMaxBackoff)
	switch {
	case initial <= 0:
		k.blame("podInitialBackoffSeconds", "must be > 0 (got %d)", initial)
	case initial > maxBackoffSeconds:
		k.blame("podInitialBackoffSeconds", "out of range (got %d; want at most %d)", initial, maxBackoffSeconds)
	}
	switch {
	case most < initial:
		k.blame("podMaxBackoffSeconds", "must be >= podInitialBackoffSeconds (got %d and %d)", most, initial)
	case most > maxBackoffSeconds:
		k.blame("podMaxBackoffSeconds", "out of range (got %d; want at most %d)", most, maxBackoffSeconds)
	}
	k.checkExtenders()
}

func (k *kubeScheduler) checkPercentage(path string, n *int32) {
	if n != nil && (*n < 0 || *n > 100) {
		k.blame(path, "out of range (got %d; want 0 to 100)", *n)
	}
}

// checkLeaderElection checks what has no effect here.
// Source: k8s.io/component-base/config/validation, k8s.io/component-base/config/v1alpha1/defaults.go.
func (k *kubeScheduler) checkLeaderElection() {
	e := k.config.LeaderElection
	if !orDefault(e.LeaderElect, true) {
		return
	}
	lease, renew := e.LeaseDuration, e.RenewDeadline
	if lease == 0 {
		lease = 15 * time.Second
	}
	if renew == 0 {
		renew = 10 * time.Second
	}
	if lease <= renew {
		k.blame("leaderElection.leaseDuration", "must be > renewDeadline (got %s and %s)", lease, renew)
	}
	if e.ResourceLock != "" && e.ResourceLock != "leases" {
		k.blame("leaderElection.resourceLock", "%s", unknown("lock", e.ResourceLock, []string{"leases"}))
	}
}

func (k *kubeScheduler) checkExtenders() {
	binders := 0
	managed := make(map[string]bool)
	for i := range k.config.Extenders {
		e, path := &k.config.Extenders[i], yamlnode.IndexPath("extenders", i)
		if e.PrioritizeVerb != "" && e.Weight <= 0 {
			k.blame(path+".weight", "must be > 0 with prioritizeVerb (got %d)", e.Weight)
		}
		if e.BindVerb != "" {
			if binders++; binders > 1 {
				k.blame(path+".bindVerb", "only one extender can bind")
			}
		}
		for j, resource := range e.ManagedResources {
			if managed[resource.Name] {
				k.blame(yamlnode.IndexPath(path+".managedResources", j)+".name", "%s is managed already", quote(resource.Name))
			}
			managed[resource.Name] = true
		}
	}
}

// checkProfiles checks what profiles must have and share.
func (k *kubeScheduler) checkProfiles() {
	first := &k.config.Profiles[0]
	for i := range k.config.Profiles {
		p, path := &k.config.Profiles[i], yamlnode.IndexPath("profiles", i)
		k.checkPercentage(path+".percentageOfNodesToScore", p.PercentageOfNodesToScore)
		name := orDefault(p.SchedulerName, "")
		if name == "" {
			k.blame(path+".schedulerName", "schedulerName is missing")
		} else if j := slices.IndexFunc(k.config.Profiles[:i], func(q schedulerProfile) bool {
			return orDefault(q.SchedulerName, "") == name
		}); j >= 0 {
			k.blame(path+".schedulerName", "a second profile for %s; the first is %s", quote(name), yamlnode.IndexPath("profiles", j))
		}
		if !samePlugins(first.Plugins.QueueSort, p.Plugins.QueueSort) {
			k.blame(path+".plugins.queueSort", "all profiles share one queue; want the same as in profiles[0]")
		}
	}
}

func samePlugins(a, b pluginSet) bool {
	same := func(a, b pluginRef) bool { return a.Name == b.Name && orDefault(a.Weight, 0) == orDefault(b.Weight, 0) }
	sameName := func(a, b pluginRef) bool { return a.Name == b.Name }
	return slices.EqualFunc(a.Enabled, b.Enabled, same) && slices.EqualFunc(a.Disabled, b.Disabled, sameName)
}
