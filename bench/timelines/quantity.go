package timelines

import (
	"strconv"

	"github.com/podsim/podsim/models"
)

// resourcesOf writes the requests and limits of a pod as its container has them, or
// nothing if it has none.
func resourcesOf(spec *models.PodSpec, d *models.Dictionary) string {
	lists := make(map[string]map[string]string)
	for _, given := range []struct {
		name    string
		amounts *models.Resources
	}{{"requests", &spec.Requests}, {"limits", &spec.Limits}} {
		list := make(map[string]string)
		for r, resource := range d.ResourceNames() {
			if amount := given.amounts[r]; amount > 0 && models.Resource(r) != models.Pods {
				list[resource] = quantity(models.Resource(r), amount)
			}
		}
		if len(list) > 0 {
			lists[given.name] = list
		}
	}
	if len(lists) == 0 {
		return ""
	}
	return encode(lists)
}

// quantity writes an amount in canonical form: cores or thousandths of them, and
// bytes in the largest unit that divides them.
// Source: k8s.io/apimachinery/pkg/api/resource/quantity.go (CanonicalizeBytes).
func quantity(r models.Resource, amount int64) string {
	switch {
	case r == models.CPU && amount%1000 != 0:
		return strconv.FormatInt(amount, 10) + "m"
	case r == models.CPU:
		return strconv.FormatInt(amount/1000, 10)
	case r != models.Memory && r != models.EphemeralStorage:
		return strconv.FormatInt(amount, 10)
	}
	units := []string{"", "Ki", "Mi", "Gi", "Ti", "Pi"}
	unit := 0
	for unit+1 < len(units) && amount%1024 == 0 {
		amount /= 1024
		unit++
	}
	return strconv.FormatInt(amount, 10) + units[unit]
}
