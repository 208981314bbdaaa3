package validation

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Refusal is what kubectl prints of the answer 422 to a request about an object: one
// line, or one for each error. It is empty if there is none.
// Source: k8s.io/apimachinery/pkg/api/errors (NewInvalid), k8s.io/kubectl/pkg/cmd/util/helpers.go
// (checkErr, statusCausesToAggrError, MultilineError).
func Refusal(kind, name string, errs field.ErrorList) string {
	var lines []string
	told := make(map[string]bool)
	for _, err := range errs {
		line := err.Error()
		if err.Field == "" || err.Field == "<nil>" {
			line = err.Field + ": " + err.ErrorBody()
		}
		if !told[line] {
			told[line] = true
			lines = append(lines, line)
		}
	}
	prefix := fmt.Sprintf("The %s %q is invalid: ", kind, name)
	switch len(lines) {
	case 0:
		return ""
	case 1:
		return prefix + lines[0]
	}
	return prefix + "\n* " + strings.Join(lines, "\n* ")
}
