package scenarios

import (
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
	"github.com/podsim/podsim/sim/kernel"
	"github.com/podsim/podsim/sim/kubelet"
)

// ScenarioSpec is the run as a whole. Of a scenario that includes another one,
// fields that both give count as the including one gives them.
type ScenarioSpec struct {
	Description string         `yaml:"description" help:"what the scenario shows, for its readers"`
	For         *time.Duration `yaml:"for" min:"1" help:"how long the run lasts; without it, until nothing is left to happen, or a day if a CronJob or HorizontalPodAutoscaler never rests; --for goes before it"`
	Seed        *uint64        `yaml:"seed" default:"1" help:"seed of every random draw; --seed goes before it"`
	Start       string         `yaml:"start" default:"2026-01-01T00:00:00Z" help:"date and time at which virtual time begins, for daily and weekly curves"`
	Interval    *time.Duration `yaml:"interval" min:"1" help:"distance of the points of a time series in reports (default: by the length of the run)"`
	Includes    []string       `yaml:"includes" help:"more files, relative to this one and within the folder of the scenario"`
	Data        []DataSpec     `yaml:"data" help:"traces and measurements that the scenario uses"`
	Latencies   LatenciesSpec  `yaml:"latencies" help:"delays of control plane and kubelets"`
	Scheduler   SchedulerSpec  `yaml:"scheduler" help:"how the scheduler decides"`
	Eviction    *EvictionSpec  `yaml:"eviction" help:"who has to leave a node, and in which order"`
	CostLabel   string         `yaml:"costLabel" help:"key of a pod label by whose values costs are told"`
	PingPong    PingPongSpec   `yaml:"pingPong" help:"which replicas are told to be moved again and again"`
	Shape       *yamlnode.Node `yaml:"shape" help:"a pod's request for which stranded capacity is told: amounts by resource, such as {cpu: 4, memory: 16Gi}"`
}

// PingPongSpec says which replicas are moved too often.
type PingPongSpec struct {
	Moves  int           `yaml:"moves" min:"1" default:"3" help:"those that are moved more often than this"`
	Window time.Duration `yaml:"window" min:"1" default:"1h" help:"within this time"`
}

// DataSpec names data that stand outside the scenario.
type DataSpec struct {
	Name        string `yaml:"name" required:"true" help:"the name by which the scenario refers to it and --data binds it"`
	Description string `yaml:"description" help:"what it is and where to get it"`
	Format      string `yaml:"format" required:"true" enum:"dlrm,swf,csv,jsonl,faults,samples" help:"traces: dlrm (instances of Alibaba's DLRM trace), swf (Standard Workload Format), csv (podsim's own, see podsim import), jsonl (objects of Kubernetes as a watch or an audit log tells of them); faults: what broke when (CSV, see FaultPlan); samples: one number a line"`
	Path        string `yaml:"path" help:"default file, relative to this one and within the folder of the scenario"`
}

// LatenciesSpec are the delays of control plane and kubelets.
type LatenciesSpec struct {
	Profile        string         `yaml:"profile" enum:"default,none" default:"default" help:"default: a control plane of ordinary speed; none: no delay at all, for arguing about policy alone"`
	Decision       *time.Duration `yaml:"decision" help:"time the scheduler takes for one attempt"`
	Binding        *time.Duration `yaml:"binding" help:"from the decision for a node to the pod that is bound at the API server; the scheduler assumes it there and goes on with other pods meanwhile"`
	Controller     *time.Duration `yaml:"controller" help:"from a change to the reaction of a controller"`
	JobSync        *time.Duration `yaml:"jobSync" help:"how long the Job controller gathers ended pods"`
	NodeReady      *time.Duration `yaml:"nodeReady" help:"from the registration of a node that joins during the run until its kubelet reports that it is Ready"`
	Bind           *TimeLaw       `yaml:"bind" help:"from the bound pod to the kubelet's first step"`
	Sandbox        *TimeLaw       `yaml:"sandbox" help:"set-up of a pod's sandbox and network"`
	ImagePull      *TimeLaw       `yaml:"imagePull" help:"pull of an image that the node does not hold"`
	ContainerStart *TimeLaw       `yaml:"containerStart" help:"creation and start of one container"`
	StopTime       *TimeLaw       `yaml:"stopTime" help:"from the request to stop to the end of the containers"`
	RunTime        *TimeLaw       `yaml:"runTime" help:"how long containers run that nothing else is known of and that may end"`
}

// DefaultSeed is the seed of a run that gives none.
const DefaultSeed = 1

var defaultStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// compileScenario reads the Scenario documents, included ones first, so that the
// including one has the last word.
func (l *loader) compileScenario() {
	var spec ScenarioSpec
	var top *object
	for _, o := range slices.Backward(l.byKind("Scenario")) {
		l.addData(o, l.dataOf(o)) // the latencies may refer to them
		envelope := Object[ScenarioSpec]{Spec: spec}
		envelope.Spec.Data, envelope.Spec.Eviction = nil, nil
		if l.decode(o, &envelope) {
			l.evictions = append(l.evictions, eviction{o, envelope.Spec.Eviction})
		}
		spec = envelope.Spec
		if top == nil || o.at("spec.scheduler") != nil {
			top = o
		}
		if text := spec.Start; text != "" && o.at("spec.start") != nil {
			start, err := parseStart(text)
			if l.run.Start = start; err != nil {
				l.blame(o, "spec.start", "%v", err)
			}
		}
		if spec.Description != "" {
			l.run.Description = strings.TrimSpace(spec.Description)
		}
		if o.name != "" {
			l.run.Name = o.name
		}
		l.run.PingPong = spec.PingPong
		if o.at("spec.costLabel") != nil {
			l.costLabel, l.run.CostLabel = o, spec.CostLabel
		}
		if o.at("spec.shape") != nil {
			l.shape = o
		}
	}
	c := &l.run.Config
	c.Horizon, c.Plugins = models.Never, l.table
	switch {
	case l.in.For > 0:
		c.Horizon = models.Time(l.in.For)
	case spec.For != nil:
		c.Horizon = models.Time(*spec.For)
	}
	switch {
	case l.in.Seed != nil:
		c.Seed = *l.in.Seed
	case spec.Seed != nil:
		c.Seed = *spec.Seed
	default:
		c.Seed = DefaultSeed
	}
	if spec.Interval != nil {
		l.run.Interval = *spec.Interval
	}
	c.Latencies, c.Kubelet = spec.Latencies.compile()
	l.runTimeAssumed = spec.Latencies.RunTime == nil
	l.compileScheduler(top, &spec.Scheduler)
	l.compileSchedulerDocument(top, &spec.Scheduler)
	l.imposeProfile()
}

func (s *LatenciesSpec) compile() (sim.Latencies, kubelet.Config) {
	latencies, config := sim.DefaultLatencies(), kubelet.DefaultConfig()
	if s.Profile == "none" {
		latencies, config = sim.Latencies{}, kubelet.Instant()
	}
	for _, set := range []struct {
		given *time.Duration
		to    *time.Duration
	}{{s.Decision, &latencies.Decision}, {s.Binding, &latencies.Binding}, {s.Controller, &latencies.Controller}, {s.JobSync, &latencies.JobSync},
		{s.NodeReady, &latencies.NodeReady}} {
		if set.given != nil {
			*set.to = *set.given
		}
	}
	for _, set := range []struct {
		given *TimeLaw
		to    *kernel.Distribution
	}{
		{s.Bind, &config.Bind}, {s.Sandbox, &config.Sandbox}, {s.ImagePull, &config.ImagePull},
		{s.ContainerStart, &config.ContainerStart}, {s.StopTime, &config.StopTime}, {s.RunTime, &config.RunTime},
	} {
		if law := set.given.law(); law != nil {
			*set.to = law
		}
	}
	return latencies, config
}

// data is a trace or a list of measurements that stands outside the scenario.
type data struct {
	spec   DataSpec
	object *object
	path   string // in the object
}

// dataOf reads the data of a Scenario ahead of the rest, which reports what is
// wrong with them.
func (l *loader) dataOf(o *object) []DataSpec {
	var specs []DataSpec
	if n := o.at("spec.data"); n != nil {
		_ = yamlnode.NewDecoder().Decode(n, &specs)
	}
	return specs
}

func (l *loader) addData(o *object, specs []DataSpec) {
	for i, spec := range specs {
		at := yamlnode.IndexPath("spec.data", i)
		if !isName(spec.Name) {
			if spec.Name != "" {
				l.blame(o, at+".name", "got %s; want lower-case letters, digits and -, at most %d", quote(spec.Name), limits.NameLength)
			}
			continue
		}
		if first := l.findData(spec.Name); first != nil {
			l.blame(o, at+".name", "data %s is also defined at %s", quote(spec.Name), first.object.place(first.path))
			continue
		}
		l.data = append(l.data, &data{spec, o, at})
	}
}

func (l *loader) findData(name string) *data {
	for _, d := range l.data {
		if d.spec.Name == name {
			return d
		}
	}
	return nil
}
