package cluster

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/oplog"
)

// Observer is told of every operation after it was applied. It may read the view
// but changes nothing.
type Observer interface {
	Observe(now models.Time, op *models.Op, v View)
}

// Cluster is the state of one simulated cluster. It is not safe for concurrent
// use: one goroutine runs one simulation.
type Cluster struct {
	dictionary *models.Dictionary
	now        models.Time
	late       time.Duration // how long ago that happened which a kubelet tells of; 0 but while it recounts
	operations uint64

	podSpecs   []*models.PodSpec
	nodeSpecs  []*models.NodeSpec
	ownerSpecs []*models.OwnerSpec
	specIndex  map[string]models.SpecID

	namespaces map[models.Sym]*models.NamespaceSpec
	ended      map[models.Sym]*namespaceRow // of namespaces that are made or deleted during the run
	policies   policies
	services   services
	priorities []*models.PriorityClassSpec
	budgets    budgets
	storage    storage

	pods    store[podRow]
	owners  store[ownerRow]
	orphans int // pod objects that belong to nobody
	// ripening are the pods of owners with MinReadySeconds that became Ready, by
	// time: what Owner.Available looks through. It follows from the pods.
	ripening map[models.OwnerID][]ripe
	// items are the containers of pods whose containers are told apart, from their
	// first sandbox on.
	items map[models.PodID]*itemsRow

	// Columns by NodeID.
	nodes       []nodeRow
	allocatable []models.Resources
	nodeNames   []string
	requested   []models.Resources
	nonZero     []NonZero
	taints      [][]models.Taint
	schedulable []bool
	labels      []models.Labels // never changed in place

	images map[models.Sym]imageState
	lacks  map[models.PodID][]Lack // containers that wait for images
	// messages tell why kubelets refused pods.
	messages map[models.PodID]models.Sym
	// conditions are those of pods that their kubelets leave to others.
	conditions map[models.PodID][]Condition
	ephemerals map[models.PodID][]Ephemeral
	killings   map[models.PodID]killing // pods that kubelets are ending
	// generations count the changes of specifications, of pods that had some, and
	// resizes are those that are not complete.
	generations map[models.PodID]int32
	resizes     map[models.PodID]Resize
	nodeSet     uint64 // changes whenever a node joins
	changes     changes

	totals    Totals
	log       *oplog.Writer
	observers []Observer
	applied   models.Op // what observers are being told of
	scan      scan      // of the last Check
}

// imageState is how many nodes hold an image and its size on the first of them.
type imageState struct {
	nodes int32
	size  int64
}

// NonZero is the load of a node as scoring sees it: absent requests count as
// 100m and 200 MiB a container.
type NonZero struct{ CPU, Memory int64 }

// Totals count pods since the beginning. At any time
// Created = Pending + Bound + Running + Succeeded + Failed + Removed, where the
// first three are live phases and Removed are objects that went without ending.
type Totals struct {
	Created   int64
	Pending   int64 // no node yet
	Bound     int64 // on a node, not started
	Running   int64
	Succeeded int64 // ever
	Failed    int64 // ever
	Removed   int64 // deleted before they ended
}

// New returns an empty cluster whose log goes to w; w may be nil when only the
// digest is wanted.
func New(d *models.Dictionary, w io.Writer) *Cluster {
	c := &Cluster{
		dictionary: d,
		specIndex:  make(map[string]models.SpecID),
		namespaces: make(map[models.Sym]*models.NamespaceSpec),
		ended:      make(map[models.Sym]*namespaceRow),
		images:     make(map[models.Sym]imageState),
		lacks:      make(map[models.PodID][]Lack),
		messages:   make(map[models.PodID]models.Sym),
		conditions: make(map[models.PodID][]Condition),
		ephemerals: make(map[models.PodID][]Ephemeral),
		killings:   make(map[models.PodID]killing),

		generations: make(map[models.PodID]int32),
		resizes:     make(map[models.PodID]Resize),

		storage:  newStorage(),
		ripening: make(map[models.OwnerID][]ripe),
		items:    make(map[models.PodID]*itemsRow),
		log:      oplog.NewWriter(d, w),
	}
	c.pods.gone = podRow{node: models.None, nominated: models.None, assumed: models.None, owner: models.None, flags: podRemoved, phase: models.Succeeded,
		previous: models.None, next: models.None, index: models.None, deleted: models.Never}
	return c
}

// Observe adds an observer. Observers are told in the order they were added.
func (c *Cluster) Observe(o Observer) { c.observers = append(c.observers, o) }

// Dictionary returns the symbols of the run.
func (c *Cluster) Dictionary() *models.Dictionary { return c.dictionary }

// View returns the read-only side of the cluster.
func (c *Cluster) View() View { return View{c} }

// Now returns the time of the last operation.
func (c *Cluster) Now() models.Time { return c.now }

// Operations returns how many operations have been applied.
func (c *Cluster) Operations() uint64 { return c.operations }

// DefinePod makes a pod specification known and returns its id; equal
// specifications share one.
func (c *Cluster) DefinePod(spec *models.PodSpec) models.SpecID {
	text := encodeSpec(spec)
	if id, ok := c.specIndex[text]; ok {
		return id
	}
	id := models.SpecID(len(c.podSpecs))
	c.podSpecs = append(c.podSpecs, spec)
	c.specIndex[text] = id
	c.log.Define(oplog.PodSpec, text)
	return id
}

// DefineNode makes a node specification known and returns its id.
func (c *Cluster) DefineNode(spec *models.NodeSpec) models.NodeSpecID {
	c.nodeSpecs = append(c.nodeSpecs, spec)
	c.log.Define(oplog.NodeSpec, encodeSpec(spec))
	return models.NodeSpecID(len(c.nodeSpecs) - 1)
}

// DefineOwner makes an owner specification known and returns its id.
func (c *Cluster) DefineOwner(spec *models.OwnerSpec) models.OwnerSpecID {
	c.ownerSpecs = append(c.ownerSpecs, spec)
	c.log.Define(oplog.OwnerSpec, encodeSpec(spec))
	return models.OwnerSpecID(len(c.ownerSpecs) - 1)
}

// DefineNamespace makes a namespace known; a later one of the same name replaces it.
func (c *Cluster) DefineNamespace(spec *models.NamespaceSpec) {
	c.namespaces[spec.Name] = spec
	if spec.Later {
		c.ended[spec.Name] = &namespaceRow{deleted: models.Never, gone: true}
	}
	c.log.Define(oplog.NamespaceSpec, encodeSpec(spec))
}

// DefinePriorityClass makes a PriorityClass known.
func (c *Cluster) DefinePriorityClass(spec *models.PriorityClassSpec) {
	c.priorities = append(c.priorities, spec)
	c.log.Define(oplog.PriorityClassSpec, encodeSpec(spec))
}

func encodeSpec(spec any) string {
	text, err := json.Marshal(spec)
	if err != nil {
		panic(fmt.Sprintf("specification cannot be encoded: %v", err))
	}
	return string(text)
}

// Metadata puts something about the run into its log, as JSON: before the first
// operation what it is of, after the last one how it ended.
func (c *Cluster) Metadata(text []byte) { c.log.Metadata(text) }

// Close ends the log. Nothing may be applied afterwards.
func (c *Cluster) Close() error { return c.log.Close() }

// Digest returns the SHA-256 of the operation log up to now, in hexadecimal. Two
// runs with equal digests went through the same operations at the same times.
func (c *Cluster) Digest() string { return c.log.Digest() }
