package oplog

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/podsim/podsim/models"
)

// Checkpoint is the state at one moment with everything that it refers to.
type Checkpoint struct {
	Time        models.Time
	Operations  uint64
	State       []byte
	definitions []byte
}

// Definitions calls define for everything that was defined up to the checkpoint,
// in order.
func (c *Checkpoint) Definitions(define func(Definition, []byte) error) error {
	d := decoder{rest: c.definitions}
	for len(d.rest) > 0 {
		kind := Definition(d.rest[0])
		d.rest = d.rest[1:]
		text := d.bytes()
		if d.err != nil {
			return d.err
		}
		if kind < firstDefinition || kind >= definitionsEnd {
			return errors.New("a checkpoint holds what is no definition")
		}
		if err := define(kind, text); err != nil {
			return err
		}
	}
	return nil
}

// Seek finds the last checkpoint at or before t and returns a reader of what
// follows it. Without one the checkpoint is nil and the reader starts at the
// beginning. Blocks are skipped by their heads, so that only checkpoints are read.
// A reader that did not start at the beginning cannot check the digest.
func Seek(f io.ReadSeeker, t models.Time) (*Reader, *Checkpoint, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, nil, err
	}
	if _, err := NewReader(f); err != nil {
		return nil, nil, err
	}
	var found *Checkpoint
	var definitions []byte
	at, after := int64(len(header)+1), int64(0)
	for {
		kind, payload, next, err := checkpointAt(f, at)
		if err != nil {
			return nil, nil, err
		}
		if next == 0 {
			break // what follows is damaged, and the reader will say so
		}
		at = next
		if kind != blockCheckpoint {
			continue
		}
		d := decoder{rest: payload}
		moment, operations, length := models.Time(d.uvarint()), d.uvarint(), d.uvarint()
		if d.err != nil || length > uint64(len(d.rest)) || moment > t {
			break
		}
		definitions = append(definitions, d.rest[:length]...)
		found = &Checkpoint{Time: moment, Operations: operations, State: d.rest[length:]}
		after = next
	}
	if found == nil {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, nil, err
		}
		l, err := NewReader(f)
		return l, nil, err
	}
	found.definitions = definitions
	if _, err := f.Seek(after, io.SeekStart); err != nil {
		return nil, nil, err
	}
	l := &Reader{r: bufio.NewReaderSize(f, 1<<16), after: after, last: found.Time, operations: found.Operations}
	err := found.Definitions(func(kind Definition, _ []byte) error {
		if kind == Symbol {
			l.symbols++
		}
		return nil
	})
	return l, found, err
}

// checkpointAt reads the head of the block at an offset, and the rest of it if it
// is a sound checkpoint. next is where the following block begins, 0 if there is
// none to be found.
func checkpointAt(f io.ReadSeeker, at int64) (kind byte, payload []byte, next int64, err error) {
	if _, err := f.Seek(at, io.SeekStart); err != nil {
		return 0, nil, 0, err
	}
	var head [blockHead]byte
	if _, err := io.ReadFull(f, head[:]); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, nil, 0, nil
		}
		return 0, nil, 0, err
	}
	length := binary.LittleEndian.Uint32(head[1:])
	next = at + blockHead + int64(length)
	if head[0] != blockCheckpoint {
		return head[0], nil, next, nil
	}
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil || next > end {
		return 0, nil, 0, err
	}
	if _, err := f.Seek(at+blockHead, io.SeekStart); err != nil {
		return 0, nil, 0, err
	}
	payload = make([]byte, length)
	if _, err := io.ReadFull(f, payload); err != nil {
		return 0, nil, 0, err
	}
	crc := crc32.Update(crc32.Update(0, castagnoli, head[:5]), castagnoli, payload)
	if crc != binary.LittleEndian.Uint32(head[5:]) {
		return 0, nil, 0, nil
	}
	return head[0], payload, next, nil
}
