package kubescheduler

import (
	"fmt"
	"strings"
)

func (g *generator) node(name string) Object {
	labels := Object{hostKey: name}
	if g.zones > 0 && g.chance(0.93) {
		zone := g.IntN(g.zones)
		labels[zoneKey] = fmt.Sprintf("zone-%d", zone)
		if g.chance(0.8) {
			labels[regionKey] = fmt.Sprintf("region-%d", zone/2)
		}
	}
	if g.chance(0.6) {
		labels[rackKey] = oneOf(g, "a", "b", "c", "d", "e")
	}
	if g.chance(0.6) {
		labels["disk"] = oneOf(g, "ssd", "hdd", "")
	}
	if g.chance(0.7) {
		labels["example.com/pool"] = oneOf(g, "a", "b", "c")
	}
	if g.chance(0.7) {
		labels["generation"] = oneOf(g, "1", "2", "3", "7", "007", "x2", "9223372036854775807", "9223372036854775808")
	}
	spec := Object{}
	taints := g.taints()
	if g.has(Taints) && g.chance(0.06) {
		spec["unschedulable"] = true
		taints = append(taints, Object{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"})
	}
	if len(taints) > 0 {
		spec["taints"] = taints
	}
	return Object{
		"apiVersion": "v1", "kind": "Node",
		"metadata": Object{"name": name, "labels": labels},
		"spec":     spec,
		"status":   g.nodeStatus(),
	}
}

func (g *generator) nodeStatus() Object {
	i := g.IntN(4)
	capacity := Object{
		"cpu":    []any{"2", 4, "7500m", "16"}[i],
		"memory": []any{"4Gi", "8388608Ki", "16G", 34359738368}[i],
		"pods":   oneOf(g, "110", "29"),
	}
	if g.small {
		capacity["pods"] = oneOf(g, "2", "4", "8")
	}
	if g.chance(0.6) {
		capacity["ephemeral-storage"] = oneOf(g, "20Gi", "50G", "104857600Ki")
	}
	if !g.has(Extended) {
		return g.status(capacity, i)
	}
	for _, extended := range sublist(g, 0.2, "nvidia.com/gpu", "example.com/fpga", "example.com/nic") {
		capacity[extended] = oneOf(g, "1", "2", "8", "0")
	}
	for _, huge := range sublist(g, 0.15, "hugepages-2Mi", "hugepages-1Gi") {
		capacity[huge] = oneOf(g, "0", "1Gi", "4Gi")
	}
	if g.chance(0.03) {
		delete(capacity, oneOf(g, "cpu", "memory"))
	}
	if g.chance(0.02) {
		capacity["cpu"] = "0"
	}
	return g.status(capacity, i)
}

func (g *generator) status(capacity Object, i int) Object {
	status := Object{"capacity": capacity, "conditions": []any{Object{"type": "Ready", "status": "True"}}}
	if g.chance(0.5) {
		status["allocatable"] = g.allocatable(capacity, i)
	}
	if images := g.nodeImages(); g.has(Images) && len(images) > 0 {
		status["images"] = images
	}
	return status
}

// allocatable is what the system leaves of capacity number i.
func (g *generator) allocatable(capacity Object, i int) Object {
	allocatable := Object{}
	for name, amount := range capacity {
		allocatable[name] = amount
	}
	if _, ok := capacity["memory"]; ok {
		allocatable["memory"] = []any{"3.5Gi", "8000000000", "15123456789", "31Gi"}[i]
	}
	if cpu, ok := capacity["cpu"]; ok && cpu != "0" {
		allocatable["cpu"] = []any{"1930m", "3.92", 7, "15890m"}[i]
	}
	return allocatable
}

func (g *generator) taints() []any {
	var taints []any
	if !g.has(Taints) || !g.chance(g.tainted) && !g.chance(0.1) {
		return nil
	}
	for _, key := range sublist(g, 0.35, "dedicated", "example.com/spot", "maintenance", "node.kubernetes.io/not-ready", "node.kubernetes.io/memory-pressure") {
		for _, effect := range sublist(g, 0.45, "NoSchedule", "PreferNoSchedule", "PreferNoSchedule", "NoExecute") {
			if len(taints) > 0 && taints[len(taints)-1].(Object)["key"] == key && taints[len(taints)-1].(Object)["effect"] == effect {
				continue
			}
			taint := Object{"key": key, "effect": effect}
			if g.chance(0.5) {
				taint["value"] = oneOf(g, "x", "y", "")
			}
			taints = append(taints, taint)
		}
	}
	return taints
}

// imageNames are those that nodes report and pods ask for. Some have no tag, a
// port in the registry, or a digest.
var imageNames = []string{
	"registry.example.com/web:v1", "registry.example.com/web", "registry.example.com:5000/db", "registry.example.com:5000/db:16",
	"nginx", "nginx:latest", "docker.io/library/nginx:latest", "train:2", "tiny:1",
	"registry.example.com/web@sha256:" + strings.Repeat("5e", 32),
}

func (g *generator) nodeImages() []any {
	var images []any
	for _, name := range sublist(g, 0.3, imageNames...) {
		names := []any{name}
		if g.chance(0.4) {
			names = append(names, "registry.example.com/alias:"+strings.NewReplacer("/", "-", ":", "-", "@", "-").Replace(name))
		}
		images = append(images, Object{"names": names, "sizeBytes": g.imageSize()})
	}
	return images
}

func (g *generator) imageSize() int64 {
	return oneOf[int64](g, 4<<20, 24117248, 25<<20, 300<<20, 1500<<20, 1000003*1777, 0)
}
