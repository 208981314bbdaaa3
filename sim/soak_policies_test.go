package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim/evict"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/pressure"
	"github.com/podsim/podsim/sim/usage"
)

// soakPolicy is something in which a week may differ from a plain one: a policy, or what
// gives it something to do. It draws from numbers of its own, so that weeks without it are
// otherwise the same.
type soakPolicy struct {
	name string
	set  func(h *history, c chance)
}

// soakPolicies are all that there are. New ones go to the end.
var soakPolicies = []soakPolicy{
	{"spot", func(h *history, c chance) { h.evictor(c, evict.Notice) }},
	{"usage", (*history).varyUsage},
	{"foreign", (*history).addForeign},
	{"ranking", func(h *history, c chance) { h.evictor(c, evict.Pressure) }},
	{"thresholds", (*history).drawThresholds},
	{"limits", (*history).limitStorage},
	{"budgets", (*history).addBudgets},
	{"drains", (*history).addDrains},
	{"victims", (*history).fillWithVictims},
	{"descheduler", (*history).addDescheduler},
}

// drawnPolicies are those that a week has if nobody says which: each by so many chances of
// three.
func drawnPolicies(seed uint64, chances int) []string {
	c, names := rand.New(rand.NewPCG(seed, 22)), []string{}
	for i := range soakPolicies {
		if c.IntN(3) < chances {
			names = append(names, soakPolicies[i].name)
		}
	}
	return names
}

// setPolicies lets the week have some of the policies.
func (h *history) setPolicies(seed uint64, names []string) {
	for i, p := range soakPolicies {
		if slices.Contains(names, p.name) {
			p.set(h, rand.New(rand.NewPCG(seed, 100+uint64(i))))
		}
	}
}

// evictor draws one of the evictors of an occasion.
func (h *history) evictor(c chance, kind evict.Kind) {
	entries := slices.DeleteFunc(evict.Table(), func(e evict.Entry) bool { return e.Kind != kind })
	h.config.Evictors[kind], _ = one(c, entries...).New(nil, h.d) // they take any
}

// Much is what one pod may use of a node, or a foreign process: nearly all, for a while. In
// the quiet phase everybody is content with little.
const (
	soakMemory    = 8 << 30
	soakDisk      = 20 << 30
	soakInodes    = 10000
	soakProcesses = 1000
)

// varyUsage lets pods use memory, the disk and processes, more at times than their nodes
// have.
func (h *history) varyUsage(c chance) {
	h.enlargeDisks()
	for i := range h.list {
		t := h.list[i].Template
		t.Behavior.Usage = &usage.Profile{Memory: h.spikes(c, soakMemory)}
		if u := t.Behavior.Usage; c.IntN(2) == 0 {
			u.Logs, u.WritableLayer, u.Volumes = h.spikes(c, soakDisk), h.spikes(c, soakDisk), h.spikes(c, soakDisk)
			u.Inodes, u.Processes = h.spikes(c, soakInodes), h.spikes(c, soakProcesses)
		}
		if pod := t.Pod; c.IntN(3) > 0 {
			pod.QOS, pod.Requests[models.Memory] = models.Burstable, 256<<20
			pod.Requests[models.EphemeralStorage] = one(c, int64(0), 1<<30)
			if c.IntN(3) == 0 {
				pod.Limits[models.Memory] = one(c, int64(1<<30), 4<<30)
			}
		}
	}
}

func (h *history) enlargeDisks() {
	for _, node := range h.config.Nodes {
		node.Capacity[models.EphemeralStorage], node.Allocatable[models.EphemeralStorage] = soakDisk, soakDisk
	}
}

// spikes draws an amount that is large at times, or moves by chance between bounds that
// are low.
func (h *history) spikes(c chance, most int64) *usage.Law {
	low := most / 1000
	if c.IntN(8) == 0 {
		return &usage.Law{Walk: &usage.Walk{From: low, Min: low / 2, Max: 2 * low, Step: low / 4, Every: 2 * time.Hour}}
	}
	law := &usage.Law{Step: c.IntN(2) == 0, Points: []usage.Point{{Amount: low}}}
	at := time.Duration(0)
	for range c.IntN(3) {
		at += time.Duration(1+c.IntN(36*60)) * time.Minute
		law.Points = append(law.Points, usage.Point{At: at, Amount: low}, usage.Point{At: at + time.Second, Amount: most / 100 * int64(20+c.IntN(90))})
		at += one(c, 30*time.Second, 2*time.Minute, 10*time.Minute)
		law.Points = append(law.Points, usage.Point{At: at, Amount: low})
	}
	return law
}

// addForeign lets processes that belong to no pod take memory and disk.
func (h *history) addForeign(c chance) {
	h.enlargeDisks()
	mean, lasts := one(c, 3.0, 12)*3600, one(c, 30.0, 600)
	for _, action := range []fault.Action{fault.MemoryPressure, fault.DiskPressure} {
		f := fault.Fault{
			Name: h.d.Sym("foreign-" + action.String()), Action: action, From: models.Time(time.Hour), Until: soakBusy,
			Share: one(c, 0.5, 0.9, 0.99), Target: fault.Target{Count: one(c, 1, 5, 30)},
		}
		f.Between, _ = kernel.NewDistribution(kernel.Parameters{Type: "exponential", Mean: &mean})
		f.Duration, _ = kernel.NewDistribution(kernel.Parameters{Type: "exponential", Mean: &lasts})
		h.config.Faults = append(h.config.Faults, f)
	}
	for i := range h.config.Faults {
		if f := &h.config.Faults[i]; f.Action == fault.MemoryPressure || f.Action == fault.DiskPressure {
			f.Share = max(f.Share, one(c, 0.5, 0.9, 0.99))
		}
	}
}

// drawThresholds configures the eviction managers of all nodes.
func (h *history) drawThresholds(c chance) {
	config := pressure.Default()
	if c.IntN(2) == 0 {
		config.Thresholds = append(config.Thresholds,
			pressure.Threshold{Signal: pressure.MemoryAvailable, Value: pressure.Value{Share: 0.3}, Soft: true, Grace: one(c, 0, 25*time.Second, 10*time.Minute)},
			pressure.Threshold{Signal: pressure.NodeFsAvailable, Value: pressure.Value{Share: 0.4}, Soft: true, Grace: one(c, 15*time.Second, time.Hour)})
		config.MaxPodGrace = one(c, 0, 10*time.Second, 10*time.Minute)
	}
	if c.IntN(2) == 0 {
		config.Thresholds = append(config.Thresholds, pressure.Threshold{Signal: pressure.PIDAvailable, Value: pressure.Value{Share: 0.1}})
		config.Inodes, config.MaxProcesses = soakInodes, soakProcesses
	}
	if c.IntN(2) == 0 {
		config.Reserved = 1 << 30
		config.Thresholds = pressure.WithAllocatable(config.Thresholds)
	}
	for i := range config.Thresholds {
		config.Thresholds[i].MinReclaim = one(c, pressure.Value{}, pressure.Value{Share: 0.1}, pressure.Value{Quantity: 100})
	}
	// With none at all a kubelet never says that it is short, and pods come to it for ever.
	config.Transition = one(c, 10*time.Second, 30*time.Second, 5*time.Minute, time.Hour)
	h.config.Pressure = map[models.Sym]*pressure.Config{0: &config}
}

// limitStorage gives pods limits of what they keep on the disk.
func (h *history) limitStorage(c chance) {
	for i := range h.list {
		pod, limits := h.list[i].Template.Pod, &models.StorageLimits{Volume: h.d.Sym("data")}
		if c.IntN(2) == 0 {
			limits.VolumeSize = one(c, int64(soakDisk/4), soakDisk)
		}
		if c.IntN(2) == 0 {
			limits.Pod = one(c, int64(soakDisk/4), soakDisk/2)
			limits.Containers = []models.StorageLimit{{Size: limits.Pod}}
		}
		if limits.VolumeSize+limits.Pod > 0 {
			pod.StorageLimits = limits
		}
	}
}

// addBudgets lets budgets protect pods.
func (h *history) addBudgets(c chance) {
	for i := range h.list {
		name := h.d.Sym(fmt.Sprint("b", i))
		pod := h.list[i].Template.Pod
		pod.Labels = pod.Labels.With(h.d.Sym("budget"), name)
		if c.IntN(3) == 0 {
			continue
		}
		spec := &models.BudgetSpec{Namespace: pod.Namespace, Name: name, Allowed: models.Recounted, AlwaysEvict: c.IntN(3) == 0,
			Selector: models.LabelSelector{Requirements: models.Selector{{Key: h.d.Sym("budget"), Op: models.In, Values: []models.Sym{name}}}}}
		share := models.Share{Value: one(c, int32(1), 0, 50), Given: true}
		share.Percent = share.Value == 50
		if c.IntN(2) == 0 {
			spec.MinAvailable = share
		} else {
			spec.MaxUnavailable = share
		}
		h.config.Objects.Budgets = append(h.config.Objects.Budgets, spec)
	}
}

// addDrains drains nodes again and again, in one of the orders that there are, and lets
// pods come back to them some time later.
func (h *history) addDrains(c chance) {
	h.evictor(c, evict.Drain)
	options := DrainOptions{IgnoreDaemonSets: true, DeleteEmptyDir: true, Force: c.IntN(3) > 0, DisableEviction: c.IntN(4) == 0, Timeout: one(c, time.Minute, time.Hour, 6*time.Hour)}
	var steps []Step
	for range 5 + c.IntN(40) {
		at := models.Time(time.Hour).Add(time.Duration(c.IntN(118*60)) * time.Minute)
		node := models.NodeID(c.IntN(soakNodes))
		steps = append(steps,
			Step{At: at, Kind: StepDrain, Node: node, Grace: one(c, time.Duration(-1), time.Second), Drain: options, Replicas: models.Unset},
			Step{At: at.Add(one(c, time.Second, 10*time.Minute, time.Hour)), Kind: StepUncordon, Node: node, Replicas: models.Unset})
	}
	slices.SortStableFunc(steps, func(a, b Step) int { return int(a.At - b.At) })
	h.config.Steps = append(h.config.Steps, steps...)
}

// fillWithVictims fills the cluster with pods of little importance, and has another rule
// choose those that make room.
func (h *history) fillWithVictims(c chance) {
	rule := one(c, plugins.VictimRules()...)
	h.config.Plugins = plugins.WithVictimRule(plugins.Table(), rule.New(nil))
	for i := range 2 {
		filler := &Template{Pod: h.pod(one(c, int64(3000), 1500), models.RestartAlways), Behavior: h.list[0].Template.Behavior}
		filler.Pod.Priority = int32(-1 - i)
		filler.Owner = &models.OwnerSpec{Kind: models.ReplicaSet, Replicas: int32(20 + c.IntN(30))}
		h.arrive(0, fmt.Sprint("filler", i), filler)
	}
}
