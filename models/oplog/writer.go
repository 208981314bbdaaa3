package oplog

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"io"

	"github.com/podsim/podsim/models"
)

// Writer writes a log and hashes its records.
type Writer struct {
	dictionary *models.Dictionary
	w          io.Writer // nil: only the digest is wanted
	err        error
	sum        hash.Hash
	began      bool

	block      []byte // the records of the block under way
	base       models.Time
	last       models.Time
	symbols    int
	resources  int
	operations uint64

	definitions []byte // since the last checkpoint
	sinceCheck  int    // bytes of records since then
	checkEvery  int
	frame       []byte
}

// NewWriter returns the writer of a log to w, which may be nil.
func NewWriter(d *models.Dictionary, w io.Writer) *Writer {
	l := &Writer{dictionary: d, w: w, sum: sha256.New(), checkEvery: checkpointAfter,
		block: make([]byte, 0, recordsBlock+1024)}
	l.sum.Write([]byte(header))
	l.sum.Write([]byte{Version})
	return l
}

// begin writes the header of the file.
func (l *Writer) begin() {
	if !l.began {
		l.began = true
		l.write(append([]byte(header), Version))
	}
}

func (l *Writer) write(b []byte) {
	if l.w != nil && l.err == nil {
		_, l.err = l.w.Write(b)
	}
}

// Metadata writes what a log is of, as JSON. It is no part of the digest.
func (l *Writer) Metadata(text []byte) {
	l.cut()
	l.frameBlock(blockMetadata, text)
}

// Append writes an operation.
func (l *Writer) Append(now models.Time, op *models.Op) {
	l.defineNames()
	fields := op.Kind.Fields()
	b := l.block
	start := len(b)
	b = append(b, byte(op.Kind))
	b = binary.AppendUvarint(b, uint64(now-l.last))
	l.last = now
	b = appendIf(b, fields&models.FieldPod != 0, int64(op.Pod))
	b = appendIf(b, fields&models.FieldNode != 0, int64(op.Node))
	b = appendIf(b, fields&models.FieldOwner != 0, int64(op.Owner))
	b = appendIf(b, fields&models.FieldParent != 0, int64(op.Parent))
	b = appendIf(b, fields&models.FieldDef != 0, int64(op.Def))
	b = appendIf(b, fields&models.FieldName != 0, int64(op.Name))
	b = appendIf(b, fields&models.FieldName != 0, int64(op.Ordinal))
	b = appendIf(b, fields&models.FieldArg != 0, op.Arg)
	b = appendIf(b, fields&models.FieldReason != 0, int64(op.Reason))
	b = appendIf(b, fields&models.FieldMessage != 0, int64(op.Message))
	b = appendIf(b, fields&models.FieldTaint != 0, int64(op.Taint.Key))
	b = appendIf(b, fields&models.FieldTaint != 0, int64(op.Taint.Value))
	b = appendIf(b, fields&models.FieldTaint != 0, int64(op.Taint.Effect))
	l.sinceCheck += len(b) - start
	l.block = b
	l.operations++
	l.cutIfFull()
}

func appendIf(b []byte, used bool, n int64) []byte {
	if used {
		return binary.AppendVarint(b, n)
	}
	return b
}

// Define writes a definition.
func (l *Writer) Define(kind Definition, text string) {
	l.defineNames()
	l.define(kind, text)
}

// defineNames writes the symbols and resource names that came up since the last
// record.
func (l *Writer) defineNames() {
	for ; l.symbols < l.dictionary.Len(); l.symbols++ {
		l.define(Symbol, l.dictionary.String(models.Sym(l.symbols)))
	}
	names := l.dictionary.ResourceNames()
	for ; l.resources < len(names); l.resources++ {
		l.define(ResourceName, names[l.resources])
	}
}

func (l *Writer) define(kind Definition, text string) {
	start := len(l.block)
	l.block = append(l.block, byte(kind))
	l.block = binary.AppendUvarint(l.block, uint64(len(text)))
	l.block = append(l.block, text...)
	if l.w != nil {
		l.definitions = append(l.definitions, l.block[start:]...)
	}
	l.cutIfFull()
}

func (l *Writer) cutIfFull() {
	if len(l.block) >= recordsBlock {
		l.cut()
	}
}

// cut ends the block of records under way.
func (l *Writer) cut() {
	l.begin()
	if len(l.block) == 0 {
		return
	}
	l.sum.Write(l.block)
	if l.w != nil {
		var base [binary.MaxVarintLen64]byte
		l.frameBlock(blockRecords, base[:binary.PutUvarint(base[:], uint64(l.base))], l.block)
	}
	l.block = l.block[:0]
	l.base = l.last
}

// frameBlock writes a block with its head.
func (l *Writer) frameBlock(kind byte, parts ...[]byte) {
	if l.w == nil {
		return
	}
	length := 0
	for _, part := range parts {
		length += len(part)
	}
	b := append(l.frame[:0], kind)
	b = binary.LittleEndian.AppendUint32(b, uint32(length))
	crc := crc32.Update(0, castagnoli, b)
	for _, part := range parts {
		crc = crc32.Update(crc, castagnoli, part)
	}
	b = binary.LittleEndian.AppendUint32(b, crc)
	for _, part := range parts {
		b = append(b, part...)
	}
	l.frame = b
	l.write(b)
}

// CheckpointDue reports whether it is time for a checkpoint.
func (l *Writer) CheckpointDue() bool { return l.w != nil && l.sinceCheck >= l.checkEvery }

// Checkpoint writes the whole state as it is now. It is no part of the digest.
func (l *Writer) Checkpoint(state []byte) {
	l.defineNames()
	l.cut()
	var head []byte
	head = binary.AppendUvarint(head, uint64(l.last))
	head = binary.AppendUvarint(head, l.operations)
	head = binary.AppendUvarint(head, uint64(len(l.definitions)))
	l.frameBlock(blockCheckpoint, head, l.definitions, state)
	l.definitions = l.definitions[:0]
	l.sinceCheck = 0
	l.checkEvery = max(checkpointAfter, checkpointRatio*len(state))
}

// Close ends the log with its digest.
func (l *Writer) Close() error {
	l.cut()
	l.frameBlock(blockEnd, l.sum.Sum(binary.AppendUvarint(nil, l.operations)))
	return l.err
}

// Digest returns the SHA-256 of the records up to now, in hexadecimal.
func (l *Writer) Digest() string {
	l.cut()
	return hex.EncodeToString(l.sum.Sum(nil))
}
