package descheduler

import (
	"cmp"
	"math"
	"reflect"
	"slices"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
)

// TopologySpread evicts pods from domains that have more of them than topology spread
// constraints allow. Source: descheduler
// pkg/framework/plugins/removepodsviolatingtopologyspreadconstraint.
type TopologySpread struct {
	Scope Scope
	// Hard and Soft are the constraints that count: DoNotSchedule and ScheduleAnyway.
	Hard, Soft bool
	// NodeFit leaves pods alone that fit no node of a domain that lacks pods.
	NodeFit bool
}

// Name returns the name of the plugin.
func (*TopologySpread) Name() string { return "RemovePodsViolatingTopologySpreadConstraint" }

// constraint is a constraint with what of its pod says which nodes count.
type constraint struct {
	models.SpreadConstraint
	pod cluster.Pod
}

// domain is a topology domain with the pods that count.
type domain struct {
	value models.Sym
	pods  []cluster.Pod
}

func (s *TopologySpread) run(r *round) {
	byNamespace := make(map[models.Sym][]cluster.Pod)
	var namespaces []models.Sym
	may := func(pod cluster.Pod) bool { return s.Scope.has(pod) && r.evictor.filter(r.occasion.At, pod) }
	for _, node := range r.nodes {
		for _, pod := range podsOn(node, may) {
			namespace := pod.Spec().Namespace
			if byNamespace[namespace] == nil {
				namespaces = append(namespaces, namespace)
			}
			byNamespace[namespace] = append(byNamespace[namespace], pod)
		}
	}
	var chosen []cluster.Pod
	for _, namespace := range namespaces {
		pods := byNamespace[namespace]
		for _, c := range s.constraints(pods) {
			if domains, sum := c.domains(r.nodes, pods); !c.balanced(domains) {
				chosen = s.balance(r, &c, domains, sum, chosen)
			}
		}
	}
	s.evictAll(r, chosen, may)
}

func (s *TopologySpread) evictAll(r *round, chosen []cluster.Pod, may keep) {
	full := make(map[models.NodeID]bool)
	for _, pod := range chosen {
		node := pod.Node()
		if full[node] || !may(pod) || !r.evictor.preEviction(pod) {
			continue
		}
		switch r.evict(s, pod) {
		case nodeFull:
			full[node] = true
		case allFull:
			return
		}
	}
}

// constraints lists those of the pods of a namespace, each once.
func (s *TopologySpread) constraints(pods []cluster.Pod) (list []constraint) {
	for _, pod := range pods {
		for _, c := range pod.Spec().Spread {
			if c.Soft && !s.Soft || !c.Soft && !s.Hard {
				continue
			}
			c.Soft, c.MinDomains = false, 0 // they do not count here
			next := constraint{c, pod}
			if !slices.ContainsFunc(list, next.same) {
				list = append(list, next)
			}
		}
	}
	return list
}

func (c constraint) same(other constraint) bool {
	a, b := c.pod.Spec(), other.pod.Spec()
	if !reflect.DeepEqual(c.SpreadConstraint, other.SpreadConstraint) {
		return false
	}
	if a == b {
		return true
	}
	affinity := c.IgnoreAffinity || reflect.DeepEqual(a.NodeSelector, b.NodeSelector) && a.HasRequiredTerms == b.HasRequiredTerms && reflect.DeepEqual(a.RequiredTerms, b.RequiredTerms)
	return affinity && (!c.HonorTaints || reflect.DeepEqual(a.Tolerations, b.Tolerations))
}

// counts reports whether a node counts. Source: topologyspreadconstraint.go
// (matchNodeInclusionPolicies).
func (c *constraint) counts(node cluster.Node) bool {
	return (c.IgnoreAffinity || matchesNode(c.pod, node)) && (!c.HonorTaints || !repels(node, c.pod.Spec().Tolerations, keepsOff))
}

// domains deals the pods that the constraint selects over the domains of the nodes; sum is
// how many there are.
func (c *constraint) domains(nodes []cluster.Node, pods []cluster.Pod) (list []domain, sum int) {
	at := make(map[models.Sym]int)
	add := func(value models.Sym) int {
		i, ok := at[value]
		if !ok {
			i = len(list)
			at[value], list = i, append(list, domain{value: value})
		}
		return i
	}
	for _, node := range nodes {
		if value, ok := node.Labels().Get(c.TopologyKey); ok && c.counts(node) {
			add(value)
		}
	}
	for _, pod := range pods {
		v := pod.View()
		if pod.Deleting() || !c.Selector.Matches(pod.Spec().Labels, v.Dictionary()) {
			continue
		}
		if value, ok := v.Node(pod.Node()).Labels().Get(c.TopologyKey); ok {
			i := add(value)
			list[i].pods = append(list[i].pods, pod)
			sum++
		}
	}
	return list, sum
}

func (c *constraint) balanced(domains []domain) bool {
	least, most := math.MaxInt32, 0
	for i := range domains {
		least, most = min(least, len(domains[i].pods)), max(most, len(domains[i].pods))
	}
	return len(domains) == 0 || most-least <= int(c.MaxSkew)
}

// balance chooses pods of large domains until all are about as large as the average.
// Source: topologyspreadconstraint.go (balanceDomains).
func (s *TopologySpread) balance(r *round, c *constraint, domains []domain, sum int, chosen []cluster.Pod) []cluster.Pod {
	average := float64(sum) / float64(len(domains))
	sortDomains(domains)
	var lacking []cluster.Node
	for i := range domains {
		if float64(len(domains[i].pods)) >= average {
			continue
		}
		for _, node := range r.nodes {
			if value, ok := node.Labels().Get(c.TopologyKey); ok && value == domains[i].value && c.counts(node) {
				lacking = append(lacking, node)
			}
		}
	}
	i, j := 0, len(domains)-1
	for i < j {
		if float64(len(domains[j].pods)) <= average {
			j--
		}
		large, small := &domains[j], &domains[i]
		move := c.moves(len(large.pods), len(small.pods), average)
		if move <= 0 {
			i++
			continue
		}
		// Those that fit elsewhere come last, where pods are taken.
		fit := make(map[models.PodID]bool, len(large.pods))
		for _, pod := range large.pods {
			fit[pod.ID()] = fitsElsewhere(pod, lacking)
		}
		slices.SortStableFunc(large.pods, func(a, b cluster.Pod) int { return boolOrder(fit[a.ID()], fit[b.ID()]) })
		rest := len(large.pods) - move
		for _, pod := range large.pods[rest:] {
			if (!s.NodeFit || fit[pod.ID()]) && !slices.ContainsFunc(chosen, func(p cluster.Pod) bool { return p.ID() == pod.ID() }) {
				chosen = append(chosen, pod)
			}
		}
		small.pods = append(small.pods, large.pods[rest:]...)
		large.pods = large.pods[:rest]
	}
	return chosen
}

// moves is how many pods go from a large domain to a small one: half of what they differ
// by too much, and not so many that one of them crosses the average.
func (c *constraint) moves(large, small int, average float64) int {
	skew := large - small
	if skew <= int(c.MaxSkew) {
		return 0
	}
	above, below := math.Ceil(float64(large)-average), math.Ceil(average-float64(small))
	half := math.Ceil(float64(skew-int(c.MaxSkew)) / 2)
	return int(min(above, below, half))
}

// sortDomains sorts domains by size, and the pods of each: those that select nodes first,
// which go last, then by priority. Source: topologyspreadconstraint.go (sortDomains).
func sortDomains(domains []domain) {
	for i := range domains {
		slices.SortStableFunc(domains[i].pods, func(a, b cluster.Pod) int {
			return cmp.Or(boolOrder(!selectsNodes(a), !selectsNodes(b)), cmp.Compare(a.Spec().Priority, b.Spec().Priority))
		})
	}
	slices.SortStableFunc(domains, func(a, b domain) int { return cmp.Compare(len(a.pods), len(b.pods)) })
}

func selectsNodes(pod cluster.Pod) bool {
	spec := pod.Spec()
	return len(spec.NodeSelector) > 0 || spec.HasRequiredTerms || len(spec.PreferredTerms) > 0
}

// boolOrder puts false before true.
func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
