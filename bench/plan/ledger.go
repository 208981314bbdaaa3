package plan

import (
	"context"
	"slices"

	"github.com/podsim/podsim/bench/judge"
)

// trial is one run that a mix is judged on: a contingency of the plan and a seed, by
// their numbers.
type trial struct{ contingency, seed int }

// question is a trial of a mix.
type question struct {
	mix mixKey
	trial
}

// court carries runs out. Whether it begins those that it expects before they are
// asked for is its own business.
type court interface {
	ask(context.Context, question) (*judge.Verdict, error)
	expect([]question)
}

// record is what is known of a mix.
type record struct {
	mix      mix
	verdicts map[trial]*judge.Verdict
	first    *trial // the first miss that was found; nil if there is none
	rejected bool   // it does not meet the plan
	accepted bool   // it does
	promises bool   // no run that tells most says that it does not
}

// ledger remembers what was judged and in which order to ask: the runs that mixes
// failed last come first.
type ledger struct {
	court         court
	contingencies []int // in the order in which they are tried at first
	seeds         int   // on which every mix is judged
	trials        []trial
	records       map[mixKey]*record
	runs          int
	told          func() // after each run; nil tells nobody
}

func newLedger(c court, contingencies []int, seeds int) *ledger {
	l := &ledger{court: c, contingencies: contingencies, records: make(map[mixKey]*record)}
	l.addSeeds(seeds)
	return l
}

// addSeeds raises the number of seeds.
func (l *ledger) addSeeds(seeds int) {
	for ; l.seeds < seeds; l.seeds++ {
		for _, c := range l.contingencies {
			l.trials = append(l.trials, trial{c, l.seeds})
		}
	}
}

func (l *ledger) record(m mix) *record {
	key := m.key()
	if l.records[key] == nil {
		l.records[key] = &record{mix: m, verdicts: make(map[trial]*judge.Verdict)}
	}
	return l.records[key]
}

// known reports whether a mix was judged to the end, and whether it met.
func (l *ledger) known(m mix) (met, known bool) {
	r := l.records[m.key()]
	return r != nil && r.accepted, r != nil && (r.accepted || r.rejected)
}

// judge tries a mix on runs, those that others failed first, until one misses or all
// are met. Mixes that are likely to be judged next are begun meanwhile.
func (l *ledger) judge(ctx context.Context, m mix, trials []trial, next []mix) (met bool, err error) {
	r := l.record(m)
	if r.first != nil {
		return false, nil
	}
	var open []trial
	for _, t := range trials {
		if r.verdicts[t] == nil {
			open = append(open, t)
		}
	}
	for i, t := range open {
		l.foresee(m, open[i+1:], next, i == 0)
		v, err := l.ask(ctx, r, t)
		if err != nil {
			return false, err
		}
		if !v.Met {
			l.missed(r, t)
			return false, nil
		}
	}
	return true, nil
}

// missed notes the first miss of a mix and puts its run in front of all others.
func (l *ledger) missed(r *record, t trial) {
	r.first = &t
	i := slices.Index(l.trials, t)
	copy(l.trials[1:i+1], l.trials[:i])
	l.trials[0] = t
}

// foresee tells the court what comes next: as long as nothing speaks for a mix, the
// first run of the mixes after it, else its own.
func (l *ledger) foresee(m mix, open []trial, next []mix, doubtful bool) {
	const most = 16
	var questions []question
	if doubtful && len(l.trials) > 0 {
		for _, n := range next[:min(len(next), most)] {
			if l.records[n.key()] == nil {
				questions = append(questions, question{n.key(), l.trials[0]})
			}
		}
	}
	for _, t := range open[:min(len(open), most)] {
		questions = append(questions, question{m.key(), t})
	}
	l.court.expect(questions)
}

func (l *ledger) ask(ctx context.Context, r *record, t trial) (*judge.Verdict, error) {
	v, err := l.court.ask(ctx, question{r.mix.key(), t})
	if err != nil {
		return nil, err
	}
	r.verdicts[t] = v
	l.runs++
	if l.told != nil {
		l.told()
	}
	return v, nil
}

// screened returns the runs that tell most at little cost: those that others failed
// last, and every contingency on the first seed.
func (l *ledger) screened() []trial {
	const hardest = 3
	var trials []trial
	for i, t := range l.trials {
		if i < hardest || t.seed == 0 {
			trials = append(trials, t)
		}
	}
	return trials
}
