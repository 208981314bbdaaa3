package manifest

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/spelling"
	"github.com/podsim/podsim/models/yamlnode"
)

// Names of resources without a domain come in these forms only.
const (
	hugePagesPrefix         = "hugepages-"
	attachableVolumesPrefix = "attachable-volumes-"
)

var nativeResources = []string{"cpu", "memory", "ephemeral-storage", "storage", "pods"}

func isHugePages(name string) bool { return strings.HasPrefix(name, hugePagesPrefix) }

// countsBytes reports whether amounts of a resource are bytes.
func countsBytes(name string) bool {
	return name == "memory" || name == "ephemeral-storage" || name == "storage" || isHugePages(name)
}

// isWholesale reports whether a resource cannot be overcommitted, so that limit
// and request must agree. Source: pkg/apis/core/v1/helper (IsOvercommitAllowed).
func isWholesale(name string) bool {
	return isHugePages(name) || strings.Contains(name, "/") && !strings.Contains(name, "kubernetes.io/")
}

// resourceNameProblem says what is wrong with the name of a resource, or "".
func resourceNameProblem(name string) string {
	switch {
	case slices.Contains(nativeResources, name), strings.HasPrefix(name, attachableVolumesPrefix):
		return ""
	case isHugePages(name):
		size := strings.TrimPrefix(name, hugePagesPrefix)
		if n, err := Quantity(size, "memory"); err != nil || n == 0 {
			return fmt.Sprintf("unknown resource %s; want a page size such as hugepages-2Mi", quote(name))
		}
		return ""
	case !strings.Contains(name, "/"):
		if guess := spelling.Guess(name, nativeResources); guess != "" {
			return fmt.Sprintf("unknown resource %s; did you mean %s?", quote(name), guess)
		}
		return fmt.Sprintf("unknown resource %s; want cpu, memory, ephemeral-storage, hugepages-… or a name with a domain such as nvidia.com/gpu", quote(name))
	case len(validation.IsQualifiedName(name)) > 0:
		return fmt.Sprintf("invalid resource %s; want a domain, a slash and a name", quote(name))
	}
	return ""
}

// resourceListHook decodes a map of quantities. A hook is told no path, hence d.
func resourceListHook(d *yamlnode.Decoder) yamlnode.Hook {
	return func(n *yamlnode.Node, v reflect.Value) error {
		if n.Kind != yamlnode.Map {
			return fmt.Errorf("got %s; want a map of resources", n.Kind)
		}
		at := d.Path()
		what := at[strings.LastIndexByte(at, '.')+1:]
		if what == "" {
			what = "amounts"
		}
		var problems yamlnode.Problems
		list := make(corev1.ResourceList, len(n.Fields))
		for _, f := range n.Fields {
			path := yamlnode.KeyPath(at, f.Name)
			wrong, unit := resourceNameProblem(f.Name), f.Name
			switch what {
			case "hard", "used": // of a ResourceQuota
				wrong, unit = quotaNameProblem(f.Name), quotaUnit(f.Name)
			case "maxLimitRequestRatio": // of a LimitRange: has parts, as CPU has
				unit = "cpu"
			}
			if wrong != "" {
				problems.Add(n.KeyNode(f), path, wrong)
				continue
			}
			quantity, err := quantityOf(f.Value, unit)
			switch {
			case errors.Is(err, errNegative):
				problems.Addf(f.Value, path, "%s %v", what, err)
			case err != nil:
				problems.Add(f.Value, path, err.Error())
			default:
				list[corev1.ResourceName(f.Name)] = quantity
			}
		}
		v.Set(reflect.ValueOf(list))
		return problems.Err()
	}
}

// quantityHook decodes quantities that are not amounts of a resource, such as
// the size limit of a volume.
func quantityHook(n *yamlnode.Node, v reflect.Value) error {
	text, err := quantityText(n)
	if err != nil {
		return err
	}
	if _, _, err := exactQuantity(text); err != nil {
		return err
	}
	quantity, err := resource.ParseQuantity(text)
	if err != nil {
		return invalidQuantity(text)
	}
	v.Set(reflect.ValueOf(quantity))
	return nil
}

func quantityOf(n *yamlnode.Node, name string) (resource.Quantity, error) {
	text, err := quantityText(n)
	if err != nil {
		return resource.Quantity{}, err
	}
	quantity, _, err := parseQuantity(text, name)
	return quantity, err
}

// quantityText returns the text of a quantity, which may be a number in YAML.
func quantityText(n *yamlnode.Node) (string, error) {
	switch n.Kind {
	case yamlnode.String, yamlnode.Float:
		return n.Text, nil
	case yamlnode.Int:
		if strings.Trim(n.Text, "0123456789-") == "" && !strings.HasPrefix(strings.TrimLeft(n.Text, "-"), "0") {
			return n.Text, nil
		}
		// Octal, hexadecimal and the like: let the reader judge them.
		value, err := n.AsInt(math.MinInt64, math.MaxInt64)
		return strconv.FormatInt(value, 10), err
	case yamlnode.Bool:
		return n.AsString()
	}
	return "", fmt.Errorf("got %s; want a quantity", n.Kind)
}

// isCounted reports whether a resource takes an ordinal in models.Resources.
// Volume limits moved to CSINode objects, and storage belongs to claims.
func isCounted(name string) bool {
	return name != "storage" && !strings.HasPrefix(name, attachableVolumesPrefix)
}

// resources turns a list into amounts by ordinal. Amounts of zero give a
// resource no ordinal, since there are few of those and nodes list many kinds
// that they lack. path names the list for problems.
func (c *checker) resources(list corev1.ResourceList, path string) models.Resources {
	var amounts models.Resources
	for _, name := range resourceNames(list) {
		quantity := list[corev1.ResourceName(name)]
		if !isCounted(name) || quantity.IsZero() {
			continue
		}
		amount, ok := amountOf(quantity, name)
		if !ok {
			c.addf(path, "the sum of %s exceeds 2^63-1", name)
			continue
		}
		ordinal, err := c.set.dict.Resource(name)
		if err != nil {
			if !c.set.surplus[name] {
				c.set.surplus[name] = true
				c.addf(yamlnode.KeyPath(path, name), "%v", err)
			}
			continue
		}
		amounts[ordinal] = amount
	}
	return amounts
}

// amountOf returns a quantity in the unit of its resource, rounded up; ok is
// false if it does not fit. Single quantities always do, sums may not.
func amountOf(quantity resource.Quantity, name string) (amount int64, ok bool) {
	if name == "cpu" {
		return quantity.MilliValue(), quantity.Cmp(maxMilli) <= 0
	}
	return quantity.Value(), quantity.Cmp(maxWhole) <= 0
}

var (
	maxMilli = *resource.NewMilliQuantity(math.MaxInt64, resource.DecimalSI)
	maxWhole = *resource.NewQuantity(math.MaxInt64, resource.DecimalSI)
)

// resourceNames returns the names in a list in the order of the alphabet.
func resourceNames(list corev1.ResourceList) []string {
	names := make([]string, 0, len(list))
	for name := range list {
		names = append(names, string(name))
	}
	slices.Sort(names)
	return names
}
