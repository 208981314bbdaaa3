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
	planned models.Time // the next look that removes something, as far as that was told
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
	d.start, d.planned, d.records = start, models.Never, make(map[models.Sym]*record, len(held))
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
	if n.Disk == 0 && n.MaxAge == 0 || m.uses[pod.ID()] != nil {
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
	if m.uses[pod] == nil {
		return models.Never
	}
	m.release(now, pod, at)
	return m.Collects(now, at)
}

// release takes the images of a pod out of use.
func (m *Manager) release(now models.Time, pod models.PodID, at models.NodeID) {
	d := &m.nodes[at].disk
	for _, image := range m.uses[pod] {
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
	delete(m.uses, pod)
}

// Booted tells that the kubelet of a node has begun anew, with what is on its disk.
func (m *Manager) Booted(now models.Time, id models.NodeID) {
	if int(id) >= len(m.nodes) || m.nodes[id] == nil {
		return
	}
	d := &m.nodes[id].disk
	d.start, d.planned = now, models.Never
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
// is not full enough and no image too old, if nothing may go, or if that time was told
// already.
func (m *Manager) Collects(now models.Time, id models.NodeID) models.Time {
	n := m.node(id)
	if n.Disk == 0 && n.MaxAge == 0 || m.view.Node(id).Down() {
		return models.Never
	}
	full := n.full(m.usage(id))
	if !full && n.MaxAge == 0 {
		return models.Never
	}
	at, d := models.Never, &n.disk
	for _, held := range m.view.Node(id).Images() {
		r := d.record(now, held.Name)
		if r.users > 0 {
			continue
		}
		if full {
			at = min(at, d.look(max(now+1, d.look(r.arrived).Add(n.MinAge))))
		}
		if n.MaxAge > 0 {
			at = min(at, d.look(max(now+1, max(d.start, r.lastUsed).Add(n.MaxAge)+1)))
		}
	}
	if at >= d.planned {
		return models.Never
	}
	d.planned = at
	return at
}

// full reports whether so much of the disk is taken that images have to go.
func (n *node) full(used int64) bool { return n.Disk > 0 && n.fullness(used) >= int64(n.High) }

// Ages reports whether there are nodes on which images can be too old.
func (m *Manager) Ages() bool {
	if m.config.Nodes.MaxAge > 0 {
		return true
	}
	for _, group := range m.config.Groups {
		if group.MaxAge > 0 {
			return true
		}
	}
	return false
}

// fullness is the part of the disk that is taken, in percent, as the kubelet rounds
// it.
func (n *node) fullness(used int64) int64 {
	return 100 - max(n.Disk-used, 0)*100/n.Disk
}

// Collect returns the images that the kubelet of a node removes now: those that no
// container has used for too long, and then, if the disk is full, the least recently used
// first, until enough is free.
// Source: pkg/kubelet/images/image_gc_manager.go (GarbageCollect).
func (m *Manager) Collect(now models.Time, id models.NodeID) []models.NodeImage {
	n := m.node(id)
	if n.disk.planned != now {
		return nil // of a kubelet that has started anew since
	}
	n.disk.planned = models.Never
	if m.view.Node(id).Down() {
		return nil
	}
	used := m.usage(id)
	old := m.tooOld(now, n)
	for _, image := range old {
		used -= image.Size
	}
	if !n.full(used) {
		return old
	}
	return append(old, m.free(now, n, n.Disk*int64(100-n.Low)/100-max(n.Disk-used, 0), old)...)
}

// tooOld removes the images that nobody has used for too long. An image of which no look
// has seen a use counts as old as the kubelet.
// Source: pkg/kubelet/images/image_gc_manager.go (freeOldImages).
func (m *Manager) tooOld(now models.Time, n *node) (removed []models.NodeImage) {
	if n.MaxAge == 0 || now.Sub(n.disk.start) <= n.MaxAge {
		return nil
	}
	for _, held := range m.view.Node(n.id).Images() {
		r := n.disk.record(now, held.Name)
		if r.users == 0 && n.flight(held.Name) == nil && now.Sub(max(r.lastUsed, n.disk.start)) > n.MaxAge {
			removed = append(removed, held)
			delete(n.disk.records, held.Name)
		}
	}
	return removed
}

// Reclaim returns the images that the kubelet of a node removes now because the node is
// under pressure: all that no container uses and that are old enough. Before that it removes
// the containers of pods that have ended, though the pods are still there. It looks for new
// images, too.
// Source: pkg/kubelet/images/image_gc_manager.go (DeleteUnusedImages),
// pkg/kubelet/kuberuntime/kuberuntime_gc.go (evictContainers).
func (m *Manager) Reclaim(now models.Time, id models.NodeID) []models.NodeImage {
	n := m.node(id)
	for pod := range m.uses {
		if p := m.view.Pod(pod); p.Node() == id && p.Phase().Terminal() {
			m.release(now, pod, id)
		}
	}
	for _, held := range m.view.Node(id).Images() {
		r := n.disk.record(now, held.Name)
		r.detected = min(r.detected, now)
	}
	return m.free(now, n, MaxBytes, nil)
}

// free removes images until so many bytes are free, beside those that are gone already.
// Source: pkg/kubelet/images/image_gc_manager.go (freeSpace).
func (m *Manager) free(now models.Time, n *node, bytes int64, gone []models.NodeImage) (removed []models.NodeImage) {
	type candidate struct {
		models.NodeImage
		lastUsed, detected models.Time
	}
	var candidates []candidate
	for _, held := range m.view.Node(n.id).Images() {
		if slices.Contains(gone, held) {
			continue
		}
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
