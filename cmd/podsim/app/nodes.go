package app

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scenarios"
)

// nodeFlags describe nodes on the command line, for manifests that bring none.
type nodeFlags struct {
	count  int
	cpu    string
	memory string
	disk   string
	pods   int
	zones  []string
	given  func(flag string) bool
}

func (n *nodeFlags) flags(f *pflag.FlagSet) {
	f.IntVar(&n.count, "nodes", 0, "add so many nodes")
	f.StringVar(&n.cpu, "node-cpu", "4", "cpu of each of them")
	f.StringVar(&n.memory, "node-memory", "16Gi", "memory of each of them")
	f.StringVar(&n.disk, "node-disk", "", "ephemeral storage of each of them (default: none)")
	f.IntVar(&n.pods, "node-pods", 110, "most pods on each of them")
	f.StringSliceVar(&n.zones, "zones", nil, "deal them out over these zones")
	n.given = f.Changed
}

// nodesFlag is the flag that asks for nodes, and the name of the document that
// describes them.
const nodesFlag = "--nodes"

// blame turns problems with the document of the flags into problems with the
// flags.
func (n *nodeFlags) blame(err error) {
	var problems yamlnode.Problems
	if !errors.As(err, &problems) {
		return
	}
	const node = "spec.template.status.capacity"
	flags := map[string]string{
		"spec.count": nodesFlag, node + ".cpu": "--node-cpu", node + ".memory": "--node-memory", node + ".pods": "--node-pods",
		node + ".ephemeral-storage": "--node-disk",
	}
	for i := range problems {
		p := &problems[i]
		if p.File != nodesFlag {
			continue
		}
		p.Line, p.Column = 0, 0
		if flag, ok := flags[p.Path]; ok {
			p.File, p.Path = flag, ""
		} else if strings.HasPrefix(p.Path, "spec.zones") {
			p.File, p.Path = "--zones", ""
		}
	}
}

// files returns the nodes of the flags as a file with a NodeGroup, so that they are
// read like any other; none if none are asked for.
func (n *nodeFlags) files() ([]scenarios.File, error) {
	var problems []error
	if !n.given("nodes") {
		for _, flag := range []string{"node-cpu", "node-memory", "node-disk", "node-pods", "zones"} {
			if n.given(flag) {
				problems = append(problems, fmt.Errorf("--%s: needs --nodes, which says how many", flag))
			}
		}
		return nil, errors.Join(problems...)
	}
	if n.count < 1 {
		problems = append(problems, fmt.Errorf("--nodes: must be > 0 (got %d)", n.count))
	}
	if n.pods < 1 {
		problems = append(problems, fmt.Errorf("--node-pods: must be > 0 (got %d)", n.pods))
	}
	if _, err := manifest.Quantity(n.cpu, "cpu"); err != nil {
		problems = append(problems, fmt.Errorf("--node-cpu: %w", err))
	}
	if _, err := manifest.Quantity(n.memory, "memory"); err != nil {
		problems = append(problems, fmt.Errorf("--node-memory: %w", err))
	}
	capacity := map[string]string{"cpu": n.cpu, "memory": n.memory, "pods": strconv.Itoa(n.pods)}
	if n.disk != "" {
		if _, err := manifest.Quantity(n.disk, "ephemeral-storage"); err != nil {
			problems = append(problems, fmt.Errorf("--node-disk: %w", err))
		}
		capacity["ephemeral-storage"] = n.disk
	}
	return []scenarios.File{scenarios.NodesFile(n.count, capacity, n.zones)}, errors.Join(problems...)
}
