package plan

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// plantedPlan draws a plan whose best mix is known: pods and nodes have sizes that are
// powers of two, larger pods go first, so that whatever covers the sum is filled to the
// last millicore. Two families of shapes have pods of their own.
func plantedPlan(r *rand.Rand) (text string, best float64) {
	var shapes, pods, candidates strings.Builder
	for _, name := range []string{"x", "y"} {
		small, large := 4, 16
		price := []float64{1 + float64(r.IntN(20))/100, 0}
		price[1] = float64(price[0]*4) - float64(1+r.IntN(60))/100 // cheaper by size
		total := 0
		for i, size := range []int{2000, 1000, 500} {
			replicas := (1 + r.IntN(12)) * 2000 / size
			total += replicas * size
			fmt.Fprintf(&pods, "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %s%d}\nspec: {replicas: %d, selector: {matchLabels: {app: %s%d}}, template: {metadata: {labels: {app: %s%d}}, spec: {priorityClassName: p%d, nodeSelector: {family: %s}, containers: [{name: c, image: i, resources: {requests: {cpu: %dm}}}]}}}\n",
				name, i, replicas, name, i, name, i, i, "f"+name, size)
		}
		for i, cores := range []int{small, large} {
			fmt.Fprintf(&shapes, "  - {name: %s-%d, price: %.2f, capacity: {cpu: %d, memory: 64Gi, pods: 110}, labels: {family: f%s}}\n", name, cores, price[i], cores, name)
			fmt.Fprintf(&candidates, "  - {shape: %s-%d, max: %d}\n", name, cores, []int{40, 12}[i])
		}
		cheapest := 1e9
		for a := range 41 {
			for b := range 13 {
				if a*small+b*large >= (total+999)/1000 {
					cheapest = min(cheapest, float64(float64(a)*price[0])+float64(float64(b)*price[1]))
				}
			}
		}
		best += cheapest
	}
	classes := ""
	for i := range 3 {
		classes += fmt.Sprintf("---\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: p%d}\nvalue: %d\n", i, 100-i)
	}
	return "apiVersion: podsim/v1alpha1\nkind: Scenario\nmetadata: {name: s}\nspec: {for: 10m}\n" + classes + pods.String() +
		"---\napiVersion: podsim/v1alpha1\nkind: PriceBook\nmetadata: {name: b}\nspec:\n  shapes:\n" + shapes.String() +
		"---\napiVersion: podsim/v1alpha1\nkind: Plan\nmetadata: {name: p}\nspec:\n  seeds: 1\n  budget: 60\n  objectives: [all pods placed]\n  candidates:\n" + candidates.String(), best
}

// Of larger plans, in spaces of hundreds of thousands of mixes, a best mix is planted.
func TestThePlantedMixIsFound(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	exactly, tried := 0, plans(t)/4
	for range tried {
		text, best := plantedPlan(r)
		got := decided(t, planned(t, text))
		switch {
		case got.Recommendation == nil || got.Recommendation.Cost > best*1.05+1e-9 || got.Recommendation.Cost < best-1e-6:
			t.Errorf("got %+v, want a cost of %g (%s) of\n%s", got.Recommendation, best, got.Argument, text)
		case got.Recommendation.Cost < best+1e-6:
			exactly++
		}
	}
	t.Logf("%d of %d found to the cent", exactly, tried)
}
