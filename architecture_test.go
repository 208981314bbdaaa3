// Package podsim_test holds the tests of the repository as a whole.
package podsim_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/podsim/podsim/"

// rooms says which other packages of the module each package may import. A
// package that is not listed may not exist: adding one means deciding where it
// stands.
var rooms = map[string][]string{
	"models":              {"models/limits"},
	"models/limits":       {},
	"models/oplog":        {"models", "models/limits"},
	"models/cluster":      {"models", "models/oplog"},
	"models/generate":     {"models"},
	"models/spelling":     {"models/limits"},
	"models/yamlnode":     {"models/limits", "models/spelling"},
	"models/validation":   {},
	"models/manifest":     {"models", "models/limits", "models/spelling", "models/validation", "models/yamlnode"},
	"scheduler/framework": {"models", "models/cluster"},
	"scheduler/plugins":   {"models", "models/cluster", "scheduler/framework"},
	"scheduler/counts":    {"models", "models/cluster", "scheduler/framework"},
	"scheduler/queue":     {"models", "models/cluster", "scheduler/framework"},
	"scheduler/engine":    {"models", "models/cluster", "scheduler/framework", "scheduler/counts"},
	"scheduler": {"models", "models/cluster", "scheduler/framework", "scheduler/plugins", "scheduler/queue",
		"scheduler/engine"},
	"scheduler/place": {"models", "models/cluster", "scheduler", "scheduler/engine"},
	"sim/kernel":      {"models", "models/limits", "models/spelling"},
	"sim/usage":       {"models", "models/cluster", "sim/kernel"},
	"sim/control":     {"models", "models/cluster", "sim/usage"},
	"sim/admission":   {"models", "models/cluster"},
	"sim/kubelet":     {"models", "models/cluster", "sim/kernel", "sim/usage"},
	"sim/evict":       {"models", "models/cluster", "scheduler/framework"},
	"sim/pressure":    {"models"},
	"sim/fault":       {"models", "models/cluster", "sim/kernel"},
	"sim/images":      {"models", "models/cluster", "sim/kernel"},
	"sim": {"models", "models/cluster", "scheduler", "scheduler/engine", "scheduler/framework", "scheduler/plugins",
		"sim/kernel", "sim/admission", "sim/control", "sim/kubelet", "sim/evict", "sim/evict/descheduler", "sim/fault", "sim/images", "sim/pressure", "sim/usage"},
	"sim/evict/descheduler": {"models", "models/cluster",
		"sim/evict"},
	"scenarios/arrivals": {"models", "sim/kernel"},
	"scenarios/trace":    {"models", "models/limits", "models/spelling", "models/yamlnode"},
	"scenarios": {"models", "models/cluster", "models/limits", "models/spelling", "models/yamlnode", "models/manifest", "scenarios/arrivals", "scenarios/trace", "scheduler", "scheduler/plugins",
		"scheduler/engine", "scheduler/framework", "scheduler/queue", "sim", "sim/kernel", "sim/kubelet", "sim/evict", "sim/evict/descheduler", "sim/fault", "sim/images", "sim/pressure", "sim/usage"},
	"reports":            {"models", "models/cluster", "models/spelling", "models/yamlnode"},
	"reports/dirs":       {},
	"reports/hostile":    {},
	"reports/golden":     {},
	"reports/guard":      {},
	"reports/document":   {"reports"},
	"reports/csvfile":    {"reports"},
	"reports/comparison": {"reports", "reports/csvfile", "reports/document"},
	"reports/kubectl":    {"models", "models/cluster", "reports", "sim/control"},
	"reports/plot":       {"reports", "reports/comparison"},
	"reports/capacity":   {"models", "reports", "reports/csvfile", "reports/document"},
	"reports/why": {"models", "models/cluster", "models/spelling", "reports", "reports/document", "reports/kubectl",
		"scheduler", "scheduler/place", "sim/admission", "sim/control"},

	"reports/chrometrace": {"models", "models/cluster", "reports"},
	"scenarios/logged":    {"models", "scenarios", "sim"},

	"reports/hostile/madeup": {"models", "models/cluster", "reports/hostile"},
	"reports/parquetfile":    {"reports"},
	"reports/watch":          {"models", "models/cluster", "reports"},

	"reports/playback": {"models", "models/cluster", "reports"},
	"reports/page": {"models", "reports", "reports/playback", "reports/comparison", "reports/capacity",
		"reports/document"},

	"reports/prometheus":        {"models", "models/cluster", "models/manifest", "reports", "reports/kubectl"},
	"reports/prometheus/scrape": {"reports/prometheus"},

	"reports/serve": {"reports", "reports/page"},

	"reports/comparison/madeup": {"reports", "reports/comparison"},
	"bench/statistics":          {},
	"bench/bounds":              {"models", "models/cluster", "reports", "scenarios"},
	"bench/divergence": {"models", "models/cluster", "reports", "scheduler", "scheduler/engine", "scheduler/plugins",
		"sim"},
	"bench/dispatch": {},
	"bench/store":    {"reports", "reports/dirs"},
	"bench/experiment": {"models", "models/cluster", "models/manifest", "models/spelling", "models/yamlnode", "bench/bounds", "bench/dispatch",
		"bench/judge", "bench/statistics", "bench/store", "reports", "reports/comparison", "scenarios"},
	"bench/survive": {"models", "models/cluster", "models/spelling", "bench/dispatch", "bench/judge", "reports", "reports/capacity", "scenarios", "sim",
		"sim/fault", "sim/kernel"},
	"bench/judge": {"models", "models/cluster", "models/manifest", "models/yamlnode", "reports", "scenarios", "sim"},
	"bench/plan": {"models", "bench/bounds", "bench/dispatch", "bench/judge", "bench/store", "reports", "reports/capacity",
		"scenarios", "sim", "sim/fault"},
	"bench/kernel":      {"models", "sim/kernel"},
	"bench/scheduler":   nil,
	"bench/determinism": nil,
	"bench/run":         nil,
	"bench/run/million": nil,
	"bench/run/probed":  nil,
	"bench/timelines": {"models", "models/cluster", "models/manifest", "models/yamlnode", "reports/kubectl", "scenarios", "scheduler/plugins", "sim", "sim/control",
		"sim/evict", "sim/kernel"},
	"bench/timelines/cmd/timelines": nil,
	"bench/manifests":               {"models", "models/cluster", "models/manifest", "scenarios", "sim", "sim/control"},
	"bench/manifests/cmd/manifests": nil,
	"bench/worlds":                  {"models", "models/cluster", "models/spelling", "sim/kernel"},
	"bench/testbed":                 {"models", "models/cluster", "scheduler", "scheduler/plugins"},
	"bench/compact":                 {"models", "bench/dispatch", "reports", "reports/capacity", "scheduler/place", "sim/kernel"},
	"bench/headroom":                {"models", "models/limits", "models/yamlnode", "bench/dispatch", "bench/statistics", "reports", "reports/capacity", "scheduler/place", "sim/kernel"},
	"cmd/podsim/app":                nil, // joins everything
	"cmd/podsim":                    {"cmd/podsim/app"},
}

// bare lists the packages whose results must not depend on the outside world:
// they may not import these.
var bare = map[string][]string{
	"models": nil, "models/oplog": nil, "models/cluster": nil, "sim": nil, "sim/kernel": nil, "sim/control": nil, "sim/kubelet": nil,
	"sim/admission": nil, "sim/evict": nil, "sim/pressure": nil, "sim/evict/descheduler": nil, "sim/fault": nil, "sim/images": nil, "sim/usage": nil, "scheduler": nil, "scheduler/framework": nil, "scheduler/plugins": nil,
	"scheduler/queue": nil, "scheduler/engine": nil, "scheduler/counts": nil,
}

var outside = []string{"os", "net", "net/http", "sync", "os/exec", "math/rand", "log", "log/slog", "runtime"}

// onlyIn says where alone a dependency may be imported.
var onlyIn = map[string][]string{
	"gopkg.in/yaml.v3":                    {"models/yamlnode"},
	"k8s.io/":                             {"models/generate", "models/manifest", "models/validation"},
	"math/rand/v2":                        {"sim/kernel"},
	"gonum.org/v1/gonum/":                 {"sim/kernel", "reports", "bench/statistics", "bench/bounds"},
	"gonum.org/v1/plot":                   {"reports/plot"},
	"cel.dev/":                            {"reports"},
	"github.com/gofrs/flock":              {"bench/store"},
	"github.com/spf13/cobra":              {"cmd/podsim/app"},
	"github.com/olekukonko/tablewriter":   {"reports", "reports/document", "cmd/podsim/app"},
	"github.com/google/uuid":              {"reports"},
	"github.com/prometheus/client_golang": {"reports/prometheus/scrape"},
	"github.com/parquet-go/":              {"reports/parquetfile"},
}

// arrow is one import between packages, by path.
type arrow struct{ from, to string }

func TestImportsPointOneWay(t *testing.T) {
	for _, problem := range wrongArrows(arrows(t)) {
		t.Error(problem)
	}
}

func TestAnArrowTurnedRoundIsCaught(t *testing.T) {
	for _, a := range []arrow{
		{"models", module + "models/cluster"},
		{"models/cluster", module + "sim"},
		{"scheduler/plugins", module + "scheduler/engine"},
		{"sim", module + "reports"},
		{"reports", "k8s.io/api/core/v1"},
		{"sim/control", "os"},
		{"sim/new", module + "models"},
	} {
		if len(wrongArrows([]arrow{a})) == 0 {
			t.Errorf("%s may import %s, it should not", a.from, a.to)
		}
	}
}

// wrongArrows returns what is wrong with each import.
func wrongArrows(all []arrow) []string {
	var wrong []string
	for _, a := range all {
		if why := wrongArrow(a); why != "" {
			wrong = append(wrong, fmt.Sprintf("%s imports %s: %s", a.from, a.to, why))
		}
	}
	return wrong
}

func wrongArrow(a arrow) string {
	allowed, known := rooms[a.from]
	if !known {
		return "the package has no place among the rooms"
	}
	if to, inside := strings.CutPrefix(a.to, module); inside {
		if allowed != nil && !slices.Contains(allowed, to) {
			return "an arrow that points the wrong way"
		}
		return ""
	}
	if _, isBare := bare[a.from]; isBare && slices.Contains(outside, a.to) {
		return "a package whose results must not depend on the outside world"
	}
	for dependency, homes := range onlyIn {
		if strings.HasPrefix(a.to, dependency) && !slices.Contains(homes, a.from) {
			return "only " + strings.Join(homes, ", ") + " may"
		}
	}
	return ""
}

// arrows reads the imports of every Go file that is not a test.
func arrows(t *testing.T) []arrow {
	t.Helper()
	var all []arrow
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != "." {
			_, err := os.Stat(filepath.Join(name, "go.mod")) // a module of its own
			if err == nil || entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".") {
				return filepath.SkipDir
			}
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		from := path.Dir(filepath.ToSlash(name))
		for _, spec := range file.Imports {
			to, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			all = append(all, arrow{from, to})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
