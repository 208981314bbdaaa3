package reports

import (
	"bytes"
	"testing"

	"github.com/podsim/podsim/reports/golden"
)

func TestJUnitOfARun(t *testing.T) {
	var b bytes.Buffer
	err := WriteJUnit(&b, "zone-outage", []AssertionResult{
		{Text: "pods.created == 3", When: "at the end", Passed: true, Got: "3"},
		{Text: "pending.p99 < 45s", When: "always", Got: "51s", At: 3600, Offender: "pod \"a\"\x1b<]]>\ufffe",
			Message: "pending.p99 < 45s: got 51s & more"},
	})
	if err != nil {
		t.Fatal(err)
	}
	golden.Match(t, "junit.xml", b.String())
}
