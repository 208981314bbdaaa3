package images

import (
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/kernel"
)

// serve lets waiting pulls begin, in the order in which they came, as far as the
// kubelet lets so many go on at a time.
// Source: pkg/kubelet/images/puller.go.
func (m *Manager) serve(now models.Time, n *node) {
	for len(n.queue) > 0 && (n.Parallel == 0 || n.active < n.Parallel) {
		p := n.queue[0]
		n.queue = n.queue[1:]
		p.began = now
		if !n.limiter.accept(now, n.Node) {
			m.failed(now, n, p, "pull QPS exceeded")
			continue
		}
		n.active++
		if f := n.flight(p.image); f != nil {
			f.pulls = append(f.pulls, p)
			continue
		}
		m.seq++
		f := &flow{image: p.image, node: n, pulls: []*pull{p}, heap: -1, seq: m.seq, since: now}
		n.flights = append(n.flights, f)
		m.ask(now, f, p)
	}
}

// flight is the flow that brings an image already.
func (n *node) flight(image models.Sym) *flow {
	for _, f := range n.flights {
		if f.image == image {
			return f
		}
	}
	return nil
}

// ask begins with what the registry is asked before any byte flows, and decides what
// it will answer.
func (m *Manager) ask(now models.Time, f *flow, p *pull) {
	known := m.config.Images[f.image]
	f.registry, f.size = &m.registries[known.Registry], known.Size
	latency := f.registry.Latency
	if known.Size == 0 && !known.Missing {
		latency = m.config.Unsized
	}
	key := kernel.Entity(m.view.Pod(p.pod).Name())
	number := uint64(m.view.Pod(p.pod).Starts())<<32 | uint64(p.container)<<16 | uint64(p.fails&0xffff)
	f.at = now
	if latency != nil {
		f.at = now.Add(stretched(kernel.Duration(latency, m.streams.At("image/latency", key, number)), f.registry.slowed))
	}
	switch name := m.view.Dictionary().String(f.image); {
	case f.registry.down(now):
		f.failure = m.unavailable(f)
	case known.Missing:
		full := reference(name)
		f.failure = "rpc error: code = NotFound desc = failed to pull and unpack image " + quote(full) +
			": failed to resolve reference " + quote(full) + ": " + full + ": not found"
	case f.registry.Failure > 0 && kernel.Chance(m.streams.At("image/failure", key, number), f.registry.Failure):
		f.failure = "rpc error: code = Unknown desc = failed to pull and unpack image " + quote(reference(name)) +
			": failed to copy: connection reset by peer"
	}
	m.timers.fix(f)
}

func (m *Manager) unavailable(f *flow) string {
	full := reference(m.view.Dictionary().String(f.image))
	return "rpc error: code = Unavailable desc = failed to pull and unpack image " + quote(full) +
		": failed to resolve reference " + quote(full) + ": failed to do request: registry " + f.registry.Name + " is down"
}

func quote(text string) string { return `"` + text + `"` }

// reference is an image name with its registry, as container runtimes complete it.
// Source: github.com/distribution/reference (ParseDockerRef).
func reference(image string) string {
	first, _, isPath := strings.Cut(image, "/")
	switch {
	case !isPath:
		return DefaultRegistry + "/library/" + image
	case !strings.ContainsAny(first, ".:") && first != "localhost":
		return DefaultRegistry + "/" + image
	}
	return image
}

// DefaultRegistry is that of images which name none.
const DefaultRegistry = "docker.io"

// Host is the registry that the name of an image names.
func Host(image string) string {
	host, _, _ := strings.Cut(reference(image), "/")
	return host
}

// step lets happen what is next for a flow: the registry answers, or the last byte
// arrives.
func (m *Manager) step(now models.Time, f *flow) {
	switch {
	case f.failure != "":
		m.end(now, f)
	case f.moving, f.size == 0, m.Holds(f.node.id, f.image), m.arrives(f.node.id, f.image):
		m.end(now, f)
	default:
		f.moving, f.left, f.since, f.at = true, f.size, now, models.Never
		m.timers.fix(f)
		f.node.link.flows = append(f.node.link.flows, f)
		f.registry.flows = append(f.registry.flows, f)
		m.share(now, f.node)
	}
}

// arrives reports whether an image has come to a node at this instant.
func (m *Manager) arrives(id models.NodeID, image models.Sym) bool {
	return slices.ContainsFunc(m.done, func(o Outcome) bool { return o.Node == id && o.Image == image && o.Reason == "" })
}

// end tells the pulls of a flow what has become of it and lets others begin.
func (m *Manager) end(now models.Time, f *flow) {
	m.leave(now, f)
	n := f.node
	for _, p := range f.pulls {
		n.active--
		if f.failure != "" {
			m.failed(now, n, p, f.failure)
			continue
		}
		size := f.size
		if m.config.Images[f.image].Size == 0 {
			size = m.config.UnsizedBytes
		}
		m.done = append(m.done, Outcome{
			Pod: p.pod, Container: p.container, Image: p.image, Node: n.id, Size: size, Took: now.Sub(p.began), Again: models.Never,
		})
	}
	m.serve(now, n)
}

// failed notes that a pull has failed. The first failure of an image is looked at
// again when the kubelet sees the sandbox, or at once; later ones at the next sync.
func (m *Manager) failed(now models.Time, n *node, p *pull, why string) {
	entry := m.backOff(p.pod, p.image)
	if entry == nil {
		entry = &backOff{image: p.image}
		m.backOffs[p.pod] = append(m.backOffs[p.pod], entry)
	}
	entry.fail(now, ReasonErrImagePull+": "+why)
	again := now.Add(syncPeriod)
	if entry.wait == firstBackOff {
		again = max(now, p.asked.Add(relist))
	}
	n.waiting = append(n.waiting, waiter{p.pod, p.container, p.image, again, again})
	m.done = append(m.done, Outcome{
		Pod: p.pod, Container: p.container, Image: p.image, Node: n.id, Reason: ReasonErrImagePull, Message: why, Again: again,
	})
}

// breakOff fails the pulls that an outage of a registry meets.
func (m *Manager) breakOff(now models.Time, r *registry) {
	for len(r.breaks) > 0 && r.breaks[0].From <= now {
		r.breaks = r.breaks[1:]
		m.breakFlights(now, r)
	}
}

// breakFlights fails the pulls from a registry that are under way.
func (m *Manager) breakFlights(now models.Time, r *registry) {
	for _, n := range m.nodes {
		if n == nil {
			continue
		}
		for _, f := range slices.Clone(n.flights) {
			if f.registry == r && f.failure == "" {
				f.failure = m.unavailable(f)
				m.end(now, f)
			}
		}
	}
}

// Arrived tells that a node holds an image now, and returns the containers that will
// find it at the next sync of their pod, and when.
func (m *Manager) Arrived(now models.Time, at models.NodeID, image models.Sym) (found []Outcome) {
	n := m.node(at)
	n.disk.record(now, image)
	for i := range n.waiting {
		w := &n.waiting[i]
		if w.image != image || m.view.Pod(w.pod).Spec().Containers[w.container].AlwaysPull {
			continue
		}
		if again := NextSync(w.since, now); again < w.again {
			w.again = again
			found = append(found, Outcome{Pod: w.pod, Container: w.container, Image: image, Node: at, Again: again})
		}
	}
	return found
}

// NextSync is the first sync at or after now of a pod that syncs every ten seconds from
// since on.
func NextSync(since, now models.Time) models.Time {
	if now <= since {
		return since
	}
	steps := (now.Sub(since) + syncPeriod - 1) / syncPeriod
	return since.Add(steps * syncPeriod)
}
