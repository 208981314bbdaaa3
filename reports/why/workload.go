package why

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/sim/control"
)

// workload answers for what owns pods.
func (a *asking) workload() error {
	a.out.Evidence, a.out.Next = a.facts.split(a.At)
	id := a.targetAt(a.View)
	name := a.query.String()
	if int(id) >= a.View.Owners() {
		a.out.State = "NotCreated"
		a.because("not-created", "%s does not exist yet: it is created at %s.", name, clock(a.begins()))
		return nil
	}
	o := a.View.Owner(id)
	if o.Deleted() {
		a.out.State = "Gone"
		a.because("gone", "%s is gone%s.", name, because(a.View.Dictionary().String(o.Reason())))
		return nil
	}
	w := &Workload{Groups: []PodGroup{}}
	a.out.Workload = w
	w.count(a.At, o)
	a.out.State = fmt.Sprintf("%d/%d", w.Ready, w.Desired)
	w.Losses = a.losses()
	w.budgets(o)
	w.Rollout = rolloutOf(o)
	if err := a.groups(o); err != nil {
		return err
	}
	if err := a.missing(o); err != nil {
		return err
	}
	a.verdict(o)
	return nil
}

// begins is when the workload came to be.
func (a *asking) begins() models.Time {
	if len(a.facts.list) == 0 {
		return 0
	}
	return a.facts.list[0].first
}

// setsOf are the owners that make the pods of a workload: the ReplicaSets of a Deployment.
func setsOf(o cluster.Owner) []cluster.Owner {
	if o.Kind() == models.Deployment {
		return slices.Collect(o.Children())
	}
	return []cluster.Owner{o}
}

// count counts what a workload is to have and has.
func (w *Workload) count(at models.Time, o cluster.Owner) {
	active := int32(0)
	for _, set := range setsOf(o) {
		n := set.Counts()
		active += n.Active
		w.Ready += n.Ready
		w.Available += set.Available(at)
	}
	w.Desired = o.Replicas()
	switch o.Kind() {
	case models.DaemonSet:
		s := control.DaemonSetStatusOf(at, o)
		w.Desired, w.Ready, w.Available = s.Desired, s.Ready, s.Available
	case models.StatefulSet:
		s := control.StatefulSetStatusOf(at, o)
		w.Ready, w.Available = s.Ready, s.Available
	case models.Job:
		n, completions := o.Counts(), o.Spec().Completions
		w.Completions = fmt.Sprintf("%d succeeded, %d failed", n.Succeeded, n.Failed)
		if completions != models.Unset {
			w.Completions = fmt.Sprintf("%d of %d succeeded, %d failed", n.Succeeded, completions, n.Failed)
			w.Desired = min(w.Desired, max(completions-n.Succeeded, 0))
		}
		if !o.Live() {
			w.Desired = 0
		}
	}
	w.Missing = max(w.Desired-active, 0)
}

// budgets lists the budgets over the pods of a workload.
func (w *Workload) budgets(o cluster.Owner) {
	v := o.View()
	for _, id := range v.BudgetsOf(o.Spec().Template) {
		b := v.Budget(id)
		s := b.Status()
		w.Budgets = append(w.Budgets, Budget{b.Name(), s.DesiredHealthy, s.CurrentHealthy, s.CurrentHealthy, s.Allowed, s.Allowed})
	}
}

// rolloutOf says how a rollout stands: the ReplicaSets of a Deployment with what it says of
// itself, and how many pods of others have the new template.
func rolloutOf(o cluster.Owner) (lines []string) {
	d := o.View().Dictionary()
	if o.Spec().Kind == models.Deployment {
		for set := range o.Children() {
			n := set.Counts()
			if set.Replicas() == 0 && n.Active == 0 && set.ID() != o.Child() {
				continue
			}
			age := "old"
			if set.Spec().Template == o.Spec().Template {
				age = "new"
			}
			lines = append(lines, fmt.Sprintf("%s, revision %d (%s): %d wanted, %d there, %d Ready", ownerName(set), set.Revision(), age, set.Replicas(), n.Active, n.Ready))
		}
		for c := range o.Conditions() {
			lines = append(lines, fmt.Sprintf("%s=%s since %s%s", d.String(c.Type), c.Status, clock(c.Changed), because(d.String(c.Reason))))
		}
		if o.Spec().Paused {
			lines = append(lines, "its rollout is paused")
		}
		return lines
	}
	if !o.Kind().Revised() {
		return nil
	}
	updated, all := 0, 0
	for pod := range o.Pods() {
		if pod.Active() {
			all++
			if control.RevisionHash(o.View(), pod.Spec()) == control.RevisionHash(o.View(), o.View().Spec(o.Spec().Template)) {
				updated++
			}
		}
	}
	if updated < all {
		lines = append(lines, fmt.Sprintf("%d of %d pods have the new template", updated, all))
	}
	return lines
}

// losses counts how pods of the workload left up to the moment, by kind.
func (a *asking) losses() []Loss {
	var out []Loss
	for _, l := range a.lives {
		if l.departure == nil || l.departure.At > a.out.At {
			continue
		}
		i := slices.IndexFunc(out, func(loss Loss) bool { return loss.Kind == l.departure.Kind })
		if i < 0 {
			i, out = len(out), append(out, Loss{Kind: l.departure.Kind})
		}
		out[i].Count++
		if out[i].Count == 1 || l.departure.At >= out[i].Last {
			out[i].Last, out[i].Text = l.departure.At, l.name+" "+l.departure.Text
		}
	}
	slices.SortStableFunc(out, func(x, y Loss) int { return cmp.Compare(y.Last, x.Last) })
	return out
}

// missing tells why pods do not exist that are to.
func (a *asking) missing(o cluster.Owner) error {
	w := a.out.Workload
	if w.Missing == 0 {
		return nil
	}
	for _, f := range a.out.Evidence {
		if strings.Contains(f.Text, refusedWords) {
			w.Refusals = append(w.Refusals, f)
		}
	}
	group := PodGroup{Pods: []string{}, Since: a.out.At}
	if len(w.Refusals) > 0 || a.View.HasPolicies() {
		group.Message = a.refused(o.Spec().Template)
	}
	if group.Message == "" {
		group.Kind, group.Text = a.uncreated(o)
		w.Groups = append(w.Groups, group)
		return nil
	}
	group.Kind, group.Text = "refused", "cannot be created: "+group.Message
	if strings.Contains(group.Message, "exceeded quota") || strings.Contains(group.Message, "failed quota") {
		group.Kind = "quota"
	}
	w.Groups = append(w.Groups, group)
	return a.raise(o.Spec().Template)
}

// uncreated is why pods do not exist that nobody would refuse: in a word, and after the
// number of them.
func (a *asking) uncreated(o cluster.Owner) (kind, text string) {
	f, down := a.during(a.At, controllerOutage)
	switch {
	case down:
		return "controller-down", "not created, as the controller manager does not run since " + clock(f.from) + " (fault " + f.name + ")"
	case o.Kind() == models.Job && o.Spec().Rules != nil && o.Spec().Rules.Suspend:
		return "suspended", "not created, as the Job is suspended"
	case o.Kind() == models.Deployment && o.Spec().Paused:
		return "paused", "not created, as the Deployment is paused"
	case o.Kind() == models.StatefulSet && !o.Spec().Parallel:
		return "being-created", "not created yet: they come one after the other, each when the one before is Ready"
	case len(a.out.Workload.Refusals) > 0:
		return "refused", "not created: they were refused before and are tried again after a back-off"
	}
	return "being-created", "not created yet"
}

// raise finds quotas under which one more pod is let in, and all that are missing.
func (a *asking) raise(template models.SpecID) error {
	for _, pods := range slices.Compact([]int32{1, a.out.Workload.Missing}) {
		changes, err := a.raises(template, pods)
		if err != nil {
			return err
		}
		a.out.Changes = append(a.out.Changes, changes...)
	}
	return nil
}

// verdict is the one sentence about the workload.
func (a *asking) verdict(o cluster.Owner) {
	w, name := a.out.Workload, a.query.String()
	switch {
	case o.Complete():
		a.because("complete", "%s is complete since %s: %s.", name, clock(o.FinishedAt()), w.Completions)
		return
	case o.Failed():
		a.because("failed", "%s has failed at %s%s: %s.", name, clock(o.FinishedAt()), because(a.View.Dictionary().String(o.Reason())), w.Completions)
		return
	case w.Ready >= w.Desired && a.unnoticed() != "":
		a.because("node-down", "%s seems to have %s Ready, but %s; the control plane has not noticed yet.", name, seemingly(w.Desired), a.unnoticed())
		return
	case w.Ready >= w.Desired:
		a.because("running", "%s %s%s.", name, allReady(w.Desired), a.rolling(o))
		return
	}
	text := name + " has " + readyOf(w) + " Ready"
	causes := a.causes()
	if len(causes) == 0 {
		a.because("starting", "%s.", text)
		return
	}
	a.because(causes[0].Kind, "%s: %s.", text, a.enumerated(causes))
}

// readyOf is how many of its pods a workload has that is below its replicas.
func readyOf(w *Workload) string {
	if w.Desired == 1 {
		return "its only pod not"
	}
	return reports.Count(int64(w.Ready)) + " of " + reports.Plural(int(w.Desired), "pod")
}

// seemingly is what a workload seems to have Ready.
func seemingly(desired int32) string {
	if desired == 1 {
		return "its only pod"
	}
	return "all " + reports.Plural(int(desired), "pod")
}

// allReady is that a workload has what it is to have.
func allReady(desired int32) string {
	if desired == 0 {
		return "is to have no pod"
	}
	return "has " + seemingly(desired) + " Ready"
}

// causes are the groups of pods that are missing among those that are Ready, the largest
// first.
func (a *asking) causes() (list []*PodGroup) {
	for i := range a.out.Workload.Groups {
		switch g := &a.out.Workload.Groups[i]; {
		case g.ready, g.Kind == "succeeded", g.Kind == "failed", g.Kind == "terminating":
		default:
			list = append(list, g)
		}
	}
	slices.SortStableFunc(list, func(x, y *PodGroup) int { return cmp.Compare(a.size(y), a.size(x)) })
	return list
}

// enumerated tells how many pods there are of each cause; of many causes the largest.
func (a *asking) enumerated(causes []*PodGroup) string {
	var parts []string
	for i, g := range causes {
		if i == someMost-1 && len(causes) > someMost {
			rest := 0
			for _, g := range causes[i:] {
				rest += a.size(g)
			}
			parts = append(parts, reports.Count(int64(rest))+" for other causes")
			break
		}
		parts = append(parts, reports.Count(int64(a.size(g)))+" "+g.Text)
	}
	if n := len(parts); n > 1 {
		parts[n-1] = "and " + parts[n-1]
	}
	return strings.Join(parts, "; ")
}

// unnoticed tells of pods that count as Ready on nodes that are not heard; empty if there
// are none.
func (a *asking) unnoticed() string {
	for i := range a.out.Workload.Groups {
		if g := &a.out.Workload.Groups[i]; g.Kind == "node-down" && g.ready {
			return fmt.Sprintf("%d of them %s %s", len(g.Pods), one(len(g.Pods), "is", "are"), g.Text)
		}
	}
	return ""
}

// size is how many pods a group stands for; one without names for those that are missing.
func (a *asking) size(g *PodGroup) int {
	if len(g.Pods) == 0 {
		return int(a.out.Workload.Missing)
	}
	return len(g.Pods)
}

// rolling tells of a rollout that is under way.
func (a *asking) rolling(o cluster.Owner) string {
	if o.Kind() != models.Deployment {
		return ""
	}
	old := 0
	for set := range o.Children() {
		if set.Spec().Template != o.Spec().Template {
			old += int(set.Counts().Active)
		}
	}
	if old == 0 {
		return ""
	}
	return ", and a rollout is under way: " + reports.Plural(old, "old pod") + " " + one(old, "is", "are") + " left"
}
