package timelines

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/sim"
)

// Seeds is how many seeds Run tries: which of equal nodes a pod gets hangs on the
// order of pods in a batch, and so does which pods go first. The recording is one
// draw of that.
const Seeds = 16

// Run reads the recording in a folder, runs it in virtual time and compares, with
// the first of some seeds under which the run is most like the recording.
func Run(folder string, seeds uint64) (*Comparison, error) {
	r, err := Read(folder)
	if err != nil {
		return nil, err
	}
	s, err := Translate(r)
	if err != nil {
		return nil, err
	}
	var nearest *Comparison
	for seed := range max(seeds, 1) {
		got, err := s.Simulate(r.Name, seed+1)
		if err != nil {
			return nil, err
		}
		c := Compare(r, got)
		c.Impossible, c.Seed = s.Impossible, seed+1
		if nearest == nil || c.unmet() < nearest.unmet() {
			nearest = c
		}
	}
	return nearest, nil
}

// Simulate runs the scenario under a seed and returns what was observed, in order of
// time. Under the first one the scheduler chooses among equal nodes as Kubernetes
// does with the pods in their order, under others by chance.
//
// Pods that are deleted by a selector have names that nobody knows before they are
// there. A run up to that moment tells them: another one will make the same.
func (s *Scenario) Simulate(name string, seed uint64) ([]Fact, error) {
	var known []deed
	for i := range s.selections {
		p, err := s.play(name, seed, known, models.Time(s.selections[i].At*float64(time.Second)))
		if err != nil {
			return nil, err
		}
		known = append(known, p.selected(&s.selections[i])...)
	}
	p, err := s.play(name, seed, known, models.Never)
	if err != nil {
		return nil, err
	}
	facts := slices.Concat(s.refused, p.results(), p.watcher.end(p.until))
	sortByTime(facts)
	return facts, nil
}

// deed is a step with the action that it stands for, in the words of recordings;
// empty if that is told already.
type deed struct {
	step   sim.Step
	action string
}

// play is a run of a scenario.
type play struct {
	simulation *sim.Simulation
	watcher    *watcher
	deeds      []deed // in the order of the steps
	until      models.Time
}

// play runs the scenario with more steps, up to a moment or to its end.
func (s *Scenario) play(name string, seed uint64, more []deed, until models.Time) (*play, error) {
	file := scenarios.File{Name: name + ".yaml", Reader: bytes.NewReader(s.Text())}
	input := scenarios.Input{Files: []scenarios.File{file}, Seed: &seed, At: s.commands}
	if seed > 1 {
		input.Set = []string{"Scenario.spec.scheduler.ties=random"}
	}
	run, err := scenarios.Load(input)
	if err != nil {
		return nil, err
	}
	p := &play{watcher: newWatcher(), until: min(until, run.Config.Horizon)}
	p.deeds = s.deeds(run.Config.Steps)
	for _, d := range more {
		d.step.Object.Namespace = run.Dictionary.Sym("default")
		d.step.Object.Name = run.Dictionary.Sym(d.step.Text)
		p.deeds = append(p.deeds, d)
	}
	slices.SortStableFunc(p.deeds, func(a, b deed) int { return cmp.Compare(a.step.At, b.step.At) })
	run.Config.Steps, run.Config.Horizon = nil, p.until
	for i := range p.deeds {
		run.Config.Steps = append(run.Config.Steps, p.deeds[i].step)
	}
	starter := s.kubelets.impose(&run.Config, run.Dictionary)
	if p.simulation, err = sim.New(run.Config, run.Dictionary, nil); err != nil {
		return nil, err
	}
	p.simulation.Cluster().Observe(starter)
	p.simulation.Cluster().Observe(p.watcher)
	return p, p.simulation.Run(nil)
}

// deeds are the steps with their actions. Those of a command follow what else is done at
// its moment, and it is told once for all of them.
func (s *Scenario) deeds(steps []sim.Step) (deeds []deed) {
	done, told, last := 0, 0, ""
	for _, step := range steps {
		command := time.Duration(step.At).String() + " " + step.Text
		switch {
		case told < len(s.commands) && command == s.commands[told]:
			deeds, last = append(deeds, deed{step, "kubectl " + step.Text}), command
			told++
		case command == last:
			deeds = append(deeds, deed{step, ""})
		default:
			deeds = append(deeds, deed{step, s.actions[done]})
			done++
		}
	}
	return deeds
}

// selected returns the steps that delete or evict the pods which a selector finds now,
// the first created first.
func (p *play) selected(a *Action) []deed {
	if a.Evict != nil {
		return p.evicted(a.Evict)
	}
	v := p.simulation.Cluster().View()
	d := v.Dictionary()
	var deeds []deed
	for pod := range v.Live() {
		if pod.Deleting() || !selects(a.Delete.Select, pod.Spec().Labels, d) {
			continue
		}
		if on := a.Delete.On; on != "" && (pod.Node() == models.None || v.Node(pod.Node()).Name() != on) {
			continue
		}
		step := sim.Step{
			At: p.until, Kind: sim.StepDelete, Text: pod.Name(), Replicas: models.Unset, Grace: -1,
			Object: sim.StepObject{IsPod: true, Ordinal: models.Exact},
		}
		deeds = append(deeds, deed{step, "delete Pod/" + p.watcher.names.pods[pod.ID()] + " " + a.Delete.Propagation})
	}
	return deeds
}

// answer is what the API server says, without what kubectl says about it.
func answer(message string) string {
	if rest, ok := strings.CutPrefix(message, "Error from server (Forbidden): "); ok {
		return rest
	}
	if rest, ok := strings.CutPrefix(message, "The "); ok {
		rest = withGroup(rest)
		if what, list, several := strings.Cut(rest, "\n* "); several {
			return what + "[" + strings.ReplaceAll(list, "\n* ", ", ") + "]"
		}
		return rest
	}
	return message
}

// groups are those of kinds that are not of the core.
var groups = map[string]string{
	"Deployment": "apps", "ReplicaSet": "apps", "StatefulSet": "apps", "DaemonSet": "apps", "Job": "batch", "CronJob": "batch",
	"HorizontalPodAutoscaler": "autoscaling", "PodDisruptionBudget": "policy", "PriorityClass": "scheduling.k8s.io",
}

// withGroup names the group of the kind with which a text begins, as the API server
// does and kubectl does not.
// Source: k8s.io/apimachinery/pkg/api/errors (NewInvalid).
func withGroup(text string) string {
	kind, rest, _ := strings.Cut(text, " ")
	if group := groups[kind]; group != "" {
		return kind + "." + group + " " + rest
	}
	return text
}

// requestTime is how long a request takes of a user who sends one after the other.
const requestTime = 20 * time.Millisecond

func (p *play) evicted(a *Evict) (deeds []deed) {
	v := p.simulation.Cluster().View()
	for pod := range v.Live() {
		if len(deeds) < a.Count && selects(a.Select, pod.Spec().Labels, v.Dictionary()) {
			step := sim.Step{
				At: p.until.Add(time.Duration(len(deeds)) * requestTime), Kind: sim.StepEvict, Text: pod.Name(), Replicas: models.Unset, Grace: -1,
				Object: sim.StepObject{IsPod: true, Ordinal: models.Exact},
			}
			deeds = append(deeds, deed{step, "evict Pod/" + p.watcher.names.pods[pod.ID()]})
		}
	}
	return deeds
}

// answerText is the answer to an eviction as recordings have it.
func answerText(a sim.Answer) any {
	if a.Code == 201 {
		return "201 Created"
	}
	text := map[string]any{"code": a.Code, "message": a.Message, "reason": a.Reason}
	if a.Cause != "" {
		text["cause"] = a.Cause
	}
	return text
}

// results returns the results of actions. An action of several steps has failed if
// its first has.
func (p *play) results() []Fact {
	var facts []Fact
	for i, r := range p.simulation.StepResults() {
		if p.deeds[i].action == "" {
			continue
		}
		at, result := r.At, any("ok")
		for _, line := range r.Lines {
			facts = append(facts, Fact{At: seconds(line.At), Kind: Result, Name: "kubectl-output", Value: encode(p.watcher.names.in(line.Text))})
			at = line.At
		}
		switch {
		case r.Answer.Code != 0:
			result = answerText(r.Answer)
		case r.Failed:
			result = "error: " + answer(r.Message)
		}
		facts = append(facts, Fact{At: seconds(at), Kind: Result, Name: p.deeds[i].action, Value: encode(result)})
	}
	return facts
}
