package kubescheduler

import (
	"context"
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/tools/events"
	"k8s.io/klog/v2"
	configv1 "k8s.io/kube-scheduler/config/v1"
	"k8s.io/kubernetes/pkg/scheduler"
	"k8s.io/kubernetes/pkg/scheduler/apis/config"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/latest"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/scheme"
	"k8s.io/kubernetes/pkg/scheduler/backend/cache"
	"k8s.io/kubernetes/pkg/scheduler/framework"
)

// kubeScheduler is a real Scheduler that schedules the pods it is given, with its
// cache kept by hand and without an API server.
type kubeScheduler struct {
	ctx       context.Context
	stop      context.CancelFunc
	scheduler *scheduler.Scheduler
	framework framework.Framework
	snapshot  *cache.Snapshot
	nodes     []*corev1.Node
	placed    map[string]*corev1.Pod
	running   bool // a pod has been scheduled
}

// newKubeScheduler returns a scheduler with the default profile less the plugins
// that are not among known.
func newKubeScheduler(percentage int32, known []string) (*kubeScheduler, error) {
	configuration, err := configure(percentage, known)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(klog.NewContext(context.Background(), klog.Background()))
	client := fake.NewClientset()
	s, err := scheduler.New(ctx, client, scheduler.NewInformerFactory(client, 0), nil,
		func(string) events.EventRecorderLogger { return silence{} },
		scheduler.WithComponentConfigVersion(configuration.APIVersion),
		scheduler.WithProfiles(configuration.Profiles...),
		scheduler.WithPercentageOfNodesToScore(configuration.PercentageOfNodesToScore),
		scheduler.WithParallelism(configuration.Parallelism))
	if err != nil {
		stop()
		return nil, err
	}
	k := &kubeScheduler{ctx: ctx, stop: stop, scheduler: s, placed: make(map[string]*corev1.Pod)}
	k.framework = s.Profiles[corev1.DefaultSchedulerName]
	k.snapshot = k.framework.SnapshotSharedLister().(*cache.Snapshot)
	return k, nil
}

// configure returns the default configuration with the plugins disabled that are
// not among known, as a user would disable them.
func configure(percentage int32, known []string) (*config.KubeSchedulerConfiguration, error) {
	standard, err := latest.Default()
	if err != nil {
		return nil, err
	}
	var disabled []configv1.Plugin
	for _, plugin := range standard.Profiles[0].Plugins.MultiPoint.Enabled {
		if !slices.Contains(known, plugin.Name) {
			disabled = append(disabled, configv1.Plugin{Name: plugin.Name})
		}
	}
	one := int32(1)
	versioned := &configv1.KubeSchedulerConfiguration{
		Parallelism: &one, PercentageOfNodesToScore: &percentage,
		Profiles: []configv1.KubeSchedulerProfile{{
			Plugins: &configv1.Plugins{MultiPoint: configv1.PluginSet{Disabled: disabled}},
		}},
	}
	scheme.Scheme.Default(versioned)
	out := &config.KubeSchedulerConfiguration{}
	if err := scheme.Scheme.Convert(versioned, out, nil); err != nil {
		return nil, err
	}
	out.APIVersion = configv1.SchemeGroupVersion.String()
	return out, nil
}

// silence is an event recorder that drops everything.
type silence struct{}

func (silence) Eventf(_, _ runtime.Object, _, _, _, _ string, _ ...any) {}

func (s silence) WithLogger(klog.Logger) events.EventRecorderLogger { return s }

// addNode tells of a new node. The snapshot of the real scheduler counts the
// nodes that hold an image as of the last change of each node, so that one that
// joins late is followed by what a real cluster has every few minutes: a status
// update of every node.
func (k *kubeScheduler) addNode(node *corev1.Node) {
	log := klog.FromContext(k.ctx)
	k.scheduler.Cache.AddNode(log, node)
	k.nodes = append(k.nodes, node)
	if !k.running {
		return
	}
	for _, known := range k.nodes {
		k.scheduler.Cache.UpdateNode(log, known, known)
	}
}

// place puts a pod on a node as the watch would tell of it.
func (k *kubeScheduler) place(pod *corev1.Pod, node string) error {
	bound := pod.DeepCopy()
	bound.Spec.NodeName = node
	k.placed[pod.Name] = bound
	return k.scheduler.Cache.AddPod(klog.FromContext(k.ctx), bound)
}

// assume puts a scheduled pod on its node: first as the scheduler does, then as
// the watch confirms it.
func (k *kubeScheduler) assume(pod *corev1.Pod, node string) error {
	assumed := pod.DeepCopy()
	assumed.Spec.NodeName = node
	if err := k.scheduler.Cache.AssumePod(klog.FromContext(k.ctx), assumed); err != nil {
		return err
	}
	return k.place(pod, node)
}

func (k *kubeScheduler) remove(name string) error {
	pod, ok := k.placed[name]
	if !ok {
		return nil
	}
	delete(k.placed, name)
	return k.scheduler.Cache.RemovePod(klog.FromContext(k.ctx), pod)
}

// decide schedules a pod and changes nothing but where the next search begins.
func (k *kubeScheduler) decide(pod *corev1.Pod) (*Decision, error) {
	d := newDecision()
	for _, plugin := range k.framework.PreEnqueuePlugins() {
		if status := plugin.PreEnqueue(k.ctx, pod); !status.IsSuccess() {
			d.Gates = status.Message()
			return d, nil
		}
	}
	k.running = true
	if err := k.scheduler.Cache.UpdateSnapshot(klog.FromContext(k.ctx), k.snapshot); err != nil {
		return nil, err
	}
	info, err := framework.NewPodInfo(pod)
	if err != nil {
		return nil, err
	}
	state := framework.NewCycleState()
	state.Write(framework.PodsToActivateKey, framework.NewPodsToActivate())
	listener := &listener{Framework: k.framework, decision: d}
	result, err := k.scheduler.SchedulePod(k.ctx, listener, state, &framework.QueuedPodInfo{PodInfo: info})
	if err != nil {
		d.failed(err)
		return d, nil
	}
	d.Node, d.Evaluated = result.SuggestedHost, result.EvaluatedNodes
	if result.FeasibleNodes == 1 {
		d.Feasible = []string{d.Node}
	}
	if len(d.Feasible) != result.FeasibleNodes {
		return nil, fmt.Errorf("pod %s: SchedulePod counts %d feasible nodes, %d were seen", pod.Name, result.FeasibleNodes, len(d.Feasible))
	}
	return d, nil
}

// failed records why SchedulePod found no node.
func (d *Decision) failed(err error) {
	d.Message = err.Error()
	fit := &framework.FitError{}
	if !errors.As(err, &fit) {
		return
	}
	d.Evaluated = fit.Diagnosis.NodeToStatus.Len()
	d.Rejectors = append(d.Rejectors, fit.Diagnosis.UnschedulablePlugins.UnsortedList()...)
	slices.Sort(d.Rejectors)
}

func newDecision() *Decision {
	return &Decision{Rejected: make(map[string]Rejection), Scores: make(map[string]map[string]int64), Totals: make(map[string]int64)}
}
