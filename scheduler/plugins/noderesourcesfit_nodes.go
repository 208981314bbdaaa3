package plugins

import (
	"math"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

var (
	_ framework.FilterNodes = (*NodeResourcesFit)(nil)
	_ framework.ScoreNodes  = (*NodeResourcesFit)(nil)
)

// FilterNodes gives the answers of Filter.
func (f *NodeResourcesFit) FilterNodes(c *framework.Cycle, nodes []models.NodeID, out []*framework.Status) {
	out = out[:len(nodes)]
	ignored, wanted := f.ignoring(), &c.Spec.Requests
	var asked [models.MaxResources]models.Resource
	n := 0
	for r, want := range wanted {
		if r := models.Resource(r); want != 0 && r != models.Pods && !ignored.has(r) {
			asked[n] = r
			n++
		}
	}
	of := asked[:n]
	for i, id := range nodes {
		node := c.View.Node(id)
		allocatable, requested := node.Allocatable(), node.Requested()
		fits := requested[models.Pods] < allocatable[models.Pods]
		for _, r := range of {
			r &= models.MaxResources - 1
			if wanted[r] > allocatable[r]-requested[r] {
				fits = false
			}
		}
		if fits {
			out[i] = nil
			continue
		}
		out[i] = f.status(f.lacking(wanted, allocatable, requested, ignored))
	}
}

// ScoreNodes gives the scores of Score.
func (f *NodeResourcesFit) ScoreNodes(c *framework.Cycle, nodes []models.NodeID, out []int64) {
	out = out[:len(nodes)]
	s := &f.scorer
	if !s.plain {
		for i, id := range nodes {
			out[i] = s.score(c.Spec, framework.Node{Node: c.View.Node(id)})
		}
		return
	}
	cpu, memory := c.Spec.ScoredCPU, c.Spec.ScoredMemory
	for i, id := range nodes {
		node := c.View.Node(id)
		allocatable, load := node.Allocatable(), node.NonZero()
		if allocatable[models.CPU] == 0 || allocatable[models.Memory] == 0 {
			out[i] = s.score(c.Spec, framework.Node{Node: node})
			continue
		}
		out[i] = (free(load.CPU, cpu, allocatable[models.CPU]) + free(load.Memory, memory, allocatable[models.Memory])) / 2
	}
}

// exactly is up to which capacity the quotient of two floating-point numbers, cut
// off, is that of the whole numbers if it is 100 at most: the quotient is further
// from the next whole number than it can be off.
const exactly = 1 << 46

// free is rateLeast of a load and a request.
func free(load, request, capacity int64) int64 {
	if capacity > exactly || load > math.MaxInt64/2 || request > math.MaxInt64/2 {
		return rateLeast(addCapped(load, request), capacity)
	}
	left := capacity - load - request
	if left < 0 {
		return 0
	}
	return int64(float64(left*framework.MaxNodeScore) / float64(capacity))
}
