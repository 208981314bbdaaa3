package manifest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/podsim/podsim/models"
)

// What a Deployment that does not tell is taken to ask for.
// Source: pkg/apis/apps/v1/defaults.go (SetDefaults_Deployment).
const (
	defaultShare            = "25%"
	defaultRevisionHistory  = 10
	defaultProgressDeadline = 600 // seconds
)

// rollouts checks and compiles how a Deployment is to be rolled out.
// Source: pkg/apis/apps/validation/validation.go (ValidateDeploymentSpec).
func (c *checker) rollouts(s *appsv1.DeploymentSpec, out *models.OwnerSpec) {
	c.strategy(&s.Strategy, out)
	out.Paused = s.Paused
	out.RevisionHistoryLimit = defaultRevisionHistory
	if limit := s.RevisionHistoryLimit; limit != nil {
		c.notNegative(*limit, "spec.revisionHistoryLimit")
		out.RevisionHistoryLimit = max(*limit, 0)
	}
	const path = "spec.progressDeadlineSeconds"
	seconds := int32(defaultProgressDeadline)
	if s.ProgressDeadlineSeconds != nil {
		seconds = *s.ProgressDeadlineSeconds
	}
	switch {
	case seconds < 0:
		c.notNegative(seconds, path)
	case seconds <= s.MinReadySeconds:
		c.addf(path, "got %d; must be greater than minReadySeconds, which is %d", seconds, s.MinReadySeconds)
	case seconds < math.MaxInt32: // that one is for ever
		out.ProgressDeadline = time.Duration(seconds) * time.Second
	}
}

// strategy checks and compiles how many pods a rollout may have more and fewer.
// Source: pkg/apis/apps/validation/validation.go (ValidateDeploymentStrategy).
func (c *checker) strategy(s *appsv1.DeploymentStrategy, out *models.OwnerSpec) {
	const path = "spec.strategy"
	if s.Type != "" {
		c.oneOf(string(s.Type), path+".type", "RollingUpdate", "Recreate")
	}
	if s.Type == appsv1.RecreateDeploymentStrategyType {
		out.Strategy = models.Recreate
		if s.RollingUpdate != nil {
			c.addf(path+".rollingUpdate", "must not be set with type Recreate")
		}
		return
	}
	rolling := appsv1.RollingUpdateDeployment{}
	if s.RollingUpdate != nil {
		rolling = *s.RollingUpdate
	}
	out.MaxSurge = c.rolloutShare(rolling.MaxSurge, path+".rollingUpdate.maxSurge")
	out.MaxUnavailable = c.rolloutShare(rolling.MaxUnavailable, path+".rollingUpdate.maxUnavailable")
	if out.MaxSurge.Given && out.MaxSurge.Value == 0 && out.MaxUnavailable.Given && out.MaxUnavailable.Value == 0 {
		c.addf(path+".rollingUpdate", "maxSurge and maxUnavailable are both 0: a rollout could never proceed")
	}
	if out.MaxUnavailable.Percent && out.MaxUnavailable.Value > 100 {
		c.addf(path+".rollingUpdate.maxUnavailable", "got %s; must be <= 100%%", rolling.MaxUnavailable.StrVal)
	}
}

// rolloutShare compiles a bound of a rollout, which has a default; a wrong one is not
// given.
func (c *checker) rolloutShare(value *intstr.IntOrString, path string) models.Share {
	if value == nil {
		otherwise := intstr.FromString(defaultShare)
		value = &otherwise
	}
	n := c.share(value, path)
	if n < 0 {
		return models.Share{}
	}
	return models.Share{Value: int32(min(n, math.MaxInt32)), Percent: value.Type == intstr.String, Given: true}
}

// evictionMarks compiles what deschedulers look at.
func evictionMarks(meta *metav1.ObjectMeta, spec *corev1.PodSpec) (marks models.EvictionMarks) {
	_, evict := meta.Annotations[models.AnnotationEvict]
	_, stay := meta.Annotations[models.AnnotationPreferStay]
	for _, mark := range []struct {
		has  bool
		mark models.EvictionMarks
	}{
		{evict, models.MarkEvict}, {stay, models.MarkPreferStay}, {len(spec.ResourceClaims) > 0, models.MarkDevices},
		{slices.ContainsFunc(spec.Volumes, func(v corev1.Volume) bool { return v.HostPath != nil }), models.MarkHostPath},
	} {
		if mark.has {
			marks |= mark.mark
		}
	}
	return marks
}

// deletionCost compiles the annotation that says how costly it is to lose a pod.
// Source: pkg/apis/core/helper/helpers.go (GetDeletionCostFromPodAnnotations).
func (c *checker) deletionCost(meta *metav1.ObjectMeta, path string) int32 {
	text, given := meta.Annotations[models.AnnotationDeletionCost]
	if !given {
		return 0
	}
	cost, err := strconv.ParseInt(text, 10, 32)
	if err != nil || text[0] == '+' || text[0] == '0' && text != "0" {
		c.addf(fmt.Sprintf("%smetadata.annotations[%q]", path, models.AnnotationDeletionCost), "got %q; want a whole number of 32 bits", text)
		return 0
	}
	return int32(cost)
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
