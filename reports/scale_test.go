package reports

import (
	"math"
	"testing"
)

func TestScaleChoosesUnitAndDigitsForAllValuesTogether(t *testing.T) {
	for _, test := range []struct {
		name, unit  string
		values      []float64
		differences []float64
		value       float64
		text, delta string
	}{
		{"milliseconds", "s", []float64{0.42, 0.31}, []float64{0.03}, 0.42, "420ms", "+420ms"},
		{"seconds", "s", []float64{12.4, 15.9}, []float64{0.8}, 12.43, "12.4s", "+12.4s"},
		{"minutes", "s", []float64{300, 900}, []float64{60}, 900, "15min", "+15min"},
		{"hours", "s", []float64{15100}, []float64{900}, 15100, "4.19h", "+4.19h"},
		{"days", "s", []float64{864000}, nil, 864000, "10d", "+10d"},
		{"no seconds at all", "s", []float64{0, 0}, nil, 0, "0s", "0s"},
		{"shares", "share", []float64{0.612, 0.701}, []float64{0.01}, -0.012, "-1.2%", "-1.2 pp"},
		{"a small difference asks for digits", "share", []float64{0.612}, []float64{0.00034}, 0.61234, "61.23%", "+61.23 pp"},
		{"whole counts", "", []float64{41, 38}, []float64{3}, 41, "41", "+41"},
		{"whole but for the last bits", "", []float64{6.999999999999999}, nil, 7, "7", "+7"},
		{"means of counts", "", []float64{41.2, 38}, nil, 41.2, "41.2", "+41.2"},
		{"thousands", "", []float64{1234567}, nil, -1234567, "-1,234,567", "-1,234,567"},
		{"bytes", "bytes", []float64{3 << 30}, nil, 3 << 30, "3Gi", "+3Gi"},
		{"cores", "millicores", []float64{1500}, nil, 1500, "1.50 cores", "+1.50"},
		{"a unit of its own", "node-h", []float64{287.3}, []float64{1.5}, 287.34, "287 node-h", "+287"},
		{"a difference that is rounded keeps its side", "", []float64{100.5}, []float64{4}, -0.2, "0", "-0"},
		{"nothing to write", "s", []float64{math.NaN(), math.Inf(1)}, nil, math.NaN(), "-", "-"},
		{"beyond all digits", "", []float64{1e300}, nil, 1e300, "1e+300", "1e+300"},
		{"a hostile unit", "x\x1b[31m", []float64{1}, nil, 1, `1 x\x1b[31m`, "+1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := NewScale(test.unit, test.values, test.differences)
			if text, delta := s.Text(test.value), s.Signed(test.value); text != test.text || delta != test.delta {
				t.Errorf("got %q and %q; want %q and %q", text, delta, test.text, test.delta)
			}
		})
	}
}

func TestIntervalsNameTheirUnitOnce(t *testing.T) {
	s := NewScale("s", []float64{12}, []float64{0.8})
	for got, want := range map[string]string{
		s.Between(11.9, 12.9): "11.9 to 12.9s", s.SignedBetween(-0.94, 0.1): "-0.9 to +0.1",
		s.DifferenceBetween(1, 2): "1.0 to 2.0s",
	} {
		if got != want {
			t.Errorf("got %q; want %q", got, want)
		}
	}
}

func TestRelativeChanges(t *testing.T) {
	for share, want := range map[float64]string{0.24: "+24%", -0.031: "-3.1%", 0: "0.0%", 8.2: "+820%", 12: "x13", 9999: "x10,000", math.Inf(1): "-"} {
		if got := Relative(share); got != want {
			t.Errorf("%g: got %s; want %s", share, got, want)
		}
	}
}
