package admission

import (
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func cpu(milli int64) models.Amount { return models.Amount{Name: "cpu", Value: milli, Milli: true} }

func memory(mebi int64) models.Amount {
	return models.Amount{Name: "memory", Value: mebi << 20, Format: models.BinarySI}
}

func amounts(list ...models.Amount) (out models.Amounts) {
	for _, a := range list {
		out = out.With(a)
	}
	return out
}

func named(name string, a models.Amount) models.Amount {
	a.Name = name
	return a
}

// world is a cluster with policies in namespace shop, whose quotas have been counted.
type world struct {
	*cluster.Cluster
	*Admission
	t *testing.T
}

func newWorld(t *testing.T, policies ...*models.PolicySpec) *world {
	d := models.NewDictionary()
	c := cluster.New(d, nil)
	w := &world{c, New(c.View(), c.DefinePod), t}
	c.DefineNamespace(&models.NamespaceSpec{Name: d.Sym("shop")})
	for i, spec := range policies {
		spec.Namespace = d.Sym("shop")
		if spec.Name == 0 {
			spec.Name = d.Sym(string(rune('q' + i)))
		}
		w.do(models.Op{Kind: models.OpPutPolicy, Arg: int64(i), Def: int32(c.DefinePolicy(spec))})
		if spec.Kind == models.ResourceQuota {
			w.do(w.Sync(0, models.PolicyID(i), nil)...)
		}
	}
	return w
}

func (w *world) do(ops ...models.Op) {
	w.t.Helper()
	for i := range ops {
		if err := w.Apply(0, &ops[i]); err != nil {
			w.t.Fatal(err)
		}
	}
}

// pod defines a pod with containers called a, b and so on.
func (w *world) pod(containers ...models.ContainerDetail) *models.PodSpec {
	d := w.Dictionary()
	spec := &models.PodSpec{Namespace: d.Sym("shop"), Detail: &models.PodDetail{Containers: containers}}
	for i := range containers {
		spec.Containers = append(spec.Containers, models.Container{Name: d.Sym(string(rune('a' + i)))})
	}
	out, err := completed(spec, spec.Detail, d)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// answer is what the API server says to the creation of a pod called p: its requests, or
// why not.
func (w *world) answer(spec *models.PodSpec) string {
	id, ops, refusal := w.Admission.Pod(w.DefinePod(spec), nil)
	if refusal.Form != models.NotRefused {
		return refusal.Text("pods", "Pod", "p")
	}
	w.do(ops...)
	s := subjectOf(w.View().Spec(id), w.Dictionary())
	return "requests " + list(s.requests(nil)) + " limits " + list(s.limits()) + " " + w.View().Spec(id).QOS.String()
}

func limits(items ...models.LimitItem) *models.PolicySpec {
	return &models.PolicySpec{Kind: models.LimitRange, Limits: items}
}

func container(requests, limits models.Amounts) models.ContainerDetail {
	return models.ContainerDetail{Requests: requests, Limits: limits}
}

func TestLimitRanger(t *testing.T) {
	bounds := models.LimitItem{Min: amounts(cpu(100)), Max: amounts(cpu(1000), memory(64))}
	for name, test := range map[string]struct {
		items []models.LimitItem
		pod   []models.ContainerDetail
		want  string
	}{
		"defaults": {
			[]models.LimitItem{{Default: amounts(cpu(500)), DefaultRequest: amounts(cpu(250))}}, []models.ContainerDetail{{}, container(amounts(cpu(100)), nil)},
			"requests cpu=350m limits cpu=1 Burstable",
		},
		"defaults make Guaranteed": {
			[]models.LimitItem{{Default: amounts(cpu(500), memory(32)), DefaultRequest: amounts(cpu(500), memory(32))}}, []models.ContainerDetail{{}},
			"requests cpu=500m,memory=32Mi limits cpu=500m,memory=32Mi Guaranteed",
		},
		"request above the limit of defaults": {
			[]models.LimitItem{{Default: amounts(cpu(500))}}, []models.ContainerDetail{container(amounts(cpu(1500)), nil)},
			`Pod "p" is invalid: spec.containers[0].resources.requests: Invalid value: "1500m": must be less than or equal to cpu limit of 500m`,
		},
		"below the minimum": {
			[]models.LimitItem{{Min: amounts(cpu(100))}}, []models.ContainerDetail{container(amounts(cpu(50)), nil)},
			`pods "p" is forbidden: minimum cpu usage per Container is 100m, but request is 50m`,
		},
		"nothing said": {
			[]models.LimitItem{bounds}, []models.ContainerDetail{{}},
			`pods "p" is forbidden: [minimum cpu usage per Container is 100m.  No request is specified, ` +
				`maximum cpu usage per Container is 1.  No limit is specified, maximum memory usage per Container is 64Mi.  No limit is specified]`,
		},
		"limit above the maximum": {
			[]models.LimitItem{{Max: amounts(memory(64))}}, []models.ContainerDetail{container(amounts(memory(32)), amounts(memory(128)))},
			`pods "p" is forbidden: maximum memory usage per Container is 64Mi, but limit is 128Mi`,
		},
		"ratio": {
			[]models.LimitItem{{MaxRatio: amounts(models.Amount{Name: "cpu", Value: 2000, Milli: true})}},
			[]models.ContainerDetail{container(amounts(cpu(200)), amounts(cpu(500)))},
			`pods "p" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 2.500000`,
		},
		"ratio of nothing": {
			[]models.LimitItem{{MaxRatio: amounts(models.Amount{Name: "cpu", Value: 1500, Milli: true})}}, []models.ContainerDetail{{}},
			`pods "p" is forbidden: cpu max limit to request ratio per Container is 1500m, but no request is specified or request is 0`,
		},
		"pod as a whole": {
			[]models.LimitItem{{Type: models.LimitPod, Max: amounts(cpu(1000))}},
			[]models.ContainerDetail{container(nil, amounts(cpu(600))), container(nil, amounts(cpu(600)))},
			`pods "p" is forbidden: maximum cpu usage per Pod is 1, but limit is 1200m`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, limits(test.items...))
			if got := w.answer(w.pod(test.pod...)); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestClaimsUnderLimitRanges(t *testing.T) {
	least := models.Amount{Name: "storage", Value: 1 << 30, Format: models.BinarySI}
	most := models.Amount{Name: "storage", Value: 2 << 30, Format: models.BinarySI}
	w := newWorld(t, limits(models.LimitItem{Type: models.LimitClaim, Min: amounts(least), Max: amounts(most)}))
	for size, want := range map[int64]string{
		1 << 29: `persistentvolumeclaims "c" is forbidden: minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 512Mi`,
		3 << 30: `persistentvolumeclaims "c" is forbidden: maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi`,
		1 << 30: "",
	} {
		claim := &models.ClaimSpec{Namespace: w.Dictionary().Sym("shop"), Request: size, Requested: true}
		_, refusal := w.Claim(claim, nil)
		got := ""
		if refusal.Form != models.NotRefused {
			got = refusal.Text("persistentvolumeclaims", "PersistentVolumeClaim", "c")
		}
		if got != want {
			t.Errorf("%d bytes: got %q, want %q", size, got, want)
		}
	}
}

func TestResourceQuota(t *testing.T) {
	some := container(amounts(cpu(500), memory(64)), amounts(cpu(1000)))
	one := func(name string) models.Amount { return models.Amount{Name: name, Value: 1} }
	for name, test := range map[string]struct {
		hard   models.Amounts
		scopes []models.QuotaScope
		pod    []models.ContainerDetail
		want   string // to the second of two such pods
	}{
		"room":       {amounts(named("requests.cpu", cpu(1000))), nil, []models.ContainerDetail{some}, "requests cpu=500m,memory=64Mi limits cpu=1 Burstable"},
		"pods":       {amounts(one("pods")), nil, []models.ContainerDetail{{}}, `pods "p" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1`},
		"count/pods": {amounts(one("count/pods")), nil, []models.ContainerDetail{{}}, `pods "p" is forbidden: exceeded quota: q, requested: count/pods=1, used: count/pods=1, limited: count/pods=1`},
		"several": {
			amounts(named("limits.cpu", cpu(1500)), named("requests.memory", memory(100)), one("pods")), nil, []models.ContainerDetail{some},
			`pods "p" is forbidden: exceeded quota: q, requested: limits.cpu=1,pods=1,requests.memory=64Mi, ` +
				`used: limits.cpu=1,pods=1,requests.memory=64Mi, limited: limits.cpu=1500m,pods=1,requests.memory=100Mi`,
		},
		"must be given": {
			amounts(named("requests.cpu", cpu(1000)), named("limits.memory", memory(1))), nil, []models.ContainerDetail{some, {}},
			`pods "p" is forbidden: failed quota: q: must specify limits.memory for: a,b; requests.cpu for: b`,
		},
		"out of scope": {
			amounts(one("pods")), []models.QuotaScope{{Scope: models.ScopeBestEffort}}, []models.ContainerDetail{some},
			"requests cpu=500m,memory=64Mi limits cpu=1 Burstable",
		},
		"extended": {
			amounts(one("requests.nvidia.com/gpu")), nil, []models.ContainerDetail{container(amounts(one("nvidia.com/gpu")), amounts(one("nvidia.com/gpu")))},
			`pods "p" is forbidden: exceeded quota: q, requested: requests.nvidia.com/gpu=1, used: requests.nvidia.com/gpu=1, limited: requests.nvidia.com/gpu=1`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, &models.PolicySpec{Hard: test.hard, Scopes: test.scopes})
			spec := w.pod(test.pod...)
			w.answer(spec)
			if got := w.answer(spec); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestObjectsAreCounted(t *testing.T) {
	w := newWorld(t, &models.PolicySpec{Hard: amounts(models.Amount{Name: "count/jobs.batch", Value: 1})})
	shop := w.Dictionary().Sym("shop")
	for i, want := range []string{"", `jobs.batch "j" is forbidden: exceeded quota: q, requested: count/jobs.batch=1, used: count/jobs.batch=1, limited: count/jobs.batch=1`} {
		ops, refusal := w.Object("jobs.batch", shop, nil)
		w.do(ops...)
		got := ""
		if refusal.Form != models.NotRefused {
			got = refusal.Text("jobs.batch", "Job", "j")
		}
		if got != want {
			t.Errorf("Job %d: got %q, want %q", i, got, want)
		}
	}
}

func TestNamespaceLifecycle(t *testing.T) {
	w := newWorld(t)
	shop := w.Dictionary().Sym("shop")
	w.do(models.Op{Kind: models.OpEndNamespace, Name: shop})
	if got, want := w.answer(w.pod(models.ContainerDetail{})), `pods "p" is forbidden: unable to create new content in namespace shop because it is being terminated`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	w.do(models.Op{Kind: models.OpDropNamespace, Name: shop})
	if got, want := w.answer(w.pod(models.ContainerDetail{})), `namespaces "shop" not found`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestQuantitiesAreWrittenAsTheAPIWritesThem(t *testing.T) {
	for want, a := range map[string]models.Amount{
		"1500m": cpu(1500), "2": cpu(2000), "0": cpu(0), "64Mi": memory(64), "1536Mi": memory(1536), "1Gi": memory(1024),
		"1k": {Value: 1000}, "1001": {Value: 1001}, "512": {Value: 512, Format: models.BinarySI}, "12e6": {Value: 12_000_000, Format: models.DecimalExponent},
	} {
		if got := a.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
