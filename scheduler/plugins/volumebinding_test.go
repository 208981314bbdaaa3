package plugins

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

func TestVolumeBindingWantsClaims(t *testing.T) {
	b := newBed(t)
	p := b.plugin("VolumeBinding", nil)
	n := b.node("n")
	b.class("late")
	b.claim("early", func(s *models.ClaimSpec) { s.Class = b.d.Sym("unknown") })
	b.claim("promised", func(s *models.ClaimSpec) { s.Volume = b.d.Sym("v") })
	b.claim("lost", b.boundTo("v"), func(s *models.ClaimSpec) { s.Lost = true })
	b.claim("going", b.boundTo("v"), func(s *models.ClaimSpec) { s.Deleting = true })
	b.claim("dangling", b.boundTo("gone"))
	for claim, want := range map[string]string{
		"nobody":   `X: persistentvolumeclaim "nobody" not found`,
		"early":    immediate,
		"promised": immediate,
		"lost":     `X: persistentvolumeclaim "lost" bound to non-existent persistentvolume "v"`,
		"going":    `X: persistentvolumeclaim "going" is being deleted`,
		"dangling": "X: node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)",
	} {
		if got := ask(p, b.cycle(b.claims(claim)), n); got != want {
			t.Errorf("%s: got %s, want %s", claim, got, want)
		}
	}
	if got := ask(p, b.cycle(disks(models.Volume{Kind: models.GCEDisk, Disk: 1})), n); got != "skip" {
		t.Errorf("no claim: %s", got)
	}
}

func TestEphemeralVolumesHaveAClaimOfTheirPod(t *testing.T) {
	b := newBed(t)
	binding, limits := b.plugin("VolumeBinding", nil), b.plugin("NodeVolumeLimits", nil)
	n := b.node("n")
	b.volume("v", 10)
	ephemeral := disks(models.Volume{Kind: models.EphemeralVolume, Claim: b.d.Sym("tmp")})
	c := b.cycle(ephemeral)
	name := c.Pod.Name() + "-tmp"
	for p, want := range map[framework.Plugin]string{
		binding: fmt.Sprintf("X: waiting for ephemeral volume controller to create the persistentvolumeclaim %q", name),
		limits:  fmt.Sprintf("X: looking up PVC /%s: persistentvolumeclaim %q not found", name, name),
	} {
		if got := ask(p, c, n); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	b.claim(name, b.boundTo("v"))
	want := fmt.Sprintf("X: PVC /%s was not created for pod /%s (pod is not owner)", name, c.Pod.Name())
	for _, p := range []framework.Plugin{binding, limits} {
		if got := ask(p, c, n); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	b.claim(name, b.boundTo("v"), func(s *models.ClaimSpec) { s.Pod = b.d.Sym(c.Pod.Name()) })
	for _, p := range []framework.Plugin{binding, limits} {
		if got := ask(p, c, n); got != "ok" {
			t.Errorf("its own claim: %s", got)
		}
	}
}

func TestVolumeBindingFindsTheSmallestVolumeThatSuits(t *testing.T) {
	for _, test := range []struct {
		name  string
		edit  func(*bed, *models.VolumeSpec) // of a volume of 20 bytes beside one of 30
		claim func(*bed, *models.ClaimSpec)
		want  string
	}{
		{"it suits", nil, nil, "small"},
		{"too small", func(_ *bed, s *models.VolumeSpec) { s.Capacity = 9 }, nil, "large"},
		{"just large enough", func(_ *bed, s *models.VolumeSpec) { s.Capacity = 10 }, nil, "small"},
		{"of another class", func(b *bed, s *models.VolumeSpec) { s.Class = b.d.Sym("other") }, nil, "large"},
		{"not available", func(_ *bed, s *models.VolumeSpec) { s.Available = false }, nil, "large"},
		{"being deleted", func(_ *bed, s *models.VolumeSpec) { s.Deleting = true }, nil, "large"},
		{"a block device", func(_ *bed, s *models.VolumeSpec) { s.Block = true }, nil, "large"},
		{"with other attributes", func(b *bed, s *models.VolumeSpec) { s.AttributesClass = b.d.Sym("gold") }, nil, "large"},
		{"for one pod", func(_ *bed, s *models.VolumeSpec) { s.Modes = models.ReadOnlyMany }, nil, "large"},
		{"out of reach", func(b *bed, s *models.VolumeSpec) { b.reach("host=m")(s) }, nil, "large"},
		{"within reach", func(b *bed, s *models.VolumeSpec) { b.reach("host=n")(s) }, nil, "small"},
		{"without the labels", nil, func(b *bed, s *models.ClaimSpec) {
			s.Selector = models.Selector{{Key: b.d.Sym("kind"), Op: models.In, Values: b.syms("ssd")}}
		}, "none"},
		{"with the labels", func(b *bed, s *models.VolumeSpec) { s.Labels = b.labels("kind=ssd") }, func(b *bed, s *models.ClaimSpec) {
			s.Selector = models.Selector{{Key: b.d.Sym("kind"), Op: models.In, Values: b.syms("ssd")}}
		}, "small"},
		{"bound to another claim", func(b *bed, s *models.VolumeSpec) { s.Claim = models.ClaimRef{Name: b.d.Sym("d"), Given: true} }, nil, "large"},
		{"bound to a former claim of that name", func(b *bed, s *models.VolumeSpec) {
			s.Claim = models.ClaimRef{Name: b.d.Sym("c"), UID: b.d.Sym("old"), Given: true}
		}, nil, "large"},
		{"bound to it, a larger one", func(b *bed, s *models.VolumeSpec) {
			s.Capacity, s.Claim, s.Available = 50, models.ClaimRef{Name: b.d.Sym("c"), Given: true}, false
		}, nil, "small"},
		{"bound to it, out of reach", func(b *bed, s *models.VolumeSpec) {
			s.Claim = models.ClaimRef{Name: b.d.Sym("c"), Given: true}
			b.reach("host=m")(s)
		}, nil, "none"},
	} {
		b := newBed(t)
		p := b.plugin("VolumeBinding", nil).(*VolumeBinding)
		n := b.node("n", b.labelled("host=n"))
		b.class("late")
		b.volume("small", 20, func(s *models.VolumeSpec) {
			if test.edit != nil {
				test.edit(b, s)
			}
		})
		b.volume("large", 30)
		b.claim("c", func(s *models.ClaimSpec) {
			if test.claim != nil {
				test.claim(b, s)
			}
		})
		c := b.cycle(b.claims("c"))
		got := ask(p, c, n)
		if got == "ok" {
			got = b.d.String(c.View.Volume(p.bindings[0].volume).Spec().Name)
		} else if got == noneToBind {
			got = "none"
		}
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestVolumeBindingMakesVolumesWhereTheyMayBe(t *testing.T) {
	limited := func(label string) func(*bed, *models.StorageClassSpec) {
		return func(b *bed, s *models.StorageClassSpec) {
			of := b.labels(label)[0]
			s.Topologies = []models.NodeTerm{{Labels: models.Selector{{Key: of.Key, Op: models.In, Values: []models.Sym{of.Value}}}}}
		}
	}
	room := func(limit int64, zone string) func(*bed, *models.StorageClassSpec) {
		return func(b *bed, s *models.StorageClassSpec) {
			s.Tracked = true
			s.Capacities = []models.StorageCapacity{{Limit: limit, Nodes: models.Selector{
				{Key: b.d.Sym("zone"), Op: models.In, Values: b.syms(zone)}}}}
		}
	}
	for _, test := range []struct {
		name string
		edit func(*bed, *models.StorageClassSpec)
		want string
	}{
		{"anywhere", nil, "ok"},
		{"nobody makes them", func(b *bed, s *models.StorageClassSpec) { s.Provisioner = b.d.Sym(notProvisioned) }, noneToBind},
		{"in its topology", limited("zone=a"), "ok"},
		{"in another", limited("zone=b"), noneToBind},
		{"as much room as it takes", room(10, "a"), "ok"},
		{"too little", room(9, "a"), full},
		{"room elsewhere", room(10, "b"), full},
		{"no room", func(_ *bed, s *models.StorageClassSpec) { s.Tracked = true }, full},
	} {
		b := newBed(t)
		p := b.plugin("VolumeBinding", nil)
		n := b.node("n", b.labelled("zone=a"))
		b.class("late", b.made("csi"), func(s *models.StorageClassSpec) {
			if test.edit != nil {
				test.edit(b, s)
			}
		})
		b.claim("c")
		if got := ask(p, b.cycle(b.claims("c")), n); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestVolumeBindingHoldsPodsToBoundVolumes(t *testing.T) {
	b := newBed(t)
	p := b.plugin("VolumeBinding", nil)
	here, there := b.node("here", b.labelled("host=here")), b.node("there", b.labelled("host=there", "csi=here"))
	b.class("late")
	b.volume("v", 10, b.reach("host=here"), func(s *models.VolumeSpec) {
		s.Migrated = b.d.Sym("kubernetes.io/gce-pd")
		of := models.VolumeSpec{}
		b.reach("csi=here")(&of)
		s.MigratedAffinity = of.Affinity
	})
	b.claim("c", b.boundTo("v"))
	b.claim("d")
	c := b.cycle(b.claims("c"))
	for node, want := range map[framework.Node]string{here: "ok", there: farAway} {
		if got := ask(p, c, node); got != want {
			t.Errorf("%s: got %s, want %s", node.Name(), got, want)
		}
	}
	if got, want := ask(p, b.cycle(b.claims("c", "d")), there), farAway+", "+strings.TrimPrefix(noneToBind, "X: "); got != want {
		t.Errorf("two reasons: got %s, want %s", got, want)
	}
	b.c.DefineCSINode(&models.CSINodeSpec{Node: b.d.Sym("there"), Migrated: b.syms("kubernetes.io/gce-pd")})
	if got := ask(p, c, there); got != "ok" {
		t.Errorf("as the CSI driver sees it: %s", got)
	}
}

// reserve answers as VolumeBinding reserves, and carries that out.
func (b *bed) reserve(c *framework.Cycle, n framework.Node) []models.Op {
	b.Helper()
	ops, status := b.plugin("VolumeBinding", nil).(framework.Reserve).Reserve(c, n.ID(), nil)
	if status != nil {
		b.Fatal(answer(status))
	}
	for _, op := range ops {
		b.apply(op)
	}
	return ops
}

func TestWhatIsReservedIsSeenByTheNextPod(t *testing.T) {
	b := newBed(t)
	p := b.plugin("VolumeBinding", nil)
	here, there := b.node("here", b.labelled("host=here")), b.node("there", b.labelled("host=there"))
	b.class("late")
	b.class("made", b.made("csi"))
	v := b.volume("v", 10, b.reach("host=here"))
	first, second := b.claim("first"), b.claim("second")
	made := b.claim("made", func(s *models.ClaimSpec) { s.Class = b.d.Sym("made") })
	both := b.cycle(b.claims("made", "first"))
	want := []models.Op{
		{Kind: models.OpBindClaim, Def: int32(first), Arg: int64(v)},
		{Kind: models.OpPlaceClaim, Def: int32(made), Node: here.ID()},
	}
	if got := b.reserve(both, here); !slices.Equal(got, want) {
		t.Fatalf("got %+v, want %+v", got, want)
	}
	if got := b.reserve(both, here); len(got) > 0 {
		t.Errorf("reserved twice: %+v", got)
	}
	for _, test := range []struct {
		name, claim string
		node        framework.Node
		want        string
	}{
		{"the volume is taken", "second", here, noneToBind},
		{"by its claim it is found", "first", here, "ok"},
		{"where it is", "first", there, noneToBind},
		{"a volume that is being made", "made", here, "ok"},
		{"is made for one node", "made", there, noneToBind},
	} {
		if got := ask(p, b.cycle(b.claims(test.claim)), test.node); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
	b.apply(models.Op{Kind: models.OpBindClaim, Def: models.None, Arg: int64(v)})
	if got := ask(p, b.cycle(b.claims("second")), here); got != "ok" {
		t.Errorf("claim %d after the other was taken back: %s", second, got)
	}
}

func TestTwoClaimsOfAPodGetTwoVolumes(t *testing.T) {
	b := newBed(t)
	n := b.node("n")
	b.class("late")
	large, small := b.volume("large", 30), b.volume("small", 20)
	big := b.claim("big", func(s *models.ClaimSpec) { s.Request = 15 })
	little := b.claim("little")
	want := []models.Op{ // the smallest claim comes first
		{Kind: models.OpBindClaim, Def: int32(little), Arg: int64(small)},
		{Kind: models.OpBindClaim, Def: int32(big), Arg: int64(large)},
	}
	if got := b.reserve(b.cycle(b.claims("big", "little")), n); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestVolumeBindingArgs(t *testing.T) {
	seconds := int64(-1)
	_, err := NewVolumeBinding(VolumeBindingArgs{BindTimeoutSeconds: &seconds, Shape: []UtilizationShapePoint{}}, models.NewDictionary())
	want := "bindTimeoutSeconds: out of range (got -1; want >= 0)\n" +
		"shape: needs the feature gate StorageCapacityScoring, which is off"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
