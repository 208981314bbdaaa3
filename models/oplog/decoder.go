package oplog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/podsim/podsim/models"
)

// decoder takes values off the front of bytes. After the first error it returns
// zeros.
type decoder struct {
	rest []byte
	err  error
}

var errCut = errors.New("a record is cut off")

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
	d.rest = nil
}

func (d *decoder) uvarint() uint64 {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 {
		d.fail(errCut)
		return 0
	}
	d.rest = d.rest[size:]
	return n
}

func (d *decoder) varint() int64 {
	n, size := binary.Varint(d.rest)
	if size <= 0 {
		d.fail(errCut)
		return 0
	}
	d.rest = d.rest[size:]
	return n
}

// intIf reads a 32-bit number if the field is there.
func (d *decoder) intIf(used bool) int32 {
	if !used {
		return 0
	}
	n := d.varint()
	if n < math.MinInt32 || n > math.MaxInt32 {
		d.fail(fmt.Errorf("number %d does not fit", n))
		return 0
	}
	return int32(n)
}

// symIf reads a symbol, of which so many are defined, if the field is there.
func (d *decoder) symIf(used bool, symbols int64) models.Sym {
	n := d.intIf(used)
	if used && d.err == nil && (n < 0 || int64(n) >= symbols) {
		d.fail(fmt.Errorf("symbol %d is not defined", n))
		return 0
	}
	return models.Sym(n)
}

// bytes reads a length and so many bytes.
func (d *decoder) bytes() []byte {
	n := d.uvarint()
	if n > uint64(len(d.rest)) {
		d.fail(errCut)
		return nil
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}
