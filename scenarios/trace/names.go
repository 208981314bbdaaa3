package trace

import (
	"math"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
)

// names are those that objects have, so that no two have one at the same time. A
// numbered name that is never given back costs a bit, any other about 50 bytes.
type names struct {
	kept   map[block]*[blockWords]uint64
	spans  map[name]span
	scopes map[[2]string]int32
}

const (
	blockWords = 8
	blockNames = blockWords * 64
)

// name is a name among the objects of a kind and a namespace.
type name struct{ scope, base, number int32 }

// block is blockNames names with neighbouring numbers.
type block struct{ scope, base, number int32 }

// span is for how long a name was taken last.
type span struct{ from, until models.Time }

// take reports whether a name was free from a moment to another, and takes it.
func (n *names) take(kind, namespace string, base, number int32, from, until models.Time) bool {
	if n.spans == nil {
		n.kept, n.spans = make(map[block]*[blockWords]uint64), make(map[name]span)
		n.scopes = make(map[[2]string]int32)
	}
	key := name{n.scope(kind, namespace), base, number}
	if last, ok := n.spans[key]; ok && from < last.until && last.from < until {
		return false
	}
	bits, word, bit := n.kept[block{key.scope, base, number / blockNames}], number%blockNames/64, uint64(0)
	if number >= 0 {
		bit = 1 << (number % 64)
		if bits != nil && bits[word]&bit != 0 {
			return false
		}
	}
	if number < 0 || until != models.Never {
		n.spans[key] = span{from, until}
		return true
	}
	if bits == nil {
		bits = new([blockWords]uint64)
		n.kept[block{key.scope, base, number / blockNames}] = bits
	}
	bits[word] |= bit
	return true
}

func (n *names) scope(kind, namespace string) int32 {
	key := [2]string{kind, namespace}
	id, ok := n.scopes[key]
	if !ok {
		id = int32(len(n.scopes))
		n.scopes[[2]string{strings.Clone(kind), strings.Clone(namespace)}] = id
	}
	return id
}

// splitName tells a number at the end of a name from the rest, so that numbered
// names cost no string each.
func splitName(text string) (base string, number int32) {
	i := strings.LastIndexByte(text, '-')
	if i <= 0 || !isObjectName(text[:i]) {
		return text, -1
	}
	digits := text[i+1:]
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n < 0 || n >= math.MaxInt32-1 || strconv.FormatInt(n, 10) != digits {
		return text, -1
	}
	return text[:i], int32(n)
}

// isObjectName reports whether name is a DNS subdomain, as names of objects are.
// Source: k8s.io/apimachinery/pkg/util/validation (IsDNS1123Subdomain).
func isObjectName(name string) bool {
	if name == "" || len(name) > 253 {
		return false
	}
	edge := true // of a label
	for i := range len(name) {
		c := name[i]
		switch {
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
			edge = false
		case c == '-' && !edge && i+1 < len(name) && name[i+1] != '.':
		case c == '.' && !edge:
			edge = true
		default:
			return false
		}
	}
	return !edge
}
