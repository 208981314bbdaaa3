package cluster_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// withStorage defines two claims and two volumes, the second one bound to the
// claim d.
func withStorage(w *world) {
	d := w.Dictionary()
	for _, name := range []string{"c", "d"} {
		w.DefineClaim(&models.ClaimSpec{Namespace: d.Sym("default"), Name: d.Sym(name)})
	}
	w.DefineVolume(&models.VolumeSpec{Name: d.Sym("v"), Class: d.Sym("fast")})
	w.DefineVolume(&models.VolumeSpec{Name: d.Sym("w"), Class: d.Sym("fast"),
		Claim: models.ClaimRef{Namespace: d.Sym("default"), Name: d.Sym("d"), Given: true}})
	w.DefineStorageClass(&models.StorageClassSpec{Name: d.Sym("fast"), Provisioner: d.Sym("csi")})
	w.DefineCSINode(&models.CSINodeSpec{Node: d.Sym("na"), Drivers: []models.CSINodeDriver{{Name: d.Sym("csi"), Limit: 3}}})
}

func bindClaim(claim, volume int) models.Op {
	return models.Op{Kind: models.OpBindClaim, Def: int32(claim), Arg: int64(volume)}
}

func placeClaim(claim int, node models.NodeID) models.Op {
	return models.Op{Kind: models.OpPlaceClaim, Def: int32(claim), Node: node}
}

func TestClaimsAndVolumesAreMeantForEachOther(t *testing.T) {
	w := newWorld(t, 2)
	withStorage(w)
	v, d := w.View(), w.Dictionary()
	volume, ok := v.FindVolume(d.Sym("v"))
	claim, found := v.FindClaim(d.Sym("default"), d.Sym("c"))
	if !ok || !found || len(v.VolumesOfClass(d.Sym("fast"))) != 2 || v.StorageClass(d.Sym("fast")) == nil || v.CSINode(d.Sym("na")) == nil {
		t.Fatal("what was defined is not found")
	}
	if volume.Claim().Given {
		t.Error("a free volume has a claim")
	}
	w.do(bindClaim(0, 0))
	if !volume.Claim().Names(claim.Spec()) {
		t.Errorf("the volume is meant for %+v", volume.Claim())
	}
	w.do(placeClaim(0, 1))
	if node, selected := claim.Node(); !selected || d.String(node) != "nb" {
		t.Errorf("the claim is placed on %q", d.String(node))
	}
	for _, test := range []struct {
		op   models.Op
		want string
	}{
		{bindClaim(0, 0), "is meant so already"},
		{bindClaim(1, 0), "is meant for claim 0 already"},
		{bindClaim(0, 1), "is bound to another claim"},
		{bindClaim(2, 0), "no claim has id 2"},
		{bindClaim(-2, 0), "no claim has id -2"},
		{bindClaim(0, 2), "no volume has id 2"},
		{bindClaim(models.None, 1), "is meant so already"},
		{placeClaim(0, 1), "is placed so already"},
		{placeClaim(0, 0), "is to be made for node nb already"},
		{placeClaim(0, 2), "no node has id 2"},
		{placeClaim(models.None, 0), "no claim has id -1"},
		{placeClaim(1, models.None), "is placed so already"},
	} {
		if err := w.Apply(0, &test.op); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: got %v, want %s", test.op, err, test.want)
		}
	}
	w.do(bindClaim(models.None, 0))
	w.do(placeClaim(0, models.None))
	if _, selected := claim.Node(); selected || volume.Claim().Given {
		t.Error("it was not taken back")
	}
	w.do(bindClaim(1, 1)) // the claim that it is bound to
}

func TestUsersOfClaimsAreCounted(t *testing.T) {
	w := newWorld(t, 1)
	d := w.Dictionary()
	spec := podSpec(d, 100)
	spec.HostPorts = nil
	spec.Volumes = []models.Volume{{Claim: d.Sym("c")}, {Kind: models.EphemeralVolume, Claim: d.Sym("c")}, {Kind: models.GCEDisk, Disk: d.Sym("c")}}
	w.spec = w.DefinePod(spec)
	users := func() int { return w.View().ClaimUsers(d.Sym("default"), d.Sym("c")) }
	first, second := w.create(models.None), w.create(models.None)
	w.bind(first, 0)
	w.bind(second, 0)
	if users() != 2 {
		t.Errorf("got %d users, want 2", users())
	}
	w.do(models.Op{Kind: models.OpFinishPod, Pod: first})
	w.do(models.Op{Kind: models.OpDeletePod, Pod: second})
	if users() != 1 {
		t.Errorf("a pod that ended is no user: got %d, want 1", users())
	}
	w.step(models.OpRemovePod, second)
	if err := w.Check(); users() != 0 || err != nil {
		t.Errorf("got %d users, want none: %v", users(), err)
	}
}

// TestStorageSurvivesReplayAndRestoration draws histories of volumes and pods that
// use claims.
func TestStorageSurvivesReplayAndRestoration(t *testing.T) {
	for seed := range uint64(30) {
		draw := rand.New(rand.NewPCG(seed, 7))
		var log bytes.Buffer
		w := newWorldWithLog(t, 2, &log)
		withStorage(w)
		spec := podSpec(w.Dictionary(), 10)
		spec.HostPorts, spec.Volumes = nil, []models.Volume{{Claim: w.Dictionary().Sym("c")}}
		w.spec = w.DefinePod(spec)
		accepted := 0
		for range 200 {
			op := bindClaim(draw.IntN(4)-1, draw.IntN(3)-1)
			if draw.IntN(2) == 0 {
				op = placeClaim(draw.IntN(4)-1, models.NodeID(draw.IntN(4)-1))
			}
			if w.Apply(0, &op) == nil {
				accepted++
			}
			if draw.IntN(10) == 0 {
				w.bind(w.create(models.None), models.NodeID(draw.IntN(2)))
			}
		}
		if err := w.Check(); err != nil || accepted == 0 {
			t.Fatalf("seed %d: %d operations, %v", seed, accepted, err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		p, err := cluster.NewReplay(bytes.NewReader(log.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(p.Cluster.Snapshot(), w.Snapshot()) {
			t.Errorf("seed %d: the replay ends in another state", seed)
		}
		fresh := cluster.New(w.Dictionary(), nil)
		copyDefinitions(fresh, w)
		if err := fresh.Restore(w.Snapshot()); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(fresh.Snapshot(), w.Snapshot()) || fresh.View().ClaimUsers(1, 1) != w.View().ClaimUsers(1, 1) {
			t.Errorf("seed %d: the restored state is another", seed)
		}
		clone := w.Clone()
		if !bytes.Equal(clone.Snapshot(), w.Snapshot()) || clone.View().Volumes() != w.View().Volumes() {
			t.Errorf("seed %d: the clone is in another state", seed)
		}
	}
}

// copyDefinitions defines in c what w has.
func copyDefinitions(c *cluster.Cluster, w *world) {
	v := w.View()
	for id := range v.Nodes() {
		c.DefineNode(v.Node(models.NodeID(id)).Spec())
	}
	for id := range v.Specs() {
		c.DefinePod(v.Spec(models.SpecID(id)))
	}
	for id := range v.Claims() {
		c.DefineClaim(v.Claim(models.ClaimID(id)).Spec())
	}
	for id := range v.Volumes() {
		c.DefineVolume(v.Volume(models.VolumeID(id)).Spec())
	}
}

func TestADamagedSnapshotOfStorageIsRefused(t *testing.T) {
	w := newWorld(t, 1)
	withStorage(w)
	w.do(bindClaim(1, 0))
	fresh := cluster.New(w.Dictionary(), nil)
	fresh.DefineNode(w.View().Node(0).Spec())
	fresh.DefinePod(w.View().Spec(0))
	for id := range w.View().Volumes() {
		fresh.DefineVolume(w.View().Volume(models.VolumeID(id)).Spec())
	}
	fresh.DefineClaim(w.View().Claim(0).Spec())
	if err := fresh.Restore(w.Snapshot()); err == nil {
		t.Error("a claim is missing, and nobody notices")
	}
}

// A claim that is gone is not found, also not in a cluster that was restored; another
// one of its name can come.
func TestAClaimIsDeleted(t *testing.T) {
	w := newWorld(t, 2)
	withStorage(w)
	d := w.Dictionary()
	find := func(v cluster.View) (models.ClaimID, bool) {
		claim, found := v.FindClaim(d.Sym("default"), d.Sym("c"))
		return claim.ID(), found
	}
	gone := models.Op{Kind: models.OpRemoveClaim, Def: 0}
	w.do(placeClaim(0, 1))
	w.do(gone)
	if _, found := find(w.View()); found {
		t.Error("the claim is still found")
	}
	if _, found := find(w.Clone().View()); found {
		t.Error("the claim is found in a restored cluster")
	}
	for _, op := range []models.Op{gone, bindClaim(0, 0), placeClaim(0, 0)} {
		if err := w.Apply(0, &op); err == nil || !strings.Contains(err.Error(), "is gone") {
			t.Errorf("%+v: got %v", op, err)
		}
	}
	w.do(placeClaim(0, models.None)) // a decision of before is taken back
	w.DefineClaim(&models.ClaimSpec{Namespace: d.Sym("default"), Name: d.Sym("c")})
	if id, found := find(w.View()); !found || id != 2 {
		t.Errorf("claim %d, %t; want the new one", id, found)
	}
}
