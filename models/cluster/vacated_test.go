package cluster_test

import (
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// A vacated cluster knows what the other one knows and holds nothing of it; what is
// done to it, and what it learns, stays with it.
func TestAVacatedClusterKnowsAllAndHoldsNothing(t *testing.T) {
	d := models.NewDictionary()
	c := cluster.New(d, nil)
	apply := func(c *cluster.Cluster, op models.Op) {
		t.Helper()
		if err := c.Apply(7, &op); err != nil {
			t.Fatal(err)
		}
	}
	namespace, label := d.Sym("shop"), models.NewLabels(models.Label{Key: d.Sym("app"), Value: d.Sym("web")})
	c.DefineNamespace(&models.NamespaceSpec{Name: namespace, Labels: label})
	c.DefineService(&models.ServiceSpec{Namespace: namespace, Name: d.Sym("web"), Selector: label})
	c.DefineBudget(&models.BudgetSpec{Namespace: namespace, Name: d.Sym("web")})
	claim := c.DefineClaim(&models.ClaimSpec{Namespace: namespace, Name: d.Sym("data")})
	volume := c.DefineVolume(&models.VolumeSpec{Name: d.Sym("disk")})
	room := models.Resources{models.CPU: 1000, models.Pods: 10}
	node := c.DefineNode(&models.NodeSpec{Name: d.Sym("node"), Capacity: room, Allocatable: room})
	spec := c.DefinePod(&models.PodSpec{Namespace: namespace, Requests: models.Resources{models.CPU: 100, models.Pods: 1}})
	apply(c, models.Op{Kind: models.OpAddNode, Def: int32(node)})
	apply(c, models.Op{Kind: models.OpCreatePod, Owner: models.None, Def: int32(spec), Name: d.Sym("one"), Ordinal: models.Exact})
	apply(c, models.Op{Kind: models.OpBindPod})
	apply(c, models.Op{Kind: models.OpBindClaim, Def: int32(claim), Arg: int64(volume)})
	apply(c, models.Op{Kind: models.OpPlaceClaim, Def: int32(claim)})

	out := c.Vacated()
	v := out.View()
	if v.Nodes() != 0 || v.Pods() != 0 || v.Owners() != 0 || v.Totals() != (cluster.Totals{}) || v.Now() != 7 {
		t.Errorf("it holds %d nodes, %d pods and %d owners, and %+v, at %s", v.Nodes(), v.Pods(), v.Owners(), v.Totals(), v.Now())
	}
	if _, found := v.FindService(namespace, d.Sym("web")); !found || v.Namespace(namespace) == nil || v.Spec(spec) != c.View().Spec(spec) {
		t.Error("a Service, a namespace or a specification is unknown")
	}
	if got := v.Volume(volume).Claim(); !got.Given || got.Name != d.Sym("data") {
		t.Errorf("the volume is meant for %+v", got)
	}
	if _, selected := v.Claim(claim).Node(); selected {
		t.Error("the claim is meant for a node that is not there")
	}
	apply(out, models.Op{Kind: models.OpAddNode, Def: int32(node)})
	apply(out, models.Op{Kind: models.OpCreatePod, Owner: models.None, Def: int32(spec), Name: out.Dictionary().Sym("another"), Ordinal: models.Exact})
	if err := out.Check(); err != nil {
		t.Error(err)
	}
	if _, known := d.Lookup("another"); known || c.View().Pods() != 1 {
		t.Error("what happens to it happens to the other one, too")
	}
}
