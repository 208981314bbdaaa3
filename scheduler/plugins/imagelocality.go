package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// ImageLocality prefers nodes that already hold the pod's images, the more the
// larger these are and the more nodes have them.
// Source: pkg/scheduler/framework/plugins/imagelocality.
type ImageLocality struct{}

var _ framework.Score = (*ImageLocality)(nil)

// The bytes of images between which scores rise from 0 to MaxNodeScore.
const (
	leastImages           int64 = 23 << 20
	mostImagesByContainer int64 = 1000 << 20
)

// Name returns the name of the plugin.
func (*ImageLocality) Name() string { return "ImageLocality" }

// Reads declares that a node's images are looked at and how many nodes hold them.
func (*ImageLocality) Reads() framework.Reads { return framework.ReadsImages }

// Score rates the bytes of the pod's images on the node. An image that only a
// fraction of the nodes holds counts for that fraction of its size, so that the
// first node with it does not draw every pod.
func (*ImageLocality) Score(c *framework.Cycle, n framework.Node) int64 {
	images := n.Images()
	if len(images) == 0 {
		return 0
	}
	var sum int64
	for i := range c.Spec.Containers {
		sum += heldBytes(c, images, c.Spec.Containers[i].Image)
	}
	for _, name := range c.Spec.ImageVolumes {
		sum += heldBytes(c, images, name)
	}
	most := mostImagesByContainer * int64(len(c.Spec.Containers))
	if sum < leastImages || most == 0 {
		return 0
	}
	return framework.MaxNodeScore * (min(sum, most) - leastImages) / (most - leastImages)
}

func heldBytes(c *framework.Cycle, images []models.NodeImage, name models.Sym) int64 {
	for i := range images {
		if images[i].Name == name {
			spread := float64(c.View.NodesWithImage(name)) / float64(c.Nodes)
			return int64(float64(float64(c.View.ImageSize(name)) * spread))
		}
	}
	return 0
}
