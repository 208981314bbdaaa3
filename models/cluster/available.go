package cluster

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"github.com/podsim/podsim/models"
)

// ripe is a pod that became Ready, and when. It stays in the list of its owner
// until it has been Ready for long enough, also when it is Ready no more: then it
// counts for nothing.
type ripe struct {
	pod models.PodID
	at  models.Time
}

// ripeTime is how long a pod of an owner must be Ready to be available; 0 tells
// that Ready is enough.
func (c *Cluster) ripeTime(owner *ownerRow) models.Time {
	return models.Time(max(c.ownerSpecs[owner.spec].MinReadySeconds, 0)) * models.Time(time.Second)
}

// ripen notes a pod that has become Ready, if its owner waits before it takes it
// for available. It may be again for the same moment.
func (c *Cluster) ripen(id models.PodID, pod *podRow, again bool) {
	if pod.owner == models.None || !pod.active() {
		return
	}
	wait := c.ripeTime(c.owners.at(int32(pod.owner)))
	if wait == 0 {
		return
	}
	list := c.ripening[pod.owner]
	// Lists are in order of time, and the front is done with.
	if done := firstAfter(list, pod.ready-wait); done > len(list)/2 {
		list = slices.Delete(list, 0, done)
		c.ripening[pod.owner] = list
	}
	if again && slices.Contains(list, ripe{id, pod.ready}) {
		return
	}
	at := firstAfter(list, pod.ready)
	c.ripening[pod.owner] = slices.Insert(list, at, ripe{id, pod.ready})
}

// unlist takes a pod that is not Ready out of the list of its owner: it may become Ready
// again at a moment that stands there.
func (c *Cluster) unlist(id models.PodID, owner models.OwnerID) {
	if list, ok := c.ripening[owner]; ok {
		c.ripening[owner] = slices.DeleteFunc(list, func(r ripe) bool { return r.pod == id })
	}
}

// firstAfter finds the first pod that became Ready after a moment.
func firstAfter(list []ripe, moment models.Time) int {
	return sort.Search(len(list), func(i int) bool { return list[i].at > moment })
}

// ripenAll makes the list of an owner anew.
func (c *Cluster) ripenAll(owner models.OwnerID) {
	delete(c.ripening, owner)
	row := c.owners.at(int32(owner))
	if c.ripeTime(row) == 0 {
		return
	}
	var list []ripe
	for id := row.first; id != models.None; {
		pod := c.pods.at(int32(id))
		if pod.active() && pod.is(podReady) {
			list = append(list, ripe{id, pod.ready})
		}
		id = pod.next
	}
	slices.SortFunc(list, earlier)
	c.ripening[owner] = list
}

func earlier(a, b ripe) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.pod, b.pod)) }

// ripenLive makes the lists of all owners from the pods that there are. It follows no
// links between these, which nobody has checked yet.
func (c *Cluster) ripenLive() {
	for pod := range c.View().Live() {
		row := pod.row()
		if row.owner != models.None && row.active() && row.is(podReady) && c.ripeTime(c.owners.at(int32(row.owner))) > 0 {
			c.ripening[row.owner] = append(c.ripening[row.owner], ripe{pod.id, row.ready})
		}
	}
	for _, list := range c.ripening {
		slices.SortFunc(list, earlier)
	}
}

// unripe returns the pods that are Ready at a moment but not for long enough, and
// when the first of them will be.
func (c *Cluster) unripe(owner models.OwnerID, wait, now models.Time) (n int32, next models.Time) {
	list, next := c.ripening[owner], models.Never
	for _, r := range list[firstAfter(list, now-wait):] {
		if pod := c.pods.at(int32(r.pod)); pod.active() && pod.is(podReady) && pod.ready == r.at {
			n++
			next = min(next, r.at+wait)
		}
	}
	return n, next
}

// Available returns how many of its pods are available: active and Ready for
// MinReadySeconds at least. It takes one step where these are 0, else one for each
// pod that has become Ready within them.
func (o Owner) Available(now models.Time) int32 {
	row := o.row()
	wait := o.c.ripeTime(row)
	if wait == 0 {
		return row.counts.Ready
	}
	unripe, _ := o.c.unripe(o.id, wait, now)
	return row.counts.Ready - unripe
}

// NextAvailable returns when the next of its Ready pods becomes available, Never if
// all are.
func (o Owner) NextAvailable(now models.Time) models.Time {
	wait := o.c.ripeTime(o.row())
	if wait == 0 {
		return models.Never
	}
	_, next := o.c.unripe(o.id, wait, now)
	return next
}
