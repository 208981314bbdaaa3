package kubelet

import (
	"math/bits"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/kernel"
)

// verdict is the result of a probe.
type verdict uint8

const (
	unknown verdict = iota
	success
	failure
)

// prober follows one probe of one run of a container. Ticks that change nothing and
// tell nothing are no events: from what is known of the container it is worked out
// which tick is the next that does.
// Source: pkg/kubelet/prober/worker.go.
type prober struct {
	spec   *models.Probe
	law    *ProbeBehavior
	kind   models.ProbeKind
	healed time.Duration // since when the container is healthy, after its start

	result, last verdict
	run          int64 // equal outcomes in a row
	untold       int64 // failures that Events do not know of
	tick         models.Time
	// next is the state after the tick that is on the agenda.
	next *prober
	// flip is the present turn of a container that is up and down in turn: its number
	// and its end, as time since the start of the container.
	flip    uint64
	flipEnd time.Duration
}

// beginProbes makes the probes of a container that has just started ready.
func (w *worker) beginProbes(now models.Time, i int) {
	c := &w.containers[i]
	c.prober = [models.ProbeKinds]*prober{}
	for kind := range models.ProbeKinds {
		spec := w.spec.Containers[i].Probe(kind)
		if spec == nil {
			continue
		}
		p := &prober{spec: spec, law: w.behavior(i).Probes[kind], kind: kind, healed: c.startUp}
		p.result = [...]verdict{unknown, success, failure}[kind]
		if p.law != nil && p.law.HealthyAfter != nil {
			p.healed = w.draw(i, p.law.HealthyAfter, "probe/healthy-"+kind.String(), int(c.starts))
		}
		c.prober[kind] = p
	}
	if p := c.prober[models.StartupProbe]; p != nil {
		w.planProbe(i, p, w.firstTick(now, i, p))
	}
}

// startedUp lets the probes begin that wait until a container has started up: that
// of readiness at once, that of liveness with its next tick.
func (w *worker) startedUp(now models.Time, i int) {
	c := &w.containers[i]
	if p := c.prober[models.LivenessProbe]; p != nil && w.stage == living {
		w.planProbe(i, p, w.firstTick(now, i, p))
	}
	if p := c.prober[models.ReadinessProbe]; p != nil {
		at := now
		if wait := c.started.Add(p.spec.InitialDelay); at < wait {
			at = nextTick(now, p.spec.Period, wait)
		}
		w.planProbe(i, p, at)
	}
}

// nextTick returns the first of the ticks from base on that does not come before
// least.
func nextTick(base models.Time, period time.Duration, least models.Time) models.Time {
	if least <= base {
		return base
	}
	n := (least - base + models.Time(period) - 1) / models.Time(period)
	return base + n*models.Time(period)
}

// firstTick is the first tick at which a container is probed. Ticks count from when
// the kubelet took the pod on; one that has just started spreads them.
func (w *worker) firstTick(now models.Time, i int, p *prober) models.Time {
	base, k := w.began, w.kubelet
	if booted, ok := k.booted[w.pod.Node()]; ok && base.Sub(booted) < p.spec.Period {
		share := kernel.Uniform(w.stream(i, "probe/offset-"+p.kind.String(), 0))
		base = base.Add(kernel.Seconds(float64(share * p.spec.Period.Seconds())))
	}
	return nextTick(base, p.spec.Period, max(now+1, w.containers[i].started.Add(p.spec.InitialDelay)))
}

// hush ends the probes that a container is free of that has to stop.
// Source: pkg/kubelet/prober/prober_manager.go (StopLivenessAndStartup).
func (w *worker) hush(i int) {
	c := &w.containers[i]
	c.at[probes+timer(models.LivenessProbe)], c.at[probes+timer(models.StartupProbe)] = models.Never, models.Never
}

// planProbe puts the next tick on the agenda that changes or tells something, the
// first one being at a given time.
func (w *worker) planProbe(i int, p *prober, tick models.Time) {
	p.tick = tick
	at := &w.containers[i].at[probes+timer(p.kind)]
	next := *p
	next.next = nil
	*at = w.scan(i, &next)
	if *at != models.Never {
		p.next = &next
	}
}

// scanLimit is how many stretches of equal outcomes are looked through at once.
const scanLimit = 1 << 10

// scan moves a prober to the tick that changes or tells something, and returns it;
// Never if there is none.
func (w *worker) scan(i int, p *prober) models.Time {
	for range scanLimit {
		ok, ticks := w.outcomeAt(i, p)
		if steps, found := p.steps(ok, ticks); found {
			at := p.tick.Add(time.Duration(steps-1) * p.spec.Period)
			p.feed(ok, steps)
			return at
		}
		if ticks < 0 {
			return models.Never
		}
		p.feed(ok, ticks)
	}
	return p.tick // nothing yet: look further then
}

// feed takes in equal outcomes of so many ticks.
func (p *prober) feed(ok bool, ticks int64) {
	outcome := failure
	if ok {
		outcome = success
	}
	if outcome != p.last {
		p.last, p.run = outcome, 0
	}
	p.run += ticks
	if !ok {
		p.untold += ticks
	}
	p.tick = p.tick.Add(time.Duration(ticks) * p.spec.Period)
	threshold := int64(p.spec.Failure)
	if ok {
		threshold = int64(p.spec.Success)
	}
	if p.run >= threshold {
		p.result = outcome
	}
}

// steps returns how many equal outcomes from now on lead to something worth an event:
// another result, or failures that Events tell of, which are the 1st, 2nd, 4th, 8th …
// in a row and the one that changes the result. ticks is how many there are, negative
// without end.
func (p *prober) steps(ok bool, ticks int64) (steps int64, found bool) {
	run := p.run
	if ok != (p.last == success) || p.last == unknown {
		run = 0
	}
	within := func(n int64) bool { return ticks < 0 || n <= ticks }
	if ok {
		if p.result == success {
			return 0, false
		}
		need := max(int64(p.spec.Success)-run, 1)
		return need, within(need)
	}
	need := int64(1)<<bits.Len64(uint64(run)) - run // to the next power of two
	if run == 0 {
		need = 1
	}
	if change := int64(p.spec.Failure) - run; p.result != failure && change > 0 {
		need = min(need, change)
	}
	return need, within(need)
}

// outcomeAt returns what a probe finds at its next tick, and at how many ticks from
// then on; negative for ever.
func (w *worker) outcomeAt(i int, p *prober) (ok bool, ticks int64) {
	age := p.tick.Sub(w.containers[i].started)
	ok, until := w.health(i, p, age)
	if ok && p.law != nil && p.law.Success < 1 {
		n := uint64(p.tick) // a moment is tried once
		return kernel.Chance(w.stream(i, "probe/"+p.kind.String(), n), p.law.Success), 1
	}
	if until < 0 {
		return ok, -1
	}
	return ok, int64((until - age + p.spec.Period - 1) / p.spec.Period)
}

// health returns whether a container of some age is healthy, and up to which age that
// lasts; negative for ever.
func (w *worker) health(i int, p *prober, age time.Duration) (ok bool, until time.Duration) {
	if age < p.healed {
		return false, p.healed
	}
	if p.law == nil {
		return true, -1
	}
	until = -1
	for _, f := range p.law.Fails {
		switch {
		case age >= f.From && (f.To == 0 || age < f.To):
			if f.To == 0 {
				return false, -1
			}
			return false, f.To
		case age < f.From && (until < 0 || f.From < until):
			until = f.From
		}
	}
	if p.law.Up == nil || p.law.Down == nil {
		return true, until
	}
	if p.flip == 0 {
		p.flipEnd = p.healed
	}
	for p.flipEnd <= age {
		law := p.law.Up
		if p.flip%2 == 1 {
			law = p.law.Down
		}
		n := uint64(w.containers[i].starts)<<32 | p.flip
		p.flipEnd += max(kernel.Duration(law, w.stream(i, "probe/flap-"+p.kind.String(), n)), time.Millisecond)
		p.flip++
	}
	if until < 0 || p.flipEnd < until {
		until = p.flipEnd
	}
	return p.flip%2 == 1, until
}

// probed is a tick that changes or tells something.
func (w *worker) probed(now models.Time, i int, kind models.ProbeKind) {
	c := &w.containers[i]
	was := c.prober[kind]
	if was == nil || was.next == nil {
		return
	}
	p := was.next
	was.next = nil
	c.prober[kind] = p
	w.warn(i, p)
	if p.result == was.result {
		w.planProbe(i, p, p.tick)
		return
	}
	// After a failure of liveness, and after any result of startup, nothing is probed
	// any more in this run.
	if kind == models.ReadinessProbe || kind == models.LivenessProbe && p.result == success {
		w.planProbe(i, p, p.tick)
	}
	w.mark(now, i)
	w.sync(now)
}

// warn tells of failures that nobody has been told of.
func (w *worker) warn(i int, p *prober) {
	if p.untold == 0 {
		return
	}
	w.tell(models.Op{
		Kind: models.OpWarnContainer, Def: int32(i), Arg: p.untold, Reason: w.text("Unhealthy"),
		Message: w.text(p.kind.String() + " probe failed: " + failureText(p.spec.Handler)),
	})
	p.untold = 0
}

// failureText is what a handler of a probe says when it fails.
// Source: pkg/probe.
func failureText(handler models.HandlerKind) string {
	switch handler {
	case models.HTTPHandler:
		return "HTTP probe failed with statuscode: 503"
	case models.TCPHandler:
		return "dial tcp: connect: connection refused"
	case models.GRPCHandler:
		return `service unhealthy (responded with "NOT_SERVING")`
	}
	return ""
}
