package images

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/kernel"
)

// Config is what is known of images, of where they come from and of the nodes that
// they go to.
type Config struct {
	// Images are those of which something is known, by normalised name. All others
	// take the time Unsized to come and weigh UnsizedBytes.
	Images       map[models.Sym]Image
	Unsized      kernel.Distribution
	UnsizedBytes int64
	// Registries are numbered from 0; the first is that of images which are not
	// known.
	Registries []Registry
	// Groups are the nodes of a NodeGroup by its name; all others are as Nodes.
	Groups map[models.Sym]Node
	Nodes  Node
}

// Image is one image.
type Image struct {
	Size     int64 // in bytes; 0 is not known
	Registry int32
	// Missing tells that the registry does not have it: pulls fail.
	Missing bool
}

// Registry is where images come from.
type Registry struct {
	Name string
	// Bandwidth is shared by all pulls, in bytes a second; 0 is without bound.
	Bandwidth int64
	// Latency is the time until bytes flow: names are resolved, manifests read.
	// Default: none.
	Latency kernel.Distribution
	// Failure is the chance that a pull fails.
	Failure float64
	// Outages are when it answers nobody, in order of time.
	Outages []Outage
}

// Outage is a span of time, without its end.
type Outage struct{ From, To models.Time }

// Node is how a kubelet pulls images and keeps them.
// Source: staging:kubelet/config/v1beta1 (KubeletConfiguration).
type Node struct {
	// Bandwidth of its link, in bytes a second; 0 is without bound.
	Bandwidth int64
	// Parallel is how many pulls go on at a time: 1 is serializeImagePulls, 0 is
	// without bound.
	Parallel int
	// QPS and Burst bound how often the registry is asked; QPS 0 is without bound.
	QPS, Burst int
	// Disk is the size of the file system for images in bytes; 0 never fills.
	Disk int64
	// High and Low are the percentages at which collection begins and to which it
	// frees; MinAge is how old an image must be.
	High, Low int
	MinAge    time.Duration
	MaxAge    time.Duration // for which an image may be unused; 0 is for ever
}

// DefaultBandwidth is that of a link of 1 Gbit/s.
const DefaultBandwidth = 125_000_000

// MaxBytes bounds sizes, disks and bandwidths, so that a hundred times as many bytes
// can be counted.
const MaxBytes = 1 << 50

// DefaultNode is a kubelet with the defaults of Kubernetes on a link of 1 Gbit/s.
// Source: pkg/kubelet/apis/config/v1beta1/defaults.go.
func DefaultNode() Node {
	return Node{
		Bandwidth: DefaultBandwidth, Parallel: 1, QPS: 5, Burst: 10, High: 85, Low: 80, MinAge: 2 * time.Minute,
	}
}

// GCPeriod is how often a kubelet looks for images that may go, from its start on.
// Source: pkg/kubelet/kubelet.go (ImageGCPeriod).
const GCPeriod = 5 * time.Minute

// down reports whether the registry is out of order.
func (r *registry) down(now models.Time) bool {
	if r.failing > 0 {
		return true
	}
	for _, o := range r.Outages {
		if o.From <= now && now < o.To {
			return true
		}
	}
	return false
}
