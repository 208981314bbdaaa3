package kubectl

import (
	"fmt"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
)

// What a recorder does with Events that are much alike.
// Source: k8s.io/client-go/tools/record/events_cache.go.
const (
	cacheSize         = 4096
	aggregateAt       = 10 // different messages from which on they are combined
	aggregateInterval = 10 * time.Minute
	spamBurst         = 25
	spamInterval      = 300 * time.Second // for one more
	combined          = "(combined from similar events): "
)

// recorder is the recorder of one component: it counts Events that are equal,
// combines those that differ in their message alone, and drops those that one object
// has too many of.
// Source: k8s.io/client-go/tools/record/events_cache.go (EventCorrelator).
type recorder struct {
	similar *recent[string, *similarity]
	known   *recent[string, *Event]
	spam    *recent[string, models.Time]
	// keys are those of an object, by its unique id, so that it can be forgotten.
	keys map[string][]string
}

// similarity is what an aggregator knows of Events that differ in their message.
type similarity struct {
	messages map[string]bool
	last     models.Time
}

func newRecorder() *recorder {
	return &recorder{
		newRecent[string, *similarity](cacheSize), newRecent[string, *Event](cacheSize), newRecent[string, models.Time](cacheSize),
		make(map[string][]string),
	}
}

// record takes in an Event that has just happened. It returns the Event that the API
// server is told of, new or once more, or nil if it is told of none.
func (r *recorder) record(e Event) *Event {
	key := e.key()
	if r.combines(&e) {
		key = e.similarKey()
		e.Message = combined + e.Message
	}
	now := e.Last
	is, ok := r.known.get(key)
	if ok {
		is.Count++
		is.Last, is.Message = e.Last, e.Message
	} else {
		is = &e
		r.keys[e.About.UID] = append(r.keys[e.About.UID], key, e.similarKey(), e.spamKey())
	}
	r.known.put(key, is)
	if r.tooMany(is, now) {
		return nil
	}
	return is
}

// forget drops what is known of an object that is gone: nobody will tell of it again.
func (r *recorder) forget(uid string) {
	for _, key := range r.keys[uid] {
		r.similar.drop(key)
		r.known.drop(key)
		r.spam.drop(key)
	}
	delete(r.keys, uid)
}

// combines reports whether the Event is one too many that differs in its message
// alone. Which message makes place for it is chance in the original; here the last.
// Source: events_cache.go (EventAggregate).
func (r *recorder) combines(e *Event) bool {
	key := e.similarKey()
	s, ok := r.similar.get(key)
	if !ok || e.Last.Sub(s.last) > aggregateInterval {
		s = &similarity{messages: make(map[string]bool)}
	}
	s.last = e.Last
	s.messages[e.Message] = true
	r.similar.put(key, s)
	if len(s.messages) < aggregateAt {
		return false
	}
	delete(s.messages, e.Message)
	return true
}

// tooMany takes a token from the bucket of an object, and reports whether there was
// none. What the bucket keeps is when it will be full again.
// Source: events_cache.go (EventSourceObjectSpamFilter).
func (r *recorder) tooMany(e *Event, now models.Time) bool {
	key := e.spamKey()
	full, ok := r.spam.get(key)
	if !ok || full < now {
		full = now
	}
	over := full.Sub(now) > (spamBurst-1)*spamInterval
	if !over {
		full = full.Add(spamInterval)
	}
	r.spam.put(key, full)
	return over
}

func (e *Event) spamKey() string {
	a := &e.About
	return strings.Join([]string{a.Kind, a.Namespace, a.Name, a.UID, e.Type}, "\x00")
}

func (e *Event) similarKey() string { return e.spamKey() + "\x00" + e.Reason }

func (e *Event) key() string {
	return strings.Join([]string{e.similarKey(), e.About.FieldPath, e.Message}, "\x00")
}

// finishTime is how long nothing may happen until a series is over, and how often
// that is looked at. Source: k8s.io/client-go/tools/events/event_broadcaster.go.
const finishTime = 6 * time.Minute

// seriesRecorder is the recorder of a scheduler. Events are equal to it whatever they
// say, if they are about the same version of the same object. The original writes
// what it counts beyond two every half an hour only.
// Source: k8s.io/client-go/tools/events/event_broadcaster.go (recordToSink).
type seriesRecorder struct {
	series map[string]*Event
	looked models.Time
}

func newSeriesRecorder() *seriesRecorder {
	return &seriesRecorder{series: make(map[string]*Event)}
}

// record takes in an Event about a version of its object. told says whether the API
// server is told of it.
func (r *seriesRecorder) record(e Event, version int32) (is *Event, told bool) {
	now := e.Last
	if pass := now.Floor(finishTime); pass > r.looked {
		r.looked = pass
		for key, is := range r.series {
			if is.Last.Add(finishTime) < pass {
				delete(r.series, key)
			}
		}
	}
	key := fmt.Sprintf("%s\x00%s\x00%s\x00%d", e.spamKey(), e.Action, e.Reason, version)
	if is := r.series[key]; is != nil {
		is.Count++
		is.Last = now
		return is, is.Count == 2
	}
	r.series[key] = &e
	return &e, true
}
