package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// parse returns the only document of text.
func parse(t testing.TB, file, text string) *yamlnode.Node {
	t.Helper()
	documents, err := yamlnode.Parse(file, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(documents) != 1 {
		t.Fatalf("%d documents, want 1", len(documents))
	}
	return documents[0].Root
}

// podWith returns a pod whose spec is written in flow style.
func podWith(spec string) string {
	return "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {" + spec + "}\n"
}

// amounts writes resources as cpu/memory/ephemeral-storage and what follows.
func amounts(d *models.Dictionary, r models.Resources) string {
	text := fmt.Sprintf("%d/%d", r[models.CPU], r[models.Memory])
	for i := models.FirstExtended; int(i) < len(d.ResourceNames()); i++ {
		if r[i] != 0 {
			text += fmt.Sprintf(" %s=%d", d.ResourceName(i), r[i])
		}
	}
	return text
}

const mi = 1 << 20

// Every row was computed by hand from the rule; MiB are written out.
func TestEffectiveRequests(t *testing.T) {
	const (
		app     = "{name: a, image: i, resources: {requests: {cpu: 100m, memory: 64Mi}}}"
		big     = "{name: b, image: i, resources: {requests: {cpu: 1, memory: 16Mi}}}"
		initBig = "{name: init, image: i, resources: {requests: {cpu: 2, memory: 8Mi}}}"
		sidecar = "{name: s, image: i, restartPolicy: Always, resources: {requests: {cpu: 300m, memory: 32Mi}}}"
	)
	for _, test := range []struct {
		name, spec                string
		requests, limits, nonZero string
		qos                       models.QOSClass
	}{
		{"nothing", "containers: [{name: a, image: i}]",
			"0/0", "0/0", "100/209715200", models.BestEffort},
		{"two without requests count twice when scored", "containers: [{name: a, image: i}, {name: b, image: i}]",
			"0/0", "0/0", "200/419430400", models.BestEffort},
		{"explicit zero stays zero", "containers: [{name: a, image: i, resources: {requests: {cpu: 0, memory: 0}}}]",
			"0/0", "0/0", "0/0", models.BestEffort},
		{"apps add up", "containers: [" + app + ", " + big + "]",
			"1100/83886080", "0/0", "1100/83886080", models.Burstable},
		{"the largest init container wins per resource", "initContainers: [" + initBig + "], containers: [" + app + "]",
			"2000/67108864", "0/0", "2000/67108864", models.Burstable},
		{"sidecars run beside apps", "initContainers: [" + sidecar + "], containers: [" + app + "]",
			"400/100663296", "0/0", "400/100663296", models.Burstable},
		{"an init container after a sidecar runs beside it", "initContainers: [" + sidecar + ", " + initBig + "], containers: [" + app + "]",
			"2300/100663296", "0/0", "2300/100663296", models.Burstable},
		{"an init container before a sidecar does not", "initContainers: [" + initBig + ", " + sidecar + "], containers: [" + app + "]",
			"2000/100663296", "0/0", "2000/100663296", models.Burstable},
		{"an init container without requests counts when scored", "initContainers: [{name: init, image: i}], containers: [" + app + "]",
			"100/67108864", "0/0", "100/209715200", models.Burstable},
		{"limits become requests", "containers: [{name: a, image: i, resources: {limits: {cpu: 500m, memory: 1Gi}}}]",
			"500/1073741824", "500/1073741824", "500/1073741824", models.Guaranteed},
		{"one limit only", "containers: [{name: a, image: i, resources: {limits: {cpu: 500m}}}]",
			"500/0", "500/0", "500/209715200", models.Burstable},
		{"one container without limits", "containers: [{name: a, image: i, resources: {limits: {cpu: 1, memory: 1Mi}}}, {name: b, image: i}]",
			"1000/1048576", "1000/1048576", "1100/210763776", models.Burstable},
		{"an init container without limits costs the guarantee", "initContainers: [{name: init, image: i}], containers: [{name: a, image: i, resources: {limits: {cpu: 1, memory: 1Mi}}}]",
			"1000/1048576", "1000/1048576", "1000/209715200", models.Burstable},
		{"request below limit", "containers: [{name: a, image: i, resources: {requests: {cpu: 1, memory: 1Mi}, limits: {cpu: 2, memory: 1Mi}}}]",
			"1000/1048576", "2000/1048576", "1000/1048576", models.Burstable},
		{"overhead adds to requests and to limits that exist", "overhead: {cpu: 250m, memory: 1Mi}, containers: [{name: a, image: i, resources: {limits: {cpu: 1}}}]",
			"1250/1048576", "1250/0", "1250/210763776", models.Burstable},
		{"only cpu and memory make a class", "containers: [{name: a, image: i, resources: {requests: {ephemeral-storage: 1Gi}}}]",
			"0/0", "0/0", "100/209715200", models.BestEffort},
		{"extended resources add up", "containers: [{name: a, image: i, resources: {limits: {nvidia.com/gpu: 2}}}, {name: b, image: i, resources: {limits: {nvidia.com/gpu: 1}}}]",
			"0/0 nvidia.com/gpu=3", "0/0 nvidia.com/gpu=3", "200/419430400", models.BestEffort},
		{"parts of a thousandth round up before they add up", "containers: [{name: a, image: i, resources: {requests: {cpu: 500u}}}, {name: b, image: i, resources: {requests: {cpu: 500u}}}]",
			"2/0", "0/0", "2/419430400", models.Burstable},
		{"a part of a thousandth rounds up", "containers: [{name: a, image: i, resources: {requests: {cpu: 1100u, memory: 1500000000m}}}]",
			"2/1500000", "0/0", "2/1500000", models.Burstable},
		{"the pod as a whole", "resources: {requests: {cpu: 2, memory: 1Gi}}, containers: [" + app + "]",
			"2000/1073741824", "0/0", "2000/1073741824", models.Burstable},
		{"the pod as a whole for one resource", "resources: {requests: {memory: 1Gi}}, containers: [" + app + ", {name: c, image: i}]",
			"100/1073741824", "0/0", "100/1073741824", models.Burstable},
		{"stand-ins for what nobody gives", "resources: {requests: {memory: 1Gi}}, containers: [{name: c, image: i}, {name: d, image: i}]",
			"0/1073741824", "0/0", "200/1073741824", models.Burstable},
		{"limits of the pod become its requests", "resources: {limits: {cpu: 2, memory: 1Gi}}, containers: [{name: c, image: i}]",
			"2000/1073741824", "2000/1073741824", "2000/1073741824", models.Guaranteed},
		{"requests of containers before limits of the pod", "resources: {limits: {cpu: 2, memory: 1Gi}}, containers: [" + app + "]",
			"100/67108864", "2000/1073741824", "100/67108864", models.Burstable},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := models.NewDictionary()
			s := NewSet(d)
			objects := compile(t, s, podWith(test.spec))
			pod := objects.Pods[0].Spec
			if pod.Requests[models.Pods] != 1 {
				t.Errorf("requests %d pods", pod.Requests[models.Pods])
			}
			for _, check := range []struct{ what, got, want string }{
				{"requests", amounts(d, pod.Requests), test.requests},
				{"limits", amounts(d, pod.Limits), test.limits},
				{"non-zero requests", fmt.Sprintf("%d/%d", pod.NonZeroCPU, pod.NonZeroMemory), test.nonZero},
				{"class", pod.QOS.String(), test.qos.String()},
			} {
				if check.got != check.want {
					t.Errorf("%s: got %s, want %s", check.what, check.got, check.want)
				}
			}
		})
	}
}

// compile adds all documents of text and compiles; nothing may be wrong.
func compile(t testing.TB, s *Set, text string) *Objects {
	t.Helper()
	documents, err := yamlnode.Parse("test.yaml", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range documents {
		if problems := s.Add(document.Root); len(problems) > 0 {
			t.Fatal(problems)
		}
	}
	objects, problems := s.Compile()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return objects
}
