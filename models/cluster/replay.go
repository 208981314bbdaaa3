package cluster

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/oplog"
)

// Replay goes through a run again by its log alone: it applies each operation to
// a cluster of its own, whose observers see what those of the run saw.
type Replay struct {
	Cluster *Cluster
	// Metadata says what the log is of, as JSON; nil if the log does not tell.
	// Closing says how the run ended, likewise; it is known at the end of the log.
	Metadata, Closing []byte
	log               *oplog.Reader
	pending           *oplog.Record // read, not applied yet
}

// NewReplay opens a log and reads up to its first operation: its metadata, and
// the symbols that the run and its observers had from the start, so that the same
// observers find the same symbols. Errors are those of oplog.NewReader and
// oplog.Reader.Next.
func NewReplay(r io.Reader) (*Replay, error) {
	log, err := oplog.NewReader(r)
	if err != nil {
		return nil, err
	}
	p := &Replay{Cluster: New(models.NewDictionary(), nil), log: log}
	for p.pending == nil {
		record, err := log.Next()
		switch {
		case errors.Is(err, io.EOF):
			return p, nil
		case err != nil:
			return nil, err
		case record.Kind == oplog.MetadataRecord:
			p.Metadata = bytes.Clone(record.Text)
		case record.Kind == oplog.DefinitionRecord:
			if err := p.define(record.Definition, record.Text); err != nil {
				return nil, p.unlawful(err)
			}
		default:
			p.pending = &record
		}
	}
	return p, nil
}

// ReplayFrom opens a log at the last checkpoint at or before t. The cluster then
// stands at that checkpoint, and observers see only what follows.
func ReplayFrom(f io.ReadSeeker, t models.Time) (*Replay, error) {
	log, checkpoint, err := oplog.Seek(f, t)
	if err != nil {
		return nil, err
	}
	if checkpoint == nil {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		return NewReplay(f)
	}
	p := &Replay{Cluster: New(models.NewDictionary(), nil), log: log}
	if err := checkpoint.Definitions(p.define); err != nil {
		return nil, err
	}
	return p, p.Cluster.Restore(checkpoint.State)
}

// Step applies the next operation and returns its time. The error is io.EOF after
// the last operation of a whole log. Then the digest is right, too.
func (p *Replay) Step() (models.Time, models.Op, error) {
	if _, err := p.Next(); err != nil {
		return 0, models.Op{}, err
	}
	record := *p.pending
	p.pending = nil
	if err := p.Cluster.Apply(record.Time, &record.Op); err != nil {
		return 0, record.Op, p.unlawful(err)
	}
	return record.Time, record.Op, nil
}

// Next returns the time of the operation that Step will apply. Its errors are those
// of Step.
func (p *Replay) Next() (models.Time, error) {
	for {
		if p.pending == nil {
			record, err := p.log.Next()
			if err != nil {
				return 0, err
			}
			p.pending = &record
		}
		record := p.pending
		if record.Kind == oplog.OperationRecord {
			return record.Time, nil
		}
		p.pending = nil
		if err := p.takeIn(record); err != nil {
			return 0, p.unlawful(err)
		}
	}
}

// takeIn takes in a record that is no operation.
func (p *Replay) takeIn(record *oplog.Record) error {
	switch record.Kind {
	case oplog.DefinitionRecord:
		return p.define(record.Definition, record.Text)
	case oplog.MetadataRecord:
		p.Closing = bytes.Clone(record.Text)
	case oplog.CheckpointRecord:
		if !bytes.Equal(record.Text, p.Cluster.Snapshot()) {
			return errors.New("a checkpoint differs from the state that the operations lead to")
		}
	}
	return nil
}

// Run applies all that is left. It returns nil at the end of a whole log.
func (p *Replay) Run() error {
	for {
		if _, _, err := p.Step(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// unlawful turns a refusal into damage: no run writes such a log.
func (p *Replay) unlawful(reason error) error {
	return &oplog.DamageError{Operations: p.Cluster.operations, Time: p.Cluster.now, Reason: reason.Error()}
}

// define makes the next symbol, resource name or specification known.
func (p *Replay) define(kind oplog.Definition, text []byte) error {
	c := p.Cluster
	switch kind {
	case oplog.Symbol:
		if next := c.dictionary.Len(); len(text) > 0 && int(c.dictionary.Sym(string(text))) != next {
			return fmt.Errorf("symbol %q is defined twice", text)
		}
	case oplog.ResourceName:
		if _, err := c.dictionary.Resource(string(text)); err != nil {
			return err
		}
	case oplog.PodSpec:
		spec, known := new(models.PodSpec), len(c.podSpecs)
		if err := c.decodeSpec(text, spec); err != nil {
			return err
		}
		if int(c.DefinePod(spec)) != known {
			return errors.New("a pod specification is defined twice")
		}
	case oplog.NodeSpec:
		spec := new(models.NodeSpec)
		if err := c.decodeSpec(text, spec); err != nil {
			return err
		}
		c.DefineNode(spec)
	case oplog.OwnerSpec:
		spec := new(models.OwnerSpec)
		if err := c.decodeSpec(text, spec); err != nil {
			return err
		}
		if int(spec.Template) >= len(c.podSpecs) || int(spec.ReplicaSet) > len(c.ownerSpecs) {
			return errors.New("an owner's template is not defined")
		}
		c.DefineOwner(spec)
	default:
		return p.defineObject(kind, text)
	}
	return nil
}

// defineObject makes the next object known that pods are scheduled by.
func (p *Replay) defineObject(kind oplog.Definition, text []byte) error {
	c := p.Cluster
	switch kind {
	case oplog.NamespaceSpec:
		return defined(c, text, c.DefineNamespace)
	case oplog.ServiceSpec:
		return defined(c, text, func(spec *models.ServiceSpec) { c.DefineService(spec) })
	case oplog.BudgetSpec:
		return defined(c, text, func(spec *models.BudgetSpec) { c.DefineBudget(spec) })
	case oplog.StorageClassSpec:
		return defined(c, text, c.DefineStorageClass)
	case oplog.VolumeSpec:
		return defined(c, text, func(spec *models.VolumeSpec) { c.DefineVolume(spec) })
	case oplog.ClaimSpec:
		return defined(c, text, func(spec *models.ClaimSpec) { c.DefineClaim(spec) })
	case oplog.CSINodeSpec:
		return defined(c, text, c.DefineCSINode)
	case oplog.PriorityClassSpec:
		return defined(c, text, c.DefinePriorityClass)
	case oplog.PolicySpec:
		return defined(c, text, func(spec *models.PolicySpec) { c.DefinePolicy(spec) })
	}
	return nil
}

// defined makes known what a definition without references holds.
func defined[T any](c *Cluster, text []byte, define func(*T)) error {
	spec := new(T)
	if err := c.decodeSpec(text, spec); err != nil {
		return err
	}
	define(spec)
	return nil
}

func (c *Cluster) decodeSpec(text []byte, spec any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(spec); err != nil {
		return err
	}
	return checkSymbols(reflect.ValueOf(spec).Elem(), models.Sym(c.dictionary.Len()))
}

var symbolType = reflect.TypeFor[models.Sym]()

// checkSymbols makes sure that every symbol in a specification is defined.
func checkSymbols(v reflect.Value, end models.Sym) error {
	switch {
	case v.Type() == symbolType:
		if n := models.Sym(v.Int()); n < 0 || n >= end {
			return fmt.Errorf("symbol %d is not defined", n)
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if err := checkSymbols(v.Field(i), end); err != nil {
				return err
			}
		}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		return checkSymbols(v.Elem(), end)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			if err := checkSymbols(v.Index(i), end); err != nil {
				return err
			}
		}
	}
	return nil
}
