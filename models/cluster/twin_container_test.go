package cluster_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// twinItems are the containers of a pod of the twin: all runs that they ever had.
type twinItems struct {
	sandbox    models.Time
	resetting  bool
	containers []twinContainer
}

type twinContainer struct {
	runs            []twinRun
	waits           bool // instead of being terminated
	reason, message models.Sym
	wait            time.Duration
	// again tells that its last run was taken away to start over.
	again bool
}

type twinRun struct {
	cluster.Termination
	marks    models.ContainerMarks
	stopping bool
}

func (c *twinContainer) running() bool { // whether it runs now
	return len(c.runs) > 0 && !c.runs[len(c.runs)-1].Happened()
}

func (w *twin) itemised(p *twinPod) bool {
	containers := w.specs[p.spec].Containers
	return len(containers) > 1
}

// againstContainer lists what speaks against an operation on containers.
func (w *twin) againstContainer(op *models.Op, p *twinPod) []string {
	items := w.items[op.Pod]
	var of *twinContainer
	if items != nil && op.Def >= 0 && int(op.Def) < len(items.containers) {
		of = &items.containers[op.Def]
	}
	const first, last = models.OpStartSandbox, models.OpResetContainers
	var against []string
	no := func(when bool, why string) {
		if when {
			against = append(against, why)
		}
	}
	if op.Kind < first || op.Kind > last {
		return nil
	}
	no(!w.itemised(p), "not told apart")
	no(p.node == models.None, "on no node")
	no(p.node != models.None && w.nodes[p.node].down, "node is down")
	no(p.ended(), "has ended")
	if op.Kind == models.OpStartSandbox {
		no(p.deleting && w.late == 0, "being deleted")
		no(items != nil && items.sandbox != models.Never, "has a sandbox already")
		return against
	}
	no(items == nil || items.sandbox == models.Never, "has no sandbox")
	if op.Kind == models.OpResetContainers {
		no(op.Arg != 0 && op.Arg != 1, "a reset begins")
		no(items != nil && items.resetting == (op.Arg == 1), "already")
		no(op.Reason == 0, "for a reason")
		no(op.Arg == 0 && items != nil && slices.ContainsFunc(items.containers, func(c twinContainer) bool { return c.running() }), "runs")
		return against
	}
	no(items != nil && of == nil, "has number")
	runs := of != nil && of.running()
	no(op.Kind != models.OpStartContainer && op.Kind != models.OpWaitContainer && op.Kind != models.OpWarnContainer && !runs, "does not run")
	var run twinRun
	if runs {
		run = of.runs[len(of.runs)-1]
	}
	noMarks := op.Arg < 0 || op.Arg > 3 || op.Arg == int64(models.ContainerReady)
	return append(against, broken(op.Kind,
		rule{models.OpStartContainer, noMarks, "do not exist"},
		rule{models.OpStartContainer, runs, "runs already"},
		rule{models.OpStartContainer, p.deleting && w.late == 0, "being deleted"},
		rule{models.OpMarkContainer, noMarks, "do not exist"},
		rule{models.OpMarkContainer, op.Arg == int64(run.marks), "already"},
		rule{models.OpStopContainer, run.stopping, "already"},
		rule{models.OpStopContainer, op.Arg < 0, "negative"},
		rule{models.OpWaitContainer, runs, "runs"},
		rule{models.OpWaitContainer, op.Reason == 0 || op.Arg < 0, "for a reason"},
		rule{models.OpWaitContainer, of != nil && of.waits && of.reason == op.Reason && of.message == op.Message && of.wait == time.Duration(op.Arg), "already"},
		rule{models.OpWarnContainer, op.Arg < 1 || op.Reason == 0, "a warning needs"},
	)...)
}

// changeContainers lets the containers of a pod follow an operation.
func (w *twin) changeContainers(now models.Time, op *models.Op, p *twinPod) {
	items := w.items[op.Pod]
	end := func(c *twinContainer, code int32, reason models.Sym) {
		run := &c.runs[len(c.runs)-1]
		run.Finished, run.ExitCode, run.Reason = max(w.happened(now, p), run.Started), code, reason
		c.waits, c.reason, c.message, c.wait = false, 0, 0, 0
	}
	switch op.Kind {
	case models.OpStartSandbox:
		if items == nil {
			items = &twinItems{containers: make([]twinContainer, len(w.specs[p.spec].Containers))}
			for i := range items.containers {
				items.containers[i].waits = true
			}
			w.items[op.Pod] = items
		}
		items.sandbox = w.happened(now, p)
	case models.OpStartContainer:
		c := &items.containers[op.Def]
		c.runs = append(c.runs, twinRun{Termination: cluster.Termination{Started: w.happened(now, p), Finished: models.Never}, marks: models.ContainerMarks(op.Arg)})
		c.waits, c.again, c.reason, c.message, c.wait = false, false, 0, 0, 0
		if w.specs[p.spec].Containers[op.Def].Kind == models.InitContainer && p.phase == models.Running {
			p.phase, p.up = models.Pending, false
			if p.ready {
				p.ready, p.readyAt = false, now
			}
		}
	case models.OpMarkContainer:
		c := &items.containers[op.Def]
		c.runs[len(c.runs)-1].marks = models.ContainerMarks(op.Arg)
	case models.OpStopContainer:
		c := &items.containers[op.Def]
		c.runs[len(c.runs)-1].stopping = true
	case models.OpExitContainer:
		end(&items.containers[op.Def], int32(op.Arg), op.Reason)
		p.exited, p.exitCode = w.happened(now, p), int32(op.Arg)
	case models.OpWaitContainer:
		c := &items.containers[op.Def]
		c.waits, c.reason, c.message, c.wait = true, op.Reason, op.Message, time.Duration(op.Arg)
	case models.OpResetContainers:
		items.resetting = op.Arg == 1
		for i := range items.containers {
			if c := &items.containers[i]; op.Arg == 0 && len(c.runs) > 0 {
				last := &c.runs[len(c.runs)-1]
				last.ExitCode, last.Reason = 137, op.Reason
				c.waits, c.again, c.reason, c.message, c.wait = true, true, op.Reason, 0, 0
			}
		}
	case models.OpExitPod, models.OpFinishPod, models.OpRejectPod:
		if items == nil {
			return
		}
		items.sandbox, items.resetting = models.Never, false
		for i := range items.containers {
			if c := &items.containers[i]; c.running() {
				code := int32(op.Arg)
				if op.Kind == models.OpRejectPod {
					code = 1
				}
				end(c, code, 0)
			}
		}
	}
	if items != nil {
		p.restarts = items.restarts()
	}
}

func (c *twinContainer) restarts() int32 {
	n := max(len(c.runs)-1, 0)
	if c.again {
		n++
	}
	return int32(n)
}

func (t *twinItems) restarts() (n int32) {
	for i := range t.containers {
		n += t.containers[i].restarts()
	}
	return n
}

// seeContainers writes what can be seen of the containers of a pod.
func (w *twin) seeContainers(id models.PodID) string {
	items := w.items[id]
	if items == nil {
		return "none"
	}
	text := fmt.Sprint("sandbox ", items.sandbox, " resetting ", items.resetting)
	for i := range items.containers {
		c := &items.containers[i]
		state, run := cluster.ContainerTerminated, twinRun{}
		started, ended := models.Never, "never"
		switch {
		case c.running():
			state, run = cluster.ContainerRunning, c.runs[len(c.runs)-1]
			started = run.Started
			if len(c.runs) > 1 {
				ended = fmt.Sprint(c.runs[len(c.runs)-2].Termination)
			}
		case c.waits:
			state = cluster.ContainerWaiting
		}
		if !c.running() && len(c.runs) > 0 {
			ended = fmt.Sprint(c.runs[len(c.runs)-1].Termination)
		}
		text += fmt.Sprintf("; %d %s %d %d %s since %s ended %s restarts %d marks %d stopping %t", i, state, c.reason, c.message, c.wait, started, ended,
			c.restarts(), run.marks, run.stopping)
	}
	return text
}

func seeContainers(pod cluster.Pod) string {
	list := pod.Containers()
	if list == nil {
		return "none"
	}
	text := fmt.Sprint("sandbox ", pod.Sandbox(), " resetting ", pod.Resetting())
	for i := range list {
		c := &list[i]
		ended := "never"
		if c.Ended.Happened() {
			ended = fmt.Sprint(c.Ended)
		}
		text += fmt.Sprintf("; %d %s %d %d %s since %s ended %s restarts %d marks %d stopping %t", i, c.State, c.Reason, c.Message, c.BackOff, c.Started, ended,
			c.Restarts, c.Marks, c.Stopping)
	}
	return text
}
