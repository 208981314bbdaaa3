package arrivals

import (
	"math"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/kernel"
)

// Point is a rate at a moment of a period.
type Point struct {
	At   time.Duration // since the period began, less than its length
	Rate float64       // arrivals a second
}

// Curve is a rate that changes over a period and repeats.
type Curve struct {
	Period time.Duration
	// Points are in order of time, each moment once, at least one of them with
	// a positive rate.
	Points []Point
	// Step holds each rate until the next point; otherwise the rate moves in a
	// straight line from point to point, also over the end of the period.
	Step bool
	// Phase is how far the period had gone when the virtual clock began.
	Phase time.Duration
}

// segment is a stretch of a curve on which the rate is linear.
type segment struct {
	start  time.Duration // since the first point of the period
	length float64       // seconds
	rate   float64       // at its start, a second
	slope  float64       // rate gained a second
	mass   float64       // arrivals expected on it
}

type curve struct {
	segments []segment
	period   time.Duration
	mass     float64 // arrivals expected in a period
	source   *Source
	window   Window
	arrival  uint64

	began   float64 // nanoseconds of the clock when the first cycle began; may be negative
	cycle   float64 // whole periods since then
	index   int     // of the segment
	elapsed float64 // seconds since the segment began
}

// NewProcess returns the nonhomogeneous Poisson process with the curve as its
// rate. It is exact, by time rescaling: with unit-exponential steps E the moments
// satisfy Λ(t[k+1]) - Λ(t[k]) = E[k], where Λ, the integral of the rate, is
// quadratic on every segment and so is solved in closed form.
// Source: Çınlar, Introduction to Stochastic Processes, 1975, chapter 4.7.
func (c Curve) NewProcess(source *Source, window Window) Process {
	p := &curve{segments: c.segments(), period: c.Period, source: source, window: window}
	for _, s := range p.segments {
		p.mass += s.mass
	}
	first := c.Points[0].At
	into := (time.Duration(window.From)%c.Period + c.Phase - first) % c.Period
	if into < 0 {
		into += c.Period
	}
	p.began = float64(window.From) - float64(into)
	p.index = len(p.segments) - 1
	for p.segments[p.index].start > into {
		p.index--
	}
	p.elapsed = (into - p.segments[p.index].start).Seconds()
	return p
}

// segments cuts one period, beginning with the first point.
func (c Curve) segments() []segment {
	out := make([]segment, 0, len(c.Points))
	first := c.Points[0].At
	for i, point := range c.Points {
		next := Point{At: first + c.Period, Rate: c.Points[0].Rate}
		if i+1 < len(c.Points) {
			next = c.Points[i+1]
		}
		s := segment{start: point.At - first, length: (next.At - point.At).Seconds(), rate: point.Rate}
		if !c.Step {
			s.slope = (next.Rate - point.Rate) / s.length
		}
		s.mass = s.until(s.length)
		out = append(out, s)
	}
	return out
}

// until returns the arrivals expected in the first x seconds of the segment.
func (s *segment) until(x float64) float64 {
	return float64(s.rate*x) + float64(s.slope*x*x)/2
}

// reach returns the moment, in seconds after x, at which mass more arrivals are
// expected; the segment must hold as many.
func (s *segment) reach(x, mass float64) float64 {
	rate := s.rate + float64(s.slope*x)
	root := math.Sqrt(max(0, float64(rate*rate)+2*float64(s.slope*mass)))
	return 2 * mass / (rate + root) // the form without cancellation
}

func (p *curve) Next() (models.Time, bool) {
	step := -math.Log(kernel.Uniform(p.source.At("arrival", p.arrival)))
	p.arrival++
	for {
		s := &p.segments[p.index]
		left := s.mass - s.until(p.elapsed)
		if step < left {
			p.elapsed = min(p.elapsed+s.reach(p.elapsed, step), s.length)
			break
		}
		step -= max(left, 0)
		p.index, p.elapsed = p.index+1, 0
		if p.index == len(p.segments) {
			p.index = 0
			p.cycle += 1 + math.Floor(step/p.mass)
			step = math.Mod(step, p.mass)
		}
		// The end of the window keeps a curve of vanishing rate from going round
		// for ever.
		if p.startOfSegment() >= float64(p.window.Until) {
			return 0, false
		}
	}
	at := kernel.Seconds(p.startOfSegment()/1e9 + p.elapsed)
	return max(models.Time(at), p.window.From), models.Time(at) < p.window.Until
}

// startOfSegment returns when the present segment began, in nanoseconds of the
// clock.
func (p *curve) startOfSegment() float64 {
	return p.began + float64(p.cycle*float64(p.period)) + float64(p.segments[p.index].start)
}

// Mean returns the arrivals a second over a whole period.
func (c Curve) Mean() float64 {
	mass := 0.0
	for _, s := range c.segments() {
		mass += s.mass
	}
	return mass / c.Period.Seconds()
}
