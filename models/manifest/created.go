package manifest

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/podsim/podsim/models/validation"
	"github.com/podsim/podsim/models/yamlnode"
)

// created notes why an API server would refuse to create an object, in its words, if
// nothing else is wrong with it. What a server has written was created once.
func (c *checker) created(value any) {
	if _, class := value.(*schedulingv1.PriorityClass); class {
		return // Add has checked it
	}
	original, ok := value.(runtime.Object)
	if !ok || hasStatus(c.root) || len(c.problems) > 0 {
		return
	}
	object := original.DeepCopyObject().(metav1.Object)
	if object.GetName() == "" && object.GetGenerateName() == "" {
		object.SetName(unnamed) // that it has none is told if it needs one
	}
	if object.GetNamespace() == "" && !slices.Contains(clusterKinds, kindOf(c.root)) {
		object.SetNamespace(metav1.NamespaceDefault)
	}
	setLiveDefaults(object)
	for _, err := range validation.Create(object) {
		c.addf(pathOf(err.Field), "%s", bodyOf(err))
	}
}

const unnamed = "unnamed"

// bodyOf is what a server says of a field. Its values, which may be whole structures, are
// cut to a length that a message can bear.
func bodyOf(err *field.Error) string {
	text := err.ErrorBody()
	value, rest, found := strings.Cut(text, err.Detail)
	if err.Detail == "" || !found || utf8.RuneCountInString(value) <= longestValue {
		return text
	}
	return string([]rune(value)[:longestValue]) + "…: " + err.Detail + rest
}

const longestValue = 160

// pathOf writes the path of a field as paths are written here: requests.cpu, not
// requests[cpu].
func pathOf(name string) string {
	var out string
	for part := range strings.SplitSeq(name, "[") {
		key, rest, indexed := strings.Cut(part, "]")
		switch index, err := strconv.Atoi(key); {
		case !indexed:
			out += part
			continue
		case err == nil:
			out = yamlnode.IndexPath(out, index)
		default:
			out = yamlnode.KeyPath(out, key)
		}
		out += rest
	}
	return out
}
