package app

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/scenarios"
)

// However narrow the terminal is, no line of the audit is wider, and nothing but
// spaces and line breaks comes between the words.
func TestAuditKeepsToItsWidth(t *testing.T) {
	place := []manifest.Place{{Position: manifest.Position{File: "a/very/long/path/to/manifests\x1b[31m.yaml", Line: 1234, Column: 56}}}
	run := &scenarios.Run{Audit: []manifest.AuditEntry{
		{APIVersion: "v1", Kind: "ConfigMap", Verdict: manifest.Harmless, Reason: "pods start whether it is there or not", Count: 12, Places: place},
		{Kind: "Pod", Field: `metadata.annotations["controller.kubernetes.io/pod-deletion-cost"]`, Verdict: manifest.Matters,
			Reason: "scaling down does not weigh the cost of deleting a pod", Count: 20_000, Places: place},
	}}
	words := ""
	for width := auditLeast; width < 160; width++ {
		var page bytes.Buffer
		tellAudit(&page, width, run)
		for line := range strings.Lines(page.String()) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width {
				t.Fatalf("width %d: %d columns: %s", width, n, line)
			}
		}
		got := strings.Join(strings.Fields(page.String()), "")
		if strings.Contains(got, "\x1b") {
			t.Fatalf("width %d: an escape sequence reached the terminal", width)
		}
		if words != "" && got != words {
			t.Fatalf("width %d: %s\nwant %s", width, got, words)
		}
		words = got
	}
}

// Problems come in the order in which the files were read. A field that is set
// more often than places are kept says so once.
func TestStrictListsInReadingOrder(t *testing.T) {
	at := func(file string, line int, path string) manifest.Place {
		return manifest.Place{Position: manifest.Position{File: file, Line: line, Column: 1}, Path: path}
	}
	run := &scenarios.Run{
		Inputs: []scenarios.InputFile{{Name: "b.yaml"}, {Name: "a.yaml"}},
		Audit: []manifest.AuditEntry{
			{APIVersion: "apps/v1", Kind: "DaemonSet", Verdict: manifest.Matters, Reason: "no pods", Count: 1, Places: []manifest.Place{at("a.yaml", 3, "")}},
			{APIVersion: "v1", Kind: "Pod", Field: "spec.a", Verdict: manifest.Matters, Reason: "why", Count: 70,
				Places: []manifest.Place{at("b.yaml", 9, "spec.a"), at("a.yaml", 1, "items[2].spec.a")}},
			{APIVersion: "v1", Kind: "Pod", Field: "spec.b", Verdict: manifest.Approximated, Count: 1, Places: []manifest.Place{at("b.yaml", 1, "spec.b")}},
		},
	}
	want := `b.yaml:9:1: spec.a: not simulated: why (70 times in all)
a.yaml:1:1: items[2].spec.a: not simulated: why
a.yaml:3:1: DaemonSet (apps/v1) is not simulated: no pods`
	if err := ignoredMatters(run); err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	run.Audit = run.Audit[2:]
	if err := ignoredMatters(run); err != nil {
		t.Error(err)
	}
}
