package pressure

import (
	"time"

	"github.com/podsim/podsim/models"
)

// Interval lies between two passes of the manager, Hard is the grace of pods that go for a
// hard threshold, and Polled is how often the manager looks whether the pod is gone that
// it has evicted; only then it goes on.
// Source: pkg/kubelet/kubelet.go (evictionMonitoringPeriod), and
// pkg/kubelet/eviction/eviction_manager.go (immediateEvictionGracePeriodSeconds,
// podCleanupPollFreq).
const (
	Interval = 10 * time.Second
	Hard     = time.Second
	Polled   = time.Second
)

// Value is an amount, or if that is 0 a share of the capacity.
type Value struct {
	Quantity int64
	Format   models.QuantityFormat // of Quantity
	Share    float32               // 0.1 is a tenth
}

// None reports whether the value is neither an amount nor a share.
func (v Value) None() bool { return v.Quantity == 0 && v.Share == 0 }

// Text writes the amount that the value is of a capacity as kubelets do.
func (v Value) Text(capacity int64) string {
	if v.Share > 0 {
		return models.FormatQuantity(v.Of(capacity), false, models.BinarySI)
	}
	return models.FormatQuantity(v.Quantity, false, v.Format)
}

// Of returns the amount that the value is of a capacity.
// Source: pkg/kubelet/eviction/api/types.go (GetThresholdQuantity).
func (v Value) Of(capacity int64) int64 {
	if v.Quantity > 0 || v.Share == 0 {
		return v.Quantity
	}
	return int64(float64(float64(capacity) * float64(v.Share)))
}

// Threshold is met when less than its value is available.
type Threshold struct {
	Signal Signal
	Value  Value
	// Soft thresholds have to be met for Grace before anybody goes.
	Soft  bool
	Grace time.Duration
	// MinReclaim is how much more than its value must be available before the threshold,
	// once it is met, is no longer.
	MinReclaim Value
}

// Config is how a manager is configured.
// Source: staging:kubelet/config/v1beta1 (KubeletConfiguration).
type Config struct {
	Thresholds []Threshold
	// MaxPodGrace bounds the grace of pods that go for a soft threshold.
	MaxPodGrace time.Duration
	// Transition is how long a condition stays True after it was last observed.
	Transition time.Duration
	// Reserved is what is kept from pods in all, but for the thresholds themselves, as far
	// as memory goes: what is left bounds allocatableMemory.available.
	Reserved int64
	// MaxProcesses and Inodes are the capacities of a node; 0 are not known.
	MaxProcesses, Inodes int64
}

// TransitionPeriod is how long a condition stays True by default.
// Source: pkg/kubelet/apis/config/v1beta1/defaults.go.
const TransitionPeriod = 5 * time.Minute

// DefaultHard returns the hard thresholds of a kubelet that is not told any.
// Source: pkg/kubelet/eviction/defaults_linux.go.
func DefaultHard() []Threshold {
	return []Threshold{
		{Signal: MemoryAvailable, Value: Value{Quantity: 100 << 20, Format: models.BinarySI}},
		{Signal: NodeFsAvailable, Value: Value{Share: 0.1}},
		{Signal: NodeFsInodesFree, Value: Value{Share: 0.05}},
		{Signal: ImageFsAvailable, Value: Value{Share: 0.15}},
		{Signal: ImageFsInodesFree, Value: Value{Share: 0.05}},
	}
}

// WithAllocatable adds the threshold of what pods may take of the memory in all, as it
// goes with a hard one of memory.available. It says something of its own only where memory
// is reserved.
// Source: pkg/kubelet/eviction/helpers.go (addAllocatableThresholds).
func WithAllocatable(list []Threshold) []Threshold {
	for _, t := range list {
		if t.Signal == MemoryAvailable && !t.Soft {
			t.Signal = AllocatableMemoryAvailable
			return append(list, t)
		}
	}
	return list
}

// Default returns the configuration of a kubelet that is told nothing.
func Default() Config {
	return Config{Thresholds: DefaultHard(), Transition: TransitionPeriod}
}

// Observation is how much there is, and how much of it nobody uses; without a capacity
// nothing is known.
type Observation struct{ Available, Capacity int64 }

// Observations are those of each signal.
type Observations [Signals]Observation

// next returns the first pass at or after a moment of a manager that has passes every
// Interval from base on.
func next(base, at models.Time) models.Time {
	if at <= base {
		return base
	}
	return base.Add((at.Sub(base) + Interval - 1) / Interval * Interval)
}
