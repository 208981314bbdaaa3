package reports

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// TestPingPongIsToldAsAChainOfCauses shows what takes replicas away and what puts them back:
// rounds that repeat once, replicas of one workload that the same happens to together.
func TestPingPongIsToldAsAChainOfCauses(t *testing.T) {
	at := func(seconds Seconds) *Seconds { return &seconds }
	descheduled := func(start Seconds, pod, from, to string) Move {
		return Move{At: start, Pod: "default/" + pod, From: from, By: "sigs.k8s.io.descheduler", Cause: "LowNodeUtilization",
			Why: "pod eviction from " + from + " node by sigs.k8s.io/descheduler", Then: at(start + 1), To: to, Placer: "default-scheduler"}
	}
	var same []MovedReplica
	for i := range 2 {
		r := MovedReplica{Workload: "Deployment/default/web", Moves: 5 - i, From: 300, To: 1500}
		for j := range 5 {
			r.Chain = append(r.Chain, descheduled(Seconds(300*(j+1)), fmt.Sprintf("web-%d%d", i, j), "workers-0", "workers-0"))
		}
		last := &r.Chain[4]
		last.Then, last.To, last.Placer = nil, "", ""
		same = append(same, r)
	}
	fro := MovedReplica{Workload: "StatefulSet/shop/db", Moves: 4, From: 60, To: 600, Chain: []Move{
		descheduled(60, "db-0", "a", "b"),
		{At: 120, Pod: "shop/db-0", From: "b", By: "kubectl", Cause: "Drain", Why: "node b is drained", Then: at(125), To: "a", Placer: "packer"},
	}}
	for i := range 2 {
		next := fro.Chain[i]
		next.At += 240
		fro.Chain = append(fro.Chain, next)
	}
	once := MovedReplica{Workload: "Job/default/sum", Moves: 4, From: 0, To: 40}
	for i, node := range []string{"a", "b", "c", "d", "e"} {
		once.Chain = append(once.Chain, Move{At: Seconds(10 * i), Pod: "default/sum-x", From: node, By: "kubectl", Cause: "Drain"})
	}
	s := &Summary{Measured: Measured{PingPong: PingPong{Moves: 3, Window: 3600, Replicas: 30, Worst: append(same, fro, once, fro)}}}
	var text bytes.Buffer
	if err := WriteText(&text, s, Wall{}, Terminal{Width: 80, Unicode: true}); err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(text.String(), "Ping-pong")
	got, _, _ = strings.Cut(got, "\n\n")
	want := `  30 replicas moved more than 3 times in 1h
  Deployment/web: 2 replicas alike, the first with 5 moves from 00h05m00s
    to 00h25m00s
    00h05m00s  sigs.k8s.io.descheduler takes web-00 from workers-0:
               LowNodeUtilization,
               pod eviction from workers-0 node by sigs.k8s.io/descheduler
    00h05m01s  default-scheduler puts its successor on workers-0 again
    and so on until 00h25m00s: 4 more moves
  StatefulSet/shop/db: 2 replicas alike, the first with 4 moves from 00h01m00s
    to 00h10m00s
    00h01m00s  sigs.k8s.io.descheduler takes db-0 from a: LowNodeUtilization,
               pod eviction from a node by sigs.k8s.io/descheduler
    00h01m01s  default-scheduler puts its successor on b
    00h02m00s  kubectl takes shop/db-0 from b: Drain, node b is drained
    00h02m05s  packer puts its successor on a
    and so on until 00h06m00s: 2 more moves
  Job/sum: 4 moves from 00h00m00s to 00h00m40s
    00h00m00s  kubectl takes sum-x from a: Drain
               its successor has no node yet
    00h00m10s  kubectl takes sum-x from b: Drain
               its successor has no node yet
    00h00m20s  kubectl takes sum-x from c: Drain
               its successor has no node yet
    00h00m30s  kubectl takes sum-x from d: Drain
               its successor has no node yet
    1 more move: see summary.json
  and 25 replicas more: see summary.json`
	if got = strings.TrimRight(got, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
