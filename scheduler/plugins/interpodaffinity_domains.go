package plugins

import "github.com/podsim/podsim/scheduler/framework"

var (
	_ framework.FilterDomains = (*InterPodAffinity)(nil)
	_ framework.ScoreDomains  = (*InterPodAffinity)(nil)
)

// FilterDomains tells whom Filter rejects.
func (p *InterPodAffinity) FilterDomains(_ *framework.Cycle, dst []framework.DomainRule) []framework.DomainRule {
	rejects := framework.WithoutPositive
	if p.first() {
		rejects = framework.WithoutKey
	}
	dst = p.attracting.rules(dst, rejects)
	dst = p.repelling.rules(dst, framework.WithPositive)
	return p.repelled.rules(dst, framework.WithPositive)
}

func (k *keyedSums) rules(dst []framework.DomainRule, rejects framework.RejectsDomains) []framework.DomainRule {
	for i := range k.list {
		dst = append(dst, framework.DomainRule{ByDomain: k.list[i].byDomain(), Rejects: rejects})
	}
	return dst
}

// ScoreDomains tells of what Score is the sum.
func (p *InterPodAffinity) ScoreDomains(_ *framework.Cycle, dst []framework.ByDomain) []framework.ByDomain {
	for i := range p.preference.list {
		dst = append(dst, p.preference.list[i].byDomain())
	}
	return dst
}

func (s *domainSums) byDomain() framework.ByDomain {
	return framework.ByDomain{Domains: s.domains, Values: s.sums, Nonzero: s.touched}
}
