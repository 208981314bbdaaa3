package kubectl

import (
	"fmt"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

func event(at time.Duration, message string) Event {
	return Event{
		About: Reference{Kind: "Pod", Namespace: "default", Name: "web"}, Type: Normal, Reason: "R", Message: message, Action: "A",
		First: models.Time(at), Last: models.Time(at), Count: 1, Name: fmt.Sprint("web.", at),
	}
}

func TestEqualEventsAreCounted(t *testing.T) {
	r := newRecorder()
	r.record(event(0, "a"))
	r.record(event(time.Second, "b"))
	is := r.record(event(time.Minute, "a"))
	if is.Count != 2 || is.First != 0 || is.Last != models.Time(time.Minute) || is.Name != "web.0s" {
		t.Errorf("got %+v", is)
	}
}

func TestSimilarEventsAreCombinedFromTheTenthOn(t *testing.T) {
	r := newRecorder()
	for i := range 12 {
		is := r.record(event(time.Duration(i)*time.Second, fmt.Sprint("pod ", i)))
		want, count := fmt.Sprint("pod ", i), int32(1)
		if i >= 9 {
			want, count = combined+want, int32(i-8)
		}
		if is.Message != want || is.Count != count {
			t.Errorf("event %d: %q x%d; want %q x%d", i, is.Message, is.Count, want, count)
		}
	}
	// Ten minutes of silence, and messages count from the start.
	if is := r.record(event(10*time.Minute+12*time.Second, "pod 20")); is.Message != "pod 20" {
		t.Errorf("got %q", is.Message)
	}
}

func TestAnObjectMayHave25EventsAndThenOneInFiveMinutes(t *testing.T) {
	r := newRecorder()
	told := 0
	for range 40 {
		if r.record(event(0, "a")) != nil {
			told++
		}
	}
	if told != 25 {
		t.Errorf("%d were told", told)
	}
	for _, test := range []struct {
		at   time.Duration
		told bool
	}{{299 * time.Second, false}, {300 * time.Second, true}, {301 * time.Second, false}, {900 * time.Second, true}, {900 * time.Second, true}, {900 * time.Second, false}} {
		if is := r.record(event(test.at, "a")); (is != nil) != test.told {
			t.Errorf("at %s: told %t", test.at, is != nil)
		}
	}
}

func TestTheRecorderForgetsWhatIsLongAgo(t *testing.T) {
	r := newRecent[int, int](2)
	r.put(1, 1)
	r.put(2, 2)
	r.get(1)
	r.put(3, 3)
	if _, ok := r.get(2); ok {
		t.Error("the one that was longest not asked for is still there")
	}
	if _, ok := r.get(1); !ok {
		t.Error("one that was asked for is gone")
	}
}

func TestSeriesAreAboutOneVersionOfAnObject(t *testing.T) {
	r := newSeriesRecorder()
	tests := []struct {
		at      time.Duration
		version int32
		count   int32
		told    bool
	}{
		{0, 0, 1, true}, {time.Second, 1, 1, true}, {2 * time.Second, 1, 2, true}, {3 * time.Second, 1, 3, false},
		{6 * time.Minute, 1, 4, false}, // looked at while it goes on
		{12*time.Minute + time.Second, 1, 5, false},
		{24*time.Minute + time.Second, 1, 1, true}, // six minutes of silence when it was looked at
	}
	for _, test := range tests {
		is, told := r.record(event(test.at, fmt.Sprint(test.at)), test.version)
		if is.Count != test.count || told != test.told {
			t.Errorf("at %s: x%d, told %t; want x%d, %t", test.at, is.Count, told, test.count, test.told)
		}
	}
}

func TestUniqueIDs(t *testing.T) {
	a, b := UID("Pod", 1), UID("Pod", 2)
	if a == b || a == UID("Node", 1) || a != UID("Pod", 1) || len(a) != 36 || a[14] != '8' {
		t.Errorf("got %s, %s", a, b)
	}
}
