package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

var _ framework.ScoreNodes = (*ImageLocality)(nil)

// imageShare is for how many bytes an image counts, once for each time that the pod
// names it.
type imageShare struct {
	image models.Sym
	bytes int64
}

// ScoreNodes gives the scores of Score. Often all images of the pod together are too
// small, or on too few nodes, for any score above 0.
func (l *ImageLocality) ScoreNodes(c *framework.Cycle, nodes []models.NodeID, out []int64) {
	out = out[:len(nodes)]
	clear(out)
	l.shares = l.shares[:0]
	for i := range c.Spec.Containers {
		l.share(c, c.Spec.Containers[i].Image)
	}
	for _, name := range c.Spec.ImageVolumes {
		l.share(c, name)
	}
	var all int64
	for i := range l.shares {
		all += max(l.shares[i].bytes, 0)
	}
	if all < leastImages {
		return
	}
	for i, id := range nodes {
		out[i] = l.scoreHeld(c.View.Node(id).Images(), len(c.Spec.Containers))
	}
}

// share adds an image of the pod to those that count.
func (l *ImageLocality) share(c *framework.Cycle, image models.Sym) {
	bytes := shareOf(c, image)
	if bytes == 0 {
		return
	}
	for i := range l.shares {
		if l.shares[i].image == image {
			l.shares[i].bytes += bytes
			return
		}
	}
	l.shares = append(l.shares, imageShare{image, bytes})
}

func (l *ImageLocality) scoreHeld(images []models.NodeImage, containers int) int64 {
	var sum int64
	for i := range l.shares {
		if share := &l.shares[i]; holds(images, share.image) {
			sum += share.bytes
		}
	}
	return imageScore(sum, containers)
}
