package sim

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/images"
)

// Commands about images, with their arguments:
//
//	registry name bandwidth latency outage=from-to    bytes a second
//	image name size missing                           of the registry above
//	pulls parallel bandwidth qps burst disk minage maxage    of all nodes
//
//	static name cpu …                                 a pod that the kubelets of all nodes run by themselves
//
// pod and the like take images (one a container) and pull (Always or Never).

// told is what the story tells of images.
func (s *story) told() *images.Config {
	if s.config.Images == nil {
		s.config.Images = &images.Config{
			Images: make(map[models.Sym]images.Image), Registries: []images.Registry{{Name: images.DefaultRegistry}}, Nodes: images.DefaultNode(),
		}
	}
	return s.config.Images
}

func (s *story) registry(t *testing.T, d *datadriven.TestData) {
	config := s.told()
	r := images.Registry{Latency: law(t, d, "latency")}
	d.ScanArgs(t, "name", &r.Name)
	d.MaybeScanArgs(t, "bandwidth", &r.Bandwidth)
	outage := ""
	if d.MaybeScanArgs(t, "outage", &outage); outage != "" {
		from, to, _ := strings.Cut(outage, "-")
		r.Outages = []images.Outage{{From: moment(t, from), To: moment(t, to)}}
	}
	config.Registries = append(config.Registries, r)
}

func (s *story) static(t *testing.T, d *datadriven.TestData) {
	name := ""
	d.ScanArgs(t, "name", &name)
	template := s.template(t, d)
	template.Pod.Static, template.Pod.RestartPolicy = true, models.RestartAlways
	template.Pod.Tolerations = append(template.Pod.Tolerations, models.Toleration{Exists: true, Effect: models.NoExecute})
	if s.config.StaticPods == nil {
		s.config.StaticPods = make(map[models.Sym][]StaticPod)
	}
	s.config.StaticPods[0] = append(s.config.StaticPods[0], StaticPod{s.d.Sym(name), template})
}

func moment(t *testing.T, text string) models.Time {
	d := datadriven.TestData{CmdArgs: []datadriven.CmdArg{{Key: "at", Vals: []string{text}}}}
	return models.Time(span(t, &d, "at", 0))
}

func (s *story) image(t *testing.T, d *datadriven.TestData) {
	config := s.told()
	name, is := "", images.Image{Registry: int32(len(config.Registries) - 1), Missing: d.HasArg("missing")}
	d.ScanArgs(t, "name", &name)
	d.MaybeScanArgs(t, "size", &is.Size)
	config.Images[s.d.Sym(name)] = is
}

func (s *story) pulls(t *testing.T, d *datadriven.TestData) {
	n := &s.told().Nodes
	d.MaybeScanArgs(t, "parallel", &n.Parallel)
	d.MaybeScanArgs(t, "bandwidth", &n.Bandwidth)
	d.MaybeScanArgs(t, "qps", &n.QPS)
	d.MaybeScanArgs(t, "burst", &n.Burst)
	d.MaybeScanArgs(t, "disk", &n.Disk)
	n.MinAge = span(t, d, "minage", n.MinAge)
	n.MaxAge = span(t, d, "maxage", n.MaxAge)
}

// containersOf reads which images the containers of a pod have, and how they are
// pulled.
func (s *story) containersOf(t *testing.T, d *datadriven.TestData, pod *models.PodSpec) {
	for _, arg := range d.CmdArgs {
		switch arg.Key {
		case "images":
			pod.Containers = nil
			for i, image := range arg.Vals {
				pod.Containers = append(pod.Containers, models.Container{Name: s.d.Sym(string(rune('a' + i))), Image: s.d.Sym(image)})
			}
		case "pull":
			for i := range pod.Containers {
				pod.Containers[i].AlwaysPull, pod.Containers[i].NeverPull = arg.Vals[0] == "Always", arg.Vals[0] == "Never"
			}
		}
	}
}
