package trace

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Objects that pods are scheduled by are kept as the trace first tells of them.
func TestDefinitionsOfATrace(t *testing.T) {
	service := func(name, more string) string {
		return fmt.Sprintf(`{"apiVersion":"v1","kind":"Service","metadata":{"name":%q%s}}`, name, more)
	}
	pod := lineAt("1", "ADDED", podObject("p", ""))
	for _, test := range []struct {
		name, text string
		want       []Definition
		notes      []string
	}{
		{"a watch", lineAt("0", "ADDED", service("a", "")) + pod + lineAt("2", "MODIFIED", service("a", `,"labels":{}`)) + lineAt("3", "ADDED", service("a", `,"namespace":"shop"`)),
			[]Definition{{"w.jsonl", 1, service("a", "")}, {"w.jsonl", 4, service("a", `,"namespace":"shop"`)}},
			[]string{"1 lines are about later states of objects of kind Service, which stay as they were first"}},
		{"a log of the audit", auditLine("create", "pods", "", "00:10", `,"responseObject":`+podObject("p", `,"namespace":"ns"`)) +
			auditLine("create", "services", "a", "00:11", `,"requestObject":`+service("a", "")) + auditLine("delete", "services", "a", "00:12", ""),
			[]Definition{{"w.jsonl", 2, service("a", `,"namespace":"ns"`)}}, []string{"1 requests are about services, which are left out"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := Open("w.jsonl", strings.NewReader(test.text), Options{Format: JSONL})
			if err != nil {
				t.Fatal(err)
			}
			rows, err := InOrder(r)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, r.Definitions()); diff != "" {
				t.Error(diff)
			}
			var notes []string
			for _, n := range rows.Notes {
				notes = append(notes, n.Text(""))
			}
			if diff := cmp.Diff(test.notes, notes); diff != "" {
				t.Error(diff)
			}
		})
	}
}
