package sim

import (
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/sim/kubelet"
)

// A pod of a hand-written manifest finds its claims, whether they are in the input
// or not.
func TestClaimsAreProvidedForPods(t *testing.T) {
	d := models.NewDictionary()
	volume := func(kind models.VolumeKind, name string) []models.Volume {
		return []models.Volume{{Kind: kind, Claim: d.Sym(name)}}
	}
	for name, test := range map[string]struct {
		volumes []models.Volume
		objects models.Definitions
		runs    bool
	}{
		"a claim that is not in the input": {volumes: volume(models.ClaimVolume, "data"), runs: true},
		"the claim of an ephemeral volume": {volumes: volume(models.EphemeralVolume, "scratch"), runs: true},
		"a claim without a class": {
			volumes: volume(models.ClaimVolume, "data"), runs: true,
			objects: models.Definitions{Claims: []*models.ClaimSpec{{Namespace: d.Sym("default"), Name: d.Sym("data"), Modes: models.ReadWriteOnce}}},
		},
		"a claim of a class without a provisioner and without volumes": {
			volumes: volume(models.ClaimVolume, "data"),
			objects: models.Definitions{
				Classes: []*models.StorageClassSpec{{Name: d.Sym("local"), Provisioner: d.Sym(noProvisioner), WaitForConsumer: true}},
				Claims:  []*models.ClaimSpec{{Namespace: d.Sym("default"), Name: d.Sym("data"), Class: d.Sym("local")}},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			pod := &models.PodSpec{Namespace: d.Sym("default"), SchedulerName: d.Sym(models.DefaultScheduler),
				Requests: models.Resources{models.Pods: 1}, Volumes: test.volumes}
			node := &models.NodeSpec{Name: d.Sym("n"), Allocatable: models.Resources{models.CPU: 1000, models.Memory: 1 << 30, models.Pods: 10}}
			node.Capacity = node.Allocatable
			s, err := New(Config{Kubelet: kubelet.DefaultConfig(), Horizon: models.Time(time.Minute), Nodes: []*models.NodeSpec{node}, Objects: test.objects,
				Sources: []Source{&oneArrival{a: Arrival{Template: &Template{Pod: pod}, Name: d.Sym("p"), Ordinal: models.Exact, Lifetime: -1, RunTime: -1}}}}, d, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Run(nil); err != nil {
				t.Fatal(err)
			}
			if runs := s.Cluster().View().Pod(0).Phase() == models.Running; runs != test.runs {
				t.Errorf("the pod runs: %t, want %t", runs, test.runs)
			}
		})
	}
}

// oneArrival is a source of one arrival.
type oneArrival struct {
	a    Arrival
	done bool
}

func (o *oneArrival) Next() (Arrival, bool, error) {
	if o.done {
		return Arrival{}, false, nil
	}
	o.done = true
	return o.a, true, nil
}
