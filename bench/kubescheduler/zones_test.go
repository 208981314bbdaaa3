package kubescheduler

import "testing"

// TestRelabelledNodesMoveInTheOrder: a node whose zone or region changes leaves its
// place in the order in which nodes are looked at, and comes last in its new zone.
func TestRelabelledNodesMoveInTheOrder(t *testing.T) {
	for name, change := range map[string]Change{
		"another zone":   {Kind: "label", Key: zoneKey, Value: "z1"},
		"a new zone":     {Kind: "label", Key: zoneKey, Value: "z2"},
		"no zone":        {Kind: "unlabel", Key: zoneKey},
		"another region": {Kind: "label", Key: regionKey, Value: "r"},
		"another label":  {Kind: "label", Key: "disk", Value: "ssd"},
	} {
		t.Run(name, func(t *testing.T) {
			w := World{Percentage: 100}
			for _, node := range []struct{ name, zone string }{{"a", "z0"}, {"b", "z0"}, {"c", "z1"}, {"d", "z1"}} {
				w.Steps = append(w.Steps, newStep(JoinNode, node.name, Object{"apiVersion": "v1", "kind": "Node",
					"metadata": Object{"name": node.name, "labels": Object{hostKey: node.name, zoneKey: node.zone}},
					"status":   Object{"capacity": Object{"cpu": 4, "memory": "8Gi", "pods": 10}}}))
			}
			pod := func(name string) Step {
				return newStep(SchedulePod, name, Object{"apiVersion": "v1", "kind": "Pod", "metadata": Object{"name": name},
					"spec": Object{"containers": []any{Object{"name": "app", "image": "tiny:1"}}}})
			}
			w.Steps = append(w.Steps, pod("before"), Step{Kind: ChangeNode, Name: "a", Change: change}, pod("after"))
			hold(t, w, Histories)
		})
	}
}
