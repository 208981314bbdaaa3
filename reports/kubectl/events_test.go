package kubectl

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/scheduler/plugins"
	"github.com/podsim/podsim/sim/control"
	"github.com/podsim/podsim/sim/evict"
)

// told applies operations and returns what the API server is told of.
func told(t *testing.T, ops ...models.Op) (list []string) {
	t.Helper()
	d := models.NewDictionary()
	c := cluster.New(d, nil)
	node := c.DefineNode(&models.NodeSpec{Name: d.Sym("n")})
	seconds := int64(60)
	pod := c.DefinePod(&models.PodSpec{
		Namespace: d.Sym("default"), Containers: []models.Container{{Name: d.Sym("c"), Image: d.Sym("i:1")}},
		Tolerations: []models.Toleration{{Key: d.Sym("k"), Exists: true, Seconds: &seconds}},
	})
	owner := c.DefineOwner(&models.OwnerSpec{Kind: models.ReplicaSet, Namespace: d.Sym("default"), Template: pod})
	e := NewEvents(shopStart)
	e.Told = func(e Event) {
		list = append(list, fmt.Sprintf("%s %s %s x%d", e.Last, e.About.Kind, e.Reason, e.Count))
	}
	c.Observe(e)
	now := models.Time(0)
	for _, op := range ops {
		switch op.Kind {
		case models.OpNone:
			now = now.Add(time.Duration(op.Arg))
			continue
		case models.OpAddNode:
			op.Def = int32(node)
		case models.OpCreateOwner:
			op.Def, op.Name, op.Parent, op.Ordinal = int32(owner), d.Sym("web"), models.None, models.Exact
		case models.OpCreatePod:
			op.Def = int32(pod)
		case models.OpTaintNode, models.OpUntaintNode:
			op.Taint = models.Taint{Key: d.Sym("k"), Effect: models.NoExecute}
		case models.OpFailScheduling:
			op.Message = d.Sym(fmt.Sprint("no room ", op.Arg))
			op.Arg = 0
		}
		if err := c.Apply(now, &op); err != nil {
			t.Fatal(err)
		}
	}
	e.Flush()
	return list
}

func wait(d time.Duration) models.Op { return models.Op{Arg: int64(d)} }

func do(kind models.OpKind) models.Op { return models.Op{Kind: kind} }

func TestRulesOfEvents(t *testing.T) {
	fail := func(message int64) models.Op { return models.Op{Kind: models.OpFailScheduling, Arg: message} }
	cutOff := func(is models.Silence) models.Op { return models.Op{Kind: models.OpSilenceNode, Arg: int64(is)} }
	ago := func(d time.Duration) models.Op { return models.Op{Kind: models.OpRecount, Arg: int64(d)} }
	adopt := []models.Op{do(models.OpAddNode), wait(time.Hour), do(models.OpCreateOwner), do(models.OpCreatePod)}
	tests := []struct {
		rule string
		ops  []models.Op
		want []string
	}{
		{"what is backdated lies before the run",
			append(slices.Clone(adopt), models.Op{Kind: models.OpBackdatePod, Def: int32(models.PastCreated), Arg: int64(time.Minute)}),
			[]string{"0s Node RegisteredNode x1"}},
		{"what is not happens now", adopt, []string{"0s Node RegisteredNode x1", "1h0m0s ReplicaSet SuccessfulCreate x1"}},
		{"an attempt writes its Event before the condition, so that the third is like the second",
			[]models.Op{do(models.OpCreateOwner), do(models.OpCreatePod), fail(1), wait(time.Second), fail(1), wait(time.Second), fail(1), wait(time.Second), fail(1), wait(time.Second), fail(2), wait(time.Second), fail(2)},
			[]string{"0s ReplicaSet SuccessfulCreate x1", "0s Pod FailedScheduling x1", "1s Pod FailedScheduling x1", "2s Pod FailedScheduling x2",
				"5s Pod FailedScheduling x1"}},
		{"an eviction that is only a matter of time is taken back with the taint",
			[]models.Op{do(models.OpAddNode), do(models.OpCreateOwner), do(models.OpCreatePod), do(models.OpBindPod), wait(time.Second), do(models.OpTaintNode),
				wait(time.Second), do(models.OpUntaintNode)},
			[]string{"0s Node RegisteredNode x1", "0s ReplicaSet SuccessfulCreate x1", "0s Pod Scheduled x1", "0s Pod Pulling x1", "2s Pod TaintManagerEviction x1"}},
		{"a container that is started for the third time waited",
			[]models.Op{do(models.OpAddNode), do(models.OpCreateOwner), do(models.OpCreatePod), do(models.OpBindPod), do(models.OpStartPod), wait(time.Second),
				do(models.OpExitPod), do(models.OpStartPod), wait(time.Second), do(models.OpExitPod)},
			[]string{"0s Node RegisteredNode x1", "0s ReplicaSet SuccessfulCreate x1", "0s Pod Scheduled x1", "0s Pod Pulling x1",
				"0s Pod Pulled x1", "0s Pod Created x1", "0s Pod Started x1", "1s Pod Pulled x1", "1s Pod Created x2", "1s Pod Started x2", "2s Pod BackOff x1"}},
		{"a kubelet that was cut off has given up, one after the other, what it tried to tell for long, and still tries the rest",
			[]models.Op{do(models.OpAddNode), do(models.OpCreateOwner), do(models.OpCreatePod), do(models.OpBindPod), do(models.OpStartPod), wait(time.Second),
				cutOff(models.CutOff), wait(3 * time.Minute), cutOff(models.Heard), ago(2 * time.Minute), do(models.OpExitPod), do(models.OpStartPod),
				ago(time.Minute), do(models.OpExitPod), ago(0), wait(time.Second), do(models.OpStartPod)},
			[]string{"0s Node RegisteredNode x1", "0s ReplicaSet SuccessfulCreate x1", "0s Pod Scheduled x1", "0s Pod Pulling x1",
				"0s Pod Pulled x1", "0s Pod Created x1", "0s Pod Started x1",
				"1m1s Pod Created x2", "1m1s Pod Started x2", "2m1s Pod BackOff x1", "3m2s Pod Pulled x2", "3m2s Pod Created x3", "3m2s Pod Started x3"}},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			if got := told(t, test.ops...); !slices.Equal(got, test.want) {
				t.Errorf("got\n%q\nwant\n%q", got, test.want)
			}
		})
	}
}

func TestEventsExpireAfterAnHour(t *testing.T) {
	e := NewEvents(shopStart)
	e.tell("c", Reference{Kind: "Pod", Name: "a"}, Normal, "R", "m")
	if n := len(e.List(models.Time(time.Hour))); n != 1 {
		t.Errorf("%d Events after an hour", n)
	}
	if n := len(e.List(models.Time(time.Hour + 1))); n != 0 {
		t.Errorf("%d Events after more", n)
	}
}

// Events know who is behind a change by the reason that its operation gives.
func TestReasonsAreThoseOfOperations(t *testing.T) {
	for _, cause := range []string{control.ReasonScaleDown, control.ReasonJobFailed, control.ReasonJobFinished} {
		if !controllerCauses[cause] {
			t.Errorf("nobody tells of deletions by %s", cause)
		}
	}
	if causeTaint != evict.ReasonTaintManager || causePreemption != plugins.ReasonPreemption+" for " {
		t.Errorf("got %q, %q", causeTaint, causePreemption)
	}
}
