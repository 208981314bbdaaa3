package sim

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/evict"
	"github.com/podsim/podsim/sim/pressure"
)

// pressure reads how the eviction managers of all nodes are configured: thresholds such as
// hard=(memory.available:100Mi,nodefs.available:10%) and soft=(memory.available:200Mi:30s),
// and rank for another evictor than the kubelet's.
func (s *story) pressure(t *testing.T, d *datadriven.TestData) {
	c := pressure.Default()
	for _, arg := range d.CmdArgs {
		switch arg.Key {
		case "hard":
			c.Thresholds = thresholds(t, arg.Vals)
		case "soft":
			c.Thresholds = append(c.Thresholds, thresholds(t, arg.Vals)...)
		case "reclaim":
			for _, value := range thresholds(t, arg.Vals) {
				for i := range c.Thresholds {
					if c.Thresholds[i].Signal == value.Signal {
						c.Thresholds[i].MinReclaim = value.Value
					}
				}
			}
		case "rank":
			for _, entry := range evict.Table() {
				if entry.Name == arg.Vals[0] {
					evictor, err := entry.New(nil, s.d)
					if err != nil {
						t.Fatal(err)
					}
					s.config.Evictors[evict.Pressure] = evictor
				}
			}
		}
	}
	c.MaxPodGrace, c.Transition = span(t, d, "maxgrace", 0), span(t, d, "transition", c.Transition)
	c.Reserved = amountIn(t, d, "reserved")
	d.MaybeScanArgs(t, "inodes", &c.Inodes)
	d.MaybeScanArgs(t, "pids", &c.MaxProcesses)
	if c.Reserved > 0 {
		c.Thresholds = pressure.WithAllocatable(c.Thresholds)
	}
	s.config.Pressure = map[models.Sym]*pressure.Config{0: &c}
}

func thresholds(t *testing.T, texts []string) (list []pressure.Threshold) {
	for _, text := range texts {
		parts := strings.Split(text, ":")
		signal, ok := pressure.SignalOf(parts[0])
		if !ok {
			t.Fatalf("no signal %s", parts[0])
		}
		threshold := pressure.Threshold{Signal: signal, Value: valueOf(t, parts[1])}
		if len(parts) > 2 {
			grace, err := time.ParseDuration(parts[2])
			if err != nil {
				t.Fatal(err)
			}
			threshold.Soft, threshold.Grace = true, grace
		}
		list = append(list, threshold)
	}
	return list
}

func valueOf(t *testing.T, text string) pressure.Value {
	percent, share := strings.CutSuffix(text, "%")
	if n, err := strconv.Atoi(percent); share && err == nil {
		return pressure.Value{Share: float32(n) / 100}
	} else if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return pressure.Value{Quantity: n}
	}
	return pressure.Value{Quantity: amountOf(t, text), Format: models.BinarySI}
}

func amountIn(t *testing.T, d *datadriven.TestData, name string) int64 {
	text := ""
	d.MaybeScanArgs(t, name, &text)
	return amountOf(t, text)
}

// storageLimits reads limits of what a pod keeps on the disk of its node: sizelimit of its
// emptyDir volume data, and storagelimit of each of its containers, with which goes
// storagerequest.
func (s *story) storageLimits(t *testing.T, d *datadriven.TestData, pod *models.PodSpec) {
	var is models.StorageLimits
	text := func(size int64) models.Sym { return s.d.Sym(models.FormatQuantity(size, false, models.BinarySI)) }
	if size := amountIn(t, d, "sizelimit"); size > 0 {
		is.Volume, is.VolumeSize, is.VolumeText = s.d.Sym("data"), size, text(size)
	}
	if size := amountIn(t, d, "storagelimit"); size > 0 {
		is.Containers = slices.Repeat([]models.StorageLimit{{Size: size, Text: text(size)}}, len(pod.Containers))
		is.Pod = size * int64(len(pod.Containers))
		is.PodText = text(is.Pod)
	}
	if is.VolumeSize > 0 || is.Pod > 0 {
		pod.StorageLimits = &is
	}
	pod.Requests[models.EphemeralStorage] = amountIn(t, d, "storagerequest")
}
