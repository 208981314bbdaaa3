package sim_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/sim"
)

// What is defined stands in the log, so that a replay knows it.
func TestDefinitionsAreReplayed(t *testing.T) {
	d := models.NewDictionary()
	var log bytes.Buffer
	app, web := d.Sym("app"), d.Sym("web")
	c := sim.Config{Horizon: models.Never, Objects: models.Definitions{
		Namespaces: []*models.NamespaceSpec{{Name: web, Labels: models.NewLabels(models.Label{Key: app, Value: web})}},
		Services:   []*models.ServiceSpec{{Namespace: web, Name: app, Selector: models.NewLabels(models.Label{Key: app, Value: web})}},
		Budgets:    []*models.BudgetSpec{{Namespace: web, Name: app, Allowed: models.Unset, MinAvailable: models.Share{Value: 50, Percent: true, Given: true}}},
	}}
	s, err := sim.New(c, d, &log)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Cluster().Close(); err != nil {
		t.Fatal(err)
	}
	p, err := cluster.NewReplay(&log)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	v := p.Cluster.View()
	got := models.Definitions{Services: []*models.ServiceSpec{v.Service(0).Spec()}, Budgets: v.Budgets(), Namespaces: []*models.NamespaceSpec{{Name: web, Labels: v.Namespace(web)}}}
	c.Objects.Budgets[0].Allowed = models.Recounted // in a run it follows from the pods
	if diff := cmp.Diff(c.Objects, got); diff != "" {
		t.Error(diff)
	}
}
