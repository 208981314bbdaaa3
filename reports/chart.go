package reports

import (
	"math"
	"slices"
	"strings"
)

// chart draws utilisation, pending pods and nodes that are down over the time of
// the run: one column of characters for each slice of it.
func (p *page) chart() {
	s := &p.summary.Series
	if len(s.Time) < 2 || p.summary.End <= 0 {
		return
	}
	label := 14
	width := min(p.width-label-2, 120)
	p.section("Over time" + p.sharesFrom())
	for i := range s.Resources {
		r := &s.Resources[i]
		if !standard(r.Resource) && peak(r.Allocatable) == 0 {
			continue
		}
		p.area(r, label, width)
	}
	p.bars("pods pending", floats(s.PendingMost), label, width, "")
	p.bars("nodes down", p.nodesDown(width), label, width, red)
	p.axis(label, width)
}

// sharesFrom says from when on the means and peaks count, if not from the beginning.
func (p *page) sharesFrom() string {
	if since := p.sinceWarmUp(); since != "" {
		return "  means and peaks" + strings.TrimPrefix(since, ",")
	}
	return ""
}

// used returns how much of a resource was requested on the mean and at most, as it is
// measured over all of the time: samples miss what comes and goes between them. A run that
// ended in its warm-up has no measures.
func (p *page) used(resource string) (mean, most float64, ok bool) {
	for i := range p.summary.Measured.Resources {
		if u := &p.summary.Measured.Resources[i]; u.Resource == resource && u.Mean != nil && u.Peak != nil {
			return *u.Mean, *u.Peak, true
		}
	}
	return 0, 0, false
}

const areaHeight = 3

// area draws a share over three lines, up to 10, 25, 50 or 100 %.
func (p *page) area(r *ResourceSeries, label, width int) {
	values := p.resample(r.Utilisation, width, false)
	mean, most, measured := p.used(r.Resource)
	top := chartTop(max(most, slices.Max(r.Utilisation)))
	scale := RoundedPercent(top)
	name := p.clip(Visible(r.Resource), label-3-len(scale))
	titles := [areaHeight]string{pad(name, label-2-len(scale)) + scale}
	if measured {
		titles[1], titles[2] = "mean "+RoundedPercent(mean), "peak "+RoundedPercent(most)
	}
	for line := range areaHeight {
		floor := float64(areaHeight-1-line) / areaHeight
		var b strings.Builder
		for _, v := range values {
			b.WriteString(p.block((v/top - floor) * areaHeight))
		}
		p.line("  %s%s%s", pad(titles[line], label-1), p.sign("▕", "|"), b.String())
	}
}

// chartTop is the share that the top of an area stands for.
func chartTop(most float64) float64 {
	for _, top := range []float64{0.1, 0.25, 0.5} {
		if most <= top {
			return top
		}
	}
	return max(1, most)
}

// bars draws counts on one line, scaled to the largest.
func (p *page) bars(title string, samples []float64, label, width int, colour style) {
	most := 0.0
	for _, v := range samples {
		most = max(most, v)
	}
	if most == 0 {
		return
	}
	values := samples
	if len(samples) != width {
		values = p.resample(samples, width, true)
	}
	var b strings.Builder
	for _, v := range values {
		block := p.block(v / most)
		if v > 0 && block == " " {
			block = p.sign("▁", ".")
		}
		b.WriteString(block)
	}
	text := b.String()
	if colour != "" {
		text = p.paint(colour, text)
	}
	p.line("  %s%s%s", pad(p.clip(title, label-2), label-1), p.sign("▕", "|"), text)
	p.line("  %s", pad("most "+count(int64(most)), label-1))
}

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-columnsOf(text)))
}

// block is a character filled to a share from 0 to 1.
func (p *page) block(share float64) string {
	share = min(max(share, 0), 1)
	if p.terminal.Unicode {
		return [...]string{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}[int(math.Round(share*8))]
	}
	return [...]string{" ", ".", ":", "+", "#"}[int(math.Round(share*4))]
}

// resample brings samples to one value for each column: the mean over its slice
// of time, or the most.
func (p *page) resample(samples []float64, width int, most bool) []float64 {
	times := p.summary.Series.Time
	end := float64(p.summary.End)
	sum, n := make([]float64, width), make([]int, width)
	for i, v := range samples {
		at := min(int(float64(times[i])/end*float64(width)), width-1)
		if most {
			sum[at] = max(sum[at], v)
			n[at] = 1
		} else {
			sum[at] += v
			n[at]++
		}
	}
	last := 0.0
	for i := range sum {
		if n[i] > 0 {
			last = sum[i] / float64(n[i])
		}
		sum[i] = last // the state stays until the next sample
	}
	return sum
}

// nodesDown counts nodes that are down in each slice of time, from the
// disruptions themselves, so that a short one shows as well.
func (p *page) nodesDown(width int) []float64 {
	out := make([]float64, width)
	end := float64(p.summary.End)
	for i := range p.summary.Disruptions {
		d := &p.summary.Disruptions[i]
		until := p.summary.End
		if d.Until != nil {
			until = *d.Until
		}
		from := min(int(float64(d.At)/end*float64(width)), width-1)
		to := min(int(math.Ceil(float64(until)/end*float64(width))), width)
		for at := from; at < max(to, from+1); at++ {
			out[at] += float64(d.Nodes)
		}
	}
	return out
}

func floats(counts []int64) []float64 {
	out := make([]float64, len(counts))
	for i, n := range counts {
		out[i] = float64(n)
	}
	return out
}

func peak(values []int64) int64 {
	most := int64(0)
	for _, v := range values {
		most = max(most, v)
	}
	return most
}

// axis draws the time below the chart.
func (p *page) axis(label, width int) {
	var text strings.Builder
	step := axisStep(float64(p.summary.End), width)
	line := []rune(strings.Repeat(p.sign("─", "-"), width))
	for i := 0; ; i++ {
		seconds := float64(i) * step
		at := int(seconds / float64(p.summary.End) * float64(width))
		if at >= width {
			break
		}
		line[at] = []rune(p.sign("┬", "+"))[0]
		name := Duration(Seconds(seconds))
		if i == 0 {
			name = "0"
		}
		if at+len(name) <= width && at >= text.Len() {
			text.WriteString(strings.Repeat(" ", at-text.Len()) + name)
		}
	}
	space := strings.Repeat(" ", label+2)
	p.line("%s%s", space, string(line))
	p.line("%s%s", space, text.String())
}

// axisStep is a nice distance of ticks in seconds, at least ten columns apart.
func axisStep(end float64, width int) float64 {
	least := end / float64(width) * 10
	for _, step := range []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400} {
		if step >= least {
			return step
		}
	}
	return math.Ceil(least/86400) * 86400
}
