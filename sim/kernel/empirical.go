package kernel

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models/limits"
)

// discrete gives one of several values.
type discrete struct {
	values     []float64 // ascending
	cumulative []float64 // probability of this value or a lesser one; the last is 1
	mean       float64
}

func (d *discrete) Mean() float64 { return d.mean }

func (d *discrete) Quantile(p float64) float64 {
	i, _ := slices.BinarySearch(d.cumulative, p)
	return d.values[i]
}

func discreteEqual(p *Parameters) (law, []ParameterError) {
	weights := make([]float64, len(p.Values))
	for i := range weights {
		weights[i] = 1
	}
	return discreteOf(p.Values, weights)
}

func discreteWeighted(p *Parameters) (law, []ParameterError) {
	return discreteOf(p.Values, p.Weights)
}

func discreteOf(values, weights []float64) (law, []ParameterError) {
	if len(values) == 0 {
		return nil, refuse("values", "must not be empty")
	}
	if len(values) != len(weights) {
		return nil, refuse("weights", "must be as many as values (got %d; values are %d)", len(weights), len(values))
	}
	total := 0.0
	order := make([]int, len(values))
	for i, w := range weights {
		total += w
		order[i] = i
	}
	if total == 0 || math.IsInf(total, 1) {
		return nil, refuse("weights", "must add up to a positive, finite number (got %v)", total)
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(values[i], values[j]) })
	d := &discrete{}
	sum := 0.0
	for _, i := range order {
		if weights[i] == 0 {
			continue
		}
		sum += weights[i]
		d.values = append(d.values, values[i])
		d.cumulative = append(d.cumulative, sum/total)
		d.mean += float64(values[i] * (weights[i] / total))
	}
	d.cumulative[len(d.cumulative)-1] = 1 // the sum in another order may differ in its last bit
	return d, nil
}

// empirical gives one of the samples, or a value between two neighbours.
type empirical struct {
	samples     []float64 // ascending
	interpolate bool
}

func (e *empirical) Mean() float64 {
	sum := 0.0
	for _, x := range e.samples {
		sum += x
	}
	n := len(e.samples)
	if !e.interpolate || n == 1 {
		return sum / float64(n)
	}
	return (sum - (e.samples[0]+e.samples[n-1])/2) / float64(n-1)
}

func (e *empirical) Quantile(p float64) float64 {
	n := len(e.samples)
	if !e.interpolate || n == 1 {
		return e.samples[min(int(p*float64(n)), n-1)]
	}
	whole, part := math.Modf(p * float64(n-1))
	i := min(int(whole), n-2)
	return e.samples[i] + float64(part*(e.samples[i+1]-e.samples[i]))
}

func buildEmpirical(p *Parameters) (law, []ParameterError) {
	if len(p.Samples) == 0 {
		return nil, refuse("samples", "must not be empty")
	}
	samples := slices.Clone(p.Samples)
	slices.Sort(samples)
	return &empirical{samples: samples, interpolate: p.Interpolate}, nil
}

// SampleError says what is wrong with a line of a file of samples.
type SampleError struct {
	Line    int // from 1
	Problem string
}

// Error returns "line 3: problem".
func (e SampleError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Problem) }

// ReadSamples reads the samples of an empirical distribution: one number a
// line, in seconds for durations; # begins a comment and empty lines are
// skipped. It returns everything that is wrong (the first 50 lines of it).
func ReadSamples(r io.Reader) ([]float64, []SampleError) {
	return readSamples(r, limits.Samples)
}

func readSamples(r io.Reader, limit int) ([]float64, []SampleError) {
	var samples []float64
	var problems []SampleError
	lines := bufio.NewScanner(r)
	line := 0
	for lines.Scan() {
		line++
		text, _, _ := strings.Cut(lines.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		if len(samples) == limit {
			return nil, append(problems, SampleError{line, fmt.Sprintf("more than %d samples", limit)})
		}
		x, err := strconv.ParseFloat(text, 64)
		problem := notNegative.check(x)
		if err != nil {
			problem = fmt.Sprintf("want one number, without a unit (got %.40q)", text)
		}
		if problem != "" {
			if problems = append(problems, SampleError{line, problem}); len(problems) == limits.Problems {
				return nil, problems
			}
		}
		samples = append(samples, x)
	}
	if err := lines.Err(); err != nil {
		problems = append(problems, SampleError{line + 1, err.Error()})
	}
	if len(samples) == 0 && len(problems) == 0 {
		problems = append(problems, SampleError{line + 1, "no sample in the file; want at least one number"})
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return samples, nil
}
