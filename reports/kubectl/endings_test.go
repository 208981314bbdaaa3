package kubectl

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/golden"
)

// What is shown of pods that their kernel or their kubelet ends.
func TestEndingsOfPods(t *testing.T) {
	var b strings.Builder
	for _, at := range []time.Duration{45 * time.Second, 70 * time.Second, 2 * time.Minute} {
		m := replayed(t, "endings", models.Time(at))
		fmt.Fprintf(&b, "# at %s\n", at)
		if _, err := query(t, Query{Types: "pods"}).Get(&b, m); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := query(t, Query{Types: "pods", Names: []string{"gated"}, Output: "wide"}).Get(&b, replayed(t, "endings", models.Time(2*time.Minute))); err != nil {
		t.Fatal(err)
	}
	if _, err := query(t, Query{Types: "pods", Names: []string{"gated"}, Output: "yaml"}).Get(&b, replayed(t, "endings", models.Time(time.Minute))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"leak", "once", "late", "gated"} {
		fmt.Fprintf(&b, "# %s\n", name)
		if _, err := query(t, Query{Types: "pods", Names: []string{name}}).Describe(&b, replayed(t, "endings", models.Time(2*time.Minute))); err != nil {
			t.Fatal(err)
		}
	}
	golden.Match(t, "endings.golden", b.String())
}
