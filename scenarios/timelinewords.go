package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// words writes a step as kubectl is told.
func (s *StepSpec) words() string { //nolint:gocyclo // one switch of actions
	target := func(verb string, t *ObjectTarget, rest ...string) string {
		if t.Namespace != "" && t.Namespace != "default" {
			rest = append(rest, "-n", t.Namespace)
		}
		return strings.Join(append([]string{verb, t.Target}, rest...), " ")
	}
	switch {
	case s.Apply != nil && s.Apply.File != "":
		return "apply -f " + s.Apply.File
	case s.Apply != nil:
		return "apply -f -"
	case s.Patch != nil:
		patch, _ := textOfValue(s.Patch.Patch)
		words := []string{"-p", "'" + patch + "'"}
		if s.Patch.Subresource != "" {
			words = append([]string{"--subresource", s.Patch.Subresource}, words...)
		}
		return target("patch", &s.Patch.ObjectTarget, words...)
	case s.Annotate != nil:
		words := pairs(s.Annotate.Annotations)
		for _, key := range s.Annotate.Remove {
			words = append(words, key+"-")
		}
		if s.Annotate.Overwrite {
			words = append(words, "--overwrite")
		}
		return target("annotate", &s.Annotate.ObjectTarget, words...)
	case s.SetImage != nil:
		return target("set image", &s.SetImage.ObjectTarget, pairs(s.SetImage.Images)...)
	case s.Scale != nil:
		return target("scale", &s.Scale.ObjectTarget, "--replicas="+strconv.Itoa(s.Scale.Replicas))
	case s.RolloutUndo != nil && s.RolloutUndo.ToRevision > 0:
		return target("rollout undo", &s.RolloutUndo.ObjectTarget, fmt.Sprintf("--to-revision=%d", s.RolloutUndo.ToRevision))
	case s.RolloutUndo != nil:
		return target("rollout undo", &s.RolloutUndo.ObjectTarget)
	case s.RolloutPause != nil:
		return target("rollout pause", &s.RolloutPause.ObjectTarget)
	case s.RolloutResume != nil:
		return target("rollout resume", &s.RolloutResume.ObjectTarget)
	case s.RolloutRestart != nil:
		return target("rollout restart", &s.RolloutRestart.ObjectTarget)
	case s.Delete != nil:
		var flags []string
		if s.Delete.Grace != nil {
			flags = append(flags, fmt.Sprintf("--grace-period=%d", int(s.Delete.Grace.Seconds())))
		}
		if s.Delete.Force {
			flags = append(flags, "--force")
		}
		return target("delete", &s.Delete.ObjectTarget, flags...)
	case s.Evict != nil && s.Evict.Grace != nil:
		return target("evict", &s.Evict.ObjectTarget, fmt.Sprintf("--grace-period=%d", int(s.Evict.Grace.Seconds())))
	case s.Evict != nil:
		return target("evict", &s.Evict.ObjectTarget)
	case s.Debug != nil:
		return target("debug", &s.Debug.ObjectTarget, s.Debug.words()...)
	case s.Drain != nil:
		return s.Drain.words()
	case s.Upgrade != nil:
		return s.Upgrade.words()
	case s.Fault != nil:
		return s.Fault.words()
	}
	return s.nodeWords()
}

func (s *StepSpec) nodeWords() string {
	overwrite := func(text string, on bool) string {
		if on {
			text += " --overwrite"
		}
		return text
	}
	switch {
	case s.Cordon != nil:
		return "cordon " + s.Cordon.Node
	case s.Uncordon != nil:
		return "uncordon " + s.Uncordon.Node
	case s.Label != nil:
		return overwrite("label "+s.Label.words()+" "+strings.Join(pairs(s.Label.Labels), " "), s.Label.Overwrite)
	case s.Unlabel != nil:
		return "label " + s.Unlabel.words() + " " + strings.Join(s.Unlabel.Labels, "- ") + "-"
	case s.Taint != nil:
		return overwrite("taint node "+s.Taint.Node+" "+s.Taint.Taint, s.Taint.Overwrite)
	case s.Untaint != nil:
		return "taint node " + s.Untaint.Node + " " + s.Untaint.Taint + "-"
	}
	return ""
}

func (l *Labelled) words() string {
	switch {
	case l.Target == "":
		return "node " + l.Node
	case l.Namespace != "" && l.Namespace != defaultNamespace:
		return l.Target + " -n " + l.Namespace
	}
	return l.Target
}

// pairs writes key=value, sorted.
func pairs(values map[string]string) []string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		out = append(out, key+"="+values[key])
	}
	return out
}
