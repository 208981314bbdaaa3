package reports

import (
	"fmt"
	"slices"
	"strings"
)

// likewise are replicas of a workload that the same was done to in turn.
type likewise struct {
	first *MovedReplica
	n     int
	// round is how many moves there are before they repeat.
	round int
}

// pingPong shows replicas that were moved again and again: what takes them away, what puts
// them back, and how often.
func (p *page) pingPong() {
	m := &p.summary.Measured.PingPong
	if m.Replicas == 0 {
		return
	}
	p.section(fmt.Sprintf("Ping-pong  %s moved more than %s in %s%s", plural(m.Replicas, "replica"), plural(int64(m.Moves), "time"), Duration(m.Window), p.sinceWarmUp()))
	const shown = 3
	rest := int(m.Replicas)
	for i, l := range alike(m.Worst) {
		if i == shown {
			break
		}
		rest -= l.n
		p.alternation(&l)
	}
	p.more(rest, "replica", "summary.json")
}

// alike groups replicas of the same workload to which the same happens.
func alike(all []MovedReplica) (groups []likewise) {
	for i := range all {
		r := &all[i]
		round := roundOf(r.Chain)
		at := slices.IndexFunc(groups, func(l likewise) bool {
			return l.first.Workload == r.Workload && l.round == round && slices.EqualFunc(l.first.Chain[:round], r.Chain[:round], Move.repeats)
		})
		if at < 0 {
			at, groups = len(groups), append(groups, likewise{first: r, round: round})
		}
		groups[at].n++
	}
	return groups
}

// repeats reports whether the same is done as before, to whichever pod.
func (m Move) repeats(other Move) bool {
	return m.From == other.From && m.To == other.To && m.By == other.By && m.Cause == other.Cause && m.Placer == other.Placer
}

// roundOf returns after how many moves a chain begins anew; all of them if it does not.
// The last move may still wait for its node.
func roundOf(chain []Move) int {
	for n := 1; n <= len(chain)/2; n++ {
		rest := slices.Clone(chain[n:])
		if last := &rest[len(rest)-1]; last.Then == nil {
			before := &chain[len(chain)-1-n]
			last.To, last.Placer = before.To, before.Placer
		}
		if slices.EqualFunc(chain[:len(chain)-n], rest, Move.repeats) {
			return n
		}
	}
	return len(chain)
}

// alternation shows one replica of a group: the first round of its moves, and how often they
// come again.
func (p *page) alternation(l *likewise) {
	r, name := l.first, p.clip(Visible(strings.Replace(l.first.Workload, "/default/", "/", 1)), p.width/2)
	parts := []string{plural(int64(r.Moves), "move"), "from " + Clock(r.From), "to " + Clock(r.To)}
	if l.n > 1 {
		parts[0] = "the first with " + parts[0]
		parts = slices.Insert(parts, 0, plural(int64(l.n), "replica")+" alike,")
	}
	p.flow("  "+name+": ", "", parts, 4)
	const hops = 4
	told := min(l.round, hops)
	for i := range r.Chain[:told] {
		p.move(&r.Chain[i])
	}
	if rest := len(r.Chain) - told; rest > 0 && told == l.round {
		p.line("    and so on until %s: %s", Clock(r.Chain[len(r.Chain)-1].At), plural(int64(rest), "more move"))
	} else if rest > 0 {
		p.line("    %s: see summary.json", plural(int64(rest), "more move"))
	}
}

// move tells the two halves of a move: who takes the pod away and why, and who places what
// comes after it.
func (p *page) move(m *Move) {
	at, pod := "    "+Clock(m.At)+"  ", Visible(strings.TrimPrefix(m.Pod, "default/"))
	parts := []string{Visible(m.By) + " takes", pod, "from " + Visible(m.From) + ":", Visible(m.Cause)}
	if m.Why != "" {
		parts[3] += ","
		parts = append(parts, Visible(m.Why))
	}
	p.flow(at, "", parts, len(at))
	if m.Then == nil {
		p.line("%sits successor has no node yet", strings.Repeat(" ", len(at)))
		return
	}
	then, again := "    "+Clock(*m.Then)+"  ", ""
	if m.To == m.From {
		again = " again"
	}
	p.flow(then, "", []string{Visible(m.Placer) + " puts", "its successor", "on " + Visible(m.To) + again}, len(then))
}
