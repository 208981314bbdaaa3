package manifest

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
)

var (
	errNegative      = errors.New("must not be negative")
	errQuantityRange = errors.New("exceeds 2^63-1")
	errNotWhole      = errors.New("want a whole number")

	maxInt64 = new(big.Rat).SetInt64(math.MaxInt64)
	thousand = new(big.Rat).SetInt64(1000)
)

// Quantity returns the amount that a quantity such as 100m, 1.5Gi or 2 names, in
// the unit of the resource in models.Resources: thousandths of a core for cpu,
// bytes for memory, ephemeral-storage, storage and hugepages, else pieces.
// Fractions of a unit round up, as resource.Quantity.MilliValue and Value do.
//
// Where Kubernetes would wrap around or take what nobody means, it fails:
// negative amounts, more than 2^63-1, parts of a byte, half a device.
func Quantity(text, resourceName string) (int64, error) {
	_, amount, err := parseQuantity(text, resourceName)
	return amount, err
}

// QuantityAndFormat parses a quantity as Quantity does, and tells how Kubernetes writes it.
func QuantityAndFormat(text, resourceName string) (int64, models.QuantityFormat, error) {
	value, amount, err := parseQuantity(text, resourceName)
	return amount, formatOf(value), err
}

// parseQuantity returns a quantity both as Kubernetes has it and as an amount.
func parseQuantity(text, name string) (resource.Quantity, int64, error) {
	value, suffix, err := exactQuantity(text)
	switch {
	case errors.Is(err, errQuantityRange):
		return resource.Quantity{}, 0, rangeError(text, name)
	case err != nil:
		return resource.Quantity{}, 0, err
	case value.Sign() < 0:
		return resource.Quantity{}, 0, errNegative
	}
	scaled := value
	if name == "cpu" {
		scaled = new(big.Rat).Mul(value, thousand)
	}
	if scaled.Cmp(maxInt64) > 0 {
		return resource.Quantity{}, 0, rangeError(text, name)
	}
	if err := checkFraction(text, suffix, name, value); err != nil {
		return resource.Quantity{}, 0, err
	}
	quantity, err := resource.ParseQuantity(text)
	if err != nil {
		return resource.Quantity{}, 0, invalidQuantity(text)
	}
	quantity.RoundUp(resource.Milli) // Source: pkg/apis/core/v1/defaults.go (SetDefaults_ResourceList).
	return quantity, ceil(scaled), nil
}

// checkFraction refuses parts of what has no parts. Memory in thousandths is
// what autoscalers write for gigabytes, so only amounts that nobody can mean
// are refused.
func checkFraction(text, suffix, name string, value *big.Rat) error {
	if value.Sign() == 0 || name == "cpu" {
		return nil
	}
	if !countsBytes(name) {
		if !value.IsInt() {
			return fmt.Errorf("got %s; %w", text, errNotWhole)
		}
		return nil
	}
	one := big.NewRat(1, 1)
	if suffix == "m" && value.Cmp(big.NewRat(1024, 1)) < 0 {
		return fmt.Errorf("%s; did you mean %sMi?", bytesText(value), strings.TrimSuffix(text, "m"))
	}
	if value.Cmp(one) < 0 {
		return fmt.Errorf("%s; want a unit such as Mi or Gi", bytesText(value))
	}
	return nil
}

func bytesText(value *big.Rat) string {
	text := strings.TrimRight(strings.TrimRight(value.FloatString(9), "0"), ".")
	if value.Cmp(big.NewRat(1, 1)) <= 0 {
		return text + " byte"
	}
	return text + " bytes"
}

func rangeError(text, name string) error {
	if name == "cpu" {
		return fmt.Errorf("%s cores exceeds the milli range", text)
	}
	return errQuantityRange
}

func invalidQuantity(text string) error {
	return fmt.Errorf("invalid quantity %s", quote(text))
}

// decimalSuffixes and binarySuffixes give the exponents of 10 and 2.
// Source: k8s.io/apimachinery/pkg/api/resource/suffix.go.
var (
	decimalSuffixes = map[string]int{
		"": 0, "n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18,
	}
	binarySuffixes = map[string]uint{"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
)

// exactQuantity returns the value without the rounding, capping and wrapping of
// resource.Quantity, and the suffix.
func exactQuantity(text string) (*big.Rat, string, error) {
	if len(text) > limits.QuantityText {
		return nil, "", invalidQuantity(text)
	}
	end := 0
	for end < len(text) && strings.IndexByte("+-.0123456789", text[end]) >= 0 {
		end++
	}
	mantissa, suffix := text[:end], text[end:]
	value, ok := new(big.Rat).SetString(mantissa)
	if !ok || strings.LastIndexAny(mantissa, "+-") > 0 {
		return nil, "", invalidQuantity(text)
	}
	if exponent, ok := decimalSuffixes[suffix]; ok {
		return value.Mul(value, powerOfTen(exponent)), suffix, nil
	}
	if exponent, ok := binarySuffixes[suffix]; ok {
		factor := new(big.Int).Lsh(big.NewInt(1), exponent)
		return value.Mul(value, new(big.Rat).SetInt(factor)), suffix, nil
	}
	if suffix[0] != 'e' && suffix[0] != 'E' {
		return nil, "", invalidQuantity(text)
	}
	exponent, err := strconv.Atoi(suffix[1:])
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange), exponent < -limits.QuantityExponent:
		return nil, "", invalidQuantity(text)
	case value.Sign() < 0:
		return nil, "", errNegative
	case exponent > limits.QuantityExponent:
		return nil, "", errQuantityRange
	}
	return value.Mul(value, powerOfTen(exponent)), "e", nil
}

func powerOfTen(exponent int) *big.Rat {
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(exponent, -exponent))), nil)
	if exponent < 0 {
		return new(big.Rat).SetFrac(big.NewInt(1), power)
	}
	return new(big.Rat).SetInt(power)
}

// ceil rounds up. The result must fit an int64.
func ceil(value *big.Rat) int64 {
	quotient, remainder := new(big.Int).QuoRem(value.Num(), value.Denom(), new(big.Int))
	if remainder.Sign() > 0 {
		return quotient.Int64() + 1
	}
	return quotient.Int64()
}
