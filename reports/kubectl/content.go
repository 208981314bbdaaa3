package kubectl

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// pairsText writes labels in one line, by key.
// Source: k8s.io/apimachinery/pkg/labels (FormatLabels).
func pairsText(labels map[string]string) string {
	var texts []string
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		texts = append(texts, key+"="+labels[key])
	}
	return orNone(strings.Join(texts, ","))
}

// number is a text that may be a number, as YAML has it.
func number(text string) any {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return text
}

// content writes an object of a kind that has no description of its own, field by field,
// but for some fields of its metadata.
// Source: k8s.io/kubectl/pkg/describe (printUnstructuredContent).
func (p *page) content(level int, fields map[string]any, skip ...string) {
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if slices.Contains(skip, field) {
			continue
		}
		switch value := fields[field].(type) {
		case map[string]any:
			p.line(level, "%s:", smartLabel(field))
			if field != "metadata" {
				skip = nil
			}
			p.content(level+1, value, skip...)
		case []any:
			p.line(level, "%s:", smartLabel(field))
			for _, item := range value {
				switch item := item.(type) {
				case map[string]any:
					p.content(level+1, item)
				default:
					p.line(level+1, "%v", item)
				}
			}
		default:
			p.line(level, "%s:\t%v", smartLabel(field), value)
		}
	}
}

// smartLabel writes the name of a field as a title: apiVersion becomes API Version.
// Source: k8s.io/kubectl/pkg/describe (smartLabelFor).
func smartLabel(field string) string {
	if strings.ContainsFunc(field, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' }) {
		return field
	}
	var words []string
	from := 0
	for i, r := range field {
		if i > 0 && unicode.IsUpper(r) && !unicode.IsUpper(rune(field[i-1])) {
			words, from = append(words, field[from:i]), i
		}
	}
	words = append(words, field[from:])
	for i, word := range words {
		switch upper := strings.ToUpper(word); upper {
		case "API", "URL", "UID", "GUID":
			words[i] = upper
		default:
			words[i] = fmt.Sprintf("%s%s", strings.ToUpper(word[:1]), word[1:])
		}
	}
	return strings.Join(words, " ")
}
