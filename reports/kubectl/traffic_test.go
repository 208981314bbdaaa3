package kubectl

import (
	"testing"
	"time"

	"github.com/podsim/podsim/models"
)

// At 1m20s a pod that was evicted still serves while it stops.
func TestTraffic(t *testing.T) {
	const moment = 80 * time.Second
	for _, test := range []struct {
		golden   string
		q        Query
		describe bool
	}{
		{"get_traffic", Query{Types: "ep,endpointslices,pdb"}, false},
		{"get_traffic_yaml", Query{Types: "endpointslices,pdb", Output: "yaml"}, false},
		{"describe_traffic", Query{Types: "svc,pdb"}, true},
		{"get_traffic_events", Query{Types: "events", Selector: nil}, false},
	} {
		t.Run(test.golden, func(t *testing.T) {
			m := replayed(t, "traffic", models.Time(moment))
			matchView(t, m, test.q, test.describe, test.golden)
		})
	}
}

func TestEndpointsAreCounted(t *testing.T) {
	v := replayed(t, "traffic", models.Time(80*time.Second)).View
	for i, want := range []struct{ ready, serving, terminating, notReady int }{{5, 6, 1, 1}, {0, 0, 0, 1}, {1, 0, 0, 0}} {
		n := v.CountEndpoints(v.Service(int32(i)).Spec())
		if n.Ready != want.ready || n.Serving != want.serving || n.Terminating != want.terminating || n.NotReady != want.notReady {
			t.Errorf("service %d: %+v, want %+v", i, n, want)
		}
	}
}
