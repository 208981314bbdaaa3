package worlds

import (
	"fmt"
	"strings"

	"github.com/podsim/podsim/models/spelling"
)

// Set says what pods ask for besides cpu and memory.
type Set uint8

// The parts of a set; Fit is none of them.
const (
	// Taints: one node in seven is tainted, one class in four tolerates some of that.
	Taints Set = 1 << iota
	// Affinity: classes select nodes, hold to pools or prefer some.
	Affinity
	// Spread: classes have topology spread constraints, hard over zones, soft over
	// nodes, or both.
	Spread
	// DefaultSpread: each class is a ReplicaSet, every other one behind a Service, so
	// that the default constraints of the scheduler hold.
	DefaultSpread
	// InterPod: some classes have affinity or anti-affinity to pods, required or
	// preferred.
	InterPod

	Fit Set = 0
	All     = Taints | Affinity | Spread | DefaultSpread | InterPod
)

var setNames = [...]string{"taints", "affinity", "spread", "defaultspread", "interpod"}

// SetNames returns the words that ParseSet knows.
func SetNames() []string { return append(append([]string{"fit"}, setNames[:]...), "all") }

// ParseSet reads names separated by commas, such as fit,defaultspread.
func ParseSet(text string) (Set, error) {
	var set Set
next:
	for word := range strings.SplitSeq(text, ",") {
		switch word {
		case "fit":
			continue
		case "all":
			set |= All
			continue
		}
		for i, name := range setNames {
			if word == name {
				set |= 1 << i
				continue next
			}
		}
		guess := ""
		if name := spelling.Guess(word, SetNames()); name != "" {
			guess = fmt.Sprintf("; did you mean %q?", name)
		}
		return 0, fmt.Errorf("unknown set %q%s (known: %s)", word, guess, strings.Join(SetNames(), ", "))
	}
	return set, nil
}

// String returns the names as ParseSet reads them.
func (s Set) String() string {
	switch s {
	case Fit:
		return "fit"
	case All:
		return "all"
	}
	var names []string
	for i, name := range setNames {
		if s&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}
