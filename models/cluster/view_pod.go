package cluster

import (
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
)

// Pod reads one pod. Of a pod that was removed long ago only Removed and
// Terminal mean anything.
type Pod struct {
	c  *Cluster
	id models.PodID
}

func (p Pod) row() *podRow { return p.c.pods.at(int32(p.id)) }

// View returns the view that the handle came from.
func (p Pod) View() View { return View{p.c} }

// ID returns the pod's id.
func (p Pod) ID() models.PodID { return p.id }

// SpecID returns the id of its compiled specification.
func (p Pod) SpecID() models.SpecID { return p.row().spec }

// Spec returns its compiled specification.
func (p Pod) Spec() *models.PodSpec { return p.c.podSpecs[p.row().spec] }

// Owner returns the id of its controller, or None.
func (p Pod) Owner() models.OwnerID { return p.row().owner }

// Node returns the id of its node, or None.
func (p Pod) Node() models.NodeID { return p.row().node }

// Nominated returns the id of the node on which preemption makes room for it, or
// None.
func (p Pod) Nominated() models.NodeID { return p.row().nominated }

// Assumed returns the id of the node on which a scheduler keeps room for it until
// it is bound, or None. Such a pod is among the pods of that node.
func (p Pod) Assumed() models.NodeID { return p.row().assumed }

// Phase returns its phase.
func (p Pod) Phase() models.Phase { return p.row().phase }

// Ready reports its Ready condition.
func (p Pod) Ready() bool { return p.row().is(podReady) }

// Up reports whether its containers run.
func (p Pod) Up() bool { return p.row().is(podUp) }

// Deleting reports whether it is marked for deletion.
func (p Pod) Deleting() bool { return p.row().is(podDeleting) }

// Removed reports whether the object is gone.
func (p Pod) Removed() bool { return p.row().is(podRemoved) }

// Active reports whether it has neither ended nor been marked for deletion.
func (p Pod) Active() bool { return p.row().active() }

// Epoch changes with every step of its life; what was planned under another
// epoch is void.
func (p Pod) Epoch() uint32 { return p.row().epoch }

// Created returns when the object was created.
func (p Pod) Created() models.Time { return p.row().created }

// BoundAt returns when it was bound, or Never.
func (p Pod) BoundAt() models.Time { return p.row().bound }

// StartedAt returns when its containers last started, or Never.
func (p Pod) StartedAt() models.Time { return p.row().started }

// ReadyChangedAt returns when Ready last changed, or Never.
func (p Pod) ReadyChangedAt() models.Time { return p.row().ready }

// ExitedAt returns when its containers last ended, or Never.
func (p Pod) ExitedAt() models.Time { return p.row().exited }

// Deadline returns when its deletion grace runs out, or Never.
func (p Pod) Deadline() models.Time { return p.row().deletion }

// Starts returns how often its containers were started.
func (p Pod) Starts() int32 { return p.row().starts }

// Restarts returns how often its containers were started again.
func (p Pod) Restarts() int32 { return p.row().restarts }

// Attempts returns how often it was tried to be scheduled.
func (p Pod) Attempts() int32 { return p.row().attempts }

// ExitCode returns the exit code of the last end of its containers.
func (p Pod) ExitCode() int32 { return p.row().exitCode }

// Reason returns the reason of the last end of its containers, or of its terminal phase,
// if any.
func (p Pod) Reason() models.Sym { return p.row().reason }

// Message returns what is said about the reason of its terminal phase, if anything.
func (p Pod) Message() models.Sym { return p.c.messages[p.id] }

// Cause returns who deleted it and why, if it was.
func (p Pod) Cause() models.Sym { return p.row().cause }

// Ordinal returns its number among the pods of its owner, from 0; it is the
// same under every policy.
func (p Pod) Ordinal() int32 { return p.row().ordinal }

// ControlledHostname returns the name of the host that its controller gives the pod: one of a
// StatefulSet has its own name, one of an Indexed Job that of the Job and its index; "" for
// others.
// Source: pkg/controller/statefulset/stateful_set_utils.go (initIdentity),
// pkg/controller/job/job_controller.go (manageJob).
func (p Pod) ControlledHostname() string {
	if p.Owner() == models.None {
		return ""
	}
	owner := Owner{p.c, p.Owner()}
	switch {
	case owner.Kind() == models.StatefulSet:
		return p.Name()
	case owner.Kind() == models.Job && p.Index() != models.None:
		return owner.Name() + "-" + strconv.Itoa(int(p.Index()))
	}
	return ""
}

// AppendName appends the pod's name.
func (p Pod) AppendName(dst []byte) []byte {
	row := p.row()
	if row.name == 0 && row.owner != models.None {
		return models.AppendOrdinal(Owner{p.c, row.owner}.AppendName(dst), len(dst), row.ordinal)
	}
	return models.AppendName(dst, p.c.dictionary.String(row.name), row.ordinal)
}

// BaseName returns what its name is made of with its ordinal, or 0 if that is the name
// of its owner.
func (p Pod) BaseName() models.Sym { return p.row().name }

// Name returns the pod's name.
func (p Pod) Name() string { return string(p.AppendName(nil)) }

// EndedByKubelet returns the reason of the condition DisruptionTarget of a pod that its
// kubelet has ended for the sake of others. One that has used more of the disk than it may
// has none.
// Source: pkg/kubelet/eviction/eviction_manager.go (evictPod).
func (p Pod) EndedByKubelet() (reason string, ok bool) {
	if p.Phase() != models.Failed {
		return "", false
	}
	why, d := p.c.dictionary.String(p.Reason()), p.c.dictionary
	if why == models.ReasonEvicted {
		return models.TerminationByKubelet, strings.HasPrefix(d.String(p.Message()), models.MessageNodeLow)
	}
	return models.DisruptionOf(why)
}
