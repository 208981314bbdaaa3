package playback

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Phase is how far a pod has come, as its object tells.
type Phase uint8

// The phases of pods.
const (
	Pending  Phase = iota // on no node
	Starting              // on a node, its containers have not run yet
	Running               // not ready
	Ready
	Terminating
	Succeeded
	Failed
	absent // no object
)

// phaseOf reads the phase of a pod.
func phaseOf(pod cluster.Pod) Phase {
	switch {
	case pod.Removed():
		return absent
	case pod.Phase() == models.Succeeded:
		return Succeeded
	case pod.Phase() == models.Failed:
		return Failed
	case pod.Deleting():
		return Terminating
	case pod.Node() == models.None:
		return Pending
	case pod.StartedAt() == models.Never:
		return Starting
	case pod.Ready():
		return Ready
	}
	return Running
}

// podRow is what is kept of every pod that exists.
type podRow struct {
	started, ready models.Time // first; Never
	workload       uint16
	phase          Phase
	flags          podFlags
}

type podFlags uint8

const (
	placed   podFlags = 1 << iota // it takes room on its node
	followed                      // its life is being written down
	refused                       // an attempt to place it failed, and it waits
)

const (
	pageBits = 12
	pageSize = 1 << pageBits
)

// podPage is a run of rows that is given back when all its pods are gone.
type podPage struct {
	rows [pageSize]podRow
	live int32
}

type pods struct {
	pages []*podPage
	spare *podPage
}

func (p *pods) add(id models.PodID) *podRow {
	number := int(id >> pageBits)
	for len(p.pages) <= number {
		p.pages = append(p.pages, nil)
	}
	page := p.pages[number]
	if page == nil {
		page, p.spare = p.spare, nil
		if page == nil {
			page = new(podPage)
		}
		p.pages[number] = page
	}
	page.live++
	row := &page.rows[id&(pageSize-1)]
	*row = podRow{started: models.Never, ready: models.Never}
	return row
}

func (p *pods) at(id models.PodID) *podRow {
	return &p.pages[id>>pageBits].rows[id&(pageSize-1)]
}

// release gives a pod's row back; last is the newest pod of all.
func (p *pods) release(id, last models.PodID) {
	page := p.pages[id>>pageBits]
	page.live--
	if page.live == 0 && id>>pageBits < last>>pageBits {
		p.pages[id>>pageBits], p.spare = nil, page
	}
}
