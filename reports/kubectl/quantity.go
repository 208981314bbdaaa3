package kubectl

import (
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
)

// quantity writes an amount of a resource as the API does, bytes with the largest
// suffix that loses nothing.
func quantity(r models.Resource, name string, n int64) string {
	switch {
	case r == models.CPU && n%1000 == 0:
		return strconv.FormatInt(n/1000, 10)
	case r == models.CPU:
		return strconv.FormatInt(n, 10) + "m"
	case r == models.Memory, r == models.EphemeralStorage, strings.HasPrefix(name, "hugepages-"):
		suffixes := []string{"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"}
		i := 0
		for i+1 < len(suffixes) && n != 0 && n%1024 == 0 {
			n /= 1024
			i++
		}
		return strconv.FormatInt(n, 10) + suffixes[i]
	}
	return strconv.FormatInt(n, 10)
}

// Thousandths writes an amount in thousandths as quantities are written: with the
// largest suffix that leaves a whole number. Bytes have binary suffixes and round up.
// Source: k8s.io/apimachinery/pkg/api/resource/quantity.go (CanonicalizeBytes).
func Thousandths(amount int64, isBytes bool) string {
	if isBytes && (amount >= 1024*1000 || amount <= -1024*1000) {
		whole := amount / 1000
		if amount > 0 && amount%1000 != 0 {
			whole++
		}
		return suffixed(whole, 1024, "", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
	}
	return suffixed(amount, 1000, "m", "", "k", "M", "G", "T", "P", "E")
}

func suffixed(amount, base int64, suffixes ...string) string {
	if amount == 0 {
		return "0"
	}
	at := 0
	for ; amount%base == 0 && at+1 < len(suffixes); at++ {
		amount /= base
	}
	return strconv.FormatInt(amount, 10) + suffixes[at]
}

// quantityValue reads a quantity in thousandths; what is none is 0.
func quantityValue(text string) int64 {
	end := strings.IndexFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	if end < 0 {
		end = len(text)
	}
	number, err := strconv.ParseFloat(text[:end], 64)
	factor, known := quantitySuffixes[text[end:]]
	if err != nil || !known {
		return 0
	}
	return int64(float64(number * factor))
}

var quantitySuffixes = map[string]float64{
	"m": 1, "": 1e3, "k": 1e6, "M": 1e9, "G": 1e12, "T": 1e15, "P": 1e18,
	"Ki": 1000 << 10, "Mi": 1000 << 20, "Gi": 1000 << 30, "Ti": 1000 << 40, "Pi": 1000 << 50,
}
