package spelling

import (
	"strings"
	"testing"

	"github.com/podsim/podsim/models/limits"
)

func TestGuess(t *testing.T) {
	longest := strings.Repeat("n", limits.Guessed) // of the names that are compared
	known := []string{"nodes", "replicas", "nodeName", "nodeSelector", "cpu", longest}
	for _, test := range []struct{ name, want string }{
		{"node", "nodes"},
		{"Replicas", "replicas"},
		{"repilcas", "replicas"},
		{"nodename", "nodeName"},
		{"nodeselect", "nodeSelector"},
		{"colour", ""},
		{"x", ""},
		{"", ""},
		{longest[1:] + "x", longest},
		{longest + "x", ""},
	} {
		if got := Guess(test.name, known); got != test.want {
			t.Errorf("Guess(%q) = %q, want %q", test.name, got, test.want)
		}
	}
	if got := Guess("ab", []string{"ad", "ac"}); got != "ac" {
		t.Errorf("of equally near names %q wins", got)
	}
}
