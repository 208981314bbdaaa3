package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/podsim/podsim/bench/judge"
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
	at     []string
	seed   string
	length span
	policy string
	config string
	engine string
	nodes  nodeFlags
	audit  bool
	strict bool
	shown  bool // what is not simulated will be shown

	templates []string // files of pods that are asked about
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
	in.sourceFlags(f)
	f.StringVar(&in.seed, "seed", "", "the seed of all random draws (default: the scenario's, or 1)")
	f.StringVar(&in.policy, "policy", "", "schedule by this profile (see podsim policies), or go by the file of a policy")
	f.StringVar(&in.config, "config", "", "schedule as this KubeSchedulerConfiguration says, instead of the scenario (not together with --policy)")
	f.StringVar(&in.engine, "engine", "incremental", "how decisions are computed: incremental (fast) or scan (plain); the answers are equal")
	f.StringArrayVar(&in.at, "at", nil, "do something at a moment of the run, as kubectl would: --at 10m 'scale deployment/web --replicas=20' (repeatable)")
	in.auditFlags(f)
}

// sourceFlags are those of a scenario that is run many times, too.
func (in *input) sourceFlags(f *pflag.FlagSet) {
	in.documentFlags(f)
	in.nodes.flags(f)
}

// documentFlags are those of a scenario to which the command line adds no nodes.
func (in *input) documentFlags(f *pflag.FlagSet) {
	f.StringArrayVarP(&in.files, "filename", "f", nil, "a file of manifests or scenario documents, - for standard input (repeatable)")
	f.StringArrayVar(&in.data, "data", nil, "bind outside data that the scenario names: NAME=PATH (repeatable)")
	f.StringArrayVar(&in.set, "set", nil, "change a field: KIND/NAME.PATH=VALUE, as in NodeGroup/workers.spec.count=20 (repeatable)")
	f.Var(&in.length, "for", "how much virtual time to simulate: 90m, 24h, 7d (default: the scenario's)")
}

// loaded is input that was read and is right.
type loaded struct {
	*scenarios.Run
	checks []*reports.Check
}

// load reads everything that the flags name and the given argument, and reports
// every problem at once.
func (s *session) load(ctx context.Context, in *input, args []string) (*loaded, error) {
	return unlessInterrupted(ctx, func() (*loaded, error) { return s.read(in, args) })
}

func (s *session) read(in *input, args []string) (*loaded, error) {
	request, complete, problems := s.request(in, args)
	engine, err := parseEngine(in.engine)
	problems = errors.Join(problems, err)
	if !complete {
		return nil, problems // what is missing would only bring more of them
	}
	run, err := scenarios.Load(request)
	in.nodes.blame(err)
	var checks []*reports.Check
	if err == nil {
		hideFlagPositions(run)
		checks, err = judge.Checks(run)
	}
	if err == nil && in.strict {
		err = ignoredMatters(run)
	}
	if err = errors.Join(problems, err); err != nil {
		return nil, err
	}
	run.Config.Scheduler.Engine = engine
	return &loaded{run, checks}, nil
}

// request is what the flags ask to be loaded. It is not complete if files of it cannot
// be named.
func (s *session) request(in *input, args []string) (request scenarios.Input, complete bool, problems error) {
	request = scenarios.Input{For: time.Duration(in.length), Set: in.set, At: in.at, Table: s.plugins, KeepUnsimulated: in.shown}
	var seedErr, dataErr, filesErr, nodesErr error
	request.Seed, seedErr = parseSeed(in.seed)
	request.Data, dataErr = bindings(in.data)
	request.Files, filesErr = s.inputFiles(in, args)
	nodes, nodesErr := in.nodes.files()
	request.Scheduler, request.Templates = schedulerFile(in.config), templateFiles(in.templates)
	isFile := isPolicyFile(in.policy)
	var policyErr error
	if !isFile {
		policyErr = s.checkPolicy(in.policy)
	}
	if in.policy != "" && in.config != "" {
		policyErr = errors.Join(policyErr, errors.New("--policy and --config both say how pods are scheduled; want one of them"))
	}
	switch {
	case policyErr != nil:
	case isFile:
		request.Replace = []scenarios.File{{Name: in.policy}}
	default:
		request.Profile = in.policy
	}
	request.Files = append(request.Files, nodes...)
	return request, errors.Join(dataErr, filesErr, nodesErr) == nil, errors.Join(seedErr, policyErr, dataErr, filesErr, nodesErr)
}

// hideFlagPositions takes lines and columns from what the value of a flag says,
// which nobody sees as a file.
func hideFlagPositions(run *scenarios.Run) {
	hide := func(at *manifest.Position) {
		if at.File == nodesFlag || strings.HasPrefix(at.File, "--set ") {
			at.Line, at.Column = 0, 0
		}
	}
	for i := range run.Assertions {
		hide(&run.Assertions[i].Position)
	}
	for _, e := range run.Audit {
		for i := range e.Places {
			hide(&e.Places[i].Position)
		}
	}
}

// inputFiles returns the files to read: the scenario named by the argument and
// the files of -f; without either, the default scenario.
func (s *session) inputFiles(in *input, args []string) ([]scenarios.File, error) {
	var files []scenarios.File
	var problems []error
	for _, name := range args {
		file, err := scenarioFile(name)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		files = append(files, file)
	}
	read := false
	for _, name := range in.files {
		switch {
		case name != "-":
			files = append(files, scenarios.File{Name: name})
		case read:
			problems = append(problems, errors.New("-f -: standard input can be read once only"))
		default:
			read = true
			files = append(files, scenarios.File{Name: "standard input", Reader: s.stdin})
		}
	}
	if len(files) == 0 {
		files = append(files, scenarios.Embedded()[0].File())
	}
	return files, errors.Join(problems...)
}

// scenarioFile returns what an argument means: an embedded scenario or a file.
func scenarioFile(name string) (scenarios.File, error) {
	if embedded, ok := scenarios.LookupEmbedded(name); ok {
		return embedded.File(), nil
	}
	if _, err := os.Stat(name); err != nil && !strings.ContainsAny(name, "./\\") {
		return scenarios.File{}, unknown("scenario", name, embeddedNames())
	}
	return scenarios.File{Name: name}, nil
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
			problems = append(problems, fmt.Errorf("--data %s: want NAME=PATH", reports.Visible(text)))
		case bound[name] != "":
			problems = append(problems, fmt.Errorf("--data %s: %s is bound to %s already", reports.Visible(text), reports.Visible(name), reports.Visible(bound[name])))
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

// isPolicyFile reports whether a policy is given as a file.
func isPolicyFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// checkPolicy refuses what is not the name of a profile.
func (s *session) checkPolicy(name string) error {
	if _, ok := scheduler.LookupProfile(name, s.plugins); ok || name == "" {
		return nil
	}
	var known []string
	for _, p := range scheduler.NamedProfiles() {
		known = append(known, p.Name)
	}
	return unknown("policy", name, known)
}
