package evict

import (
	"slices"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func TestAnswersToNotices(t *testing.T) {
	d := models.NewDictionary()
	c := cluster.New(d, nil)
	node, pod := c.DefineNode(&models.NodeSpec{Name: d.Sym("n")}), c.DefinePod(&models.PodSpec{GracePeriod: time.Minute})
	ops := []models.Op{{Kind: models.OpAddNode, Def: int32(node)}}
	for id := range models.PodID(4) {
		ops = append(ops, models.Op{Kind: models.OpCreatePod, Pod: id, Owner: models.None, Def: int32(pod), Name: d.Sym("p"), Ordinal: models.Exact},
			models.Op{Kind: models.OpBindPod, Pod: id})
	}
	ops = append(ops, models.Op{Kind: models.OpDeletePod, Pod: 1, Arg: int64(time.Minute)})
	for _, op := range ops {
		if err := c.Apply(0, &op); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		rule  string
		name  string
		args  any
		early bool
		want  []models.PodID
	}{
		{"wait: nobody", "wait", nil, false, nil},
		{"atNotice: those that do not leave already", "atNotice", nil, false, []models.PodID{0, 2, 3}},
		{"atNotice: nobody for a warning", "atNotice", nil, true, nil},
		{"ahead: all at a warning", "ahead", nil, true, []models.PodID{0, 2, 3}},
		{"ahead: some at a warning", "ahead", &AheadArgs{Most: 2}, true, []models.PodID{0, 2}},
		{"ahead: the rest at the notice", "ahead", &AheadArgs{Most: 2}, false, []models.PodID{0, 2, 3}},
	} {
		at := slices.IndexFunc(Table(), func(e Entry) bool { return e.Kind == Notice && e.Name == test.name })
		e, err := Table()[at].New(test.args, d)
		if err != nil {
			t.Fatal(err)
		}
		var got []models.PodID
		for _, p := range e.Propose(c.View(), Occasion{Kind: Notice, Early: test.early, Pods: []models.PodID{0, 1, 2, 3}}) {
			got = append(got, p.Pod)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.rule, got, test.want)
		}
	}
}
