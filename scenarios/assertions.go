package scenarios

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
)

// AssertionsSpec is what must hold.
type AssertionsSpec struct {
	Assertions []AssertionSpec `yaml:"assertions" required:"true" help:"the assertions; all must hold"`
}

// AssertionSpec is one condition. Without at and always it must hold at the end.
type AssertionSpec struct {
	That   string         `yaml:"that" required:"true" help:"the condition: a metric, a comparison and a value, such as pending.p99 < 5m"`
	At     *time.Duration `yaml:"at" min:"1" help:"it must hold at this moment (default: at the end of the run)"`
	From   *time.Duration `yaml:"from" default:"0s" help:"with always: from when"`
	Until  *time.Duration `yaml:"until" min:"1" help:"with always: until when (default: the end of the run)"`
	Always bool           `yaml:"always" help:"it must hold at every moment; only metrics that are states can be asked so"`
}

// Assertion is a condition with the time that it is about.
type Assertion struct {
	Text        string
	At          models.Time // 0 is the end of the run
	From, Until models.Time // of Always; Until 0 is the end of the run
	Always      bool
	manifest.Position
}

func (l *loader) compileAssertions() {
	for _, o := range l.byKind("Assertions") {
		var envelope Object[AssertionsSpec]
		if !l.decode(o, &envelope) {
			continue
		}
		for i, spec := range envelope.Spec.Assertions {
			path := yamlnode.IndexPath("spec.assertions", i)
			a := Assertion{Text: spec.That, Always: spec.Always, Position: o.position(path + ".that")}
			if spec.At != nil {
				a.At = models.Time(*spec.At)
			}
			if spec.From != nil {
				a.From = models.Time(*spec.From)
			}
			if spec.Until != nil {
				a.Until = models.Time(*spec.Until)
			}
			bounded := spec.From != nil || spec.Until != nil
			switch {
			case spec.At != nil && (spec.Always || bounded):
				l.blame(o, path+".at", "contradicts always, from and until")
			case bounded && !spec.Always:
				l.blame(o, path, "from and until need always: true")
			case spec.Until != nil && a.Until <= a.From:
				l.blame(o, path+".until", "got %s; want more than from, which is %s", a.Until, a.From)
			case max(a.At, a.From) > l.run.Config.Horizon && l.in.For > 0:
				l.assume("%q is not checked: the run ends before it could be, at %s", a.Text, l.run.Config.Horizon)
				continue
			case max(a.At, a.From) > l.run.Config.Horizon:
				l.blame(o, path, "the run ends before, at %s", l.run.Config.Horizon)
			}
			l.run.Assertions = append(l.run.Assertions, a)
		}
	}
}
