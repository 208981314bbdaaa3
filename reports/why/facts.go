package why

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
)

// facts are what happened, in order. What happens again and again is told once.
type facts struct {
	list []happening
	left int // facts that were too many
}

// happening is a fact with exact times.
type happening struct {
	first, last models.Time
	times       int
	text        string
}

// factsMost bounds what is kept of one object; factsBack is how far back the same is
// looked for, so that what alternates is told once as well.
const (
	factsMost = 2000
	factsBack = 4
)

// add notes what happens now. What happened before the moment that is asked about and
// what does after it are told apart.
// What is tried again and again is told once, also where it alternates with other such
// things.
func (f *facts) add(now, moment models.Time, text string, again bool) {
	back := 1
	if again {
		back = factsBack
	}
	for i := len(f.list) - 1; i >= max(len(f.list)-back, 0); i-- {
		if h := &f.list[i]; h.text == text && (h.first > moment || now <= moment) {
			h.last = now
			h.times++
			return
		}
	}
	if len(f.list) == factsMost {
		f.left++
		return
	}
	f.list = append(f.list, happening{now, now, 1, text})
}

// split tells the facts up to a moment and those after it.
func (f *facts) split(at models.Time) (until, after []Fact) {
	until, after = []Fact{}, []Fact{}
	for i := range f.list {
		if h := &f.list[i]; h.first <= at {
			until = append(until, h.fact())
		} else {
			after = append(after, h.fact())
		}
	}
	return until, after
}

// triedAgain are operations that come again and again while nothing changes.
var triedAgain = map[models.OpKind]bool{
	models.OpFailScheduling: true, models.OpLackImage: true, models.OpWaitContainer: true, models.OpWarnContainer: true, models.OpFailSandbox: true,
	models.OpRefuseEviction: true, models.OpFailCreate: true, models.OpExitContainer: true, models.OpExitPod: true, models.OpStartContainer: true,
	models.OpStartPod: true, models.OpReportOwner: true,
}

func (h *happening) fact() Fact {
	f := Fact{At: reports.SecondsOf(h.first), Text: h.text}
	if h.times > 1 {
		last := reports.SecondsOf(h.last)
		f.Times, f.Until = h.times, &last
	}
	return f
}
