package plot

import (
	"math"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison/madeup"
)

// day returns a run of a day in which policies differ.
func day(name string, policy int) Run {
	const samples = 288
	until := reports.Seconds(9 * 3600)
	s := &reports.Summary{Scenario: "zone-outage", Seed: 7, End: 86400, Disruptions: []reports.Disruption{
		{At: 8 * 3600, Until: &until, Nodes: 4}, {At: 61200, Until: nil, Nodes: 1}}}
	cpu := reports.ResourceSeries{Resource: "cpu"}
	memory := reports.ResourceSeries{Resource: "memory"}
	gpu := reports.ResourceSeries{Resource: "nvidia.com/gpu"}
	n := madeup.Noise(policy + 1)
	for i := range samples {
		hour := float64(i) / 12
		load := 0.55 + 0.25*math.Sin((hour-8)/24*2*math.Pi) + 0.02*n.Next() + 0.05*float64(policy)
		down := int64(0)
		if hour >= 8 && hour < 9 {
			down, load = 4, math.Min(0.98, load*1.4)
		} else if hour >= 17 {
			down = 1
		}
		s.Series.Time = append(s.Series.Time, reports.Seconds(i*300))
		cpu.Utilisation, cpu.Allocatable = append(cpu.Utilisation, min(load, 1)), append(cpu.Allocatable, 1000)
		memory.Utilisation, memory.Allocatable = append(memory.Utilisation, min(load*0.6, 1)), append(memory.Allocatable, 1000)
		gpu.Utilisation, gpu.Allocatable = append(gpu.Utilisation, 0), append(gpu.Allocatable, 0)
		s.Series.Pending = append(s.Series.Pending, int64(max(0, (load-0.8)*200+3*n.Next())))
		s.Series.NodesDown = append(s.Series.NodesDown, down)
	}
	s.Series.Resources = []reports.ResourceSeries{cpu, memory, gpu}
	return Run{name, s}
}
