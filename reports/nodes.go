package reports

import (
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// nodeLoads integrates what pods request of each node while its object is there.
type nodeLoads struct {
	rows []nodeLoad // by NodeID
}

type nodeLoad struct {
	since                 models.Time
	lived                 time.Duration // for which its object was there
	gone                  bool          // that is deleted
	pods                  int64         // ever bound to it
	cpu, memory           int64         // requested now
	peakCPU, peakMemory   int64
	cpuArea, memoryArea   float64 // amount × seconds
	allocCPU, allocMemory int64
}

func (n *nodeLoads) observeNode(s *step) {
	switch {
	case s.op.Kind == models.OpRemoveNode:
		row := &n.rows[s.op.Node]
		row.integrate(s.now)
		row.gone = true
	case s.op.Kind == models.OpAddNode && int(s.op.Node) < len(n.rows):
		row := &n.rows[s.op.Node]
		row.integrate(s.now)
		row.gone = false
	case s.op.Kind == models.OpAddNode:
		allocatable := s.view.Node(s.op.Node).Allocatable()
		n.rows = append(n.rows, nodeLoad{
			since: s.now, allocCPU: allocatable[models.CPU], allocMemory: allocatable[models.Memory],
		})
	}
}

func (n *nodeLoads) observePod(s *step) {
	held, holds := s.was.state.holds(), s.row.state.holds()
	if more, ok := s.more(); ok && holds {
		row := &n.rows[s.node]
		row.integrate(s.now)
		row.cpu += more[models.CPU]
		row.memory += more[models.Memory]
		row.peakCPU, row.peakMemory = max(row.peakCPU, row.cpu), max(row.peakMemory, row.memory)
	}
	if held == holds {
		return
	}
	row := &n.rows[s.node]
	row.integrate(s.now)
	cpu, memory := s.spec.Requests[models.CPU], s.spec.Requests[models.Memory]
	if !holds {
		row.cpu -= cpu
		row.memory -= memory
		return
	}
	row.pods++
	row.cpu += cpu
	row.memory += memory
	row.peakCPU, row.peakMemory = max(row.peakCPU, row.cpu), max(row.peakMemory, row.memory)
}

func (l *nodeLoad) integrate(now models.Time) {
	if !l.gone {
		l.lived += now.Sub(l.since)
		seconds := now.Sub(l.since).Seconds()
		l.cpuArea += float64(float64(l.cpu) * seconds)
		l.memoryArea += float64(float64(l.memory) * seconds)
	}
	l.since = now
}

func (n *nodeLoads) summary(end models.Time, v cluster.View) []NodeSummary {
	zoneLabel, hasZones := v.Dictionary().Lookup(models.LabelZone)
	out := make([]NodeSummary, len(n.rows))
	for i := range n.rows {
		load := &n.rows[i]
		load.integrate(end)
		node, lived := v.Node(models.NodeID(i)), load.lived.Seconds()
		out[i] = NodeSummary{
			Name: node.Name(), Group: v.Dictionary().String(node.Spec().Group),
			Joined: secondsOf(node.Joined()), Crashes: node.Crashes(), Down: node.Down(),
			DownTime: secondsOf(node.DownTime(end)), Pods: load.pods,
			CPU: load.allocCPU, Memory: load.allocMemory,
			CPUMean: mean(load.cpuArea, load.allocCPU, lived), CPUPeak: round3(Share(load.peakCPU, load.allocCPU)),
			MemoryMean: mean(load.memoryArea, load.allocMemory, lived), MemoryPeak: round3(Share(load.peakMemory, load.allocMemory)),
		}
		if zone, ok := node.Labels().Get(zoneLabel); hasZones && ok {
			out[i].Zone = v.Dictionary().String(zone)
		}
	}
	return out
}

// mean is the time-weighted mean share of an amount.
func mean(area float64, whole int64, seconds float64) float64 {
	if whole <= 0 || seconds <= 0 {
		return 0
	}
	return round3(area / float64(float64(whole)*seconds))
}

func secondsOf(t models.Time) Seconds { return roundSeconds(t.Seconds()) }

// SecondsOf returns a moment or a duration of virtual time as reports have it.
func SecondsOf(t models.Time) Seconds { return secondsOf(t) }
