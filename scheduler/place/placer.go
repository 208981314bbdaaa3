package place

import (
	"slices"
	"strings"
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
	// the pod is tried again. Without it nobody goes, whatever the profiles'
	// PostFilter plugins say; leaving them out of the configuration saves their time.
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
}

// New returns the placer of a cluster. The n-th pod that it places starts n
// seconds after the last thing that happened in the cluster: who started earlier
// counts when victims are chosen.
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
		tried := p.scheduler.Try(p.cluster.View(), pod)
		one := p.describe(pod, &tried)
		if attempt > 1 {
			one.Attempt = attempt
		}
		err, again := error(nil), false
		switch {
		case one.Skipped != "":
		case tried.Verdict == scheduler.Claimed:
			if err = p.bind(&tried); err != nil {
				one.Node = ""
			}
		case one.Nominated != "" && p.options.Preempt:
			err = p.evict(&tried)
			again = err == nil && attempt < maxAttempts
		}
		if err != nil {
			one.Error = err.Error()
		}
		if out = append(out, one); !again {
			return out
		}
	}
}

// describe says in names what an attempt found, before anything is carried out.
func (p *Placer) describe(id models.PodID, tried *scheduler.Attempt) Placement {
	out := Placement{Pod: name(p.cluster.View(), id)}
	switch {
	case tried.Skipped != "":
		out.Skipped = tried.Skipped
	case tried.Verdict == scheduler.Claimed:
		p.chosen(&out, tried)
	case tried.Verdict == scheduler.Errored:
		p.refused(&out, tried)
		if tried.Diagnosis == nil || tried.Diagnosis.Nodes > 0 {
			out.Error, out.Message = tried.Message, ""
		}
	default:
		p.refused(&out, tried)
		p.nominated(&out, tried)
	}
	return out
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

// chosen fills in a claim.
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
		slices.SortFunc(best, func(a, b models.NodeID) int { return strings.Compare(v.Node(a).Name(), v.Node(b).Name()) })
		out.Best = nodeNames(v, best)
	} else if claim.Feasible == 1 {
		out.Best = []string{v.Node(node).Name()}
	}
	if p.options.Detail == Scores {
		out.filtered(v, a)
	}
	out.Node = v.Node(node).Name()
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

// bind carries a claim out, a second after the one before.
func (p *Placer) bind(a *scheduler.Attempt) error {
	at := p.now.Add(time.Second)
	if err := scheduler.NewCommitter(p.cluster).Commit(at, &a.Claim); err != nil {
		return err
	}
	p.now = at
	return nil
}
