package cluster_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// servicesIn lists the Services that there are, and where each is found by name.
func servicesIn(v cluster.View) string {
	var b strings.Builder
	for id, spec := range v.Services() {
		found, ok := v.FindService(spec.Namespace, spec.Name)
		fmt.Fprintf(&b, "%d %s type=%s since %s found=%d,%t\n", id, v.Dictionary().String(spec.Name), spec.Type, v.Service(id).Created(), found.ID(), ok)
	}
	return fmt.Sprintf("%sleft=%d", b.String(), v.ServicesLeft())
}

// A Service of the start is there at once, one of the run from its operation on. It keeps
// its number when it changes, and another one of its name gets the next. Snapshots tell.
func TestServicesComeChangeAndGo(t *testing.T) {
	d := models.NewDictionary()
	c := cluster.New(d, nil)
	const at = models.Time(1e9)
	web, db := d.Sym("web"), d.Sym("db")
	c.DefineService(&models.ServiceSpec{Name: web})
	later := c.DefineService(&models.ServiceSpec{Name: db, Later: true})
	if got := servicesIn(c.View()); got != "0 web type= since 0s found=0,true\nleft=1" {
		t.Errorf("at the start:\n%s", got)
	}
	headless := c.DefineService(&models.ServiceSpec{Name: db, Type: "NodePort", Later: true})
	before := c.View().ServiceSet()
	apply(t, c, at,
		models.Op{Kind: models.OpAddService, Def: later}, models.Op{Kind: models.OpUpdateService, Def: 1, Arg: int64(headless)},
		models.Op{Kind: models.OpRemoveService, Def: 0}, models.Op{Kind: models.OpAddService, Def: 0})
	const want = "1 db type=NodePort since 1s found=1,true\n2 web type= since 1s found=2,true\nleft=2"
	if diff := cmp.Diff(want, servicesIn(c.View())); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, servicesIn(c.Clone().View())); diff != "" {
		t.Errorf("a clone: %s", diff)
	}
	if got := c.View().ServiceSet(); got != before+4 {
		t.Errorf("the set changed %d times; want 4", got-before)
	}
	for op, want := range map[models.Op]string{
		{Kind: models.OpAddService, Def: 3}:                             "no service specification has id 3",
		{Kind: models.OpUpdateService, Def: 1, Arg: -1}:                 "no service specification has id -1",
		{Kind: models.OpUpdateService, Def: 1, Arg: int64(headless)}:    "service 1 has that specification already",
		{Kind: models.OpRemoveService, Def: 0}:                          "service 0 is deleted",
		{Kind: models.OpUpdateService, Def: models.None, Arg: int64(0)}: "no service has id -1",
		{Kind: models.OpRemoveService, Def: 3}:                          "no service has id 3",
	} {
		if err := c.Apply(at, &op); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v: %v; want %s", op, err, want)
		}
	}
}
