package plugins

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// ImageLocality prefers nodes that already hold the pod's images, the more the
// larger these are and the more nodes have them.
// Source: pkg/scheduler/framework/plugins/imagelocality.
type ImageLocality struct {
	shares []imageShare // of the cycle, see ScoreNodes
}

var _ framework.ScoreImages = (*ImageLocality)(nil)

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
	return imageScore(sum, len(c.Spec.Containers))
}

// imageScore is the score for so many bytes of the images of so many containers.
func imageScore(sum int64, containers int) int64 {
	most := mostImagesByContainer * int64(containers)
	if sum < leastImages || most == 0 {
		return 0
	}
	return framework.MaxNodeScore * (min(sum, most) - leastImages) / (most - leastImages)
}

func heldBytes(c *framework.Cycle, images []models.NodeImage, name models.Sym) int64 {
	if holds(images, name) {
		return shareOf(c, name)
	}
	return 0
}

func holds(images []models.NodeImage, name models.Sym) bool {
	for i := range images {
		if images[i].Name == name {
			return true
		}
	}
	return false
}

// ImageShare returns the bytes for which an image counts on the nodes that hold it.
func (*ImageLocality) ImageShare(c *framework.Cycle, image models.Sym) int64 {
	return shareOf(c, image)
}

func shareOf(c *framework.Cycle, image models.Sym) int64 {
	spread := float64(c.View.NodesWithImage(image)) / float64(c.Nodes)
	return int64(float64(float64(c.View.ImageSize(image)) * spread))
}
