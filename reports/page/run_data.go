package page

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/playback"
)

// dataOf returns what the script draws of a run.
func dataOf(r *RunReport) (*Data, error) {
	p := r.Played
	d := &Data{
		Kind: "run", Name: reports.Visible(r.Summary.Scenario), Start: r.Start.UTC().Format(time.RFC3339), End: Seconds(p.End),
		Charts: charts(p), Marks: steps(r.Summary), Owners: visibleNames(p.Owners),
	}
	d.Bands, _ = bands(r.Summary)
	for _, t := range p.Times {
		d.Times = append(d.Times, Seconds(t))
	}
	d.Rows = []Row{}
	for i := range p.Rows {
		of := &p.Rows[i]
		d.Rows = append(d.Rows, Row{Name: reports.Visible(of.Name), Nodes: of.Nodes, Group: reports.Visible(of.Group), Zone: reports.Visible(of.Zone), MostPods: int(of.MostPods)})
	}
	var err error
	if len(p.Rows) > 0 {
		if d.Grid, err = gridOf(&p.Grid); err != nil {
			return nil, err
		}
	}
	if len(p.Lives) > 0 {
		d.Lifelines = lifelines(p)
	}
	return d, nil
}

func visibleNames(list []string) []string {
	out := make([]string, len(list))
	for i, text := range list {
		out[i] = reports.Visible(text)
	}
	return out
}

func gridOf(g *playback.Grid) (*Grid, error) {
	out := &Grid{Encoding: gridEncoding, Bytes: make(map[string]string)}
	for _, layer := range []struct {
		name  string
		cells []byte
	}{{"cpu", g.CPU}, {"memory", g.Memory}, {"pods", g.Pods}, {"state", g.State}, {"owner", g.Owner}} {
		text, err := pack(layer.cells)
		if err != nil {
			return nil, err
		}
		out.Bytes[layer.name] = text
	}
	return out, nil
}

// Of very many faults only the larger ones are marked over time: those that hurt at least
// one part in bandsPart of what the worst one hurt.
const (
	bandsMany = 40
	bandsPart = 50
	bandsMost = 150
)

// bands are the times of faults and upgrades. left counts the faults that are not among
// them.
func bands(s *reports.Summary) (shown []Band, left int) {
	all := faultBands(s)
	if len(all) > bandsMany {
		slices.SortStableFunc(all, func(a, b weighedBand) int { return cmp.Compare(b.hurt, a.hurt) })
		n := slices.IndexFunc(all, func(b weighedBand) bool { return b.hurt < all[0].hurt/bandsPart })
		if n < 0 {
			n = len(all)
		}
		n = min(n, bandsMost)
		all, left = all[:n], len(all)-n
	}
	shown = []Band{}
	for i := range all {
		shown = append(shown, all[i].Band)
	}
	for i := range s.Upgrades {
		u := &s.Upgrades[i]
		shown = append(shown, band("upgrade", u.From, u.Until, "upgrade of "+u.Group, reports.Plural(int(u.Nodes), "node")))
	}
	slices.SortStableFunc(shown, func(a, b Band) int { return cmp.Compare(a.From, b.From) })
	return shown, left
}

// weighedBand is a fault with the pods or nodes that it hurt.
type weighedBand struct {
	Band
	hurt int64
}

func faultBands(s *reports.Summary) (all []weighedBand) {
	for i := range s.Disruptions {
		d := &s.Disruptions[i]
		all = append(all, weighedBand{band("fault", d.At, d.Until, d.Fault, d.Text), max(d.PodsLost, d.PodsHit, int64(d.Nodes))})
	}
	for i := range s.Faults {
		f := &s.Faults[i]
		all = append(all, weighedBand{band("fault", f.At, f.Until, f.Fault, f.Text), max(f.PendingMost-f.PendingBefore, int64(f.Hurt), f.Nodes)})
	}
	return all
}

func band(kind string, from reports.Seconds, until *reports.Seconds, name, text string) Band {
	b := Band{From: secondsOf(from), Kind: kind, Text: reports.Visible(cmp.Or(name, "crash") + ": " + text)}
	if until != nil {
		end := secondsOf(*until)
		b.Until = &end
	}
	return b
}

// marksMost bounds the steps of users that are shown over time.
const marksMost = 100

// steps are the moments at which users did something.
func steps(s *reports.Summary) []Mark {
	out := []Mark{}
	if s.UserSteps == nil {
		return out
	}
	for _, step := range s.UserSteps.Steps[:min(len(s.UserSteps.Steps), marksMost)] {
		text := step.Text
		if step.Failed {
			text += " (failed)"
		}
		out = append(out, Mark{secondsOf(step.At), reports.Visible(text)})
	}
	return out
}

// secondsOf turns the time of a summary, which is exact to the millisecond, back.
func secondsOf(t reports.Seconds) Seconds {
	return Seconds(math.Round(float64(t)*1000)) * Seconds(time.Millisecond)
}

// whyNames are what pods are chosen for, in words.
var whyNames = [...]string{
	playback.WaitedLongest: "waited longest", playback.HitByFault: "hit by a fault", playback.HadToLeave: "had to leave its node",
	playback.HasFailed: "failed", playback.HasRestarted: "restarted", playback.AtRandom: "at random",
}

func lifelines(p *playback.Recording) *Lifelines {
	out := &Lifelines{Pods: make([]Life, len(p.Lives))}
	var counts [len(whyNames)]int
	sparse := 0
	for i, of := range byWhatBefell(p.Lives) {
		counts[of.Why[0]]++
		if of.Sparse {
			sparse++
		}
		out.Pods[i] = life(of)
	}
	out.Shown = fmt.Sprintf("All of %s.", reports.Plural(len(p.Lives), "pod"))
	if int64(len(p.Lives)) < p.Pods {
		var parts []string
		for why, n := range counts {
			if n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", n, whyPlural[why]))
			}
		}
		out.Shown = fmt.Sprintf("%d of %s: %s.", len(p.Lives), reports.Plural(int(p.Pods), "pod"), joinWords(parts))
	}
	if sparse > 0 {
		out.Shown += fmt.Sprintf(" Of %s with very many changes short phases are left out.", reports.Plural(sparse, "pod"))
	}
	return out
}

// befell are what pods are chosen for, what matters most to a reader first.
var befell = [...]playback.Why{
	playback.HitByFault, playback.HadToLeave, playback.HasFailed, playback.HasRestarted, playback.WaitedLongest, playback.AtRandom,
}

// byWhatBefell orders lives by the gravest that befell each, and by age among alike. Of those
// drawn at random the ones with marks come first: others may have been chosen for the same.
func byWhatBefell(lives []playback.Life) []*playback.Life {
	out := make([]*playback.Life, len(lives))
	for i := range lives {
		out[i] = &lives[i]
	}
	rank := func(of *playback.Life) int {
		place := slices.IndexFunc(befell[:], func(why playback.Why) bool { return slices.Contains(of.Why, why) })
		if befell[place] == playback.AtRandom && len(of.Marks) == 0 {
			place++
		}
		return place
	}
	slices.SortStableFunc(out, func(a, b *playback.Life) int { return cmp.Compare(rank(a), rank(b)) })
	return out
}

var whyPlural = [...]string{
	playback.WaitedLongest: "that waited longest", playback.HitByFault: "hit by faults", playback.HadToLeave: "that had to leave their nodes",
	playback.HasFailed: "that failed", playback.HasRestarted: "that restarted", playback.AtRandom: "at random, the same under every policy",
}

func life(of *playback.Life) Life {
	out := Life{Name: reports.Visible(of.Name), Owner: of.Owner, Why: strings.Join(whys(of.Why), ", ")}
	if of.Row >= 0 {
		out.Row = &of.Row
	}
	for _, s := range of.Spans {
		out.Spans = append(out.Spans, Span{Phase(s.Phase), Seconds(s.From), Seconds(s.Until), s.Row})
	}
	for _, m := range of.Marks {
		out.Marks = append(out.Marks, LifeMark{Seconds(m.At), reports.Visible(m.Text)})
	}
	return out
}

// whys tells what a pod is chosen for; that it is drawn at random says nothing beside
// anything else.
func whys(list []playback.Why) []string {
	var out []string
	for _, why := range list {
		if why != playback.AtRandom || len(list) == 1 {
			out = append(out, whyNames[why])
		}
	}
	return out
}

// pace is the time by which what comes and goes is counted.
type pace struct {
	name string
	span models.Time
}

// paceOf is a minute, or more where samples lie further apart.
func paceOf(p *playback.Recording) pace {
	apart := models.Time(0)
	if len(p.Times) > 1 {
		apart = p.Times[1] - p.Times[0]
	}
	switch {
	case apart > models.Time(12*time.Hour):
		return pace{"day", models.Time(24 * time.Hour)}
	case apart > models.Time(10*time.Minute):
		return pace{"hour", models.Time(time.Hour)}
	}
	return pace{"minute", models.Time(time.Minute)}
}

// rate returns how fast a number that only grows does so, sample by sample.
func (by pace) rate(p *playback.Recording, of func(*playback.Gauges) int64) Values {
	out := make(Values, len(p.Times))
	for i := range p.Times {
		if i == 0 {
			out[0] = math.NaN()
			continue
		}
		out[i] = float64(of(&p.Gauges[i])-of(&p.Gauges[i-1])) * by.span.Seconds() / (p.Times[i] - p.Times[i-1]).Seconds()
	}
	return out
}

// isUsed reports whether nodes have any of a resource at some sample.
func isUsed(p *playback.Recording, resource models.Resource) bool {
	return slices.ContainsFunc(p.Gauges, func(g playback.Gauges) bool { return g.Allocatable[resource] > 0 })
}
