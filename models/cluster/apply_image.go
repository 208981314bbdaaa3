package cluster

import (
	"fmt"
	"slices"

	"github.com/podsim/podsim/models"
)

// Lack is a container that waits for an image, and why.
type Lack struct {
	Container       int32
	Reason, Message models.Sym
}

// Lacks returns the containers of the pod whose image could not be had when their
// kubelet last looked, by number. The list is not to be changed.
func (p Pod) Lacks() []Lack { return p.c.lacks[p.id] }

// changeImage follows a kubelet that sees to the image of a container.
func (c *Cluster) changeImage(op *models.Op, row *podRow) error {
	if err := c.tended(op, row); err != nil {
		return err
	}
	if op.Def < 0 || int(op.Def) >= len(c.podSpecs[row.spec].Containers) {
		return refusePod(op.Pod, fmt.Sprintf("it has no container %d", op.Def))
	}
	if op.Kind == models.OpRequestImage {
		return nil
	}
	list := c.lacks[op.Pod]
	at, found := slices.BinarySearchFunc(list, op.Def, func(l Lack, container int32) int { return int(l.Container - container) })
	switch {
	case op.Kind == models.OpLackImage && found:
		list[at].Reason, list[at].Message = op.Reason, op.Message
	case op.Kind == models.OpLackImage:
		c.lacks[op.Pod] = slices.Insert(list, at, Lack{op.Def, op.Reason, op.Message})
	case found && len(list) == 1:
		delete(c.lacks, op.Pod)
	case found:
		c.lacks[op.Pod] = slices.Delete(list, at, at+1)
	}
	return nil
}

// forgetLacks notes that a pod waits for no images any more.
func (c *Cluster) forgetLacks(pod models.PodID) {
	if len(c.lacks) > 0 {
		delete(c.lacks, pod)
	}
}

// removeImage takes an image from a node. That no container uses it is the kubelet's
// business.
func (c *Cluster) removeImage(op *models.Op, row *nodeRow) error {
	at := slices.IndexFunc(row.images, func(i models.NodeImage) bool { return i.Name == op.Name })
	if at < 0 {
		return fmt.Errorf("node %s does not hold image %s", c.nodeName(op.Node), c.dictionary.String(op.Name))
	}
	row.images = slices.Delete(row.images, at, at+1)
	if !row.removed {
		c.dropImage(op.Name)
	}
	c.changed(Change{NodeImages, op.Node, models.None, models.None})
	return nil
}

// lacks takes the containers that wait for images, by pod.
func (s *snapshot) lacks(c *Cluster) {
	table(s, c.lacks, func(lacks *[]Lack) {
		list(s, lacks, func(l *Lack) { number(s, &l.Container); number(s, &l.Reason); number(s, &l.Message) })
	})
}

// dropImage counts one node less that holds an image.
func (c *Cluster) dropImage(image models.Sym) {
	state := c.images[image]
	if state.nodes--; state.nodes == 0 {
		delete(c.images, image)
	} else {
		c.images[image] = state
	}
}
