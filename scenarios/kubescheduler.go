package scenarios

import (
	"io"
	"reflect"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/scheduler/engine"
)

const (
	schedulerConfigGroup   = "kubescheduler.config.k8s.io"
	schedulerConfigVersion = schedulerConfigGroup + "/v1"
	schedulerConfigKind    = "KubeSchedulerConfiguration"
)

// isSchedulerConfig reports whether a document is, or means to be, the
// configuration of kube-scheduler.
func isSchedulerConfig(o *object) bool {
	return o.kind == schedulerConfigKind || strings.HasPrefix(textOf(o.at("apiVersion")), schedulerConfigGroup+"/")
}

// readSchedulerFile reads the file that replaces what the other files say about
// the scheduler.
func (l *loader) readSchedulerFile() {
	file := l.in.Scheduler
	if file == nil {
		return
	}
	o, reader, err := l.enter(file)
	if err != nil {
		l.problems = append(l.problems, yamlnode.Problem{File: file.Name, What: err.Error()})
		return
	}
	l.readSchedulerDocuments(o, reader)
}

func (l *loader) readSchedulerDocuments(from *origin, r io.Reader) {
	l.fileRank[from.shown] = len(l.fileRank)
	documents, err := yamlnode.Parse(from.shown, l.digest.documents(from.shown, r))
	l.problems = append(l.problems, asProblems(err)...)
	if len(documents) == 0 && err == nil {
		l.problems = append(l.problems, yamlnode.Problem{File: from.shown, What: "empty file; want kind: " + schedulerConfigKind})
	}
	for _, document := range documents {
		o := newObject(document, from)
		switch {
		case !isSchedulerConfig(o):
			l.blame(o, "kind", "%s", unknown("kind", o.kind, []string{schedulerConfigKind}))
		case l.imposed != nil:
			l.blame(o, "", "a second %s; the first is at %s", schedulerConfigKind, l.imposed.place(""))
		default:
			l.imposed = o
		}
	}
}

// addSchedulerConfig takes up a document of the stream.
func (l *loader) addSchedulerConfig(o *object) {
	if l.configured != nil {
		l.blame(o, "", "a second %s; the first is at %s", schedulerConfigKind, l.configured.place(""))
		return
	}
	l.configured = o
}

// schedulerDocument returns the document that says how the scheduler decides, or
// nil.
func (l *loader) schedulerDocument() *object {
	if l.imposed != nil {
		return l.imposed
	}
	return l.configured
}

// compileSchedulerDocument lets the configuration of kube-scheduler decide, if
// there is one. spec is what the Scenario o says, which adds how ties are broken.
func (l *loader) compileSchedulerDocument(o *object, spec *SchedulerSpec) {
	document := l.schedulerDocument()
	if document == nil {
		return
	}
	rest := *spec
	rest.Ties = ""
	if l.imposed == nil && !reflect.DeepEqual(rest, SchedulerSpec{}) {
		l.blame(o, "spec.scheduler", "the %s at %s says how the scheduler decides; want nothing but ties here",
			schedulerConfigKind, document.place(""))
	}
	config := l.readSchedulerConfig(document)
	if spec.Ties != "" {
		for i := range config.Profiles {
			config.Profiles[i].Ties = ties[spec.Ties]
		}
	}
	l.run.Config.Scheduler = config
}

// worldScheduler is the configuration for a cluster that stands still; nil if the
// input has none. Nobody would be told that extenders are not asked, so they are
// refused.
func (l *loader) worldScheduler() *scheduler.Config {
	document := l.schedulerDocument()
	if document == nil {
		return nil
	}
	config := l.readSchedulerConfig(document)
	if n := document.at("extenders"); n != nil && len(n.Items) > 0 {
		l.blame(document, "extenders", "extenders are not simulated; want none")
	}
	return &config
}

// readSchedulerConfig reads a KubeSchedulerConfiguration with the defaults and the
// checks of kube-scheduler.
// Source: pkg/scheduler/apis/config/v1/defaults.go.
func (l *loader) readSchedulerConfig(o *object) scheduler.Config {
	out := scheduler.DefaultConfig(l.table)
	if !l.checkSchedulerVersion(o) {
		return out
	}
	var c schedulerConfiguration
	before := len(l.problems)
	l.problems = append(l.problems, asProblems(l.decoder.Decode(o.root, &c))...)
	if len(l.problems) > before {
		return out
	}
	k := kubeScheduler{loader: l, object: o, config: &c}
	k.check()
	if len(c.Profiles) == 0 {
		c.Profiles = make([]schedulerProfile, 1)
	}
	if name := &c.Profiles[0].SchedulerName; len(c.Profiles) == 1 && *name == nil {
		*name = new(string)
		**name = models.DefaultScheduler
	}
	k.checkProfiles()
	out.Profiles = out.Profiles[:0]
	for i := range c.Profiles {
		out.Profiles = append(out.Profiles, k.profile(i))
	}
	out.Queue.InitialBackoff, out.Queue.MaxBackoff = k.backoff()
	return out
}

// checkSchedulerVersion refuses what Kubernetes 1.36 does not read.
func (l *loader) checkSchedulerVersion(o *object) bool {
	version := textOf(o.at("apiVersion"))
	switch {
	case o.at("apiVersion") == nil:
		l.blame(o, "", "apiVersion is missing; want %s", schedulerConfigVersion)
	case version != schedulerConfigVersion:
		l.blame(o, "apiVersion", "version %s is not read; Kubernetes 1.36 has %s", quote(version), schedulerConfigVersion)
	case o.kind != schedulerConfigKind:
		l.blame(o, "kind", "%s", unknown("kind", o.kind, []string{schedulerConfigKind}))
	default:
		return true
	}
	return false
}

// kubeScheduler is a KubeSchedulerConfiguration that is being compiled.
type kubeScheduler struct {
	*loader
	object *object
	config *schedulerConfiguration
}

func (k *kubeScheduler) blame(path, format string, args ...any) {
	k.loader.blame(k.object, path, format, args...)
}

const (
	defaultInitialBackoff = 1
	defaultMaxBackoff     = 10
)

// backoff returns how long pods back off, in numbers that were checked.
func (k *kubeScheduler) backoff() (initial, most time.Duration) {
	return time.Duration(orDefault(k.config.PodInitialBackoffSeconds, defaultInitialBackoff)) * time.Second,
		time.Duration(orDefault(k.config.PodMaxBackoffSeconds, defaultMaxBackoff)) * time.Second
}

func orDefault[T any](given *T, otherwise T) T {
	if given == nil {
		return otherwise
	}
	return *given
}

// profile compiles one profile of the configuration.
func (k *kubeScheduler) profile(i int) scheduler.Profile {
	given := &k.config.Profiles[i]
	b := profileBuilder{kubeScheduler: k, given: given, path: yamlnode.IndexPath("profiles", i)}
	out := b.build()
	out.SchedulerName = orDefault(given.SchedulerName, "")
	out.PercentageOfNodesToScore = int(orDefault(given.PercentageOfNodesToScore, orDefault(k.config.PercentageOfNodesToScore, 0)))
	out.Ties = engine.TiesHeap
	return out
}
