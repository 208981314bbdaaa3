package kubectl

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Unsimulated finds what the manifests of pods say beyond what podsim simulates. The zero
// value knows of nothing.
type Unsimulated struct {
	list  *models.Unsimulated
	index map[unsimulatedKey][]int
	read  map[int]map[string]any // texts that were read
}

type unsimulatedKey struct{ kind, namespace, name string }

// NewUnsimulated returns what a run tells of it; nil is nothing.
func NewUnsimulated(list *models.Unsimulated) *Unsimulated {
	u := &Unsimulated{list: list, index: make(map[unsimulatedKey][]int), read: make(map[int]map[string]any)}
	if list != nil {
		for i := range list.Of {
			of := &list.Of[i]
			key := unsimulatedKey{of.Kind, of.Namespace, of.Name}
			u.index[key] = append(u.index[key], i)
		}
	}
	return u
}

// extra is what the manifest of a pod, or of a template, says beyond what is simulated.
type extra struct {
	annotations map[string]any
	spec        map[string]any
	// resources tells that those of the manifest are those of the pod.
	resources bool
}

// find returns what was said of the pods of an object. Of several versions it is that of
// the same template, else one with the same containers, else the last.
func (u *Unsimulated) find(key unsimulatedKey, spec *models.PodSpec, d *models.Dictionary) (x extra) {
	if u == nil || u.list == nil {
		return x
	}
	candidates := u.index[key]
	hash, containers := spec.TemplateHash(d), spec.ContainersText(d)
	best, rank := -1, 0
	if len(candidates) == 0 { // perhaps its input does not name it
		key.name, rank = "", 2
		candidates = u.index[key]
	}
	for _, i := range candidates {
		r := 1
		if u.list.Of[i].Containers == containers {
			r += 2
		}
		if u.list.Of[i].Hash == hash {
			r += 4
		}
		if r >= rank {
			best, rank = i, r
		}
	}
	if best < 0 {
		return x
	}
	of := &u.list.Of[best]
	whole := u.text(of.Text)
	x.annotations, x.spec = mapAt(whole, "metadata", "annotations"), mapAt(whole, "spec")
	x.resources = of.Requests == spec.Requests && of.Limits == spec.Limits
	return x
}

// text reads a text, once. Numbers stay as they are written.
func (u *Unsimulated) text(i int) map[string]any {
	if value, ok := u.read[i]; ok {
		return value
	}
	var value map[string]any
	if i >= 0 && i < len(u.list.Texts) {
		decoder := json.NewDecoder(bytes.NewReader(u.list.Texts[i]))
		decoder.UseNumber()
		if err := decoder.Decode(&value); err != nil {
			value = nil // a damaged log says nothing here
		}
	}
	u.read[i] = value
	return value
}

// extraOfPod is what the manifest of a pod says, or that of the object that it comes from.
func (m *Moment) extraOfPod(pod cluster.Pod) extra {
	d, spec := m.View.Dictionary(), pod.Spec()
	if pod.Owner() != models.None {
		return m.extraOfOwner(m.View.Owner(pod.Owner()), m.desired(pod))
	}
	key := unsimulatedKey{"Pod", d.String(spec.Namespace), pod.Name()}
	if spec.Static && pod.Node() != models.None {
		key.kind = "Node"
		key.name = strings.TrimSuffix(key.name, "-"+strings.ToLower(m.View.Node(pod.Node()).Name()))
	}
	return m.Unsimulated.find(key, m.desired(pod), d)
}

// extraOfOwner is what the manifest of an owner, or of the one that it belongs to, says of
// its pods.
func (m *Moment) extraOfOwner(o cluster.Owner, template *models.PodSpec) extra {
	d := m.View.Dictionary()
	for o.Parent() != models.None {
		o = m.View.Owner(o.Parent())
	}
	return m.Unsimulated.find(unsimulatedKey{o.Kind().String(), d.String(o.Spec().Namespace), o.Name()}, template, d)
}

// container is what is said of a container.
func (x *extra) container(name string) map[string]any {
	for _, list := range []string{"containers", "initContainers"} {
		for _, c := range listAt(x.spec, list) {
			if c, ok := c.(map[string]any); ok && c["name"] == name {
				return c
			}
		}
	}
	return nil
}

// complete adds to the specification of a pod what podsim does not simulate, and what an
// API server writes where nothing is said.
// Source: pkg/apis/core/v1/defaults.go.
func (x *extra) complete(out map[string]any) {
	for _, list := range []string{"containers", "initContainers"} {
		for _, c := range listAt(out, list) {
			c := c.(map[string]any)
			said := x.container(c["name"].(string))
			if x.resources && said["resources"] != nil {
				c["resources"] = said["resources"]
			}
			for _, key := range []string{"livenessProbe", "readinessProbe", "startupProbe", "lifecycle"} {
				if said[key] != nil {
					c[key] = said[key]
				}
			}
			addMissing(c, said)
			addMissing(c, map[string]any{"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"})
		}
	}
	if x.resources {
		delete(out, "resources") // what podsim writes there is a sum
	}
	addMissing(out, x.spec)
	addMissing(out, map[string]any{"dnsPolicy": "ClusterFirst", "securityContext": map[string]any{}})
}

// addMissing adds the fields that are not there.
func addMissing(out, said map[string]any) {
	for key, value := range said {
		if _, has := out[key]; !has {
			out[key] = value
		}
	}
}

// at returns what stands at a path of maps, or nil.
func at(value any, path ...string) any {
	for _, key := range path {
		fields, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = fields[key]
	}
	return value
}

func mapAt(value any, path ...string) map[string]any {
	fields, _ := at(value, path...).(map[string]any)
	return fields
}

func listAt(value any, path ...string) []any {
	list, _ := at(value, path...).([]any)
	return list
}

// textAt returns a text or a number as it is written, or "".
func textAt(value any, path ...string) string {
	switch value := at(value, path...).(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	}
	return ""
}

func trueAt(value any, path ...string) bool { return at(value, path...) == true }

// addClaims adds the volumes of a pod of a StatefulSet.
// Source: pkg/controller/statefulset/stateful_set_utils.go (updateStorage).
func (m *Moment) addClaims(pod cluster.Pod, body map[string]any) {
	if pod.Owner() == models.None {
		return
	}
	d := m.View.Dictionary()
	templates := m.View.Owner(pod.Owner()).Spec().ClaimTemplates
	for i := range templates {
		name := d.String(templates[i].Name)
		volumes := slices.DeleteFunc(slices.Clone(listAt(body, "volumes")), func(v any) bool { return textAt(v, "name") == name })
		body["volumes"] = append([]any{map[string]any{
			"name": name, "persistentVolumeClaim": map[string]any{"claimName": name + "-" + pod.Name()},
		}}, volumes...)
	}
}
