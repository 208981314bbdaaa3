package prometheus

import (
	"fmt"
	"math"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// Export collects snapshots and writes them as OpenMetrics text with virtual timestamps, as
// promtool tsdb create-blocks-from openmetrics takes it. Series whose values stay the same
// take no room, so that what is kept grows with what happens.
// Source: OpenMetrics 1.0 (families and series are not interleaved, times ascend).
type Export struct {
	fold    *Fold
	start   time.Time
	times   []models.Time
	tracks  []tracks // by family
	stays   int
	samples int64
	leftOut []LeftOut
	key     []byte // scratch
}

// tracks are the series of a family in the order in which they came.
type tracks struct {
	byLabels map[string]*track
	list     []*track
}

// track is a series over time.
type track struct {
	labels string
	stays  []stay
}

// stay is a value that a series has from one snapshot through another.
type stay struct {
	from, until  int32
	value        float64
	distribution *Distribution
}

// maxStays bounds what an export keeps: about 1 GB.
const maxStays = 24 << 20

// TooMuchError says that there is more to export than can be kept.
type TooMuchError struct{ Snapshots int }

func (e *TooMuchError) Error() string {
	return fmt.Sprintf("more than %d values that change, after %d snapshots: a longer interval, fewer metrics or a lower limit on series makes it less",
		maxStays, e.Snapshots)
}

// NewExport returns an export of what a fold observes.
func NewExport(f *Fold) *Export {
	return &Export{fold: f, start: f.config.Start, tracks: make([]tracks, len(table))}
}

// Sample takes a snapshot. Moments ascend.
func (e *Export) Sample(at models.Time, v cluster.View) error {
	s := e.fold.Snapshot(at, v, nil)
	index := int32(len(e.times))
	e.times = append(e.times, at)
	for id, list := range s.series {
		e.note(index, id, list)
	}
	for _, left := range s.LeftOut {
		e.leave(left)
	}
	if e.stays > maxStays {
		return &TooMuchError{len(e.times)}
	}
	return nil
}

// Queue adds what is known of the scheduling queue at the moments of the snapshots.
func (e *Export) Queue(at func(models.Time) *Queue) {
	s := &Snapshot{wanted: e.fold.wanted, series: make([][]Series, len(table))}
	for index, moment := range e.times {
		queue := at(moment)
		if queue == nil {
			continue
		}
		s.series[pendingPods.id] = nil
		queue.tell(s)
		e.note(int32(index), pendingPods.id, s.Of(pendingPods))
	}
}

// note takes the series of a family at a moment.
func (e *Export) note(index int32, id int, list []Series) {
	for i := range list {
		e.key = appendLabels(e.key[:0], table[id], &list[i])
		e.tracks[id].of(e.key).note(index, &list[i], &e.stays)
		e.samples += int64(lines(&list[i]))
	}
}

// lines is how many lines a series takes at one moment.
func lines(s *Series) int {
	if s.Distribution != nil {
		return len(s.Distribution.Counts) + 2
	}
	return 1
}

// leave keeps the largest numbers of what was left out.
func (e *Export) leave(left LeftOut) {
	for i := range e.leftOut {
		if e.leftOut[i].Kind == left.Kind {
			e.leftOut[i].Objects = max(e.leftOut[i].Objects, left.Objects)
			return
		}
	}
	e.leftOut = append(e.leftOut, left)
}

// LeftOut tells how many objects were left out at most at one moment, by kind.
func (e *Export) LeftOut() []LeftOut { return e.leftOut }

// Size returns the number of series and of samples, lines in the text.
func (e *Export) Size() (series int, samples int64) {
	for i := range e.tracks {
		series += len(e.tracks[i].list)
	}
	return series, e.samples
}

// Bytes returns about how long the text is that Write writes.
func (e *Export) Bytes() (n int64) {
	const rest = len("{} 1 1767227400\n")
	for id := range e.tracks {
		for _, t := range e.tracks[id].list {
			line := int64(len(table[id].Name) + len(t.labels) + rest)
			for i := range t.stays {
				v := &t.stays[i]
				lines := int64(v.until - v.from + 1)
				if v.distribution != nil {
					lines *= int64(len(v.distribution.Counts) + 2)
				}
				n += lines * line
			}
		}
	}
	return n
}

func (t *tracks) of(labels []byte) *track {
	if is := t.byLabels[string(labels)]; is != nil {
		return is
	}
	if t.byLabels == nil {
		t.byLabels = make(map[string]*track)
	}
	is := &track{labels: string(labels)}
	t.byLabels[is.labels] = is
	t.list = append(t.list, is)
	return is
}

func (t *track) note(index int32, s *Series, stays *int) {
	if n := len(t.stays); n > 0 && t.stays[n-1].until == index-1 && t.stays[n-1].is(s) {
		t.stays[n-1].until = index
		return
	}
	*stays += lines(s)
	t.stays = append(t.stays, stay{index, index, s.Value, s.Distribution})
}

// is reports whether a series still has the value. A distribution only grows.
func (v *stay) is(s *Series) bool {
	if s.Distribution != nil {
		return v.distribution.Count == s.Distribution.Count
	}
	return math.Float64bits(v.value) == math.Float64bits(s.Value)
}

// appendLabels writes the labels of a series as a scrape by a job for the component would
// have them. An empty value is no label.
func appendLabels(b []byte, f *Family, s *Series) []byte {
	b = append(b, `job="`...)
	b = append(b, f.Component.String()...)
	b = append(b, `",instance="podsim"`...)
	put := func(name, value string) {
		if value != "" {
			b = append(b, ',')
			b = append(b, name...)
			b = append(b, `="`...)
			b = append(b, escaper.Replace(value)...)
			b = append(b, '"')
		}
	}
	for i, value := range s.Labels {
		put(f.Labels[i], value)
	}
	for _, label := range s.Extra {
		put(label.Name, label.Value)
	}
	return b
}
