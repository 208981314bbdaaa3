package trace

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/podsim/podsim/models/limits"
)

// Limits bounds what is read of one trace.
type Limits struct {
	Bytes      int64 // most bytes, unpacked
	Ratio      int64 // most unpacked bytes for each packed one
	Slack      int64 // unpacked bytes before Ratio counts
	Window     int64 // most bytes that zstd may look back
	Line       int   // longest line, in bytes
	ObjectLine int   // longest line of a format whose lines hold whole objects (csv, jsonl)
	Rows       int   // most rows; of jsonl, most objects and most lines about them
	Shapes     int   // most distinct shapes
	Count      int64 // most pods of one row
	Problems   int   // problems told before reading stops
}

// DefaultLimits are those of package limits, which no honest trace comes near.
func DefaultLimits() Limits {
	return Limits{
		Bytes: limits.TraceBytes, Ratio: limits.PackingRatio, Slack: limits.PackingSlack, Window: limits.PackingWindow,
		Line: limits.Line, ObjectLine: limits.ObjectLine, Rows: limits.Rows, Shapes: limits.Shapes, Count: limits.Copies,
		Problems: limits.Problems,
	}
}

// lines yields the lines of a file, unpacked if it is packed, under limits.
type lines struct {
	limits   Limits
	packed   *counter
	unpacked *counter
	reader   *bufio.Reader
	number   int  // of the last line, from 1
	isPacked bool // with gzip or zstd
}

// counter counts the bytes that pass.
type counter struct {
	reader io.Reader
	bytes  int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.reader.Read(p)
	c.bytes += int64(n)
	return n, err
}

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// openLines looks at the first bytes to tell packed from plain: names lie.
func openLines(r io.Reader, limits Limits) (*lines, error) {
	l := &lines{limits: limits, packed: &counter{reader: r}}
	plain := bufio.NewReader(l.packed)
	magic, _ := plain.Peek(4)
	l.unpacked = &counter{reader: plain}
	switch {
	case bytes.HasPrefix(magic, gzipMagic):
		unpacked, err := gzip.NewReader(plain)
		if err != nil {
			return nil, l.describe(err)
		}
		l.unpacked, l.isPacked = &counter{reader: unpacked}, true
	case bytes.HasPrefix(magic, zstdMagic):
		// One at a time, so that no goroutine outlives the reader.
		unpacked, err := zstd.NewReader(plain, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(uint64(max(limits.Window, zstd.MinWindowSize))))
		if err != nil {
			return nil, l.describe(err)
		}
		l.unpacked, l.isPacked = &counter{reader: unpacked}, true
	}
	l.reader = bufio.NewReaderSize(&guard{l}, max(limits.Line, 16))
	return l, nil
}

// peek returns the beginning of the text.
func (l *lines) peek() []byte {
	text, _ := l.reader.Peek(min(l.reader.Size(), 4<<10))
	return text
}

// guard stops a file that unpacks to too much.
type guard struct{ *lines }

func (g *guard) Read(p []byte) (int, error) {
	n, err := g.unpacked.Read(p)
	unpacked := g.unpacked.bytes
	switch {
	case unpacked > g.limits.Bytes:
		return 0, fmt.Errorf("more than %s", size(g.limits.Bytes))
	case unpacked > g.limits.Slack && unpacked/g.limits.Ratio > g.packed.bytes:
		return 0, fmt.Errorf("unpacks to more than %d times its size", g.limits.Ratio)
	}
	return n, err
}

// next returns the next line without its break, io.EOF at the end, or what ends
// the reading early. The line is valid until the next call.
func (l *lines) next() ([]byte, error) {
	line, err := l.reader.ReadSlice('\n')
	if len(line) == 0 && errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	l.number++
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, fmt.Errorf("line longer than %d bytes", l.limits.Line)
	case err != nil && !errors.Is(err, io.EOF):
		return nil, l.describe(err)
	}
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), nil
}

// damage reads a packed file to its end and returns what is wrong with the
// packing, or nil.
func (l *lines) damage() error {
	if !l.isPacked {
		return nil
	}
	if _, err := io.Copy(io.Discard, l.reader); err != nil {
		return l.describe(err)
	}
	return nil
}

// nextText is next, but passes over empty lines and tells of what goes wrong.
func (r *Reader) nextText() ([]byte, bool) {
	for {
		line, err := r.lines.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil, false
		case err != nil:
			r.blame(wholeRow, "", "%v", err)
			return nil, false
		case r.lines.number == 1:
			line = bytes.TrimPrefix(line, []byte("\uFEFF"))
		}
		if len(bytes.TrimSpace(line)) > 0 {
			return line, true
		}
	}
}

// zstdErrors are those that tell of damage rather than of a limit.
var zstdErrors = []error{
	zstd.ErrMagicMismatch, zstd.ErrCRCMismatch, zstd.ErrReservedBlockType, zstd.ErrCompressedSizeTooBig,
	zstd.ErrBlockTooSmall, zstd.ErrUnexpectedBlockSize, zstd.ErrFrameSizeMismatch, zstd.ErrUnknownDictionary,
}

// describe says in the words of a user what is wrong with a packed file.
func (l *lines) describe(err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("truncated after %s", size(l.unpacked.bytes))
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		return fmt.Errorf("packed with a window of more than %s; pack it without --long", size(l.limits.Window))
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), isFlateError(err), isZstdError(err):
		return fmt.Errorf("corrupt after %s: %w", size(l.unpacked.bytes), err)
	}
	return err
}

func isZstdError(err error) bool {
	for _, known := range zstdErrors {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// size writes a number of bytes as people say it.
func size(bytes int64) string {
	switch {
	case bytes >= 1<<30:
		return fmt.Sprintf("%.3g GiB", float64(bytes)/(1<<30))
	case bytes >= 1<<20:
		return fmt.Sprintf("%.3g MiB", float64(bytes)/(1<<20))
	case bytes >= 1<<10:
		return fmt.Sprintf("%.3g KiB", float64(bytes)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", bytes)
}
