package arrivals

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/kernel"
)

// Process yields the moments of arrivals, never one before its predecessor; ok
// is false at the end.
type Process interface {
	Next() (at models.Time, ok bool)
}

// Window bounds a process: moments lie in [From, Until).
type Window struct{ From, Until models.Time }

// Always is the window without bounds.
func Always() Window { return Window{Until: models.Never} }

// Contains reports whether t lies in the window.
func (w Window) Contains(t models.Time) bool { return w.From <= t && t < w.Until }

// Source finds the random numbers of one workload. It keeps streams of its own,
// since what Streams.At returns is valid only until the next call.
type Source struct {
	streams *kernel.Streams
	entity  uint64
}

// NewSource returns the random numbers of the workload called name in a run
// with this seed.
func NewSource(seed uint64, name string) *Source {
	return &Source{kernel.NewStreams(seed), kernel.Entity(name)}
}

// At returns the stream for a purpose and the number of an arrival or object.
func (s *Source) At(purpose string, number uint64) kernel.Source {
	return s.streams.At(purpose, s.entity, number)
}

type times struct {
	at     []models.Time
	window Window
}

// Times returns the process of fixed moments, which must be in order.
func Times(at []models.Time, window Window) Process { return &times{at, window} }

func (p *times) Next() (models.Time, bool) {
	for len(p.at) > 0 {
		at := p.at[0]
		p.at = p.at[1:]
		if p.window.Contains(at) {
			return at, true
		}
	}
	return 0, false
}

type renewal struct {
	between kernel.Distribution
	source  *Source
	window  Window
	arrival uint64
	elapsed float64 // seconds since the window opened, unrounded
}

// Renewal returns the process whose times between arrivals are independent draws
// from a law of seconds; the first draw begins with the window. The law must not
// always be 0. The Poisson process is the renewal process of an exponential law.
func Renewal(between kernel.Distribution, source *Source, window Window) Process {
	return &renewal{between: between, source: source, window: window}
}

func (p *renewal) Next() (models.Time, bool) {
	p.elapsed += p.between.Draw(p.source.At("arrival", p.arrival))
	p.arrival++
	at := p.window.From.Add(kernel.Seconds(p.elapsed))
	return at, at < p.window.Until
}
