package scenarios

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scheduler/plugins"
)

// choosePolicies gathers the policies: those of the Experiment, then those of the
// options; if neither names any, the Policies of the stream.
func (b *experimentBuilder) choosePolicies() {
	for i := range b.spec.Policies {
		b.addListed(i)
	}
	for _, text := range b.in.Policies {
		b.addNamed(text)
	}
	if len(b.out.Policies) == 0 && len(b.problems) == 0 && !b.isBad {
		for _, name := range b.base.policyNames {
			b.add(b.fromStream(name))
		}
	}
	n := len(b.out.Policies)
	switch {
	case n > limits.Policies:
		if len(b.spec.Policies) <= limits.Policies { // else it has been told
			b.addProblem("--policy", "more than %d policies", limits.Policies)
		}
		b.out.Policies = b.out.Policies[:limits.Policies]
	case n == 0 && len(b.problems) == 0 && !b.isBad:
		b.addProblem("--policy", "no policies to compare; want two or more, such as --policy default --policy most-allocated "+
			"(podsim policies lists the ready-made ones; a file may be a Policy or a %s)", schedulerConfigKind)
	case n == 1 && len(b.problems) == 0:
		b.addOther()
	}
}

// add adds a policy under a name that no other has.
func (b *experimentBuilder) add(p Policy) {
	name := p.Name
	for n := 2; b.taken[p.Name]; n++ {
		p.Name = fmt.Sprintf("%s-%d", name, n)
	}
	if p.Name != name {
		b.note("a second policy %s is called %s", name, p.Name)
	}
	if !isProfile(p.Profile, b.base.table) {
		p.Profile = "" // that has been told
	}
	if p.Description == "" && p.Profile != "" {
		p.Description = profileHelp(p.Profile)
	}
	b.taken[p.Name] = true
	b.out.Policies = append(b.out.Policies, p)
}

// addOther adds the scenario as it is to a policy that is alone.
func (b *experimentBuilder) addOther() {
	only := b.out.Policies[0]
	if only.changesNothing() {
		b.addProblem("--policy", "the scenario as it is has nothing to be compared with; want another policy")
		return
	}
	b.out.Policies = nil
	b.taken[only.Name] = false
	b.add(Policy{Name: asItIs, Description: asItIsHelp})
	b.add(only)
	b.note("%s is compared with the scenario as it is", only.Name)
}

const asItIsHelp = "the scenario as it is"

func (p *Policy) changesNothing() bool {
	return p.Profile == "" && p.file == nil && len(p.options) == 0 && (p.stream == nil || p.stream.spec.Eviction == nil)
}

// addListed adds a policy of the Experiment.
func (b *experimentBuilder) addListed(i int) {
	spec, path := &b.spec.Policies[i], yamlnode.IndexPath("spec.policies", i)
	o := b.out.document
	p := Policy{Name: spec.Name, Profile: spec.Profile}
	_, inStream := b.base.policies[spec.Name]
	switch {
	case inStream:
		p = b.fromStream(spec.Name)
	case spec.File != "":
		file, err := holdBeside(o, spec.File)
		if err != nil {
			b.problems.Addf(yamlnode.Locate(o.root, path+".file"), path+".file", "%s: %v", quote(spec.File), err)
			return
		}
		p = b.fromFile(file)
		p.Name = spec.Name
	case spec.Profile == "" && len(spec.Set) == 0 && spec.Name == asItIs:
		p.Description = asItIsHelp
	case spec.Profile == "" && len(spec.Set) == 0:
		p.Profile = spec.Name // it is one, or that has been told
	}
	p.Set = append(p.Set, spec.Set...)
	p.options = append(p.options, optionsOf(o, path+".set", spec.Set)...)
	b.add(p)
}

// addNamed adds a policy of the command line.
func (b *experimentBuilder) addNamed(text string) {
	_, inStream := b.base.policies[text]
	switch {
	case isFile(text):
		b.add(b.fromFile(hold(File{Name: text})))
	case inStream:
		b.add(b.fromStream(text))
	case isProfile(text, b.base.table):
		b.add(Policy{Name: nameFrom(text), Profile: text})
	case text == asItIs:
		b.add(Policy{Name: asItIs, Description: asItIsHelp})
	case strings.ContainsAny(text, "./\\"):
		b.addProblem(text, "no such file")
	default:
		b.addProblem("--policy "+shorten(text), "%s", unknown("policy", text, slices.Concat(b.base.policyNames, profileNames(), []string{asItIs})))
	}
}

// fromStream makes a policy of one in the stream.
func (b *experimentBuilder) fromStream(name string) Policy {
	s := b.base.policies[name]
	p := fromPolicy(s.object, s.spec)
	p.stream = s
	return p
}

func fromPolicy(o *object, spec *PolicySpec) Policy {
	return Policy{
		Name: o.name, Description: oneLine(spec.Description), Profile: spec.Profile, Set: slices.Clone(spec.Set),
		options: optionsOf(o, "spec.set", spec.Set),
	}
}

// oneLine folds a text of several lines.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func (b *experimentBuilder) fromFile(file *heldFile) Policy {
	p, problems := readPolicyFile(file, b.base.table)
	b.problems = append(b.problems, problems...)
	return p
}

// readPolicyFile reads what the file of a policy says of the policy itself. What
// the other documents say is checked with the scenario.
func readPolicyFile(file *heldFile, table []plugins.Entry) (Policy, yamlnode.Problems) {
	l := newLoader(Input{Table: table})
	held := file.file()
	documents := l.readPolicyFile(&held)
	base := filepath.Base(file.name)
	p := Policy{Name: nameFrom(strings.TrimSuffix(base, filepath.Ext(base)))}
	switch o := documents.policy; {
	case o != nil:
		if spec := l.readPolicy(o); spec != nil {
			p = fromPolicy(o, spec)
			l.evictors(o, spec.Eviction)
			l.victimRule(o, spec.Eviction)
		}
		if documents.scheduler != nil && p.Profile != "" {
			l.blame(o, "spec.profile", "the %s at %s says how pods are scheduled; want one of them", schedulerConfigKind, documents.scheduler.place(""))
		}
	case len(l.problems) == 0 && len(documents.others) > 0:
		l.blame(documents.others[0], "kind", "%s alone makes no policy; want a Policy beside it", documents.others[0].kind)
	}
	l.closeFiles()
	p.file, p.configures = file, documents.scheduler != nil
	return p, l.problems
}

// nameFrom makes a name of a policy out of that of a file.
func nameFrom(text string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(text) {
		switch {
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	name := strings.Trim(b.String()[:min(b.Len(), limits.NameLength)], "-")
	if name == "" {
		return "policy"
	}
	return name
}

// chooseBaseline finds the policy to which the others are compared.
func (b *experimentBuilder) chooseBaseline() {
	e := b.out
	isOption := b.in.Baseline != ""
	name := b.spec.Baseline
	if isOption {
		name = b.in.Baseline
	}
	if len(e.Policies) == 0 || b.isBad {
		return
	}
	if name == "" {
		b.note("the baseline is %s, the first policy", e.Policies[0].Name)
		return
	}
	var names []string
	for i := range e.Policies {
		names = append(names, e.Policies[i].Name)
	}
	e.Baseline = slices.Index(names, name)
	switch {
	case e.Baseline >= 0:
	case name == asItIs:
		e.Policies, e.Baseline = slices.Insert(e.Policies, 0, Policy{Name: asItIs, Description: asItIsHelp}), 0
	default:
		e.Baseline = 0
		b.blame(isOption, "--baseline "+shorten(name), "spec.baseline", "%s", unknown("policy", name, names))
	}
}
