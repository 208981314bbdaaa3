package page

import (
	"fmt"
	"io"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
	"github.com/podsim/podsim/reports/playback"
)

// A RunReport is what the page of a run is made of.
type RunReport struct {
	Summary *reports.Summary
	Played  *playback.Recording
	Start   time.Time   // of the virtual clock
	Horizon models.Time // when it would have ended at the latest; 0 or Never if that is not known
	// Ended says why the run ended before its time, such as "interrupted"; empty if it
	// did not.
	Ended        string
	UnderWay     bool     // it goes on, whatever Ended says: the summary tells how it stands
	Assumptions  []string // what was assumed because nobody said it
	Approximated []string // what was simulated more simply than it is
	Version      string   // of podsim
}

var runLayout = layout("run")

// runBody is what the templates of a run fill its sections from.
type runBody struct {
	Verdict, Story string
	Tone           string
	Figures        []number
	Before         []section // those that come before what is drawn
	Sections       []section
}

// Run writes the page of a run.
func Run(w io.Writer, r *RunReport) error {
	data, err := dataOf(r)
	if err != nil {
		return err
	}
	s := r.Summary
	name := reports.Visible(s.Scenario)
	if name == "" {
		name = "unnamed"
	}
	f := frame{Title: "run " + name, Kind: "run", Name: name, Facts: r.facts(), Data: data}
	body := &runBody{Story: story(s, r.when()), Figures: figures(r)}
	body.Verdict, body.Tone = verdict(r)
	ids := make(anchors)
	body.Before, f.Nav = setSections(assertions(s), nil, ids)
	f.Nav = append(f.Nav, drawnSections(data)...)
	var nav []link
	body.Sections, nav = setSections(runDocument(r), runFigures(r), ids)
	f.Nav = append(f.Nav, nav...)
	f.Body = body
	return f.write(w, runLayout())
}

// drawnSections are those that the script fills.
func drawnSections(d *Data) []link {
	list := []link{{"overtime", "Over time"}}
	if d.Grid != nil {
		list = append(list, link{"playback", "Playback"}, link{"heatmap", "Nodes over time"})
	}
	if d.Lifelines != nil {
		list = append(list, link{"lifelines", "Lives of pods"})
	}
	return list
}

// when is the moment that the summary tells of last.
func (r *RunReport) when() string {
	if r.UnderWay {
		return "now"
	}
	return "at the end"
}

// facts are told under the name of the run.
func (r *RunReport) facts() []string {
	s := r.Summary
	facts := []string{fmt.Sprintf("seed %d", s.Seed), "virtual time " + reports.Duration(s.End), reports.Plural(int(s.Operations), "operation")}
	if s.Digest != "" {
		facts = append(facts, "digest "+s.Digest[:min(16, len(s.Digest))])
	}
	if r.Version != "" {
		facts = append(facts, "podsim "+reports.Visible(r.Version))
	}
	return facts
}

// verdict says how assertions went or, without any, what the run was.
func verdict(r *RunReport) (text, tone string) {
	failed, all := 0, len(r.Summary.Assertions)
	for _, a := range r.Summary.Assertions {
		if !a.Passed {
			failed++
		}
	}
	tone = "plain"
	switch {
	case failed > 0:
		text, tone = fmt.Sprintf("%d of %s failed.", failed, reports.Plural(all, "assertion")), "fail"
	case all == 1:
		text, tone = "The assertion passed.", "pass"
	case all > 1:
		text, tone = fmt.Sprintf("All of %s passed.", reports.Plural(all, "assertion")), "pass"
	default:
		text = ranFor(r)
	}
	ended := r.Ended
	switch {
	case r.UnderWay:
		ended = "under way"
	case ended == "":
		return text, tone
	}
	if tone == "pass" {
		tone = "plain" // of what might still have come nobody knows
	}
	return fmt.Sprintf("%s at %s. %s", capital(reports.Visible(ended)), reports.Clock(r.Summary.End), text), tone
}

// ranFor says what the run was.
func ranFor(r *RunReport) string {
	nodes := "without a node"
	if n := len(r.Summary.Nodes); n > 0 {
		nodes = "on " + reports.Plural(n, "node")
	}
	return fmt.Sprintf("%s %s over %s of virtual time.", capital(reports.Plural(int(r.Summary.Pods.Created), "pod")), nodes, reports.Duration(r.Summary.End))
}

// section by section, a document as HTML, with links to its sections.
func setSections(d *document.Document, drawn drawings, ids anchors) (list []section, nav []link) {
	_, all := document.HTML(d, drawn)
	for _, s := range all[1:] {
		id := ids.name(s.Title)
		list = append(list, section{id, s.Heading, s.Body})
		nav = append(nav, link{id, s.Title})
	}
	return list, nav
}
