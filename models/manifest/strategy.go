package manifest

import (
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// strategy checks how a Deployment is to be rolled out.
// Source: pkg/apis/apps/validation/validation.go (ValidateDeploymentStrategy).
func (c *checker) strategy(s *appsv1.DeploymentStrategy) {
	const path = "spec.strategy"
	if s.Type != "" {
		c.oneOf(string(s.Type), path+".type", "RollingUpdate", "Recreate")
	}
	rolling := s.RollingUpdate
	switch {
	case rolling == nil:
		return
	case s.Type == appsv1.RecreateDeploymentStrategyType:
		c.addf(path+".rollingUpdate", "must not be set with type Recreate")
		return
	}
	surge := c.share(rolling.MaxSurge, path+".rollingUpdate.maxSurge")
	unavailable := c.share(rolling.MaxUnavailable, path+".rollingUpdate.maxUnavailable")
	if surge == 0 && unavailable == 0 {
		c.addf(path+".rollingUpdate", "maxSurge and maxUnavailable are both 0: a rollout could never proceed")
	}
	if rolling.MaxUnavailable != nil && rolling.MaxUnavailable.Type == intstr.String && unavailable > 100 {
		c.addf(path+".rollingUpdate.maxUnavailable", "got %s; must be <= 100%%", rolling.MaxUnavailable.StrVal)
	}
}

// share checks a count or a percentage and returns its number; -1 if there is none
// or it is wrong.
func (c *checker) share(value *intstr.IntOrString, path string) int {
	if value == nil {
		return -1
	}
	n := int(value.IntVal)
	if value.Type == intstr.String {
		digits, ok := strings.CutSuffix(value.StrVal, "%")
		var err error
		if n, err = strconv.Atoi(digits); err != nil || !ok {
			c.addf(path, "got %q; want a whole number or a percentage such as 25%%", value.StrVal)
			return -1
		}
	}
	if n < 0 {
		c.addf(path, "got %s; must be >= 0", value.String())
		return -1
	}
	return n
}
