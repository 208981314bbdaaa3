package spelling

import (
	"strings"
	"testing"
)

func TestGuess(t *testing.T) {
	known := []string{"nodes", "replicas", "nodeName", "nodeSelector", "cpu"}
	for _, test := range []struct{ name, want string }{
		{"node", "nodes"},
		{"Replicas", "replicas"},
		{"repilcas", "replicas"},
		{"nodename", "nodeName"},
		{"nodeselect", "nodeSelector"},
		{"colour", ""},
		{"x", ""},
		{"", ""},
		{strings.Repeat("n", 1000), ""},
	} {
		if got := Guess(test.name, known); got != test.want {
			t.Errorf("Guess(%q) = %q, want %q", test.name, got, test.want)
		}
	}
	if got := Guess("ab", []string{"ad", "ac"}); got != "ac" {
		t.Errorf("of equally near names %q wins", got)
	}
}
