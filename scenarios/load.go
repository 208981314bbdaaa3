package scenarios

import (
	"io"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim"
	"github.com/podsim/podsim/sim/kubelet"
	"github.com/podsim/podsim/sim/usage"
)

// Input is what a run is made of.
type Input struct {
	// Files are the files of the scenario, usually one. Their documents make
	// one stream.
	Files []File
	// Data binds names of data to files (--data name=path).
	Data map[string]string
	// Set changes fields before they are read (--set Kind/name.path=value).
	Set []string
	// At are steps of the user, each a moment and what kubectl is told (--at): 10m
	// scale deployment/web --replicas=20. They come after those of Timelines at the
	// same moment.
	At []string
	// Seed replaces the seed of the scenario.
	Seed *uint64
	// For replaces the duration of the scenario if it is positive.
	For time.Duration
	// Table is the table of plugins; nil is plugins.Table().
	Table []plugins.Entry
	// Scheduler is a file with a KubeSchedulerConfiguration that replaces what the
	// scenario says about the scheduler; nil replaces nothing.
	Scheduler *File
	// Profile is a ready-made profile by which every scheduler of the run decides,
	// whatever the other input says about them (--policy); empty leaves that as it
	// is.
	Profile string
	// Replace are files whose documents take the place of those of the same kind and
	// name, before fields are set, or are added. A KubeSchedulerConfiguration goes
	// before Scheduler.
	Replace []File
	// KeepUnsimulated lets the run tell what its pods say beyond what is simulated.
	KeepUnsimulated bool
	// Templates are files with pods and workloads that LoadWorld keeps apart, to
	// ask where they would go.
	Templates []File
	// Demand is a factor on all that asks for nodes: rates of arrivals, rows of traces,
	// replicas, pods and Jobs that are there from the start. 0 is 1, which leaves the
	// scenario as it is.
	Demand float64

	// settings are set after Set, and named by where an experiment says them.
	settings []option
	// isOneOfMany tells of the runs of an experiment, which has read its policies
	// itself.
	isOneOfMany bool
	// variant is what a plan makes of the scenario; nil for a run by itself.
	variant *variant
	// parsed are the documents of files that many runs read; nil reads them.
	parsed *parsedFiles
	// policy is the Policy of a stream by which the run goes; nil if there is none.
	policy *streamPolicy
}

// Run is a scenario ready to run, once: the sources of its configuration are
// used up by a run.
type Run struct {
	Config      sim.Config
	Dictionary  *models.Dictionary
	Name        string // metadata.name of the Scenario, else the name of the file
	Description string
	Start       time.Time     // the date at which virtual time begins
	Interval    time.Duration // distance of the points of time series; 0 leaves it to the report
	Assertions  []Assertion
	Groups      []Group
	PingPong    PingPongSpec          // what counts as ping-pong
	CostLabel   string                // key of a pod label by whose values costs are told; empty for none
	Shape       *models.Resources     // request of a pod for which stranded capacity is told; nil for none
	Audit       []manifest.AuditEntry // what is made of the fields and kinds of Kubernetes
	Unsimulated *models.Unsimulated   // what pods say beyond what is simulated, if that was to be kept; nil for nothing
	Assumptions []string              // what was assumed because nobody said it
	Inputs      []InputFile           // every file that was read, in order
	Templates   []Template            // those of the template files, in their order
	Digest      string                // SHA-256 over the inputs and what the command line changed, in hexadecimal
}

// InputFile is a file that was read.
type InputFile struct {
	Name   string // as messages show it
	Digest string // SHA-256 of its bytes, in hexadecimal
}

// loader is one call of Load.
type loader struct {
	in       Input
	table    []plugins.Entry
	run      *Run
	problems yamlnode.Problems
	digest   *digest
	closers  []io.Closer

	files     int
	unread    bool // a file could not be read, or not all of it
	fileRank  map[string]int
	included  map[includeKey]bool
	documents []*object
	data      []*data
	applied   []applied
	placed    map[string]option // what experiments set, by label

	policies    map[string]*streamPolicy
	policyNames []string
	experiment  *experimentDocument // the outermost; nil if there is none
	plan        *planDocument       // the same
	shapes      []*shape            // of the price books of the stream

	dict    *models.Dictionary
	set     *manifest.Set
	decoder *yamlnode.Decoder
	origin  *origin // of the document that is being decoded
	// configured is the KubeSchedulerConfiguration of the stream, imposed that of
	// Input.Scheduler.
	configured, imposed *object
	objects             *manifest.Objects
	// evictions are those of Scenarios, included ones first, imposedEvictions those of
	// the policy.
	evictions, imposedEvictions []eviction
	// descheduler is the DeschedulerPolicy of the stream, imposedDescheduler that of the
	// policy.
	descheduler, imposedDescheduler *object

	plansAreWrong   bool // or price books
	nodesAreWrong   bool // some are missing because of problems
	objectsAreWrong bool // the same for objects of Kubernetes

	costLabel, shape *object // the Scenarios that say them; nil if none does
	nodes            map[models.Sym]models.NodeID
	names            []string // of nodes
	zoneNames        []string
	behaviors        []*behavior
	images           imageFacts
	static           []staticPods
	compiled         map[BehaviorSpec]*kubelet.Behavior
	series           []series
	profiles         map[*UsageSpec]*usage.Profile
	taken            map[any]bool        // *manifest.Owner and *manifest.Pod that workloads bring
	labels           map[models.Sym]bool // keys of labels that pods have
	bare             map[sim.Template]*sim.Template
	owners           int32
	runTimeAssumed   bool
	// pods are there from the start, unreplaced of them have no controller in the input;
	// those that go with their nodes do not count.
	pods, unreplaced int
}

// Load reads and checks a scenario. The error is nil or yamlnode.Problems with
// everything wrong, each with its position.
func Load(in Input) (*Run, error) {
	l := newLoader(in)
	l.load()
	l.closeFiles()
	if err := l.judge(); err != nil {
		return nil, err
	}
	l.finish()
	return l.run, nil
}

func (l *loader) closeFiles() {
	for _, c := range l.closers {
		l.close(c)
	}
}

// newLoader begins a call of Load.
func newLoader(in Input) *loader {
	l := &loader{
		in: in, table: in.Table, digest: newDigest(), dict: models.NewDictionary(),
		fileRank: make(map[string]int), included: make(map[includeKey]bool),
		compiled: make(map[BehaviorSpec]*kubelet.Behavior), profiles: make(map[*UsageSpec]*usage.Profile), taken: make(map[any]bool),
		bare: make(map[sim.Template]*sim.Template), labels: make(map[models.Sym]bool),
	}
	if l.table == nil {
		l.table = plugins.Table()
	}
	l.set, l.decoder = manifest.NewSet(l.dict), l.newDecoder()
	if in.KeepUnsimulated {
		l.set.KeepUnsimulated()
	}
	l.run = &Run{Dictionary: l.dict, Start: defaultStart}
	if len(in.Files) > 0 {
		base := filepath.Base(in.Files[0].Name)
		l.run.Name = strings.TrimSuffix(base, filepath.Ext(base))
	}
	return l
}

// judge returns all problems in order, or nil.
func (l *loader) judge() error {
	if len(l.problems) == 0 {
		return nil
	}
	l.blameSets()
	l.dropEchoes()
	l.hidePositions()
	l.sortProblems()
	return l.problems
}

// compileSet compiles the objects of Kubernetes.
func (l *loader) compileSet() {
	objects, wrong := l.set.Compile()
	l.objects = objects
	l.problems = append(l.problems, wrong...)
	l.objectsAreWrong = l.objectsAreWrong || len(wrong) > 0
}

// load takes the steps in the order in which they need each other.
func (l *loader) load() {
	l.readFiles()
	templates := l.readTemplates()
	l.readSchedulerFile()
	l.replaceDocuments()
	l.applySets()
	l.applyVariant()
	l.applyDemand()
	l.sortDocuments()
	l.compileScenario()
	l.compileEvictions()
	l.checkData()

	l.compileSet()
	l.compileDescheduler()
	l.dateSnapshot()
	l.dropNodes()
	before := len(l.problems)
	l.compileRegistries()
	l.compileNodes()
	l.nodesAreWrong = l.nodesAreWrong || l.objectsAreWrong || len(l.problems) > before

	l.compileSeries()
	l.compileBehaviors()
	l.compileStaticPods()
	l.compileWorkloads()
	l.compileObjects()
	l.compileTimelines()
	if len(l.problems) == 0 {
		l.checkBehaviors()
	}
	l.compileCosts()
	l.compileFaults()
	l.compileAssertions()
	l.checkPolicies()
	l.checkExperiments()
	l.checkPlans()
	l.run.Templates = l.templates(templates)
}

// finish fills in what is known only now that all is right.
func (l *loader) finish() {
	r := l.run
	// What is there from the start comes before what arrives at the same moment.
	if i := slices.IndexFunc(r.Config.Sources, func(s sim.Source) bool { _, ok := s.(*start); return ok }); i > 0 {
		standing := r.Config.Sources[i]
		copy(r.Config.Sources[1:], r.Config.Sources[:i])
		r.Config.Sources[0] = standing
	}
	r.Config.EndIdle = l.endless()
	l.endRestless()
	r.Config.Start, r.Unsimulated = r.Start, l.set.Unsimulated()
	r.Audit, r.Config.Objects = append(l.set.Audit(), l.auditScheduler()...), l.set.Definitions()
	for _, text := range l.set.Assumptions() {
		l.assume("%s", text)
	}
	l.digest.add("seed", strconv.FormatUint(r.Config.Seed, 10), "for", strconv.FormatInt(int64(r.Config.Horizon), 10))
	r.Inputs, r.Digest = l.digest.sum()
}

// restless is how long runs last that would have no end.
const restless = 24 * time.Hour

// endRestless gives a run an end that has none and whose controllers never rest.
func (l *loader) endRestless() {
	if !l.endless() {
		return
	}
	for i := range l.objects.Owners {
		spec := l.objects.Owners[i].Spec
		if spec.Kind == models.HorizontalPodAutoscaler || spec.Kind == models.CronJob && !spec.Cron.Suspend {
			l.run.Config.Horizon = models.Time(restless)
			l.assume("a %s goes on for ever and no duration is given: the run ends after a day", spec.Kind)
			return
		}
	}
}

// checkData reports data that are bound to names which the scenario does not
// have.
func (l *loader) checkData() {
	var known []string
	for _, d := range l.data {
		known = append(known, d.spec.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(l.in.Data)) {
		l.digest.add("data", name)
		if l.findData(name) == nil {
			l.problems = append(l.problems, yamlnode.Problem{
				File: "--data " + shorten(name+"="+l.in.Data[name]), What: unknown("data", name, known),
			})
		}
	}
}

// firstFile names the scenario where no line of it is to blame.
func (l *loader) firstFile() string {
	if len(l.in.Files) == 0 {
		return ""
	}
	return l.in.Files[0].Name
}

// endless reports whether the run has no horizon.
func (l *loader) endless() bool { return l.run.Config.Horizon == models.Never }

var durationType = reflect.TypeFor[time.Duration]()
