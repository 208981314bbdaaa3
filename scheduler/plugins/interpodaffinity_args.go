package plugins

// InterPodAffinityArgs are the arguments of InterPodAffinity.
// Source: k8s.io/kube-scheduler/config/v1/types_pluginargs.go.
type InterPodAffinityArgs struct {
	TypeMeta `json:",inline"`
	// HardPodAffinityWeight is what a required affinity term of a pod on a node
	// that selects the pod to be scheduled adds to the score, 0 to 100; nil is 1.
	HardPodAffinityWeight *int32 `json:"hardPodAffinityWeight,omitempty"`
	// IgnorePreferredTermsOfExistingPods leaves pods without preferred terms of
	// their own unscored.
	IgnorePreferredTermsOfExistingPods bool `json:"ignorePreferredTermsOfExistingPods,omitempty"`
}

const (
	defaultHardPodAffinityWeight = 1
	maxHardPodAffinityWeight     = 100
)

// hardWeight checks the arguments and returns the weight of required terms.
// Source: pkg/scheduler/apis/config/validation/validation_pluginargs.go (ValidateInterPodAffinityArgs).
func (a *InterPodAffinityArgs) hardWeight(problems *Problems) int64 {
	a.check("InterPodAffinityArgs", problems)
	if a.HardPodAffinityWeight == nil {
		return defaultHardPodAffinityWeight
	}
	weight := *a.HardPodAffinityWeight
	if weight < 0 || weight > maxHardPodAffinityWeight {
		problems.add("hardPodAffinityWeight", "out of range (got %d; want 0 to %d)", weight, maxHardPodAffinityWeight)
	}
	return int64(weight)
}
