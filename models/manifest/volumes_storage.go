package manifest

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/types"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/yamlnode"
)

// storage gathers the objects of storage during one run of Compile. What is said
// about one thing in objects of several kinds is joined at its end.
type storage struct {
	standing *storagev1.StorageClass // the default class, if any
	tracked  map[string]bool         // CSI drivers that want capacities to be looked at
	room     []classRoom
	attached []nodeAttachment
	claims   []*corev1.PersistentVolumeClaim // of definitions.Claims
}

// classRoom is a CSIStorageCapacity of a class.
type classRoom struct {
	class models.Sym
	models.StorageCapacity
}

// nodeAttachment is a VolumeAttachment on a node.
type nodeAttachment struct {
	node models.Sym
	models.Attachment
}

// storageObject compiles an object of storage, if it is one.
func (k *compilation) storageObject(c *checker, value any) bool {
	definitions := &k.set.definitions
	switch value := value.(type) {
	case *corev1.PersistentVolume:
		definitions.Volumes = append(definitions.Volumes, c.persistentVolume(value))
	case *corev1.PersistentVolumeClaim:
		definitions.Claims = append(definitions.Claims, c.persistentVolumeClaim(value))
		k.storage.claims = append(k.storage.claims, value)
	case *storagev1.StorageClass:
		definitions.Classes = append(definitions.Classes, c.storageClass(value))
		k.storage.standby(value)
	case *storagev1.CSINode:
		definitions.CSINodes = append(definitions.CSINodes, c.csiNode(value))
	case *storagev1.CSIDriver:
		c.withoutNamespace(value, "CSIDriver")
		c.checkObjectName(value.Name)
		if track := value.Spec.StorageCapacity; track != nil && *track {
			if k.storage.tracked == nil {
				k.storage.tracked = make(map[string]bool)
			}
			k.storage.tracked[value.Name] = true
		}
	case *storagev1.CSIStorageCapacity:
		if room, ok := c.storageCapacity(value); ok {
			k.storage.room = append(k.storage.room, room)
		}
	case *storagev1.VolumeAttachment:
		if a, ok := c.volumeAttachment(value); ok {
			k.storage.attached = append(k.storage.attached, a)
		}
	default:
		return false
	}
	return true
}

// standby keeps the default class: of several the newest, of those of one age the
// first by name.
// Source: pkg/volume/util/storageclass.go (GetDefaultClass).
func (s *storage) standby(class *storagev1.StorageClass) {
	if class.Annotations["storageclass.kubernetes.io/is-default-class"] != "true" &&
		class.Annotations["storageclass.beta.kubernetes.io/is-default-class"] != "true" {
		return
	}
	if old := s.standing; old != nil {
		if age := old.CreationTimestamp.Unix() - class.CreationTimestamp.Unix(); age > 0 || age == 0 && old.Name < class.Name {
			return
		}
	}
	s.standing = class
}

// joinStorage finishes what several objects together say.
func (k *compilation) joinStorage() {
	definitions, dict := &k.set.definitions, k.set.dict
	for _, class := range definitions.Classes {
		class.Tracked = k.storage.tracked[dict.String(class.Provisioner)]
		for _, room := range k.storage.room {
			if class.Tracked && room.class == class.Name {
				class.Capacities = append(class.Capacities, room.StorageCapacity)
			}
		}
	}
	for _, node := range definitions.CSINodes {
		for _, a := range k.storage.attached {
			if a.node == node.Node {
				node.Attachments = append(node.Attachments, a.Attachment)
			}
		}
	}
	if k.storage.standing != nil {
		k.set.standby = k.storage.standing.Name
	}
	pods := make(map[types.UID]string)
	if len(k.storage.claims) > 0 {
		for _, meta := range k.podMeta {
			pods[podUID(meta)] = meta.Name
		}
	}
	for i, claim := range k.storage.claims {
		spec := definitions.Claims[i]
		k.set.defaultClass(spec, claim)
		for _, owner := range claim.OwnerReferences {
			if owner.Controller != nil && *owner.Controller {
				spec.Pod = dict.Sym(pods[owner.UID])
				break
			}
		}
	}
}

// defaultClass gives a claim that names no class the default one.
// Source: plugin/pkg/admission/storage/storageclass/setdefault/admission.go.
func (s *Set) defaultClass(spec *models.ClaimSpec, claim *corev1.PersistentVolumeClaim) {
	if s.standby != "" && !hasClass(claim) {
		spec.Class = s.dict.Sym(s.standby)
	}
}

// CompileClaim is CompileBudget for a PersistentVolumeClaim. From now on, pods that name it
// find none before it is made, unless there is one from the start.
func (s *Set) CompileClaim(n *yamlnode.Node) (*models.ClaimSpec, yamlnode.Problems) {
	return compileLater(s, n, new(corev1.PersistentVolumeClaim), func(c *checker, value *corev1.PersistentVolumeClaim) *models.ClaimSpec {
		spec := c.persistentVolumeClaim(value)
		s.defaultClass(spec, value)
		spec.Later = true
		if _, standing := s.seen[objectKey{"PersistentVolumeClaim", namespaceOf(value), value.Name}]; !standing {
			s.definitions.Awaited = append(s.definitions.Awaited, models.ClaimRef{Namespace: spec.Namespace, Name: spec.Name, Given: true})
		}
		return spec
	})
}

// storageClass compiles a StorageClass.
// Source: pkg/apis/storage/validation/validation.go (ValidateStorageClass).
func (c *checker) storageClass(class *storagev1.StorageClass) *models.StorageClassSpec {
	dict := c.set.dict
	c.withoutNamespace(class, "StorageClass")
	out := &models.StorageClassSpec{
		Name: dict.Sym(c.checkMeta(&class.ObjectMeta, true)), Provisioner: dict.Sym(class.Provisioner),
		Driver: dict.Sym(countedDriver(class.Provisioner)),
	}
	if class.Provisioner == "" {
		c.addf("provisioner", "provisioner is missing")
	}
	if mode := class.VolumeBindingMode; mode != nil {
		c.oneOf(string(*mode), "volumeBindingMode", "Immediate", "WaitForFirstConsumer")
		out.WaitForConsumer = *mode == storagev1.VolumeBindingWaitForFirstConsumer
	}
	for i, term := range class.AllowedTopologies {
		at := yamlnode.IndexPath("allowedTopologies", i) + ".matchLabelExpressions"
		var compiled models.NodeTerm
		for j, e := range term.MatchLabelExpressions {
			if r, ok := c.requirement(e.Key, "In", e.Values, yamlnode.IndexPath(at, j), labelOperators); ok {
				compiled.Labels = append(compiled.Labels, r)
			}
		}
		out.Topologies = append(out.Topologies, compiled)
	}
	return out
}

// csiNode compiles a CSINode but for its attachments.
// Source: pkg/apis/storage/validation/validation.go (ValidateCSINode).
func (c *checker) csiNode(node *storagev1.CSINode) *models.CSINodeSpec {
	dict := c.set.dict
	c.withoutNamespace(node, "CSINode")
	c.checkObjectName(node.Name)
	out := &models.CSINodeSpec{Node: dict.Sym(node.Name)}
	for i, d := range node.Spec.Drivers {
		at := yamlnode.IndexPath("spec.drivers", i)
		if d.Name == "" {
			c.addf(at+".name", "name is missing")
		}
		driver := models.CSINodeDriver{Name: dict.Sym(d.Name), Limit: models.Unset}
		if slices.ContainsFunc(out.Drivers, func(other models.CSINodeDriver) bool { return other.Name == driver.Name }) {
			c.addf(at+".name", "driver %s occurs twice", quote(d.Name))
		}
		if d.Allocatable != nil && d.Allocatable.Count != nil {
			c.notNegative(*d.Allocatable.Count, at+".allocatable.count")
			driver.Limit = max(*d.Allocatable.Count, 0)
		}
		out.Drivers = append(out.Drivers, driver)
	}
	for plugin := range strings.SplitSeq(node.Annotations[corev1.MigratedPluginsAnnotationKey], ",") {
		if plugin != "" {
			out.Migrated = append(out.Migrated, dict.Sym(plugin))
		}
	}
	return out
}

// storageCapacity compiles a CSIStorageCapacity; ok is false if it offers nothing.
// Source: pkg/scheduler/framework/plugins/volumebinding/binder.go (volumeLimit, nodeHasAccess).
func (c *checker) storageCapacity(object *storagev1.CSIStorageCapacity) (classRoom, bool) {
	c.checkMeta(&object.ObjectMeta, true)
	c.set.inhabit(namespaceOf(object))
	if object.StorageClassName == "" {
		c.addf("storageClassName", "storageClassName is missing")
	}
	out := classRoom{class: c.set.dict.Sym(object.StorageClassName)}
	if object.NodeTopology != nil {
		out.Nodes = c.labelSelector(object.NodeTopology, "nodeTopology")
	}
	c.checkNotNegative(object.Capacity, "capacity")
	c.checkNotNegative(object.MaximumVolumeSize, "maximumVolumeSize")
	limit := object.MaximumVolumeSize
	if limit == nil {
		limit = object.Capacity
	}
	if limit == nil || object.NodeTopology == nil {
		return out, false
	}
	out.Limit, _ = amountOf(*limit, "storage")
	return out, true
}

func (c *checker) checkNotNegative(quantity *resource.Quantity, path string) {
	if quantity != nil && quantity.Sign() < 0 {
		c.addf(path, "must not be negative")
	}
}

// volumeAttachment compiles a VolumeAttachment; ok is false if it counts for
// nothing.
func (c *checker) volumeAttachment(object *storagev1.VolumeAttachment) (nodeAttachment, bool) {
	c.withoutNamespace(object, "VolumeAttachment")
	c.checkObjectName(object.Name)
	for _, field := range [][2]string{{object.Spec.Attacher, "attacher"}, {object.Spec.NodeName, "nodeName"}} {
		if field[0] == "" {
			c.addf("spec."+field[1], "%s is missing", field[1])
		}
	}
	volume := object.Spec.Source.PersistentVolumeName
	if volume == nil {
		return nodeAttachment{}, false
	}
	dict := c.set.dict
	return nodeAttachment{
		node:       dict.Sym(object.Spec.NodeName),
		Attachment: models.Attachment{Driver: dict.Sym(object.Spec.Attacher), Volume: dict.Sym(*volume)},
	}, true
}
