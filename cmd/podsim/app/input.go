package app

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scheduler"
)

// input are the flags that say what is simulated, shared by run and validate.
type input struct {
	files  []string
	data   []string
	set    []string
	seed   string
	length span
	policy string
	nodes  nodeFlags
}

// nodeFlags describe nodes on the command line, for manifests that bring none.
type nodeFlags struct {
	count  int
	cpu    string
	memory string
	pods   int
	zones  []string
}

// span is a flag that holds a duration as scenarios write it: 90s, 1h30m, 2d.
type span time.Duration

func (s *span) String() string {
	if *s == 0 {
		return ""
	}
	return time.Duration(*s).String()
}

func (s *span) Set(text string) error {
	value, err := yamlnode.Duration(text)
	if err == nil && value == 0 {
		err = errors.New("must be > 0")
	}
	*s = span(value)
	return err
}

func (s *span) Type() string { return "duration" }

func (in *input) flags(f *pflag.FlagSet) {
	f.StringArrayVarP(&in.files, "filename", "f", nil, "a file of manifests or scenario documents, - for standard input (repeatable)")
	f.StringArrayVar(&in.data, "data", nil, "bind outside data that the scenario names: NAME=PATH (repeatable)")
	f.StringArrayVar(&in.set, "set", nil, "change a field: KIND/NAME.PATH=VALUE, as in NodeGroup/workers.spec.count=20 (repeatable)")
	f.StringVar(&in.seed, "seed", "", "the seed of all random draws (default: the scenario's, or 1)")
	f.Var(&in.length, "for", "how much virtual time to simulate: 90m, 24h, 7d (default: the scenario's)")
	f.StringVar(&in.policy, "policy", "", "schedule by this profile instead of the scenario's (see podsim policies)")
	f.IntVar(&in.nodes.count, "nodes", 0, "add so many nodes")
	f.StringVar(&in.nodes.cpu, "node-cpu", "4", "cpu of each of them")
	f.StringVar(&in.nodes.memory, "node-memory", "16Gi", "memory of each of them")
	f.IntVar(&in.nodes.pods, "node-pods", 110, "most pods on each of them")
	f.StringSliceVar(&in.nodes.zones, "zones", nil, "deal them out over these zones")
}

// load reads everything that the flags name and the given argument, and reports
// every problem at once.
func (s *session) load(in *input, args []string) (*scenarios.Run, []*reports.Check, error) {
	request := scenarios.Input{For: time.Duration(in.length), Set: in.set, Table: s.plugins}
	var problems []error
	add := func(err error) {
		if err != nil {
			problems = append(problems, err)
		}
	}
	var err error
	request.Data, err = bindings(in.data)
	add(err)
	request.Seed, err = parseSeed(in.seed)
	add(err)
	request.Files, err = s.inputFiles(in, args)
	add(err)
	nodes, err := in.nodes.document()
	add(err)
	if nodes != "" {
		request.Files = append(request.Files, scenarios.File{Name: "--nodes", Reader: strings.NewReader(nodes)})
	}
	profile, err := s.profile(in.policy)
	add(err)
	if len(problems) > 0 {
		return nil, nil, errors.Join(problems...)
	}
	run, err := scenarios.Load(request)
	if err != nil {
		return nil, nil, err
	}
	if profile != nil {
		run.Config.Scheduler.Profiles = []scheduler.Profile{*profile}
	}
	checks, err := compileAssertions(run)
	return run, checks, err
}

// inputFiles returns the files to read: the scenario named by the argument and
// the files of -f; without either, the default scenario.
func (s *session) inputFiles(in *input, args []string) ([]scenarios.File, error) {
	var files []scenarios.File
	for _, name := range args {
		embedded, ok := scenarios.LookupEmbedded(name)
		switch {
		case ok:
			files = append(files, embedded.File())
		case strings.ContainsAny(name, "./\\"):
			files = append(files, scenarios.File{Name: name})
		default:
			return nil, unknown("scenario", name, embeddedNames())
		}
	}
	for _, name := range in.files {
		if name == "-" {
			files = append(files, scenarios.File{Name: "standard input", Reader: s.stdin})
			continue
		}
		files = append(files, scenarios.File{Name: name})
	}
	if len(files) == 0 {
		return s.inputFiles(in, []string{scenarios.Embedded()[0].Name})
	}
	return files, nil
}

func embeddedNames() []string {
	var names []string
	for _, e := range scenarios.Embedded() {
		names = append(names, e.Name)
	}
	return names
}

func bindings(list []string) (map[string]string, error) {
	bound := make(map[string]string)
	var problems []error
	for _, text := range list {
		name, path, ok := strings.Cut(text, "=")
		switch {
		case !ok || name == "" || path == "":
			problems = append(problems, fmt.Errorf("--data %s: want NAME=PATH", text))
		case bound[name] != "":
			problems = append(problems, fmt.Errorf("--data %s: %s is bound to %s already", text, name, bound[name]))
		}
		bound[name] = path
	}
	return bound, errors.Join(problems...)
}

func parseSeed(text string) (*uint64, error) {
	if text == "" {
		return nil, nil
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("--seed: want a whole number from 0 to 2^64-1 (got %q)", text)
	}
	return &seed, nil
}

func (s *session) profile(name string) (*scheduler.Profile, error) {
	if name == "" {
		return nil, nil
	}
	if profile, ok := scheduler.LookupProfile(name, s.plugins); ok {
		return &profile, nil
	}
	var known []string
	for _, p := range scheduler.NamedProfiles() {
		known = append(known, p.Name)
	}
	return nil, unknown("policy", name, known)
}

// document writes the nodes of the flags as a NodeGroup, so that they are read
// like any other.
func (n *nodeFlags) document() (string, error) {
	if n.count == 0 {
		return "", nil
	}
	var problems []error
	if n.count < 0 {
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
	zones := ""
	for _, zone := range n.zones {
		zones += fmt.Sprintf("  - %q\n", zone)
	}
	if zones != "" {
		zones = "  zones:\n" + zones
	}
	return fmt.Sprintf(`apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: node}
spec:
  count: %d
%s  template:
    status:
      capacity: {cpu: %q, memory: %q, pods: %d}
`, n.count, zones, n.cpu, n.memory, n.pods), errors.Join(problems...)
}

// compileAssertions joins the assertions of the scenario with the metrics of the
// reports.
func compileAssertions(run *scenarios.Run) ([]*reports.Check, error) {
	var checks []*reports.Check
	var problems yamlnode.Problems
	for _, a := range run.Assertions {
		within := reports.Assertion{Text: a.Text, At: a.At, From: a.From, Until: a.Until, Always: a.Always}
		check, err := reports.CompileAssertion(within, run.Dictionary)
		if err != nil {
			problems = append(problems, yamlnode.Problem{
				File: a.File, Line: a.Line, Column: a.Column, Path: "spec.assertions.that", What: err.Error(),
			})
			continue
		}
		checks = append(checks, check)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return checks, nil
}
