package kubescheduler

import "fmt"

// claim is a PersistentVolumeClaim that pods may use.
type claim struct {
	name, namespace string
	alone           bool // for one pod on one node at a time, so bound pods leave it alone
	bound           bool
}

const driver = "csi.example.com"

// storage draws storage classes, volumes and claims.
func (g *generator) storage() {
	zones := []any{Object{"matchLabelExpressions": []any{Object{"key": zoneKey, "values": []any{"zone-0", "zone-1"}}}}}
	for _, class := range []Object{
		{"metadata": Object{"name": "now"}, "provisioner": driver, "volumeBindingMode": "Immediate"},
		{"metadata": Object{"name": "later"}, "provisioner": driver, "volumeBindingMode": "WaitForFirstConsumer"},
		{"metadata": Object{"name": "zonal"}, "provisioner": driver, "volumeBindingMode": "WaitForFirstConsumer", "allowedTopologies": zones},
		{"metadata": Object{"name": "local"}, "provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "WaitForFirstConsumer"},
	} {
		class["apiVersion"], class["kind"], class["reclaimPolicy"] = "storage.k8s.io/v1", "StorageClass", "Delete"
		g.push(class)
	}
	for i := range 3 + g.IntN(20) {
		g.volume(fmt.Sprintf("spare-%d", i), "local", oneOf(g, "5Gi", "10Gi", "20Gi"), "ReadWriteOnce", g.IntN(12), nil)
	}
	for i := range 5 + g.IntN(25) {
		g.claim(fmt.Sprintf("claim-%d", i))
	}
}

// volume draws a PersistentVolume, on one node or in a zone.
func (g *generator) volume(name, class, size, mode string, node int, of Object) {
	spec := Object{"capacity": Object{"storage": size}, "accessModes": []any{mode}, "persistentVolumeReclaimPolicy": "Delete"}
	if class != "" {
		spec["storageClassName"] = class
	}
	metadata := Object{"name": name}
	expression := Object{"key": zoneKey, "operator": "In", "values": []any{fmt.Sprintf("zone-%d", g.IntN(4)), fmt.Sprintf("zone-%d", g.IntN(4))}}
	if class == "local" {
		spec["local"] = Object{"path": "/mnt/disk"}
		expression = Object{"key": hostKey, "operator": "In", "values": []any{fmt.Sprintf("node-%d", node)}}
	} else {
		spec["csi"] = Object{"driver": driver, "volumeHandle": name}
	}
	if class == "local" || g.chance(0.5) {
		spec["nodeAffinity"] = Object{"required": Object{"nodeSelectorTerms": []any{Object{"matchExpressions": []any{expression}}}}}
	}
	if class != "local" && g.chance(0.4) {
		metadata["labels"] = Object{zoneKey: oneOf(g, "zone-0", "zone-1", "zone-0__zone-2")}
	}
	status := Object{"phase": "Available"}
	if of != nil {
		spec["claimRef"], status = of, Object{"phase": "Bound"}
	}
	g.push(Object{"apiVersion": "v1", "kind": "PersistentVolume", "metadata": metadata, "spec": spec, "status": status})
}

// claim draws a PersistentVolumeClaim, bound to a volume or not.
func (g *generator) claim(name string) {
	c := claim{name: name, namespace: g.namespace(), alone: true}
	mode, class := "ReadWriteOnce", oneOf(g, "now", "now", "later", "zonal", "local", "no-such-class")
	if g.chance(0.2) {
		mode = oneOf(g, "ReadWriteOncePod", "ReadWriteOncePod", "ReadWriteMany")
	}
	size := oneOf(g, "4Gi", "10Gi", "15Gi")
	metadata := Object{"name": name, "namespace": c.namespace, "uid": "uid-" + name}
	spec := Object{"accessModes": []any{mode}, "storageClassName": class, "resources": Object{"requests": Object{"storage": size}}}
	status := Object{"phase": "Pending"}
	if class == "now" && g.chance(0.85) || g.chance(0.3) {
		c.bound, c.alone = true, mode == "ReadWriteOncePod"
		spec["volumeName"], status["phase"] = "volume-of-"+name, "Bound"
		metadata["annotations"] = Object{"pv.kubernetes.io/bind-completed": "yes", "pv.kubernetes.io/bound-by-controller": "yes"}
		if g.chance(0.97) {
			g.volume("volume-of-"+name, class, "20Gi", mode, g.IntN(12), Object{"apiVersion": "v1", "kind": "PersistentVolumeClaim",
				"namespace": c.namespace, "name": name, "uid": "uid-" + name})
		}
	}
	g.claims = append(g.claims, c)
	g.push(Object{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec, "status": status})
}

// csiNode draws how many volumes can be attached to a node.
func (g *generator) csiNode(node string) {
	d := Object{"name": driver, "nodeID": node, "topologyKeys": []any{zoneKey}}
	if g.chance(0.7) {
		d["allocatable"] = Object{"count": 1 + g.IntN(4)}
	}
	drivers := []any{d}
	if g.chance(0.1) {
		drivers = []any{}
	}
	g.push(Object{"apiVersion": "storage.k8s.io/v1", "kind": "CSINode", "metadata": Object{"name": node}, "spec": Object{"drivers": drivers}})
}

// mount gives a pod volumes, and the namespace of its claims.
func (g *generator) mount(metadata, spec Object) {
	volumes, _ := spec["volumes"].([]any)
	for i := range 1 + upTo(g, 2) {
		name := fmt.Sprintf("volume-%d", i)
		switch g.IntN(10) {
		case 0:
			volumes = append(volumes, Object{"name": name, "gcePersistentDisk": Object{"pdName": fmt.Sprintf("disk-%d", g.IntN(5)), "readOnly": g.chance(0.5)}})
		case 1:
			volumes = append(volumes, oneOf(g,
				Object{"name": name, "awsElasticBlockStore": Object{"volumeID": fmt.Sprintf("vol-%d", g.IntN(5))}},
				Object{"name": name, "iscsi": Object{"targetPortal": "10.0.0.1", "iqn": "iqn.2026-01.com.example:a", "lun": g.IntN(3), "readOnly": g.chance(0.5)}},
				Object{"name": name, "rbd": Object{"monitors": []any{oneOf(g, "m1", "m2")}, "image": oneOf(g, "i1", "i2")}}))
		case 2:
			volumes = append(volumes, oneOf(g, Object{"name": name, "emptyDir": Object{}}, Object{"name": name, "configMap": Object{"name": "any"}}))
		case 3:
			volumes = append(volumes, Object{"name": name, "persistentVolumeClaim": Object{"claimName": "no-such-claim"}})
		default:
			c := oneOf(g, g.claims...)
			if metadata["namespace"] == nil || len(volumes) == 0 && metadata["ownerReferences"] == nil {
				metadata["namespace"] = c.namespace
			}
			volumes = append(volumes, Object{"name": name, "persistentVolumeClaim": Object{"claimName": c.name}})
		}
	}
	spec["volumes"] = volumes
}
