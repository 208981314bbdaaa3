package scenarios

import (
	"errors"
	"time"

	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim"
)

// DebugSpec adds an ephemeral container to a pod.
type DebugSpec struct {
	ObjectTarget  `yaml:",inline"`
	Image         string        `yaml:"image" required:"true" help:"its image, which is pulled where it is missing"`
	Container     string        `yaml:"container" help:"its name (default: debugger-xxxxx)"`
	TargetProcess string        `yaml:"targetContainer" help:"the container whose processes it sees"`
	For           time.Duration `yaml:"for" min:"0" help:"how long it runs; 0 is as long as its pod"`
}

// debug compiles kubectl debug.
func (u *user) debug(s *userStep, spec *DebugSpec) {
	_, name, ok := u.find(s, &spec.ObjectTarget, "Pod")
	if !ok {
		return
	}
	if spec.Image == "" {
		u.blameStep(s, "image", "the image is empty")
		return
	}
	for _, n := range [][2]string{{"container", spec.Container}, {"targetContainer", spec.TargetProcess}} {
		if n[1] != "" && !manifest.IsContainerName(n[1]) {
			u.blameStep(s, n[0], "got %s; want the name of a container: lower-case letters, digits and \"-\"", quote(n[1]))
			return
		}
	}
	step := u.newStep(s, sim.StepDebug, name)
	step.Done = "debugged"
	step.Debug = sim.DebugOptions{
		Image: u.dict.Sym(manifest.NormalImage(spec.Image)), Name: u.dict.Sym(spec.Container), Target: u.dict.Sym(spec.TargetProcess), For: spec.For,
	}
	u.emit(step)
}

// parseDebug reads kubectl debug. How long the session lasts is podsim's own to know.
func parseDebug(c *command) ([]*StepSpec, error) {
	if c.flags["image"] == "" {
		return nil, errors.New("which image? Want --image=IMAGE")
	}
	lasts := time.Duration(0)
	if text, given := c.flags["for"]; given {
		var err error
		if lasts, err = yamlnode.Duration(text); err != nil || lasts < 0 {
			return nil, errors.New("--for: got " + quote(text) + "; want how long the session lasts, such as 10m")
		}
	}
	return c.eachTarget(func(t ObjectTarget) *StepSpec {
		return &StepSpec{Debug: &DebugSpec{t, c.flags["image"], c.flags["container"], c.flags["target"], lasts}}
	})
}

// words writes it as kubectl is told.
func (d *DebugSpec) words() []string {
	words := []string{"--image=" + d.Image}
	if d.Container != "" {
		words = append(words, "--container="+d.Container)
	}
	if d.TargetProcess != "" {
		words = append(words, "--target="+d.TargetProcess)
	}
	if d.For > 0 {
		words = append(words, "--for="+d.For.String())
	}
	return words
}
