package timelines

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim"
	"github.com/podsim/podsim/sim/kernel"
)

// The annotations that tell a fake kubelet how long things take.
const (
	annotationStart   = "fake/start-delay"
	annotationReady   = "fake/ready-delay"
	annotationStagger = "fake/stagger"
	annotationExit    = "fake/exit-after"
	annotationCode    = "fake/exit-code"
	annotationByIndex = "fake/exit-code-by-index"
	annotationStop    = "fake/stop-delay"
)

// labelKubelet is put on pod templates in place of the annotations, so that a
// selector finds them and templates that differ in them are different templates.
const labelKubelet = "fake-kubelet"

// Delays of pods without annotations.
const (
	defaultStart = 2 * time.Second
	defaultStop  = time.Second
)

// never is later than any recording ends.
const never = 100000 * time.Hour

// profile is how a fake kubelet treats the pods of a template.
type profile struct {
	start   time.Duration // from bound to Running
	ready   time.Duration // from Running to Ready
	stagger time.Duration // more for each pod, by creation modulo staggered
	exit    time.Duration // from Running to the end of the container
	code    int
	stop    time.Duration // from deletion to the end of the container
}

// staggered is after how many pods the delays by fake/stagger begin anew.
const staggered = 10

// kubelets are the profiles of the templates of a recording.
type kubelets struct {
	profiles []profile
	// impossible are annotations that podsim cannot follow.
	impossible []string
}

// adopt takes the annotations of a pod template and labels it with its profile.
func (k *kubelets) adopt(template map[string]any) error {
	p, err := k.read(template)
	if err != nil {
		return err
	}
	index := slices.Index(k.profiles, p)
	if index < 0 {
		index = len(k.profiles)
		k.profiles = append(k.profiles, p)
	}
	mapAt(template, "metadata", "labels")[labelKubelet] = profileLabel(index)
	return nil
}

func profileLabel(index int) string { return "p" + strconv.Itoa(index) }

func (k *kubelets) read(template map[string]any) (profile, error) {
	p := profile{start: defaultStart, exit: never, stop: defaultStop}
	annotations := mapAt(template, "metadata", "annotations")
	for _, d := range []struct {
		name string
		to   *time.Duration
	}{
		{annotationStart, &p.start}, {annotationReady, &p.ready}, {annotationStagger, &p.stagger},
		{annotationExit, &p.exit}, {annotationStop, &p.stop},
	} {
		text, ok := annotations[d.name].(string)
		switch {
		case !ok:
		case text == "never":
			*d.to = never
		default:
			var err error
			if *d.to, err = time.ParseDuration(text); err != nil {
				return p, fmt.Errorf("annotation %s: %w", d.name, err)
			}
		}
	}
	if text, ok := annotations[annotationCode].(string); ok {
		var err error
		if p.code, err = strconv.Atoi(text); err != nil {
			return p, fmt.Errorf("annotation %s: %w", annotationCode, err)
		}
	}
	if text, ok := annotations[annotationByIndex].(string); ok {
		k.impossible = append(k.impossible, annotationByIndex+" "+text)
	}
	return p, nil
}

// behaviors returns a PodBehavior for each profile.
func (k *kubelets) behaviors() []Object {
	var list []Object
	for i, p := range k.profiles {
		spec := map[string]any{
			"selector": map[string]any{"matchLabels": map[string]any{labelKubelet: profileLabel(i)}},
			"startUp":  p.ready.String(), "runTime": p.exit.String(), "exitCode": p.code, "stopTime": p.stop.String(),
		}
		list = append(list, ownObject("PodBehavior", profileLabel(i), spec))
	}
	return list
}

// starter is the law of the time from the binding of a pod to its running
// containers. It watches the cluster, so as to know which pod it is asked about:
// the one that was bound last.
type starter struct {
	kubelets *kubelets
	delay    time.Duration
	label    models.Sym
}

// nodeReady is how long a fake kubelet takes from the registration of its node until it
// is Ready.
const nodeReady = time.Second

// impose lets the kubelets of a run start pods as the recording's did: without
// sandboxes and images.
func (k *kubelets) impose(c *sim.Config, d *models.Dictionary) *starter {
	s := &starter{kubelets: k, delay: defaultStart, label: d.Sym(labelKubelet)}
	none := kernel.Constant(0)
	c.Kubelet.Bind, c.Kubelet.Sandbox, c.Kubelet.ImagePull, c.Kubelet.ContainerStart = s, none, none, none
	c.Latencies.NodeReady = nodeReady
	return s
}

// Observe notes the delay of a pod that has just been bound. Its id is its number
// in the order of creation.
func (s *starter) Observe(_ models.Time, op *models.Op, v cluster.View) {
	if op.Kind != models.OpBindPod {
		return
	}
	s.delay = defaultStart
	value, _ := v.Pod(op.Pod).Spec().Labels.Get(s.label)
	for i, p := range s.kubelets.profiles {
		if profileLabel(i) == v.Dictionary().String(value) {
			s.delay = p.start + time.Duration(op.Pod%staggered)*p.stagger
		}
	}
}

// Draw returns the delay in seconds.
func (s *starter) Draw(kernel.Source) float64 { return s.delay.Seconds() }

// Mean returns the usual delay in seconds.
func (s *starter) Mean() float64 { return defaultStart.Seconds() }

// String describes the law.
func (s *starter) String() string { return "start-delay of the fake kubelet" }
