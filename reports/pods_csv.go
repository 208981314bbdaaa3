package reports

import (
	"io"
	"strconv"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// podLine is what a row of pods.csv is written from.
type podLine struct {
	view  cluster.View
	pod   cluster.Pod
	spec  *models.PodSpec
	track *track
}

func podRow(v cluster.View, pod cluster.Pod, t *track) podLine {
	return podLine{view: v, pod: pod, spec: pod.Spec(), track: t}
}

// podsFile streams pods.csv: one row for a pod when its object goes, and in the
// end, by id, those that still exist.
type podsFile struct {
	out  buffered
	line podLine
}

func newPodsFile(w io.Writer) *podsFile {
	f := &podsFile{out: newBuffered(w)}
	f.out.b = appendHeader(f.out.b, podColumns)
	return f
}

func (f *podsFile) write(line podLine) {
	f.line = line
	f.out.b = appendRow(f.out.b, podColumns, &f.line)
	f.out.spill()
}

func (l *podLine) text(s models.Sym) string { return l.view.Dictionary().String(s) }

// finished is when the pod reached its terminal phase, or Never.
func (l *podLine) finished() models.Time {
	if !l.pod.Phase().Terminal() {
		return models.Never
	}
	return l.pod.ExitedAt()
}

func podInteger(name, unit, help string, get func(*podLine) int64) column[podLine] {
	return column[podLine]{name: name, unit: unit, help: help, kind: typeInteger,
		append: func(b []byte, l *podLine) []byte { return strconv.AppendInt(b, get(l), 10) }}
}

func podMoment(name, help string, get func(*podLine) models.Time) column[podLine] {
	return column[podLine]{name: name, unit: "s", help: help, kind: typeNumber,
		append: func(b []byte, l *podLine) []byte { return appendMoment(b, get(l)) }}
}

// between is the time from one moment to another, Never if either is.
func between(from, to models.Time) models.Time {
	if from == models.Never || to == models.Never {
		return models.Never
	}
	return to - from
}

var podColumns = []column[podLine]{
	textColumn("namespace", "namespace of the pod", func(b []byte, l *podLine) []byte {
		return append(b, l.text(l.spec.Namespace)...)
	}),
	textColumn("name", "name of the pod", func(b []byte, l *podLine) []byte { return l.pod.AppendName(b) }),
	textColumn("owner_kind", "kind of the workload that it belongs to (Deployment rather than its ReplicaSet); empty for none",
		func(b []byte, l *podLine) []byte {
			if l.pod.Owner() == models.None {
				return b
			}
			return append(b, l.view.Owner(root(l.view, l.pod.Owner())).Kind().String()...)
		}),
	textColumn("owner", "name of that workload", func(b []byte, l *podLine) []byte {
		if l.pod.Owner() == models.None {
			return b
		}
		return l.view.Owner(root(l.view, l.pod.Owner())).AppendName(b)
	}),
	textColumn("node", "node it was bound to; empty if never", func(b []byte, l *podLine) []byte {
		if l.pod.Node() == models.None {
			return b
		}
		return append(b, l.view.Node(l.pod.Node()).Name()...)
	}),
	textColumn("priority_class", "its priority class", func(b []byte, l *podLine) []byte {
		return append(b, l.text(l.spec.PriorityClass)...)
	}),
	podInteger("priority", "", "its priority", func(l *podLine) int64 { return int64(l.spec.Priority) }),
	textColumn("qos", "quality of service: BestEffort, Burstable or Guaranteed", func(b []byte, l *podLine) []byte {
		return append(b, l.spec.QOS.String()...)
	}),
	podInteger("cpu_request_millicores", "millicores", "effective cpu request", func(l *podLine) int64 {
		return l.spec.Requests[models.CPU]
	}),
	podInteger("memory_request_bytes", "bytes", "effective memory request", func(l *podLine) int64 {
		return l.spec.Requests[models.Memory]
	}),
	podMoment("created_seconds", "when it was created", func(l *podLine) models.Time { return l.pod.Created() }),
	podMoment("scheduled_seconds", "when it was bound to its node", func(l *podLine) models.Time { return l.pod.BoundAt() }),
	podMoment("started_seconds", "when its containers first started", func(l *podLine) models.Time { return l.track.started }),
	podMoment("ready_seconds", "when it was first Ready", func(l *podLine) models.Time { return l.track.ready }),
	podMoment("finished_seconds", "when it reached Succeeded or Failed", (*podLine).finished),
	podMoment("pending_seconds", "from creation to binding", func(l *podLine) models.Time {
		return between(l.pod.Created(), l.pod.BoundAt())
	}),
	podMoment("run_seconds", "from its first start to its end", func(l *podLine) models.Time {
		return between(l.track.started, l.finished())
	}),
	podInteger("attempts", "", "scheduling attempts, the successful one included", func(l *podLine) int64 {
		return int64(l.pod.Attempts())
	}),
	podInteger("restarts", "", "how often its containers were started again", func(l *podLine) int64 {
		return int64(l.pod.Restarts())
	}),
	textColumn("phase", "phase when its object went or the run ended", func(b []byte, l *podLine) []byte {
		return append(b, l.pod.Phase().String()...)
	}),
	textColumn("reason", "reason of the phase Succeeded or Failed", func(b []byte, l *podLine) []byte {
		if !l.pod.Phase().Terminal() {
			return b
		}
		return append(b, l.text(l.pod.Reason())...)
	}),
	textColumn("deleted_by", "who deleted it and why; empty if nobody did", func(b []byte, l *podLine) []byte {
		return append(b, l.text(l.pod.Cause())...)
	}),
	{name: "exit_code", kind: typeInteger, help: "exit code of the last end of its containers; empty if they never ended",
		append: func(b []byte, l *podLine) []byte {
			if l.pod.ExitedAt() == models.Never {
				return b
			}
			return strconv.AppendInt(b, int64(l.pod.ExitCode()), 10)
		}},
}
