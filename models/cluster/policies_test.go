package cluster_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// plainQuota and plainNamespace are what a reader of the documentation of operations
// keeps of them: maps, nothing counted.
type plainQuota struct {
	spec    int32
	hard    int32 // None without a status
	used    map[string]int64
	deleted bool
}

type plainNamespace struct{ there, ending bool }

func policyCluster(d *models.Dictionary, log *bytes.Buffer) (*cluster.Cluster, []*models.PolicySpec) {
	c := cluster.New(d, log)
	var specs []*models.PolicySpec
	for _, name := range []string{"a", "b"} {
		for _, hard := range []models.Amounts{{{Name: "cpu", Milli: true}, {Name: "pods", Value: 1}}, {{Name: "pods", Value: 5}}} {
			specs = append(specs, &models.PolicySpec{Namespace: d.Sym("shop"), Name: d.Sym(name), Hard: hard})
		}
	}
	specs = append(specs, &models.PolicySpec{Kind: models.LimitRange, Namespace: d.Sym("shop"), Name: d.Sym("a")})
	for _, spec := range specs {
		c.DefinePolicy(spec)
	}
	c.DefineNamespace(&models.NamespaceSpec{Name: d.Sym("shop")})
	return c, specs
}

func TestACloneHasThePoliciesOfItsCluster(t *testing.T) {
	c, specs := policyCluster(models.NewDictionary(), new(bytes.Buffer))
	for _, op := range []models.Op{{Kind: models.OpPutPolicy}, {Kind: models.OpSyncQuota}} {
		if err := c.Apply(0, &op); err != nil {
			t.Fatal(err)
		}
	}
	if got := c.Clone().View().Policy(0); got.Spec() != specs[0] || !got.Synced() {
		t.Errorf("the clone has %+v", got.Spec())
	}
}

// TestPoliciesAndNamespacesOverRandomHistories holds them against plain maps: what is
// lawful, what it does, what a log and a snapshot keep of it.
func TestPoliciesAndNamespacesOverRandomHistories(t *testing.T) {
	for seed := range uint64(20) {
		d, draw, log := models.NewDictionary(), rand.New(rand.NewPCG(seed, 1)), new(bytes.Buffer)
		c, specs := policyCluster(d, log)
		names := []models.Sym{d.Sym("cpu"), d.Sym("pods"), d.Sym("memory")}
		var quotas []plainQuota
		shop := plainNamespace{there: true}
		kinds := []models.OpKind{
			models.OpPutPolicy, models.OpPutPolicy, models.OpSyncQuota, models.OpSyncQuota, models.OpUseQuota, models.OpUseQuota, models.OpUseQuota,
			models.OpRemovePolicy, models.OpAddNamespace, models.OpEndNamespace, models.OpNoteNamespace, models.OpDropNamespace, models.OpRefuse,
		}
		for range 300 {
			op := models.Op{
				Kind: kinds[draw.IntN(len(kinds))], Def: int32(draw.IntN(7) - 1), Arg: int64(draw.IntN(len(quotas)+3) - 1),
				Name: d.Sym("shop"), Ordinal: int32(draw.IntN(5) - 1),
			}
			if op.Kind == models.OpUseQuota {
				op.Name = names[draw.IntN(len(names))]
			}
			lawful := isLawful(&op, quotas, &shop, specs, d)
			if err := c.Apply(0, &op); (err == nil) != lawful {
				t.Fatalf("seed %d: %s %+v: lawful %t, got %v", seed, op.Kind, op, lawful, err)
			} else if err != nil {
				continue
			}
			quotas = changed(&op, quotas, &shop, specs, d)
			compareWithPlain(t, c.View(), quotas, shop)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		again, err := cluster.NewReplay(bytes.NewReader(log.Bytes()))
		if err == nil {
			err = again.Run()
		}
		if err != nil {
			t.Fatal(err)
		}
		compareWithPlain(t, again.Cluster.View(), quotas, shop)
		restored, _ := policyCluster(d, new(bytes.Buffer))
		if err := restored.Restore(c.Snapshot()); err != nil {
			t.Fatal(err)
		}
		compareWithPlain(t, restored.View(), quotas, shop)
	}
}

func isLawful(op *models.Op, quotas []plainQuota, shop *plainNamespace, specs []*models.PolicySpec, d *models.Dictionary) bool {
	same := func(a, b int32) bool { return specs[a].Name == specs[b].Name && specs[a].Kind == specs[b].Kind }
	at := op.Arg
	if op.Kind == models.OpUseQuota {
		at = int64(op.Def)
	}
	known := at >= 0 && at < int64(len(quotas)) && !quotas[at].deleted
	quota := known && specs[quotas[at].spec].Kind == models.ResourceQuota
	switch op.Kind {
	case models.OpPutPolicy:
		if op.Def < 0 || int(op.Def) >= len(specs) {
			return false
		}
		taken := false
		for _, q := range quotas {
			taken = taken || !q.deleted && same(q.spec, op.Def)
		}
		return at == int64(len(quotas)) && !taken || known && same(quotas[at].spec, op.Def)
	case models.OpRemovePolicy:
		return known
	case models.OpSyncQuota:
		return quota
	case models.OpUseQuota:
		if !quota || quotas[at].hard == models.None || op.Arg < 0 || op.Ordinal < 0 || op.Ordinal > 2 {
			return false
		}
		_, limited := specs[quotas[at].hard].Hard.Of(d.String(op.Name))
		return limited
	case models.OpAddNamespace:
		return !shop.there
	case models.OpEndNamespace:
		return shop.there && !shop.ending
	case models.OpDropNamespace:
		return shop.there && shop.ending
	case models.OpNoteNamespace:
		return shop.there && shop.ending && op.Def >= 0 && op.Def < 5 && op.Arg >= 0 && op.Arg <= 2
	}
	return true
}

func changed(op *models.Op, quotas []plainQuota, shop *plainNamespace, specs []*models.PolicySpec, d *models.Dictionary) []plainQuota {
	switch op.Kind {
	case models.OpPutPolicy:
		if op.Arg == int64(len(quotas)) {
			return append(quotas, plainQuota{spec: op.Def, hard: models.None, used: map[string]int64{}})
		}
		quotas[op.Arg].spec = op.Def
	case models.OpRemovePolicy:
		quotas[op.Arg].deleted = true
	case models.OpSyncQuota:
		q := &quotas[op.Arg]
		q.hard = q.spec
		for name := range q.used {
			if _, limited := specs[q.hard].Hard.Of(name); !limited {
				delete(q.used, name)
			}
		}
	case models.OpUseQuota:
		quotas[op.Def].used[d.String(op.Name)] = op.Arg
	case models.OpAddNamespace:
		*shop = plainNamespace{there: true}
	case models.OpEndNamespace:
		shop.ending = true
	case models.OpDropNamespace:
		*shop = plainNamespace{}
	}
	return quotas
}

func compareWithPlain(t *testing.T, v cluster.View, quotas []plainQuota, shop plainNamespace) {
	t.Helper()
	var want, got []string
	for id, q := range quotas {
		p := v.Policy(models.PolicyID(id))
		hard, known := p.Hard()
		want = append(want, fmt.Sprint(q.deleted, q.hard != models.None, q.used))
		used := map[string]int64{}
		for _, a := range p.Used() {
			used[a.Name] = a.Value
		}
		got = append(got, fmt.Sprint(p.Deleted(), known, used))
		if known && len(hard) == 0 {
			t.Error("a status without limits")
		}
	}
	n := v.NamespaceState(v.Dictionary().Sym("shop"))
	want, got = append(want, fmt.Sprint(shop.there, shop.ending)), append(got, fmt.Sprint(n.Exists(), n.Terminating()))
	if w, g := strings.Join(want, "\n"), strings.Join(got, "\n"); w != g {
		t.Fatalf("got\n%s\nwant\n%s", g, w)
	}
}
