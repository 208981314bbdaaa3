package plugins

import (
	"cmp"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/framework"
)

// VictimRuleEntry is one line of the table of rules of preemption.
type VictimRuleEntry struct {
	// Name is the name of the rule in spec.eviction.preemption.
	Name string
	// Help says in one line whom it makes go.
	Help string
	// Args is a pointer to a zero value of its arguments; nil if it takes none. The tags
	// of its fields are those of the kinds of podsim: yaml, help, required, min, default.
	Args any
	// New makes the rule. args is nil, which means defaults, or a pointer of the type of
	// Args.
	New func(args any) VictimRule
}

// VictimRules returns every rule of preemption, that of Kubernetes first.
func VictimRules() []VictimRuleEntry {
	return []VictimRuleEntry{
		{
			Name: "kube-scheduler", Help: "the least important pods go: fewest broken budgets, lowest priorities, fewest pods, latest started",
			New: func(any) VictimRule { return leastImportant{} },
		},
		{
			Name: "least-work-lost", Help: "those go whose work is cheapest to do again: run time of run-to-completion pods times their cpu",
			New: func(any) VictimRule { return leastWorkLost{} },
		},
		{
			Name: "fewest-pods", Help: "as few pods as possible go, the large ones first",
			New: func(any) VictimRule { return fewestPods{} },
		},
		{
			Name: "bands", Help: "bands of priorities as in Borg: a higher band preempts a lower one, and never does production preempt production",
			Args: new(BandsArgs),
			New: func(args any) VictimRule {
				a, _ := args.(*BandsArgs)
				if a == nil {
					a = new(BandsArgs)
				}
				return a.rule()
			},
		},
	}
}

// WithVictimRule returns a table of plugins whose DefaultPreemption has another rule.
func WithVictimRule(table []Entry, rule VictimRule) []Entry {
	out := slices.Clone(table)
	for i := range out {
		if out[i].Name == "DefaultPreemption" {
			out[i].New = with(func(args DefaultPreemptionArgs, _ *models.Dictionary) (*DefaultPreemption, error) {
				return NewPreemption(args, rule)
			})
		}
	}
	return out
}

// eligibleVictims is a VictimRule by which not every pod of lower priority may go.
type eligibleVictims interface {
	VictimRule
	// Preempts reports whether one pod may make another of lower priority go.
	Preempts(preemptor, victim *models.PodSpec) bool
}

// leastWorkLost spares the work that would have to be done again.
type leastWorkLost struct{ leastImportant }

// Spare spares pods of higher priority, and of equal priority those with more work to lose.
func (r leastWorkLost) Spare(a, b cluster.Pod) int {
	return cmp.Or(cmp.Compare(b.Spec().Priority, a.Spec().Priority), cmp.Compare(workOf(b), workOf(a)), r.leastImportant.Spare(a, b))
}

// Prefer looks at broken budgets, at the highest priority of a victim and at the work of all
// of them, then at what Kubernetes looks at.
func (r leastWorkLost) Prefer(v cluster.View, a, b *framework.Candidate) int {
	return cmp.Or(
		cmp.Compare(a.Violations, b.Violations),
		cmp.Compare(v.Pod(a.Victims[0]).Spec().Priority, v.Pod(b.Victims[0]).Spec().Priority),
		cmp.Compare(worksOf(v, a.Victims), worksOf(v, b.Victims)),
		r.leastImportant.Prefer(v, a, b))
}

// workOf is what a run-to-completion pod has done so far: thousandths of cores times
// milliseconds. A service loses none.
func workOf(pod cluster.Pod) int64 {
	spec := pod.Spec()
	if spec.RestartPolicy == models.RestartAlways || pod.StartedAt() == models.Never {
		return 0
	}
	return pod.View().Now().Sub(pod.StartedAt()).Milliseconds() * max(spec.Requests[models.CPU], 1)
}

func worksOf(v cluster.View, pods []models.PodID) (sum int64) {
	for _, id := range pods {
		sum += workOf(v.Pod(id))
	}
	return sum
}

// fewestPods makes room with as few pods as possible.
type fewestPods struct{ leastImportant }

// Spare spares small pods, so that few large ones go: by cpu, then by memory.
func (r fewestPods) Spare(a, b cluster.Pod) int {
	one, other := &a.Spec().Requests, &b.Spec().Requests
	return cmp.Or(cmp.Compare(one[models.CPU], other[models.CPU]), cmp.Compare(one[models.Memory], other[models.Memory]), r.leastImportant.Spare(a, b))
}

// Prefer looks at broken budgets and at the number of victims, then at what Kubernetes
// looks at.
func (r fewestPods) Prefer(v cluster.View, a, b *framework.Candidate) int {
	return cmp.Or(cmp.Compare(a.Violations, b.Violations), cmp.Compare(len(a.Victims), len(b.Victims)),
		cmp.Compare(highest(v, a.Victims), highest(v, b.Victims)), r.leastImportant.Prefer(v, a, b))
}

// highest is the highest priority of some pods: their order is not that of importance.
func highest(v cluster.View, pods []models.PodID) int32 {
	out := v.Pod(pods[0]).Spec().Priority
	for _, id := range pods[1:] {
		out = max(out, v.Pod(id).Spec().Priority)
	}
	return out
}

// BandsArgs are the priorities at which the bands begin. What lies below Batch is best effort.
type BandsArgs struct {
	Batch      *int32 `yaml:"batch" default:"0" help:"priority at which the band of batch work begins; what is below is best effort"`
	Production *int32 `yaml:"production" default:"1000" help:"priority at which production begins"`
	Monitoring *int32 `yaml:"monitoring" default:"2000000000" help:"priority at which monitoring and the system begin"`
}

func (a *BandsArgs) rule() bands {
	out := bands{begins: [3]int32{0, 1000, models.SystemCritical}}
	for i, given := range []*int32{a.Batch, a.Production, a.Monitoring} {
		if given != nil {
			out.begins[i] = *given
		}
	}
	return out
}

// bands lets higher bands preempt lower ones, and production never production.
// Source: Verma et al., Large-scale cluster management at Google with Borg (EuroSys 2015), §2.5.
type bands struct {
	leastImportant
	begins [3]int32 // of batch, production and monitoring
}

const production = 2

func (b bands) of(priority int32) (band int) {
	for _, begins := range b.begins {
		if priority >= begins {
			band++
		}
	}
	return band
}

// Preempts reports whether one pod may make another of lower priority go.
func (b bands) Preempts(preemptor, victim *models.PodSpec) bool {
	is := b.of(preemptor.Priority)
	return is != production || b.of(victim.Priority) != production
}
