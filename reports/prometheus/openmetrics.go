package prometheus

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
)

// openMetrics writes the text format. The first error of writing stays.
// Source: OpenMetrics 1.0 (Text Format).
type openMetrics struct {
	w    io.Writer
	line []byte
	err  error
}

// Write writes everything, family by family.
func (e *Export) Write(w io.Writer) error {
	o := openMetrics{w: w}
	stamps := make([]string, len(e.times))
	for i, at := range e.times {
		stamps[i] = e.stamp(at)
	}
	for id := range e.tracks {
		if list := e.tracks[id].list; len(list) > 0 {
			o.family(table[id], list, stamps)
		}
	}
	o.line = append(o.line, "# EOF\n"...)
	o.flush(0)
	return o.err
}

// stamp is a moment in Unix seconds, to the millisecond.
func (e *Export) stamp(at models.Time) string {
	ms := e.start.Add(time.Duration(at)).UnixMilli()
	return strconv.FormatFloat(float64(ms)/1000, 'f', -1, 64)
}

// flush hands on what has been written, once there is so much.
func (o *openMetrics) flush(most int) {
	if len(o.line) < most || o.err != nil {
		return
	}
	_, o.err = o.w.Write(o.line)
	o.line = o.line[:0]
}

func (o *openMetrics) family(f *Family, list []*track, stamps []string) {
	name := f.Name
	if f.Type == Counter {
		name = strings.TrimSuffix(name, "_total")
	}
	o.line = fmt.Appendf(o.line, "# TYPE %s %s\n# HELP %s %s\n", name, f.Type, name, escaper.Replace(f.Help))
	for _, t := range list {
		for i := range t.stays {
			v := &t.stays[i]
			for at := v.from; at <= v.until; at++ {
				if v.distribution != nil {
					o.distribution(f, t.labels, v.distribution, stamps[at])
				} else {
					o.sample(f.Name, "", t.labels, v.value, stamps[at])
				}
			}
			if f.closes() && t.ends(i, len(stamps)) {
				o.sample(f.Name, "", t.labels, 0, stamps[v.until+1])
			}
		}
	}
}

// closes reports whether series that end are written once more, as 0. The text has no mark for
// their end, as scrapes leave it, and Prometheus would go on with the last value for five
// minutes: pods that are gone would still be summed up.
func (f *Family) closes() bool { return f.Type == Gauge && !f.Unsummed && f != pendingPods }

// ends reports whether a series is not there at the snapshot after a stay, of so many.
func (t *track) ends(stay, snapshots int) bool {
	next := t.stays[stay].until + 1
	return int(next) < snapshots && (stay+1 == len(t.stays) || t.stays[stay+1].from > next)
}

func (o *openMetrics) sample(name, suffix, labels string, value float64, stamp string) {
	b := append(o.line, name...)
	b = append(b, suffix...)
	b = append(b, '{')
	b = append(b, labels...)
	b = append(b, "} "...)
	b = appendValue(b, value)
	b = append(b, ' ')
	b = append(b, stamp...)
	o.line = append(b, '\n')
	o.flush(1 << 16)
}

// appendValue writes a number, whole ones without an exponent.
func appendValue(b []byte, x float64) []byte {
	format := byte('g')
	if x == math.Trunc(x) && math.Abs(x) < 1e15 {
		format = 'f'
	}
	return strconv.AppendFloat(b, x, format, -1, 64)
}

// distribution writes the lines of a histogram at one moment.
func (o *openMetrics) distribution(f *Family, labels string, d *Distribution, stamp string) {
	var below uint64
	for i, n := range d.Counts {
		below += n
		bound := "+Inf"
		if i < len(f.Buckets) {
			bound = canonical(f.Buckets[i])
		}
		o.sample(f.Name, "_bucket", labels+`,le="`+bound+`"`, float64(below), stamp)
	}
	o.sample(f.Name, "_count", labels, float64(d.Count), stamp)
	o.sample(f.Name, "_sum", labels, d.Sum, stamp)
}

// canonical writes a bound as OpenMetrics asks for: whole ones with a fraction.
func canonical(x float64) string {
	text := strconv.FormatFloat(x, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}
