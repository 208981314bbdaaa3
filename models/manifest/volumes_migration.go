package manifest

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/podsim/podsim/models"
)

// The CSI drivers that took over what Kubernetes once did itself.
// Source: k8s.io/csi-translation-lib/plugins.
const (
	gceDriver      = "pd.csi.storage.gke.io"
	ebsDriver      = "ebs.csi.aws.com"
	azureDriver    = "disk.csi.azure.com"
	cinderDriver   = "cinder.csi.openstack.org"
	portworxDriver = "pxd.portworx.com"
)

// inTreePlugins are the plugins that were taken over, with the label of nodes by
// which the driver knows zones. Those without a driver do not count against limits.
// Source: pkg/scheduler/framework/plugins/nodevolumelimits/utils.go (isCSIMigrationOn).
var inTreePlugins = map[string]struct{ driver, zone string }{
	"kubernetes.io/gce-pd":          {gceDriver, "topology.gke.io/zone"},
	"kubernetes.io/aws-ebs":         {ebsDriver, "topology.ebs.csi.aws.com/zone"},
	"kubernetes.io/azure-disk":      {azureDriver, ""},
	"kubernetes.io/cinder":          {cinderDriver, "topology.cinder.csi.openstack.org/zone"},
	"kubernetes.io/portworx-volume": {portworxDriver, ""},
	"kubernetes.io/azure-file":      {},
	"kubernetes.io/vsphere-volume":  {},
}

// countedDriver returns the driver against whose limit volumes of a provisioner
// count, or "".
func countedDriver(provisioner string) string {
	if plugin, ok := inTreePlugins[provisioner]; ok {
		return plugin.driver
	}
	return provisioner
}

// inTreeSource returns the plugin of an in-tree volume and the handle by which its
// driver knows it. ok is false if the driver cannot take it over.
func inTreeSource(pv *corev1.PersistentVolume) (plugin, handle string, ok bool) {
	switch spec := &pv.Spec; {
	case spec.GCEPersistentDisk != nil:
		handle, ok = gceHandle(spec.GCEPersistentDisk.PDName, pv.Labels)
		return "kubernetes.io/gce-pd", handle, ok
	case spec.AWSElasticBlockStore != nil:
		handle, ok = ebsHandle(spec.AWSElasticBlockStore.VolumeID)
		return "kubernetes.io/aws-ebs", handle, ok
	case spec.AzureDisk != nil:
		managed := spec.AzureDisk.Kind == nil || strings.EqualFold(string(*spec.AzureDisk.Kind), "managed")
		return "kubernetes.io/azure-disk", spec.AzureDisk.DataDiskURI, managed
	case spec.Cinder != nil:
		return "kubernetes.io/cinder", spec.Cinder.VolumeID, true
	case spec.PortworxVolume != nil:
		return "kubernetes.io/portworx-volume", spec.PortworxVolume.VolumeID, true
	}
	return "", "", false
}

// migrate compiles what a CSI driver makes of an in-tree volume.
// Source: k8s.io/csi-translation-lib/translate.go (TranslateInTreePVToCSI).
func (c *checker) migrate(pv *corev1.PersistentVolume, out *models.VolumeSpec) {
	plugin, handle, ok := inTreeSource(pv)
	if !ok {
		return
	}
	of, dict := inTreePlugins[plugin], c.set.dict
	out.Driver, out.Handle, out.Migrated = dict.Sym(of.driver), dict.Sym(handle), dict.Sym(plugin)
	out.MigratedAffinity = out.Affinity
	if of.zone == "" {
		return
	}
	zone, region := topologyLabels(pv)
	terms := slices.Clone(out.Affinity.Terms)
	replaces, replacesRegion := mentions(pv, zone, true), mentions(pv, region, true)
	if !replaces {
		terms = c.zoneTerms(terms, dict.Sym(of.zone), pv.Labels[zone])
	}
	for i := range terms {
		terms[i].Labels = slices.Clone(terms[i].Labels)
		for j := range terms[i].Labels {
			key := &terms[i].Labels[j].Key
			switch name := dict.String(*key); {
			case name == zone && replaces:
				*key = dict.Sym(of.zone)
			case name == region && replacesRegion:
				*key = dict.Sym(models.LabelRegion)
			}
		}
	}
	out.MigratedAffinity = models.VolumeAffinity{Limited: out.Affinity.Limited || len(terms) > 0, Terms: terms}
}

// zoneTerms adds the zones of a label to each term.
func (c *checker) zoneTerms(terms []models.NodeTerm, key models.Sym, label string) []models.NodeTerm {
	var zones []string
	for zone := range strings.SplitSeq(label, "__") {
		if zone = strings.TrimSpace(zone); zone != "" {
			zones = append(zones, zone)
		}
	}
	if len(zones) == 0 {
		return terms
	}
	if len(terms) == 0 {
		terms = make([]models.NodeTerm, 1)
	}
	slices.Sort(zones)
	in := models.Requirement{Key: key, Op: models.In, Values: c.set.syms(slices.Compact(zones))}
	for i := range terms {
		terms[i].Labels = append(slices.Clone(terms[i].Labels), in)
	}
	return terms
}

// topologyLabels returns the labels of zone and region that a volume uses: the
// old ones if it has those and not the new.
// Source: k8s.io/csi-translation-lib/plugins/in_tree_volume.go (getTopologyLabel).
func topologyLabels(pv *corev1.PersistentVolume) (zone, region string) {
	oldZone, oldRegion := models.VolumeZoneLabels[0], models.VolumeZoneLabels[1]
	_, labelled := pv.Labels[models.LabelZone]
	_, oldLabelled := pv.Labels[oldZone]
	if !mentions(pv, models.LabelZone, false) && (mentions(pv, oldZone, false) || !labelled && oldLabelled) {
		return oldZone, oldRegion
	}
	return models.LabelZone, models.LabelRegion
}

// mentions reports whether the node affinity of a volume asks for a label, or for
// values of it.
func mentions(pv *corev1.PersistentVolume, key string, values bool) bool {
	if pv.Spec.NodeAffinity == nil || pv.Spec.NodeAffinity.Required == nil {
		return false
	}
	for _, term := range pv.Spec.NodeAffinity.Required.NodeSelectorTerms {
		for i := range term.MatchExpressions {
			if e := &term.MatchExpressions[i]; e.Key == key && (!values || len(e.Values) > 0) {
				return true
			}
		}
	}
	return false
}

// gceHandle returns how the driver names a persistent disk in the zones of labels.
func gceHandle(name string, labels map[string]string) (string, bool) {
	label := labels[models.VolumeZoneLabels[0]]
	if label == "" {
		label = labels[models.LabelZone]
	}
	zones := strings.Split(label, "__")
	if len(zones) == 1 && zones[0] == "" {
		return unspecifiedGCEDisk(name), true
	}
	if len(zones) == 1 {
		return fmt.Sprintf("projects/UNSPECIFIED/zones/%s/disks/%s", zones[0], name), true
	}
	region := ""
	for _, zone := range zones {
		at := strings.LastIndexByte(zone, '-')
		if at < 0 || strings.Count(zone, "-") != 2 || region != "" && region != zone[:at] {
			return "", false
		}
		region = zone[:at]
	}
	return fmt.Sprintf("projects/UNSPECIFIED/regions/%s/disks/%s", region, name), true
}

func unspecifiedGCEDisk(name string) string {
	return "projects/UNSPECIFIED/zones/UNSPECIFIED/disks/" + name
}

var ebsVolume = regexp.MustCompile("^vol-[^/]*$")

// ebsHandle returns the id in a volume id such as aws://zone/vol-1234.
// Source: k8s.io/csi-translation-lib/plugins/aws_ebs.go (KubernetesVolumeIDToEBSVolumeID).
func ebsHandle(id string) (string, bool) {
	if !strings.HasPrefix(id, "aws://") {
		return id, true
	}
	at, err := url.Parse(id)
	if err != nil {
		return "", false
	}
	handle := strings.Trim(at.Path, "/")
	return handle, ebsVolume.MatchString(handle)
}
