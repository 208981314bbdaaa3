// Package counts keeps up to date where the pods are that plugins ask about: the
// pods that a selector matches, by node, and the pods whose affinity terms select a
// given pod.
//
//	change of a node ─→ specification of the pod ─→ the matchers that select it ─→ their tallies
//	                                            └─→ the terms that it carries   ─→ their tallies
//
// Matchers and terms are interned by what they say. Which of them select a
// specification is found through one label that they demand, so that neither a
// thousand matchers nor a hundred thousand specifications are looked through. A
// matcher is counted from the first question on and forgotten when nobody asks any
// longer.
//
// Index gives the answers of framework.Walk, which is the reference. The package
// refuses to know plugins and topology domains' sums: those belong to the plugins.
package counts
