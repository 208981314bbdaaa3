package oplog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/podsim/podsim/models/limits"
)

// TestALengthIsBelievedUpToALimit reads blocks of which only the head is there.
func TestALengthIsBelievedUpToALimit(t *testing.T) {
	for length, want := range map[uint32]string{
		limits.LogBlock:     "it ends early: 3 of the 1073741824 bytes of a block",
		limits.LogBlock + 1: "a block of 1073741825 bytes, more than 1073741824",
	} {
		head := append([]byte(header), Version, blockRecords)
		head = binary.LittleEndian.AppendUint32(head, length)
		head = append(head, make([]byte, blockHead-5)...)
		r, err := NewReader(bytes.NewReader(append(head, "abc"...)))
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.nextBlock()
		var damage *DamageError
		if !errors.As(err, &damage) || !strings.Contains(err.Error(), ": "+want+";") {
			t.Errorf("length %d: got %v; want %s", length, err, want)
		}
	}
}
