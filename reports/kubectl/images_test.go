package kubectl

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports/golden"
)

func TestWhatIsToldOfImages(t *testing.T) {
	var b strings.Builder
	show := func(at time.Duration, describe bool, q Query) {
		m := replayed(t, "images", models.Time(at))
		fmt.Fprintf(&b, "# %s at %s\n", q.Types, at)
		asked := query(t, q)
		_, err := asked.Get(&b, m)
		if describe {
			_, err = asked.Describe(&b, m)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	show(3*time.Second, false, Query{Types: "pods", Output: "wide"})
	show(time.Minute, false, Query{Types: "pods", Output: "wide"})
	show(time.Minute, false, Query{Types: "events"})
	show(time.Minute, false, Query{Types: "pods", Names: []string{"misspelt"}, Output: "yaml"})
	show(time.Minute, true, Query{Types: "pods", Names: []string{"local"}})
	show(time.Minute, true, Query{Types: "pods", Names: []string{"proxy-node-1"}, Output: "yaml"})
	golden.Match(t, "images.golden", b.String())
}

// A node gives out the addresses of its range in turn; those that are in use are
// passed over, and a range may run out.
func TestAddressesOfPods(t *testing.T) {
	d := models.NewDictionary()
	c := cluster.New(d, nil)
	a := NewAddresses()
	c.Observe(a)
	do := func(op models.Op) {
		t.Helper()
		if err := c.Apply(0, &op); err != nil {
			t.Fatal(err)
		}
	}
	do(models.Op{Kind: models.OpAddNode, Def: int32(c.DefineNode(&models.NodeSpec{Name: d.Sym("n"), PodCIDR: d.Sym("10.0.0.8/29")}))})
	own := c.DefinePod(&models.PodSpec{Containers: []models.Container{{}}})
	host := c.DefinePod(&models.PodSpec{Containers: []models.Container{{}}, HostNetwork: true})
	pods := models.PodID(0)
	start := func(spec models.SpecID) models.PodID {
		t.Helper()
		id := pods
		pods++
		do(models.Op{Kind: models.OpCreatePod, Pod: id, Owner: models.None, Def: int32(spec), Name: d.Sym(fmt.Sprint("p", id)), Ordinal: models.Exact})
		do(models.Op{Kind: models.OpBindPod, Pod: id})
		do(models.Op{Kind: models.OpStartPod, Pod: id})
		return id
	}
	check := func(id models.PodID, want string) {
		t.Helper()
		got, ok := a.Of(id)
		if want == "" && ok || want != "" && got != netip.MustParseAddr(want) {
			t.Errorf("pod %d has %v; want %q", id, got, want)
		}
	}
	first, second := start(own), start(own)
	check(first, "10.0.0.10")
	check(second, "10.0.0.11")
	check(start(host), "")
	do(models.Op{Kind: models.OpExitPod, Pod: first, Arg: 1})
	do(models.Op{Kind: models.OpStartPod, Pod: first})
	check(first, "10.0.0.10") // kept over restarts
	do(models.Op{Kind: models.OpFinishPod, Pod: first})
	check(first, "")               // an ended pod gives it back
	check(start(own), "10.0.0.12") // the next one, not the lowest
	third := start(own)
	check(third, "10.0.0.13")
	check(start(own), "10.0.0.14")
	check(start(own), "10.0.0.10") // round the range
	check(start(own), "")          // nothing is left
	do(models.Op{Kind: models.OpDeletePod, Pod: third})
	check(third, "10.0.0.13") // until it is gone
	do(models.Op{Kind: models.OpRemovePod, Pod: third})
	check(start(own), "10.0.0.13")
	do(models.Op{Kind: models.OpExitPod, Pod: second, Arg: 137, Reason: d.Sym(reasonRebooted)})
	check(second, "")
	do(models.Op{Kind: models.OpStartPod, Pod: second})
	check(second, "10.0.0.11") // a new sandbox
}

func TestRangesOfNodes(t *testing.T) {
	d := models.NewDictionary()
	c := cluster.New(d, nil)
	spec := int32(c.DefineNode(&models.NodeSpec{Name: d.Sym("n")}))
	for id := range models.NodeID(5000) {
		if err := c.Apply(0, &models.Op{Kind: models.OpAddNode, Node: id, Def: spec}); err != nil {
			t.Fatal(err)
		}
	}
	for id, want := range map[models.NodeID]string{
		0: "10.244.0.0/24 172.18.0.2", 255: "10.244.255.0/24 172.18.1.1", 256: "10.245.0.0/24 172.18.1.2", 3072: "10.0.0.0/24 172.18.12.2",
	} {
		prefix, _ := podRange(c.View(), id)
		if got := fmt.Sprint(prefix, " ", nodeAddress(c.View(), id)); got != want {
			t.Errorf("node %d: got %s; want %s", id, got, want)
		}
	}
}
