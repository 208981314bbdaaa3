package sim

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim/images"
	"github.com/podsim/podsim/sim/kernel"
)

func (s *Simulation) newImages() {
	s.imagesAt = models.Never
	config := images.Config{Nodes: images.DefaultNode()}
	if s.config.Images != nil {
		s.pulls, config = true, *s.config.Images
	}
	config.Unsized, config.UnsizedBytes = s.config.Kubelet.ImagePull, s.config.Kubelet.ImageBytes
	s.images = images.New(config, s.view, kernel.NewStreams(s.config.Seed))
	if s.pulls {
		s.planImages()
	}
}

// asJoining is a node as it joins: its kubelet tells of images if the run does.
func (s *Simulation) asJoining(spec *models.NodeSpec) *models.NodeSpec {
	if !s.pulls {
		return spec
	}
	own := *spec
	own.Pulls = true
	return &own
}

// neverPulls reports whether a container of the pod may only take an image that is
// there.
func neverPulls(pod cluster.Pod) bool {
	containers := pod.Spec().Containers
	for i := range containers {
		if containers[i].NeverPull {
			return true
		}
	}
	return false
}

// imageReady is the first step of a kubelet that creates a container: it reports
// whether the image is there. If not, imageCame tells when it is.
func (s *Simulation) imageReady(pod cluster.Pod, container int32) bool {
	c := &pod.Spec().Containers[container]
	if !s.pulls && !c.NeverPull {
		return true
	}
	lacked := lacks(pod, container)
	if s.recounts != nil && !lacked && s.images.Holds(pod.Node(), c.Image) {
		return true // whether its registry has a newer one was asked then
	}
	answer, out := s.images.Ensure(s.agenda.Now(), pod, container)
	op := models.Op{Pod: pod.ID(), Name: c.Image, Ordinal: models.Exact, Def: container}
	switch answer {
	case images.Coming:
		op.Kind = models.OpRequestImage
		s.do(op)
	case images.Lacking:
		s.lackImage(out)
	case images.There:
		if lacked {
			op.Kind, op.Arg = models.OpReceiveImage, models.None
			s.do(op)
		}
	}
	s.planImages()
	return answer == images.There
}

func lacks(pod cluster.Pod, container int32) bool {
	for _, lack := range pod.Lacks() {
		if lack.Container == container {
			return true
		}
	}
	return false
}

// lackImage notes why a container waits for its image, and plans when its kubelet
// looks again.
func (s *Simulation) lackImage(out images.Outcome) {
	d := s.view.Dictionary()
	s.do(models.Op{
		Kind: models.OpLackImage, Pod: out.Pod, Name: out.Image, Ordinal: models.Exact, Def: out.Container,
		Reason: d.Sym(out.Reason), Message: d.Sym(out.Message),
	})
	s.planLook(out)
	if s.kubelet.Working(out.Pod) {
		s.containerLacks(out.Pod, out.Container)
	}
}

func (s *Simulation) planLook(out images.Outcome) {
	if out.Again != models.Never {
		s.agenda.Schedule(out.Again, evImage, 0, int32(out.Pod), out.Container)
	}
}

// planImages asks the manager again when something happens there.
func (s *Simulation) planImages() {
	if at := max(s.images.Next(), s.agenda.Now()); at < s.imagesAt {
		s.imagesAt = at
		s.agenda.Schedule(at, evImages, 0, 0, 0)
	}
}

// advanceImages lets pulls come to their end.
func (s *Simulation) advanceImages() {
	now := s.agenda.Now()
	if now != s.imagesAt {
		return
	}
	s.imagesAt = models.Never
	s.images.Advance(now)
	for {
		out, ok := s.images.Outcome()
		if !ok {
			break
		}
		if !s.view.Node(out.Node).Heard() {
			s.nodes[out.Node].pulled = append(s.nodes[out.Node].pulled, pulledImage{out, now})
			continue
		}
		s.pulled(out)
	}
	s.planImages()
}

// pulled takes in how a pull has ended.
func (s *Simulation) pulled(out images.Outcome) {
	if out.Reason != "" {
		s.lackImage(out)
	} else {
		s.imageCame(out)
	}
}

// imageCame is a pull that has succeeded: the pod can go on.
func (s *Simulation) imageCame(out images.Outcome) {
	if !s.images.Holds(out.Node, out.Image) {
		s.do(models.Op{Kind: models.OpPullImage, Node: out.Node, Name: out.Image, Ordinal: models.Exact, Arg: out.Size})
		for _, found := range s.images.Arrived(s.agenda.Now(), out.Node, out.Image) {
			s.planLook(found)
		}
		s.planCollection(s.images.Collects(s.agenda.Now(), out.Node), out.Node)
	}
	s.do(models.Op{
		Kind: models.OpReceiveImage, Pod: out.Pod, Name: out.Image, Ordinal: models.Exact, Def: out.Container, Arg: int64(out.Took),
	})
	if born, working := s.kubelet.Born(out.Pod); working {
		s.imageThere(out.Pod, int(out.Container), born)
		return
	}
	s.seeToImages(s.view.Pod(out.Pod), out.Container+1)
}

// lookForImage is a kubelet that looks again for the image of a container.
func (s *Simulation) lookForImage(id models.PodID, container int32) {
	pod := s.view.Pod(id)
	if pod.Removed() || pod.Node() == models.None || !s.images.Looks(s.agenda.Now(), id, container, pod.Node()) {
		return
	}
	if s.kubelet.Working(id) {
		s.containerLooks(id, container)
		return
	}
	s.seeToImages(pod, container)
}

// seeToImages goes on with the start of a pod at one of its containers: their images
// come one after the other.
func (s *Simulation) seeToImages(pod cluster.Pod, container int32) {
	containers := pod.Spec().Containers
	for ; int(container) < len(containers); container++ {
		if containers[container].Kind == models.InitContainer && pod.Restarts() > 0 {
			continue
		}
		if !s.imageReady(pod, container) {
			return
		}
	}
	switch {
	case !s.pulls:
		s.startAll(pod)
	case pod.Starts() > 0:
		s.do(models.Op{Kind: models.OpStartPod, Pod: pod.ID()})
	default:
		s.planOnNode(s.nodeNow().Add(s.kubelet.RestartDelay(pod)), evCreate, pod.Epoch(), int32(pod.ID()), 0)
	}
}

// create lets the containers of a pod run for the first time.
func (s *Simulation) create(id models.PodID, epoch uint32) {
	if s.view.Pod(id).Epoch() == epoch {
		s.do(models.Op{Kind: models.OpStartPod, Pod: id})
	}
}

// leaveImages drops what a kubelet was doing about the images of a pod.
func (s *Simulation) leaveImages(pod cluster.Pod) {
	s.images.Left(s.agenda.Now(), pod.ID(), pod.Node())
	if s.pulls {
		s.planImages()
	}
}

func (s *Simulation) planCollection(at models.Time, node models.NodeID) {
	if at != models.Never {
		s.agenda.Schedule(at, evCollect, 0, int32(node), 0)
	}
}

// ageImages lets a kubelet that has started remove, in due course, what nobody uses.
func (s *Simulation) ageImages(id models.NodeID) {
	if s.pulls && s.images.Ages() {
		s.planCollection(s.images.Collects(s.agenda.Now(), id), id)
	}
}

// collectImages removes images from a node whose disk has filled.
func (s *Simulation) collectImages(id models.NodeID) {
	for _, image := range s.images.Collect(s.agenda.Now(), id) {
		s.do(models.Op{Kind: models.OpRemoveImage, Node: id, Name: image.Name, Ordinal: models.Exact})
	}
	s.planCollection(s.images.Collects(s.agenda.Now(), id), id)
}
