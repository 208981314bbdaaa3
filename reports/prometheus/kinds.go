package prometheus

import (
	"iter"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// kind is a kind of object with the families that kube-state-metrics makes of it.
type kind struct {
	name     string                               // as kubectl knows it
	base     []string                             // the labels that all families have
	ids      func(v cluster.View) iter.Seq[int32] // those of objects that are there
	families []objectFamily
}

// objectFamily is a family with what an object contributes to it.
type objectFamily struct {
	Family
	each func(o *object, put put)
	// labels is set instead where the object has further labels of its own.
	labels func(o *object) []Label
}

// put adds a series to a family: its value and the values of the labels that follow those
// of the object.
type put func(value float64, labels ...string)

// kinds are in the order in which their objects are admitted: pods last, as they are many.
var kinds = []kind{
	namespaceKind, quotaKind, limitRangeKind, budgetKind, deploymentKind, statefulSetKind, daemonSetKind, controllerKind, cronJobKind,
	autoscalerKind, nodeKind, replicaSetKind, jobKind, podKind,
}

// gauge is a family of gauges that objects contribute to in a way of their own.
func gauge(name, help string, labels []string, each func(o *object, put put)) objectFamily {
	return objectFamily{Family: Family{Name: name, Help: help, Labels: labels}, each: each}
}

// field is a gauge of a number in the object, 0 where it is not given.
func field(name, help, path string) objectFamily {
	return gauge(name, help, nil, func(o *object, put put) {
		n, _ := o.number(path)
		put(n)
	})
}

// given is a gauge of a number in the object, for objects that have it.
func given(name, help, path string) objectFamily {
	return gauge(name, help, nil, func(o *object, put put) {
		if n, ok := o.number(path); ok {
			put(n)
		}
	})
}

// moment is a gauge of a point in time in the object, for objects that have it.
func moment(name, help, path string) objectFamily { return unsummed(given(name, help, path)) }

// level is field for numbers whose sums mean nothing.
func level(name, help, path string) objectFamily { return unsummed(field(name, help, path)) }

func unsummed(f objectFamily) objectFamily {
	f.Unsummed = true
	return f
}

// info is a gauge that is always 1 and whose labels are fields of the object.
func info(name, help string, labels, paths []string) objectFamily {
	return gauge(name, help, labels, func(o *object, put put) {
		values := make([]string, len(paths))
		for i, path := range paths {
			values[i] = o.text(path)
		}
		put(1, values...)
	})
}

// objectLabels are the labels that users gave an object.
func objectLabels(name, help string) objectFamily {
	return objectFamily{Family: Family{Name: name, Help: help, Open: true}, labels: labelsOf}
}

// owners tells whom an object belongs to. One that belongs to nobody says so.
func owners(name, help string) objectFamily {
	return gauge(name, help, []string{"owner_kind", "owner_name", "owner_is_controller"}, func(o *object, put put) {
		references := o.list("metadata.ownerReferences")
		for _, r := range references {
			put(1, textOf(r["kind"]), textOf(r["name"]), textOf(r["controller"]))
		}
		if len(references) == 0 {
			put(1, "", "", "")
		}
	})
}

// statuses are the values of a condition.
var statuses = [...]struct{ label, status string }{{"true", "True"}, {"false", "False"}, {"unknown", "Unknown"}}

// conditions has three series for each condition, of which one is 1.
func conditions(name, help string, reasons bool) objectFamily {
	labels := []string{"condition", "status"}
	if reasons {
		labels = append(labels, "reason")
	}
	return gauge(name, help, labels, func(o *object, put put) {
		for _, c := range o.list("status.conditions") {
			for _, s := range statuses {
				values := []string{textOf(c["type"]), s.label}
				if reasons {
					values = append(values, textOf(c["reason"]))
				}
				put(truth(c["status"] == s.status), values...)
			}
		}
	})
}

// numbered yields the numbers of what there is of n objects that ever were.
func numbered(n int, is func(id int32) bool) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for id := range int32(n) {
			if is(id) && !yield(id) {
				return
			}
		}
	}
}

// ofOwners yields the owners of a kind that are there.
func ofOwners(k models.OwnerKind) func(v cluster.View) iter.Seq[int32] {
	return func(v cluster.View) iter.Seq[int32] {
		return numbered(v.Owners(), func(id int32) bool {
			o := v.Owner(models.OwnerID(id))
			return !o.Deleted() && o.Kind() == k
		})
	}
}
