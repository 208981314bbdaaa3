package prometheus

import (
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports/kubectl"
)

// Config says what is told of a run.
type Config struct {
	Scenario string
	Seed     uint64
	// Start is when virtual time begins, on the calendar.
	Start time.Time
	// Unsimulated is what manifests say beyond what is simulated, or nil.
	Unsimulated *kubectl.Unsimulated
	// MaxSeries is how many series there are at most at one moment that tell of single
	// objects. An object that is told of has all of its series.
	MaxSeries int
	// Only picks families; nil is all.
	Only func(*Family) bool
}

// Fold observes a cluster from its first operation on. It implements cluster.Observer.
type Fold struct {
	config    Config
	wanted    []bool // by family
	manifests *kubectl.Manifests
	addresses *kubectl.Addresses
	shown     map[string]map[int32]bool // objects that are told of, by kind

	scheduler schedulerFold
	kubelets  kubeletFold
	simulator simulatorFold

	// held is what has been noted of pods at the very beginning: unless the next
	// operations tell that it was over before the run.
	held []heldNote
}

type heldNote struct {
	pod  models.PodID
	note func()
}

// NewFold returns a fold for a cluster that nothing has happened in yet.
func NewFold(c Config) *Fold {
	f := &Fold{
		config: c, wanted: make([]bool, len(table)), manifests: kubectl.NewManifests(), addresses: kubectl.NewAddresses(),
		shown: make(map[string]map[int32]bool), scheduler: newSchedulerFold(), kubelets: newKubeletFold(), simulator: newSimulatorFold(),
	}
	for i, family := range table {
		f.wanted[i] = c.Only == nil || c.Only(family)
	}
	return f
}

// Observe takes in one operation that was applied.
func (f *Fold) Observe(now models.Time, op *models.Op, v cluster.View) {
	if now > 0 && f.held != nil {
		f.release()
	}
	if op.Kind == models.OpBackdatePod {
		f.held = slices.DeleteFunc(f.held, func(h heldNote) bool { return h.pod == op.Pod })
	}
	f.addresses.Observe(now, op, v)
	f.simulator.observe(op, v)
	if op.Kind.Fields()&models.FieldPod == 0 {
		return
	}
	note := func(n func()) {
		if now > 0 {
			n()
		} else {
			f.held = append(f.held, heldNote{op.Pod, n})
		}
	}
	f.scheduler.observe(now, op, v, note)
	f.kubelets.observe(now, op, v, note)
}

// release notes what was held.
func (f *Fold) release() {
	held := f.held
	f.held = nil
	for _, h := range held {
		h.note()
	}
}

// tally counts or measures by labels.
type tally struct {
	family *Family
	rows   map[string]*tallyRow
}

type tallyRow struct {
	labels       []string
	value        float64
	distribution *Distribution
}

func newTally(f *Family) tally { return tally{f, make(map[string]*tallyRow)} }

func (t *tally) row(labels []string) *tallyRow {
	key := strings.Join(labels, "\x00")
	row := t.rows[key]
	if row == nil {
		row = &tallyRow{labels: labels}
		if t.family.Type == Histogram {
			row.distribution = newDistribution(t.family.Buckets)
		}
		t.rows[key] = row
	}
	return row
}

func (t *tally) add(n float64, labels ...string) { t.row(labels).value += n }

func (t *tally) observe(x float64, labels ...string) {
	t.row(labels).distribution.observe(t.family.Buckets, x)
}

// tell adds all rows in the order of their labels.
func (t *tally) tell(s *Snapshot) {
	for _, row := range t.sorted() {
		if row.distribution != nil {
			s.addDistribution(t.family, row.distribution, row.labels...)
		} else {
			s.Add(t.family, row.value, row.labels...)
		}
	}
}

func (t *tally) sorted() []*tallyRow {
	rows := make([]*tallyRow, 0, len(t.rows))
	for _, row := range t.rows {
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b *tallyRow) int { return slices.Compare(a.labels, b.labels) })
	return rows
}
