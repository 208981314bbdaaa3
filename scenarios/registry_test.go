package scenarios_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/images"
)

const imagesBase = `apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: nodes}
spec: {count: 1, template: {status: {capacity: {cpu: 4, memory: 16Gi}}}%s}
---
apiVersion: v1
kind: Pod
metadata: {name: p, labels: {app: p}}
spec: {containers: [{name: a, image: nginx}, {name: b, image: quay.io/a/b:1}, {name: c, image: redis:7}]}
---
`

func TestRegistriesTellOfImages(t *testing.T) {
	run := mustLoad(t, input(imagesBaseWith("")+
		document("Registry", "hub", "{host: docker.io, bandwidth: 1G, imageSize: 100M, outages: [{at: 1m, for: 2m}], images: [{name: nginx, size: 70M}, {name: 'redis:7', missing: true}]}")+
		document("PodBehavior", "b", "{selector: {matchLabels: {app: p}}, imageSize: 5M}")))
	got, d := run.Config.Images, run.Dictionary
	want := map[models.Sym]images.Image{
		d.Sym("nginx:latest"):  {Size: 70_000_000, Registry: 1},
		d.Sym("quay.io/a/b:1"): {Size: 5_000_000},
		d.Sym("redis:7"):       {Size: 100_000_000, Registry: 1, Missing: true},
	}
	if diff := cmp.Diff(want, got.Images); diff != "" {
		t.Error(diff)
	}
	hub := images.Registry{
		Name: "docker.io", Bandwidth: 1_000_000_000, Outages: []images.Outage{{From: models.Time(time.Minute), To: models.Time(3 * time.Minute)}},
	}
	if diff := cmp.Diff([]images.Registry{{Name: "docker.io"}, hub}, got.Registries); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(images.DefaultNode(), got.Nodes); diff != "" {
		t.Error(diff)
	}
}

func TestAScenarioThatSaysNothingOfImages(t *testing.T) {
	if got := mustLoad(t, input(imagesBaseWith(""))).Config.Images; got != nil {
		t.Errorf("got %+v", got)
	}
}

func TestNodeGroupsPullImagesAsTheirKubeletsAreTold(t *testing.T) {
	for spec, want := range map[string]func(n *images.Node){
		"{}": func(*images.Node) {},
		"{bandwidth: 10M, disk: 1Gi, maxParallelImagePulls: 3}":                                    func(n *images.Node) { n.Bandwidth, n.Disk, n.Parallel = 10_000_000, 1<<30, 3 },
		"{serializeImagePulls: false}":                                                             func(n *images.Node) { n.Parallel = 0 },
		"{serializeImagePulls: true, registryPullQPS: 0}":                                          func(n *images.Node) { n.QPS = 0 },
		"{imageGCHighThresholdPercent: 50, imageGCLowThresholdPercent: 40, imageMinimumGCAge: 0s}": func(n *images.Node) { n.High, n.Low, n.MinAge = 50, 40, 0 },
		"{imageMaximumGCAge: 168h}":                                                                func(n *images.Node) { n.MaxAge = 168 * time.Hour },
	} {
		run := mustLoad(t, input(imagesBaseWith(", images: "+spec)))
		n := images.DefaultNode()
		want(&n)
		if diff := cmp.Diff(map[models.Sym]images.Node{run.Dictionary.Sym("nodes"): n}, run.Config.Images.Groups); diff != "" {
			t.Errorf("%s: %s", spec, diff)
		}
	}
}

func TestProblemsWithImages(t *testing.T) {
	for name, test := range map[string]struct{ group, registry, want string }{
		"serialized and parallel": {", images: {serializeImagePulls: true, maxParallelImagePulls: 2}", "{}", "s.yaml:4:133: spec.images.maxParallelImagePulls: got 2; more than 1 needs serializeImagePulls: false"},
		"thresholds":              {", images: {imageGCLowThresholdPercent: 85}", "{}", "s.yaml:4:111: spec.images.imageGCLowThresholdPercent: got 85; want less than imageGCHighThresholdPercent, which is 85"},
		"never too old":           {", images: {imageMaximumGCAge: 2m}", "{}", "s.yaml:4:102: spec.images.imageMaximumGCAge: got 2m0s; want more than imageMinimumGCAge, which is 2m0s"},
		"a negative age":          {", images: {imageMaximumGCAge: -2m}", "{}", "s.yaml:4:102: spec.images.imageMaximumGCAge: must be >= 0"},
		"no bytes":                {"", "{imageSize: 0}", `s.yaml:14:19: spec.imageSize: got "0"; want more than 0 and at most 1Pi`},
		"too many bytes":          {"", "{bandwidth: 2Pi}", `s.yaml:14:19: spec.bandwidth: got "2Pi"; want more than 0 and at most 1Pi`},
		"no quantity":             {"", "{bandwidth: [1]}", "s.yaml:14:19: spec.bandwidth: got a list; want bytes such as 500Mi"},
		"an image twice":          {"", "{images: [{name: a}, {name: 'a:latest'}]}", `s.yaml:14:35: spec.images[1].name: image "a:latest" is also defined at s.yaml:14`},
		"outages overlap":         {"", "{outages: [{at: 1m, for: 2m}, {at: 2m, for: 1m}]}", "s.yaml:14:42: spec.outages[1].at: got 2m0s; the outage before lasts until 3m0s"},
		"a sure thing":            {"", "{failure: 1.5}", "s.yaml:14:17: spec.failure: got 1.5; want at most 1"},
	} {
		if got := loadError(t, input(imagesBaseWith(test.group)+document("Registry", "r", test.registry))); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, test.want)
		}
	}
}

func imagesBaseWith(group string) string { return fmt.Sprintf(imagesBase, group) }
