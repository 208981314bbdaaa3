package capacity

import (
	"math"
	"slices"
	"strings"

	"github.com/podsim/podsim/reports"
)

// Amounts returns how amounts of a resource are written that stand beside each other:
// cores, bytes in binary units, or a plain number.
func Amounts(resource string, amounts ...float64) reports.Scale {
	switch {
	case resource == "cpu":
		return reports.NewScale("cores", amounts, nil)
	case resource == "memory" || resource == "ephemeral-storage" || strings.HasPrefix(resource, "hugepages-"):
		return reports.NewScale(reports.UnitBytes, amounts, nil)
	}
	return reports.NewScale("", amounts, nil)
}

// standard are the resources that are told first, in this order.
var standard = []string{"cpu", "memory", "ephemeral-storage", "pods"}

// Quantities writes what a node has: 15.9 cpu, 60Gi memory, 110 pods.
func Quantities(all map[string]string) string {
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	rank := func(name string) int {
		if i := slices.Index(standard, name); i >= 0 {
			return i
		}
		return len(standard)
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = all[name] + " " + name
	}
	return strings.Join(names, ", ")
}

// Percent writes a share that is known or estimated, not chosen: 4%, 3.9%.
func Percent(share float64) string { return reports.Percent(math.Round(share*1000) / 1000) }

// valuesSpread is the ratio of the largest of values to the least above 0 from which
// each is written in a unit of its own: beside hours, seconds would be 0.
const valuesSpread = 30

// Values returns how values of a unit are written that stand beside each other. Shares
// near 1 have as many digits as tell them from it.
func Values(unit string, values ...float64) func(float64) string {
	least, most := math.Inf(1), 0.0
	var differences []float64
	for _, v := range values {
		if v > 0 && finite(v) {
			least, most = math.Min(least, v), math.Max(most, v)
		}
		if unit == reports.UnitShare && v > 0.9 && v < 1 {
			differences = append(differences, 1-v)
		}
	}
	if most > float64(least*valuesSpread) && differences == nil {
		return func(v float64) string { return reports.NewScale(unit, []float64{v}, nil).Text(v) }
	}
	return reports.NewScale(unit, values, differences).Text
}

// AllPodsPlaced is the objective that a plan has if it names none, in the words that
// plans write it in: no pod is pending in the end.
const AllPodsPlaced = "all pods placed"

// valuesOf returns how values of an objective are written, as Values does; those that
// are bare counts say of what.
func valuesOf(objective, unit string, values ...float64) func(float64) string {
	if objective != AllPodsPlaced || unit != "" {
		return Values(unit, values...)
	}
	return func(pods float64) string {
		if pods == 0 {
			return "none pending"
		}
		return reports.Count(int64(pods)) + " pending"
	}
}
