package models

import (
	"cmp"
	"slices"
	"strconv"
)

// QuantityFormat is how quantities are written: as the first of those that make a
// sum was.
// Source: k8s.io/apimachinery/pkg/api/resource/quantity.go (Format).
type QuantityFormat uint8

// The formats of quantities.
const (
	DecimalSI       QuantityFormat = iota // 12M
	BinarySI                              // 12Mi
	DecimalExponent                       // 12e6
)

// Amount is how much of something an object asks for, allows or uses. Its name is
// the one that the object gives it, such as cpu, requests.cpu or count/jobs.batch. It is
// no symbol, since most runs do without.
type Amount struct {
	Name  string
	Value int64
	// Milli tells that Value counts thousandths, as it does of CPU.
	Milli  bool           `json:",omitempty"`
	Format QuantityFormat `json:",omitempty"`
}

// String writes the amount as the API does.
func (a Amount) String() string { return FormatQuantity(a.Value, a.Milli, a.Format) }

// Plus returns the sum of two amounts of one thing. Nothing takes the format of what
// is added to it.
// Source: k8s.io/apimachinery/pkg/api/resource/quantity.go (Quantity.Add).
func (a Amount) Plus(b Amount) Amount {
	if a.Value == 0 {
		a.Format = b.Format
	}
	a.Value += b.Value
	return a
}

// Exceeds reports whether a is more than b.
func (a Amount) Exceeds(b Amount) bool {
	switch {
	case a.Milli == b.Milli:
		return a.Value > b.Value
	case a.Milli:
		return a.Value > 0 && (a.Value-1)/1000 >= b.Value // rounded up, so that nothing overflows
	}
	return a.Value > b.Value/1000
}

// Amounts are amounts of several things, sorted by their names.
type Amounts []Amount

// Of returns the amount of one thing, and whether it is given.
func (l Amounts) Of(name string) (Amount, bool) {
	for _, a := range l {
		if a.Name == name {
			return a, true
		}
	}
	return Amount{Name: name}, false
}

// With returns the amounts with one of them set.
func (l Amounts) With(a Amount) Amounts {
	at, found := slices.BinarySearchFunc(l, a.Name, func(x Amount, name string) int { return cmp.Compare(x.Name, name) })
	out := slices.Clone(l)
	if found {
		out[at] = a
		return out
	}
	return slices.Insert(out, at, a)
}

// Plus returns the sums of amounts.
func (l Amounts) Plus(m Amounts) Amounts {
	for _, b := range m {
		a, ok := l.Of(b.Name)
		if !ok {
			l = l.With(b)
			continue
		}
		l = l.With(a.Plus(b))
	}
	return l
}

// Max returns the larger of the amounts of each thing.
func (l Amounts) Max(m Amounts) Amounts {
	for _, b := range m {
		if a, ok := l.Of(b.Name); !ok || b.Value > a.Value {
			l = l.With(b)
		}
	}
	return l
}

// FormatQuantity writes a quantity in canonical form: with the largest suffix that
// loses nothing.
// Source: k8s.io/apimachinery/pkg/api/resource/quantity.go (CanonicalizeBytes).
func FormatQuantity(n int64, milli bool, format QuantityFormat) string {
	if milli && n%1000 != 0 {
		if format == DecimalExponent {
			return strconv.FormatInt(n, 10) + "e-3"
		}
		return strconv.FormatInt(n, 10) + "m"
	}
	if milli {
		n /= 1000
	}
	if format == BinarySI && (n >= 1024 || n <= -1024) {
		return withSuffix(n, 1024, []string{"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"})
	}
	if format == DecimalExponent {
		return withSuffix(n, 1000, []string{"", "e3", "e6", "e9", "e12", "e15", "e18"})
	}
	return withSuffix(n, 1000, []string{"", "k", "M", "G", "T", "P", "E"})
}

func withSuffix(n, base int64, suffixes []string) string {
	i := 0
	for i+1 < len(suffixes) && n != 0 && n%base == 0 {
		n /= base
		i++
	}
	return strconv.FormatInt(n, 10) + suffixes[i]
}
