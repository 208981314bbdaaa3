package scenarios_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/podsim/podsim/scenarios"
)

func TestEveryFieldIsExplained(t *testing.T) {
	for _, kind := range scenarios.Kinds() {
		fields := 0
		scenarios.WalkFields("", kind.Fields(), func(path string, f *scenarios.Field) bool {
			fields++
			switch {
			case f.Name == "":
				t.Errorf("%s: a field of %s has no name", kind.Name, path)
			case strings.TrimSpace(f.Help) == "":
				t.Errorf("%s: %s has no help", kind.Name, path)
			case f.Required && f.Default != "" && f.Type != scenarios.BooleanType:
				t.Errorf("%s: %s is required and has a default", kind.Name, path)
			case f.Default != "" && len(f.Enum) > 0 && !slices.Contains(f.Enum, f.Default):
				t.Errorf("%s: the default %s of %s is none of %v", kind.Name, f.Default, path, f.Enum)
			}
			return true
		})
		if fields < 10 {
			t.Errorf("%s has %d fields; want those of the envelope and more", kind.Name, fields)
		}
	}
}

func TestEveryLatencyHasADefault(t *testing.T) {
	var got []string
	scenarios.WalkFields("", scenarios.Kinds()[0].Fields(), func(path string, f *scenarios.Field) bool {
		if name, ok := strings.CutPrefix(path, "spec.latencies."); ok && f.Default != "" {
			got = append(got, name)
		}
		return true
	})
	if want := reflect.TypeFor[scenarios.LatenciesSpec]().NumField(); len(got) != want {
		t.Errorf("%d of %d latencies have a default: %v", len(got), want, got)
	}
}

// Arrivals share one type; each of its fields belongs to a type of arrivals or
// to all of them.
func TestArrivalTypesKnowTheFieldsOfArrivals(t *testing.T) {
	fields := make(map[string]bool)
	scenarios.WalkFields("", kind(t, "Workload").Fields(), func(path string, _ *scenarios.Field) bool {
		if name, ok := strings.CutPrefix(path, "spec.arrivals."); ok {
			fields[name] = true
		}
		return true
	})
	taken := map[string]bool{"type": true, "batch": true, "from": true, "until": true, "limit": true}
	for _, arrivals := range scenarios.ArrivalTypes() {
		for _, name := range slices.Concat(arrivals.Needs, arrivals.Takes) {
			taken[name] = true
			if !fields[name] {
				t.Errorf("%s takes %s, which is no field", arrivals.Name, name)
			}
		}
	}
	for name := range fields {
		if !strings.Contains(name, "[]") && !taken[name] {
			t.Errorf("no type of arrivals takes %s", name)
		}
	}
}

func kind(t *testing.T, name string) scenarios.KindHelp {
	t.Helper()
	kinds := scenarios.Kinds()
	i := slices.IndexFunc(kinds, func(k scenarios.KindHelp) bool { return k.Name == name })
	if i < 0 {
		t.Fatalf("no kind %s", name)
	}
	return kinds[i]
}
