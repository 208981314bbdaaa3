package sim

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/kernel"
)

// The kinds of events. At one instant they happen in this order, causes before
// reactions: users, faults, kubelets, evictions, controllers, the scheduler.
const (
	evArrive  kernel.Kind = iota // subject: source
	evExpire                     // subject: pod, object: owner; one is None
	evScale                      // subject: owner, object: replicas
	evStep                       // subject: step
	evDrain                      // subject: drain, object: pod of it
	evUpgrade                    // subject: upgrade, object: node of it; gen: its stage

	evStrike  // subject: strike
	evRecover // subject: strike
	evReclaim // subject: strike, object: stage
	evCloud   // subject: node

	evGathered // subject: owner

	evImages   //
	evImage    // subject: pod, object: container
	evCollect  // subject: node
	evStart    // subject: pod; gen: epoch
	evCreate   // subject: pod; gen: epoch
	evSandbox  // subject: pod, object: 1 if it is tried again; gen: epoch
	evReady    // subject: pod; gen: epoch
	evEnd      // subject: pod, object: exit code; gen: epoch
	evRestart  // subject: pod; gen: epoch
	evStopped  // subject: pod, object: exit code; gen: epoch
	evKilled   // subject: pod
	evPulled   // subject: pod, object: container; gen: of its kubelet's worker
	evWork     // subject: pod; gen: of the event
	evMemory   // subject: pod, object: container
	evReplace  // subject: pod; gen: epoch
	evActuate  // subject: pod
	evResize   // subject: node
	evReported // subject: node
	evDeadline // subject: pod

	evShutGroup  // subject: node; gen: number of the group
	evShares     //
	evNodeMemory // subject: node
	evPressure   // subject: node

	evTaintEviction // subject: pod, object: node; gen: the node's taint generation
	evDeschedule    //

	evSilent     // subject: node; gen: its outages
	evNodePass   //
	evTaintPass  //
	evNodeTaints // subject: node
	evQuota      // subject: quota
	evLapse      // subject: pod
	evNamespace  // subject: symbol of the name
	evReconcile  // subject: owner
	evRetry      // subject: owner, object: 1 after a change, 0 after a wait
	evBudget     // subject: budget
	evClaim      // subject: claim
	evDebug      // subject: pod, object: ephemeral container
	evDebugged   // subject: pod, object: ephemeral container; gen: its exit code
	evCondition  // subject: pod, object: symbol of the type
	evStale      // subject: pod
	evPodGC      //
	evOrphan     // subject: pod; gen: epoch
	evAbandoned  // subject: node

	evBind     // subject: slot of a binding; gen: of the slot
	evPermit   //
	evCommit   //
	evSchedule //
	evFlush    //

	eventKinds
)

var eventNames = [eventKinds]string{
	evArrive: "arrive", evExpire: "expire", evScale: "scale", evStep: "step", evDrain: "drain", evUpgrade: "upgrade", evStrike: "strike", evRecover: "recover", evReclaim: "reclaim", evCloud: "cloud",
	evGathered: "gathered",
	evImages:   "images", evImage: "image", evCollect: "collect-images", evCreate: "create", evSandbox: "sandbox",
	evStart: "start", evReady: "ready", evEnd: "end", evRestart: "restart", evStopped: "stopped", evKilled: "killed", evShutGroup: "shutdown-group",
	evReplace: "replace", evActuate: "actuate", evResize: "resize", evReported: "reported",
	evDeadline: "deadline", evPulled: "pulled", evWork: "work", evTaintEviction: "taint-eviction", evDeschedule: "deschedule", evSilent: "silent", evNodePass: "node-pass",
	evTaintPass: "taint-pass", evNodeTaints: "node-taints", evQuota: "quota", evLapse: "lapse", evNamespace: "namespace", evReconcile: "reconcile", evBudget: "budget", evClaim: "claim-protection", evRetry: "retry", evPodGC: "pod-gc", evBind: "bind", evPermit: "permit", evCommit: "commit",
	evMemory: "memory", evShares: "shares", evNodeMemory: "node-memory", evPressure: "pressure",
	evOrphan: "orphan", evAbandoned: "abandoned", evCondition: "condition", evDebug: "debug", evDebugged: "debugged", evStale: "stale-disruption",
	evSchedule: "schedule", evFlush: "flush",
}

// EventName returns the name of a kind of event.
func EventName(k kernel.Kind) string { return eventNames[k] }

// handle lets one event happen.
func (s *Simulation) handle(e kernel.Event) { //nolint:gocyclo // one switch, in the order of a pod's life
	if s.silences > 0 && s.withhold(e) || len(s.dying) > 0 && s.spared(e) || s.halts.controllers > 0 && s.postpone(e) {
		return
	}
	switch e.Kind {
	case evArrive:
		s.arrive(int(e.A))
	case evExpire:
		s.expire(models.PodID(e.A), models.OwnerID(e.B))
	case evScale:
		s.scale(models.OwnerID(e.A), e.B)
	case evStep:
		s.step(int(e.A))
	case evDrain:
		s.drain(int(e.A), int(e.B))
	case evUpgrade:
		s.upgradeDue(int(e.A), int(e.B), e.Gen)

	case evStrike:
		s.strike(int(e.A))
	case evRecover:
		s.recover(int(e.A))
	case evReclaim:
		s.reclaim(int(e.A), e.B)
	case evCloud:
		s.cloud(models.NodeID(e.A))

	case evGathered:
		s.reconcile(models.OwnerID(e.A))

	case evImages:
		s.advanceImages()
	case evImage:
		s.lookForImage(models.PodID(e.A), e.B)
	case evCollect:
		s.collectImages(models.NodeID(e.A))
	case evStart:
		s.start(models.PodID(e.A), e.Gen)
	case evCreate:
		s.create(models.PodID(e.A), e.Gen)
	case evSandbox:
		s.makeSandbox(models.PodID(e.A), e.Gen, e.B == 1)
	case evReady:
		s.ready(models.PodID(e.A), e.Gen)
	case evEnd:
		s.end(models.PodID(e.A), e.Gen, int64(e.B))
	case evReplace:
		s.replace(models.PodID(e.A), e.Gen)
	case evActuate:
		s.actuate(models.PodID(e.A))
	case evReported:
		s.nodeReported(models.NodeID(e.A))
	case evResize:
		s.retryResizesAgain(models.NodeID(e.A))
	case evRestart:
		s.restart(models.PodID(e.A), e.Gen)
	case evShutGroup:
		s.groupOver(models.NodeID(e.A), e.Gen)
	case evKilled:
		s.killed(models.PodID(e.A))
	case evStopped:
		s.stopped(models.PodID(e.A), e.Gen, int64(e.B))
	case evMemory:
		s.overLimit(memoryUser{models.PodID(e.A), e.B})
	case evShares:
		s.shares()
	case evNodeMemory:
		s.nodeOutOfMemory(models.NodeID(e.A))
	case evPressure:
		s.pressurePass(models.NodeID(e.A))
	case evDeadline:
		s.deadline(models.PodID(e.A))
	case evPulled:
		s.imagePulled(models.PodID(e.A), int(e.B), e.Gen)
	case evWork:
		s.containersDue(models.PodID(e.A), e.Gen)

	case evTaintEviction:
		s.taintEviction(models.PodID(e.A), models.NodeID(e.B), e.Gen)
	case evDeschedule:
		s.deschedule()

	case evSilent:
		s.silent(models.NodeID(e.A), e.Gen)
	case evNodePass:
		s.nodePass()
	case evTaintPass:
		s.taintPass()
	case evNodeTaints:
		s.mirrorNode(models.NodeID(e.A))
	case evQuota:
		s.countQuota(models.PolicyID(e.A))
	case evLapse:
		s.lapse(models.PodID(e.A))
	case evNamespace:
		s.emptyNamespace(models.Sym(e.A))
	case evReconcile:
		s.reconcile(models.OwnerID(e.A))
	case evRetry:
		s.retry(models.OwnerID(e.A), e.B == 1)
	case evBudget:
		s.syncBudget(e.A)
	case evClaim:
		s.releaseClaim(models.ClaimID(e.A))
	case evOrphan:
		s.orphan(models.PodID(e.A), e.Gen)
	case evAbandoned:
		s.abandoned(models.NodeID(e.A))
	case evDebug:
		s.startEphemeral(models.PodID(e.A), e.B)
	case evDebugged:
		s.endEphemeral(models.PodID(e.A), e.B, int64(e.Gen))
	case evCondition:
		s.meetCondition(models.PodID(e.A), models.Sym(e.B))
	case evStale:
		s.stale(models.PodID(e.A))
	case evPodGC:
		s.podGC()

	case evBind:
		s.completeBinding(int(e.A), e.Gen)
	case evPermit:
		s.permit()
	case evCommit:
		s.commit(e.Gen)
	case evSchedule:
		s.schedule()
	case evFlush:
		s.flush()
	}
}
