package sim

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/evict/descheduler"
)

// deschedulerArgs reads the arguments of a strategy of a story.
type deschedulerArgs struct {
	*story
	t *testing.T
	d *datadriven.TestData
}

func (a *deschedulerArgs) texts(name string) (list []string) {
	for _, arg := range a.d.CmdArgs {
		if arg.Key == name {
			list = append(list, arg.Vals...)
		}
	}
	return list
}

func (a *deschedulerArgs) number(name string) *uint {
	text := a.texts(name)
	if len(text) == 0 {
		return nil
	}
	n, err := strconv.ParseUint(text[0], 10, 32)
	if err != nil {
		a.d.Fatalf(a.t, "%s: %v", name, err)
	}
	value := uint(n)
	return &value
}

func (a *deschedulerArgs) count(name string) int {
	if n := a.number(name); n != nil {
		return int(*n)
	}
	return 0
}

func (a *deschedulerArgs) symbols(name string) (list []models.Sym) {
	for _, text := range a.texts(name) {
		list = append(list, a.story.d.Sym(text))
	}
	return list
}

func (a *deschedulerArgs) codes(name string) (list []int32) {
	for _, text := range a.texts(name) {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			a.d.Fatalf(a.t, "%s: %v", name, err)
		}
		list = append(list, int32(n))
	}
	return list
}

// labels reads a label app=VALUE.
func (a *deschedulerArgs) labels(name string) models.Selector {
	if values := a.symbols(name); len(values) > 0 {
		return models.Selector{{Key: a.story.d.Sym("app"), Op: models.In, Values: values}}
	}
	return nil
}

func (a *deschedulerArgs) scope() descheduler.Scope {
	return descheduler.Scope{Include: a.symbols("include"), Exclude: a.symbols("exclude"), Labels: a.labels("app")}
}

// thresholds reads cpu:20.
func (a *deschedulerArgs) thresholds(name string) (list descheduler.Thresholds) {
	for _, text := range a.texts(name) {
		resource, percent, _ := strings.Cut(text, ":")
		r, err := a.story.d.Resource(resource)
		value, wrong := strconv.ParseFloat(percent, 64)
		if err != nil || wrong != nil {
			a.d.Fatalf(a.t, "%s: got %s", name, text)
		}
		list = append(list, descheduler.Threshold{Resource: r, Percent: value})
	}
	return list
}

// deschedule adds a strategy to the descheduler of a story.
func (s *story) deschedule(t *testing.T, d *datadriven.TestData) {
	a := &deschedulerArgs{s, t, d}
	if s.config.Descheduler == nil {
		s.config.Descheduler = &Descheduler{Interval: time.Minute, Policy: &descheduler.Policy{
			Profiles: []descheduler.Profile{{Evictor: descheduler.DefaultEvictor()}}}}
	}
	whole := s.config.Descheduler
	whole.Start = models.Time(span(t, d, "start", time.Duration(whole.Start)))
	whole.Interval = span(t, d, "interval", whole.Interval)
	a.limit(whole.Policy)
	p := &whole.Policy.Profiles[0]
	a.protect(&p.Evictor)
	if strategy := a.balance(); strategy != nil {
		p.Balance = append(p.Balance, strategy)
	} else if strategy := a.strategy(); strategy != nil {
		p.Deschedule = append(p.Deschedule, strategy)
	}
}

func (a *deschedulerArgs) limit(p *descheduler.Policy) {
	p.TellRefusals = p.TellRefusals || a.d.HasArg("tellrefusals")
	if n := a.number("total"); n != nil {
		p.Total = n
	}
	if n := a.number("pernode"); n != nil {
		p.PerNode = n
	}
	if n := a.number("pernamespace"); n != nil {
		p.PerNamespace = n
	}
	if grace := span(a.t, a.d, "grace", -1); grace >= 0 {
		p.Grace = &grace
	}
	if label := a.symbols("nodes"); label != nil {
		p.Nodes = models.Selector{{Key: label[0], Op: models.Exists}}
	}
}

func (a *deschedulerArgs) protect(e *descheduler.Evictor) {
	for _, what := range a.texts("evicts") {
		switch what {
		case "localstorage":
			e.LocalStorage = false
		case "daemonsets":
			e.DaemonSets = false
		case "critical":
			e.SystemCritical = false
		case "failedbare":
			e.Bare = false
		}
	}
	for _, what := range a.texts("protects") {
		e.Claims, e.WithoutBudget = e.Claims || what == "claims", e.WithoutBudget || what == "withoutbudget"
		e.Devices, e.PreferStay = e.Devices || what == "devices", e.PreferStay || what == "preferstay"
	}
	if n := a.number("priority"); n != nil {
		e.Priority = int32(*n)
	}
	if n := a.number("minreplicas"); n != nil {
		e.MinReplicas = *n
	}
	e.MinAge = span(a.t, a.d, "minage", e.MinAge)
	e.NodeFit = e.NodeFit || a.d.HasArg("nodefit")
	if labels := a.labels("only"); labels != nil {
		e.Labels = labels
	}
	if label := a.symbols("fitnodes"); label != nil {
		e.Nodes = models.Selector{{Key: label[0], Op: models.Exists}}
	}
}

func (a *deschedulerArgs) balance() descheduler.Strategy {
	switch a.texts("strategy")[0] {
	case "RemoveDuplicates":
		return &descheduler.Duplicates{Scope: a.scope(), ExcludeOwners: a.texts("excludeowners")}
	case "LowNodeUtilization":
		return &descheduler.LowNodeUtilization{Low: a.thresholds("low"), High: a.thresholds("high"), Deviation: a.d.HasArg("deviation"),
			Nodes: a.count("numberofnodes"), PerNode: a.number("evictions"), Exclude: a.symbols("exclude"), Measured: a.d.HasArg("measured")}
	case "HighNodeUtilization":
		return &descheduler.HighNodeUtilization{Low: a.thresholds("low"), Nodes: a.count("numberofnodes"),
			OnlyThresholds: a.d.HasArg("onlythresholds"), Exclude: a.symbols("exclude")}
	case "RemovePodsViolatingTopologySpreadConstraint":
		return &descheduler.TopologySpread{Scope: a.scope(), Hard: !a.d.HasArg("soft"), Soft: a.d.HasArg("soft"), NodeFit: !a.d.HasArg("nofit")}
	}
	return nil
}

func (a *deschedulerArgs) strategy() descheduler.Strategy {
	switch name := a.texts("strategy")[0]; name {
	case "RemovePodsViolatingInterPodAntiAffinity":
		return &descheduler.InterPodAntiAffinity{Scope: a.scope()}
	case "RemovePodsViolatingNodeAffinity":
		out := &descheduler.NodeAffinity{Scope: a.scope(), Types: []descheduler.NodeAffinityType{descheduler.RequiredAffinity}}
		if a.d.HasArg("preferred") {
			out.Types = []descheduler.NodeAffinityType{descheduler.PreferredAffinity}
		}
		return out
	case "RemovePodsViolatingNodeTaints":
		include := a.texts("taints")
		return &descheduler.NodeTaints{Scope: a.scope(), Prefer: a.d.HasArg("prefer"), Exclude: a.texts("excludetaints"), Include: include, All: include == nil}
	case "RemovePodsHavingTooManyRestarts":
		return &descheduler.TooManyRestarts{Scope: a.scope(), Threshold: int32(a.count("threshold")), Inits: a.d.HasArg("inits"), States: a.texts("states")}
	case "PodLifeTime":
		out := &descheduler.PodLifeTime{Scope: a.scope(), MaxSeconds: a.number("maxseconds"), States: a.texts("states"),
			IncludeOwners: a.texts("owners"), ExcludeOwners: a.texts("excludeowners"), ExitCodes: a.codes("exitcodes"), Inits: a.d.HasArg("inits"), Ephemerals: a.d.HasArg("ephemerals")}
		if c := a.texts("condition"); c != nil {
			out.Conditions = []descheduler.Condition{{Type: c[0], Status: c[1], MinSeconds: a.number("seconds")}}
		}
		return out
	case "RemoveFailedPods":
		return &descheduler.FailedPods{Scope: a.scope(), ExcludeOwners: a.texts("excludeowners"), MinSeconds: a.number("minseconds"),
			Reasons: a.texts("reasons"), ExitCodes: a.codes("exitcodes"), Inits: a.d.HasArg("inits")}
	default:
		a.d.Fatalf(a.t, "unknown strategy %s", name)
		return nil
	}
}

// mark gives a pod what only deschedulers look at.
func (s *story) mark(d *datadriven.TestData, pod *models.PodSpec) {
	for arg, mark := range map[string]models.EvictionMarks{
		"mayevict": models.MarkEvict, "preferstay": models.MarkPreferStay, "hostpath": models.MarkHostPath, "devices": models.MarkDevices,
	} {
		if d.HasArg(arg) {
			pod.Marks |= mark
		}
	}
}

// relate gives a pod what it says of others and of nodes: to be apart from those of its
// app, to be spread over a key with them, to require or to prefer a node with a label.
func (s *story) relate(t *testing.T, d *datadriven.TestData, pod *models.PodSpec) {
	var require, prefer, spread string
	d.MaybeScanArgs(t, "requires", &require)
	d.MaybeScanArgs(t, "prefers", &prefer)
	d.MaybeScanArgs(t, "spread", &spread)
	has := func(label string) models.NodeTerm {
		return models.NodeTerm{Labels: models.Selector{{Key: s.d.Sym(label), Op: models.Exists}}}
	}
	var mine models.LabelSelector
	for _, label := range pod.Labels {
		mine.Requirements = append(mine.Requirements, models.Requirement{Key: label.Key, Op: models.In, Values: []models.Sym{label.Value}})
	}
	if d.HasArg("apart") {
		pod.AntiAffinity = []models.AffinityTerm{{TopologyKey: s.d.Sym(models.LabelHostname), Selector: mine,
			Namespaces: []models.Sym{pod.Namespace}, NamespaceSelector: models.LabelSelector{None: true}}}
	}
	if require != "" {
		pod.HasRequiredTerms, pod.RequiredTerms = true, []models.NodeTerm{has(require)}
	}
	if prefer != "" {
		pod.PreferredTerms = []models.PreferredTerm{{Weight: 1, Term: has(prefer)}}
	}
	if spread != "" {
		pod.Spread = []models.SpreadConstraint{{TopologyKey: s.d.Sym(spread), MaxSkew: 1, MinDomains: 1, Soft: d.HasArg("softly"), Selector: mine}}
	}
}
