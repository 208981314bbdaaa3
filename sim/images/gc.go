package images

import (
	"cmp"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// disk is what the kubelet of a node knows of the use of its images. It looks every
// five minutes from its start on, so that its times are those of its looks.
// Source: pkg/kubelet/images/image_gc_manager.go.
type disk struct {
	start   models.Time
	records map[models.Sym]*record
	planned bool
}

// record is an image on a node.
type record struct {
	arrived  models.Time
	lastUsed models.Time // by what is over; a look saw it. unused if none did
	users    int         // pods with containers of it
	since    models.Time // when users was last 0
	detected models.Time // by a look for the sake of pressure; Never if none did
}

const unused = models.Time(-1 << 62)

func (d *disk) begin(start models.Time, held []models.NodeImage) {
	d.start, d.records = start, make(map[models.Sym]*record, len(held))
	for _, image := range held {
		d.records[image.Name] = &record{arrived: start, lastUsed: unused, detected: models.Never}
	}
}

// look is the first look at or after a moment.
func (d *disk) look(at models.Time) models.Time {
	if at <= d.start {
		return d.start
	}
	return d.start.Add((at.Sub(d.start) + GCPeriod - 1) / GCPeriod * GCPeriod)
}

// lastLook is the last look up to a moment.
func (d *disk) lastLook(at models.Time) models.Time {
	return d.start.Add(max(at.Sub(d.start), 0) / GCPeriod * GCPeriod)
}

func (d *disk) record(now models.Time, image models.Sym) *record {
	r := d.records[image]
	if r == nil {
		r = &record{arrived: now, lastUsed: unused, detected: models.Never}
		d.records[image] = r
	}
	return r
}

// Started tells that the containers of a pod are there: its images are in use until
// it is gone.
func (m *Manager) Started(now models.Time, pod cluster.Pod) {
	n := m.node(pod.Node())
	if n.Disk == 0 || m.uses[pod.ID()] != nil {
		return
	}
	containers := pod.Spec().Containers
	used := make([]models.Sym, 0, len(containers))
	for i := range containers {
		if image := containers[i].Image; !slices.Contains(used, image) {
			used = append(used, image)
			r := n.disk.record(now, image)
			if r.users == 0 {
				r.since = now
			}
			r.users++
		}
	}
	m.uses[pod.ID()] = used
}

// Gone tells that a pod and its containers are gone, and when images have to be
// collected because of that; models.Never if they have not.
func (m *Manager) Gone(now models.Time, pod models.PodID, at models.NodeID) models.Time {
	used := m.uses[pod]
	if used == nil {
		return models.Never
	}
	delete(m.uses, pod)
	d := &m.nodes[at].disk
	for _, image := range used {
		r := d.records[image]
		if r == nil {
			continue
		}
		if r.users--; r.users == 0 {
			if last := d.lastLook(now); last >= r.since {
				r.lastUsed = last
			}
		}
	}
	return m.Collects(now, at)
}

// Booted tells that the kubelet of a node has begun anew, with what is on its disk.
func (m *Manager) Booted(now models.Time, id models.NodeID) {
	if int(id) >= len(m.nodes) || m.nodes[id] == nil {
		return
	}
	d := &m.nodes[id].disk
	d.start, d.planned = now, false
	for _, r := range d.records {
		r.arrived, r.lastUsed, r.detected = now, unused, models.Never
		r.since = max(r.since, now)
	}
}

// usage are the bytes of images on a node.
func (m *Manager) usage(id models.NodeID) (bytes int64) {
	for _, held := range m.view.Node(id).Images() {
		bytes += held.Size
	}
	return bytes
}

// Collects returns when the kubelet will next remove images; models.Never if the disk
// is not full enough, if nothing may go, or if that time was told already.
func (m *Manager) Collects(now models.Time, id models.NodeID) models.Time {
	n := m.node(id)
	if n.Disk == 0 || n.disk.planned || m.view.Node(id).Down() || n.fullness(m.usage(id)) < int64(n.High) {
		return models.Never
	}
	at := models.Never
	for _, held := range m.view.Node(id).Images() {
		if r := n.disk.record(now, held.Name); r.users == 0 {
			at = min(at, n.disk.look(max(now+1, n.disk.look(r.arrived).Add(n.MinAge))))
		}
	}
	n.disk.planned = at != models.Never
	return at
}

// fullness is the part of the disk that is taken, in percent, as the kubelet rounds
// it.
func (n *node) fullness(used int64) int64 {
	return 100 - max(n.Disk-used, 0)*100/n.Disk
}

// Collect returns the images that the kubelet of a node removes now: those that no
// container uses, the least recently used first, until enough is free.
// Source: pkg/kubelet/images/image_gc_manager.go (GarbageCollect).
func (m *Manager) Collect(now models.Time, id models.NodeID) []models.NodeImage {
	n := m.node(id)
	n.disk.planned = false
	used := m.usage(id)
	if m.view.Node(id).Down() || n.fullness(used) < int64(n.High) {
		return nil
	}
	return m.free(now, n, n.Disk*int64(100-n.Low)/100-max(n.Disk-used, 0))
}

// Reclaim returns the images that the kubelet of a node removes now because the node is
// under pressure: all that no container uses and that are old enough. It looks for new
// ones, too.
// Source: pkg/kubelet/images/image_gc_manager.go (DeleteUnusedImages).
func (m *Manager) Reclaim(now models.Time, id models.NodeID) []models.NodeImage {
	n := m.node(id)
	for _, held := range m.view.Node(id).Images() {
		r := n.disk.record(now, held.Name)
		r.detected = min(r.detected, now)
	}
	return m.free(now, n, MaxBytes)
}

// free removes images until so many bytes are free.
// Source: pkg/kubelet/images/image_gc_manager.go (freeSpace).
func (m *Manager) free(now models.Time, n *node, bytes int64) (removed []models.NodeImage) {
	type candidate struct {
		models.NodeImage
		lastUsed, detected models.Time
	}
	var candidates []candidate
	for _, held := range m.view.Node(n.id).Images() {
		if r := n.disk.record(now, held.Name); r.users == 0 && n.flight(held.Name) == nil {
			candidates = append(candidates, candidate{held, r.lastUsed, min(r.detected, n.disk.look(r.arrived))})
		}
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.lastUsed, b.lastUsed), cmp.Compare(a.detected, b.detected))
	})
	for _, c := range candidates {
		if now.Sub(c.detected) < n.MinAge || c.detected > now {
			continue
		}
		removed = append(removed, c.NodeImage)
		delete(n.disk.records, c.Name)
		if bytes -= c.Size; bytes <= 0 {
			break
		}
	}
	return removed
}

// Disk returns the size of the file system that images are on, how much of it they take,
// and whether it is one of its own; a size of 0 is not known.
func (m *Manager) Disk(id models.NodeID) (size, used int64, own bool) {
	n := m.node(id)
	return n.Disk, m.usage(id), n.own
}
