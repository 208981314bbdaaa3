package validation

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
)

// objects returns the objects of testdata, by kind and name.
func objects(t *testing.T) map[string]any {
	t.Helper()
	text, err := os.ReadFile("testdata/objects.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]any)
	for document := range strings.SplitSeq(string(text), "\n---\n") {
		var value map[string]any
		if err := yaml.Unmarshal([]byte(document), &value); err != nil {
			t.Fatal(err)
		}
		name := value["metadata"].(map[string]any)["name"]
		all[fmt.Sprintf("%s %s", value["kind"], name)] = value
	}
	return all
}

func parse(t *testing.T, value any) *yamlnode.Node {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	documents, err := yamlnode.Parse("test", strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return documents[0].Root
}

// TestEveryChangeOfAFieldIsAnsweredAlike changes every field of every object: it goes,
// or becomes what it may or may not be.
func TestEveryChangeOfAFieldIsAnsweredAlike(t *testing.T) {
	all := objects(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			changes, refused, wrong := 0, 0, 0
			for at, next := range variants(all[name]) {
				want, ok := realUpdate(t, all[name], next)
				if !ok {
					continue
				}
				set := manifest.NewSet(models.NewDictionary())
				if len(set.CheckForm(parse(t, next), kindOf(next))) > 0 {
					continue // kubectl refuses it: it knows all fields
				}
				got := set.ForbiddenChange(parse(t, all[name]), parse(t, next), manifest.Live{})
				changes++
				if want != "" {
					refused++
				}
				if diff := cmp.Diff(sortedLines(want), sortedLines(got)); diff != "" && !unread(at) {
					if wrong++; wrong <= 5 {
						t.Errorf("%s\n%s", at, diff)
					}
				}
			}
			t.Logf("%d changes, %d refused, %d answered otherwise", changes, refused, wrong)
			if changes == 0 || refused == 0 {
				t.Error("nothing was compared")
			}
		})
	}
}

// unread reports whether a change concerns what podsim does not check.
func unread(at string) bool {
	for _, path := range []string{
		".spec.schedule ",           // in words of its own podsim says what is wrong with a schedule
		".spec.cluster", ".spec.ip", // addresses are not simulated
		".spec.manualSelector ",                     // what a server generates needs the uid of the Job
		".spec.securityContext.seLinuxChangePolicy", // what is there already may be more than what may come
		".spec.volumes[1].projected",                // sources of volumes are not checked
		".spec.volumeClaimTemplates[0].m",           // nor are the claims of volumes
	} {
		if strings.HasPrefix(at, path) {
			return true
		}
	}
	return false
}
