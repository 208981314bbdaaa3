package manifest

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// podVolumes compiles the volumes of a pod on which the scheduler acts, in their
// order.
// Source: pkg/apis/core/validation/validation.go (validateVolumeSource).
func (c *checker) podVolumes(spec *corev1.PodSpec, path string) []models.Volume {
	var out []models.Volume
	for i := range spec.Volumes {
		if v, ok := c.podVolume(&spec.Volumes[i], yamlnode.IndexPath(path+".volumes", i)); ok {
			out = append(out, v)
		}
	}
	return out
}

func (c *checker) podVolume(v *corev1.Volume, path string) (models.Volume, bool) {
	dict := c.set.dict
	need := func(text, field string) models.Sym {
		if text == "" {
			name := field[strings.LastIndexByte(field, '.')+1:]
			c.addf(path+"."+field, "%s is missing", name)
		}
		return dict.Sym(text)
	}
	switch {
	case v.PersistentVolumeClaim != nil:
		claim := need(v.PersistentVolumeClaim.ClaimName, "persistentVolumeClaim.claimName")
		return models.Volume{Kind: models.ClaimVolume, Claim: claim}, true
	case v.Ephemeral != nil:
		if v.Ephemeral.VolumeClaimTemplate == nil {
			c.addf(path+".ephemeral.volumeClaimTemplate", "volumeClaimTemplate is missing")
		}
		return models.Volume{Kind: models.EphemeralVolume, Claim: need(v.Name, "name")}, true
	case v.GCEPersistentDisk != nil:
		disk := v.GCEPersistentDisk
		return c.taken(models.Volume{Kind: models.GCEDisk, Disk: need(disk.PDName, "gcePersistentDisk.pdName"), ReadOnly: disk.ReadOnly},
			gceDriver, unspecifiedGCEDisk(disk.PDName)), true
	case v.AWSElasticBlockStore != nil:
		disk := v.AWSElasticBlockStore
		handle, _ := ebsHandle(disk.VolumeID)
		return c.taken(models.Volume{Kind: models.EBSDisk, Disk: need(disk.VolumeID, "awsElasticBlockStore.volumeID"), ReadOnly: disk.ReadOnly},
			ebsDriver, handle), true
	case v.ISCSI != nil:
		return models.Volume{Kind: models.ISCSIDisk, Disk: need(v.ISCSI.IQN, "iscsi.iqn"), ReadOnly: v.ISCSI.ReadOnly}, true
	case v.RBD != nil:
		pool := v.RBD.RBDPool
		if pool == "" {
			pool = "rbd" // Source: pkg/apis/core/v1/defaults.go (SetDefaults_RBDVolumeSource).
		}
		return models.Volume{
			Kind: models.RBDDisk, Disk: need(v.RBD.RBDImage, "rbd.image"), Pool: dict.Sym(pool),
			Monitors: c.set.syms(v.RBD.CephMonitors), ReadOnly: v.RBD.ReadOnly,
		}, true
	}
	return c.otherDisk(v)
}

// otherDisk compiles disks that count against the limit of the CSI driver which
// took them over, if any did.
func (c *checker) otherDisk(v *corev1.Volume) (models.Volume, bool) {
	other := models.Volume{Kind: models.OtherDisk}
	switch {
	case v.AzureDisk != nil:
		return c.taken(other, azureDriver, v.AzureDisk.DataDiskURI), true
	case v.Cinder != nil:
		return c.taken(other, cinderDriver, v.Cinder.VolumeID), true
	case v.PortworxVolume != nil:
		return c.taken(other, portworxDriver, v.PortworxVolume.VolumeID), true
	case v.AzureFile != nil, v.VsphereVolume != nil:
		return other, true
	}
	return models.Volume{}, false
}

// taken lets a CSI driver take over an in-tree volume.
func (c *checker) taken(v models.Volume, driver, handle string) models.Volume {
	v.Driver, v.Handle = c.set.dict.Sym(driver), c.set.dict.Sym(handle)
	return v
}
