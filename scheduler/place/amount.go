package place

import (
	"strconv"
	"strings"
)

// Amount writes an amount of a resource exactly, as Kubernetes does: cpu is in
// millicores, memory and the like in bytes.
func Amount(resource string, amount int64) string {
	switch {
	case resource == "cpu" && amount%1000 != 0:
		return strconv.FormatInt(amount, 10) + "m"
	case resource == "cpu":
		return strconv.FormatInt(amount/1000, 10)
	case resource == "memory" || resource == "ephemeral-storage" || strings.HasPrefix(resource, "hugepages-"):
		for i, unit := range []string{"Gi", "Mi", "Ki"} {
			if size := int64(1) << (30 - 10*i); amount%size == 0 && amount > 0 {
				return strconv.FormatInt(amount/size, 10) + unit
			}
		}
	}
	return strconv.FormatInt(amount, 10)
}

// enumerate joins what belongs together.
func enumerate(list []string) string {
	switch n := len(list); n {
	case 0, 1:
		return strings.Join(list, "")
	default:
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
}
