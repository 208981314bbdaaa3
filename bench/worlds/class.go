package worlds

import (
	"slices"

	"github.com/podsim/podsim/models"
)

// What nodes and pods have in common.
const (
	zones      = 3
	pools      = 8
	teams      = 3
	namespaces = 20

	labelApp     = "app"
	labelDisk    = "disk"
	labelPool    = "pool"
	keyDedicated = "dedicated"
	keySpot      = "spot"
)

// offer adds a class of pods: an application of its own.
func (w *World) offer(i int) error {
	drawn := w.dice("class", i)
	spec := w.plain(i, drawn)
	set := w.config.Set
	if set&Taints != 0 {
		w.tolerate(spec, drawn)
	}
	if set&Affinity != 0 {
		w.preferNodes(spec, drawn)
	}
	if set&Spread != 0 {
		w.spread(spec, drawn)
	}
	if set&InterPod != 0 {
		w.relate(spec, drawn)
	}
	load := class{w.Cluster.DefinePod(spec), models.None, w.sym("app-", i)}
	if set&DefaultSpread != 0 {
		var err error
		if load.owner, err = w.own(i, spec, load.spec); err != nil {
			return err
		}
	}
	w.classes = append(w.classes, load)
	return nil
}

// plain asks for cpu and memory only: 100m to 1.55 cores, 128 MiB to 3.9 GiB.
func (w *World) plain(i int, drawn dice) *models.PodSpec {
	cpu, memory := int64(100+50*drawn.below(30)), int64(128+64*drawn.below(60))<<20
	return &models.PodSpec{Namespace: w.sym("ns-", i%namespaces), SchedulerName: w.Dictionary.Sym(models.DefaultScheduler),
		Labels:     models.NewLabels(models.Label{Key: w.Dictionary.Sym(labelApp), Value: w.sym("app-", i)}),
		Requests:   models.Resources{models.CPU: cpu, models.Memory: memory, models.Pods: 1},
		NonZeroCPU: cpu, NonZeroMemory: memory, ScoredCPU: cpu, ScoredMemory: memory, QOS: models.Burstable,
		Containers: []models.Container{{Name: w.Dictionary.Sym("main"), Image: w.sym("registry.example.com/app:", i)}}}
}

// tolerate lets one class in four onto the nodes of a team, one in four of those
// onto spot nodes too.
func (w *World) tolerate(spec *models.PodSpec, drawn dice) {
	if drawn.below(4) != 0 {
		return
	}
	d := w.Dictionary
	spec.Tolerations = append(spec.Tolerations, models.Toleration{Key: d.Sym(keyDedicated), Value: w.sym("team-", drawn.below(teams))})
	if drawn.below(4) == 0 {
		spec.Tolerations = append(spec.Tolerations, models.Toleration{Key: d.Sym(keySpot), Exists: true})
	}
}

// preferNodes gives each class one of: a node selector, a pool to stay out of, a
// pool to prefer, nothing.
func (w *World) preferNodes(spec *models.PodSpec, drawn dice) {
	d := w.Dictionary
	pool := func(op models.Operator) models.NodeTerm {
		return models.NodeTerm{Labels: models.Selector{{Key: d.Sym(labelPool), Op: op, Values: []models.Sym{w.sym("pool-", drawn.below(pools))}}}}
	}
	switch drawn.below(4) {
	case 0:
		spec.NodeSelector = models.NewLabels(models.Label{Key: d.Sym(labelDisk), Value: d.Sym("ssd")})
	case 1:
		spec.HasRequiredTerms, spec.RequiredTerms = true, []models.NodeTerm{pool(models.NotIn)}
	case 2:
		spec.PreferredTerms = []models.PreferredTerm{{Weight: int32(1 + drawn.below(100)), Term: pool(models.In)}}
	}
}

// spread gives a class a hard constraint over zones, a soft one over nodes, or both.
func (w *World) spread(spec *models.PodSpec, drawn dice) {
	kind := drawn.below(3)
	if kind != 1 {
		spec.Spread = append(spec.Spread, models.SpreadConstraint{TopologyKey: w.Dictionary.Sym(models.LabelZone),
			MaxSkew: int32(1 + drawn.below(3)), MinDomains: 1, Selector: itself(spec)})
	}
	if kind != 0 {
		spec.Spread = append(spec.Spread, models.SpreadConstraint{TopologyKey: w.Dictionary.Sym(models.LabelHostname),
			MaxSkew: 1, MinDomains: 1, Soft: true, Selector: itself(spec)})
	}
}

// relate gives some classes a relation to other pods: one in ten keeps off nodes
// with pods of its own, one in ten stays in a zone with them, three in ten prefer
// either.
func (w *World) relate(spec *models.PodSpec, drawn dice) {
	d := w.Dictionary
	term := func(key string, selector models.LabelSelector, weight int) []models.AffinityTerm {
		return []models.AffinityTerm{{TopologyKey: d.Sym(key), Selector: selector, Weight: int32(weight),
			Namespaces: []models.Sym{spec.Namespace}, NamespaceSelector: models.LabelSelector{None: true}}}
	}
	weight := 1 + drawn.below(100)
	switch n := drawn.below(10); {
	case n == 0:
		spec.AntiAffinity = term(models.LabelHostname, itself(spec), 0)
	case n == 1:
		spec.Affinity = term(models.LabelZone, itself(spec), 0)
	case n < 4:
		spec.PreferredAntiAffinity = term(models.LabelHostname, itself(spec), weight)
	case n == 4:
		// Every namespaces-th application is in the same namespace.
		other := len(w.classes)%namespaces + namespaces*drawn.below(max(w.config.Classes/namespaces, 1))
		spec.PreferredAffinity = term(models.LabelZone, selects(spec.Labels[0].Key, w.sym("app-", other)), weight)
	}
}

// own makes the ReplicaSet of a class, and a Service for every other one.
func (w *World) own(i int, spec *models.PodSpec, template models.SpecID) (models.OwnerID, error) {
	id := models.OwnerID(w.Cluster.View().Owners())
	def := w.Cluster.DefineOwner(&models.OwnerSpec{Kind: models.ReplicaSet, Namespace: spec.Namespace, Labels: spec.Labels,
		Template: template, Selector: slices.Clone(itself(spec).Requirements)})
	if i%2 == 0 {
		w.Cluster.DefineService(&models.ServiceSpec{Namespace: spec.Namespace, Name: w.sym("app-", i), Selector: spec.Labels})
	}
	return id, w.Cluster.Apply(0, &models.Op{Kind: models.OpCreateOwner, Owner: id, Parent: models.None, Def: int32(def),
		Name: w.sym("app-", i), Ordinal: models.Exact})
}

// itself selects the pods of the same application.
func itself(spec *models.PodSpec) models.LabelSelector {
	return selects(spec.Labels[0].Key, spec.Labels[0].Value)
}

func selects(key, value models.Sym) models.LabelSelector {
	return models.LabelSelector{Requirements: models.Selector{{Key: key, Op: models.In, Values: []models.Sym{value}}}}
}
