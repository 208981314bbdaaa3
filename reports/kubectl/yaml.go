package kubectl

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// appendYAML writes a value of maps, lists and scalars as kubectl does: keys in the
// order of the alphabet, lists not set in.
func appendYAML(b *strings.Builder, value any, indent int) {
	space := strings.Repeat(" ", indent)
	switch value := value.(type) {
	case map[string]any:
		for i, key := range slices.Sorted(maps.Keys(value)) {
			if i > 0 {
				b.WriteString(space)
			}
			b.WriteString(yamlText(key) + ":")
			appendYAMLUnder(b, value[key], indent)
		}
	case []any:
		for i, item := range value {
			if i > 0 {
				b.WriteString(space)
			}
			b.WriteString("- ")
			if m, ok := item.(map[string]any); ok && len(m) > 0 {
				appendYAML(b, item, indent+2)
			} else {
				b.WriteString(yamlScalar(item) + "\n")
			}
		}
	}
}

// appendYAMLUnder writes the value of a key.
func appendYAMLUnder(b *strings.Builder, value any, indent int) {
	switch value := value.(type) {
	case map[string]any:
		if len(value) > 0 {
			b.WriteString("\n" + strings.Repeat(" ", indent+2))
			appendYAML(b, value, indent+2)
			return
		}
	case []any:
		if len(value) > 0 {
			b.WriteString("\n" + strings.Repeat(" ", indent))
			appendYAML(b, value, indent)
			return
		}
	}
	b.WriteString(" " + yamlScalar(value) + "\n")
}

func yamlScalar(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case string:
		return yamlText(value)
	case map[string]any:
		return "{}"
	case []any:
		return "[]"
	}
	return fmt.Sprint(value)
}

var (
	plainText = regexp.MustCompile(`^[A-Za-z/_.(<][^\x00-\x1f\x7f-\x{a0}]*$`)
	otherType = regexp.MustCompile(`^(?i:true|false|yes|no|on|off|y|n|null|~|[-+]?[0-9._]+([ex][-+]?[0-9a-f_]+)?|[-+]?\.(inf|nan)|[0-9]{4}-[0-9]{2}-[0-9]{2}.*|[0-9]+(:[0-9.]+)+)$`)
)

// yamlText writes a text, with quotes where it would read as something else.
func yamlText(text string) string {
	switch {
	case text == "", otherType.MatchString(text):
		return strconv.Quote(text)
	case strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' || r >= 0x7f && r <= 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff
	}):
		return strconv.QuoteToASCII(text)
	case plainText.MatchString(text) && !strings.Contains(text, ": ") && !strings.Contains(text, " #") &&
		!strings.HasSuffix(text, ":") && !strings.HasSuffix(text, " "), digitsFirst(text):
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// digitsFirst reports whether a text begins with a digit and goes on as a plain
// word, which no base makes a number: 500m, 10Gi, but not 0b101.
func digitsFirst(text string) bool {
	_, err := strconv.ParseInt(text, 0, 64)
	return err != nil && wordOfDigits.MatchString(text)
}

var wordOfDigits = regexp.MustCompile(`^[0-9]+[A-Za-z%][A-Za-z0-9%./-]*$`)

// YAML writes a value of maps, lists and scalars as kubectl -o yaml does.
func YAML(value map[string]any) string {
	var b strings.Builder
	appendYAML(&b, value, 0)
	return b.String()
}
