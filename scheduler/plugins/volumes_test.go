package plugins

import (
	"fmt"
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/scheduler/framework"
)

// claims lets a pod name claims.
func (b *bed) claims(names ...string) func(*models.PodSpec) {
	return func(s *models.PodSpec) {
		for _, name := range names {
			s.Volumes = append(s.Volumes, models.Volume{Kind: models.ClaimVolume, Claim: b.d.Sym(name)})
		}
	}
}

func disks(list ...models.Volume) func(*models.PodSpec) {
	return func(s *models.PodSpec) { s.Volumes = append(s.Volumes, list...) }
}

// claim defines a claim of 10 bytes of the class late, as edited.
func (b *bed) claim(name string, edit ...func(*models.ClaimSpec)) models.ClaimID {
	spec := &models.ClaimSpec{Name: b.d.Sym(name), Class: b.d.Sym("late"), Modes: models.ReadWriteOnce, Request: 10, Requested: true}
	for _, e := range edit {
		e(spec)
	}
	return b.c.DefineClaim(spec)
}

// volume defines an available volume of the class late, as edited.
func (b *bed) volume(name string, capacity int64, edit ...func(*models.VolumeSpec)) models.VolumeID {
	spec := &models.VolumeSpec{Name: b.d.Sym(name), Class: b.d.Sym("late"), Capacity: capacity, Modes: models.ReadWriteOnce, Available: true}
	for _, e := range edit {
		e(spec)
	}
	return b.c.DefineVolume(spec)
}

// class defines a class that waits for consumers and whose volumes nobody makes,
// as edited.
func (b *bed) class(name string, edit ...func(*models.StorageClassSpec)) {
	spec := &models.StorageClassSpec{Name: b.d.Sym(name), Provisioner: b.d.Sym(notProvisioned), WaitForConsumer: true}
	for _, e := range edit {
		e(spec)
	}
	b.c.DefineStorageClass(spec)
}

// boundTo binds a claim fully to a volume.
func (b *bed) boundTo(volume string) func(*models.ClaimSpec) {
	return func(s *models.ClaimSpec) { s.Volume, s.Completed = b.d.Sym(volume), true }
}

func (b *bed) made(driver string) func(*models.StorageClassSpec) {
	return func(s *models.StorageClassSpec) {
		s.Provisioner, s.Driver = b.d.Sym(driver), b.d.Sym(driver)
	}
}

// reach limits a volume to nodes with a label.
func (b *bed) reach(label string) func(*models.VolumeSpec) {
	return func(s *models.VolumeSpec) {
		of := b.labels(label)[0]
		s.Affinity = models.VolumeAffinity{Limited: true, Terms: []models.NodeTerm{{Labels: models.Selector{
			{Key: of.Key, Op: models.In, Values: []models.Sym{of.Value}}}}}}
	}
}

func (b *bed) labelled(labels ...string) func(*models.NodeSpec) {
	return func(s *models.NodeSpec) { s.Labels = b.labels(labels...) }
}

// ask is the answer of PreFilter, if it is one, else that of Filter.
func ask(p framework.Plugin, c *framework.Cycle, n framework.Node) string {
	if _, _, s := p.(framework.PreFilter).PreFilter(c); s != nil {
		return answer(s)
	}
	return answer(p.(framework.Filter).Filter(c, n))
}

const (
	inUse      = "U: node(s) had no available disk"
	oncePod    = "U: node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
	noneToBind = "X: node(s) didn't find available persistent volumes to bind"
	farAway    = "X: node(s) didn't match PersistentVolume's node affinity"
	immediate  = "X: pod has unbound immediate PersistentVolumeClaims"
	full       = "X: node(s) did not have enough free storage"
)

func TestVolumeRestrictionsKeepsDisksApart(t *testing.T) {
	const a, b, m, n = models.Sym(1), models.Sym(2), models.Sym(3), models.Sym(4)
	disk := func(kind models.VolumeKind, name models.Sym, readOnly bool) models.Volume {
		return models.Volume{Kind: kind, Disk: name, ReadOnly: readOnly}
	}
	image := func(pool models.Sym, readOnly bool, monitors ...models.Sym) models.Volume {
		return models.Volume{Kind: models.RBDDisk, Disk: a, Pool: pool, Monitors: monitors, ReadOnly: readOnly}
	}
	for _, test := range []struct {
		name       string
		have, want models.Volume
		answer     string
	}{
		{"the same persistent disk", disk(models.GCEDisk, a, false), disk(models.GCEDisk, a, true), inUse},
		{"read by both", disk(models.GCEDisk, a, true), disk(models.GCEDisk, a, true), "ok"},
		{"another disk", disk(models.GCEDisk, a, false), disk(models.GCEDisk, b, false), "ok"},
		{"a disk of another kind", disk(models.GCEDisk, a, false), disk(models.EBSDisk, a, false), "ok"},
		{"EBS, even if it is only read", disk(models.EBSDisk, a, true), disk(models.EBSDisk, a, true), inUse},
		{"the same iSCSI target", disk(models.ISCSIDisk, a, true), disk(models.ISCSIDisk, a, false), inUse},
		{"an iSCSI target that is read", disk(models.ISCSIDisk, a, true), disk(models.ISCSIDisk, a, true), "ok"},
		{"the same RBD image", image(m, false, a, b), image(m, true, b), inUse},
		{"an RBD image that is read", image(m, true, a), image(m, true, a), "ok"},
		{"of another monitor", image(m, false, a), image(m, false, b), "ok"},
		{"in another pool", image(m, false, a), image(n, false, a), "ok"},
		{"disks of other kinds are shared", disk(models.OtherDisk, a, false), disk(models.OtherDisk, a, false), "skip"},
	} {
		bed := newBed(t)
		p := bed.plugin("VolumeRestrictions", nil)
		n := bed.node("n")
		bed.place(n, disks(test.have))
		if got := ask(p, bed.cycle(disks(test.want)), n); got != test.answer {
			t.Errorf("%s: got %s, want %s", test.name, got, test.answer)
		}
	}
}

func TestVolumeRestrictionsGivesAClaimToOnePod(t *testing.T) {
	b := newBed(t)
	p := b.plugin("VolumeRestrictions", nil).(*VolumeRestrictions)
	n, other := b.node("n"), b.node("other")
	b.claim("one", func(s *models.ClaimSpec) { s.Modes = models.ReadWriteOncePod })
	b.claim("many")
	if got := ask(p, b.cycle(b.claims("lost")), n); got != `X: persistentvolumeclaim "lost" not found` {
		t.Error(got)
	}
	if got := ask(p, b.cycle(b.claims("one", "many")), n); got != "skip" {
		t.Errorf("nobody uses it: %s", got)
	}
	user := b.place(other, b.claims("one", "many"))
	if got := ask(p, b.cycle(b.claims("many")), n); got != "skip" {
		t.Errorf("a claim for many: %s", got)
	}
	c := b.cycle(b.claims("one"))
	if got := ask(p, c, n); got != oncePod {
		t.Errorf("in use on any node: %s", got)
	}
	p.RemovePod(c, user, other)
	if got := answer(p.Filter(c, other)); got != "ok" {
		t.Errorf("without its user: %s", got)
	}
	p.AddPod(c, user, other)
	if got := answer(p.Filter(c, other)); got != oncePod {
		t.Errorf("with it again: %s", got)
	}
	e := &framework.Event{Kind: framework.AssignedPodDelete, Spec: user.Spec()}
	if !queues(p, c, e) {
		t.Error("its user went away, and nobody cares")
	}
	foreign := *user.Spec()
	foreign.Namespace = b.d.Sym("elsewhere")
	if queues(p, c, &framework.Event{Kind: framework.AssignedPodDelete, Spec: &foreign}) {
		t.Error("a pod of another namespace cannot have used it")
	}
}

func TestVolumeZoneHoldsPodsToZonesOfVolumes(t *testing.T) {
	const zone, region, oldZone = models.LabelZone, models.LabelRegion, "failure-domain.beta.kubernetes.io/zone"
	const elsewhere = "X: node(s) had no available volume zone"
	for _, test := range []struct {
		name   string
		node   []string
		volume []string // key=value/value
		want   string
	}{
		{"no label", []string{zone + "=a"}, nil, "skip"},
		{"its zone", []string{zone + "=a"}, []string{zone + "=a"}, "ok"},
		{"another", []string{zone + "=b"}, []string{zone + "=a"}, elsewhere},
		{"one of several", []string{zone + "=b"}, []string{zone + "=a/b"}, "ok"},
		{"each label counts", []string{zone + "=a", region + "=y"}, []string{zone + "=a", region + "=x"}, elsewhere},
		{"a node without any is everywhere", []string{"rack=1"}, []string{zone + "=a"}, "ok"},
		{"a node with another one is not", []string{region + "=x"}, []string{zone + "=a"}, elsewhere},
		{"an old label of the volume", []string{zone + "=a"}, []string{oldZone + "=a"}, "ok"},
		{"the old label of the node comes first", []string{oldZone + "=b", zone + "=a"}, []string{oldZone + "=a"}, elsewhere},
		{"an old label of the node", []string{oldZone + "=a"}, []string{zone + "=a"}, elsewhere},
	} {
		b := newBed(t)
		p := b.plugin("VolumeZone", nil)
		n := b.node("n", b.labelled(test.node...))
		b.volume("v", 10, func(s *models.VolumeSpec) {
			for _, text := range test.volume {
				key, values, _ := strings.Cut(text, "=")
				s.Zones = append(s.Zones, models.VolumeZone{Key: b.d.Sym(key), Values: b.syms(strings.Split(values, "/")...)})
			}
		})
		b.claim("c", b.boundTo("v"))
		if got := ask(p, b.cycle(b.claims("c")), n); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestVolumeZoneRefusesClaimsThatLeadNowhere(t *testing.T) {
	b := newBed(t)
	p := b.plugin("VolumeZone", nil)
	n := b.node("n")
	b.class("late")
	b.class("early", func(s *models.StorageClassSpec) { s.WaitForConsumer = false })
	of := func(class string) func(*models.ClaimSpec) {
		return func(s *models.ClaimSpec) { s.Class = b.d.Sym(class) }
	}
	b.claim("waiting")
	b.claim("classless", of(""))
	b.claim("unknown", of("gone"))
	b.claim("unbound", of("early"))
	b.claim("lost", b.boundTo("gone"))
	for claim, want := range map[string]string{
		"waiting":   "skip",
		"nobody":    `X: persistentvolumeclaim "nobody" not found`,
		"classless": "X: PersistentVolumeClaim had no pv name and storageClass name",
		"unknown":   `X: storageclass.storage.k8s.io "gone" not found`,
		"unbound":   "X: PersistentVolume had no name",
		"lost":      `X: persistentvolume "gone" not found`,
	} {
		if got := ask(p, b.cycle(b.claims(claim)), n); got != want {
			t.Errorf("%s: got %s, want %s", claim, got, want)
		}
	}
}

func TestNodeVolumeLimits(t *testing.T) {
	const tooMany = "U: node(s) exceed max volume count"
	b := newBed(t)
	p := b.plugin("NodeVolumeLimits", nil)
	limited, free, bare := b.node("limited"), b.node("free"), b.node("bare")
	csi := b.d.Sym("csi")
	b.c.DefineCSINode(&models.CSINodeSpec{Node: b.d.Sym("limited"), Drivers: []models.CSINodeDriver{{Name: csi, Limit: 2}},
		Attachments: []models.Attachment{{Driver: csi, Volume: b.d.Sym("v9")}, {Driver: csi, Volume: b.d.Sym("gone")}}})
	b.c.DefineCSINode(&models.CSINodeSpec{Node: b.d.Sym("free"), Drivers: []models.CSINodeDriver{{Name: csi, Limit: models.Unset}}})
	b.class("late", b.made("csi"))
	for i := range 3 {
		name := fmt.Sprint("v", i)
		b.volume(name, 10, func(s *models.VolumeSpec) { s.CSI, s.Driver, s.Handle = true, csi, s.Name })
		b.claim(fmt.Sprint("c", i), b.boundTo(name))
	}
	b.claim("unbound")
	b.claim("second")
	inline := models.Volume{Kind: models.GCEDisk, Disk: 1, Driver: csi, Handle: b.d.Sym("v0")}
	check := func(what string, n framework.Node, want string, edit ...func(*models.PodSpec)) {
		t.Helper()
		if got := ask(p, b.cycle(edit...), n); got != want {
			t.Errorf("%s: got %s, want %s", what, got, want)
		}
	}
	check("a pod without volumes", limited, "skip")
	check("as many as there may be", limited, "ok", b.claims("c0", "c1"))
	check("a claim twice", limited, "ok", b.claims("c0", "c0", "c1"))
	check("one too many", limited, tooMany, b.claims("c0", "c1", "c2"))
	check("an unbound claim counts by its class", limited, tooMany, b.claims("c0", "unbound", "second"))
	check("no limit", free, "ok", b.claims("c0", "c1", "c2"))
	check("no CSINode", bare, "ok", b.claims("c0", "c1", "c2"))
	check("a claim that does not exist", limited, `X: looking up PVC /nobody: persistentvolumeclaim "nobody" not found`, b.claims("nobody"))
	user := b.place(limited, b.claims("c0", "unbound", "nobody"))
	check("two are attached", limited, tooMany, b.claims("c1"))
	check("attached already", limited, "ok", b.claims("c0", "unbound"))
	check("an inline disk that is attached", limited, "ok", disks(inline))
	b.volume("v9", 10, func(s *models.VolumeSpec) { s.CSI, s.Driver, s.Handle = true, csi, s.Name })
	b.claim("c9", b.boundTo("v9"))
	check("what is attached to no pod counts as well", limited, tooMany, b.claims("c9"))
	c := b.cycle(b.claims("c1"))
	if !queues(p.(framework.EventsToRegister), c, &framework.Event{Kind: framework.AssignedPodDelete, Spec: user.Spec()}) {
		t.Error("volumes went away, and nobody cares")
	}
	if queues(p.(framework.EventsToRegister), c, &framework.Event{Kind: framework.AssignedPodDelete, Spec: b.pod().Spec()}) {
		t.Error("a pod without volumes gives none back")
	}
}

func TestVolumePluginsAllocateNothingForFeasibleNodes(t *testing.T) {
	b := newBed(t)
	n := b.node("n", b.labelled("host=n", models.LabelZone+"=a"))
	b.class("late")
	b.volume("free", 10, b.reach("host=n"))
	b.volume("v", 10, b.reach("host=n"), func(s *models.VolumeSpec) {
		s.Zones = []models.VolumeZone{{Key: b.d.Sym(models.LabelZone), Values: b.syms("a")}}
	})
	b.claim("bound", b.boundTo("v"))
	b.claim("unbound")
	c := b.cycle(b.claims("bound", "unbound"), disks(models.Volume{Kind: models.GCEDisk, Disk: 1}))
	for _, name := range []string{"VolumeRestrictions", "NodeVolumeLimits", "VolumeBinding", "VolumeZone"} {
		p := b.plugin(name, nil)
		if got := ask(p, c, n); got != "ok" {
			t.Errorf("%s: %s", name, got)
		}
		if got := testing.AllocsPerRun(100, func() { ask(p, c, n) }); got > 0 {
			t.Errorf("%s: %v allocations", name, got)
		}
	}
}
