package place

import (
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
)

// Detail says how much a Placement tells.
type Detail uint8

// What a Placement tells.
const (
	// Nodes tells where the pod goes, or why nowhere.
	Nodes Detail = iota
	// Scores tells the scores of all feasible nodes and the reasons of the others.
	Scores
)

// Options say how pods are placed.
type Options struct {
	// Preempt makes room for a pod that does not fit: the victims go at once and
	// the pod is tried again. Without it the profiles' PostFilter plugins must be
	// left out of the configuration.
	Preempt bool
	Detail  Detail
}

// maxAttempts is how often a pod is tried while preemption makes room for it.
const maxAttempts = 3

// Placer places pods in a cluster, one after the other.
type Placer struct {
	cluster   *cluster.Cluster
	scheduler *scheduler.Scheduler
	options   Options
	now       models.Time
	epoch     models.Time // the pod placed first starts a second later
	placed    int
}

// New returns the placer of a cluster. The n-th pod that it places starts n
// seconds after virtual time 0: who started earlier counts when victims are
// chosen.
func New(c *cluster.Cluster, s *scheduler.Scheduler, options Options) *Placer {
	return &Placer{cluster: c, scheduler: s, options: options, now: c.Now()}
}

// Cluster returns the cluster as it stands.
func (p *Placer) Cluster() *cluster.Cluster { return p.cluster }

// Place tries a pod and binds it if it fits. Each attempt is a Placement of its
// own; there is more than one only after preemption.
func (p *Placer) Place(pod models.PodID) []Placement {
	var out []Placement
	for attempt := 1; ; attempt++ {
		one, again := p.try(pod, attempt)
		out = append(out, one)
		if !again || attempt == maxAttempts {
			return out
		}
	}
}

func (p *Placer) try(id models.PodID, attempt int) (Placement, bool) {
	v := p.cluster.View()
	out := Placement{Pod: name(v, id)}
	if attempt > 1 {
		out.Attempt = attempt
	}
	tried := p.scheduler.Try(v, id)
	if tried.Skipped != "" {
		out.Skipped = tried.Skipped
		return out, false
	}
	switch tried.Verdict {
	case scheduler.Claimed:
		p.chosen(&out, &tried)
		return out, false
	case scheduler.Errored:
		p.refused(&out, &tried)
		if tried.Diagnosis == nil || tried.Diagnosis.Nodes > 0 {
			out.Error, out.Message = tried.Message, ""
		}
		return out, false
	}
	p.refused(&out, &tried)
	return out, p.preempt(&out, &tried)
}

// name is the namespace and name of a pod.
func name(v cluster.View, id models.PodID) string {
	pod := v.Pod(id)
	return v.Dictionary().String(pod.Spec().Namespace) + "/" + pod.Name()
}

func podNames(v cluster.View, ids []models.PodID) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = name(v, id)
	}
	return names
}

func nodeNames(v cluster.View, ids []models.NodeID) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = v.Node(id).Name()
	}
	return names
}

// chosen fills in a claim and carries it out.
func (p *Placer) chosen(out *Placement, a *scheduler.Attempt) {
	v := p.cluster.View()
	claim := &a.Claim
	out.Feasible = claim.Feasible
	node := claim.Node
	if rated, ok := a.Engine.(interface{ Ratings() engine.Ratings }); ok && claim.Feasible > 1 {
		ratings := rated.Ratings()
		best := ratings.Best()
		if len(best) > 0 {
			score := claim.Score
			out.BestScore = &score
		}
		if p.options.Detail == Scores {
			out.rate(v, &ratings)
		}
		slices.SortFunc(best, func(a, b models.NodeID) int { return compare(v.Node(a).Name(), v.Node(b).Name()) })
		out.Best = nodeNames(v, best)
	} else if claim.Feasible == 1 {
		out.Best = []string{v.Node(node).Name()}
	}
	if p.options.Detail == Scores {
		out.filtered(v, a)
	}
	out.Node = v.Node(node).Name()
	if err := p.bind(a); err != nil {
		out.Node, out.Error = "", err.Error()
	}
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// rate fills in the scores of every feasible node.
func (out *Placement) rate(v cluster.View, r *engine.Ratings) {
	out.Scores = make(map[string]int64, len(r.Nodes))
	out.PluginScores = make(map[string]map[string]int64, len(r.Plugins))
	for i, id := range r.Nodes {
		out.Scores[v.Node(id).Name()] = r.Totals[i]
	}
	for _, plugin := range r.Plugins {
		scores := make(map[string]int64, len(r.Nodes))
		for i, id := range r.Nodes {
			scores[v.Node(id).Name()] = plugin.Normalized[i] * plugin.Weight
		}
		out.PluginScores[plugin.Name] = scores
	}
}

// filtered fills in the reasons of the nodes that were filtered out.
func (out *Placement) filtered(v cluster.View, a *scheduler.Attempt) {
	d, ok := a.Engine.(interface{ Diagnosis() *engine.Diagnosis })
	if !ok {
		return
	}
	out.Filtered = map[string][]string{}
	for _, r := range d.Diagnosis().Rejected {
		out.Filtered[v.Node(r.Node).Name()] = r.Status.Reasons
	}
}

// refused fills in why no node was found.
func (p *Placer) refused(out *Placement, a *scheduler.Attempt) {
	out.Message = a.Message
	d := a.Diagnosis
	if d == nil || d.Nodes == 0 {
		return
	}
	out.Unschedulable = d.Reasons()
	pod := p.cluster.View().Pod(a.Pod)
	out.UnschedulablePlugins = p.scheduler.Plugins(nil, pod.Spec().SchedulerName, a.Rejectors)
	slices.Sort(out.UnschedulablePlugins)
	if p.options.Detail == Scores {
		out.filtered(p.cluster.View(), a)
	}
}

// bind carries a claim out.
func (p *Placer) bind(a *scheduler.Attempt) error {
	if err := scheduler.NewCommitter(p.cluster).Commit(p.now, &a.Claim); err != nil {
		return err
	}
	p.placed++
	started := p.epoch.Add(time.Duration(p.placed) * time.Second)
	for _, op := range Backdated(a.Pod, p.now, started) {
		if err := p.cluster.Apply(p.now, &op); err != nil {
			return err
		}
	}
	return nil
}

// Backdated lets a pod that has just been created and bound have started earlier.
func Backdated(pod models.PodID, now, started models.Time) []models.Op {
	if started >= now {
		return nil
	}
	ago := int64(now - started)
	return []models.Op{
		{Kind: models.OpBackdatePod, Pod: pod, Def: int32(models.PastCreated), Arg: ago},
		{Kind: models.OpBackdatePod, Pod: pod, Def: int32(models.PastBound), Arg: ago},
	}
}
