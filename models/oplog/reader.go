package oplog

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
)

// DamageError tells where a log cannot be read any further. Everything before is
// sound.
type DamageError struct {
	Offset     int64 // of the damaged block in the file
	Operations uint64
	Time       models.Time // of the last sound operation
	Reason     string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("the operation log is damaged at byte %d: %s; it is sound up to %s, after %d operations",
		e.Offset, e.Reason, e.Time, e.Operations)
}

// VersionError tells that a log was written by another version of podsim.
type VersionError struct{ Got byte }

func (e *VersionError) Error() string {
	return fmt.Sprintf("the operation log has version %d; this podsim reads version %d: run the scenario again, or "+
		"read the log with the podsim that wrote it", e.Got, Version)
}

// ErrNoLog is returned for a file that is no operation log.
var ErrNoLog = errors.New("not an operation log")

// RecordKind says what a record is.
type RecordKind uint8

// The kinds of records that a Reader returns.
const (
	OperationRecord RecordKind = iota
	DefinitionRecord
	MetadataRecord
	CheckpointRecord
)

// Record is one record of a log.
type Record struct {
	Kind       RecordKind
	Time       models.Time
	Op         models.Op  // of an operation
	Definition Definition // of a definition
	// Text is what is defined, the metadata or the state at a checkpoint. It is
	// good until the next call.
	Text []byte
}

// Reader reads a log from its beginning. It checks the checksum of every block
// before it returns anything of it, and the digest at the end.
type Reader struct {
	r       *bufio.Reader
	offset  int64 // of the block under way
	after   int64 // of the next one
	payload []byte
	rest    []byte    // records not returned yet
	sum     hash.Hash // nil if the reader did not start at the beginning

	last       models.Time
	operations uint64
	symbols    int64
	done       bool
	damage     error // once found, for ever
}

// NewReader reads the header of a log. The error is ErrNoLog, a *VersionError or
// that of r.
func NewReader(r io.Reader) (*Reader, error) {
	l := &Reader{r: bufio.NewReaderSize(r, 1<<16), sum: sha256.New()}
	head := make([]byte, len(header)+1)
	if _, err := io.ReadFull(l.r, head); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, ErrNoLog
		}
		return nil, err
	}
	if !bytes.HasPrefix(head, []byte(header)) {
		return nil, ErrNoLog
	}
	if version := head[len(header)]; version != Version {
		return nil, &VersionError{version}
	}
	l.sum.Write(head)
	l.after = int64(len(head))
	return l, nil
}

// Next returns the next record. The error is io.EOF at the end of a whole log,
// else a *DamageError or that of the underlying reader.
func (l *Reader) Next() (Record, error) {
	for {
		if l.damage != nil {
			return Record{}, l.damage
		}
		if len(l.rest) > 0 {
			record, err := l.record()
			if err != nil {
				return Record{}, l.damaged(err.Error())
			}
			return record, nil
		}
		kind, err := l.nextBlock()
		if err != nil {
			return Record{}, err
		}
		switch kind {
		case blockRecords:
			if err := l.openRecords(); err != nil {
				return Record{}, l.damaged(err.Error())
			}
		case blockMetadata:
			return Record{Kind: MetadataRecord, Time: l.last, Text: l.payload}, nil
		case blockCheckpoint:
			state, err := l.checkpoint()
			if err != nil {
				return Record{}, l.damaged(err.Error())
			}
			return Record{Kind: CheckpointRecord, Time: l.last, Text: state}, nil
		case blockEnd:
			if err := l.end(); err != nil {
				return Record{}, l.damaged(err.Error())
			}
		default:
			return Record{}, l.damaged(fmt.Sprintf("unknown block type %#x", kind))
		}
	}
}

func (l *Reader) damaged(reason string) error {
	l.damage = &DamageError{l.offset, l.operations, l.last, reason}
	return l.damage
}

// nextBlock reads a block and checks it.
func (l *Reader) nextBlock() (byte, error) {
	l.offset = l.after
	var head [blockHead]byte
	n, err := io.ReadFull(l.r, head[:])
	switch {
	case errors.Is(err, io.EOF) && l.done:
		return 0, io.EOF
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return 0, l.damaged("it ends early")
	case err != nil:
		return 0, err
	case l.done:
		return 0, l.damaged(fmt.Sprintf("%d bytes or more follow its end", n))
	}
	length := binary.LittleEndian.Uint32(head[1:])
	if length > limits.LogBlock {
		return 0, l.damaged(fmt.Sprintf("a block of %d bytes, more than %d", length, limits.LogBlock))
	}
	// A damaged length must not make us allocate what is not there.
	var payload bytes.Buffer
	payload.Grow(min(int(length), 1<<20))
	copied, err := io.CopyN(&payload, l.r, int64(length))
	if errors.Is(err, io.EOF) {
		return 0, l.damaged(fmt.Sprintf("it ends early: %d of the %d bytes of a block", copied, length))
	}
	if err != nil {
		return 0, err
	}
	l.payload = payload.Bytes()
	crc := crc32.Update(crc32.Update(0, castagnoli, head[:5]), castagnoli, l.payload)
	if crc != binary.LittleEndian.Uint32(head[5:]) {
		return 0, l.damaged("a checksum does not match")
	}
	l.after += blockHead + int64(length)
	return head[0], nil
}

func (l *Reader) openRecords() error {
	d := decoder{rest: l.payload}
	if base := d.uvarint(); d.err == nil && models.Time(base) != l.last {
		return fmt.Errorf("a block begins at %s, the one before ends at %s", models.Time(base), l.last)
	}
	l.rest = d.rest
	if l.sum != nil {
		l.sum.Write(l.rest)
	}
	return d.err
}

func (l *Reader) checkpoint() ([]byte, error) {
	d := decoder{rest: l.payload}
	at, operations, length := d.uvarint(), d.uvarint(), d.uvarint()
	if d.err == nil && (models.Time(at) != l.last || operations != l.operations || length > uint64(len(d.rest))) {
		return nil, errors.New("a checkpoint is not of this moment")
	}
	if d.err != nil {
		return nil, d.err
	}
	return d.rest[length:], nil
}

func (l *Reader) end() error {
	d := decoder{rest: l.payload}
	operations := d.uvarint()
	switch {
	case d.err != nil:
		return d.err
	case operations != l.operations:
		return fmt.Errorf("it tells of %d operations at its end, there are %d", operations, l.operations)
	case l.sum != nil && !bytes.Equal(d.rest, l.sum.Sum(nil)):
		return errors.New("the digest at its end does not match")
	}
	l.done = true
	return nil
}

// record decodes the next record of the block under way.
func (l *Reader) record() (Record, error) {
	d := decoder{rest: l.rest[1:]}
	kind := l.rest[0]
	var record Record
	if kind >= firstDefinition {
		record = l.definition(Definition(kind), &d)
	} else {
		record = l.operation(models.OpKind(kind), &d)
	}
	l.rest = d.rest
	record.Time = l.last
	return record, d.err
}

func (l *Reader) definition(kind Definition, d *decoder) Record {
	text := d.bytes()
	switch {
	case kind >= definitionsEnd:
		d.fail(fmt.Errorf("unknown record %#x", byte(kind)))
	case kind == Symbol:
		l.symbols++
	}
	return Record{Kind: DefinitionRecord, Definition: kind, Text: text}
}

func (l *Reader) operation(kind models.OpKind, d *decoder) Record {
	if kind == models.OpNone || !kind.Known() {
		d.fail(fmt.Errorf("unknown operation %d", kind))
		return Record{}
	}
	later := d.uvarint()
	if later > uint64(models.Never-l.last) {
		d.fail(errors.New("a time beyond the virtual clock"))
		return Record{}
	}
	fields := kind.Fields()
	op := models.Op{Kind: kind}
	op.Pod = models.PodID(d.intIf(fields&models.FieldPod != 0))
	op.Node = models.NodeID(d.intIf(fields&models.FieldNode != 0))
	op.Owner = models.OwnerID(d.intIf(fields&models.FieldOwner != 0))
	op.Parent = models.OwnerID(d.intIf(fields&models.FieldParent != 0))
	op.Def = d.intIf(fields&models.FieldDef != 0)
	op.Name = d.symIf(fields&models.FieldName != 0, l.symbols)
	op.Ordinal = d.intIf(fields&models.FieldName != 0)
	if fields&models.FieldArg != 0 {
		op.Arg = d.varint()
	}
	op.Reason = d.symIf(fields&models.FieldReason != 0, l.symbols)
	op.Message = d.symIf(fields&models.FieldMessage != 0, l.symbols)
	op.Taint.Key = d.symIf(fields&models.FieldTaint != 0, l.symbols)
	op.Taint.Value = d.symIf(fields&models.FieldTaint != 0, l.symbols)
	if effect := d.intIf(fields&models.FieldTaint != 0); effect < 0 || effect > int32(models.NoExecute) {
		d.fail(fmt.Errorf("unknown taint effect %d", effect))
	} else {
		op.Taint.Effect = models.Effect(effect)
	}
	if d.err == nil {
		l.last += models.Time(later)
		l.operations++
	}
	return Record{Kind: OperationRecord, Op: op}
}
