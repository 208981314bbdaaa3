package reports

import "testing"

func TestCoreTimeIsToldInAUnitThatFits(t *testing.T) {
	for seconds, want := range map[float64]string{0: "0 core-seconds", 12.4: "12 core-seconds", 210: "3.5 core-minutes", 28380: "7.9 core-hours", 3.6e7: "10,000.0 core-hours"} {
		if got := CoreTime(seconds); got != want {
			t.Errorf("%v: %q; want %q", seconds, got, want)
		}
	}
}
