package manifest

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/spelling"
	"github.com/podsim/podsim/models/yamlnode"
)

// didYouMean returns "; did you mean …?" or nothing.
func didYouMean(name string, known []string) string {
	if guess := spelling.Guess(name, known); guess != "" {
		return fmt.Sprintf("; did you mean %s?", quote(guess))
	}
	return ""
}

// oneOf checks that a word is one of those known.
func (c *checker) oneOf(word, path string, known ...string) bool {
	if slices.Contains(known, word) {
		return true
	}
	c.addf(path, "got %s; want %s%s", quote(word), strings.Join(known, ", "), didYouMean(word, known))
	return false
}

// checkObjectName checks metadata.name.
func (c *checker) checkObjectName(name string) {
	if name == "" {
		c.addf("metadata.name", "name is missing")
		return
	}
	c.checkSubdomain(name, "metadata.name")
}

func (c *checker) checkSubdomain(name, path string) {
	if len(validation.IsDNS1123Subdomain(name)) > 0 {
		c.addf(path, `invalid name %s; want at most 253 lower-case letters, digits, "-" and ".", a letter or digit at both ends`, quote(name))
	}
}

func (c *checker) checkLabelName(name, path string) {
	if len(validation.IsDNS1123Label(name)) > 0 {
		c.addf(path, `invalid name %s; want at most 63 lower-case letters, digits and "-", a letter or digit at both ends`, quote(name))
	}
}

// checkMeta checks the name, namespace and labels of an object and returns its
// name, generating one if need be. Embedded templates may lack it.
func (c *checker) checkMeta(meta *metav1.ObjectMeta, needsName bool) string {
	name := meta.Name
	switch {
	case name != "":
		c.checkSubdomain(name, "metadata.name")
	case meta.GenerateName != "":
		c.checkSubdomain(strings.TrimRight(meta.GenerateName, "-")+"-x", "metadata.generateName")
		if needsName {
			name = c.set.generateName(meta.GenerateName)
		}
	case needsName:
		c.addf("metadata.name", "name is missing")
	}
	if meta.Namespace != "" {
		c.checkLabelName(meta.Namespace, "metadata.namespace")
	}
	c.checkLabels(meta.Labels, "metadata.labels")
	return name
}

// generateName completes a base as the server does, but the same in every run.
// Source: k8s.io/apiserver/pkg/storage/names/generate.go.
func (s *Set) generateName(base string) string {
	suffixed := models.AppendName(nil, base, s.generated)
	s.generated++
	return base[:min(len(base), 58)] + string(suffixed[len(suffixed)-5:])
}

func (c *checker) checkLabelKey(key, path string) {
	if wrong := LabelKeyProblem(key); wrong != "" {
		c.addf(path, "%s", wrong)
	}
}

// LabelKeyProblem says what is wrong with the key of a label, or "".
func LabelKeyProblem(key string) string {
	if len(validation.IsQualifiedName(key)) > 0 {
		return fmt.Sprintf(`invalid label key %s; want at most 63 letters, digits, "-", "_" and ".", after a domain and a slash if need be`, quote(key))
	}
	return ""
}

func (c *checker) checkLabelValue(value, path string) {
	if len(validation.IsValidLabelValue(value)) > 0 {
		c.addf(path, `invalid label value %s; want at most 63 letters, digits, "-", "_" and ".", a letter or digit at both ends`, quote(value))
	}
}

func (c *checker) checkLabels(labels map[string]string, path string) {
	for _, key := range sortedKeys(labels) {
		at := yamlnode.KeyPath(path, key)
		c.checkLabelKey(key, at)
		c.checkLabelValue(labels[key], at)
	}
}

// labels interns labels.
func (s *Set) labels(labels map[string]string) models.Labels {
	pairs := make([]models.Label, 0, len(labels))
	for _, key := range sortedKeys(labels) {
		pairs = append(pairs, models.Label{Key: s.dict.Sym(key), Value: s.dict.Sym(labels[key])})
	}
	return models.NewLabels(pairs...)
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
