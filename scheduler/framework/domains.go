package framework

// ByDomain is a number for each domain of a topology key. What it points to belongs
// to the plugin and holds until the plugin is asked about another cycle.
type ByDomain struct {
	*Domains
	// Values are by domain + 1. The first is that of the nodes that lack the key; it
	// is 0.
	Values []int64
	// Nonzero are the places in Values that may not be 0, some of them twice.
	Nonzero []int32
}

// DomainRule is what a filter makes of the numbers of a node's domain.
type DomainRule struct {
	ByDomain
	Rejects RejectsDomains
}

// RejectsDomains says which nodes a DomainRule rejects.
type RejectsDomains uint8

// The nodes that are rejected.
const (
	WithPositive    RejectsDomains = iota // those in domains with a positive number
	WithoutPositive                       // all others
	WithoutKey                            // those that lack the key
)

// FilterDomains is a Filter whose answers follow from the domains of a node.
type FilterDomains interface {
	Filter
	// FilterDomains appends rules to dst and returns it. After PreFilter, and without
	// an overlay, Filter rejects exactly the nodes that one of the rules rejects.
	FilterDomains(c *Cycle, dst []DomainRule) []DomainRule
}

// ScoreDomains is a Score whose scores follow from the domains of a node. What its
// NormalizeScore, if any, makes of a score follows from that and from which other
// scores there are, not from how many have them.
type ScoreDomains interface {
	Score
	// ScoreDomains appends numbers to dst and returns it. After PreScore the score of
	// a node is the sum of those of its domains.
	ScoreDomains(c *Cycle, dst []ByDomain) []ByDomain
}
