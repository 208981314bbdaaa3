package cluster_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/models/oplog"
)

// history applies random operations to a world whose log goes to w, and returns
// it with the log closed.
func history(t fatal, seed uint64, operations int, log io.Writer) *world {
	w := newWorldWithLog(t, 3, log)
	draw := rand.New(rand.NewPCG(seed, 1))
	owner := w.owner()
	kinds := models.OpKinds()
	for accepted := 0; accepted < operations; {
		op := models.Op{
			Kind: kinds[draw.IntN(len(kinds))], Pod: models.PodID(draw.IntN(w.View().Pods() + 1)),
			Node: models.NodeID(draw.IntN(3)), Owner: owner, Parent: models.None,
			Ordinal: models.Exact, Arg: draw.Int64N(3), Taint: models.Taint{Key: 1, Effect: models.NoExecute},
		}
		switch op.Kind {
		case models.OpAddNode, models.OpDeleteOwner, models.OpFinishOwner:
			continue
		case models.OpCreatePod:
			op.Pod = models.PodID(w.View().Pods())
			op.Name = w.Dictionary().Sym("p")
		case models.OpCreateOwner:
			op.Owner = models.OwnerID(w.View().Owners())
		}
		w.now += models.Time(draw.IntN(1000))
		if w.Apply(w.now, &op) == nil {
			accepted++
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestAReplayedLogLeadsToTheSameState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var log bytes.Buffer
		w := history(t, rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, 300).Draw(t, "operations"), &log)
		p, err := cluster.NewReplay(bytes.NewReader(log.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		if p.Cluster.Digest() != w.Digest() {
			t.Error("another digest")
		}
		if !bytes.Equal(p.Cluster.Snapshot(), w.Snapshot()) {
			t.Error("another state")
		}
	})
}

func TestARestoredStateGoesOnLikeTheOriginal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var log bytes.Buffer
		seed, n := rapid.Uint64().Draw(t, "seed"), rapid.IntRange(2, 300).Draw(t, "operations")
		history(t, seed, n, &log)
		whole, half := replay(t, log.Bytes()), replay(t, log.Bytes())
		stop := rapid.IntRange(1, n).Draw(t, "stop")
		for range stop {
			step(t, whole)
			step(t, half)
		}
		fresh := replay(t, log.Bytes()) // knows the definitions
		if err := fresh.Cluster.Restore(half.Cluster.Snapshot()); err != nil {
			t.Fatal(err)
		}
		for {
			at, op, err := whole.Step()
			if errors.Is(err, io.EOF) {
				break
			}
			if err := fresh.Cluster.Apply(at, &op); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(fresh.Cluster.Snapshot(), whole.Cluster.Snapshot()) {
			t.Error("the halves lead to another state")
		}
	})
}

func replay(t fatal, log []byte) *cluster.Replay {
	p, err := cluster.NewReplay(bytes.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func step(t fatal, p *cluster.Replay) {
	if _, _, err := p.Step(); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
}

// longLog is a log of many blocks with checkpoints in between.
func longLog(t *testing.T) []byte {
	t.Helper()
	var log bytes.Buffer
	history(t, 7, 600_000, &log)
	return log.Bytes()
}

func TestReplayFromACheckpointEqualsReplayFromTheStart(t *testing.T) {
	log := longLog(t)
	whole := replay(t, log)
	if err := whole.Run(); err != nil {
		t.Fatal(err)
	}
	end := whole.Cluster.Now()
	skipped := 0
	for _, at := range []models.Time{0, end / 3, end / 2, end} {
		p, err := cluster.ReplayFrom(bytes.NewReader(log), at)
		if err != nil {
			t.Fatal(err)
		}
		if p.Cluster.Now() > at {
			t.Errorf("asked for %s, begins at %s", at, p.Cluster.Now())
		}
		if p.Cluster.Operations() > 0 {
			skipped++
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(p.Cluster.Snapshot(), whole.Cluster.Snapshot()) {
			t.Errorf("from %s on: another state", at)
		}
	}
	if skipped < 2 {
		t.Errorf("%d replays began at a checkpoint: the log has too few", skipped)
	}
}

// A log with one damaged byte is read up to the damage, and what is read is what
// was written.
func TestADamagedLogNeverYieldsWrongData(t *testing.T) {
	var file bytes.Buffer
	history(t, 3, 20_000, &file)
	log := file.Bytes()
	var sound []models.Op
	for p := replay(t, log); ; {
		_, op, err := p.Step()
		if err != nil {
			break
		}
		sound = append(sound, op)
	}
	draw := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		damaged := bytes.Clone(log)
		at := draw.IntN(len(damaged))
		if draw.IntN(4) == 0 {
			damaged = damaged[:at]
		} else {
			damaged[at] ^= byte(1 + draw.IntN(255))
		}
		read, err := readAll(damaged)
		var damage *oplog.DamageError
		var version *oplog.VersionError
		if !errors.As(err, &damage) && !errors.As(err, &version) && !errors.Is(err, oplog.ErrNoLog) {
			t.Fatalf("byte %d: got %v, want an error that tells of the damage", at, err)
		}
		if len(read) > len(sound) {
			t.Fatalf("byte %d: %d operations, there were %d", at, len(read), len(sound))
		}
		for i := range read {
			if read[i] != sound[i] {
				t.Fatalf("byte %d: operation %d is %+v, was %+v", at, i, read[i], sound[i])
			}
		}
	}
}

func readAll(log []byte) ([]models.Op, error) {
	p, err := cluster.NewReplay(bytes.NewReader(log))
	if err != nil {
		return nil, err
	}
	var ops []models.Op
	for {
		_, op, err := p.Step()
		if err != nil {
			return ops, err
		}
		ops = append(ops, op)
	}
}

func TestALogOfAnotherVersionIsRefused(t *testing.T) {
	var log bytes.Buffer
	history(t, 1, 10, &log)
	log.Bytes()[len("podsim-log\x00")] = 99
	_, err := cluster.NewReplay(&log)
	var version *oplog.VersionError
	if !errors.As(err, &version) || version.Got != 99 {
		t.Errorf("got %v, want a version error", err)
	}
	if _, err := cluster.NewReplay(bytes.NewReader([]byte("kind: Pod\n"))); !errors.Is(err, oplog.ErrNoLog) {
		t.Errorf("got %v for a manifest, want ErrNoLog", err)
	}
}

func FuzzReplay(f *testing.F) {
	var log bytes.Buffer
	history(fatalF{f}, 5, 200, &log)
	f.Add(log.Bytes())
	f.Fuzz(func(t *testing.T, log []byte) {
		if ops, err := readAll(log); err == nil {
			t.Errorf("%d operations without an end", len(ops))
		}
		if p, err := cluster.ReplayFrom(bytes.NewReader(log), models.Never); err == nil {
			_ = p.Run() // whatever it says, it must not panic
		}
	})
}

type fatalF struct{ *testing.F }

func (f fatalF) Fatal(args ...any) { f.F.Fatal(args...) }
