package reports

import (
	"cmp"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// classes keeps the waits apart by priority class, of the pods created after the
// warm-up. While there is one class and no warm-up, the samples of all pods serve.
type classes struct {
	from  models.Time
	of    []int32 // by SpecID: one more than its class; 0 if not known yet
	all   []class
	split bool
}

type class struct {
	name  models.Sym
	waits [waitKinds]sample
}

// observe notes the class of a pod with a new specification.
func (c *classes) observe(s *step, w *waits) {
	id := s.pod.SpecID()
	for int(id) >= len(c.of) {
		c.of = append(c.of, 0)
	}
	if c.of[id] > 0 || s.now < c.from {
		return
	}
	i := slices.IndexFunc(c.all, func(k class) bool { return k.name == s.spec.PriorityClass })
	if i < 0 {
		i = len(c.all)
		c.all = append(c.all, class{name: s.spec.PriorityClass})
	}
	c.of[id] = int32(i) + 1
	if len(c.all) == 2 && !c.split {
		c.split = true
		c.all[0].waits = [waitKinds]sample{*w.pending.clone(), *w.running.clone(), *w.ready.clone()}
	}
}

// take counts the waits of one pod.
func (c *classes) take(pod cluster.Pod, held []heldWait) {
	if c.from > 0 && pod.Created() < c.from {
		return
	}
	waits := &c.all[c.of[pod.SpecID()]-1].waits
	for _, h := range held {
		if to := &waits[h.kind]; to.add(h.nanos) {
			to.worst, to.worstAt = appendPod(to.worst[:0], pod.View(), pod), h.at
		}
	}
}

// measuredWaits tells how long pods waited, those that still wait included.
func (r *Recorder) measuredWaits(end models.Time) (all ClassWaits, byClass []ClassWaits) {
	r.waits.release(r.view)
	c := &r.waits.classes
	whole := class{waits: [waitKinds]sample{*r.waits.pending.clone(), *r.waits.running.clone(), *r.waits.ready.clone()}}
	if c.from > 0 {
		whole = class{}
		for i := range c.all {
			for kind := range whole.waits {
				whole.waits[kind].merge(&c.all[i].waits[kind])
			}
		}
	}
	parts := make([]class, len(c.all))
	for i := range parts {
		parts[i].name = c.all[i].name
		for kind := range whole.waits {
			if c.split {
				parts[i].waits[kind] = *c.all[i].waits[kind].clone()
			}
		}
	}
	r.tracks.each(func(id models.PodID, row *track) bool {
		pod := r.view.Pod(id)
		if !row.active() || c.from > 0 && pod.Created() < c.from {
			return true
		}
		for kind := range waitKinds {
			if !row.still(kind) {
				continue
			}
			whole.waits[kind].still(pod, end)
			if c.split {
				parts[c.of[pod.SpecID()]-1].waits[kind].still(pod, end)
			}
		}
		return true
	})
	all, byClass = whole.summary(r.view), []ClassWaits{}
	for i := range parts {
		if c.split {
			byClass = append(byClass, parts[i].summary(r.view))
			continue
		}
		only := all
		only.Class = strings.Clone(r.view.Dictionary().String(parts[i].name))
		byClass = append(byClass, only)
	}
	slices.SortFunc(byClass, func(a, b ClassWaits) int { return cmp.Compare(a.Class, b.Class) })
	return all, byClass
}

// still reports whether an active pod has not got there.
func (t *track) still(kind waitKind) bool {
	switch kind {
	case waitBound:
		return t.state == statePending
	case waitRunning:
		return t.started == models.Never
	}
	return t.ready == models.Never
}

// still counts a pod that has waited until now.
func (s *sample) still(pod cluster.Pod, now models.Time) {
	if s.add(int64(now - pod.Created())) {
		s.worst = append(appendPod(s.worst[:0], pod.View(), pod), ", still waiting"...)
		s.worstAt = now
	}
}

func (c *class) summary(v cluster.View) ClassWaits {
	return ClassWaits{
		Class:   strings.Clone(v.Dictionary().String(c.name)),
		Pending: c.waits[waitBound].quantiles(), Running: c.waits[waitRunning].quantiles(), Ready: c.waits[waitReady].quantiles(),
	}
}
