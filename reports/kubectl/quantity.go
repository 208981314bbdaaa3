package kubectl

import (
	"strconv"
	"strings"

	"github.com/podsim/podsim/models"
)

// quantity writes an amount of a resource as the API does, bytes with the largest
// suffix that loses nothing.
func quantity(r models.Resource, name string, n int64) string {
	switch {
	case r == models.CPU && n%1000 == 0:
		return strconv.FormatInt(n/1000, 10)
	case r == models.CPU:
		return strconv.FormatInt(n, 10) + "m"
	case r == models.Memory, r == models.EphemeralStorage, strings.HasPrefix(name, "hugepages-"):
		suffixes := []string{"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"}
		i := 0
		for i+1 < len(suffixes) && n != 0 && n%1024 == 0 {
			n /= 1024
			i++
		}
		return strconv.FormatInt(n, 10) + suffixes[i]
	}
	return strconv.FormatInt(n, 10)
}
