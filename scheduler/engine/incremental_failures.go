package engine

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

const (
	// failureBytes is about what diagnoses may take in all.
	failureBytes = 32 << 20
	maxFailures  = 256
)

// failures keep why pods found no node: as long as no node changes, pods like them
// find none either.
type failures struct {
	by   map[memoKey]*failure
	ring []*failure
	next int
}

// failure is what came of a decision, as of a change of nodes and a start of the
// search.
type failure struct {
	key       memoKey
	changes   uint64
	set       uint64
	start     int
	result    Result
	diagnosis Diagnosis
}

// lasting reports whether a pod like this fails again as long as no node changes:
// volumes change without that, a nomination is the pod's own and an owner may be
// gone.
func lasting(pod cluster.Pod) bool {
	owner := pod.Owner()
	return len(pod.Spec().Volumes) == 0 && pod.Nominated() == models.None &&
		(owner == models.None || !pod.View().Owner(owner).Deleted())
}

// recall returns what came of a pod like this if nothing has changed since.
func (fs *failures) recall(e *Incremental, pod cluster.Pod) (Result, *Diagnosis) {
	if len(fs.by) == 0 {
		return Result{}, nil
	}
	f := fs.by[keyOf(pod)]
	if f == nil || f.changes != pod.View().Changes() || f.set != e.nodes.set || f.start != e.nodes.next ||
		!e.memo.asked || !lasting(pod) {
		return Result{}, nil
	}
	return f.result, &f.diagnosis
}

// restless reports whether a filter was asked that may look at other things than
// nodes and the pods on them.
func (e *Incremental) restless() bool {
	for i := range e.roledFilters {
		f := &e.roledFilters[i]
		if f.Reads()&unkept == framework.ReadsCluster && e.skipped&(1<<f.plugin) == 0 {
			return true
		}
	}
	return false
}

// keep keeps the diagnosis under way and returns it.
func (fs *failures) keep(e *Incremental, pod cluster.Pod, result Result) *Diagnosis {
	d := &e.diagnosis
	if e.restless() || d.Err != nil || d.Room.Override && d.Room.Nominated != models.None || result.Evaluated%max(d.Nodes, 1) != 0 || !lasting(pod) {
		return d
	}
	if fs.by == nil {
		fs.by = make(map[memoKey]*failure)
	}
	key := keyOf(pod)
	f := fs.by[key]
	if f == nil {
		f = fs.free(len(e.nodes.list))
		f.key = key
		fs.by[key] = f
	}
	f.changes, f.set, f.start, f.result = pod.View().Changes(), e.nodes.set, e.nodes.next, result
	f.diagnosis, e.diagnosis = e.diagnosis, f.diagnosis
	return &f.diagnosis
}

// free returns a failure to be overwritten.
func (fs *failures) free(nodes int) *failure {
	if limit := min(max(failureBytes/(16*(nodes+1)), 4), maxFailures); len(fs.ring) < limit {
		fs.ring = append(fs.ring, new(failure))
		return fs.ring[len(fs.ring)-1]
	}
	fs.next = (fs.next + 1) % len(fs.ring)
	f := fs.ring[fs.next]
	delete(fs.by, f.key)
	return f
}
