package kubectl

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
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
			name := yamlText(key) + ":"
			b.WriteString(name)
			appendYAMLUnder(b, value[key], indent, indent+utf8.RuneCountInString(name))
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
				b.WriteString(yamlScalar(item, indent+2, indent+2))
			}
		}
	}
}

// appendYAMLUnder writes the value of a key, which ends at a column.
func appendYAMLUnder(b *strings.Builder, value any, indent, column int) {
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
	b.WriteString(" " + yamlScalar(value, indent+2, column+1))
}

// yamlScalar writes the rest of a line from a column on, or lines that are set in.
func yamlScalar(value any, indent, column int) string {
	switch value := value.(type) {
	case nil:
		return "null\n"
	case string:
		if block, ok := yamlBlock(value, indent); ok {
			return block
		}
		return folded(yamlText(value), indent, column) + "\n"
	case map[string]any:
		return "{}\n"
	case []any:
		return "[]\n"
	}
	return fmt.Sprint(value) + "\n"
}

// Texts that read as numbers or moments.
// Source: go.yaml.in/yaml/v2 (resolve.go, encode.go).
var (
	readsAsFloat  = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
	readsAsBase60 = regexp.MustCompile(`^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$`)
	readsAsTime   = regexp.MustCompile(`^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]*)?.*)?$`)
	readsAsWord   = regexp.MustCompile(`^(y|n|yes|no|on|off|true|false|Y|N|Yes|No|On|Off|True|False|YES|NO|ON|OFF|TRUE|FALSE|~|null|Null|NULL|<<|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)
)

// yamlText writes a text on one line, with quotes where it would read as something else.
func yamlText(text string) string {
	switch {
	case text == "", readsOtherwise(text):
		return strconv.Quote(text)
	case strings.ContainsFunc(text, isSpecial) || strings.Contains(text, "\n"):
		return strconv.QuoteToASCII(text)
	case isPlain(text):
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// yamlWidth is the column after which lines are broken.
// Source: go.yaml.in/yaml/v2/emitterc.go (best_width).
const yamlWidth = 80

// folded breaks a long line at spaces, where one stands alone.
// Source: go.yaml.in/yaml/v2/emitterc.go (yaml_emitter_write_plain_scalar).
func folded(text string, indent, column int) string {
	if column+len(text) <= yamlWidth {
		return text
	}
	quote, runes := text[0], []rune(text)
	last := len(runes) - 1
	if quote == '"' || quote == '\'' {
		last -= 2 // not before the last character within
	}
	var b strings.Builder
	spaces := false
	for i, r := range runes {
		isBreak := r == ' ' && !spaces && column > yamlWidth && i > 0 && i <= last && (quote == '"' || runes[i+1] != ' ')
		if spaces = r == ' '; !isBreak {
			b.WriteRune(r)
			column++
			continue
		}
		b.WriteString("\n" + strings.Repeat(" ", indent))
		if column = indent; runes[i+1] == ' ' {
			b.WriteByte('\\')
			column++
		}
	}
	return b.String()
}

// readsOtherwise reports whether a text without quotes is not a text.
func readsOtherwise(text string) bool {
	if readsAsWord.MatchString(text) || readsAsBase60.MatchString(text) || readsAsTime.MatchString(text) {
		return true
	}
	digits := strings.ReplaceAll(text, "_", "")
	if readsAsFloat.MatchString(digits) {
		return true
	}
	_, err := strconv.ParseInt(digits, 0, 64)
	_, wide := strconv.ParseUint(digits, 0, 64)
	return err == nil || wide == nil
}

// isSpecial tells characters that are written as escapes, but for line breaks.
func isSpecial(r rune) bool {
	return r < ' ' && r != '\n' || r >= 0x7f && r <= 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == unicode.ReplacementChar
}

// isPlain reports whether a text needs no quotes: no indicator makes something else of it.
// Source: go.yaml.in/yaml/v2/emitterc.go (yaml_emitter_analyze_scalar).
func isPlain(text string) bool {
	switch {
	case strings.HasPrefix(text, "---"), strings.HasPrefix(text, "..."), strings.TrimSpace(text) != text,
		strings.Contains(text, ": "), strings.HasSuffix(text, ":"), strings.Contains(text, " #"):
		return false
	case strings.ContainsRune("-?", rune(text[0])):
		return len(text) > 1 && text[1] != ' '
	}
	return !strings.ContainsRune("#,[]{}&*!|>'\"%@`", rune(text[0]))
}

// yamlBlock writes a text of several lines as a literal block, if it can be one.
// Source: go.yaml.in/yaml/v2/emitterc.go (yaml_emitter_write_literal_scalar).
func yamlBlock(text string, indent int) (block string, ok bool) {
	body := strings.TrimRight(text, "\n")
	if !strings.Contains(text, "\n") || body == "" || body[0] == ' ' || body[0] == '\n' || strings.ContainsFunc(text, isSpecial) || strings.Contains(text, " \n") {
		return "", false
	}
	end := "|-"
	switch len(text) - len(body) {
	case 0:
	case 1:
		end = "|"
	default:
		end = "|+"
	}
	space := strings.Repeat(" ", indent)
	var b strings.Builder
	b.WriteString(end + "\n")
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if line != "" {
			b.WriteString(space + line)
		}
		b.WriteString("\n")
	}
	return b.String(), true
}

// YAML writes a value of maps, lists and scalars as kubectl -o yaml does.
func YAML(value map[string]any) string {
	var b strings.Builder
	appendYAML(&b, value, 0)
	return b.String()
}
