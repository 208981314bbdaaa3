package timelines

import (
	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports/kubectl"
)

// autoscaler tells what is new in the status of a HorizontalPodAutoscaler.
func (w *watcher) autoscaler(op *models.Op, name string, o cluster.Owner, d *models.Dictionary) {
	kind := o.Kind().String()
	switch op.Kind {
	case models.OpCreateOwner:
		w.tell(kind, name, "desiredReplicas", "0")
		w.scaled[o.ID()] = [2]int32{}
	case models.OpWriteScale:
		was, is := w.scaled[o.ID()], [2]int32{op.Def, int32(op.Arg)}
		w.scaled[o.ID()] = is
		for i, field := range []string{"currentReplicas", "desiredReplicas"} {
			if was[i] != is[i] {
				w.tell(kind, name, field, encode(is[i]))
			}
		}
	case models.OpMeasure:
		place, amount := models.SplitMeasureDef(op.Def)
		field := [...]string{models.Utilization: "utilization", models.AverageValue: "averageValue", models.TotalValue: "value"}[amount]
		switch {
		case op.Arg == models.Unmeasured:
			w.tell(kind, name, field, "null")
		case amount == models.Utilization:
			w.tell(kind, name, field, encode(op.Arg))
		default:
			isBytes := d.String(o.Spec().Autoscaler.Metrics[place].Name) == "memory"
			w.tell(kind, name, field, encode(kubectl.Thousandths(op.Arg, isBytes)))
		}
	}
}

// measure notes what the pods of a selector are said to use from a moment on.
func (t *translator) measure(at float64, m *Metrics) {
	if len(t.usage) > 0 && t.usedBy != m.Select {
		t.impossible("usage of %s of %s at %g s", m.CPU, m.Select, at)
		return
	}
	t.usedBy = m.Select
	t.usage = append(t.usage, map[string]any{"at": duration(at), "value": m.CPU})
}

// used adds what pods use to their behaviours. The recordings report all pods alike.
func (t *translator) used(behaviors []Object) []Object {
	if len(t.usage) > 0 {
		for _, b := range behaviors {
			mapAt(b, "spec")["usage"] = map[string]any{"cpu": map[string]any{"points": t.usage, "interpolation": "step"}}
		}
	}
	return behaviors
}
