package reports

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A hundred nodes that one budget blocks are one thing to tell, and so are those that
// kubectl refuses to drain for one reason.
func TestAReportTellsOfEachBudgetOnce(t *testing.T) {
	until := Seconds(9000)
	u := Upgrade{Group: "workers", From: 3600, Until: &until, Duration: 5400, Nodes: 200, Upgraded: 97, Skipped: 103, Evictions: 250}
	for i := range 100 {
		b := UpgradeBlock{At: Seconds(5400 + i), Node: fmt.Sprintf("workers-%d", i), Budget: "default/db", Pods: []string{fmt.Sprintf("default/db-%d", i)}, Free: "pods go one after the other as it allows"}
		if i == 99 {
			b.Free = "3 of its 100 pods are not healthy; it lets pods go when more than 99 are"
		}
		u.Blocked = append(u.Blocked, b)
	}
	for i := range 2 {
		u.Blocked = append(u.Blocked, UpgradeBlock{
			At: 6000, Node: fmt.Sprintf("workers-%d", 100+i), Free: fmt.Sprintf("cannot delete Pods that declare no controller (use --force to override): default/bare-%d", i),
		})
	}
	u.Blocked = append(u.Blocked, UpgradeBlock{At: 7000, Node: "workers-102", Budget: "default/api", Pods: []string{"default/api-0"}, Free: "it never lets a pod go; a lower minAvailable would free it"})
	var text bytes.Buffer
	if err := WriteText(&text, &Summary{Upgrades: []Upgrade{u}}, Wall{}, Terminal{Width: 80, Unicode: true}); err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(text.String(), "\nUpgrades\n")
	section, _, _ = strings.Cut(strings.TrimRight(section, "\n"), "\n\n")
	want := `  group         from   took  nodes  upgraded  skipped  evictions  blocked
  workers  01h00m00s  1h30m    200        97      103        250      103
  01h30m00s  100 nodes are blocked by budget default/db:
             workers-0, workers-1, workers-2 and 97 more;
             which keeps default/db-0, default/db-1, default/db-2 and 97 more;
             pods go one after the other as it allows;
             later: 3 of its 100 pods are not healthy;
             it lets pods go when more than 99 are
  01h40m00s  2 nodes are not drained: workers-100, workers-101;
             for Pods that declare no controller (use --force to override);
             default/bare-0, default/bare-1
  01h56m40s  workers-102 is blocked by budget default/api:
             which keeps default/api-0; it never lets a pod go;
             a lower minAvailable would free it`
	if diff := cmp.Diff(want, section); diff != "" {
		t.Error(diff)
	}
}
