package evict

import (
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

func TestTaintDeadline(t *testing.T) {
	const second = models.Time(time.Second)
	d := models.NewDictionary()
	a, b := d.Sym("a"), d.Sym("b")
	for5, for60, past := int64(5), int64(60), int64(-1)
	taint := func(keys ...models.Sym) (list []models.Taint) {
		for _, key := range keys {
			list = append(list, models.Taint{Key: key, Effect: models.NoExecute})
		}
		return list
	}
	tests := []struct {
		rule        string
		taints      []models.Taint
		tolerations []models.Toleration
		want        models.Time
	}{
		{"no taint, no deadline", nil, nil, models.Never},
		{"other effects do not evict", []models.Taint{{Key: a, Effect: models.NoSchedule}}, nil, models.Never},
		{"not tolerated: at once", taint(a), nil, 100 * second},
		{"tolerated for ever", taint(a), []models.Toleration{{Key: a, Exists: true}}, models.Never},
		{"tolerated for a time", taint(a), []models.Toleration{{Key: a, Exists: true, Seconds: &for60}}, 160 * second},
		{"negative seconds: at once", taint(a), []models.Toleration{{Key: a, Exists: true, Seconds: &past}}, 100 * second},
		{"one of two not tolerated: at once", taint(a, b), []models.Toleration{{Key: a, Exists: true}}, 100 * second},
		{"the shortest of two counts", taint(a, b), []models.Toleration{{Key: a, Exists: true, Seconds: &for60},
			{Key: b, Exists: true, Seconds: &for5}}, 105 * second},
		{"the first match of one taint counts", taint(a), []models.Toleration{{Key: a, Exists: true, Seconds: &for60},
			{Key: a, Exists: true, Seconds: &for5}}, 160 * second},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			c := cluster.New(d, nil)
			node := c.DefineNode(&models.NodeSpec{Name: d.Sym("n"), Taints: test.taints})
			pod := c.DefinePod(&models.PodSpec{Tolerations: test.tolerations})
			for _, op := range []models.Op{
				{Kind: models.OpAddNode, Def: int32(node)},
				{Kind: models.OpCreatePod, Owner: models.None, Def: int32(pod), Ordinal: models.Exact},
			} {
				if err := c.Apply(0, &op); err != nil {
					t.Fatal(err)
				}
			}
			v := c.View()
			if got := TaintDeadline(v.Pod(0), v.Node(0), 100*second); got != test.want {
				t.Errorf("leaves at %s, want %s", got, test.want)
			}
		})
	}
}
