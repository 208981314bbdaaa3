package scenarios

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/scheduler"
	"github.com/podsim/podsim/sim"
)

// World is a cluster as the input describes it, standing still: for those who ask
// where pods would go without letting time pass.
type World struct {
	Dictionary *models.Dictionary
	Cluster    *cluster.Cluster
	// Pending are the pods without a node, in the order of the input.
	Pending []models.PodID
	// Absent are the workloads that want more pods than the input has of them.
	Absent []Absent
	// Daemons are the pods, by namespace/name, whose controller is a DaemonSet or their node,
	// whether the input has it or not: they go with their nodes.
	Daemons map[string]bool
	// Astray is how many pods are on nodes that the input does not have.
	Astray int
	// Scheduler is the KubeSchedulerConfiguration of the input; nil if it has none.
	Scheduler *scheduler.Config
	// Epoch is the date of virtual time 0.
	Epoch  time.Time
	Groups []Group
	// Templates are those of the template files, in their order.
	Templates []Template
	Audit     []manifest.AuditEntry
	Inputs    []InputFile
}

// Absent is a workload some of whose pods the input does not hold: a controller
// would make them, and nothing makes them where no time passes.
type Absent struct {
	Kind, Namespace, Name string
	// Pods is how many more the workload wants.
	Pods int
}

// Template is a pod or a workload to ask about.
type Template struct {
	Name string // of the object, else of its file
	Kind string
	Pod  *models.PodSpec
	// Owner is what makes its pods, nil for a bare one: a ReplicaSet stands in for
	// its Deployment.
	Owner *models.OwnerSpec
	// Replicas is how many pods the workload has; 1 for a bare one.
	Replicas int
}

// worldEpoch is when bound pods started that do not tell.
var worldEpoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// LoadWorld reads nodes, node groups and objects of Kubernetes. Documents that are
// about the course of time are refused. The error is as that of Load.
func LoadWorld(in Input) (*World, error) {
	l := newLoader(in)
	l.readFiles()
	templates := l.readTemplates()
	l.readSchedulerFile()
	l.applySets()
	l.applyDemand()
	l.sortDocuments()
	l.refuseTime()
	l.compileSet()
	l.compileNodes()
	config := l.worldScheduler()
	asked := l.templates(templates)
	for _, c := range l.closers {
		l.close(c)
	}
	if err := l.judge(); err != nil {
		return nil, err
	}
	w := &World{
		Dictionary: l.dict, Cluster: cluster.New(l.dict, nil), Epoch: worldEpoch, Daemons: make(map[string]bool),
		Groups: l.run.Groups, Templates: asked, Audit: append(l.set.Audit(), l.auditScheduler()...), Scheduler: config,
	}
	w.Inputs, _ = l.digest.sum()
	b := worldBuilder{World: w, loader: l, nodes: make(map[string]models.NodeID)}
	if err := b.build(); err != nil {
		return nil, err
	}
	return w, nil
}

// readTemplates reads the template files; what comes along with templates joins the
// documents.
func (l *loader) readTemplates() (templates []*object) {
	if len(l.in.Templates) == 0 {
		return nil
	}
	world, files := l.documents, l.in.Files
	l.documents, l.in.Files = nil, l.in.Templates
	l.readFiles()
	templates, l.documents = splitTemplates(l.documents, world)
	l.in.Files = files
	return templates
}

// splitTemplates tells templates from what comes along with them in one file, such
// as Services and claims, which joins the world. What makes pods is a template,
// even if it is one that podsim cannot use.
func splitTemplates(documents, world []*object) (templates, joined []*object) {
	makers := []string{"", "Pod", "Deployment", "ReplicaSet", "ReplicationController", "Job", "StatefulSet", "DaemonSet", "CronJob", "Node"}
	for _, o := range documents {
		if o.own || strings.HasSuffix(o.kind, "List") || slices.Contains(makers, o.kind) {
			templates = append(templates, o)
		} else {
			world = append(world, o)
		}
	}
	return templates, world
}

// refuseTime refuses podsim's own kinds that say what happens when.
func (l *loader) refuseTime() {
	for _, o := range l.documents {
		if o.own && o.kind != "NodeGroup" && slices.Contains(kindNames(), o.kind) {
			l.blame(o, "kind", "%s says what happens in the course of time; want objects of Kubernetes and NodeGroups", o.kind)
		}
	}
}

// templates compiles the documents of the template files.
func (l *loader) templates(documents []*object) []Template {
	var out []Template
	for _, o := range documents {
		t, problems := l.set.CompileTemplate(o.root)
		l.problems = append(l.problems, problems...)
		if len(problems) > 0 {
			continue
		}
		one := Template{Kind: o.kind, Name: o.name, Replicas: 1}
		switch {
		case t.Pod != nil:
			one.Pod = t.Pod.Spec
		case t.Owner.ReplicaSet != nil:
			one.Pod, one.Owner, one.Replicas = t.Owner.Pod, t.Owner.ReplicaSet, int(t.Owner.Spec.Replicas)
		default:
			one.Pod, one.Owner, one.Replicas = t.Owner.Pod, t.Owner.Spec, int(t.Owner.Spec.Replicas)
		}
		if t.Owner != nil && t.Owner.Kind == models.DaemonSet {
			one.Replicas = 1 // of each node, which says nothing of how many fit
		}
		if one.Name == "" {
			base := filepath.Base(o.origin.shown)
			one.Name = strings.TrimSuffix(base, filepath.Ext(base))
		}
		out = append(out, one)
	}
	return out
}

// worldBuilder brings the objects of the input into the cluster of a world.
type worldBuilder struct {
	*World
	loader *loader
	nodes  map[string]models.NodeID
	owners []models.OwnerID // by index in objects.Owners
	// now is the moment at which the cluster stands: when its youngest pod started.
	now models.Time
}

func (b *worldBuilder) apply(op models.Op) error {
	if err := b.Cluster.Apply(b.now, &op); err != nil {
		return fmt.Errorf("the input contradicts itself: %w", err)
	}
	return nil
}

func (b *worldBuilder) build() error {
	for i := range b.loader.objects.Pods {
		b.now = max(b.now, b.started(&b.loader.objects.Pods[i]))
	}
	sim.Define(b.Cluster, b.loader.set.Definitions())
	for _, spec := range b.loader.run.Config.Nodes {
		id := models.NodeID(b.Cluster.View().Nodes())
		if err := b.apply(models.Op{Kind: models.OpAddNode, Node: id, Def: int32(b.Cluster.DefineNode(spec))}); err != nil {
			return err
		}
		b.nodes[b.Dictionary.String(spec.Name)] = id
	}
	for i := range b.loader.objects.Owners {
		if err := b.owner(&b.loader.objects.Owners[i]); err != nil {
			return err
		}
	}
	for i := range b.loader.objects.Pods {
		if err := b.pod(&b.loader.objects.Pods[i]); err != nil {
			return err
		}
	}
	b.absent()
	return nil
}

// absent compares what the workloads want with the pods that the input has of
// them. The pods of a ReplicaSet count for its Deployment.
func (b *worldBuilder) absent() {
	owners := b.loader.objects.Owners
	present := make([]int, len(owners))
	for i := range b.loader.objects.Pods {
		owner := b.loader.objects.Pods[i].Owner
		if owner < 0 {
			continue
		}
		if parent := owners[owner].Parent; parent >= 0 {
			owner = parent
		}
		present[owner]++
	}
	for i := range owners {
		o := &owners[i]
		if o.Parent >= 0 || o.Status != nil && o.Status.Finished {
			continue
		}
		if lacks := int(o.Spec.Replicas) - present[i]; lacks > 0 {
			b.Absent = append(b.Absent, Absent{o.Spec.Kind.String(), o.Namespace, o.Name, lacks})
		}
	}
}

// started is when a bound pod started, as the scheduler sees it.
func (b *worldBuilder) started(pod *manifest.Pod) models.Time {
	if pod.Status == nil || pod.Status.Bound.IsZero() || pod.Node == "" {
		return 0
	}
	return models.Time(min(max(pod.Status.Bound.Sub(b.Epoch), -maxAge), maxAge))
}

// owner makes an owner known, for the selector that it has. Deployments stand
// apart from their ReplicaSets here, as only these own pods.
func (b *worldBuilder) owner(o *manifest.Owner) error {
	id := models.OwnerID(b.Cluster.View().Owners())
	b.owners = append(b.owners, id)
	spec := *o.Spec
	spec.Template = b.Cluster.DefinePod(o.Pod)
	if o.ReplicaSet != nil {
		made := *o.ReplicaSet
		made.Template = spec.Template
		spec.ReplicaSet = b.Cluster.DefineOwner(&made)
	}
	return b.apply(models.Op{Kind: models.OpCreateOwner, Owner: id, Parent: models.None,
		Def: int32(b.Cluster.DefineOwner(&spec)), Name: b.Dictionary.Sym(o.Name), Ordinal: models.Exact})
}

// pod brings in a pod that has not ended.
func (b *worldBuilder) pod(pod *manifest.Pod) error {
	node, found := b.nodes[pod.Node]
	switch {
	case pod.Phase.Terminal():
		return nil
	case pod.Node != "" && !found:
		b.Astray++
		return nil
	}
	id, owner := models.PodID(b.Cluster.View().Pods()), models.OwnerID(models.None)
	if pod.Owner >= 0 {
		owner = b.owners[pod.Owner]
	}
	ops := []models.Op{{Kind: models.OpCreatePod, Pod: id, Owner: owner,
		Def: int32(b.Cluster.DefinePod(pod.Spec)), Name: b.Dictionary.Sym(pod.Name), Ordinal: models.Exact}}
	if found {
		ops = append(ops, models.Op{Kind: models.OpBindPod, Pod: id, Node: node})
		ops = append(ops, backdated(id, b.now, b.started(pod))...)
	} else {
		b.Pending = append(b.Pending, id)
	}
	if goesWithNode(pod.Controller) {
		b.Daemons[pod.Namespace+"/"+pod.Name] = true
	}
	if pod.Status != nil && !pod.Status.Deletion.IsZero() {
		ops = append(ops, models.Op{Kind: models.OpDeletePod, Pod: id})
	}
	if pod.Status != nil && !found {
		if nominated, ok := b.nodes[pod.Status.Nominated]; ok {
			ops = append(ops, models.Op{Kind: models.OpNominatePod, Pod: id, Node: nominated})
		}
	}
	for _, op := range ops {
		if err := b.apply(op); err != nil {
			return err
		}
	}
	return nil
}

// backdated lets a pod that has just been created and bound have started earlier.
func backdated(pod models.PodID, now, started models.Time) []models.Op {
	if started >= now {
		return nil
	}
	ago := int64(now - started)
	return []models.Op{
		{Kind: models.OpBackdatePod, Pod: pod, Def: int32(models.PastCreated), Arg: ago},
		{Kind: models.OpBackdatePod, Pod: pod, Def: int32(models.PastBound), Arg: ago},
	}
}

// ByName finds the pods of a world whose name, or namespace and name, is given.
func (w *World) ByName(name string) []models.PodID {
	var found []models.PodID
	v := w.Cluster.View()
	for pod := range v.Live() {
		full := w.Dictionary.String(pod.Spec().Namespace) + "/" + pod.Name()
		if cmp.Or(name == full, name == pod.Name()) {
			found = append(found, pod.ID())
		}
	}
	return found
}
