package manifest

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/podsim/podsim/models"
)

// storageLimits compiles the limits of what a pod keeps on the disk of its node, of which
// the containers may have so much together; nil if it has none.
// Source: pkg/kubelet/eviction/eviction_manager.go (localStorageEviction).
func (c *checker) storageLimits(spec *corev1.PodSpec, together resource.Quantity) *models.StorageLimits {
	var out models.StorageLimits
	for i := range spec.Volumes {
		v := &spec.Volumes[i]
		if v.EmptyDir == nil || v.EmptyDir.Medium != corev1.StorageMediumDefault {
			continue
		}
		if size := v.EmptyDir.SizeLimit; size != nil && size.Sign() > 0 {
			out.Volume, out.VolumeSize, out.VolumeText = c.set.dict.Sym(v.Name), size.Value(), c.set.dict.Sym(size.String())
		}
		break
	}
	for _, list := range containerLists(spec, "") {
		for i := range list.containers {
			var limit models.StorageLimit
			if given, ok := list.containers[i].Resources.Limits[corev1.ResourceEphemeralStorage]; ok && given.Sign() > 0 {
				limit = models.StorageLimit{Size: given.Value(), Text: c.set.dict.Sym(given.String())}
			}
			out.Containers = append(out.Containers, limit)
		}
	}
	if together.Sign() > 0 {
		out.Pod, out.PodText = together.Value(), c.set.dict.Sym(together.String())
	}
	if out.VolumeSize == 0 && out.Pod == 0 {
		return nil
	}
	return &out
}
