package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
)

// TestStorageLimits tells what may be kept on a disk: the volume, the pod as a whole, and
// each container.
func TestStorageLimits(t *testing.T) {
	limited := func(name, size string) string {
		return "{name: " + name + ", image: i, resources: {limits: {ephemeral-storage: " + size + "}}}"
	}
	const plain = "{name: c, image: i}"
	for _, test := range []struct{ rule, spec, want string }{
		{"none", "containers: [" + plain + "], volumes: [{name: v, emptyDir: {}}]", "none"},
		{"a volume", "containers: [" + plain + "], volumes: [{name: v, emptyDir: {sizeLimit: 1024Mi}}]", "volume v 1073741824 (1Gi), pod 0 (), containers 0 ()"},
		{"in memory there is no limit", "containers: [" + plain + "], volumes: [{name: v, emptyDir: {sizeLimit: 1Gi, medium: Memory}}]", "none"},
		{"a limit of 0 is none", "containers: [" + plain + "], volumes: [{name: v, emptyDir: {sizeLimit: 0}}]", "none"},
		{"the first volume counts", "containers: [" + plain + "], volumes: [{name: s, secret: {secretName: s}}, {name: v, emptyDir: {}}, {name: w, emptyDir: {sizeLimit: 1Gi}}]", "none"},
		{"containers", "containers: [" + limited("a", "100M") + ", " + plain + ", " + limited("b", "1Gi") + "]",
			"volume  0 (), pod 1173741824 (1173741824), containers 100000000 (100M) 0 () 1073741824 (1Gi)"},
		{"the sum is written as the first", "containers: [" + limited("a", "1Gi") + ", " + limited("b", "1048576k") + "]",
			"volume  0 (), pod 2122317824 (2024Mi), containers 1073741824 (1Gi) 1048576000 (1048576k)"},
		{"an init container may need more", "initContainers: [" + limited("a", "3Gi") + "], containers: [" + limited("b", "1Gi") + "]",
			"volume  0 (), pod 3221225472 (3Gi), containers 3221225472 (3Gi) 1073741824 (1Gi)"},
	} {
		t.Run(test.rule, func(t *testing.T) {
			s := NewSet(models.NewDictionary())
			pod := compile(t, s, podWith(test.spec)).Pods[0].Spec
			got := "none"
			if is := pod.StorageLimits; is != nil {
				var list []string
				for _, c := range is.Containers {
					list = append(list, fmt.Sprintf("%d (%s)", c.Size, s.dict.String(c.Text)))
				}
				got = fmt.Sprintf("volume %s %d (%s), pod %d (%s), containers %s", s.dict.String(is.Volume), is.VolumeSize, s.dict.String(is.VolumeText),
					is.Pod, s.dict.String(is.PodText), strings.Join(list, " "))
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
