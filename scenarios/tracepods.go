package scenarios

import (
	"io"
	"math"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/scenarios/arrivals"
	"github.com/podsim/podsim/scenarios/trace"
)

// RDMAResource is the extended resource that counts per cents of a network card.
const RDMAResource = trace.RDMAResource

// addTrace makes a source of a workload whose arrivals were recorded.
func (l *loader) addTrace(o *object, spec *WorkloadSpec) {
	before := len(l.problems)
	format := l.traceFormat(spec.Arrivals.Data)
	for _, path := range []string{"spec.template", "spec.templateRef", "spec.lifetime", "spec.arrivals.batch"} {
		if o.at(path) != nil && (path != "spec.template" || format != trace.SWF) {
			l.blame(o, path, "a trace brings pods, lifetimes and batches of its own")
		}
	}
	shapes := l.shapesOf(o, spec)
	window, ok := l.window(o, &spec.Arrivals)
	read, rows, file := l.readTrace(o, spec.Arrivals.Data, format)
	if !ok || read == nil || len(l.problems) > before {
		return
	}
	l.defineTraced(read)
	source := &replayed{rows: rows, file: file, reader: read, window: window, limit: math.MaxInt64, most: limits.Objects, dict: l.dict, workload: l.dict.Sym(o.name)}
	if spec.Arrivals.Limit != nil {
		source.limit = grown(*spec.Arrivals.Limit, l.demand())
	}
	if f := l.demand(); f != 1 {
		source.demand, source.source, source.more = f, arrivals.NewSource(l.run.Config.Seed, o.name), l.dict.Sym(o.name+"-more")
	}
	for i := range int32(read.Shapes()) {
		p := shapes.prototype(read, i)
		if p == nil {
			if len(l.problems)-before >= limits.Problems {
				return
			}
			continue
		}
		t := l.template(p, &spec.BehaviorSpec)
		l.checkLoops(o, spec, p.pod, t)
		if l.endless() && read.Shape(i).Ends && p.pod.RestartPolicy == models.RestartAlways {
			l.blame(o, "spec", "the trace brings pods that end and are restarted without end, and there is no duration; want for in the Scenario")
		}
		if told := len(l.run.Assumptions); read.UnknownRunTime(i) {
			if l.assumeRunTime(p, t, false, "some pods of Workload "+o.name); len(l.run.Assumptions) > told &&
				slices.Contains(l.run.Assumptions[:told], l.run.Assumptions[told]) {
				l.run.Assumptions = l.run.Assumptions[:told]
			}
		}
		source.templates = append(source.templates, t)
	}
	if len(l.problems) > before {
		return
	}
	l.noteTrace(o, read, rows)
	l.run.Config.Sources = append(l.run.Config.Sources, source)
}

// noteTrace tells what was made of the rows of a trace.
func (l *loader) noteTrace(o *object, read *trace.Reader, rows *trace.Ordered) {
	for _, note := range rows.Notes {
		l.assume("%s", note.Text("of Workload "+o.name))
	}
	if start := read.Start(); !start.IsZero() {
		l.assume("Workload %s: the trace begins on %s, which is moment 0 of the run", o.name, start.Format("2006-01-02T15:04:05Z"))
	}
}

// traceFormat returns the format of data; empty if they are no trace.
func (l *loader) traceFormat(name string) trace.Format {
	if d := l.findData(name); d != nil && slices.Contains(trace.Formats(), trace.Format(d.spec.Format)) {
		return trace.Format(d.spec.Format)
	}
	return ""
}

// readTrace reads the trace bound to a name; nil if something is wrong. The file
// stays open if it is read again during the run.
func (l *loader) readTrace(o *object, name string, format trace.Format) (*trace.Reader, *trace.Ordered, io.Closer) {
	wanted := string(format)
	if format == "" {
		wanted = formatsText()
	}
	shown, file, err := l.openData(name, wanted)
	if err != nil {
		l.blame(o, "spec.arrivals.data", "%v", err)
		return nil, nil, nil
	}
	read, err := trace.Open(shown, l.hashedOnce(shown, file), trace.Options{Format: format, Quantity: manifest.Quantity})
	var rows *trace.Ordered
	if err == nil {
		rows, err = trace.InOrder(read)
	}
	if err != nil {
		l.problems = append(l.problems, asProblems(err)...)
		l.close(file)
		return nil, nil, nil
	}
	return read, rows, file
}

func formatsText() string {
	text := ""
	for i, f := range trace.Formats() {
		if i > 0 {
			text += ", "
		}
		text += string(f)
	}
	return text
}

// hashedOnce returns a file whose bytes enter the digest when they are read for
// the first time.
func (l *loader) hashedOnce(name string, file io.Reader) io.Reader {
	seeker, ok := file.(io.ReadSeeker)
	if !ok {
		return l.digest.reader(name, file)
	}
	return &hashedFile{ReadSeeker: seeker, hashed: l.digest.reader(name, file)}
}

// hashedFile is hashed until it is read for a second time.
type hashedFile struct {
	io.ReadSeeker
	hashed io.Reader
}

func (f *hashedFile) Read(b []byte) (int, error) {
	if f.hashed != nil {
		return f.hashed.Read(b)
	}
	return f.ReadSeeker.Read(b)
}

func (f *hashedFile) Seek(offset int64, whence int) (int64, error) {
	at, err := f.ReadSeeker.Seek(offset, whence)
	if err == nil && whence == io.SeekStart {
		f.hashed = nil
	}
	return at, err
}
