package models

import (
	"testing"
	"time"
)

func TestTheNextMomentOfASchedule(t *testing.T) {
	for _, test := range []struct{ schedule, zone, after, want string }{
		{"*/1 * * * *", "UTC", "2026-01-01T00:00:05Z", "2026-01-01T00:01:00Z"},
		{"*/1 * * * *", "UTC", "2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z"},
		{"30 6-16/4 * * 1-5", "UTC", "2026-01-02T14:30:00Z", "2026-01-05T06:30:00Z"},
		{"0 0 31 * *", "UTC", "2026-02-01T00:00:00Z", "2026-03-31T00:00:00Z"},
		{"0 0 13 * fri", "UTC", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"},
		{"0 0 */2 * mon", "UTC", "2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z"},
		{"15,45 12 * JAN,dec *", "UTC", "2026-02-01T00:00:00Z", "2026-12-01T12:15:00Z"},
		{"5/20 * * * *", "UTC", "2026-01-01T00:30:00Z", "2026-01-01T00:45:00Z"},
		{"0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"},
		{"@daily", "UTC", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"},
		{"@every 90m", "UTC", "2026-01-01T00:00:00Z", "2026-01-01T01:30:00Z"},
		{"0 9 * * *", "Europe/Zurich", "2026-01-01T00:00:00Z", "2026-01-01T08:00:00Z"},
		{"30 2 * * *", "Europe/Zurich", "2026-03-28T12:00:00Z", "2026-03-30T00:30:00Z"}, // 02:30 is left out on the 29th
		{"30 2 * * *", "Europe/Zurich", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"}, // and comes twice in autumn
		{"59 23 31 2 *", "UTC", "2026-01-01T00:00:00Z", ""},
	} {
		s, err := ParseCron(test.schedule)
		if err != nil {
			t.Errorf("%s: %v", test.schedule, err)
			continue
		}
		zone, err := time.LoadLocation(test.zone)
		if err != nil {
			t.Fatal(err)
		}
		after, err := time.Parse(time.RFC3339, test.after)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if next, ok := s.Next(after, zone); ok {
			got = next.UTC().Format(time.RFC3339)
		}
		if got != test.want {
			t.Errorf("%s in %s after %s: %s, want %s", test.schedule, test.zone, test.after, got, test.want)
		}
	}
}

func TestWhatIsNoSchedule(t *testing.T) {
	for _, text := range []string{"", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 7", "5-1 * * * *", "*/0 * * * *",
		"a * * * *", "* * * * fry", "-1 * * * *", "@often", "@every soon", "1- * * * *", "TZ=UTC * * * * *"} {
		if s, err := ParseCron(text); err == nil {
			t.Errorf("%q is read as %+v", text, s)
		}
	}
}

func FuzzParseCron(f *testing.F) {
	f.Add("*/5 8-18 * * mon-fri")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseCron(text)
		if err != nil {
			return
		}
		after := time.Date(2026, 1, 1, 0, 0, 30, 0, time.UTC)
		if next, ok := s.Next(after, time.UTC); ok && !next.After(after) {
			t.Errorf("%q: %s does not come after %s", text, next, after)
		}
	})
}
