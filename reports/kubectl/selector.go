package kubectl

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Selector picks objects by their labels, as the flag -l of kubectl does.
type Selector []requirement

type requirement struct {
	key    string
	values []string // nil asks for the key alone
	not    bool
}

var (
	setRequirement   = regexp.MustCompile(`^([^\s=!,()<>]+)\s+(in|notin)\s*\(([^()]*)\)$`)
	equalRequirement = regexp.MustCompile(`^([^\s=!,()<>]+)\s*(==|=|!=)\s*([^\s=!,()]*)$`)
	keyRequirement   = regexp.MustCompile(`^(!?)\s*([^\s=!,()<>]+)$`)
)

// ParseSelector reads a label selector: a=b, a!=b, a in (b,c), a notin (b,c), a, !a,
// separated by commas.
// Source: k8s.io/apimachinery/pkg/labels/selector.go (Parse).
func ParseSelector(text string) (Selector, error) {
	var s Selector
	for _, part := range splitOutside(text) {
		part = strings.TrimSpace(part)
		if found := setRequirement.FindStringSubmatch(part); found != nil {
			values := strings.Split(found[3], ",")
			for i := range values {
				values[i] = strings.TrimSpace(values[i])
			}
			s = append(s, requirement{found[1], values, found[2] == "notin"})
		} else if found := equalRequirement.FindStringSubmatch(part); found != nil {
			s = append(s, requirement{found[1], []string{found[3]}, found[2] == "!="})
		} else if found := keyRequirement.FindStringSubmatch(part); found != nil {
			s = append(s, requirement{found[2], nil, found[1] == "!"})
		} else if part != "" || text != "" {
			return nil, fmt.Errorf("selector %q: got %q; want key=value, key!=value, key in (a,b), key notin (a,b), key or !key", text, part)
		}
	}
	return s, nil
}

// splitOutside splits at the commas that no parentheses enclose.
func splitOutside(text string) []string {
	var parts []string
	depth, from := 0, 0
	for i, c := range text {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, text[from:i])
				from = i + 1
			}
		}
	}
	return append(parts, text[from:])
}

// Matches reports whether labels fit. What excludes a value fits those that have
// none.
func (s Selector) Matches(labels map[string]string) bool {
	for _, r := range s {
		value, ok := labels[r.key]
		if r.values != nil {
			ok = ok && slices.Contains(r.values, value)
		}
		if ok == r.not {
			return false
		}
	}
	return true
}
