package app

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
)

func (in *input) auditFlags(f *pflag.FlagSet) {
	f.BoolVar(&in.audit, "audit", false, "tell which fields and kinds of the Kubernetes input are used, approximated and ignored")
	f.BoolVar(&in.strict, "strict", false, "refuse input with ignored fields or kinds that would change the result (without it they are told and the run goes on)")
}

// auditedSummary is what -o json prints with --audit.
type auditedSummary struct {
	*reports.Summary
	Audit []reports.AuditLine `json:"audit"`
}

// auditLines returns the audit as files of a run hold it.
func auditLines(audit []manifest.AuditEntry) []reports.AuditLine {
	lines := make([]reports.AuditLine, len(audit))
	for i, e := range audit {
		lines[i] = reports.AuditLine{
			APIVersion: e.APIVersion, Kind: e.Kind, Field: e.Field, Verdict: e.Verdict.String(), Reason: e.Reason,
			Count: e.Count, File: e.Places[0].File, Line: e.Places[0].Line, Column: e.Places[0].Column,
		}
	}
	return lines
}

// ignoredMatters is the error of --strict: all that is ignored although it would
// change the result. Kinds of which podsim knows nothing are not part of it.
func ignoredMatters(run *scenarios.Run) error {
	var problems yamlnode.Problems
	for _, e := range run.Audit {
		if e.Verdict != manifest.Matters {
			continue
		}
		for i, place := range e.Places {
			p := yamlnode.Problem{File: place.File, Line: place.Line, Column: place.Column, Path: place.Path}
			p.What = "not simulated: " + e.Reason
			if e.Field == "" {
				p.What = e.Kind + " (" + e.APIVersion + ") is not simulated: " + e.Reason
			}
			if i == 0 && e.Count > len(e.Places) {
				p.What += fmt.Sprintf(" (%d times in all)", e.Count)
			}
			problems = append(problems, p)
		}
	}
	if len(problems) == 0 {
		return nil
	}
	rank := fileRanks(run)
	slices.SortStableFunc(problems, func(a, b yamlnode.Problem) int {
		return cmp.Or(cmp.Compare(rank(a.File), rank(b.File)), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return problems
}

// fileRanks orders the files of a run as they were read.
func fileRanks(run *scenarios.Run) func(file string) int {
	ranks := make(map[string]int)
	for i, file := range run.Inputs {
		ranks[file.Name] = i
	}
	return func(file string) int { return ranks[file] }
}

// subject is a line of the audit as people read it: a field of pods counts for
// pods and for templates together.
type subject struct {
	what   string
	kind   bool
	count  int
	first  manifest.Place
	reason string
}

// subjects merges the entries of one verdict, in the order of the audit.
func subjects(run *scenarios.Run, verdict manifest.Verdict) []*subject {
	rank := fileRanks(run)
	var list []*subject
	index := make(map[[2]string]*subject)
	for _, e := range run.Audit {
		if e.Verdict != verdict {
			continue
		}
		what := e.Kind + ": " + e.Field
		switch {
		case e.Field == "":
			what = e.Kind + " (" + e.APIVersion + ")"
		case e.PodField != "":
			what = "pods: " + e.PodField
		}
		s := index[[2]string{what, e.Reason}]
		if s == nil {
			s = &subject{what: what, kind: e.Field == "", first: e.Places[0], reason: e.Reason}
			index[[2]string{what, e.Reason}] = s
			list = append(list, s)
		}
		s.count += e.Count
		if at := e.Places[0]; cmp.Or(cmp.Compare(rank(at.File), rank(s.first.File)), cmp.Compare(at.Line, s.first.Line),
			cmp.Compare(at.Column, s.first.Column)) < 0 {
			s.first = at
		}
	}
	return list
}

// notSimulated lists what the run took no notice of: kinds and fields that matter or
// may matter, then the kinds that do not. Their fields are left to the audit.
func notSimulated(run *scenarios.Run) []string {
	list := []string{}
	matter := append(subjects(run, manifest.Matters), subjects(run, manifest.Unknown)...)
	all := append(matter, subjects(run, manifest.Harmless)...)
	for i, s := range all {
		switch {
		case i >= len(matter) && !s.kind:
		case !s.kind:
			list = append(list, fmt.Sprintf("%s (%s)", s.what, count(s.count, "time")))
		case s.count > 1:
			list = append(list, fmt.Sprintf("%d %s", s.count, s.what))
		default:
			list = append(list, s.what)
		}
	}
	return list
}

// approximated lists what is simulated more simply than it is.
func approximated(run *scenarios.Run) []string {
	var list []string
	for _, s := range subjects(run, manifest.Approximated) {
		list = append(list, fmt.Sprintf("%s (%s): %s", s.what, count(s.count, "time"), s.reason))
	}
	return list
}

// verdictTitles head the sections of the printed audit.
var verdictTitles = [...]string{
	manifest.Matters:      "Ignored, and a real cluster would behave differently",
	manifest.Unknown:      "Ignored, and it is not known whether that matters",
	manifest.Approximated: "Approximated",
	manifest.Harmless:     "Ignored without an effect on scheduling or on the life of pods",
	manifest.Used:         "Used",
}

// tellAudit prints the audit.
func (s *session) tellAudit(run *scenarios.Run) {
	tellAudit(s.stdout, max(style(s.stdout).Width, auditLeast), run)
}

// tellAudit prints the audit: by verdict and by reason what is set, how often
// and where first.
func tellAudit(out io.Writer, width int, run *scenarios.Run) {
	w := &auditWriter{w: out, width: width}
	fmt.Fprintln(w.w)
	w.wrap(0, 2, strings.Fields("Audit of the Kubernetes input"))
	if len(run.Audit) == 0 {
		fmt.Fprintln(w.w, "  there is none")
	}
	for verdict, title := range verdictTitles {
		list := subjects(run, manifest.Verdict(verdict))
		if len(list) == 0 {
			continue
		}
		fmt.Fprintln(w.w)
		w.wrap(2, 2, strings.Fields(title))
		w.digits, w.name = 0, 0
		for _, s := range list {
			s.what = reports.Visible(s.what)
			w.digits = max(w.digits, len(fmt.Sprint(s.count)))
			w.name = max(w.name, utf8.RuneCountInString(s.what))
		}
		for len(list) > 0 {
			list = w.reason(list)
		}
	}
}

// auditLeast is the narrowest page that an audit is laid out for.
const auditLeast = 24

type auditWriter struct {
	w            io.Writer
	width        int
	digits, name int // columns of the widest count and name
}

// reason prints the subjects that share the reason of the first, and the reason.
// It returns the others.
func (w *auditWriter) reason(list []*subject) (rest []*subject) {
	reason := list[0].reason
	for _, s := range list {
		if s.reason != reason {
			rest = append(rest, s)
			continue
		}
		line := fmt.Sprintf("%*d  %s", w.digits, s.count, s.what)
		at := reports.Visible(s.first.File)
		if s.first.Line > 0 { // else the value of a flag
			at = fmt.Sprintf("%s:%d:%d", at, s.first.Line, s.first.Column)
		}
		gap := max(w.name-utf8.RuneCountInString(s.what), 0) + 2
		if 4+utf8.RuneCountInString(line)+gap+utf8.RuneCountInString(at) <= w.width {
			fmt.Fprintf(w.w, "    %s%s%s\n", line, strings.Repeat(" ", gap), at)
			continue
		}
		w.wrap(4, w.digits+8, []string{line, at})
	}
	w.wrap(w.digits+6, w.digits+8, strings.Fields("- "+reason))
	return rest
}

// wrap prints words with this indent, and with the other one on further lines.
// A word that has no room on a line of its own is cut.
func (w *auditWriter) wrap(indent, further int, words []string) {
	column := 0
	start := func(by int) {
		fmt.Fprint(w.w, strings.Repeat(" ", by))
		column = by
	}
	start(indent)
	fresh := true
	for _, word := range words {
		runes := []rune(word)
		if !fresh && column+1+len(runes) > w.width {
			fmt.Fprintln(w.w)
			start(further)
			fresh = true
		}
		if !fresh {
			fmt.Fprint(w.w, " ")
			column++
		}
		for room := w.width - column; len(runes) > room; room = w.width - column {
			fmt.Fprintln(w.w, string(runes[:room]))
			runes = runes[room:]
			start(further)
		}
		fmt.Fprint(w.w, string(runes))
		column += len(runes)
		fresh = false
	}
	fmt.Fprintln(w.w)
}
