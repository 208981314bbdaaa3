package kernel

import (
	"strings"
	"testing"
)

func TestSamplesHaveALimit(t *testing.T) {
	if samples, problems := readSamples(strings.NewReader("1\n2\n3\n"), 3); len(samples) != 3 || problems != nil {
		t.Errorf("read %v with %v; want three samples", samples, problems)
	}
	_, problems := readSamples(strings.NewReader("1\n2\n3\n\n4\n"), 3)
	if len(problems) != 1 || problems[0].Error() != "line 5: more than 3 samples" {
		t.Errorf("got %v; want line 5 refused", problems)
	}
}
