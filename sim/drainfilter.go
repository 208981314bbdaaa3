package sim

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// aggregate writes several errors as one.
// Source: k8s.io/apimachinery/pkg/util/errors (Aggregate).
func aggregate(problems []string) string {
	if len(problems) == 1 {
		return problems[0]
	}
	return "[" + strings.Join(problems, ", ") + "]"
}

// drainable lists the pods of a node that go, by name, with what kubectl warns of and what
// keeps it from beginning.
// Source: k8s.io/kubectl/pkg/drain/filters.go (makeFilters).
func (s *Simulation) drainable(node cluster.Node, o *DrainOptions) (pods []models.PodID, warnings, problems []string) {
	all := s.podsOn(node.ID(), o.Pods)
	warned, fatal := make(map[string][]string), make(map[string][]string)
	for _, pod := range all {
		if s.overdue(pod, o) {
			continue
		}
		warning, problem, goes := filterDrained(pod, o)
		if warning != "" {
			warned[warning] = append(warned[warning], nameIn(pod))
		}
		if problem != "" {
			fatal[problem] = append(fatal[problem], nameIn(pod))
		}
		if goes {
			pods = append(pods, pod.ID())
		}
	}
	for _, text := range slices.Sorted(maps.Keys(warned)) {
		warnings = append(warnings, text+": "+strings.Join(warned[text], ", "))
	}
	for _, text := range slices.Sorted(maps.Keys(fatal)) {
		problems = append(problems, "cannot delete "+text+": "+strings.Join(fatal[text], ", "))
	}
	return pods, warnings, problems
}

// podsOn lists the pods of a node that a selector picks, ended ones too, by namespace and
// name.
func (s *Simulation) podsOn(node models.NodeID, of models.Selector) (pods []cluster.Pod) {
	for pod := range s.view.Live() {
		if pod.Node() == node && of.Matches(pod.Spec().Labels, s.view.Dictionary()) {
			pods = append(pods, pod)
		}
	}
	slices.SortFunc(pods, func(a, b cluster.Pod) int { return cmp.Compare(nameIn(a), nameIn(b)) })
	return pods
}

// overdue reports whether a pod should have been gone for so long that a drain does not
// wait for it.
// Source: k8s.io/kubectl/pkg/drain/filters.go (shouldSkipPod).
func (s *Simulation) overdue(pod cluster.Pod, o *DrainOptions) bool {
	return o.SkipDeleted > 0 && pod.Deleting() && int(s.agenda.Now().Sub(pod.Deadline())/time.Second) > o.SkipDeleted
}

// filterDrained says of a pod whether it goes; the last warning stands.
func filterDrained(pod cluster.Pod, o *DrainOptions) (warning, problem string, goes bool) {
	ended, owner := pod.Phase().Terminal(), pod.Owner()
	switch {
	case ended:
		return "", "", true
	case owner != models.None && pod.View().Owner(owner).Kind() == models.DaemonSet:
		if set := pod.View().Owner(owner); set.Deleted() {
			gone := fmt.Sprintf("daemonsets.apps %q not found", set.Name())
			if o.Force {
				return gone, "", true
			}
			return "", gone, false
		}
		if !o.IgnoreDaemonSets {
			return "", "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)", false
		}
		return "ignoring DaemonSet-managed Pods", "", false
	case pod.Spec().Static:
		return "", "", false // its kubelet would bring the mirror pod back
	case pod.Spec().LocalStorage && !o.DeleteEmptyDir:
		return "", "Pods with local storage (use --delete-emptydir-data to override)", false
	case owner == models.None && !o.Force:
		return "", "Pods that declare no controller (use --force to override)", false
	case owner == models.None:
		return "deleting Pods that declare no controller", "", true
	}
	return "", "", true
}
