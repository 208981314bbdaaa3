// Package headroom asks when a cluster runs full if what runs on it grows.
//
//	place.Cell → draws: copies of what grows, in proportion, one after the other, until one finds no node
//	Growth     → when so many have come                                             → capacity.Headroom
//
// A draw is an order in which copies come. Its end is the first copy that finds no node,
// as the scheduler of the cluster says, among the pods that stand where they are. Over
// many draws this is a distribution of how many more pods fit; the law of growth turns
// it into one of moments. Where the cluster is to survive the loss of a zone, say, a draw
// is made without each of them, after the pods from there have found new places.
//
// The package refuses to know where the cell comes from, and how the answer is told.
package headroom
