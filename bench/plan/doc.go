// Package plan finds the nodes to buy: the cheapest mix of candidates with which the
// objectives hold in every contingency.
//
//	Plan of package scenarios → cuts (what no mix can do without, by bench/bounds)
//	                          → search over mixes ⇄ court (runs, by bench/judge)
//	                          → further questions: runners-up, frontier, sensitivity
//	                          → capacity.Plan
//
// The search is right first. A mix is the answer only if it was judged on every
// contingency and seed, and nothing less is ruled out but by a proof or a run; where
// the answer rests on the assumption that more nodes never hurt, it says so. Bounds,
// the order in which runs are tried and what is known of similar mixes make it fast
// and change no answer.
//
// The search itself knows mixes as levels on axes and a court that judges them, so that
// it can be held against brute force without simulation. It asks one question after the
// other: what it asks, and so all that it reports, is the same with any number of
// workers, interrupted or not.
//
// The package refuses to know who waits for the answer: it prints nothing and reads no
// clock.
package plan
