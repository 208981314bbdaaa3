package kubectl

import (
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/reports/golden"
)

func TestAutoscalers(t *testing.T) {
	m := replayed(t, "autoscale", models.Time(61*time.Second))
	var b strings.Builder
	for _, q := range []Query{
		{Types: "hpa", Namespace: "default"},
		{Types: "horizontalpodautoscaler.autoscaling", Names: []string{"web"}, Namespace: "default", Output: "yaml"},
		{Types: "hpa", Names: []string{"worker"}, Namespace: "default", Output: "yaml"},
	} {
		if err := q.Prepare(); err != nil {
			t.Fatal(err)
		}
		if _, err := q.Get(&b, m); err != nil {
			t.Fatal(err)
		}
		b.WriteString("\n")
	}
	q := Query{Types: "hpa", Namespace: "default"}
	if err := q.Prepare(); err != nil {
		t.Fatal(err)
	}
	if _, err := q.Describe(&b, m); err != nil {
		t.Fatal(err)
	}
	golden.Match(t, "autoscalers.golden", b.String())
}
