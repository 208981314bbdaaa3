package manifest

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/resource"
)

func TestQuantity(t *testing.T) {
	for _, test := range []struct {
		text, resource string
		want           int64
		problem        string
	}{
		{"2", "cpu", 2000, ""},
		{"100m", "cpu", 100, ""},
		{"0.0001", "cpu", 1, ""},
		{"+.5", "cpu", 500, ""},
		{"1.5Gi", "memory", 1536 * mi, ""},
		{"1e3", "memory", 1000, ""},
		{"1E", "memory", 1e18, ""},
		{"1288490188800m", "memory", 1288490189, ""},
		{"9223372036854775807", "memory", 9223372036854775807, ""},
		{"0m", "memory", 0, ""},
		{"4", "nvidia.com/gpu", 4, ""},
		{"1k", "pods", 1000, ""},
		{"0", "cpu", 0, ""},
		{"abc", "cpu", 0, `invalid quantity "abc"`},
		{"", "cpu", 0, `invalid quantity ""`},
		{"1 Gi", "memory", 0, `invalid quantity "1 Gi"`},
		{"1gi", "memory", 0, `invalid quantity "1gi"`},
		{"1-1", "memory", 0, `invalid quantity "1-1"`},
		{".", "memory", 0, `invalid quantity "."`},
		{"1e1.5", "memory", 0, `invalid quantity "1e1.5"`},
		{"1e-1000", "memory", 0, `invalid quantity "1e-1000"`},
		{"-1", "cpu", 0, "must not be negative"},
		{"-1e1000", "cpu", 0, "must not be negative"},
		{"1e1000", "memory", 0, "exceeds 2^63-1"},
		{"1e4294967296", "memory", 0, "exceeds 2^63-1"},
		{"1e99999999999999999999", "memory", 0, "exceeds 2^63-1"},
		{"9223372036854775808", "memory", 0, "exceeds 2^63-1"},
		{"8Ei", "memory", 0, "exceeds 2^63-1"},
		{"1E", "cpu", 0, "1E cores exceeds the milli range"},
		{"100m", "memory", 0, "0.1 byte; did you mean 100Mi?"},
		{"512000m", "ephemeral-storage", 0, "512 bytes; did you mean 512000Mi?"},
		{"0.5", "memory", 0, "0.5 byte; want a unit such as Mi or Gi"},
		{"1.5", "nvidia.com/gpu", 0, "got 1.5; want a whole number"},
		{strings.Repeat("1", 65), "memory", 0, `invalid quantity "` + strings.Repeat("1", 60) + `…"`},
	} {
		got, err := Quantity(test.text, test.resource)
		problem := ""
		if err != nil {
			problem = err.Error()
		}
		if got != test.want || problem != test.problem {
			t.Errorf("Quantity(%q, %q) = %d, %q; want %d, %q", test.text, test.resource, got, problem, test.want, test.problem)
		}
	}
}

// What both readers accept must be the same amount.
func FuzzQuantity(f *testing.F) {
	for _, seed := range []string{"1", "100m", "1.5Gi", "1e3", "9223372036854775807", "0.0000000001", "5.", ".5E", "123456789.123456789Ki", "1e-9", "8Ei"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cpu, cpuErr := Quantity(text, "cpu")
		memory, memoryErr := Quantity(text, "memory")
		if cpuErr != nil && memoryErr != nil {
			return
		}
		quantity, err := resource.ParseQuantity(text)
		if err != nil {
			t.Fatalf("%q is accepted, but: %v", text, err)
		}
		if cpuErr == nil && cpu != quantity.MilliValue() {
			t.Errorf("%q of cpu: got %d, want %d", text, cpu, quantity.MilliValue())
		}
		if memoryErr == nil && memory != quantity.Value() {
			t.Errorf("%q of memory: got %d, want %d", text, memory, quantity.Value())
		}
	})
}
