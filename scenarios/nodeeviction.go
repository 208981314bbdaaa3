package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/manifest"
	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/sim/pressure"
)

// keptFromPods are the signals whose hard thresholds pods may not take, by the resource.
// Source: pkg/kubelet/cm/helpers.go (hardEvictionReservation).
var keptFromPods = map[pressure.Signal]string{pressure.MemoryAvailable: "memory", pressure.NodeFsAvailable: "ephemeral-storage"}

// followers are signals that the kubelet sets itself, whatever is configured, unless the
// runtime splits the file systems of images and containers.
// Source: pkg/kubelet/eviction/helpers.go (UpdateContainerFsThresholds).
var followers = []string{"containerfs.available", "containerfs.inodesFree"}

// nodeEviction compiles how the eviction managers of a node group are configured.
// Source: pkg/kubelet/eviction/helpers.go (ParseThresholdConfig), and
// pkg/kubelet/apis/config/v1beta1/defaults.go.
func (l *loader) nodeEviction(o *object, k *NodeKubeletSpec) *pressure.Config {
	c := pressure.Default()
	if k.EvictionHard != nil {
		given := l.thresholds(o, "spec.kubelet.evictionHard", k.EvictionHard)
		c.Thresholds = slices.DeleteFunc(c.Thresholds, func(t pressure.Threshold) bool {
			_, replaced := k.EvictionHard[t.Signal.String()]
			return replaced || !k.MergeDefaultEvictionSettings
		})
		c.Thresholds = append(c.Thresholds, given...)
	}
	soft := l.thresholds(o, "spec.kubelet.evictionSoft", k.EvictionSoft)
	graces := l.softGraces(o, k)
	for i := range soft {
		name := soft[i].Signal.String()
		grace, ok := graces[soft[i].Signal]
		if _, told := k.EvictionSoftGracePeriod[name]; !ok && !told {
			l.blame(o, yamlnode.KeyPath("spec.kubelet.evictionSoft", name), "has no evictionSoftGracePeriod; want one, such as {%s: 1m30s}", name)
		}
		soft[i].Soft, soft[i].Grace = true, grace
	}
	c.Thresholds = append(c.Thresholds, soft...)
	l.minimumReclaims(o, k, &c)
	slices.SortStableFunc(c.Thresholds, func(a, b pressure.Threshold) int { return int(a.Signal) - int(b.Signal) })
	if k.EvictionMaxPodGracePeriod != nil {
		c.MaxPodGrace = time.Duration(*k.EvictionMaxPodGracePeriod) * time.Second
	}
	if p := k.EvictionPressureTransitionPeriod; p != nil && *p > 0 {
		c.Transition = *p
	}
	if k.Inodes != nil {
		c.Inodes = *k.Inodes
	}
	if k.PIDs != nil {
		c.MaxProcesses = *k.PIDs
	}
	if l.run.Config.Pressure == nil {
		l.run.Config.Pressure = make(map[models.Sym]*pressure.Config)
	}
	l.run.Config.Pressure[l.dict.Sym(o.name)] = &c
	return &c
}

// eachSignal goes through amounts by signal, in order of the names.
func (l *loader) eachSignal(o *object, path string, list Amounts, do func(path string, signal pressure.Signal, text string)) {
	for _, name := range slices.Sorted(maps.Keys(list)) {
		at := yamlnode.KeyPath(path, name)
		signal, known := pressure.SignalOf(name)
		switch {
		case known:
			do(at, signal, list[name])
		case !slices.Contains(followers, name):
			names := slices.Clone(followers)
			for signal := range pressure.Signals {
				names = append(names, signal.String())
			}
			slices.Sort(names)
			l.blame(o, at, "%s", unknown("signal", name, names))
		default:
			if _, err := thresholdValue(list[name]); err != nil && path != "spec.kubelet.evictionSoftGracePeriod" {
				l.blame(o, at, "%v", err)
			}
		}
	}
}

// thresholds reads thresholds; those of 0% and 100% are none.
// Source: pkg/kubelet/eviction/helpers.go (parseThresholdStatement).
func (l *loader) thresholds(o *object, path string, list Amounts) (out []pressure.Threshold) {
	l.eachSignal(o, path, list, func(at string, signal pressure.Signal, text string) {
		value, err := thresholdValue(text)
		switch {
		case err != nil:
			l.blame(o, at, "%v", err)
		case text == "0%" || text == "100%":
		case value.None():
			l.blame(o, at, "got %s; want more than 0, or 0%% for no threshold", text)
		default:
			out = append(out, pressure.Threshold{Signal: signal, Value: value})
		}
	})
	return out
}

// softGraces reads how long soft thresholds have to be met.
func (l *loader) softGraces(o *object, k *NodeKubeletSpec) map[pressure.Signal]time.Duration {
	graces := make(map[pressure.Signal]time.Duration)
	l.eachSignal(o, "spec.kubelet.evictionSoftGracePeriod", k.EvictionSoftGracePeriod, func(at string, signal pressure.Signal, text string) {
		grace, err := time.ParseDuration(text)
		switch {
		case err != nil:
			l.blame(o, at, "got %s; want a duration such as 1m30s", quote(text))
		case grace < 0:
			l.blame(o, at, "got %s; want at least 0s", text)
		default:
			graces[signal] = grace
		}
	})
	return graces
}

// minimumReclaims reads what is to be reclaimed beyond thresholds.
// Source: pkg/kubelet/eviction/helpers.go (parseMinimumReclaims).
func (l *loader) minimumReclaims(o *object, k *NodeKubeletSpec, c *pressure.Config) {
	l.eachSignal(o, "spec.kubelet.evictionMinimumReclaim", k.EvictionMinimumReclaim, func(at string, signal pressure.Signal, text string) {
		value, err := thresholdValue(text)
		if err != nil {
			l.blame(o, at, "%v", err)
			return
		}
		for i := range c.Thresholds {
			if c.Thresholds[i].Signal == signal {
				c.Thresholds[i].MinReclaim = value
			}
		}
	})
}

// thresholdValue reads an amount or a percentage of a capacity.
// Source: pkg/kubelet/eviction/helpers.go (parsePercentage).
func thresholdValue(text string) (pressure.Value, error) {
	share, isShare := strings.CutSuffix(text, "%")
	if !isShare {
		amount, format, err := manifest.QuantityAndFormat(text, "memory")
		return pressure.Value{Quantity: amount, Format: format}, err
	}
	percent, err := strconv.ParseFloat(share, 32)
	if err != nil || !(percent >= 0 && percent <= 100) {
		return pressure.Value{}, fmt.Errorf("got %s; want an amount, or a percentage from 0%% to 100%%", quote(text))
	}
	return pressure.Value{Share: float32(percent) / 100}, nil
}
