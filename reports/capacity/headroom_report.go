package capacity

import (
	"fmt"
	"io"
	"math"
	"time"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/document"
)

// WriteText writes the report that a person reads in a terminal.
func (h *Headroom) WriteText(w io.Writer, t reports.Terminal) error {
	return document.WriteText(w, h.report(), t)
}

// WriteMarkdown writes the report as GitHub Flavored Markdown.
func (h *Headroom) WriteMarkdown(w io.Writer) error { return document.WriteMarkdown(w, h.report()) }

// WriteJSON writes everything that is known.
func (h *Headroom) WriteJSON(w io.Writer) error { return reports.WriteJSON(w, h) }

func (h *Headroom) report() *document.Document {
	d := new(document.Document)
	d.Heading(1, append([]document.Piece{document.Prose("headroom of ")}, h.Source.pieces()...)...)
	if h.Partial {
		d.Paragraph(document.Toned(fmt.Sprintf("Unfinished: interrupted after %d of %s.", len(h.Draws), reports.Plural(h.Settings.Draws, "draw")), document.Warning))
	}
	d.Paragraph(h.sentence()...)
	if h.Limited {
		d.Paragraph(document.Toned(fmt.Sprintf("Draws ended at %s, the most that are tried: more may fit.", reports.PluralOf(h.Settings.Limit, "copy", "copies")), document.Warning))
	}
	h.fitted(d)
	h.course(d)
	h.losses(d)
	h.stops(d)
	h.growing(d)
	d.Heading(2, document.Prose("What is there now"))
	needTable(d, h.Requests, "by the pods that are on these nodes")
	h.assumptions(d)
	return d
}

// sentence is the answer.
func (h *Headroom) sentence() []document.Piece {
	law := []document.Piece{document.Prose("Growing by "), document.Named(h.Growth.Text)}
	if h.Growth.Fit != nil {
		law = []document.Piece{document.Prose("Growing as "), document.Named(h.Growth.Text), document.Prose(" did")}
	}
	who := "the cluster"
	if h.Survive != "" {
		who = "what is left of the cluster without any one " + h.domain()
	}
	more := fmt.Sprintf("%s more fit", reports.Count(int64(h.More.Median)))
	if h.More.Low != h.More.High {
		more += fmt.Sprintf(" (%s to %s in %s of the draws)", reports.Count(int64(h.More.Low)), reports.Count(int64(h.More.High)), reports.Percent(h.Settings.Confidence))
	}
	switch f := &h.Full; {
	case f.Median == nil && f.Low == nil:
		return append(law, document.Prose(fmt.Sprintf(", %s is ", who)), document.Toned("never full", document.Good), document.Prose(": of the pods that grow "+more+"."))
	case f.Median != nil && *f.Median == 0 && len(h.Losses) > 0:
		return []document.Piece{document.Toned("It is full now: it cannot lose ", document.Bad), document.Prose(h.domain() + " "), document.Named(h.Losses[0].Domain),
			document.Toned(" without leaving pods that run now on no node.", document.Bad)}
	default:
		out := append(law, document.Prose(", "+who+" is full in "), document.Toned(h.moment(f.Median), document.Strong))
		if f.Median == nil {
			out = append(law, document.Prose(", "+who+" is not expected to be full"))
		}
		if f.Low == nil || f.High == nil || h.moment(f.Low) != h.moment(f.High) {
			out = append(out, document.Prose(fmt.Sprintf(", with %s confidence from %s to %s", reports.Percent(h.Settings.Confidence), h.moment(f.Low), h.moment(f.High))))
		}
		return append(out, document.Prose(": beside the "+reports.PluralOf(h.Pods, "pod that runs", "pods that run")+" now "+more+"."))
	}
}

// domain names what must be able to fail.
func (h *Headroom) domain() string {
	switch h.Survive {
	case "topology.kubernetes.io/zone":
		return "zone"
	case "topology.kubernetes.io/rack":
		return "rack"
	case "topology.kubernetes.io/region":
		return "region"
	case "kubernetes.io/hostname":
		return "node"
	}
	return "value of the label " + h.Survive
}

// moment writes how long it takes, with the date if there is one.
func (h *Headroom) moment(s *reports.Seconds) string {
	if s == nil {
		return "never"
	}
	text := LongTime(*s)
	if date := h.date(*s); date != "" {
		text += " (" + date + ")"
	}
	return text
}

// date is the day of a moment; empty without one, or too far away for one.
func (h *Headroom) date(s reports.Seconds) string {
	now, err := time.Parse(time.RFC3339, h.Date)
	if err != nil || float64(s) > 1e11 {
		return ""
	}
	whole, part := math.Modf(daysTold(s))
	return now.Add(time.Duration(part*float64(24*time.Hour))).AddDate(0, 0, int(whole)).Format(time.DateOnly)
}

// LongTime writes a time for people who plan: in days from three days on, to a tenth up
// to ten, and in years from three years on.
func LongTime(s reports.Seconds) string {
	switch days := daysTold(s); {
	case days < 3:
		return reports.Duration(s)
	case days < 10:
		return reports.Decimal(days, 1, false) + " days"
	case days < 3*365.25:
		return reports.Decimal(days, 0, false) + " days"
	default:
		return reports.Decimal(days/365.25, 1, false) + " years"
	}
}

// daysTold is a time in days as LongTime rounds them, by which dates go, too: the same
// number of days is always the same date.
func daysTold(s reports.Seconds) float64 {
	switch days := float64(s) / 86400; {
	case days < 3:
		return days
	case days < 10:
		return math.Round(days*10) / 10
	default:
		return math.Round(days)
	}
}

// fitted tells of the law that was fitted.
func (h *Headroom) fitted(d *document.Document) {
	f := h.Growth.Fit
	if f == nil {
		return
	}
	rate := reports.Relative(f.PerWeek) + " a week"
	if h.Growth.Kind == "linear" {
		rate = fmt.Sprintf("%s a week", number(f.PerWeek, true))
	}
	text := fmt.Sprintf("The %s observations from %s to %s follow a law that is %s, %s, by least squares: it says %s of the last of them.",
		reports.Count(int64(f.Observations)), dayOf(f.From), dayOf(f.To), h.Growth.Kind, rate, number(f.Now, false))
	if f.Linear != nil && f.Exponential != nil {
		text += fmt.Sprintf(" A line explains %s of the variance, an exponential %s; the likelier one is taken.", Percent(*f.Linear), Percent(*f.Exponential))
	}
	d.Paragraph(document.Prose(text))
}

// number writes a number with as many digits as it needs.
func number(x float64, sign bool) string {
	decimals := 0
	if math.Abs(x) < 100 {
		decimals = 2
	}
	return reports.Decimal(x, decimals, sign)
}

func dayOf(text string) string {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.Format(time.DateOnly)
	}
	return text
}

// course tells how the demand comes up to what there is.
func (h *Headroom) course(d *document.Document) {
	if len(h.Course) == 0 {
		return
	}
	d.Heading(2, document.Prose("Until it is full"))
	t := &document.Table{Header: []string{"in", "date", "demand", "pods", "full"}}
	var rows [][]document.Piece
	for i := range h.Course {
		m := &h.Course[i]
		rows = append(rows, []document.Piece{document.Prose(LongTime(m.At)), document.Prose(h.date(m.At)), document.Prose(Percent(m.Demand)),
			document.Prose(reports.Count(int64(m.Pods))), document.Prose(Percent(m.Full))})
	}
	t.Groups = []document.Group{{Rows: rows}}
	if h.Date == "" {
		t = t.Without("date")
	}
	full := "share of the draws in which a pod finds no node by then"
	if h.Growth.Fit != nil {
		full += ", if the demand goes exactly as the law says: the interval above has the error of the growth in it, this column has not"
	}
	explained(d, t, "demand", "in relation to now", "pods", "that grow, as expected", "full", full)
}

// losses tells what is left without each domain.
func (h *Headroom) losses(d *document.Document) {
	if h.Survive == "" {
		return
	}
	d.Heading(2, document.Prose("Without one "+h.domain()))
	t := &document.Table{Header: []string{"without", "nodes", "moved", "lost", "more", "low", "high", "full in", "worst"},
		Optional: []bool{false, true, true, true, false, true, true, false, true}}
	var rows, homeless [][]document.Piece
	for i := range h.Losses {
		l := &h.Losses[i]
		row := []document.Piece{document.Named(l.Domain)}
		for _, n := range []int{l.Nodes, l.Moved, l.Stuck, l.More.Median, l.More.Low, l.More.High} {
			row = append(row, document.Prose(reports.Count(int64(n))))
		}
		full := "never"
		if l.Full.Median != nil {
			full = LongTime(*l.Full.Median)
		}
		rows = append(rows, append(row, document.Prose(full), document.Prose(Percent(float64(l.Worst)/float64(max(len(h.Draws), 1))))))
		if l.Homeless != nil {
			homeless = append(homeless, []document.Piece{document.Prose("without "), document.Named(l.Domain), document.Prose(", "), document.Named(l.Homeless.Pod),
				document.Prose(" finds no node already now: " + l.Homeless.Why)})
		}
	}
	t.Groups = []document.Group{{Rows: rows}}
	explained(d, t, "nodes", "that are lost", "moved", "pods from there that look for new places", "lost", "pods that no other node could take",
		"more", "pods that fit beside them, the median over draws", "low", "the low end of the interval", "high", "its high end",
		"worst", "share of the draws in which no other loss leaves less")
	d.List(homeless)
}

// stops tells what finds no node first.
func (h *Headroom) stops(d *document.Document) {
	if len(h.Stops) == 0 {
		return
	}
	d.Heading(2, document.Prose("What finds no node first"))
	t := &document.Table{Header: []string{"pod of", "draws", "why"}, Wrap: true}
	var rows [][]document.Piece
	for i := range h.Stops[:min(len(h.Stops), mostStops)] {
		s := &h.Stops[i]
		rows = append(rows, []document.Piece{document.Named(s.Workload), document.Prose(Percent(s.Share)), document.Prose(s.Why)})
	}
	t.Groups = []document.Group{{Rows: rows}}
	d.Table(t, nil)
}

// mostGrowing is how many workloads are told of.
const mostGrowing = 10

// growing tells what comes, and how much of each would fit alone.
func (h *Headroom) growing(d *document.Document) {
	d.Heading(2, document.Prose("What grows"))
	t := &document.Table{Header: []string{"workload", "pods", "share", "alone"}}
	var rows [][]document.Piece
	for i := range h.Growing[:min(len(h.Growing), mostGrowing)] {
		g := &h.Growing[i]
		alone := reports.Missing
		if g.Alone != nil {
			alone = reports.Count(int64(*g.Alone))
		}
		rows = append(rows, []document.Piece{document.Named(g.Workload), document.Prose(reports.Count(int64(g.Pods))), document.Prose(Percent(g.Share)), document.Prose(alone)})
	}
	if more := len(h.Growing) - mostGrowing; more > 0 {
		rows = append(rows, []document.Piece{document.Toned(fmt.Sprintf("and %s more", reports.Count(int64(more))), document.Faint), document.Prose(""), document.Prose(""), document.Prose("")})
	}
	t.Groups = []document.Group{{Rows: rows}}
	explained(d, t, "pods", "now, or in one copy of a template", "share", "of the pods that come", "alone", "how many more would fit if nothing else came")
}

// assumptions say what the answer takes for granted.
func (h *Headroom) assumptions(d *document.Document) {
	s := &h.Settings
	list := []string{
		fmt.Sprintf("Copies of what grows come one after the other, in random order and in proportion to the pods that there are, until the scheduler of the cluster finds no node for one: then it is full. Pods that run stay where they are, nobody is preempted and nobody leaves. %s, seed %d.", reports.Plural(len(h.Draws), "draw"), s.Seed),
		"Copies request what the pods request that they are copies of, and come without their persistent volumes. DaemonSets and static pods do not grow.",
	}
	if h.Pending > 0 {
		list = append(list, fmt.Sprintf("%s no node now; they are neither placed nor copied.", reports.PluralOf(h.Pending, "pod has", "pods have")))
	}
	if h.Survive != "" {
		list = append(list, "A loss takes its nodes for good. Their pods find new places first, those of the highest priority before others; those that no other node could take are lost with it. It counts what fits in what is left then, whatever came before the loss.")
	}
	if h.Growth.Fit != nil {
		list = append(list, fmt.Sprintf("The interval is that of prediction: single days may ask for more or less than the law says. It reaches from the first day on which as much may be asked for as fits at least, until each asks for what fits at most, each with %s confidence. The law is taken to go on.", reports.Percent(s.Confidence)))
	} else {
		list = append(list, "The law is taken to hold exactly; the interval tells what hangs on the order in which pods come.")
	}
	sentences(d, "What this takes for granted", append(list, h.Notes...))
}
