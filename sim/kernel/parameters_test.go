package kernel_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/podsim/podsim/sim/kernel"
)

func TestWrongParametersAreExplained(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for name, test := range map[string]struct {
		given []any
		want  []string
	}{
		"no type": {[]any{""}, []string{"type: missing; want one of constant, uniform, exponential, lognormal, normal, " +
			"gamma, weibull, pareto, hyperexponential, discrete, empirical"}},
		"misspelt type, and a bad number": {[]any{"lognromal", "mean", -1.0}, []string{
			`type: unknown type "lognromal"; did you mean "lognormal"? (known: constant, uniform, exponential, ` +
				"lognormal, normal, gamma, weibull, pareto, hyperexponential, discrete, empirical)",
			"mean: must be > 0 (got -1)"}},
		"nothing given": {[]any{"exponential"}, []string{
			"type: exponential needs parameters; it takes mean, or rate, or median"}},
		"one of two": {[]any{"weibull", "median", 3.0}, []string{
			"p95: missing; weibull takes shape and scale, or shape and mean, or median and p95"}},
		"two that exclude each other": {[]any{"exponential", "mean", 3.0, "rate", 2.0}, []string{
			"rate: contradicts mean; exponential takes mean, or rate, or median"}},
		"mean with median and p95": {[]any{"weibull", "mean", 3.0, "median", 2.0, "p95", 4.0}, []string{
			"mean: contradicts median and p95; weibull takes shape and scale, or shape and mean, or median and p95"}},
		"of another type": {[]any{"constant", "value", 3.0, "cv", 1.0}, []string{
			"cv: does not belong to constant, which takes value"}},
		"everything at once": {[]any{"uniform", "min", nan, "mean", -1.0}, []string{
			"mean: must be > 0 (got -1)", "min: must be finite (got NaN)",
			"mean: does not belong to uniform, which takes min and max",
			"max: missing; uniform takes min and max"}},
		"infinite":                 {[]any{"constant", "value", inf}, []string{"value: must be finite (got +Inf)"}},
		"negative":                 {[]any{"constant", "value", -0.5}, []string{"value: must be >= 0 (got -0.5)"}},
		"zero mean":                {[]any{"exponential", "mean", 0.0}, []string{"mean: must be > 0 (got 0)"}},
		"empty range":              {[]any{"uniform", "min", 3.0, "max", 3.0}, []string{"max: must be > min (got 3; min is 3)"}},
		"lognormal p95 too small":  {[]any{"lognormal", "median", 3.0, "p95", 3.0}, []string{"p95: must be > median (got 3; median is 3)"}},
		"weibull p95 too small":    {[]any{"weibull", "median", 3.0, "p95", 2.0}, []string{"p95: must be > median (got 2; median is 3)"}},
		"pareto p95 too small":     {[]any{"pareto", "median", 3.0, "p95", 2.0}, []string{"p95: must be > median (got 2; median is 3)"}},
		"normal p95 too small":     {[]any{"normal", "median", 3.0, "p95", 2.0}, []string{"p95: must be > median (got 2; median is 3)"}},
		"lognormal p95 below mean": {[]any{"lognormal", "mean", 3.0, "p95", 2.0}, []string{"p95: must lie between mean and 3.87 x mean for a log-normal law (got 2; mean is 3)"}},
		"normal spread too wide": {[]any{"normal", "mean", 10.0, "stddev", 10.0}, []string{
			"stddev: must be < 0.999 x mean for a normal law cut off at 0 (got 10); gamma and lognormal spread more"}},
		"normal tail too long": {[]any{"normal", "median", 1.0, "p95", 5.0}, []string{
			"p95: must be < 4.32 x median for a normal law cut off at 0 (got 5; median is 1); gamma and lognormal spread more"}},
		"pareto without a mean":     {[]any{"pareto", "mean", 3.0, "shape", 1.0}, []string{"shape: must be > 1, since a Pareto law of shape <= 1 has no finite mean (got 1); give shape and min"}},
		"pareto from zero":          {[]any{"pareto", "min", 0.0, "shape", 2.0}, []string{"min: must be > 0 for a Pareto law (got 0)"}},
		"hyperexponential cv":       {[]any{"hyperexponential", "mean", 3.0, "cv", 0.5}, []string{"cv: must be >= 1 for a hyperexponential law (got 0.5); gamma spreads less"}},
		"gamma cv":                  {[]any{"gamma", "mean", 3.0, "cv", 100.0}, []string{"cv: makes a gamma law of shape 0.0001; want a shape between 0.001 and 1e+06, which is a cv between 0.001 and 31.6"}},
		"no branch":                 {[]any{"hyperexponential", "branches", []kernel.Branch{}}, []string{"branches: must not be empty"}},
		"branches without weight":   {[]any{"hyperexponential", "branches", []kernel.Branch{{Mean: 3}}}, []string{"branches: weights must add up to a positive, finite number (got 0)"}},
		"branches out of range":     {[]any{"hyperexponential", "branches", []kernel.Branch{{1, 3}, {-1, 0}}}, []string{"branches[1].weight: must be >= 0 (got -1)", "branches[1].mean: must be > 0 (got 0)"}},
		"weights all zero":          {[]any{"discrete", "values", []float64{1, 2}, "weights", []float64{0, 0}}, []string{"weights: must add up to a positive, finite number (got 0)"}},
		"weights of another length": {[]any{"discrete", "values", []float64{1, 2}, "weights", []float64{1}}, []string{"weights: must be as many as values (got 1; values are 2)"}},
		"weights alone":             {[]any{"discrete", "weights", []float64{1}}, []string{"values: missing; discrete takes values and weights, or values"}},
		"no values":                 {[]any{"discrete", "values", []float64{}}, []string{"values: must not be empty"}},
		"bad values":                {[]any{"discrete", "values", []float64{1, -1, nan}}, []string{"values[1]: must be >= 0 (got -1)", "values[2]: must be finite (got NaN)"}},
		"no samples":                {[]any{"empirical", "samples", []float64{}, "interpolate", true}, []string{"samples: must not be empty"}},
		"interpolate elsewhere":     {[]any{"constant", "value", 1.0, "interpolate", true}, []string{"interpolate: does not belong to constant, which takes value"}},
		"overflow":                  {[]any{"lognormal", "mu", 1000.0, "sigma", 1.0}, []string{"mu: these parameters lie beyond what floating point can hold: lognormal{mu: 1000, sigma: 1}"}},
		"underflow":                 {[]any{"pareto", "median", 1e-300, "p95", 82.0}, []string{"median: these parameters lie beyond what floating point can hold: pareto{median: 1e-300, p95: 82}"}},
	} {
		t.Run(name, func(t *testing.T) {
			d, problems := kernel.NewDistribution(parameters(t, test.given[0].(string), test.given[1:]...))
			var got []string
			for _, p := range problems {
				got = append(got, p.Error())
			}
			if !slices.Equal(got, test.want) || d != nil {
				t.Errorf("got %v and\n%s\nwant\n%s", d, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestMisspeltTypesAreGuessed(t *testing.T) {
	for name, want := range map[string]string{
		"Exponential": "exponential", "exp": "exponential", "log-normal": "lognormal", "Log Normal": "lognormal",
		"gausian": "", "gaussian": "normal", "weibul": "weibull", "hyper_exponential": "hyperexponential",
		"fixed": "constant", "h2": "hyperexponential", "zzz": "", strings.Repeat("normal", 1000): "",
	} {
		_, problems := kernel.NewDistribution(kernel.Parameters{Type: name})
		if len(problems) != 1 {
			t.Fatalf("%.20q: %v; want one problem", name, problems)
		}
		_, rest, found := strings.Cut(problems[0].Problem, "did you mean ")
		got, _, _ := strings.Cut(rest, "?")
		if found != (want != "") || found && got != fmt.Sprintf("%q", want) {
			t.Errorf("%.20q: %s; want the guess %q", name, problems[0].Problem, want)
		}
	}
}

// The table of types feeds help and schema: every set of parameters that it
// promises makes a distribution, and every parameter is known.
func TestEveryPromisedFormWorks(t *testing.T) {
	example := map[string]any{
		"value": 1.0, "mean": 10.0, "median": 5.0, "p95": 15.0, "stddev": 4.0, "cv": 0.5, "min": 1.0, "max": 2.0,
		"shape": 1.5, "scale": 3.0, "mu": 1.0, "sigma": 0.5, "rate": 0.1, "values": []float64{1, 2},
		"weights": []float64{1, 3}, "samples": []float64{1, 2}, "branches": []kernel.Branch{{1, 2}}, "interpolate": true,
	}
	used := make(map[string]bool)
	for _, help := range kernel.Types() {
		for _, set := range help.Accepts {
			var pairs []any
			for _, name := range slices.Concat(set, help.Optional) {
				value := example[name]
				if help.Name == "hyperexponential" && name == "cv" {
					value = 2.0
				}
				pairs = append(pairs, name, value)
				used[name] = true
			}
			d := distribution(t, parameters(t, help.Name, pairs...))
			for _, name := range slices.Concat(set, help.Optional) {
				if !strings.Contains(d.String(), name+": ") {
					t.Errorf("%v does not say its %s", d, name)
				}
			}
		}
	}
	for _, p := range kernel.KnownParameters() {
		if !used[p.Name] {
			t.Errorf("no type takes the parameter %s", p.Name)
		}
	}
}

func FuzzNewDistribution(f *testing.F) {
	f.Add(uint8(3), uint32(6), 30.0, 120.0)
	f.Add(uint8(4), uint32(6), 30.0, 30.000001)
	f.Add(uint8(5), uint32(34), 1e-300, 30.0)
	f.Fuzz(func(t *testing.T, which uint8, mask uint32, x, y float64) {
		all := kernel.Types()
		p := kernel.Parameters{Type: all[int(which)%len(all)].Name}
		numbers := []float64{x, y}
		for i, known := range kernel.KnownParameters() {
			if mask>>i&1 == 0 {
				continue
			}
			if !p.SetNumber(known.Name, numbers[0]) && !p.SetNumbers(known.Name, []float64{x, y}) {
				p.Branches = []kernel.Branch{{x, y}, {y, x}}
			}
			numbers[0], numbers[1] = numbers[1], numbers[0]
		}
		d, problems := kernel.NewDistribution(p)
		if (d == nil) != (len(problems) > 0) {
			t.Fatalf("got %v and %v; want either", d, problems)
		}
		if d == nil {
			return
		}
		src := kernel.NewStreams(1).At("fuzz", 0, 0)
		for _, drawn := range []float64{d.Draw(src), d.Draw(bits(0)), d.Draw(bits(math.MaxUint64))} {
			if !(drawn >= 0) {
				t.Errorf("%v drew %v", d, drawn)
			}
		}
	})
}

func TestReadSamples(t *testing.T) {
	good := "# seconds\n1.5\n\n  2 # two\r\n0\n1e3"
	samples, problems := kernel.ReadSamples(strings.NewReader(good))
	if want := []float64{1.5, 2, 0, 1000}; !slices.Equal(samples, want) || problems != nil {
		t.Errorf("read %v with %v; want %v", samples, problems, want)
	}
}

func TestBadSamplesAreExplained(t *testing.T) {
	for name, test := range map[string]struct {
		file io.Reader
		want []string
	}{
		"empty":    {strings.NewReader(""), []string{"line 1: no sample in the file; want at least one number"}},
		"comments": {strings.NewReader("# a\n# b\n"), []string{"line 3: no sample in the file; want at least one number"}},
		"all lines": {strings.NewReader("1\n-2\n30s\n4\nNaN\ninf\n1 2\n"), []string{
			"line 2: must be >= 0 (got -2)", `line 3: want one number, without a unit (got "30s")`,
			"line 5: must be finite (got NaN)", "line 6: must be finite (got +Inf)",
			`line 7: want one number, without a unit (got "1 2")`}},
		"broken file": {io.MultiReader(strings.NewReader("1\n2\n"), iotest.ErrReader(errors.New("disk on fire"))),
			[]string{"line 3: disk on fire"}},
		"endless line": {strings.NewReader("1\n" + strings.Repeat("1", 1<<17)), []string{"line 2: bufio.Scanner: token too long"}},
	} {
		t.Run(name, func(t *testing.T) {
			samples, problems := kernel.ReadSamples(test.file)
			var got []string
			for _, p := range problems {
				got = append(got, p.Error())
			}
			if !slices.Equal(got, test.want) || samples != nil {
				t.Errorf("got %v and\n%s\nwant\n%s", samples, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
	if _, problems := kernel.ReadSamples(strings.NewReader(strings.Repeat("x\n", 1000))); len(problems) != 50 {
		t.Errorf("%d problems of a file of nonsense; want the first 50", len(problems))
	}
}
