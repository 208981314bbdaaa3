package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models/limits"
)

// targets reads the objects that a command is about: kind/name, kind/name … or kind
// name name …
func (c *command) targets() ([]ObjectTarget, error) {
	var out []ObjectTarget
	kind := ""
	for i, arg := range c.args {
		switch {
		case strings.Contains(arg, "/") && kind == "":
			out = append(out, ObjectTarget{Target: arg, Namespace: c.flags["namespace"]})
		case strings.Contains(arg, "/"):
			return nil, fmt.Errorf("got %s; want names, since the kind is given already", quote(arg))
		case i == 0:
			kind = arg
		case kind == "":
			return nil, fmt.Errorf("got %s; want a kind and a name, such as deployment/web", quote(arg))
		default:
			out = append(out, ObjectTarget{Target: kind + "/" + arg, Namespace: c.flags["namespace"]})
		}
	}
	if len(out) == 0 {
		return nil, errors.New("which object? Want one such as deployment/web")
	}
	return out, nil
}

// eachTarget makes a step of each object.
func (c *command) eachTarget(step func(t ObjectTarget) *StepSpec) ([]*StepSpec, error) {
	targets, err := c.targets()
	if err != nil {
		return nil, err
	}
	specs := make([]*StepSpec, len(targets))
	for i, t := range targets {
		specs[i] = step(t)
	}
	return specs, nil
}

// number reads a flag that is a whole number.
func (c *command) number(flag string, least, most int64) (int64, error) {
	n, err := strconv.ParseInt(c.flags[flag], 10, 64)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("--%s: got %s; want a whole number from %d to %d", flag, quote(c.flags[flag]), least, most)
	}
	return n, nil
}

func parseApply(c *command) ([]*StepSpec, error) {
	file := c.flags["filename"]
	switch {
	case len(c.args) > 0:
		return nil, fmt.Errorf("got %s; a file is given with -f", quote(c.args[0]))
	case file == "":
		return nil, errors.New("which file? Want -f FILE")
	case file == "-":
		return nil, errors.New("-f -: a step does not read standard input; want a file")
	}
	return []*StepSpec{{Apply: &ApplySpec{File: file}}}, nil
}

func parsePatch(c *command) ([]*StepSpec, error) {
	kind := c.flags["type"]
	switch kind {
	case "", "strategic", "merge":
	case "json":
		return nil, errors.New("--type: json is not read; want strategic or merge")
	default:
		return nil, errors.New("--type: " + unknown("type", kind, []string{"strategic", "merge"}))
	}
	if c.flags["patch"] == "" {
		return nil, errors.New(`the patch is missing; want -p '{"spec": …}'`)
	}
	patch, err := parseValue(c.label, c.flags["patch"])
	if err != nil {
		return nil, fmt.Errorf("-p: %w", err)
	}
	if sub, known := c.flags["subresource"], []string{"resize", "status"}; sub != "" && !slices.Contains(known, sub) {
		return nil, errors.New("--subresource: " + unknown("subresource", sub, known))
	}
	return c.eachTarget(func(t ObjectTarget) *StepSpec {
		return &StepSpec{Patch: &PatchSpec{ObjectTarget: t, Type: kind, Subresource: c.flags["subresource"], Patch: patch}}
	})
}

func parseSetImage(c *command) ([]*StepSpec, error) {
	images := make(map[string]string)
	var rest []string
	for _, arg := range c.args {
		name, image, ok := strings.Cut(arg, "=")
		switch {
		case !ok:
			rest = append(rest, arg)
		case name == "" || image == "":
			return nil, fmt.Errorf("got %s; want CONTAINER=IMAGE", quote(arg))
		case images[name] != "":
			return nil, fmt.Errorf("the image of %s is given twice", quote(name))
		default:
			images[name] = image
		}
	}
	if len(images) == 0 {
		return nil, errors.New("which image? Want CONTAINER=IMAGE")
	}
	c.args = rest
	return c.eachTarget(func(t ObjectTarget) *StepSpec {
		return &StepSpec{SetImage: &SetImageSpec{ObjectTarget: t, Images: images}}
	})
}

func parseScale(c *command) ([]*StepSpec, error) {
	if _, given := c.flags["replicas"]; !given {
		return nil, errors.New("how many? Want --replicas=N")
	}
	replicas, err := c.number("replicas", 0, limits.Replicas)
	if err != nil {
		return nil, err
	}
	return c.eachTarget(func(t ObjectTarget) *StepSpec {
		return &StepSpec{Scale: &ScaleSpec{ObjectTarget: t, Replicas: int(replicas)}}
	})
}

func parseRollout(c *command) ([]*StepSpec, error) {
	revision := int64(0)
	if _, given := c.flags["to-revision"]; given {
		var err error
		if revision, err = c.number("to-revision", 0, math.MaxInt64); err != nil {
			return nil, err
		}
	}
	return c.eachTarget(func(t ObjectTarget) *StepSpec {
		only := &TargetOnly{t}
		switch c.name {
		case "rollout undo":
			return &StepSpec{RolloutUndo: &RolloutUndoSpec{t, revision}}
		case "rollout pause":
			return &StepSpec{RolloutPause: only}
		case "rollout resume":
			return &StepSpec{RolloutResume: only}
		}
		return &StepSpec{RolloutRestart: only}
	})
}

func parseDelete(c *command) ([]*StepSpec, error) {
	var grace *time.Duration
	_, given := c.flags["grace-period"]
	now := c.flags["now"] == "true"
	switch {
	case given && now:
		return nil, errors.New("--now contradicts --grace-period")
	case now:
		second := time.Second
		grace = &second
	case given:
		seconds, err := c.number("grace-period", -1, math.MaxInt32)
		if err != nil {
			return nil, err
		}
		if seconds >= 0 {
			period := time.Duration(seconds) * time.Second
			grace = &period
		}
	}
	cascade := c.flags["cascade"]
	if cascade == "true" {
		cascade = "background"
	}
	if known := []string{"background", "foreground", "orphan"}; cascade != "" && cascade != known[0] && cascade != known[1] && cascade != known[2] {
		return nil, errors.New("--cascade: " + unknown("cascade", cascade, known))
	}
	return c.eachTarget(func(t ObjectTarget) *StepSpec {
		return &StepSpec{Delete: &DeleteSpec{ObjectTarget: t, Grace: grace, Force: c.flags["force"] == "true", Cascade: cascade}}
	})
}

func parseCordon(c *command) ([]*StepSpec, error) {
	if len(c.args) == 0 {
		return nil, errors.New("which node?")
	}
	var specs []*StepSpec
	for _, node := range c.args {
		only := &NodeOnly{strings.TrimPrefix(node, "node/")}
		if c.name == "cordon" {
			specs = append(specs, &StepSpec{Cordon: only})
		} else {
			specs = append(specs, &StepSpec{Uncordon: only})
		}
	}
	return specs, nil
}

// changes reads what label and taint are told: nodes, or pods, then what changes with
// them. A change that ends with - takes away.
func (c *command) changes(isChange func(string) bool, ofPods bool, wanted string) (nodes, set, taken []string, err error) {
	args := c.args
	if len(args) == 0 {
		return nil, nil, nil, errors.New("which node?")
	}
	kind, name, slashed := strings.Cut(args[0], "/")
	if lower := strings.ToLower(kind); !ofPods && lower != "node" && lower != "nodes" && lower != "no" {
		return nil, nil, nil, fmt.Errorf("got %s; want %s NAME", quote(args[0]), wanted)
	}
	if slashed {
		nodes = []string{name}
	}
	for _, arg := range args[1:] {
		switch {
		case strings.HasSuffix(arg, "-") && len(arg) > 1:
			taken = append(taken, strings.TrimSuffix(arg, "-"))
		case isChange(arg):
			set = append(set, arg)
		case len(set)+len(taken) > 0:
			return nil, nil, nil, fmt.Errorf("got %s behind %s; want nodes first", quote(arg), quote(append(set, taken...)[0]))
		default:
			nodes = append(nodes, strings.TrimPrefix(strings.TrimPrefix(arg, "node/"), kind+"/"))
		}
	}
	if len(nodes) == 0 {
		return nil, nil, nil, errors.New("which node?")
	}
	return nodes, set, taken, nil
}

func parseLabel(c *command) ([]*StepSpec, error) {
	kind, ofPods := "", false
	if len(c.args) > 0 {
		kind, _, _ = strings.Cut(c.args[0], "/")
		known, _ := kindOf(kind)
		ofPods = known == "Pod"
	}
	names, set, taken, err := c.changes(func(arg string) bool { return strings.Contains(arg, "=") }, ofPods, "node NAME or pod")
	if err != nil {
		return nil, err
	}
	if len(set)+len(taken) == 0 {
		return nil, errors.New("which label? Want KEY=VALUE, or KEY- to take one off")
	}
	labels := make(map[string]string)
	for _, pair := range set {
		key, value, _ := strings.Cut(pair, "=")
		labels[key] = value
	}
	var specs []*StepSpec
	for _, name := range names {
		of := Labelled{Node: name}
		if ofPods {
			of = Labelled{Target: "pod/" + name, Namespace: c.flags["namespace"]}
		}
		if len(set) > 0 {
			specs = append(specs, &StepSpec{Label: &LabelSpec{of, labels, c.flags["overwrite"] == "true"}})
		}
		if len(taken) > 0 {
			specs = append(specs, &StepSpec{Unlabel: &UnlabelSpec{of, taken}})
		}
	}
	return specs, nil
}

func parseTaint(c *command) ([]*StepSpec, error) {
	nodes, set, taken, err := c.changes(func(arg string) bool { return strings.ContainsAny(arg, "=:") }, false, "node")
	if err != nil {
		return nil, err
	}
	if len(set)+len(taken) == 0 {
		return nil, errors.New("which taint? Want KEY=VALUE:EFFECT, or KEY- to take one off")
	}
	var specs []*StepSpec
	for _, node := range nodes {
		for _, taint := range taken {
			specs = append(specs, &StepSpec{Untaint: &UntaintSpec{node, taint}})
		}
		for _, taint := range set {
			specs = append(specs, &StepSpec{Taint: &TaintSpec{node, taint, c.flags["overwrite"] == "true"}})
		}
	}
	return specs, nil
}
