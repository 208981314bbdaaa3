package cluster

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"io"

	"github.com/podsim/podsim/models"
)

// LogVersion changes whenever the meaning of a log does.
const LogVersion = 1

// The log is a stream of records. A record is one byte of kind and fields as
// variable-length integers. Kinds below firstDefinition are operations, preceded
// by the nanoseconds since the previous record; the others define symbols,
// resource names and specifications before their first use, so that a log can be
// read alone.
const (
	firstDefinition byte = 0xf0 + iota
	recordSymbol
	recordResource
	recordPodSpec
	recordNodeSpec
	recordOwnerSpec
)

const logHeader = "podsim-log\x00"

// Log writes operations compactly and hashes what it writes.
type Log struct {
	dictionary *models.Dictionary
	w          io.Writer
	err        error
	sum        hash.Hash
	buffer     []byte
	last       models.Time
	symbols    int
	resources  int
}

const logBuffer = 1 << 16

func newLog(d *models.Dictionary, w io.Writer) *Log {
	l := &Log{dictionary: d, w: w, sum: sha256.New(), buffer: make([]byte, 0, logBuffer+1024)}
	l.buffer = append(l.buffer, logHeader...)
	l.buffer = append(l.buffer, LogVersion)
	return l
}

func (l *Log) append(now models.Time, op *models.Op) {
	l.defineNames()
	fields := op.Kind.Fields()
	b := l.buffer
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
	l.buffer = b
	l.spill()
}

func appendIf(b []byte, used bool, n int64) []byte {
	if used {
		return binary.AppendVarint(b, n)
	}
	return b
}

func (l *Log) define(kind byte, text string) {
	l.defineNames()
	l.text(kind, text)
	l.spill()
}

// defineNames writes the symbols and resource names that came up since the last
// record.
func (l *Log) defineNames() {
	for ; l.symbols < l.dictionary.Len(); l.symbols++ {
		l.text(recordSymbol, l.dictionary.String(models.Sym(l.symbols)))
	}
	names := l.dictionary.ResourceNames()
	for ; l.resources < len(names); l.resources++ {
		l.text(recordResource, names[l.resources])
	}
}

func (l *Log) text(kind byte, text string) {
	l.buffer = append(l.buffer, kind)
	l.buffer = binary.AppendUvarint(l.buffer, uint64(len(text)))
	l.buffer = append(l.buffer, text...)
	l.spill()
}

func (l *Log) spill() {
	if len(l.buffer) >= logBuffer {
		l.empty()
	}
}

func (l *Log) empty() {
	l.sum.Write(l.buffer)
	if l.w != nil && l.err == nil {
		_, l.err = l.w.Write(l.buffer)
	}
	l.buffer = l.buffer[:0]
}

func (l *Log) flush() error {
	l.empty()
	return l.err
}

func (l *Log) digest() string {
	l.empty()
	return hex.EncodeToString(l.sum.Sum(nil))
}
