package timelines

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
)

// Object is an object of Kubernetes as its manifest has it.
type Object map[string]any

// Kind returns the kind of the object.
func (o Object) Kind() string { return textAt(o, "kind") }

// Name returns its name.
func (o Object) Name() string { return textAt(o, "metadata", "name") }

// Subject returns Kind/name.
func (o Object) Subject() string { return o.Kind() + "/" + o.Name() }

// clone returns a deep copy.
func (o Object) clone() Object {
	var out Object
	if err := json.Unmarshal([]byte(encode(o)), &out); err != nil {
		return o // cannot be: it came from JSON
	}
	return out
}

// at returns what stands under a path of fields, or nil.
func at(m map[string]any, path ...string) any {
	var value any = m
	for _, field := range path {
		inner, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = inner[field]
	}
	return value
}

func textAt(m map[string]any, path ...string) string {
	text, _ := at(m, path...).(string)
	return text
}

// mapAt returns the map under a path of fields and makes it if need be.
func mapAt(m map[string]any, path ...string) map[string]any {
	for _, field := range path {
		inner, ok := m[field].(map[string]any)
		if !ok {
			inner = make(map[string]any)
			m[field] = inner
		}
		m = inner
	}
	return m
}

// patched returns the object after a patch: a JSON merge patch, or a strategic one,
// which merges the items of some lists.
func (o Object) patched(patch map[string]any, strategic bool) (Object, error) {
	object, err := nodeOf(o)
	if err != nil {
		return nil, err
	}
	change, err := nodeOf(patch)
	if err != nil {
		return nil, err
	}
	merged, problems := manifest.Patch(object, change, !strategic)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	text, err := merged.JSON()
	if err != nil {
		return nil, err
	}
	var out Object
	return out, json.Unmarshal(text, &out)
}

// nodeOf parses a map as a document.
func nodeOf(m map[string]any) (*yamlnode.Node, error) {
	documents, err := yamlnode.Parse("recording", strings.NewReader(encode(m)))
	if err != nil {
		return nil, err
	}
	if len(documents) != 1 {
		return nil, fmt.Errorf("got %d documents; want one", len(documents))
	}
	return documents[0].Root, nil
}

// template returns the metadata and spec of the pods that the object makes, which
// are its own if it is a pod; nil if it makes none.
func (o Object) template() map[string]any {
	if o.Kind() == "Pod" {
		return o
	}
	if t, ok := at(o, "spec", "template").(map[string]any); ok {
		return t
	}
	if t, ok := at(o, "spec", "jobTemplate", "spec", "template").(map[string]any); ok {
		return t
	}
	return nil
}

// selects reports whether labels fit a selector such as app=web,tier=front.
func selects(selector string, labels models.Labels, d *models.Dictionary) bool {
	for term := range strings.SplitSeq(selector, ",") {
		key, want, _ := strings.Cut(term, "=")
		if value, ok := labels.Get(d.Sym(key)); !ok || d.String(value) != want {
			return false
		}
	}
	return true
}

func describe(o Object) string {
	if o.Kind() == "" {
		return fmt.Sprintf("an object without a kind: %.60s", encode(o))
	}
	return o.Subject()
}
