package playback

import (
	"cmp"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
)

// Why is what a pod is chosen for.
type Why uint8

// What pods are chosen for, the foremost first.
const (
	WaitedLongest Why = iota
	HitByFault        // its node crashed or was shut down
	HadToLeave        // it was evicted or preempted
	HasFailed
	HasRestarted
	AtRandom // by a key that is the same under every policy
	whys
)

// livesMost bounds the lives of a recording.
const livesMost = 300

// shares are how many pods are chosen for what; those at random fill what is left.
var shares = [whys]int{40, 60, 50, 40, 30, livesMost}

// leastWait is how long a pod has to wait to be chosen for that.
const leastWait = models.Time(1e9)

// life is what is written down of a pod.
type life struct {
	pod      models.PodID
	key      uint64
	name     string
	workload uint16
	why      uint8 // a set of Why
	winding  bool  // it has gone back at times: its past cannot be read off its row
	sparse   bool  // short spans were left out
	spans    []span
	marks    []Mark
	shortest models.Time // spans below it are left out
	ended    models.Time // when the object went
}

type span struct {
	phase Phase
	from  models.Time
	node  models.NodeID // None
}

// Mark is something that befell a pod.
type Mark struct {
	At   models.Time
	Text string
}

// The bounds on what is told of a life.
const (
	spansMost = 128
	marksMost = 16
	textMost  = 240 // bytes of a mark
)

// step notes that a pod is in a phase from now on.
func (l *life) step(now models.Time, phase Phase, node models.NodeID) {
	if last := len(l.spans) - 1; last >= 0 {
		if of := &l.spans[last]; of.phase == phase && of.node == node {
			return
		} else if of.from == now && last > 0 { // it lasted no time
			*of = span{phase, now, node}
			if before := &l.spans[last-1]; before.phase == phase && before.node == node {
				l.spans = l.spans[:last]
			}
			return
		}
	}
	l.spans = append(l.spans, span{phase, now, node})
	if len(l.spans) > spansMost {
		l.thin()
	}
}

// thin leaves out short spans, longer ones each time.
func (l *life) thin() {
	l.sparse = true
	for len(l.spans) > spansMost/2 {
		l.shortest = max(2*l.shortest, leastWait)
		kept := l.spans[:1]
		for i := 1; i < len(l.spans); i++ {
			s, last := l.spans[i], &kept[len(kept)-1]
			brief := i+1 < len(l.spans) && l.spans[i+1].from-s.from < l.shortest
			if !brief && (s.phase != last.phase || s.node != last.node) {
				kept = append(kept, s)
			}
		}
		l.spans = kept
	}
}

// mark notes what befell a pod; what repeats is noted once.
func (l *life) mark(now models.Time, text string) {
	if n := len(l.marks); n == marksMost || n > 0 && l.marks[n-1].Text == text {
		return
	}
	if len(text) > textMost {
		text = strings.ToValidUTF8(text[:textMost], "") + "…"
	}
	l.marks = append(l.marks, Mark{now, text})
}

// choice is what the pods are chosen for by whom: those of the lowest rank.
type choice struct {
	most int
	list []ranked // a heap, the highest rank first
}

type ranked struct {
	rank int64
	life *life
}

// before orders by rank, then by key, then by age.
func (a ranked) before(b ranked) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.life.key, b.life.key), cmp.Compare(a.life.pod, b.life.pod))
}

// wants reports whether a pod would be chosen.
func (c *choice) wants(rank int64, key uint64) bool {
	if len(c.list) < c.most {
		return true
	}
	worst := &c.list[0]
	return rank < worst.rank || rank == worst.rank && key < worst.life.key
}

// add chooses a pod, and returns the one that has to go for it, if any.
func (c *choice) add(r ranked) (gone *life) {
	if len(c.list) == c.most {
		gone = c.list[0].life
		c.list[0] = r
		c.sink(0)
		return gone
	}
	c.list = append(c.list, r)
	for i := len(c.list) - 1; i > 0; {
		parent := (i - 1) / 2
		if c.list[i].before(c.list[parent]) <= 0 {
			break
		}
		c.list[i], c.list[parent] = c.list[parent], c.list[i]
		i = parent
	}
	return nil
}

func (c *choice) sink(i int) {
	for {
		child := 2*i + 1
		if child >= len(c.list) {
			return
		}
		if child+1 < len(c.list) && c.list[child+1].before(c.list[child]) > 0 {
			child++
		}
		if c.list[i].before(c.list[child]) >= 0 {
			return
		}
		c.list[i], c.list[child] = c.list[child], c.list[i]
		i = child
	}
}

// lives are the pods that are written down.
type lives struct {
	open    map[models.PodID]*life // of pods that exist
	choices [whys]choice
	refused map[models.PodID]refusal // of pods that wait and are not followed
}

// refusal is the last attempt to place a pod that failed.
type refusal struct {
	at      models.Time
	message models.Sym
}

func newLives() lives {
	l := lives{open: make(map[models.PodID]*life), refused: make(map[models.PodID]refusal)}
	for why := range l.choices {
		l.choices[why].most = shares[why]
	}
	return l
}

// choose takes a pod for a reason and returns the one that is not chosen for it any more,
// if any.
func (l *lives) choose(why Why, rank int64, of *life) (gone *life) {
	if of.why&(1<<why) != 0 {
		return nil
	}
	of.why |= 1 << why
	if gone = l.choices[why].add(ranked{rank, of}); gone != nil {
		gone.why &^= 1 << why
	}
	return gone
}

// chosen lists whom to tell of, by age.
func (l *lives) chosen() []*life {
	taken := make(map[*life]bool)
	var list []*life
	for why := range l.choices {
		from := l.choices[why].list
		slices.SortFunc(from, ranked.before)
		for _, r := range from {
			if len(list) < livesMost && !taken[r.life] {
				taken[r.life] = true
				list = append(list, r.life)
			}
		}
	}
	slices.SortFunc(list, func(a, b *life) int { return cmp.Compare(a.pod, b.pod) })
	return list
}
