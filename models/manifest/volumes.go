package manifest

import (
	"reflect"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// The annotations that volumes, claims and classes are known by.
// Source: k8s.io/api/core/v1, k8s.io/component-helpers/storage/volume/pv_helpers.go,
// pkg/volume/util (IsDefaultStorageClassAnnotation).
const (
	classAnnotation         = corev1.BetaStorageClassAnnotation
	bindCompletedAnnotation = "pv.kubernetes.io/bind-completed"
	selectedNodeAnnotation  = "volume.kubernetes.io/selected-node"
)

var accessModes = map[corev1.PersistentVolumeAccessMode]models.AccessModes{
	corev1.ReadWriteOnce:    models.ReadWriteOnce,
	corev1.ReadOnlyMany:     models.ReadOnlyMany,
	corev1.ReadWriteMany:    models.ReadWriteMany,
	corev1.ReadWriteOncePod: models.ReadWriteOncePod,
}

func (c *checker) accessModes(modes []corev1.PersistentVolumeAccessMode) models.AccessModes {
	var out models.AccessModes
	if len(modes) == 0 {
		c.addf("spec.accessModes", "want at least one of ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod")
	}
	for i, mode := range modes {
		c.oneOf(string(mode), yamlnode.IndexPath("spec.accessModes", i), "ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
		out |= accessModes[mode]
	}
	if out&models.ReadWriteOncePod != 0 && out != models.ReadWriteOncePod {
		c.addf("spec.accessModes", "ReadWriteOncePod goes with no other mode")
	}
	return out
}

// isBlock reports whether a mode, by default Filesystem, is Block.
func (c *checker) isBlock(mode *corev1.PersistentVolumeMode) bool {
	if mode == nil {
		return false
	}
	c.oneOf(string(*mode), "spec.volumeMode", "Filesystem", "Block")
	return *mode == corev1.PersistentVolumeBlock
}

// storageOf returns a list's amount of storage, in bytes, rounded up.
func (c *checker) storageOf(list corev1.ResourceList, path string) (bytes int64, given bool) {
	quantity, given := list[corev1.ResourceStorage]
	bytes, _ = amountOf(quantity, "storage")
	if given && bytes == 0 {
		c.addf(path+".storage", "must be > 0")
	}
	return bytes, given
}

// persistentVolume compiles a PersistentVolume.
// Source: pkg/apis/core/validation/validation.go (ValidatePersistentVolumeSpec).
func (c *checker) persistentVolume(pv *corev1.PersistentVolume) *models.VolumeSpec {
	dict, spec := c.set.dict, &pv.Spec
	c.withoutNamespace(pv, "PersistentVolume")
	out := &models.VolumeSpec{
		Name: dict.Sym(c.checkMeta(&pv.ObjectMeta, true)), Labels: c.set.labels(pv.Labels),
		Class: dict.Sym(classOf(&pv.ObjectMeta, &spec.StorageClassName)), Modes: c.accessModes(spec.AccessModes),
		Block: c.isBlock(spec.VolumeMode), Available: pv.Status.Phase == corev1.VolumeAvailable, Deleting: pv.DeletionTimestamp != nil,
		Zones: c.volumeZones(pv.Labels), Reclaim: string(spec.PersistentVolumeReclaimPolicy),
	}
	if phase := pv.Status.Phase; phase != "" {
		c.oneOf(string(phase), "status.phase", "Pending", "Available", "Bound", "Released", "Failed")
	}
	given := false
	if out.Capacity, given = c.storageOf(spec.Capacity, "spec.capacity"); !given {
		c.addf("spec.capacity", "storage is missing")
	}
	if spec.VolumeAttributesClassName != nil {
		out.AttributesClass = dict.Sym(*spec.VolumeAttributesClassName)
	}
	if ref := spec.ClaimRef; ref != nil {
		out.Claim = models.ClaimRef{Namespace: dict.Sym(ref.Namespace), Name: dict.Sym(ref.Name), UID: dict.Sym(string(ref.UID)), Given: true}
	}
	c.volumeSource(spec)
	out.Affinity = c.volumeAffinity(spec.NodeAffinity)
	if csi := spec.CSI; csi != nil {
		out.CSI, out.Driver, out.Handle = true, dict.Sym(csi.Driver), dict.Sym(csi.VolumeHandle)
	} else {
		c.migrate(pv, out)
	}
	return out
}

func (c *checker) withoutNamespace(object metav1.Object, kind string) {
	if object.GetNamespace() != "" {
		c.addf("metadata.namespace", "a %s has no namespace", kind)
	}
}

// classOf returns the storage class that an object names; the old annotation
// comes first.
// Source: k8s.io/component-helpers/storage/volume/helpers.go (GetPersistentVolumeClass).
func classOf(meta *metav1.ObjectMeta, name *string) string {
	if class, ok := meta.Annotations[classAnnotation]; ok {
		return class
	}
	if name == nil {
		return ""
	}
	return *name
}

// volumeSource checks that a volume has exactly one source.
func (c *checker) volumeSource(spec *corev1.PersistentVolumeSpec) {
	v, n := reflect.ValueOf(spec.PersistentVolumeSource), 0
	for i := range v.NumField() {
		if !v.Field(i).IsNil() {
			n++
		}
	}
	switch {
	case n == 0:
		c.addf("spec", "the source of the volume is missing, such as csi, local or hostPath")
	case n > 1:
		c.addf("spec", "got %d sources of the volume; want one", n)
	case spec.CSI != nil && spec.CSI.Driver == "":
		c.addf("spec.csi.driver", "driver is missing")
	case spec.CSI != nil && spec.CSI.VolumeHandle == "":
		c.addf("spec.csi.volumeHandle", "volumeHandle is missing")
	case spec.Local != nil && spec.NodeAffinity == nil:
		c.addf("spec.nodeAffinity", "a local volume needs it")
	}
}

func (c *checker) volumeAffinity(affinity *corev1.VolumeNodeAffinity) models.VolumeAffinity {
	const at = "spec.nodeAffinity.required"
	if affinity == nil {
		return models.VolumeAffinity{}
	}
	if affinity.Required == nil {
		c.addf("spec.nodeAffinity", "required is missing")
		return models.VolumeAffinity{}
	}
	out := models.VolumeAffinity{Limited: true}
	if len(affinity.Required.NodeSelectorTerms) == 0 {
		c.addf(at, "at least one term is needed")
	}
	for i := range affinity.Required.NodeSelectorTerms {
		out.Terms = append(out.Terms, c.nodeTerm(&affinity.Required.NodeSelectorTerms[i], yamlnode.IndexPath(at+".nodeSelectorTerms", i)))
	}
	return out
}

// volumeZones reads the labels of zones and regions. Several are joined by two
// underscores; one that cannot be read is left out.
// Source: k8s.io/cloud-provider/volume/helpers/zones.go (LabelZonesToSet).
func (c *checker) volumeZones(labels map[string]string) []models.VolumeZone {
	var out []models.VolumeZone
	for _, key := range models.VolumeZoneLabels {
		value, ok := labels[key]
		zone := models.VolumeZone{Key: c.set.dict.Sym(key)}
		for name := range strings.SplitSeq(value, "__") {
			name = strings.TrimSpace(name)
			ok = ok && name != ""
			zone.Values = append(zone.Values, c.set.dict.Sym(name))
		}
		if ok {
			out = append(out, zone)
		}
	}
	return out
}

// persistentVolumeClaim compiles a PersistentVolumeClaim but for its default class
// and its pod.
// Source: pkg/apis/core/validation/validation.go (ValidatePersistentVolumeClaimSpec).
func (c *checker) persistentVolumeClaim(pvc *corev1.PersistentVolumeClaim) *models.ClaimSpec {
	dict, spec := c.set.dict, &pvc.Spec
	namespace := namespaceOf(pvc)
	c.set.inhabit(namespace)
	out := &models.ClaimSpec{
		Namespace: dict.Sym(namespace), Name: dict.Sym(c.checkMeta(&pvc.ObjectMeta, true)), UID: dict.Sym(string(pvc.UID)),
		Class: dict.Sym(classOf(&pvc.ObjectMeta, spec.StorageClassName)), Modes: c.accessModes(spec.AccessModes),
		Block: c.isBlock(spec.VolumeMode), Volume: dict.Sym(spec.VolumeName), Labels: c.set.labels(pvc.Labels),
		Lost: pvc.Status.Phase == corev1.ClaimLost, Deleting: pvc.DeletionTimestamp != nil,
	}
	if phase := pvc.Status.Phase; phase != "" {
		c.oneOf(string(phase), "status.phase", "Pending", "Bound", "Lost")
	}
	if out.Request, out.Requested = c.storageOf(spec.Resources.Requests, "spec.resources.requests"); !out.Requested {
		c.addf("spec.resources.requests", "storage is missing")
	}
	if spec.Selector != nil {
		out.Selector = c.labelSelector(spec.Selector, "spec.selector")
	}
	if spec.VolumeAttributesClassName != nil {
		out.AttributesClass = dict.Sym(*spec.VolumeAttributesClassName)
	}
	_, out.Completed = pvc.Annotations[bindCompletedAnnotation]
	node, selected := pvc.Annotations[selectedNodeAnnotation]
	out.Node, out.Selected = dict.Sym(node), selected
	return out
}

// hasClass reports whether a claim names a class, be it the empty one.
// Source: k8s.io/component-helpers/storage/volume/helpers.go (PersistentVolumeClaimHasClass).
func hasClass(pvc *corev1.PersistentVolumeClaim) bool {
	_, annotated := pvc.Annotations[classAnnotation]
	return annotated || pvc.Spec.StorageClassName != nil
}

// podUID returns the UID of a pod. One without a UID has its namespace and name
// for one.
func podUID(meta *metav1.ObjectMeta) types.UID {
	if meta.UID != "" {
		return meta.UID
	}
	return types.UID(namespaceOf(meta) + "/" + meta.Name)
}
