package scenarios

import (
	"fmt"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim/images"
)

// RegistrySpec is where images come from. A run without anything about images pulls
// each in the same time, whatever else is pulled.
type RegistrySpec struct {
	Host      string       `yaml:"host" help:"host in the names of its images (default: the name of the object); images without one come from docker.io"`
	Bandwidth *Bytes       `yaml:"bandwidth" help:"bytes a second that it sends, shared by all pulls: 1.25G is 10 Gbit/s (default: without bound)"`
	Latency   *TimeLaw     `yaml:"latency" default:"0s" help:"until bytes flow, drawn for each pull"`
	Failure   float64      `yaml:"failure" min:"0" default:"0" help:"chance that a pull fails"`
	Outages   []OutageSpec `yaml:"outages" help:"when it answers nobody: pulls under way break off, later ones fail"`
	ImageSize *Bytes       `yaml:"imageSize" help:"size of its images of which nothing else is said (default: not known; they come in latencies.imagePull)"`
	Images    []ImageSpec  `yaml:"images" help:"images of which more is known"`
}

// OutageSpec is a span of time in which a registry answers nobody.
type OutageSpec struct {
	At  time.Duration `yaml:"at" required:"true" help:"when it begins"`
	For time.Duration `yaml:"for" required:"true" min:"1" help:"how long it lasts"`
}

// ImageSpec is one image of a registry.
type ImageSpec struct {
	Name    string `yaml:"name" required:"true" help:"name as pods write it; without tag, latest is meant"`
	Size    *Bytes `yaml:"size" help:"size, as it is sent and stored (default: imageSize)"`
	Missing bool   `yaml:"missing" help:"the registry does not have it: pulls fail"`
}

// NodeImagesSpec is how the kubelets of a node group pull and keep images.
// Source: staging:kubelet/config/v1beta1 (KubeletConfiguration).
type NodeImagesSpec struct {
	Bandwidth                   *Bytes         `yaml:"bandwidth" default:"125M" help:"bytes a second that come over the link of a node, shared by all pulls: 125M is 1 Gbit/s"`
	Disk                        *Bytes         `yaml:"disk" help:"size of the file system for images (default: capacity of ephemeral-storage; without one it never fills)"`
	SerializeImagePulls         *bool          `yaml:"serializeImagePulls" default:"" help:"one pull at a time, first come, first served (default: true, unless maxParallelImagePulls is above 1)"`
	MaxParallelImagePulls       *int           `yaml:"maxParallelImagePulls" min:"1" help:"pulls at a time, if they are not serialized (default: without bound)"`
	RegistryPullQPS             *int           `yaml:"registryPullQPS" min:"0" default:"5" help:"pulls a second in the long run; those beyond fail; 0 is without bound"`
	RegistryBurst               *int           `yaml:"registryBurst" min:"1" default:"10" help:"pulls at once"`
	ImageGCHighThresholdPercent *int           `yaml:"imageGCHighThresholdPercent" min:"0" default:"85" help:"percentage of the disk at which unused images are removed"`
	ImageGCLowThresholdPercent  *int           `yaml:"imageGCLowThresholdPercent" min:"0" default:"80" help:"percentage to which they are removed"`
	ImageMinimumGCAge           *time.Duration `yaml:"imageMinimumGCAge" default:"2m" help:"age below which no image is removed"`
	ImageMaximumGCAge           *time.Duration `yaml:"imageMaximumGCAge" default:"0s" help:"how long an image may be unused before it is removed, counted from the start of the kubelet at the earliest; 0 is for ever"`
}

// Bytes is an amount of bytes, as Kubernetes writes it: 500Mi, 1.25G.
type Bytes int64

// UnmarshalNode reads an amount of bytes above zero.
func (b *Bytes) UnmarshalNode(n *yamlnode.Node, _ *yamlnode.Decoder) error {
	if n.Kind == yamlnode.Map || n.Kind == yamlnode.Seq || n.Kind == yamlnode.Bool {
		return fmt.Errorf("got %s; want bytes such as 500Mi", n.Kind)
	}
	amount, err := manifest.Quantity(n.Text, "memory")
	switch {
	case err != nil:
		return err
	case amount == 0 || amount > images.MaxBytes:
		return fmt.Errorf("got %s; want more than 0 and at most 1Pi", quote(n.Text))
	}
	*b = Bytes(amount)
	return nil
}

func (b *Bytes) or(otherwise int64) int64 {
	if b == nil {
		return otherwise
	}
	return int64(*b)
}

// imageFacts are what the scenario says of images; registries by host.
type imageFacts struct {
	config *images.Config
	hosts  map[string]int32
	sizes  []int64 // by registry: of images of which nothing else is said
}

// toldOfImages returns what is known of images so far.
func (l *loader) toldOfImages() *imageFacts {
	if l.images.config == nil {
		l.images = imageFacts{
			config: &images.Config{
				Images: make(map[models.Sym]images.Image), Groups: make(map[models.Sym]images.Node),
				Registries: []images.Registry{{Name: images.DefaultRegistry}}, Nodes: images.DefaultNode(),
			},
			hosts: make(map[string]int32), sizes: []int64{0},
		}
		l.run.Config.Images = l.images.config
	}
	return &l.images
}

func (l *loader) compileRegistries() {
	listed := make(map[string]string)
	hosts := make(map[string]string)
	for _, o := range l.byKind("Registry") {
		var envelope Object[RegistrySpec]
		if !l.decode(o, &envelope) {
			continue
		}
		spec := &envelope.Spec
		host := spec.Host
		if host == "" {
			host = o.name
		}
		if first, twice := hosts[host]; twice {
			l.blame(o, "spec.host", "registry %s is also defined at %s", quote(host), first)
			continue
		}
		hosts[host] = o.place("")
		if spec.Failure > 1 {
			l.blame(o, "spec.failure", "got %g; want at most 1", spec.Failure)
		}
		facts := l.toldOfImages()
		number := int32(len(facts.config.Registries))
		facts.hosts[host] = number
		facts.sizes = append(facts.sizes, spec.ImageSize.or(0))
		facts.config.Registries = append(facts.config.Registries, images.Registry{
			Name: host, Bandwidth: spec.Bandwidth.or(0), Latency: spec.Latency.law(), Failure: spec.Failure,
			Outages: l.outages(o, spec.Outages),
		})
		for i := range spec.Images {
			l.addImage(o, yamlnode.IndexPath("spec.images", i), &spec.Images[i], number, listed)
		}
	}
}

func (l *loader) outages(o *object, specs []OutageSpec) []images.Outage {
	var out []images.Outage
	for i, spec := range specs {
		next := images.Outage{From: models.Time(spec.At), To: models.Time(spec.At).Add(spec.For)}
		if i > 0 && next.From < out[i-1].To {
			l.blame(o, yamlnode.IndexPath("spec.outages", i)+".at", "got %s; the outage before lasts until %s", next.From, out[i-1].To)
		}
		out = append(out, next)
	}
	return out
}

func (l *loader) addImage(o *object, path string, spec *ImageSpec, registry int32, listed map[string]string) {
	if spec.Name == "" {
		l.blame(o, path+".name", "name is missing")
		return
	}
	name := manifest.NormalImage(spec.Name)
	if first, twice := listed[name]; twice {
		l.blame(o, path+".name", "image %s is also defined at %s", quote(name), first)
		return
	}
	listed[name] = o.place(path)
	facts := l.toldOfImages()
	facts.config.Images[l.dict.Sym(name)] = images.Image{
		Size: spec.Size.or(facts.sizes[registry]), Registry: registry, Missing: spec.Missing,
	}
}

// knowImages notes where the images of a template come from and how large they are,
// unless a registry lists them. Of two behaviours that give an image different sizes
// the first counts.
func (l *loader) knowImages(pod *models.PodSpec, size *Bytes) {
	if size != nil {
		l.toldOfImages()
	}
	if l.images.config == nil {
		return
	}
	known := l.images.config.Images
	for i := range pod.Containers {
		image := pod.Containers[i].Image
		is, ok := known[image]
		if !ok {
			is.Registry = l.images.hosts[images.Host(l.dict.String(image))]
			is.Size = l.images.sizes[is.Registry]
		}
		if !is.Missing && (is.Size == 0 || !ok) {
			is.Size = size.or(is.Size)
		}
		known[image] = is
	}
}

// nodeImages compiles how the kubelets of a node group pull and keep images.
// Source: pkg/kubelet/apis/config/v1beta1/defaults.go and validation.
func (l *loader) nodeImages(o *object, spec *NodeImagesSpec) {
	n := images.DefaultNode()
	n.Bandwidth, n.Disk = spec.Bandwidth.or(n.Bandwidth), spec.Disk.or(0)
	if spec.MaxParallelImagePulls != nil {
		n.Parallel = *spec.MaxParallelImagePulls
	}
	switch serialize := spec.SerializeImagePulls; {
	case serialize == nil:
	case !*serialize && spec.MaxParallelImagePulls == nil:
		n.Parallel = 0
	case *serialize && n.Parallel > 1:
		l.blame(o, "spec.images.maxParallelImagePulls", "got %d; more than 1 needs serializeImagePulls: false", n.Parallel)
	}
	for _, set := range []struct {
		given *int
		to    *int
	}{{spec.RegistryPullQPS, &n.QPS}, {spec.RegistryBurst, &n.Burst}, {spec.ImageGCHighThresholdPercent, &n.High}, {spec.ImageGCLowThresholdPercent, &n.Low}} {
		if set.given != nil {
			*set.to = *set.given
		}
	}
	if spec.ImageMinimumGCAge != nil {
		n.MinAge = *spec.ImageMinimumGCAge
	}
	if spec.ImageMaximumGCAge != nil {
		n.MaxAge = *spec.ImageMaximumGCAge
	}
	switch {
	case n.High > 100:
		l.blame(o, "spec.images.imageGCHighThresholdPercent", "got %d; want at most 100", n.High)
	case n.Low >= n.High:
		l.blame(o, "spec.images.imageGCLowThresholdPercent", "got %d; want less than imageGCHighThresholdPercent, which is %d", n.Low, n.High)
	case n.MaxAge > 0 && n.MaxAge <= n.MinAge:
		l.blame(o, "spec.images.imageMaximumGCAge", "got %s; want more than imageMinimumGCAge, which is %s", n.MaxAge, n.MinAge)
	case n.QPS > 1_000_000 || n.Burst > 1_000_000:
		l.blame(o, "spec.images.registryPullQPS", "got %d, with a burst of %d; want at most 1000000", n.QPS, n.Burst)
	}
	l.toldOfImages().config.Groups[l.dict.Sym(o.name)] = n
}
