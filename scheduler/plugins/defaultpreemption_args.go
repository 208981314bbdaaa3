package plugins

// DefaultPreemptionArgs are the arguments of DefaultPreemption.
// Source: k8s.io/kube-scheduler/config/v1/types_pluginargs.go.
type DefaultPreemptionArgs struct {
	TypeMeta `json:",inline"`
	// MinCandidateNodesPercentage is the share of the nodes that may be candidates
	// after which the search ends; nil is 10.
	MinCandidateNodesPercentage *int32 `json:"minCandidateNodesPercentage,omitempty"`
	// MinCandidateNodesAbsolute is how many candidates are searched for at least;
	// nil is 100.
	MinCandidateNodesAbsolute *int32 `json:"minCandidateNodesAbsolute,omitempty"`
}

const (
	defaultCandidatesPercentage int32 = 10
	defaultCandidatesAbsolute   int32 = 100
)

// limits returns both numbers with defaults.
func (a *DefaultPreemptionArgs) limits() (percentage, absolute int32) {
	percentage, absolute = defaultCandidatesPercentage, defaultCandidatesAbsolute
	if a.MinCandidateNodesPercentage != nil {
		percentage = *a.MinCandidateNodesPercentage
	}
	if a.MinCandidateNodesAbsolute != nil {
		absolute = *a.MinCandidateNodesAbsolute
	}
	return percentage, absolute
}

// check checks the arguments.
// Source: pkg/scheduler/apis/config/validation/validation_pluginargs.go
// (ValidateDefaultPreemptionArgs).
func (a *DefaultPreemptionArgs) check(problems *Problems) {
	a.TypeMeta.check("DefaultPreemptionArgs", problems)
	percentage, absolute := a.limits()
	if percentage < 0 || percentage > 100 {
		problems.add("minCandidateNodesPercentage", "out of range (got %d; want 0 to 100)", percentage)
	}
	if absolute < 0 {
		problems.add("minCandidateNodesAbsolute", "negative (got %d; want 0 or more)", absolute)
	}
	if percentage == 0 && absolute == 0 {
		problems.add("minCandidateNodesPercentage", "must not be 0 together with minCandidateNodesAbsolute")
	}
}

// wanted returns after how many candidates the search among n nodes ends.
// Source: pkg/scheduler/framework/plugins/defaultpreemption (calculateNumCandidates).
func (a *DefaultPreemptionArgs) wanted(n int) int {
	percentage, absolute := a.limits()
	return min(max(n*int(percentage)/100, int(absolute)), n)
}
