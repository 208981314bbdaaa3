package prometheus

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/podsim/podsim/reports"
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

// shown is a value as others may be shown it: what terminals act on is escaped.
func shown(value string) string {
	for i := range len(value) {
		if c := value[i]; c < ' ' || c > '~' {
			return reports.Visible(value)
		}
	}
	return value
}

// show makes the values of the labels of all series fit to be shown.
func (s *Snapshot) show() {
	for _, list := range s.series {
		for i := range list {
			for k, value := range list[i].Labels {
				if is := shown(value); is != value {
					list[i].Labels = slices.Clone(list[i].Labels) // series of one object share them
					list[i].Labels[k] = is
				}
			}
			for k := range list[i].Extra {
				list[i].Extra[k].Value = shown(list[i].Extra[k].Value)
			}
		}
	}
}

// escaper writes the value of a label, or a help text, between quotes.
var escaper = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
