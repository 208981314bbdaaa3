package timelines

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Outcome says what became of a fact of a recording.
type Outcome string

// The outcomes. Matched and Bounded are what they should be.
const (
	Matched Outcome = "matched"
	// Bounded is a value of a race that the run passed over, staying within what
	// the recording shows.
	Bounded Outcome = "within bounds"
	// Misdated is a fact that the run has at another time.
	Misdated Outcome = "at another time"
	// Differs is a fact in whose place the run has another value.
	Differs Outcome = "another value"
	Missing Outcome = "missing"
	// NotModelled is a fact about a kind or a field that podsim does not know.
	NotModelled Outcome = "not modelled"
	// Ignored is a fact that nothing is to be compared with.
	Ignored Outcome = "ignored"
)

// Met reports whether the fact is as it should be.
func (o Outcome) Met() bool { return o == Matched || o == Bounded }

// FactResult is a fact of a recording with what became of it.
type FactResult struct {
	Expected
	Outcome Outcome `json:"outcome"`
	// Got is what the run has in its place: the same fact at another time, another
	// value, or what the run has said of that field by then.
	Got *Fact `json:"got,omitempty"`
	// Lacking is what is not modelled.
	Lacking string `json:"lacking,omitempty"`
}

// Comparison is what a run came to.
type Comparison struct {
	Recording string           `json:"recording"`
	About     string           `json:"about,omitempty"`
	Seed      uint64           `json:"seed"` // of the run
	Facts     []FactResult     `json:"facts"`
	Sequences []SequenceResult `json:"sequences"`
	// Unexpected are facts of the run that no run of the recording has.
	Unexpected []Fact `json:"unexpected,omitempty"`
	// Impossible are the actions that podsim cannot do.
	Impossible []string `json:"impossible,omitempty"`
	// Uncompared are the files with the output of kubectl.
	Uncompared []string `json:"uncompared,omitempty"`

	recorded, got []Fact
}

// restFor is how long in seconds a counter keeps a value that is more than a step
// on its way. The Job controller looks at its pods once in a second, so that both the
// beginning and the end of a value may be a second off.
func restFor(f *Fact) float64 {
	if f.Kind == "Job" {
		return 2 + batchGap
	}
	return 0.5
}

// Compare holds the facts of a run against a recording.
func Compare(r *Recording, got []Fact) *Comparison {
	w, j := newWindows(r, got), newJudge(r)
	got = pair(r.Expected, got, w)
	c := &Comparison{Recording: r.Name, About: r.About, Uncompared: r.Output, recorded: r.Facts, got: got}
	p := newPool(got)
	for _, e := range r.Expected {
		result := FactResult{Expected: e}
		if e.Varies || j.isIgnored(e.Fact) {
			result.Outcome = Ignored
		} else if f := p.take(&e, w.holds, w); f != nil {
			result.Outcome, result.Got = Matched, f
		}
		c.Facts = append(c.Facts, result)
	}
	recorded, run := newStreams(r.Facts), newStreams(got)
	for i := range c.Facts {
		if result := &c.Facts[i]; result.Outcome == "" {
			c.explain(result, p, w, j, recorded, run)
		}
	}
	c.unexpected(r, p, j, recorded, run)
	c.Sequences = compareSequences(r.Sequences, got)
	return c
}

// explain finds out what became of a fact that the run has not when it should.
func (c *Comparison) explain(result *FactResult, p *pool, w *windows, j *judge, recorded, run streams) {
	e := &result.Expected
	result.Lacking = j.lacking(e.Fact)
	if verb, _, _ := strings.Cut(e.Name, " "); e.Kind == Result && len(run[e.stream()]) == 0 {
		result.Lacking = "result of " + verb // nobody tried
	}
	if result.Lacking != "" {
		result.Outcome = NotModelled
		return
	}
	if raced(e, recorded, run) {
		result.Outcome = Bounded
		return
	}
	if j.inRace(e.Fact) {
		if result.Got = p.exchange(e, w); result.Got != nil {
			result.Outcome = Bounded
			return
		}
		if e.Field == "target" {
			result.Outcome = Ignored
			return
		}
	}
	anyTime := func(*Expected, float64) bool { return true }
	if result.Got = p.take(e, anyTime, w); result.Got != nil {
		result.Outcome = Misdated
		return
	}
	if result.Got = p.instead(e, w); result.Got != nil {
		result.Outcome = Differs
		return
	}
	result.Outcome, result.Got = Missing, run.at(e.stream(), e.Max)
}

// unexpected lists the facts of the run that are left over and that no run of the
// recording has as often. A counter may come to its value in other steps.
func (c *Comparison) unexpected(r *Recording, p *pool, j *judge, recorded, run streams) {
	spare := make(map[string]int) // facts that some run has, and this one may
	key := func(f Fact) string {
		if stem, pod, ok := stemOf(f); ok {
			return stem + ownerOf(pod)
		}
		if j.inRace(f) {
			owner := ownerOf(f.Name)
			f.Name, f.Value = owner, strings.ReplaceAll(f.Value, f.Name, owner)
		}
		return key(f)
	}
	for _, facts := range append([][]Fact{r.Facts}, r.Others...) {
		times := make(map[string]int)
		for _, f := range facts {
			times[key(f)]++
			spare[key(f)] = max(spare[key(f)], times[key(f)])
		}
	}
	for i := range p.facts {
		if p.used[i] {
			spare[key(p.facts[i])]--
		}
	}
	for i := range p.facts {
		f := &p.facts[i]
		switch k := key(*f); {
		case p.used[i], j.isIgnored(*f):
		case spare[k] > 0:
			spare[k]--
		case j.inRace(*f) && (f.Field == "target" || f.Field == "DisruptionTarget"): // which node it is is chance
		case isCounter(*f) && (run.duration(f) < restFor(f) || recorded.has(f)):
		default:
			c.Unexpected = append(c.Unexpected, *f)
		}
	}
}

// pool holds the facts of a run until one of the recording takes them.
type pool struct {
	facts  []Fact
	used   []bool
	index  map[string][]int // by key
	fields map[string][]int // by stream
}

func newPool(facts []Fact) *pool {
	p := &pool{facts: facts, used: make([]bool, len(facts)), index: make(map[string][]int), fields: make(map[string][]int)}
	for i, f := range facts {
		p.fields[f.stream()] = append(p.fields[f.stream()], i)
		p.index[key(f)] = append(p.index[key(f)], i)
	}
	return p
}

// take takes the fact that comes nearest to when it is expected, among those that
// hold; nil if there is none.
func (p *pool) take(e *Expected, holds func(*Expected, float64) bool, w *windows) *Fact {
	best, distance := -1, math.Inf(1)
	for _, i := range p.index[key(e.Fact)] {
		f := &p.facts[i]
		if p.used[i] || !holds(e, f.At) || !w.same(e, f) {
			continue
		}
		// Of events that say the same the first is that of the first.
		if d := max(e.Min-f.At, f.At-e.Max, 0); d < distance && (best < 0 || e.Field != Event) {
			best, distance = i, d
		}
	}
	if best < 0 {
		return nil
	}
	p.used[best] = true
	return &p.facts[best]
}

// exchange takes the same fact about another pod of the same owner; nil if there is
// none.
func (p *pool) exchange(e *Expected, w *windows) *Fact {
	for i := range p.facts {
		f := p.facts[i]
		if p.used[i] || f.Kind != e.Kind || f.Field != e.Field || ownerOf(f.Name) != ownerOf(e.Name) || !w.holds(e, f.At) {
			continue
		}
		if f.Name = e.Name; key(f) == key(e.Fact) && w.same(e, &f) {
			p.used[i] = true
			return &p.facts[i]
		}
	}
	return nil
}

// instead takes another value of the same field at a moment at which the fact may
// come; nil if there is none.
func (p *pool) instead(e *Expected, w *windows) *Fact {
	for _, i := range p.fields[e.stream()] {
		if f := &p.facts[i]; !p.used[i] && w.holds(e, f.At) {
			p.used[i] = true
			return f
		}
	}
	return nil
}

// streams are the values of each field of each object, in order of time.
type streams map[string][]Fact

func newStreams(facts []Fact) streams {
	s := make(streams)
	for _, f := range facts {
		s[f.stream()] = append(s[f.stream()], f)
	}
	return s
}

// at returns the value that a field has at a moment.
func (s streams) at(stream string, moment float64) *Fact {
	var last *Fact
	for i := range s[stream] {
		if f := &s[stream][i]; f.At <= moment || last == nil {
			last = f
		}
	}
	return last
}

// has reports whether a field has the value of a fact around its moment.
func (s streams) has(f *Fact) bool {
	for _, moment := range []float64{f.At - tolerance, f.At + tolerance} {
		if now := s.at(f.stream(), moment); now != nil && now.Value == f.Value {
			return true
		}
	}
	return false
}

// duration returns how long a field keeps a value.
func (s streams) duration(f *Fact) float64 {
	list := s[f.stream()]
	at := slices.Index(list, *f)
	if at < 0 || at+1 == len(list) {
		return math.Inf(1)
	}
	return list[at+1].At - f.At
}

// find returns where the recording has an expected fact.
func (s streams) find(e *Expected) int {
	times := 0
	for i, f := range s[e.stream()] {
		if f.Value == e.Value {
			if times++; times == e.Occurrence {
				return i
			}
		}
	}
	return -1
}

// moment returns when another run of the recording has a fact of the first one.
func (s streams) moment(e *Expected) (float64, bool) {
	if moments[e.Field] {
		for _, f := range s[e.stream()] {
			if math.Abs(numberOf(f.Value)-numberOf(e.Value)) <= 1 {
				return f.At, true
			}
		}
	} else if at := s.find(e); at >= 0 {
		return s[e.stream()][at].At, true
	}
	return 0, false
}

// passed reports whether the recording passes over a value on its way to another.
func (s streams) passed(e *Expected) bool {
	at := s.find(e)
	return at >= 0 && s.duration(&s[e.stream()][at]) < restFor(&e.Fact)
}

// bounds reports whether the values of a run lie, while the recording is on its
// way, between those that it passes from one rest to the next.
func (s streams) bounds(e *Expected, run streams) bool {
	list, first := s[e.stream()], s.find(e)
	last := first
	for first > 0 && s.duration(&list[first-1]) < restFor(&e.Fact) {
		first--
	}
	for last+1 < len(list) && s.duration(&list[last]) < restFor(&e.Fact) {
		last++
	}
	passed := list[max(first-1, 0) : last+1]
	low := slices.MinFunc(passed, byNumber)
	high := slices.MaxFunc(passed, byNumber)
	from, to := e.Min-tolerance, e.Max+tolerance
	if before := run.at(e.stream(), from); before != nil {
		from = min(from, before.At)
	}
	for _, f := range run[e.stream()] {
		if f.At >= from && f.At <= to && (byNumber(f, low) < 0 || byNumber(f, high) > 0) {
			return false
		}
	}
	return true
}

func byNumber(a, b Fact) int { return cmp.Compare(numberOf(a.Value), numberOf(b.Value)) }
