package sim

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/fault"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

// TestStories plays the scripts in testdata/stories. Each tells how a small
// cluster came to be and what happened to it, operation by operation, at which
// virtual time. With -rewrite the expected parts are written anew.
//
// Commands, with their arguments:
//
//	node name zone cpu memory disk podcidr count nodes; several get numbers behind the name; with cloud
//	kubelet hard=(memory.available:100Mi) soft=(…:…:grace) reclaim maxgrace transition reserved inodes pids   of all nodes
//	latencies default|none binding  of the control plane and the kubelets
//	…  any owner with select=app    and so with a selector
//	replicaset name replicas cpu    also deployment; with at, image, run, crash, startup, stop
//	job name parallelism completions backofflimit ttl cpu deadline, with exit
//	…  with indexed, perindex, maxfailed, ignore=code, failjob=code, failcontainer, replace=Failed, succeed=indexes
//	cronjob name, with schedule="* * * * *", concurrency, startby, successful, failed, zone
//	pod name cpu, with restart=Always|OnFailure|Never, lifetime, gated
//	…  with priority, app (a label), grace, minready and tolerate=seconds|forever
//	…  with hostnetwork (in the network of its node), fqdn=subdomain and hostname (its kernel has its full name)
//	…  with os and oslabel (of spec.os, of the label kubernetes.io/os), gates=a,b (readiness gates), and met=a:30s (somebody sets the condition)
//	…  with node (its nodeName), needs (a label of nodes) and port (of the host)
//	…  a Deployment with strategy, surge, unavailable, deadline, history, paused
//	statefulset name replicas …     with strategy, partition, start, parallel, history, minready, claims, whenscaled
//	daemonset name …                with strategy, surge, unavailable, history, minready, on (a label of nodes), pinned
//	update name at …                an object that rolls out becomes what the arguments change
//	scale name at replicas          a Deployment, ReplicaSet or StatefulSet gets other replicas
//	delete pod|name at              a user deletes a pod, with grace and force, or an object with cascade=foreground|orphan
//	evict pod at grace              a user evicts a pod
//	drain node then=(other,…) at grace timeout skip app ignoredaemonsets deleteemptydir force disableeviction
//	upgrade group at …              a node group is upgraded, see its method; nodes have a group=name
//	answers                         prints what the users were told
//	label pod at app [overwrite]    a pod gets another label app, or loses it
//	change node at …                with label, unlabel, taint, untaint, cordon, delete, apply, cpu (what pods may take)
//	join name at                    a node joins
//	namespace name do=delete|add at                                      everything after it is there
//	quota name hard=(pods:5,requests.cpu:2m) at, scope, priorityclass   there from the start without at
//	limits name min max default request ratio=(cpu:500m) at             a LimitRange for containers
//	budget app minAvailable|maxUnavailable at alwaysallow   a PodDisruptionBudget over the pods with that label
//	service name app type           with at, do=patch|delete: a step of a user
//	claim name at, do=delete        a PersistentVolumeClaim of a step; pods mount=name it
//	fault name nodes|zone at for    nodes crash; with action, grace, critical, factor, delay, notice, registries, takes, step
//	spot answer=wait|atNotice|ahead most   who leaves nodes that are reclaimed
//	series name value               a MetricSeries, with object for one of a Service
//	autoscaler name target …        see its method; what pods use is told with them: uses, memory, packets
//	amend pod=name at …             a user changes image, gates, tolerates, deadline or cpu (a resize, perhaps with restart)
//	debug pod=name image name target for at    kubectl debug adds an ephemeral container
//	condition pod=name type status reason at   somebody sets a condition of a pod, or with status=gone takes it away
//	outcome                         prints what the user was answered
//	run until [only=Op,Op]          prints what happens from then on
func TestStories(t *testing.T) {
	datadriven.Walk(t, "testdata/stories", func(t *testing.T, path string) {
		s := &story{world: newWorld(t), updated: make(map[string][]datadriven.CmdArg), kinds: make(map[string]models.OwnerKind), shared: make(map[string]*Template)}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string { return s.command(t, d) })
	})
}

type story struct {
	*world
	sim     *Simulation
	tape    tape
	updated map[string][]datadriven.CmdArg // Deployments as they were last described
	kinds   map[string]models.OwnerKind    // of objects that roll out
	shared  map[string]*Template           // templates by what their pods are
	inside  models.Sym                     // the namespace of what comes, if it is not the default one
}

func (s *story) command(t *testing.T, d *datadriven.TestData) string {
	switch d.Cmd {
	case "node":
		s.nodes(t, d)
	case "kubelet":
		s.pressure(t, d)
	case "latencies":
		if d.HasArg("default") {
			s.config.Latencies, s.config.Kubelet = DefaultLatencies(), kubelet.DefaultConfig()
		}
		s.config.Latencies.Binding = span(t, d, "binding", s.config.Latencies.Binding)
		s.config.Latencies.NodeReady = span(t, d, "nodeready", s.config.Latencies.NodeReady)
	case "replicaset", "deployment", "job", "cronjob", "pod", "statefulset", "daemonset":
		s.object(t, d)
	case "delete":
		s.delete(t, d)
	case "change":
		s.changeNode(t, d)
	case "label":
		s.labelPod(t, d)
	case "evict":
		s.evict(t, d)
	case "drain":
		s.drain(t, d)
	case "upgrade":
		s.upgrade(t, d)
	case "answers":
		return s.answers()
	case "amend":
		s.changePod(t, d)
	case "debug":
		s.debug(t, d)
	case "condition":
		s.setCondition(t, d)
	case "outcome":
		return s.outcomes()
	case "join":
		s.join(t, d)
	case "update":
		s.update(t, d)
	case "scale":
		s.scale(t, d)
	case "budget":
		s.budget(t, d)
	case "namespace":
		s.namespace(t, d)
	case "service":
		s.service(t, d)
	case "claim":
		s.claim(t, d)
	case "quota", "limits":
		s.policy(t, d)
	case "fault":
		s.fault(t, d)
	case "spot":
		s.spot(t, d)
	case "static":
		s.static(t, d)
	case "registry":
		s.registry(t, d)
	case "image":
		s.image(t, d)
	case "pulls":
		s.pulls(t, d)
	case "series":
		s.series(t, d)
	case "autoscaler":
		s.autoscaler(t, d)
	case "descheduler":
		s.deschedule(t, d)
	case "run":
		return s.play(t, d)
	default:
		d.Fatalf(t, "unknown command %s", d.Cmd)
	}
	return ""
}

func (s *story) nodes(t *testing.T, d *datadriven.TestData) {
	name, zone, count := "", "a", 1
	cpu, memory, disk := int64(4000), int64(64<<10), int64(0)
	d.MaybeScanArgs(t, "disk", &disk)
	d.MaybeScanArgs(t, "memory", &memory)
	d.ScanArgs(t, "name", &name)
	d.MaybeScanArgs(t, "zone", &zone)
	d.MaybeScanArgs(t, "count", &count)
	d.MaybeScanArgs(t, "cpu", &cpu)
	for i := range count {
		full := name
		if count > 1 {
			full = fmt.Sprintf("%s%d", name, i+1)
		}
		s.node(full, zone, models.Resources{models.CPU: cpu, models.Memory: memory << 20, models.EphemeralStorage: disk << 20})
		if addresses := ""; d.MaybeScanArgs(t, "podcidr", &addresses) {
			s.config.Nodes[len(s.config.Nodes)-1].PodCIDR = s.d.Sym(addresses)
		}
		made := s.config.Nodes[len(s.config.Nodes)-1]
		made.Cloud = d.HasArg("cloud")
		if group := ""; d.MaybeScanArgs(t, "group", &group) {
			made.Group = s.d.Sym(group)
		}
	}
}

// span reads an optional argument that is a duration.
func span(t *testing.T, d *datadriven.TestData, name string, otherwise time.Duration) time.Duration {
	text := ""
	d.MaybeScanArgs(t, name, &text)
	if text == "" {
		return otherwise
	}
	value, err := time.ParseDuration(text)
	if err != nil {
		d.Fatalf(t, "%s: %v", name, err)
	}
	return value
}

func law(t *testing.T, d *datadriven.TestData, name string) kernel.Distribution {
	if value := span(t, d, name, -1); value >= 0 {
		return kernel.Constant(value.Seconds())
	}
	return nil
}

func (s *story) fault(t *testing.T, d *datadriven.TestData) {
	var name string
	d.ScanArgs(t, "name", &name)
	f := fault.Fault{Name: s.d.Sym(name), At: []models.Time{models.Time(span(t, d, "at", 0))}, Duration: law(t, d, "for"),
		Until: models.Never}
	faultArguments(t, d, &f)
	for _, arg := range d.CmdArgs {
		for _, value := range arg.Vals {
			switch arg.Key {
			case "action":
				f.Action, _ = fault.ActionNamed(value)
			case "nodes":
				f.Target.Names = append(f.Target.Names, s.d.Sym(value))
			case "zone":
				f.Target.Zones = append(f.Target.Zones, s.d.Sym(value))
			}
		}
	}
	f.Grace, f.Amount = shutdownGrace(t, d), amountIn(t, d, "takes")
	if d.HasArg("step") {
		s.config.Steps = append(s.config.Steps, Step{At: f.At[0], Kind: StepFault, Text: "fault " + name, Fault: len(s.config.Faults)})
		f.At = nil
	}
	s.config.Faults = append(s.config.Faults, f)
}

func (s *story) play(t *testing.T, d *datadriven.TestData) string {
	s.tape = tape{}
	for _, arg := range d.CmdArgs {
		if arg.Key == "only" {
			s.tape.only = strings.Split(arg.Vals[0], ",")
		}
	}
	if s.sim == nil {
		s.config.Horizon = 0
		s.sim = s.simulation()
		s.sim.Cluster().Observe(&s.tape)
	}
	s.sim.config.Horizon = models.Time(span(t, d, "until", 0))
	if err := s.sim.Run(nil); err != nil {
		return err.Error()
	}
	return s.tape.text.String()
}
