package yamlnode

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// resolve returns the kind of an unquoted scalar as kubectl and the API server
// see it (sigs.k8s.io/yaml over go-yaml v2): the core schema of YAML 1.2 and from
// YAML 1.1 the words yes, no, on, off, y and n, octal numbers such as 017,
// binary numbers and underscores between digits. Timestamps are strings.
func resolve(text string) Kind {
	if text == "" {
		return Null
	}
	c := text[0]
	switch {
	case c == '.' || c == '-' || c == '+' || '0' <= c && c <= '9':
		return resolveNumber(text)
	case len(text) > len("false"):
		return String
	case text == "~" || text == "null" || text == "Null" || text == "NULL":
		return Null
	}
	if _, ok := boolWord(text); ok {
		return Bool
	}
	return String
}

func resolveNumber(text string) Kind {
	switch strings.TrimLeft(text, "+-") {
	case ".inf", ".Inf", ".INF":
		if len(text) <= len("-.inf") {
			return Float
		}
		return String
	case ".nan", ".NaN", ".NAN":
		if text[0] == '.' {
			return Float
		}
		return String
	}
	plain := text
	if text[0] != '.' && strings.Contains(text, "_") {
		plain = strings.ReplaceAll(text, "_", "")
	}
	if isInteger(plain) {
		return Int
	}
	if !isDecimal(plain) {
		return String
	}
	if _, err := strconv.ParseFloat(plain, 64); err != nil {
		return String
	}
	return Float
}

// boolWord returns the value of a word that YAML 1.1 takes for a boolean.
func boolWord(text string) (value, ok bool) {
	switch text {
	case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y":
		return true, true
	case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N":
		return false, true
	}
	return false, false
}

// isInteger reports whether text is a number without fraction in any base,
// however large. 089 is not: it is octal by its zero but not by its digits.
func isInteger(text string) bool {
	digits := strings.TrimPrefix(strings.TrimPrefix(text, "-"), "+")
	if len(text)-len(digits) > 1 || digits == "" {
		return false
	}
	low, high := byte('0'), byte('9')
	hex := false
	if digits[0] == '0' && len(digits) > 1 {
		high, digits = '7', digits[1:]
		switch digits[0] {
		case 'x', 'X':
			hex, digits = true, digits[1:]
		case 'o', 'O':
			digits = digits[1:]
		case 'b', 'B':
			high, digits = '1', digits[1:]
		}
	}
	for i := 0; i < len(digits); i++ {
		c := digits[i]
		if hex && ('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f') {
			continue
		}
		if hex || c < low || c > high {
			return false
		}
	}
	return digits != ""
}

// isDecimal reports whether text is a decimal number: sign, digits with an
// optional fraction, exponent.
func isDecimal(text string) bool {
	i := 0
	if i < len(text) && (text[i] == '-' || text[i] == '+') {
		i++
	}
	whole := digitsLen(text[i:])
	i += whole
	fraction := 0
	if i < len(text) && text[i] == '.' {
		fraction = digitsLen(text[i+1:])
		i += 1 + fraction
	}
	if whole+fraction == 0 {
		return false
	}
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		i++
		if i < len(text) && (text[i] == '-' || text[i] == '+') {
			i++
		}
		exponent := digitsLen(text[i:])
		if exponent == 0 {
			return false
		}
		i += exponent
	}
	return i == len(text)
}

func digitsLen(s string) int {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return i
}

// AsString returns the text of a string. Its error says why Kubernetes would
// not take the node for one.
func (n *Node) AsString() (string, error) {
	switch {
	case n.Kind == String:
		return n.Text, nil
	case n.Kind == Bool && !strings.EqualFold(n.Text, "true") && !strings.EqualFold(n.Text, "false"):
		value, _ := boolWord(n.Text)
		return "", fmt.Errorf("reads as %t in Kubernetes YAML; quote it", value)
	case n.Kind == Bool || n.Kind == Int || n.Kind == Float:
		return "", fmt.Errorf("got %s; want a string; quote it", n.describe())
	}
	return "", n.Want("a string")
}

// AsBool returns the value of a boolean.
func (n *Node) AsBool() (bool, error) {
	if n.Kind != Bool {
		return false, n.Want("true or false")
	}
	value, _ := boolWord(n.Text)
	return value, nil
}

// AsInt returns a whole number between low and high, both included. Decimal
// fractions must be zero: 3.0 and 1e3 are whole. Octal 017 is refused, since
// most who write it mean 17.
func (n *Node) AsInt(low, high int64) (int64, error) {
	value, err := n.whole()
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange):
		return 0, err
	case err != nil && strings.HasPrefix(n.Text, "-"), err == nil && value < low:
		return 0, fmt.Errorf("got %s; want at least %d", n.describe(), low)
	case err != nil, value > high:
		return 0, fmt.Errorf("got %s; want at most %d", n.describe(), high)
	}
	return value, nil
}

// AsUint returns a whole number between 0 and high.
func (n *Node) AsUint(high uint64) (uint64, error) {
	if high > math.MaxInt64 && n.Kind == Int && n.ambiguous() == nil {
		text := strings.TrimPrefix(strings.ReplaceAll(n.Text, "_", ""), "+")
		value, err := strconv.ParseUint(text, 0, 64)
		if err == nil {
			return value, nil
		}
		if !strings.HasPrefix(text, "-") {
			return 0, fmt.Errorf("got %s; want at most %d", n.describe(), high)
		}
	}
	value, err := n.AsInt(0, int64(min(high, math.MaxInt64)))
	return uint64(value), err
}

// AsFloat returns a finite number.
func (n *Node) AsFloat() (float64, error) {
	if n.Kind != Int && n.Kind != Float {
		return 0, n.Want("a number")
	}
	if !isFinite(n.Text) {
		return 0, errNotFinite
	}
	if err := n.ambiguous(); err != nil {
		return 0, err
	}
	return n.float()
}

// Want returns the error of a node of the wrong kind: got X; want what.
func (n *Node) Want(what string) error {
	return fmt.Errorf("got %s; want %s", n.describe(), what)
}

// whole returns the value of a whole number; its error is a message or wraps
// strconv.ErrRange.
func (n *Node) whole() (int64, error) {
	if n.Kind != Int && n.Kind != Float {
		return 0, n.Want("a whole number")
	}
	if !isFinite(n.Text) {
		return 0, errNotFinite
	}
	if err := n.ambiguous(); err != nil {
		return 0, err
	}
	if n.Kind == Int {
		return strconv.ParseInt(strings.ReplaceAll(n.Text, "_", ""), 0, 64)
	}
	value, err := n.float()
	if err != nil || value != math.Trunc(value) {
		return 0, n.Want("a whole number")
	}
	// Beyond 2^53 a float names no single whole number.
	if math.Abs(value) > 1<<53 {
		return 0, strconv.ErrRange
	}
	return int64(value), nil
}

// float returns the value of a number, which resolve has made sure to be one.
func (n *Node) float() (float64, error) {
	text := strings.ReplaceAll(n.Text, "_", "")
	if n.Kind == Int && !isDecimal(text) {
		value, err := strconv.ParseInt(text, 0, 64)
		if err != nil {
			return 0, fmt.Errorf("%s is too large", n.describe())
		}
		return float64(value), nil
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(value, 0) {
		return 0, errNotFinite
	}
	return value, nil
}

// ambiguous returns an error for a number whose leading zero makes it octal in
// YAML 1.1 and decimal in YAML 1.2.
func (n *Node) ambiguous() error {
	text := strings.ReplaceAll(n.Text, "_", "")
	digits := strings.TrimLeft(text, "+-")
	if len(digits) < 2 || digits[0] != '0' || digitsLen(digits) != len(digits) {
		return nil
	}
	sign := ""
	if text[0] == '-' {
		sign = "-"
	}
	decimal := strings.TrimLeft(digits, "0")
	if decimal == "" {
		return nil
	}
	if n.Kind != Int {
		return fmt.Errorf("leading zero in %s; write %s%s or %s", n.describe(), sign, decimal, quote(n.Text))
	}
	octal, err := strconv.ParseUint(digits, 8, 64)
	if err != nil {
		return fmt.Errorf("leading zero in %s; want a decimal number", n.describe())
	}
	return fmt.Errorf("reads as octal %s%d; write %s%d or %s", sign, octal, sign, octal, quote(n.Text))
}
