package models

// Names of generated objects are not stored but computed, since a run can make
// millions of them. An object has a base symbol and an ordinal:
//
//   - ordinal Exact: the name is the base as it stands;
//   - ordinal n >= 0: the base, a dash and five characters that encode n, as
//     Kubernetes generates names. Two ordinals of one base never share a name
//     below 27^5 = 14,348,907.
//   - ordinal Numbered-n (n >= 0): the base, a dash and n in decimal, as
//     arrivals number their objects.

// Exact is the ordinal of a name that is its base.
const Exact int32 = -1

// Numbered returns the ordinal that writes n in decimal behind the base.
func Numbered(n int32) int32 { return -2 - n }

// Number returns the number behind the base of a numbered name; ok is false for
// other names.
func Number(ordinal int32) (n int32, ok bool) { return -2 - ordinal, ordinal < Exact }

// alphanums is the alphabet of generated names: no vowels, no look-alikes.
// Source: k8s.io/apimachinery/pkg/util/rand/rand.go.
const alphanums = "bcdfghjklmnpqrstvwxz2456789"

const suffixes = 27 * 27 * 27 * 27 * 27

// AppendName appends the name of (base, ordinal) to dst.
func AppendName(dst []byte, base string, ordinal int32) []byte {
	return AppendOrdinal(append(dst, base...), len(dst), ordinal)
}

// AppendOrdinal makes the base that stands in dst from start on the name of (base,
// ordinal).
func AppendOrdinal(dst []byte, start int, ordinal int32) []byte {
	switch {
	case ordinal == Exact:
		return dst
	case ordinal < Exact:
		return appendDecimal(append(dst, '-'), uint32(-2-ordinal))
	}
	// metadata.generateName: the base is cut to 58 characters.
	// Source: k8s.io/apiserver/pkg/storage/names/generate.go.
	if len(dst)-start > 57 {
		dst = dst[:start+57]
	}
	// A multiplicative permutation of [0, suffixes), moved by the base so that
	// neighbouring owners do not share suffixes.
	offset := uint64(14695981039346656037)
	for _, c := range dst[start:] {
		offset = (offset ^ uint64(c)) * 1099511628211
	}
	n := (uint64(ordinal)*9973331 + offset%suffixes) % suffixes
	suffix := [6]byte{'-'}
	for i := range 5 {
		suffix[1+i] = alphanums[n%27]
		n /= 27
	}
	return append(dst, suffix[:]...)
}

func appendDecimal(dst []byte, n uint32) []byte {
	var digits [10]byte
	i := len(digits)
	for {
		i--
		digits[i] = byte('0' + n%10)
		n /= 10
		if n == 0 {
			return append(dst, digits[i:]...)
		}
	}
}

// HashSuffix writes a 32-bit hash in the alphabet of generated names, as the
// pod-template-hash of a ReplicaSet is written.
// Source: k8s.io/apimachinery/pkg/util/rand (SafeEncodeString).
func HashSuffix(hash uint32) string {
	digits := appendDecimal(nil, hash)
	for i, c := range digits {
		digits[i] = alphanums[int(c)%len(alphanums)]
	}
	return string(digits)
}
