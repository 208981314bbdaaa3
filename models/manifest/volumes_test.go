package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
)

func volumeWith(spec string) string {
	return "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: v}\nspec: {" + spec + "}\n"
}

func claimWith(spec string) string {
	return "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c}\nspec: {" + spec + "}\n"
}

const (
	goodVolume = "capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce]"
	goodClaim  = "resources: {requests: {storage: 1Gi}}, accessModes: [ReadWriteOnce]"
)

// definitionsOf compiles a text without problems.
func definitionsOf(t *testing.T, text string) (models.Definitions, *models.Dictionary) {
	t.Helper()
	d := models.NewDictionary()
	s := NewSet(d)
	compile(t, s, text)
	return s.Definitions(), d
}

func TestProblemsOfVolumes(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"nothing in it", volumeWith(""),
			"a.yaml:4:7: spec.accessModes: want at least one of ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod\n" +
				"a.yaml:4:7: spec.capacity: storage is missing\n" +
				"a.yaml:4:7: spec: the source of the volume is missing, such as csi, local or hostPath"},
		{"two sources", volumeWith(goodVolume + ", nfs: {server: s, path: /}, hostPath: {path: /}"),
			"a.yaml:4:7: spec: got 2 sources of the volume; want one"},
		{"a misspelt mode", volumeWith("capacity: {storage: 1Gi}, nfs: {server: s, path: /}, accessModes: [ReadWriteOnc]"),
			`a.yaml:4:75: spec.accessModes[0]: got "ReadWriteOnc"; want ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod; did you mean "ReadWriteOnce"?`},
		{"a mode for one pod beside others", volumeWith("capacity: {storage: 1Gi}, nfs: {server: s, path: /}, accessModes: [ReadWriteOncePod, ReadWriteOnce]"),
			"a.yaml:4:74: spec.accessModes: ReadWriteOncePod goes with no other mode"},
		{"no room", volumeWith("capacity: {storage: 0}, nfs: {server: s, path: /}, accessModes: [ReadWriteOnce]"),
			"a.yaml:4:28: spec.capacity.storage: must be > 0"},
		{"a local volume that is everywhere", volumeWith(goodVolume + ", local: {path: /}"),
			"a.yaml:4:7: spec.nodeAffinity: a local volume needs it"},
		{"node affinity without terms", volumeWith(goodVolume + ", local: {path: /}, nodeAffinity: {required: {nodeSelectorTerms: []}}"),
			"a.yaml:4:107: spec.nodeAffinity.required: at least one term is needed"},
		{"a CSI volume without a handle", volumeWith(goodVolume + ", csi: {driver: d}"),
			"a.yaml:4:69: spec.csi.volumeHandle: volumeHandle is missing"},
		{"a volume in a namespace", strings.Replace(volumeWith(goodVolume+", hostPath: {path: /}"), "name: v", "name: v, namespace: team", 1),
			"a.yaml:3:32: metadata.namespace: a PersistentVolume has no namespace"},
		{"two of one name", volumeWith(goodVolume+", hostPath: {path: /}") + "---\n" + volumeWith(goodVolume+", hostPath: {path: /}"),
			`a.yaml:8:18: metadata.name: PersistentVolume "v" is also defined at a.yaml:1`},
		{"a claim without a size", claimWith("accessModes: [ReadWriteOnce], volumeMode: Blok"),
			"a.yaml:4:7: spec.resources.requests: storage is missing\n" +
				`a.yaml:4:50: spec.volumeMode: got "Blok"; want Filesystem, Block; did you mean "Block"?`},
		{"a claim that selects badly", claimWith(goodClaim + ", selector: {matchExpressions: [{key: a, operator: in}]}"),
			`a.yaml:4:126: spec.selector.matchExpressions[0].operator: got "in"; want In, NotIn, Exists, DoesNotExist; did you mean "In"?`},
		{"a class", "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: s}\nvolumeBindingMode: Late\nallowedTopologies: [{matchLabelExpressions: [{key: zone}]}]\n",
			"a.yaml:1:1: provisioner: provisioner is missing\n" +
				`a.yaml:4:20: volumeBindingMode: got "Late"; want Immediate, WaitForFirstConsumer` + "\n" +
				"a.yaml:5:46: allowedTopologies[0].matchLabelExpressions[0].values: operator In needs values"},
		{"a CSINode", "apiVersion: storage.k8s.io/v1\nkind: CSINode\nmetadata: {name: node}\nspec: {drivers: [{name: d, nodeID: a, allocatable: {count: -1}}, {name: d, nodeID: a}]}\n",
			"a.yaml:4:60: spec.drivers[0].allocatable.count: got -1; must be >= 0\n" +
				`a.yaml:4:73: spec.drivers[1].name: driver "d" occurs twice`},
		{"a CSIStorageCapacity", "apiVersion: storage.k8s.io/v1\nkind: CSIStorageCapacity\nmetadata: {name: c}\nstorageClassName: s\ncapacity: -1Gi\n",
			"a.yaml:5:11: capacity: must not be negative"},
		{"a VolumeAttachment", "apiVersion: storage.k8s.io/v1\nkind: VolumeAttachment\nmetadata: {name: a}\nspec: {source: {persistentVolumeName: v}}\n",
			"a.yaml:4:7: spec.attacher: attacher is missing\na.yaml:4:7: spec.nodeName: nodeName is missing"},
		{"a pod", podWith("volumes: [{name: a, persistentVolumeClaim: {claimName: ''}}, {name: b, ephemeral: {}}, {name: c, rbd: {monitors: [m]}}], containers: [{name: a, image: i}]"),
			"a.yaml:4:63: spec.volumes[0].persistentVolumeClaim.claimName: claimName is missing\n" +
				"a.yaml:4:90: spec.volumes[1].ephemeral.volumeClaimTemplate: volumeClaimTemplate is missing\n" +
				"a.yaml:4:110: spec.volumes[2].rbd.image: image is missing"},
	} {
		if got := problemsOf(t, test.text); got != test.want {
			t.Errorf("%s:\ngot\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}

func TestTheDefaultClassIsThatOfClaimsWithoutOne(t *testing.T) {
	class := func(name, annotation, created string) string {
		return fmt.Sprintf("apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: %s, creationTimestamp: %q, annotations: {%s: \"true\"}}\nprovisioner: p\n---\n",
			name, created, annotation)
	}
	const current, old = "storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"
	const early, late = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"
	for _, test := range []struct{ name, classes, spec, want string }{
		{"none is", class("a", "other", early), goodClaim, ""},
		{"the default", class("a", current, early), goodClaim, "a"},
		{"the old annotation", class("a", old, early), goodClaim, "a"},
		{"the newest", class("a", current, late) + class("b", current, early), goodClaim, "a"},
		{"of the same age the first by name", class("b", current, early) + class("a", current, early), goodClaim, "a"},
		{"the claim names one", class("a", current, early), goodClaim + ", storageClassName: b", "b"},
		{"the claim wants none", class("a", current, early), goodClaim + `, storageClassName: ""`, ""},
	} {
		defs, d := definitionsOf(t, test.classes+claimWith(test.spec))
		if got := d.String(defs.Claims[0].Class); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestStorageIsCompiled(t *testing.T) {
	defs, d := definitionsOf(t, `apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Pod, metadata: {name: p, uid: u-1}, spec: {containers: [{name: a, image: i}]}}
- apiVersion: v1
  kind: PersistentVolume
  metadata: {name: v, labels: {topology.kubernetes.io/zone: a__b}}
  spec:
    capacity: {storage: 10Gi}
    accessModes: [ReadWriteOnce, ReadOnlyMany]
    storageClassName: fast
    claimRef: {namespace: default, name: p-data, uid: u-2}
    csi: {driver: csi.example.com, volumeHandle: h}
    nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [a]}]}]}}
  status: {phase: Available}
- apiVersion: v1
  kind: PersistentVolumeClaim
  metadata:
    name: p-data
    uid: u-2
    annotations: {pv.kubernetes.io/bind-completed: "", volume.kubernetes.io/selected-node: node-1}
    ownerReferences: [{apiVersion: v1, kind: Pod, name: p, uid: u-1, controller: true}]
  spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 5Gi}}, storageClassName: fast, volumeName: v}
- {apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: csi.example.com}, spec: {storageCapacity: true}}
- {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast}, provisioner: csi.example.com, volumeBindingMode: WaitForFirstConsumer}
- {apiVersion: storage.k8s.io/v1, kind: CSIStorageCapacity, metadata: {name: a}, storageClassName: fast, nodeTopology: {}, capacity: 9Gi, maximumVolumeSize: 1Gi}
- {apiVersion: storage.k8s.io/v1, kind: CSIStorageCapacity, metadata: {name: b}, storageClassName: fast, capacity: 9Gi}
- {apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {name: node-1}, spec: {drivers: [{name: csi.example.com, nodeID: a, allocatable: {count: 3}}, {name: free, nodeID: a}]}}
- {apiVersion: storage.k8s.io/v1, kind: VolumeAttachment, metadata: {name: a}, spec: {attacher: csi.example.com, nodeName: node-1, source: {persistentVolumeName: v}}}
- {apiVersion: storage.k8s.io/v1, kind: VolumeAttachment, metadata: {name: b}, spec: {attacher: csi.example.com, nodeName: node-2, source: {persistentVolumeName: v}}}
`)
	sym := d.Sym
	in := func(key, value string) []models.NodeTerm {
		return []models.NodeTerm{{Labels: models.Selector{{Key: sym(key), Values: []models.Sym{sym(value)}}}}}
	}
	driver := sym("csi.example.com")
	want := models.Definitions{
		Namespaces: defs.Namespaces,
		Volumes: []*models.VolumeSpec{{
			Name: sym("v"), Labels: models.Labels{{Key: sym(models.LabelZone), Value: sym("a__b")}}, Class: sym("fast"),
			Capacity: 10 << 30, Modes: models.ReadWriteOnce | models.ReadOnlyMany, Available: true,
			Claim:    models.ClaimRef{Namespace: sym("default"), Name: sym("p-data"), UID: sym("u-2"), Given: true},
			Affinity: models.VolumeAffinity{Limited: true, Terms: in("zone", "a")},
			Zones:    []models.VolumeZone{{Key: sym(models.LabelZone), Values: []models.Sym{sym("a"), sym("b")}}},
			Driver:   driver, Handle: sym("h"), CSI: true,
		}},
		Claims: []*models.ClaimSpec{{
			Namespace: sym("default"), Name: sym("p-data"), Labels: models.Labels{}, UID: sym("u-2"), Class: sym("fast"), Modes: models.ReadWriteOnce,
			Request: 5 << 30, Requested: true, Volume: sym("v"), Completed: true, Node: sym("node-1"), Selected: true, Pod: sym("p"),
		}},
		Classes: []*models.StorageClassSpec{{
			Name: sym("fast"), Provisioner: driver, Driver: driver, WaitForConsumer: true, Tracked: true,
			Capacities: []models.StorageCapacity{{Limit: 1 << 30}},
		}},
		CSINodes: []*models.CSINodeSpec{{
			Node: sym("node-1"), Drivers: []models.CSINodeDriver{{Name: driver, Limit: 3}, {Name: sym("free"), Limit: models.Unset}},
			Attachments: []models.Attachment{{Driver: driver, Volume: sym("v")}},
		}},
	}
	if diff := cmp.Diff(want, defs); diff != "" {
		t.Error(diff)
	}
}

func TestVolumesOfPodsAreCompiled(t *testing.T) {
	s := NewSet(models.NewDictionary())
	objects := compile(t, s, podWith(`volumes: [{name: none}, {name: c, persistentVolumeClaim: {claimName: data}},
  {name: tmp, ephemeral: {volumeClaimTemplate: {spec: {}}}}, {name: g, gcePersistentDisk: {pdName: d, readOnly: true}},
  {name: e, awsElasticBlockStore: {volumeID: "aws://zone/vol-1"}}, {name: i, iscsi: {targetPortal: t, iqn: q, lun: 0}},
  {name: r, rbd: {monitors: [m, o], image: j}}, {name: z, azureDisk: {diskName: x, diskURI: u}}], containers: [{name: a, image: i}]`))
	sym := s.dict.Sym
	want := []models.Volume{
		{Kind: models.ClaimVolume, Claim: sym("data")},
		{Kind: models.EphemeralVolume, Claim: sym("tmp")},
		{Kind: models.GCEDisk, Disk: sym("d"), ReadOnly: true, Driver: sym(gceDriver), Handle: sym("projects/UNSPECIFIED/zones/UNSPECIFIED/disks/d")},
		{Kind: models.EBSDisk, Disk: sym("aws://zone/vol-1"), Driver: sym(ebsDriver), Handle: sym("vol-1")},
		{Kind: models.ISCSIDisk, Disk: sym("q")},
		{Kind: models.RBDDisk, Disk: sym("j"), Pool: sym("rbd"), Monitors: []models.Sym{sym("m"), sym("o")}},
		{Kind: models.OtherDisk, Driver: sym(azureDriver), Handle: sym("u")},
	}
	if diff := cmp.Diff(want, objects.Pods[0].Spec.Volumes); diff != "" {
		t.Error(diff)
	}
}

// An in-tree volume that a CSI driver took over is reached by nodes that the driver
// knows to be in its zone.
func TestMigratedVolumesAreReachedAsTheDriverSaysSo(t *testing.T) {
	const zone, oldZone, oldRegion = models.LabelZone, "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region"
	const driverZone = "topology.gke.io/zone"
	for _, test := range []struct {
		name, labels, affinity string
		keys                   []string // of the only term
		handle                 string
	}{
		{"nothing is known", "", "", nil, "zones/UNSPECIFIED"},
		{"a label", zone + ": a", "", []string{driverZone}, "zones/a"},
		{"an old label", oldZone + ": a", "", []string{driverZone}, "zones/a"},
		{"several zones", zone + ": us-east-a__us-east-b", "", []string{driverZone}, "regions/us-east"},
		{"affinity to a zone", zone + ": a", zone, []string{driverZone}, "zones/a"},
		{"affinity to old labels", "", oldZone + " " + oldRegion, []string{driverZone, models.LabelRegion}, "zones/UNSPECIFIED"},
		{"affinity to something else", zone + ": a", "rack", []string{"rack", driverZone}, "zones/a"},
	} {
		affinity := ""
		for key := range strings.FieldsSeq(test.affinity) {
			affinity += "{key: " + key + ", operator: In, values: [a]},"
		}
		if affinity != "" {
			affinity = ", nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [" + affinity + "]}]}}"
		}
		text := volumeWith(goodVolume + ", gcePersistentDisk: {pdName: d}" + affinity)
		defs, d := definitionsOf(t, strings.Replace(text, "name: v", "name: v, labels: {"+test.labels+"}", 1))
		spec := defs.Volumes[0]
		var keys []string
		for _, term := range spec.MigratedAffinity.Terms {
			for _, r := range term.Labels {
				keys = append(keys, d.String(r.Key))
			}
		}
		handle := "projects/UNSPECIFIED/" + test.handle + "/disks/d"
		if diff := cmp.Diff(test.keys, keys); diff != "" || d.String(spec.Handle) != handle || d.String(spec.Driver) != gceDriver {
			t.Errorf("%s: handle %s, want %s; keys %s", test.name, d.String(spec.Handle), handle, diff)
		}
		if spec.MigratedAffinity.Limited != (len(keys) > 0) {
			t.Errorf("%s: limited is %t", test.name, spec.MigratedAffinity.Limited)
		}
	}
}
