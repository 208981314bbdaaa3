package kubectl

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
)

// Logs folds the operations of a run into what the containers of some pods would have
// written: podsim runs no programs, so that the lines tell what it knows of them. It
// implements cluster.Observer, and has to see the run from its first operation on.
type Logs struct {
	pods map[models.PodID][][]instance // by container, the oldest instance first
}

// instance is one run of a container.
type instance struct {
	lines []logLine
	ended bool
	marks models.ContainerMarks
}

type logLine struct {
	at   models.Time
	text string
}

// NewLogs returns the logs of pods of a run that has not begun.
func NewLogs(pods []models.PodID) *Logs {
	l := &Logs{make(map[models.PodID][][]instance)}
	for _, id := range pods {
		l.pods[id] = nil
	}
	return l
}

// Observe takes in one operation that was applied.
func (l *Logs) Observe(now models.Time, op *models.Op, v cluster.View) {
	if op.Kind.Fields()&models.FieldPod == 0 {
		return
	}
	if _, asked := l.pods[op.Pod]; !asked {
		return
	}
	pod, d := v.Pod(op.Pod), v.Dictionary()
	if l.pods[op.Pod] == nil {
		l.pods[op.Pod] = make([][]instance, len(pod.Spec().Containers))
	}
	if pod.Itemised() && l.observeContainer(now, op, pod) {
		return
	}
	switch op.Kind {
	case models.OpStartPod:
		l.start(now, pod)
	case models.OpReadyPod:
		l.write(now, op.Pod, "ready")
	case models.OpUnreadyPod:
		l.write(now, op.Pod, "not ready any more"+because(d.String(op.Reason)))
	case models.OpDeletePod:
		l.write(now, op.Pod, fmt.Sprintf("told to stop (SIGTERM): %s; %s of grace", d.String(op.Reason), time.Duration(op.Arg)))
	case models.OpExitPod, models.OpFinishPod:
		l.end(now, op.Pod, fmt.Sprintf("exit code %d%s", op.Arg, because(d.String(op.Reason))))
	case models.OpRemovePod:
		l.end(now, op.Pod, "killed")
	case models.OpBackdatePod:
		if pod.Up() && !pod.Itemised() {
			l.pods[op.Pod] = make([][]instance, len(pod.Spec().Containers))
			l.start(pod.StartedAt(), pod)
		}
	}
}

// observeContainer takes in an operation on a pod whose containers are told apart, and
// reports whether that is all that it says.
func (l *Logs) observeContainer(now models.Time, op *models.Op, pod cluster.Pod) bool {
	d := pod.View().Dictionary()
	switch op.Kind {
	case models.OpStartPod, models.OpReadyPod, models.OpUnreadyPod, models.OpDeletePod, models.OpExitPod:
		return true // the containers tell
	case models.OpStartContainer, models.OpMarkContainer, models.OpStopContainer, models.OpExitContainer, models.OpWarnContainer:
	default:
		return false
	}
	of := &l.pods[op.Pod][op.Def]
	if op.Kind == models.OpStartContainer {
		c := &pod.Spec().Containers[op.Def]
		text := fmt.Sprintf("container %s starts: image %s, start %d", d.String(c.Name), d.String(c.WrittenImage()), len(*of)+1)
		*of = append(*of, instance{lines: []logLine{{now, text}}})
	}
	if len(*of) == 0 || (*of)[len(*of)-1].ended {
		return true
	}
	is := &(*of)[len(*of)-1]
	say := func(format string, values ...any) {
		is.lines = append(is.lines, logLine{now, fmt.Sprintf(format, values...)})
	}
	switch op.Kind {
	case models.OpStartContainer, models.OpMarkContainer:
		marks := models.ContainerMarks(op.Arg)
		if changed := marks ^ is.marks; changed&models.ContainerReady != 0 && marks&models.ContainerReady != 0 {
			say("ready")
		} else if changed&models.ContainerReady != 0 {
			say("not ready any more")
		} else if op.Kind == models.OpMarkContainer && changed&models.ContainerStarted != 0 && marks&models.ContainerStarted != 0 {
			say("started up")
		}
		is.marks = marks
	case models.OpStopContainer:
		say("told to stop (SIGTERM)%s; %s of grace", because(d.String(op.Message)), time.Duration(op.Arg))
	case models.OpExitContainer:
		say("exit code %d%s", op.Arg, because(d.String(op.Reason)))
		is.ended = true
	case models.OpWarnContainer:
		say("%s%s", d.String(op.Reason), because(d.String(op.Message)))
	}
	return true
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

// start begins a new instance of each container. Init containers have done their work by
// the first start.
func (l *Logs) start(now models.Time, pod cluster.Pod) {
	d, of := pod.View().Dictionary(), l.pods[pod.ID()]
	for i := range pod.Spec().Containers {
		c := &pod.Spec().Containers[i]
		line := logLine{now, fmt.Sprintf("container %s starts: image %s, start %d", d.String(c.Name), d.String(c.WrittenImage()), len(of[i])+1)}
		switch {
		case c.Kind != models.InitContainer:
			of[i] = append(of[i], instance{lines: []logLine{line}})
		case len(of[i]) == 0:
			of[i] = append(of[i], instance{lines: []logLine{line, {now, "exit code 0"}}, ended: true})
		}
	}
}

// write adds a line to the log of each container that runs.
func (l *Logs) write(now models.Time, pod models.PodID, text string) {
	for _, instances := range l.pods[pod] {
		if n := len(instances); n > 0 && !instances[n-1].ended {
			instances[n-1].lines = append(instances[n-1].lines, logLine{now, text})
		}
	}
}

// end ends each container that runs.
func (l *Logs) end(now models.Time, pod models.PodID, text string) {
	l.write(now, pod, text)
	for _, instances := range l.pods[pod] {
		if n := len(instances); n > 0 {
			instances[n-1].ended = true
		}
	}
}

// LogQuery says which lines are asked for.
type LogQuery struct {
	// Container is the name of one; empty is the first.
	Container     string
	AllContainers bool
	Previous      bool // of the instance before
	Timestamps    bool
	Prefix        bool
	Since         time.Duration // 0 is all
	SinceTime     time.Time     // on the calendar of the run; the zero time is all
	Tail          int           // negative is all
}

// Write writes the lines of a pod, as kubectl logs does. notes takes what kubectl says
// besides.
func (q *LogQuery) Write(w, notes io.Writer, m *Moment, l *Logs, id models.PodID) error {
	pod, d := m.View.Pod(id), m.View.Dictionary()
	spec := pod.Spec()
	var names []string
	var order []int // as kubectl names them: app containers first
	for _, app := range []bool{true, false} {
		for i := range spec.Containers {
			c := &spec.Containers[i]
			if (c.Kind == models.AppContainer) != app {
				continue
			}
			name := d.String(c.Name)
			if !app {
				name += " (init)"
			}
			names, order = append(names, name), append(order, i)
		}
	}
	if q.AllContainers {
		inits := slices.IndexFunc(order, func(i int) bool { return spec.Containers[i].Kind != models.AppContainer })
		if inits >= 0 {
			order = slices.Concat(order[inits:], order[:inits])
		}
		var failed []error
		for _, i := range order {
			failed = append(failed, q.container(w, m, l, pod, i))
		}
		return errors.Join(failed...)
	}
	at := order[0]
	if q.Container != "" {
		at = slices.IndexFunc(spec.Containers, func(c models.Container) bool { return d.String(c.Name) == q.Container })
		if at < 0 {
			return fmt.Errorf("error: container %s is not valid for pod %s out of: %s", q.Container, pod.Name(), strings.Join(names, ", "))
		}
	} else if len(names) > 1 {
		fmt.Fprintf(notes, "Defaulted container %q out of: %s\n", d.String(spec.Containers[at].Name), reports.Visible(strings.Join(names, ", ")))
	}
	return q.container(w, m, l, pod, at)
}

// container writes the lines of one container: of the instance that runs, or else of the
// last one. Source: pkg/kubelet/kubelet_pods.go (validateContainerLogStatus).
func (q *LogQuery) container(w io.Writer, m *Moment, l *Logs, pod cluster.Pod, i int) error {
	if pod.Node() == models.None {
		return nil // nobody is asked
	}
	c, of, s := &pod.Spec().Containers[i], l.pods[pod.ID()], m.statusOfPod(pod)
	name := m.View.Dictionary().String(c.Name)
	refuse := func(format string, values ...any) error {
		return fmt.Errorf("Error from server (BadRequest): "+format, values...)
	}
	if s.state == unseen {
		return refuse("container %q in pod %q is not available", name, pod.Name())
	}
	status := m.containerStatus(pod, c, &s)
	state, _ := status["state"].(map[string]any)
	last, _ := status["lastState"].(map[string]any)
	var instances []instance
	if of != nil {
		instances = of[i]
	}
	switch waits, waiting := state["waiting"].(map[string]any); {
	case q.Previous && (len(last) == 0 || len(instances) == 0):
		return refuse("previous terminated container %q in pod %q not found", name, pod.Name())
	case q.Previous && !waiting && len(instances) > 1:
		instances = instances[:len(instances)-1]
	case waiting && len(last) == 0:
		reason := fmt.Sprint(waits["reason"])
		switch reason {
		case "ErrImagePull":
			reason = "image can't be pulled"
		case "ImagePullBackOff":
			reason = "trying and failing to pull image"
		}
		return refuse("container %q in pod %q is waiting to start: %s", name, pod.Name(), reason)
	}
	if len(instances) == 0 {
		return nil // it ran before the run
	}
	return q.lines(w, m, instances[len(instances)-1].lines, "[pod/"+pod.Name()+"/"+name+"] ")
}

// from is the moment before which nothing is asked for.
func (q *LogQuery) from(m *Moment) (models.Time, bool) {
	if !q.SinceTime.IsZero() {
		return models.Time(q.SinceTime.Sub(m.Start)), true
	}
	return m.At - models.Time(q.Since), q.Since > 0
}

// lines writes those that are asked for.
func (q *LogQuery) lines(w io.Writer, m *Moment, lines []logLine, prefix string) error {
	if from, limited := q.from(m); limited {
		lines = slices.DeleteFunc(slices.Clone(lines), func(line logLine) bool { return line.at < from })
	}
	if q.Tail >= 0 && len(lines) > q.Tail {
		lines = lines[len(lines)-q.Tail:]
	}
	for _, line := range lines {
		text := reports.Visible(line.text) + "\n"
		if q.Timestamps {
			text = m.precise(line.at).Format("2006-01-02T15:04:05.000000000Z07:00") + " " + text
		}
		if q.Prefix {
			text = reports.Visible(prefix) + text
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	return nil
}

// LogPods finds the pods whose logs are asked for: by name, by TYPE/NAME, or by their
// labels. note is what kubectl says of its choice among the pods of a controller.
func (m *Moment) LogPods(namespace, name string, selector Selector) (ids []models.PodID, note string, err error) {
	kind, target, typed := strings.Cut(name, "/")
	if !typed {
		kind, target = "pods", name
	}
	k, err := findKind(kind)
	if err != nil {
		return nil, "", fmt.Errorf("error: %w", err)
	}
	q := Query{Types: k.plural, Namespace: namespace, Selector: selector}
	if name != "" {
		q.Names = []string{target}
	}
	if err := q.Prepare(); err != nil {
		return nil, "", fmt.Errorf("error: %w", err)
	}
	objects, missing := q.pick(&q.wanted[0], m)
	if missing != nil {
		return nil, "", missing
	}
	if k.name == "pod" {
		for _, o := range objects {
			ids = append(ids, models.PodID(o.id))
		}
		return ids, "", nil
	}
	owner := slices.Contains(all(), k.plural) && k.name != "service"
	if !owner {
		return nil, "", fmt.Errorf("error: cannot get the logs from %s: selector not found", k.name)
	}
	pods := m.podsUnder(m.View.Owner(models.OwnerID(objects[0].id)))
	if len(pods) == 0 {
		return nil, "", errors.New("error: timed out waiting for the condition")
	}
	if len(pods) > 1 {
		note = fmt.Sprintf("Found %d pods, using pod/%s", len(pods), pods[0].Name())
	}
	return []models.PodID{pods[0].ID()}, note, nil
}

// podsUnder lists the pods of an owner and of its children, those first whose logs are
// most worth reading. Source: k8s.io/kubectl/pkg/util/podutils (ByLogging).
func (m *Moment) podsUnder(o cluster.Owner) (pods []cluster.Pod) {
	for id := range m.View.Owners() {
		child := m.View.Owner(models.OwnerID(id))
		if child.ID() == o.ID() || child.Parent() == o.ID() && !child.Deleted() {
			pods = slices.AppendSeq(pods, child.Pods())
		}
	}
	rank := func(pod cluster.Pod) int {
		switch {
		case pod.Node() == models.None:
			return 3
		case pod.Phase() == models.Pending:
			return 2
		case !pod.Ready():
			return 1
		}
		return 0
	}
	slices.SortStableFunc(pods, func(a, b cluster.Pod) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.Restarts(), a.Restarts()), cmp.Compare(a.Created(), b.Created()), cmp.Compare(a.ID(), b.ID()))
	})
	return pods
}
