package engine

import (
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// order is a cluster whose list of nodes is looked at.
type order struct {
	testing.TB
	d *models.Dictionary
	c *cluster.Cluster
	n Nodes
}

func (o *order) join(name string, labels ...string) {
	o.Helper()
	spec := &models.NodeSpec{Name: o.d.Sym(name)}
	for _, text := range labels {
		key, value, _ := strings.Cut(text, "=")
		spec.Labels = spec.Labels.With(o.d.Sym(key), o.d.Sym(value))
	}
	o.apply(models.Op{Kind: models.OpAddNode, Node: models.NodeID(o.c.View().Nodes()), Def: int32(o.c.DefineNode(spec))})
}

func (o *order) apply(op models.Op) {
	o.Helper()
	if err := o.c.Apply(o.c.Now(), &op); err != nil {
		o.Fatal(err)
	}
}

func (o *order) want(names string) {
	o.Helper()
	o.n.refresh(o.c.View())
	var got []string
	for _, id := range o.n.List() {
		got = append(got, o.c.View().Node(id).Name())
	}
	if text := strings.Join(got, " "); text != names {
		o.Errorf("the list is %s, want %s", text, names)
	}
}

func TestTheListTakesOneNodeOfEachZoneInTurn(t *testing.T) {
	d := models.NewDictionary()
	o := &order{TB: t, d: d, c: cluster.New(d, nil)}
	o.join("a1", models.LabelZone+"=a")
	o.join("a2", models.LabelZone+"=a")
	o.join("b1", models.LabelZone+"=b")
	o.want("a1 b1 a2")

	// Labels of old go before those of today.
	o.join("b2", models.LabelZone+"=a", oldLabelZone+"=b")
	o.want("a1 b1 a2 b2")

	// A node that moves stands last in its new zone once the list is made anew.
	o.apply(models.Op{Kind: models.OpLabelNode, Node: 0, Taint: models.Taint{Key: d.Sym(models.LabelZone), Value: d.Sym("b")}})
	o.want("a1 b1 a2 b2")
	o.join("c1", models.LabelZone+"=c")
	o.want("a2 b1 c1 b2 a1")

	// What happened between two looks counts in its order.
	o.join("d1", models.LabelZone+"=d")
	o.join("none")
	o.apply(models.Op{Kind: models.OpUnlabelNode, Node: 5, Taint: models.Taint{Key: d.Sym(models.LabelZone)}})
	o.want("a2 b1 c1 none b2 d1 a1")

	// A zone that loses its last node is forgotten.
	o.apply(models.Op{Kind: models.OpLabelNode, Node: 1, Taint: models.Taint{Key: d.Sym(models.LabelZone), Value: d.Sym("c")}})
	o.join("a3", models.LabelZone+"=a")
	o.want("b1 c1 none a3 b2 a2 d1 a1")
}
