package trace

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models/spelling"
	"github.com/podsim/podsim/models/yamlnode"
)

// lives are what the first reading of a file of objects finds out: which line
// brings an object, and how long it lived. Its memory is bounded by Limits.Rows
// objects.
type lives struct {
	r      *Reader
	births map[int32]life // by line
	notes  []Note

	ids   map[string]int32 // of objects by kind/namespace/name
	keys  []string
	open  map[int32]int32 // line of the birth of an object that is not deleted yet
	known map[int32]bool  // objects that came as such, not only as owners
	runs  map[int32]time.Duration
	*scaled
	dates bool // times are dates, not seconds since the beginning
	mixed bool
	first bool // a time has been seen
}

// life is that of an object.
type life struct {
	at, end int64 // nanoseconds since 1970, or since the beginning
	run     time.Duration
	id      int32
	owner   int32 // id of its controller, or -1
	uid     string
}

// unknownTime is no moment.
const unknownTime = math.MinInt64

func newLives(r *Reader) *lives {
	return &lives{
		r: r, births: make(map[int32]life), ids: make(map[string]int32), open: make(map[int32]int32),
		known: make(map[int32]bool), runs: make(map[int32]time.Duration),
		scaled: newScaled(),
	}
}

// read reads the file to its end.
func (l *lives) read() {
	for len(l.r.problems) < l.r.options.Limits.Problems {
		line, ok := l.r.nextText()
		if !ok {
			return
		}
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			l.r.blame(wholeRow, "", "%s", describeJSON(err))
			continue
		}
		if e.isAudit() {
			l.audit(&e)
		} else {
			l.watch(&e)
		}
		if len(l.births) > l.r.options.Limits.Rows || len(l.keys) > 2*l.r.options.Limits.Rows {
			l.r.blame(wholeRow, "", "more than %d objects", l.r.options.Limits.Rows)
			return
		}
	}
}

// finish leaves out what a controller of the trace will make again, and tells the
// Jobs how long their pods ran.
func (l *lives) finish() {
	if len(l.births) == 0 {
		l.r.notes = l.notes
		l.r.blame(wholeRow, "", "no objects that podsim simulates%s", l.r.leftOut())
		return
	}
	l.checkSpan()
	l.ids, l.open, l.replicas = nil, nil, nil
	owned := 0
	for line, life := range l.births {
		if life.owner >= 0 && l.known[life.owner] {
			owned++
			delete(l.births, line)
			delete(l.scalings, line)
			continue
		}
		if run, ok := l.runs[life.id]; ok {
			life.run = run
		}
		life.uid = ""
		l.births[line] = life
	}
	if owned > 0 {
		l.notes = append(l.notes, Note{Count: owned, Of: "owned objects", What: "are left to their controllers, which are in the trace too"})
	}
}

// origin is virtual time 0: of dates the first, else the beginning. Seconds since
// 1970 are dates.
func (l *lives) origin() int64 {
	first := int64(math.MaxInt64)
	for _, life := range l.births {
		first = min(first, life.at)
	}
	if l.dates || first >= 1e9*int64(time.Second) {
		return first
	}
	return 0
}

// checkSpan reports a trace that is too long for the virtual clock.
func (l *lives) checkSpan() {
	first, last := int64(math.MaxInt64), l.latest
	for _, life := range l.births {
		first, last = min(first, life.at), max(last, life.at, life.end)
	}
	// The difference of two moments may not fit.
	if uint64(last)-uint64(first) > uint64(century) {
		l.r.problems = append(l.r.problems, yamlnode.Problem{
			File: l.r.file, What: fmt.Sprintf("spans more than 100 years, from %s on; is a date wrong?", time.Unix(0, first).UTC().Format(time.DateOnly)),
		})
	}
}

func (l *lives) name(id int32) string {
	key := l.keys[id]
	return key[strings.LastIndexByte(key, '/')+1:]
}

func (l *lives) id(kind, namespace, name string) int32 {
	if namespace == "" {
		namespace = "default"
	}
	key := kind + "/" + namespace + "/" + name
	id, ok := l.ids[key]
	if !ok {
		id = int32(len(l.keys))
		l.ids[key] = id
		l.keys = append(l.keys, key)
	}
	return id
}

// watchTypes are those of events of a watch.
// Source: k8s.io/apimachinery/pkg/watch (EventType).
var watchTypes = []string{"ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"}

// watch reads an event of a watch.
func (l *lives) watch(e *event) {
	if !slices.Contains(watchTypes, e.Type) {
		what := fmt.Sprintf("unknown type %q", cut(e.Type))
		if e.Type == "" {
			what = "type is missing"
		}
		if guess := spelling.Guess(e.Type, watchTypes); guess != "" {
			what += fmt.Sprintf("; did you mean %q?", guess)
		}
		l.r.blame(wholeRow, "type", "%s (known: %s; or a line of the log of the audit)", what, strings.Join(watchTypes, ", "))
		return
	}
	if e.Type == "BOOKMARK" || e.Type == "ERROR" {
		return
	}
	var h head
	if !l.head(e.Object, "object", &h) {
		return
	}
	at, given := l.time(e, &h)
	if !given && e.Type != "DELETED" {
		return
	}
	if h.Metadata.Name == "" {
		l.r.blame(wholeRow, "object.metadata.name", "is missing")
		return
	}
	birth := l.see(&h, at, e.Type == "DELETED")
	if e.Type != "DELETED" {
		l.scale(birth, &h, at, len(e.Time) > 0)
	}
}

// head reads what counts of an object. It is false if the object is wrong or of
// a kind that is not simulated.
func (l *lives) head(object json.RawMessage, path string, h *head) bool {
	if len(object) == 0 {
		l.r.blame(wholeRow, path, "is missing")
		return false
	}
	if err := json.Unmarshal(object, h); err != nil {
		l.r.blame(wholeRow, path, "%s", describeJSON(err))
		return false
	}
	if h.Kind == "" {
		l.r.blame(wholeRow, path+".kind", "is missing")
		return false
	}
	if isDefined(h.Kind) {
		l.define(object, h)
		return false
	}
	if !slices.Contains(templateKinds, h.Kind) {
		l.note("lines", "are about objects of kind "+cut(h.Kind)+", which are left out")
		return false
	}
	return true
}

// time returns the moment of an event. Without a time of its own, an object tells
// when it was created, and no more.
func (l *lives) time(e *event, h *head) (int64, bool) {
	if len(e.Time) == 0 {
		if h.Metadata.Created.IsZero() {
			l.r.blame(wholeRow, "", "no time: want time, or metadata.creationTimestamp of the object")
			return 0, false
		}
		l.sort(true)
		if e.Type == "DELETED" {
			return unknownTime, true
		}
		return moment(h.Metadata.Created), true
	}
	var text string
	if json.Unmarshal(e.Time, &text) != nil {
		text = string(e.Time)
	} else if at, err := time.Parse(time.RFC3339, text); err == nil {
		l.sort(true)
		return moment(at), true
	}
	d, err := seconds(text)
	if err != nil {
		l.r.blame(wholeRow, "time", "got %q; want a date such as 2026-01-01T00:00:00Z, or seconds", cut(text))
		return 0, false
	}
	l.sort(false)
	return int64(d), true
}

// sort notes whether times are dates. All must be of one sort.
func (l *lives) sort(dates bool) {
	if l.first && l.dates != dates && !l.mixed {
		l.mixed = true
		l.r.blame(wholeRow, "time", "some times are dates and some are seconds; want one of them")
	}
	l.first, l.dates = true, dates
}

// moment returns nanoseconds since 1970. Years that do not fit lie at the edge.
func moment(t time.Time) int64 {
	const edge = 250 * 365 * 86400
	return min(max(t.Unix(), -edge), edge)*int64(time.Second) + int64(t.Nanosecond())
}

// see notes that an object is there, or was deleted. It returns the line of its
// birth, 0 if there is none.
func (l *lives) see(h *head, at int64, deleted bool) (birth int32) {
	if !isObjectName(h.Metadata.Name) {
		l.r.blame(wholeRow, "object.metadata.name", "got %q; want lower-case letters, digits, - and ., at most 253", cut(h.Metadata.Name))
		return 0
	}
	id, line := l.id(h.Kind, h.Metadata.Namespace, h.Metadata.Name), int32(l.r.lines.number)
	birth, alive := l.open[id]
	if alive {
		if old := l.births[birth]; old.uid != "" && h.Metadata.UID != "" && old.uid != h.Metadata.UID {
			if !deleted { // its end was not recorded
				l.end(birth, at)
			}
			alive = false
		}
	}
	if !alive {
		if deleted {
			l.note("deletions", "are left out: the trace did not bring the objects")
			return 0
		}
		birth = line
		l.births[birth] = life{at: at, end: unknownTime, run: -1, id: id, owner: l.owner(h), uid: strings.Clone(h.Metadata.UID)}
		l.open[id], l.known[id] = birth, true
	}
	l.follow(birth, h)
	end := h.deletion()
	switch {
	case deleted && end == unknownTime:
		end = at
		if at == unknownTime {
			l.note("deletions", "are left out: their moment is unknown")
		}
		fallthrough
	case end != unknownTime:
		l.end(birth, end)
	}
	if deleted {
		delete(l.open, id)
	}
	return birth
}

// owner returns the controller of an object, -1 if it has none that is simulated.
func (l *lives) owner(h *head) int32 {
	for _, o := range h.Metadata.Owners {
		if o.Controller && slices.Contains(templateKinds, o.Kind) {
			return l.id(o.Kind, h.Metadata.Namespace, o.Name)
		}
	}
	return -1
}

// follow learns from the state of an object.
func (l *lives) follow(birth int32, h *head) {
	run := h.runTime()
	if run < 0 {
		return
	}
	b := l.births[birth]
	b.run = run
	l.births[birth] = b
	if b.owner >= 0 && strings.HasPrefix(l.keys[b.owner], "Job/") {
		l.runs[b.owner] = max(l.runs[b.owner], run)
	}
}

// end notes when an object was deleted. The first moment counts: later ones tell
// that it is gone.
func (l *lives) end(birth int32, at int64) {
	b := l.births[birth]
	if b.end != unknownTime || at == unknownTime {
		return
	}
	b.end = max(at, b.at)
	l.births[birth] = b
}

func (l *lives) note(of, what string) { l.notes = addNote(l.notes, of, what) }

// generated names an object whose name the server made and nobody recorded.
func (l *lives) generated(base string) string {
	return strings.TrimSuffix(base, "-") + "-" + strconv.Itoa(l.r.lines.number)
}
