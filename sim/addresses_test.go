package sim

import (
	"net/netip"
	"testing"
)

// TestPodsThatFindAnAddress: host-local keeps the address of the network, that of the bridge
// and the last one of a range from pods.
func TestPodsThatFindAnAddress(t *testing.T) {
	for _, test := range []struct {
		prefix, first, last string
		size                int
	}{
		{"10.244.3.0/24", "10.244.3.1", "10.244.3.254", 253},
		{"10.244.3.77/29", "10.244.3.73", "10.244.3.78", 5},
		{"10.0.0.0/8", "10.0.0.1", "10.255.255.254", 1<<24 - 3},
		{"10.0.0.0/30", "10.0.0.1", "10.0.0.2", 1},
		{"10.0.0.0/31", "10.0.0.1", "10.0.0.0", 0},
		{"10.0.0.7/32", "10.0.0.8", "10.0.0.6", 0},
		{"fd00::/64", "fd00::1", "fd00::ffff:ffff:ffff:fffe", 1<<24 - 3},
	} {
		size, first, last := usable(netip.MustParsePrefix(test.prefix))
		if size != test.size || first != test.first || last != test.last {
			t.Errorf("%s: got %d pods from %s to %s; want %d from %s to %s", test.prefix, size, first, last, test.size, test.first, test.last)
		}
	}
}
