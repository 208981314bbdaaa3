package kubescheduler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/events"
	"k8s.io/klog/v2"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler"
	"k8s.io/kubernetes/pkg/scheduler/apis/config"
	"k8s.io/kubernetes/pkg/scheduler/backend/cache"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework/preemption"
)

// kubeScheduler is a real Scheduler that schedules the pods it is given. Its cache
// of nodes and pods is kept by hand; all else it reads through informers, from an
// API server in memory.
type kubeScheduler struct {
	ctx       context.Context
	stop      context.CancelFunc
	scheduler *scheduler.Scheduler
	informers informers.SharedInformerFactory
	snapshot  *cache.Snapshot
	budgets   []*policyv1.PodDisruptionBudget
	evaluator map[string]*preemption.Evaluator // by schedulerName
	others    []runtime.Object
	nodes     map[string]*corev1.Node
	joined    []string
	placed    map[string]*corev1.Pod // by name
	arrived   []string               // those of placed and of waiting, in their order
	waiting   map[string]*corev1.Pod
	running   bool // a pod has been scheduled
	count     int  // pods that the scheduler has placed
}

// newKubeScheduler returns a scheduler among the objects that it is given, which
// are neither nodes nor pods.
func newKubeScheduler(configuration *config.KubeSchedulerConfiguration, others []runtime.Object) (*kubeScheduler, error) {
	ctx, stop := context.WithCancel(klog.NewContext(context.Background(), klog.Background()))
	client := fake.NewClientset(others...)
	k := &kubeScheduler{ctx: ctx, stop: stop, others: others, informers: scheduler.NewInformerFactory(client, 0),
		nodes: make(map[string]*corev1.Node), placed: make(map[string]*corev1.Pod), waiting: make(map[string]*corev1.Pod)}
	s, err := scheduler.New(ctx, client, k.informers, nil,
		func(string) events.EventRecorderLogger { return silence{} },
		scheduler.WithComponentConfigVersion(configuration.APIVersion),
		scheduler.WithProfiles(configuration.Profiles...),
		scheduler.WithPercentageOfNodesToScore(configuration.PercentageOfNodesToScore),
		scheduler.WithParallelism(configuration.Parallelism))
	if err != nil {
		stop()
		return nil, err
	}
	k.scheduler = s
	for _, framework := range s.Profiles {
		k.snapshot = framework.SnapshotSharedLister().(*cache.Snapshot)
	}
	for _, o := range others {
		if budget, ok := o.(*policyv1.PodDisruptionBudget); ok {
			k.budgets = append(k.budgets, budget)
		}
	}
	if err := k.listen(); err != nil {
		stop()
		return nil, err
	}
	return k, nil
}

// listen starts the informers.
func (k *kubeScheduler) listen() error {
	synced := []toolscache.InformerSynced{
		k.informers.Core().V1().Namespaces().Informer().HasSynced, k.informers.Core().V1().Services().Informer().HasSynced,
		k.informers.Core().V1().PersistentVolumes().Informer().HasSynced, k.informers.Core().V1().Nodes().Informer().HasSynced,
		k.informers.Storage().V1().CSINodes().Informer().HasSynced, k.informers.Policy().V1().PodDisruptionBudgets().Informer().HasSynced,
	}
	k.informers.Start(k.ctx.Done())
	// The real waiting looks every 100 ms. Most have synced after a few.
	for slices.ContainsFunc(synced, func(done toolscache.InformerSynced) bool { return !done() }) {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(3 * time.Millisecond)
	for kind, synced := range k.informers.WaitForCacheSync(k.ctx.Done()) {
		if !synced {
			return fmt.Errorf("informer of %v: not synced", kind)
		}
	}
	if err := k.scheduler.WaitForHandlersSync(k.ctx); err != nil {
		return err
	}
	k.evaluator = make(map[string]*preemption.Evaluator)
	for name, framework := range k.scheduler.Profiles {
		evaluator, err := newEvaluator(k.ctx, framework)
		if err != nil {
			return err
		}
		k.evaluator[name] = evaluator
	}
	return nil
}

// silence is an event recorder that drops everything.
type silence struct{}

func (silence) Eventf(_, _ runtime.Object, _, _, _, _ string, _ ...any) {}

func (s silence) WithLogger(klog.Logger) events.EventRecorderLogger { return s }

func (k *kubeScheduler) log() klog.Logger { return klog.FromContext(k.ctx) }

// addNode tells of a new node. The snapshot of the real scheduler counts the
// nodes that hold an image as of the last change of each node, so that one that
// joins late is followed by what a real cluster has every few minutes: a status
// update of every node.
func (k *kubeScheduler) addNode(node *corev1.Node) {
	k.scheduler.Cache.AddNode(k.log(), node)
	k.nodes[node.Name] = node
	k.joined = append(k.joined, node.Name)
	if !k.running {
		return
	}
	for _, name := range k.joined {
		k.scheduler.Cache.UpdateNode(k.log(), k.nodes[name], k.nodes[name])
	}
}

// changeNode tells of a change of a node.
func (k *kubeScheduler) changeNode(name string, change Change) {
	before := k.nodes[name]
	if before == nil {
		return
	}
	after := before.DeepCopy()
	change.of(after)
	k.nodes[name] = after
	k.scheduler.Cache.UpdateNode(k.log(), before, after)
}

// place puts a pod on a node as the watch would tell of it.
func (k *kubeScheduler) place(pod *corev1.Pod, node string) error {
	bound := pod.DeepCopy()
	bound.Spec.NodeName = node
	k.keep(bound)
	return k.scheduler.Cache.AddPod(k.log(), bound)
}

func (k *kubeScheduler) keep(pod *corev1.Pod) {
	delete(k.waiting, pod.Name)
	_ = k.waits().Delete(pod) // fails only for keys that cannot be made
	k.scheduler.SchedulingQueue.Delete(pod)
	k.placed[pod.Name] = pod
	k.arrived = append(k.arrived, pod.Name)
}

// waits is what the scheduler knows of pods that wait.
func (k *kubeScheduler) waits() toolscache.Indexer {
	return k.informers.Core().V1().Pods().Informer().GetIndexer()
}

// wait lets a pod wait in the queue, with the node that is nominated for it if there is one.
func (k *kubeScheduler) wait(pod *corev1.Pod) error {
	k.waiting[pod.Name] = pod
	k.arrived = append(k.arrived, pod.Name)
	if err := k.waits().Add(pod); err != nil { // else a nomination counts for nothing
		return err
	}
	if k.skip(pod) == "" {
		k.scheduler.SchedulingQueue.Add(k.ctx, pod)
	}
	return nil
}

// assume puts a scheduled pod on its node: first as the scheduler does, then as
// the watch confirms it. A plugin that reserves may refuse.
func (k *kubeScheduler) assume(state fwk.CycleState, pod *corev1.Pod, node string) error {
	k.count++
	assumed := pod.DeepCopy()
	assumed.Spec.NodeName, assumed.Status.NominatedNodeName = node, ""
	assumed.Status.StartTime = &metav1.Time{Time: epoch.Add(seconds(k.count))}
	if err := k.scheduler.Cache.AssumePod(k.log(), assumed); err != nil {
		return err
	}
	k.scheduler.SchedulingQueue.DeleteNominatedPodIfExists(assumed)
	f := k.scheduler.Profiles[pod.Spec.SchedulerName]
	if status := f.RunReservePluginsReserve(k.ctx, state, assumed, node); !status.IsSuccess() {
		f.RunReservePluginsUnreserve(k.ctx, state, assumed, node)
		return errors.Join(fmt.Errorf("reserve: %w", status.AsError()), k.scheduler.Cache.ForgetPod(k.log(), assumed))
	}
	if _, status := f.RunPermitPlugins(k.ctx, state, assumed, node); !status.IsSuccess() {
		return fmt.Errorf("permit: %w", status.AsError())
	}
	k.keep(assumed)
	return k.scheduler.Cache.AddPod(k.log(), assumed)
}

func (k *kubeScheduler) remove(name string) error {
	if pod := k.waiting[name]; pod != nil {
		delete(k.waiting, name)
		if err := k.waits().Delete(pod); err != nil {
			return err
		}
		k.scheduler.SchedulingQueue.Delete(pod)
		return nil
	}
	pod, ok := k.placed[name]
	if !ok {
		return nil
	}
	delete(k.placed, name)
	return k.scheduler.Cache.RemovePod(k.log(), pod)
}

// terminate marks a pod that is placed for deletion.
func (k *kubeScheduler) terminate(name string) error {
	before := k.placed[name]
	if before == nil || before.DeletionTimestamp != nil {
		return nil
	}
	after := before.DeepCopy()
	after.DeletionTimestamp = &metav1.Time{Time: epoch}
	k.placed[name] = after
	return k.scheduler.Cache.UpdatePod(k.log(), before, after)
}

// skip says why the scheduler would not try a pod at all.
func (k *kubeScheduler) skip(pod *corev1.Pod) string {
	f, ok := k.scheduler.Profiles[pod.Spec.SchedulerName]
	switch {
	case !ok:
		return "schedulerName " + pod.Spec.SchedulerName
	case pod.DeletionTimestamp != nil:
		return "being deleted"
	}
	for _, plugin := range f.PreEnqueuePlugins() {
		if status := plugin.PreEnqueue(k.ctx, pod); !status.IsSuccess() {
			return plugin.Name() + ": " + status.Message()
		}
	}
	return ""
}

// attempt is one decision of the real scheduler and what it leaves behind.
type attempt struct {
	*Decision
	state      fwk.CycleState
	fit        *framework.FitError // why no node was found
	err        error               // any other failure
	restricted bool
}

// decide schedules a pod and changes nothing but where the next search begins.
func (k *kubeScheduler) decide(pod *corev1.Pod) (*attempt, error) {
	d := newDecision()
	if d.Skipped = k.skip(pod); d.Skipped != "" {
		return &attempt{Decision: d}, nil
	}
	k.running = true
	if err := k.scheduler.Cache.UpdateSnapshot(k.log(), k.snapshot); err != nil {
		return nil, err
	}
	info, err := framework.NewPodInfo(pod)
	if err != nil {
		return nil, err
	}
	state := framework.NewCycleState()
	state.Write(framework.PodsToActivateKey, framework.NewPodsToActivate())
	listener := &listener{Framework: k.scheduler.Profiles[pod.Spec.SchedulerName], decision: d}
	result, err := k.scheduler.SchedulePod(k.ctx, listener, state, &framework.QueuedPodInfo{PodInfo: info})
	out := &attempt{Decision: d, state: state, restricted: listener.restricted}
	if err != nil {
		out.failed(err)
		return out, nil
	}
	d.Node, d.Evaluated = result.SuggestedHost, result.EvaluatedNodes
	if result.FeasibleNodes == 1 {
		d.Feasible = []string{d.Node}
	}
	if len(d.Feasible) != result.FeasibleNodes {
		return nil, fmt.Errorf("pod %s: SchedulePod counts %d feasible nodes, %d were seen", pod.Name, result.FeasibleNodes, len(d.Feasible))
	}
	return out, nil
}

// failed records why SchedulePod found no node.
func (a *attempt) failed(err error) {
	a.Message = err.Error()
	fit := &framework.FitError{}
	if !errors.As(err, &fit) {
		a.err = err
		return
	}
	a.fit = fit
	a.Evaluated = fit.Diagnosis.NodeToStatus.Len()
	a.Rejectors = append(a.Rejectors, fit.Diagnosis.UnschedulablePlugins.UnsortedList()...)
	slices.Sort(a.Rejectors)
}

// text is why an attempt failed otherwise, without what only wraps it.
func (a *attempt) text() string { return strings.TrimSpace(a.err.Error()) }
