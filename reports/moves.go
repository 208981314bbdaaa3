package reports

import (
	"cmp"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// PingPong tells of replicas that are moved again and again: a replica is a pod, or the
// pods that replaced one another.
type PingPong struct {
	// Moves and Window are what counts: more than so many moves within that time.
	Moves    int            `json:"moves"`
	Window   Seconds        `json:"windowSeconds"`
	Replicas int64          `json:"replicas"`  // that were moved so often
	Most     int            `json:"movesMost"` // of one replica within the window
	Worst    []MovedReplica `json:"worst"`     // at most 20, the most moves first
}

// MovedReplica is a replica that was moved often.
type MovedReplica struct {
	Workload string  `json:"workload"` // Kind/namespace/name
	Moves    int     `json:"moves"`    // the most within the window
	From     Seconds `json:"fromSeconds"`
	To       Seconds `json:"toSeconds"`
	Chain    []Move  `json:"chain"` // its last moves
}

// Move is one of them: who took which pod from which node, why, and who put the replica
// where then.
type Move struct {
	At    Seconds `json:"atSeconds"`
	Pod   string  `json:"pod"` // namespace/name
	From  string  `json:"from"`
	By    string  `json:"by"`
	Cause string  `json:"cause"`
	Why   string  `json:"why"`
	// Then, To and Placer are when the replica got a node again, which one, and from which
	// scheduler; null and empty if it has got none.
	Then   *Seconds `json:"thenSeconds"`
	To     string   `json:"to"`
	Placer string   `json:"placer"`
}

// PingPongLimit says what counts as ping-pong.
type PingPongLimit struct {
	Moves  int           `json:"moves"`  // more moves of a replica than these; 0 is 3
	Window time.Duration `json:"window"` // within that time; 0 is an hour
}

// Defaults of what counts as ping-pong, and how much is told of it.
const (
	pingPongMoves  = 3
	pingPongWindow = time.Hour
	chainMost      = 16
	worstMost      = 20
)

// moves follows replicas that are moved.
type moves struct {
	limit  int
	window time.Duration
	// ofPod are the chains of pods that are there, waiting those whose pod went and that
	// its owner has made no other pod for.
	ofPod   map[models.PodID]*chain
	waiting map[models.OwnerID][]*chain
	found   []*chain // those with more moves than the limit
}

type chain struct {
	owner  models.OwnerID
	hops   []hop
	recent []models.Time // of moves within the window
	most   int
	from   models.Time // of the most moves
	to     models.Time
}

type hop struct {
	at, then       models.Time // of the eviction, and of the binding that follows
	pod, placer    string
	from, to       models.NodeID
	by, cause, why string
}

func newMoves(c Config) moves {
	limit, window := c.PingPong.Moves, c.PingPong.Window
	if limit == 0 {
		limit = pingPongMoves
	}
	if window == 0 {
		window = pingPongWindow
	}
	return moves{
		limit: limit, window: window,
		ofPod: make(map[models.PodID]*chain), waiting: make(map[models.OwnerID][]*chain),
	}
}

// observe follows an operation on a pod that is no eviction.
func (m *moves) observe(s *step) {
	if len(m.ofPod) == 0 && len(m.waiting) == 0 {
		return
	}
	switch s.op.Kind {
	case models.OpCreatePod:
		m.take(s)
	case models.OpBindPod:
		if c := m.ofPod[s.op.Pod]; c != nil {
			last := &c.hops[len(c.hops)-1]
			last.then, last.to, last.placer = s.now, s.op.Node, cmp.Or(s.text(s.pod.Spec().SchedulerName), models.DefaultScheduler)
		}
	case models.OpRemovePod:
		delete(m.ofPod, s.op.Pod)
	}
}

// move notes that a pod has to leave its node.
func (m *moves) move(s *step, a *attribution) {
	owner := s.pod.Owner()
	if owner == models.None {
		return // nothing replaces it
	}
	c := m.ofPod[s.op.Pod]
	if c == nil {
		c = &chain{owner: root(s.view, owner)}
	}
	delete(m.ofPod, s.op.Pod)
	if len(c.hops) == chainMost {
		c.hops = slices.Delete(c.hops, 0, 1)
	}
	c.hops = append(c.hops, hop{
		at: s.now, pod: string(appendPod(nil, s.view, s.pod)), from: s.node, to: models.None, by: a.by, cause: a.cause, why: a.why})
	c.recent = slices.DeleteFunc(c.recent, func(at models.Time) bool { return s.now.Sub(at) > m.window })
	c.recent = append(c.recent, s.now)
	if n := len(c.recent); n > c.most {
		if c.most <= m.limit && n > m.limit {
			m.found = append(m.found, c)
		}
		c.most, c.from, c.to = n, c.recent[0], s.now
	}
	m.waiting[c.owner] = append(m.waiting[c.owner], c)
}

// take lets a new pod go on with a chain of its owner: that of its name, else the oldest.
// What has waited for longer than the window is not waited for any more.
func (m *moves) take(s *step) {
	if s.pod.Owner() == models.None {
		return
	}
	owner := root(s.view, s.pod.Owner())
	queue := slices.DeleteFunc(m.waiting[owner], func(c *chain) bool { return s.now.Sub(c.hops[len(c.hops)-1].at) > m.window })
	if len(queue) > 0 {
		name, at := string(appendPod(nil, s.view, s.pod)), 0
		if i := slices.IndexFunc(queue, func(c *chain) bool { return c.hops[len(c.hops)-1].pod == name }); i >= 0 {
			at = i
		}
		m.ofPod[s.op.Pod] = queue[at]
		queue = slices.Delete(queue, at, at+1)
	}
	if len(queue) == 0 {
		delete(m.waiting, owner)
		return
	}
	m.waiting[owner] = queue
}

func (m *moves) summary(v cluster.View) PingPong {
	out := PingPong{Moves: m.limit, Window: roundSeconds(m.window.Seconds()), Replicas: int64(len(m.found)), Worst: []MovedReplica{}}
	worst := slices.Clone(m.found)
	slices.SortStableFunc(worst, func(a, b *chain) int { return cmp.Compare(b.most, a.most) })
	for i, c := range worst {
		out.Most = max(out.Most, c.most)
		if i == worstMost {
			break
		}
		r := MovedReplica{Workload: workloadName(v, c.owner), Moves: c.most, From: secondsOf(c.from), To: secondsOf(c.to)}
		for _, h := range c.hops {
			is := Move{At: secondsOf(h.at), Pod: h.pod, From: v.Node(h.from).Name(), By: h.by, Cause: h.cause, Why: h.why}
			if h.to != models.None {
				then := secondsOf(h.then)
				is.Then, is.To, is.Placer = &then, v.Node(h.to).Name(), h.placer
			}
			r.Chain = append(r.Chain, is)
		}
		out.Worst = append(out.Worst, r)
	}
	return out
}
