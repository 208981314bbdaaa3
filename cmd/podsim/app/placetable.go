package app

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scheduler/place"
)

// placed is what became of all pods.
type placed struct {
	order   []string                   // of the pods
	last    map[string]place.Placement // their last attempts
	fit     int
	victims int
}

func sumUp(all []place.Placement) placed {
	p := placed{last: make(map[string]place.Placement)}
	for _, one := range all {
		if _, seen := p.last[one.Pod]; !seen {
			p.order = append(p.order, one.Pod)
		}
		p.last[one.Pod] = one
		p.victims += len(one.Victims)
		if one.Node != "" {
			p.fit++
		}
	}
	return p
}

// placements is the report for people: how many went where, and why the others
// did not.
func (s *session) placements(world *scenarios.World, all []place.Placement, verbose bool) error {
	p := sumUp(all)
	nodes := count(world.Cluster.View().Nodes(), "node")
	if len(p.order) == 0 {
		fmt.Fprintf(s.stdout, "no pod waits for one of the %s\n", nodes)
	} else {
		fmt.Fprintf(s.stdout, "%d of %s placed on %s", p.fit, count(len(p.order), "pod"), nodes)
		if p.victims > 0 {
			fmt.Fprintf(s.stdout, ", %s preempted", count(p.victims, "pod"))
		}
		fmt.Fprintln(s.stdout)
	}
	s.absent(world)
	if verbose && p.fit > 0 {
		var rows [][]string
		for _, pod := range p.order {
			if one := p.last[pod]; one.Node != "" {
				rows = append(rows, []string{reports.Visible(pod), reports.Visible(one.Node), scoreText(&one), strconv.Itoa(one.Feasible)})
			}
		}
		fmt.Fprintln(s.stdout)
		if err := s.table([]string{"POD", "NODE", "SCORE", "FEASIBLE"}, rows); err != nil {
			return err
		}
	}
	if p.fit == len(p.order) {
		return nil
	}
	fmt.Fprintln(s.stdout)
	return s.left(&p)
}

// leftPods is how many pods that did not fit are listed one by one; of more, those
// with one reason share a line, and the rarest reasons are left out.
const leftPods = 25

// left lists the pods that did not fit.
func (s *session) left(p *placed) error {
	var rows [][]string
	pods := make(map[string][]string) // by reason
	var reasons []string
	for _, pod := range p.order {
		one := p.last[pod]
		if one.Node != "" {
			continue
		}
		why := one.Message + one.Error
		if one.Skipped != "" {
			why = notTried(one.Skipped)
		}
		rows = append(rows, []string{reports.Visible(pod), reports.Visible(why)})
		if pods[why] == nil {
			reasons = append(reasons, why)
		}
		pods[why] = append(pods[why], pod)
	}
	if len(rows) <= leftPods {
		return s.table([]string{"POD", "WHY NOT"}, rows)
	}
	slices.SortStableFunc(reasons, func(a, b string) int { return cmp.Compare(len(pods[b]), len(pods[a])) })
	rows = nil
	for i, why := range reasons {
		if i == leftPods {
			rows = append(rows, []string{fmt.Sprintf("… %d more reasons (-o jsonl lists all pods)", len(reasons)-i)})
			break
		}
		rows = append(rows, []string{strconv.Itoa(len(pods[why])), reports.Visible(pods[why][0]), reports.Visible(why)})
	}
	return s.table([]string{"PODS", "SUCH AS", "WHY NOT"}, rows)
}

// notTried says why the scheduler does not try a pod.
func notTried(skipped string) string {
	if name, ok := strings.CutPrefix(skipped, "schedulerName "); ok {
		return "not tried: no scheduler here is called " + name
	}
	return "not tried: " + skipped
}

func scoreText(p *place.Placement) string {
	if p.BestScore == nil {
		return "-"
	}
	return strconv.FormatInt(*p.BestScore, 10)
}

// absentWorkloads is how many workloads without pods are named.
const absentWorkloads = 10

// absent tells of pods that the input speaks of, but that are not placed.
func (s *session) absent(world *scenarios.World) {
	for i, a := range world.Absent {
		if i == absentWorkloads {
			fmt.Fprintf(s.stdout, "  … and %s more\n", count(len(world.Absent)-i, "workload"))
			break
		}
		fmt.Fprintf(s.stdout, "%s of %s %s: not in the input, so not placed\n", count(a.Pods, "pod"), a.Kind,
			reports.Visible(a.Namespace+"/"+a.Name))
	}
	if len(world.Absent) > 0 {
		fmt.Fprintln(s.stdout, "  (a controller makes these: ask podsim fit --pod FILE how many fit, or podsim run what happens)")
	}
	for _, e := range world.Audit {
		if e.Field == "" && e.Verdict == manifest.Matters {
			fmt.Fprintf(s.stdout, "%s of kind %s: not simulated\n", count(e.Count, "object"), reports.Visible(e.Kind))
		}
	}
	if world.Astray > 0 {
		fmt.Fprintf(s.stdout, "%s: on nodes that are not in the input, so left out\n", count(world.Astray, "pod"))
	}
}
