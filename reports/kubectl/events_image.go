package kubectl

import (
	"fmt"
	"slices"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// imageNote is what Events remember of the image of a container.
type imageNote struct {
	container int32
	asked     models.Time // when it was asked for
	told      bool        // that it is there, and not in use yet
}

// image tells what a kubelet does about the image of a container.
// Source: pkg/kubelet/images/image_manager.go, and
// pkg/kubelet/kuberuntime/kuberuntime_container.go (startContainer).
func (e *Events) image(pod cluster.Pod, op *models.Op) {
	d, c := pod.View().Dictionary(), &pod.Spec().Containers[op.Def]
	name, reason, message := d.String(op.Name), d.String(op.Reason), d.String(op.Message)
	note := e.imageNote(pod.ID(), op.Def)
	switch {
	case op.Kind == models.OpRequestImage:
		note.asked = e.at()
		e.say(pod, c, Normal, "Pulling", fmt.Sprintf("Pulling image %q", name))
	case op.Kind == models.OpReceiveImage:
		note.told = true
		text := fmt.Sprintf("Container image %q already present on machine and can be accessed by the pod", name)
		if op.Arg >= 0 {
			text = fmt.Sprintf("Successfully pulled image %q in %v (%v including waiting). Image size: %d bytes.", name,
				time.Duration(op.Arg).Truncate(time.Millisecond), e.at().Sub(note.asked).Truncate(time.Millisecond), pod.View().ImageSize(op.Name))
		}
		e.say(pod, c, Normal, "Pulled", text)
	case reason == reasonErrImagePull:
		e.say(pod, c, Warning, "Failed", fmt.Sprintf("Failed to pull image %q: %s", name, message))
		e.say(pod, c, Warning, "Failed", "Error: "+reason)
	case reason == reasonImageBackOff:
		e.say(pod, c, Normal, "BackOff", fmt.Sprintf("Back-off pulling image %q", name))
		e.say(pod, c, Warning, "Failed", "Error: "+reason)
	default:
		e.say(pod, c, Warning, reason, message)
		e.say(pod, c, Warning, "Failed", "Error: "+reason)
	}
}

// Reasons for which containers wait for images. Source: pkg/kubelet/images/types.go.
const (
	reasonErrImagePull = "ErrImagePull"
	reasonImageBackOff = "ImagePullBackOff"
)

func (e *Events) imageNote(pod models.PodID, container int32) *imageNote {
	note := e.note(pod)
	at := slices.IndexFunc(note.images, func(i imageNote) bool { return i.container == container })
	if at < 0 {
		note.images = append(note.images, imageNote{container: container, asked: e.at()})
		at = len(note.images) - 1
	}
	return &note.images[at]
}

// imageTold reports, once, that it was told where the image of a container comes from.
func (n *podNote) imageTold(container int) bool {
	if n == nil {
		return false
	}
	for i := range n.images {
		if told := &n.images[i]; int(told.container) == container && told.told {
			told.told = false
			return true
		}
	}
	return false
}

// lackOf is why a container waits for its image, if it does.
func lackOf(pod cluster.Pod, c *models.Container) (cluster.Lack, bool) {
	for _, lack := range pod.Lacks() {
		if &pod.Spec().Containers[lack.Container] == c {
			return lack, true
		}
	}
	return cluster.Lack{}, false
}
