package plugins

import (
	"slices"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// service makes a Service that selects labels in a namespace.
func (b *bed) service(namespace string, selector ...string) {
	b.c.DefineService(&models.ServiceSpec{Namespace: b.d.Sym(namespace), Name: b.d.Sym("service"), Selector: b.labels(selector...)})
}

// owner creates an owner of a kind that selects labels.
func (b *bed) owner(kind models.OwnerKind, selector ...models.Requirement) models.OwnerID {
	id := models.OwnerID(b.c.View().Owners())
	spec := b.c.DefineOwner(&models.OwnerSpec{Kind: kind, Selector: selector})
	b.apply(models.Op{Kind: models.OpCreateOwner, Owner: id, Parent: models.None, Def: int32(spec), Name: b.d.Sym("owner")})
	return id
}

// cycleOf is an attempt to schedule a new pod of an owner.
func (b *bed) cycleOf(owner models.OwnerID, edit ...func(*models.PodSpec)) *framework.Cycle {
	b.Helper()
	spec := &models.PodSpec{Requests: models.Resources{models.Pods: 1}}
	for _, e := range edit {
		e(spec)
	}
	id := models.PodID(b.c.View().Pods())
	b.apply(models.Op{Kind: models.OpCreatePod, Pod: id, Owner: owner, Def: int32(b.c.DefinePod(spec)),
		Name: b.d.Sym("pod"), Ordinal: models.Numbered(int32(id))})
	v := b.c.View()
	return &framework.Cycle{View: v, Pod: v.Pod(id), Spec: spec, Nodes: v.Nodes(), Counts: framework.Walk{View: v}}
}

// hardZones spreads by default over zones.
func hardZones() *PodTopologySpreadArgs {
	return &PodTopologySpreadArgs{DefaultingType: ListDefaulting, DefaultConstraints: []TopologySpreadConstraint{
		{MaxSkew: 1, TopologyKey: "zone", WhenUnsatisfiable: doNotSchedule},
	}}
}

func TestSpreadDefaultsFollowServicesAndOwners(t *testing.T) {
	const all, none = "skewed skewed skewed ok missing", "skip"
	is := func(b *bed, value string) models.Requirement { return b.requirement("app", models.In, value) }
	for _, test := range []struct {
		name  string
		owner func(b *bed) models.OwnerID
		want  string
	}{
		{"neither", func(*bed) models.OwnerID { return models.None }, none},
		{"Service", func(b *bed) models.OwnerID { b.service("", "app=x"); return models.None }, all},
		{"Service of another namespace", func(b *bed) models.OwnerID { b.service("other", "app=x"); return models.None }, none},
		{"Service of other pods", func(b *bed) models.OwnerID { b.service("", "app=y"); return models.None }, none},
		{"Service without a selector", func(b *bed) models.OwnerID { b.service(""); return models.None }, none},
		{"Services narrow one another", func(b *bed) models.OwnerID {
			b.service("", "app=x")
			b.service("", "tier=1")
			return models.None
		}, "ok ok ok ok missing"},
		{"ReplicaSet", func(b *bed) models.OwnerID { return b.owner(models.ReplicaSet, is(b, "x")) }, all},
		{"StatefulSet", func(b *bed) models.OwnerID { return b.owner(models.StatefulSet, is(b, "x")) }, all},
		{"DaemonSet, which is not asked", func(b *bed) models.OwnerID { return b.owner(models.DaemonSet, is(b, "x")) }, none},
		{"ReplicaSet with expressions", func(b *bed) models.OwnerID {
			return b.owner(models.ReplicaSet, b.requirement("app", models.Exists))
		}, all},
		{"ReplicaSet and Service narrow one another", func(b *bed) models.OwnerID {
			b.service("", "tier=1")
			return b.owner(models.ReplicaSet, is(b, "x"))
		}, "ok ok ok ok missing"},
		{"ReplicationController", func(b *bed) models.OwnerID { return b.owner(models.ReplicationController, is(b, "x")) }, all},
		{"ReplicationController outdoes Service", func(b *bed) models.OwnerID {
			b.service("", "app=x")
			return b.owner(models.ReplicationController, is(b, "y"))
		}, "ok ok ok ok missing"},
		{"Job", func(b *bed) models.OwnerID { return b.owner(models.Job, is(b, "x")) }, none},
		{"Job and Service", func(b *bed) models.OwnerID {
			b.service("", "app=x")
			return b.owner(models.Job, is(b, "y"))
		}, all},
	} {
		b := zones(t)
		p := spreadPlugin(b, hardZones())
		owner := test.owner(b)
		c := b.cycleOf(owner, func(s *models.PodSpec) { s.Labels = b.labels("app=x", "tier=1") })
		if got := filtered(p, c); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
		c = b.cycleOf(owner, app(b, "x"), spread(spreadOver(b, "rack", func(c *models.SpreadConstraint) { c.Soft = true })))
		if got := filtered(p, c); got != none {
			t.Errorf("%s: got %q for a pod with a constraint of its own, want %q", test.name, got, none)
		}
	}
}

func TestSpreadDefaultsForgetOwnersThatAreGone(t *testing.T) {
	b := zones(t)
	p, owner := spreadPlugin(b, hardZones()), b.owner(models.ReplicaSet, b.requirement("app", models.In, "x"))
	c := b.cycleOf(owner, app(b, "x"))
	c.Memo = new(framework.Memo)
	for _, want := range []string{"skewed skewed skewed ok missing", "skip"} {
		if got := filtered(p, c); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if !c.View.Owner(owner).Deleted() {
			b.apply(models.Op{Kind: models.OpDeleteOwner, Owner: owner})
		}
	}
}

// Under the defaults of Kubernetes, nodes without a zone take part: they count as
// one more zone in the weight, and score by hostname alone.
func TestSpreadSystemDefaults(t *testing.T) {
	for _, test := range []struct {
		name            string
		zones           []string
		raw, normalised []int64
	}{
		// Hostname: ln 6 (cnt) + 2; zone: ln 4 (sum) + 4.
		{"zones", []string{"zone=a", "zone=a", "zone=b", "zone=b"}, []int64{9, 7, 14, 12}, []int64{85, 100, 50, 64}},
		// Zone: ln 4 for a and none.
		{"one without a zone", []string{"zone=a", "zone=a", "zone=a", ""}, []int64{12, 10, 14, 4}, []int64{42, 57, 28, 100}},
		{"none has a zone", []string{"", "", "", ""}, []int64{4, 2, 6, 4}, []int64{66, 100, 33, 66}},
		// An empty zone and none are counted as one zone, of weight ln 3.
		{"an empty zone", []string{"zone=", "zone=", "zone=", ""}, []int64{12, 10, 14, 4}, []int64{42, 57, 28, 100}},
	} {
		b := newBed(t)
		b.service("", "app=x")
		for i, zone := range test.zones {
			labels := []string{"kubernetes.io/hostname=n" + string('0'+rune(i))}
			if zone != "" {
				labels = append(labels, "topology.kubernetes.io/"+zone)
			}
			node := b.node("n", labelled(b, labels...))
			for range []int{1, 0, 2, 1}[i] {
				b.place(node, app(b, "x"))
			}
		}
		c := b.cycle(app(b, "x"))
		raw, normalised := scored(spreadPlugin(b, nil), c, nodesOf(c))
		if !slices.Equal(raw, test.raw) || !slices.Equal(normalised, test.normalised) {
			t.Errorf("%s: got %v and %v, want %v and %v", test.name, raw, normalised, test.raw, test.normalised)
		}
		list := &PodTopologySpreadArgs{DefaultingType: ListDefaulting}
		if raw, _ := scored(spreadPlugin(b, list), c, nodesOf(c)); raw != nil {
			t.Errorf("%s: an empty list of defaults scores %v", test.name, raw)
		}
	}
}

func TestSpreadArgs(t *testing.T) {
	zero, policy := int32(0), "honor"
	twice := TopologySpreadConstraint{MaxSkew: 1, TopologyKey: "zone", WhenUnsatisfiable: scheduleAnyway}
	args := &PodTopologySpreadArgs{
		TypeMeta:       TypeMeta{Kind: "NodeAffinityArgs"},
		DefaultingType: "system",
		DefaultConstraints: []TopologySpreadConstraint{twice, twice, {
			TopologyKey: "a b", WhenUnsatisfiable: "Never", LabelSelector: map[string]any{}, MinDomains: &zero,
			NodeAffinityPolicy: &policy, NodeTaintsPolicy: &policy,
		}},
	}
	_, err := NewPodTopologySpread(*args, models.NewDictionary())
	want := Problems{
		{"kind", `arguments of another plugin (got "NodeAffinityArgs"; want PodTopologySpreadArgs)`},
		{"defaultingType", `unknown type (got "system"; want System or List)`},
		{"defaultConstraints[1]", `topologyKey "zone" is there twice with whenUnsatisfiable "ScheduleAnyway"`},
		{"defaultConstraints[2].maxSkew", `out of range (got 0; want at least 1)`},
		{"defaultConstraints[2].topologyKey", `not a label key (got "a b")`},
		{"defaultConstraints[2].whenUnsatisfiable", `unknown action (got "Never"; want DoNotSchedule or ScheduleAnyway)`},
		{"defaultConstraints[2].labelSelector", `must be absent (the selector of a default constraint follows from each pod)`},
		{"defaultConstraints[2].minDomains", `out of range (got 0; want at least 1)`},
		{"defaultConstraints[2].nodeAffinityPolicy", `unknown policy (got "honor"; want Honor or Ignore)`},
		{"defaultConstraints[2].nodeTaintsPolicy", `unknown policy (got "honor"; want Honor or Ignore)`},
	}
	if err == nil || err.Error() != want.Error() {
		t.Errorf("got\n%v\nwant\n%v", err, want)
	}
	args = &PodTopologySpreadArgs{DefaultConstraints: []TopologySpreadConstraint{twice}}
	if _, err := NewPodTopologySpread(*args, models.NewDictionary()); err == nil ||
		err.Error() != "defaultingType: System does not go with defaultConstraints (got 1 of them; want type List, or none)" {
		t.Errorf("constraints under type System: %v", err)
	}
}
