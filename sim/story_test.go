package sim

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
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

func (s *story) object(t *testing.T, d *datadriven.TestData) {
	var name string
	var replicas, parallelism, backoff, minReady int32 = 1, 1, 6, 0
	completions := models.Unset
	d.ScanArgs(t, "name", &name)
	d.MaybeScanArgs(t, "replicas", &replicas)
	d.MaybeScanArgs(t, "minready", &minReady)
	d.MaybeScanArgs(t, "parallelism", &parallelism)
	d.MaybeScanArgs(t, "completions", &completions)
	d.MaybeScanArgs(t, "backofflimit", &backoff)
	template := s.template(t, d)
	switch d.Cmd {
	case "replicaset":
		s.kinds[name] = models.ReplicaSet
		template.Owner = &models.OwnerSpec{Kind: models.ReplicaSet, Replicas: replicas, MinReadySeconds: minReady}
	case "deployment", "statefulset", "daemonset":
		s.rollingOut(t, d, name, template)
	case "cronjob":
		s.cronJob(t, d, template)
	case "job":
		s.kinds[name] = models.Job
		template.Owner = &models.OwnerSpec{
			Kind: models.Job, Namespace: s.d.Sym("default"), Replicas: parallelism, Completions: completions, BackoffLimit: backoff,
			TTLAfterFinished: span(t, d, "ttl", -1), Rules: s.jobRules(t, d), ActiveDeadline: span(t, d, "deadline", 0),
		}
	}
	s.selecting(t, d, template)
	s.intoNamespace(template)
	s.arrive(models.Time(span(t, d, "at", 0)), name, template)
	s.list[len(s.list)-1].Lifetime = span(t, d, "lifetime", -1)
}

// template reads what all pods of an object are.
func (s *story) template(t *testing.T, d *datadriven.TestData) *Template {
	cpu, exit := int64(1000), int32(0)
	d.MaybeScanArgs(t, "cpu", &cpu)
	d.MaybeScanArgs(t, "exit", &exit)
	template := &Template{Behavior: &kubelet.Behavior{
		RunTime: law(t, d, "run"), CrashEvery: law(t, d, "crash"), StartUp: law(t, d, "startup"), StopTime: law(t, d, "stop"),
	}}
	if exit != 0 {
		template.Behavior.ExitCode = kernel.Constant(float64(exit))
	}
	policy := models.RestartAlways
	switch d.Cmd {
	case "pod", "job", "cronjob":
		policy = restartPolicy(t, d)
	}
	template.Pod = s.pod(cpu, policy)
	d.MaybeScanArgs(t, "priority", &template.Pod.Priority)
	template.Pod.LocalStorage = d.HasArg("emptydir")
	s.mark(d, template.Pod)
	if d.HasArg("gated") {
		template.Pod.SchedulingGates = []models.Sym{s.d.Sym("gate")}
	}
	template.Pod.GracePeriod = span(t, d, "grace", template.Pod.GracePeriod)
	s.tolerate(t, d, template.Pod)
	if d.HasArg("burstable") {
		template.Pod.QOS = models.Burstable
	}
	s.placeAt(t, d, template.Pod)
	app := ""
	if d.MaybeScanArgs(t, "app", &app); app != "" {
		template.Pod.Labels = models.NewLabels(models.Label{Key: s.d.Sym("app"), Value: s.d.Sym(app)})
	}
	s.relate(t, d, template.Pod)
	template.Pod.ActiveDeadline = span(t, d, "podactive", 0)
	s.containers(t, d, template)
	image := ""
	if d.MaybeScanArgs(t, "image", &image); image != "" {
		template.Pod.Containers[0].Image = s.d.Sym(image)
	}
	s.containersOf(t, d, template.Pod)
	s.gates(t, d, template)
	s.uses(t, d, template)
	s.runtime(t, d, template.Pod)
	s.mounts(t, d, template.Pod)
	return template
}

func (s *story) budget(t *testing.T, d *datadriven.TestData) {
	app, available, unavailable := "", "", ""
	d.ScanArgs(t, "app", &app)
	d.MaybeScanArgs(t, "minAvailable", &available)
	d.MaybeScanArgs(t, "maxUnavailable", &unavailable)
	name := app
	d.MaybeScanArgs(t, "name", &name)
	spec := &models.BudgetSpec{
		Namespace: cmp.Or(s.inside, s.d.Sym("default")), Name: s.d.Sym(name), AlwaysEvict: d.HasArg("alwaysallow"),
		Selector: models.LabelSelector{Requirements: models.Selector{
			{Key: s.d.Sym("app"), Op: models.In, Values: []models.Sym{s.d.Sym(app)}},
		}},
	}
	if available != "" {
		spec.MinAvailable = share(t, available)
	}
	if unavailable != "" {
		spec.MaxUnavailable = share(t, unavailable)
	}
	if !d.HasArg("at") {
		s.config.Objects.Budgets = append(s.config.Objects.Budgets, spec)
		return
	}
	s.config.Steps = append(s.config.Steps, Step{
		At: models.Time(span(t, d, "at", 0)), Kind: StepApply, Done: "configured", Budget: spec, Grace: -1,
		Object: StepObject{Other: BudgetObject, Namespace: spec.Namespace, Name: spec.Name, Ordinal: models.Exact},
	})
}

func restartPolicy(t *testing.T, d *datadriven.TestData) models.RestartPolicy {
	text := "Never"
	d.MaybeScanArgs(t, "restart", &text)
	for _, p := range []models.RestartPolicy{models.RestartAlways, models.RestartOnFailure, models.RestartNever} {
		if p.String() == text {
			return p
		}
	}
	d.Fatalf(t, "restart: unknown policy %s", text)
	return 0
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

// tape writes down operations as they are applied.
type tape struct {
	only []string
	text strings.Builder
}

func (p *tape) Observe(now models.Time, op *models.Op, v cluster.View) {
	wanted := len(p.only) == 0 && op.Kind != models.OpAddNode
	for _, name := range p.only {
		wanted = wanted || name == op.Kind.String()
	}
	if !wanted {
		return
	}
	d, fields := v.Dictionary(), op.Kind.Fields()
	fmt.Fprintf(&p.text, "%-10s %s", now, op.Kind)
	if fields&models.FieldPod != 0 {
		fmt.Fprintf(&p.text, " %s", v.Pod(op.Pod).Name())
	}
	if fields&models.FieldOwner != 0 && fields&models.FieldPod == 0 {
		o := v.Owner(op.Owner)
		fmt.Fprintf(&p.text, " %s/%s", o.Kind(), o.Name())
	}
	if fields&models.FieldNode != 0 && op.Node != models.None {
		fmt.Fprintf(&p.text, " %s", v.Node(op.Node).Name())
	}
	switch op.Kind {
	case models.OpAdoptPod:
		fmt.Fprintf(&p.text, " by %s", v.Owner(op.Owner).Name())
	case models.OpAddBudget, models.OpUpdateBudget, models.OpRemoveBudget, models.OpWriteBudgetStatus, models.OpAllowDisruption:
		p.budget(op, v)
	case models.OpAddService, models.OpUpdateService, models.OpRemoveService:
		p.service(op, v)
	case models.OpAdoptOwner:
		fmt.Fprintf(&p.text, " by %s", v.Owner(op.Parent).Name())
	case models.OpRelabelPod:
		for _, label := range v.Pod(op.Pod).Spec().Labels {
			fmt.Fprintf(&p.text, " %s=%s", d.String(label.Key), d.String(label.Value))
		}
	case models.OpDebugPod:
		fmt.Fprintf(&p.text, " %s %s", models.AppendName(nil, d.String(op.Name), op.Ordinal), d.String(op.Message))
	case models.OpStartEphemeral, models.OpEndEphemeral:
		p.text.WriteString(" " + string(v.Pod(op.Pod).Ephemerals()[op.Def].AppendName(nil, d)))
		if op.Kind == models.OpEndEphemeral {
			fmt.Fprintf(&p.text, " exit=%d", op.Arg)
		}
	case models.OpResizeNode:
		fmt.Fprintf(&p.text, " %s=%d", d.String(op.Name), op.Arg)
	case models.OpFailSandbox:
		fmt.Fprintf(&p.text, " times=%d", op.Arg)
	case models.OpUpdatePod:
		fmt.Fprintf(&p.text, " generation=%d", v.Pod(op.Pod).Generation())
	case models.OpResizePod:
		fmt.Fprintf(&p.text, " cpu=%d generation=%d", v.Spec(models.SpecID(op.Def)).Requests[models.CPU], v.Pod(op.Pod).Generation())
	case models.OpDeferResize:
		fmt.Fprintf(&p.text, " %q", d.String(op.Message))
	case models.OpAllocatePod, models.OpActuatePod:
		fmt.Fprintf(&p.text, " counts=%d", v.Pod(op.Pod).Spec().Requests[models.CPU])
	case models.OpSetNodeCondition:
		fmt.Fprintf(&p.text, " %s=%s", d.String(op.Name), models.ConditionStatus(op.Arg))
	case models.OpSetNodeReady:
		fmt.Fprintf(&p.text, " Ready=%s", models.ConditionStatus(op.Arg))
	case models.OpBeginFault, models.OpEndFault:
		fmt.Fprintf(&p.text, " %s nodes=%d", d.String(op.Name), op.Arg)
	case models.OpRecount:
		fmt.Fprintf(&p.text, " ago=%s", time.Duration(op.Arg))
	case models.OpSilenceNode:
		fmt.Fprintf(&p.text, " %s", models.Silence(op.Arg))
	case models.OpTaintNode, models.OpUntaintNode:
		fmt.Fprintf(&p.text, " %s:%s", d.String(op.Taint.Key), op.Taint.Effect)
	case models.OpNoteUpgrade:
		tellUpgrade(&p.text, op, d)
	case models.OpEvictPod, models.OpRefuseEviction:
		fmt.Fprintf(&p.text, " by %s", d.String(op.Name))
	case models.OpDeletePod, models.OpKillPod:
		fmt.Fprintf(&p.text, " grace=%s", time.Duration(op.Arg))
	case models.OpScaleOwner:
		fmt.Fprintf(&p.text, " replicas=%d", op.Arg)
	case models.OpReviseOwner:
		fmt.Fprintf(&p.text, " revision=%d", op.Arg)
	case models.OpRecordRevision:
		what := fmt.Sprint("revision=", op.Arg)
		if op.Arg == models.None {
			what = "forgotten"
		}
		fmt.Fprintf(&p.text, " %s", what)
	case models.OpAddClaim, models.OpEndClaim, models.OpRemoveClaim:
		fmt.Fprintf(&p.text, " %s", d.String(v.Claim(models.ClaimID(op.Def)).Spec().Name))
	case models.OpAddNamespace, models.OpEndNamespace, models.OpDropNamespace:
		fmt.Fprintf(&p.text, " %s", d.String(op.Name))
	case models.OpNoteNamespace:
		fmt.Fprintf(&p.text, " %s %s=%s", d.String(op.Name), models.NamespaceCondition(op.Def), models.ConditionStatus(op.Arg))
	case models.OpPutPolicy, models.OpSyncQuota:
		fmt.Fprintf(&p.text, " %s", d.String(v.Policy(models.PolicyID(op.Arg)).Spec().Name))
	case models.OpUseQuota:
		is, _ := v.Policy(models.PolicyID(op.Def)).Used().Of(d.String(op.Name))
		fmt.Fprintf(&p.text, " %s=%s", is.Name, is)
	case models.OpFailCreate, models.OpRefuse:
		fmt.Fprintf(&p.text, " %s: %s", models.AppendName(nil, d.String(op.Name), op.Ordinal), d.String(op.Message))
	case models.OpSetCondition, models.OpSetPodCondition:
		status := "gone"
		if op.Arg != models.None {
			status = models.ConditionStatus(op.Arg).String()
		}
		fmt.Fprintf(&p.text, " %s=%s", d.String(op.Name), status)
	case models.OpStartContainer, models.OpMarkContainer, models.OpStopContainer, models.OpExitContainer,
		models.OpWaitContainer, models.OpWarnContainer:
		tellContainer(&p.text, op, v)
	case models.OpExitPod, models.OpFinishPod:
		fmt.Fprintf(&p.text, " exit=%d", op.Arg)
	case models.OpIndexPod:
		fmt.Fprintf(&p.text, " index=%d failures=%d", op.Arg, op.Def)
	case models.OpEndIndex:
		fmt.Fprintf(&p.text, " index=%d", op.Arg)
	case models.OpPullImage, models.OpRemoveImage, models.OpRequestImage, models.OpLackImage:
		fmt.Fprintf(&p.text, " %s", d.String(op.Name))
	case models.OpReceiveImage:
		fmt.Fprintf(&p.text, " %s", d.String(op.Name))
		if op.Arg >= 0 {
			fmt.Fprintf(&p.text, " in %s", time.Duration(op.Arg))
		}
	case models.OpFailScheduling:
		fmt.Fprintf(&p.text, " %q", d.String(op.Message))
	}
	p.measured(op, d)
	if op.Reason != 0 {
		fmt.Fprintf(&p.text, " (%s)", d.String(op.Reason))
	}
	if op.Kind == models.OpRejectPod || op.Kind == models.OpRefuseEviction || op.Kind == models.OpFailSandbox || op.Kind == models.OpKillPod && op.Message != 0 {
		fmt.Fprintf(&p.text, " %q", d.String(op.Message))
	}
	if op.Kind == models.OpLackImage {
		fmt.Fprintf(&p.text, " %s", d.String(op.Message))
	}
	p.text.WriteString("\n")
}
