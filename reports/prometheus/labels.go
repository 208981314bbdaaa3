package prometheus

import (
	"strconv"
	"strings"
	"unicode"
)

// Label is a label that users gave their object, as a label of a series.
type Label struct{ Name, Value string }

// labelName makes a name that labels may have: in lower case, words apart.
// Source: kube-state-metrics, internal/store/utils.go (toSnakeCase, SanitizeLabelName).
func labelName(name string) string {
	var b strings.Builder
	var before rune
	for _, r := range name {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLower(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		case r < unicode.MaxASCII && unicode.IsUpper(r):
			if before < unicode.MaxASCII && (unicode.IsLower(before) || unicode.IsDigit(before)) {
				b.WriteByte('_')
			}
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteByte('_')
		}
		before = r
	}
	return b.String()
}

// labelsOf are the labels of an object, each as label_<name>. Two that come to one name are
// numbered.
// Source: kube-state-metrics, internal/store/utils.go (mapToPrometheusLabels).
func labelsOf(o *object) []Label {
	var out []Label
	times := make(map[string]int)
	for _, pair := range pairs(o.at("metadata.labels")) {
		out = append(out, Label{"label_" + labelName(pair[0]), pair[1]})
		times[out[len(out)-1].Name]++
	}
	given := make(map[string]int)
	for i := range out {
		if name := out[i].Name; times[name] > 1 {
			given[name]++
			out[i].Name += "_conflict" + strconv.Itoa(given[name])
		}
	}
	return out
}

// legal is a value that the formats take: what is no UTF-8 becomes the replacement
// character.
func legal(value string) string { return strings.ToValidUTF8(value, "\ufffd") }

// escaper writes the value of a label, or a help text, between quotes.
var escaper = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
