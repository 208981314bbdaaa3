package headroom

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/reports/capacity"
)

// Growth is a law by which the demand for a cluster grows.
type Growth struct {
	text string
	// Pods come each Every, or the demand becomes 1+Share times as much; a fit has
	// neither.
	pods, share float64
	every       time.Duration
	fit         *fit
}

const day = 24 * time.Hour

// periods are those that have a name. A month and a year are their means in the
// Gregorian calendar.
var periods = []struct {
	name   string
	length time.Duration
}{
	{"hour", time.Hour}, {"day", day}, {"week", 7 * day}, {"month", 2_629_746 * time.Second},
	{"quarter", 3 * 2_629_746 * time.Second}, {"year", 31_556_952 * time.Second},
}

var errGrowth = errors.New("want a percentage such as 5%/week or a number of pods such as 40pods/day; behind the stroke hour, day, week, month, quarter, year or a duration such as 36h")

// ParseGrowth reads a law: 5%/week multiplies the demand by 1.05 each week, 40pods/day
// adds so many pods each day.
func ParseGrowth(text string) (*Growth, error) {
	amount, period, found := strings.Cut(strings.TrimSpace(text), "/")
	every, known := periodOf(strings.TrimSpace(period))
	if !found || !known {
		return nil, fmt.Errorf("%w (got %q)", errGrowth, text)
	}
	g := &Growth{text: text, every: every}
	amount = strings.TrimSpace(amount)
	number, percent := strings.CutSuffix(amount, "%")
	if !percent {
		number = strings.TrimSuffix(strings.TrimSuffix(amount, "pods"), "pod")
	}
	value, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || !(value > 0) || value > mostGrowth {
		return nil, fmt.Errorf("%w; above 0 and up to %g (got %q)", errGrowth, mostGrowth, text)
	}
	if percent {
		g.share = value / 100
	} else {
		g.pods = value
	}
	return g, nil
}

// mostGrowth is how much may grow in one period: pods, or per cent.
const mostGrowth = 1e9

func periodOf(text string) (time.Duration, bool) {
	for _, p := range periods {
		if text == p.name {
			return p.length, true
		}
	}
	d, err := yamlnode.Duration(text)
	return d, err == nil && d > 0
}

// linear reports whether equal times add equal amounts.
func (g *Growth) linear() bool {
	if g.fit != nil {
		return !g.fit.exponential
	}
	return g.share == 0
}

// when tells, in seconds from now, when pods more of so many pods are expected to be asked
// for than there are now; infinite for never.
func (g *Growth) when(pods, more float64) float64 {
	switch {
	case g.fit != nil:
		return g.fit.when(1 + more/pods)
	case g.share > 0:
		return math.Log1p(more/pods) / math.Log1p(g.share) * g.every.Seconds()
	}
	return more / g.pods * g.every.Seconds()
}

// between is the interval about when; it is a moment for a law that was given.
func (g *Growth) between(pods, more, confidence float64) (low, high float64) {
	if g.fit != nil {
		return g.fit.between(1+more/pods, confidence)
	}
	at := g.when(pods, more)
	return at, at
}

// demand is how much is asked for at a moment in relation to now.
func (g *Growth) demand(pods, seconds float64) float64 {
	switch {
	case g.fit != nil:
		return g.fit.at(seconds) / g.fit.at(0)
	case g.share > 0:
		return math.Exp(float64(math.Log1p(g.share) * seconds / g.every.Seconds()))
	}
	return 1 + float64(g.pods*seconds/g.every.Seconds())/pods
}

// describe says what the law is.
func (g *Growth) describe() capacity.Growth {
	out := capacity.Growth{Text: g.text, Kind: "exponential"}
	if g.linear() {
		out.Kind = "linear"
	}
	if g.fit != nil {
		out.Fit = g.fit.describe()
	}
	return out
}
