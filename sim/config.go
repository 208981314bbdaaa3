package sim

import (
	"crypto/sha256"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim/evict"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/images"
	"github.com/podsim/podsim/sim/kubelet"
	"github.com/podsim/podsim/sim/pressure"
	"github.com/podsim/podsim/sim/usage"
)

// Config is everything that a run depends on. Two runs with equal configurations
// go through the same operations at the same times.
type Config struct {
	Seed uint64
	// Horizon ends the run; Never runs until nothing is left to happen.
	Horizon models.Time
	// EndIdle also ends the run when all that is left to happen is that the scheduler tries
	// pods again for which nothing has changed.
	EndIdle bool
	// Start is the date at which virtual time begins, for the schedules of CronJobs; the
	// zero time takes 1970-01-01 in UTC.
	Start     time.Time
	Latencies Latencies
	Kubelet   kubelet.Config
	// Images tells of images and where they come from. Without it every image that a
	// node does not hold takes the time Kubelet.ImagePull, whatever else is pulled.
	Images *images.Config
	// Scheduler without profiles is that of Kubernetes.
	Scheduler scheduler.Config
	// Plugins is the table that profiles choose from; nil is plugins.Table().
	Plugins []plugins.Entry
	// Objects are known from the start.
	Objects models.Definitions
	// Nodes join at the start, in this order.
	Nodes []*models.NodeSpec
	// Sources bring objects into the cluster, each in its own order of time.
	Sources []Source
	Faults  []fault.Fault
	// Evictors choose who leaves; those that are left out are those of Kubernetes.
	Evictors evict.Set
	// Descheduler is nil in clusters without one.
	Descheduler *Descheduler
	// Pressure is how the eviction managers of the nodes of a NodeGroup are configured, by
	// its name; all others are as Kubernetes has them.
	Pressure map[models.Sym]*pressure.Config
	// Series are loads that pods share, and metrics of autoscalers.
	Series []*usage.Series
	// StaticPods are those of the nodes of a NodeGroup, by its name.
	StaticPods map[models.Sym][]StaticPod
	// Steps are what the user of the cluster does during the run, in order of time.
	Steps []Step
	// CheckEvery is how many operations lie between two full checks of the
	// cluster's invariants; 0 takes at least 2^16, more in a large cluster.
	CheckEvery uint64
}

// Latencies are the delays of the control plane. Those of the kubelet are in
// kubelet.Config.
type Latencies struct {
	// Decision is the time the scheduler takes for one attempt; it takes one
	// attempt after the other.
	Decision time.Duration
	// Binding lies between the decision for a node and the bound pod at the API
	// server: the binding cycle, which does not hold up the scheduler. Until then
	// the scheduler keeps room for the pod, which nobody else sees; 0 binds at once
	// and saves the operation that notes that.
	// Source: pkg/scheduler/schedule_one.go (runBindingCycle): one write to the API.
	Binding time.Duration
	// Controller lies between a change and the reaction of a controller to it.
	Controller time.Duration
	// JobSync lies between the end of a Job's pod and the reaction of the Job
	// controller, which gathers pod updates for this long.
	// Source: pkg/controller/job/job_controller.go (syncJobBatchPeriod, 1 s).
	JobSync time.Duration
	// NodeReady lies between the registration of a node that joins during the run and
	// the report of its kubelet that it is Ready; until then it is not.
	NodeReady time.Duration
}

// DefaultLatencies are those of a control plane of ordinary size: 2 ms a
// scheduling attempt (500 pods/s), 10 ms from a write to a controller's reaction.
func DefaultLatencies() Latencies {
	return Latencies{Decision: 2 * time.Millisecond, Controller: 10 * time.Millisecond, JobSync: time.Second}
}

// Source yields arrivals in order of time.
type Source interface {
	// Next returns the next arrival; ok is false at the end. An error ends the
	// run: the rest of a trace cannot be read, say.
	Next() (a Arrival, ok bool, err error)
}

// Arrival is one object that comes into the cluster.
type Arrival struct {
	At       models.Time
	Template *Template
	// Name and Ordinal name the object: see models.AppendName.
	Name    models.Sym
	Ordinal int32
	// Lifetime is how long the object stays before its user deletes it;
	// negative is for ever.
	Lifetime time.Duration
	// RunTime is how long the containers of its pods run; negative leaves it to
	// their behaviour.
	RunTime time.Duration
	// Scalings are the numbers of replicas that a user sets later, of a
	// Deployment, a ReplicaSet or a ReplicationController.
	Scalings []Scaling
	// Parent is the owner of this object: the number of an earlier arrival of
	// the same source, counting owners only, plus one; 0 is none.
	Parent int32
	// What the object brings from before the run, if it was there already; at
	// most one of them is set. A node, which has no template, comes after its
	// pods.
	PastPod   *PastPod
	PastOwner *PastOwner
	PastNode  *PastNode
}

// Scaling sets the number of replicas of an object some time after its arrival.
type Scaling struct {
	After    time.Duration
	Replicas int32
}

// Template is a compiled object that can come into the cluster any number of
// times: a bare pod, or an owner with the template of its pods.
type Template struct {
	Pod        *models.PodSpec
	Owner      *models.OwnerSpec // nil for a bare pod
	ReplicaSet *models.OwnerSpec // what a Deployment makes
	// Behavior is how its pods behave; nil leaves it to the defaults.
	Behavior *kubelet.Behavior

	// Ids in the cluster, once it has come.
	defined bool
	spec    models.SpecID
	owner   models.OwnerSpecID
	content [sha256.Size]byte // identifies it
}
