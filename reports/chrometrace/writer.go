package chrometrace

import (
	"io"
	"strconv"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
)

// The phases of the Trace Event Format that are used: what an event is.
const (
	phaseBegin    = 'B'
	phaseEnd      = 'E'
	phaseInstant  = 'i'
	phaseCounter  = 'C'
	phaseMetadata = 'M'
)

// bufferSize is how much is kept before it is handed on.
const bufferSize = 1 << 16

// writer writes events. The first error stays.
type writer struct {
	w      io.Writer
	b      []byte
	err    error
	events int64
	args   bool // the event that is being written has arguments
}

func newWriter(w io.Writer) writer {
	return writer{w: w, b: append(make([]byte, 0, bufferSize+4096), `{"displayTimeUnit":"ms","traceEvents":[`...)}
}

// begin begins an event in a lane.
func (w *writer) begin(phase byte, at models.Time, in thread) {
	if w.events > 0 {
		w.b = append(w.b, ',')
	}
	w.events++
	w.b = append(append(w.b, "\n{\"ph\":\""...), phase, '"')
	w.b = strconv.AppendInt(append(w.b, `,"pid":`...), int64(in.process), 10)
	if in.id > 0 {
		w.b = strconv.AppendInt(append(w.b, `,"tid":`...), int64(in.id), 10)
	}
	if phase != phaseMetadata {
		w.b = appendMicroseconds(append(w.b, `,"ts":`...), at)
	}
}

// name names the event. Its category is for searches; events of one are alike.
func (w *writer) name(category, name string) {
	if category != "" {
		w.b = append(append(append(w.b, `,"cat":"`...), category...), '"')
	}
	w.b = reports.AppendQuoted(append(w.b, `,"name":`...), name)
}

// arg begins an argument.
func (w *writer) arg(key string) {
	if w.args {
		w.b = append(w.b, ',')
	} else {
		w.b = append(w.b, `,"args":{`...)
	}
	w.args = true
	w.b = append(reports.AppendQuoted(w.b, key), ':')
}

// text adds an argument, unless it is empty.
func (w *writer) text(key, value string) {
	if value != "" {
		w.arg(key)
		w.b = reports.AppendQuoted(w.b, value)
	}
}

// integer adds an argument.
func (w *writer) integer(key string, value int64) {
	w.arg(key)
	w.b = strconv.AppendInt(w.b, value, 10)
}

// number adds an argument.
func (w *writer) number(key string, value float64) {
	w.arg(key)
	w.b = reports.AppendNumber(w.b, value)
}

// end ends the event.
func (w *writer) end() {
	if w.args {
		w.b = append(w.b, '}')
	}
	w.args = false
	w.b = append(w.b, '}')
	if len(w.b) >= bufferSize {
		w.flush()
	}
}

func (w *writer) flush() {
	if w.err == nil {
		_, w.err = w.w.Write(w.b)
	}
	w.b = w.b[:0]
}

// finish ends the trace with what it says of itself.
func (w *writer) finish(about []fact) error {
	w.b = append(w.b, "\n],\"otherData\":{"...)
	for i, f := range about {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = append(reports.AppendQuoted(w.b, f.key), ':')
		w.b = reports.AppendQuoted(w.b, f.value)
	}
	w.b = append(w.b, "}}\n"...)
	w.flush()
	return w.err
}

// fact is something that a trace says of itself.
type fact struct{ key, value string }

// appendMicroseconds writes a moment, exact to the nanosecond.
func appendMicroseconds(b []byte, at models.Time) []byte {
	if at < 0 {
		b, at = append(b, '-'), -at
	}
	b = strconv.AppendInt(b, int64(at)/1000, 10)
	if rest := int64(at) % 1000; rest != 0 {
		b = append(b, '.', byte('0'+rest/100), byte('0'+rest/10%10), byte('0'+rest%10))
	}
	return b
}
