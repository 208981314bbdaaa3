// Package images is what the kubelets of all nodes do about images: whether a
// container may be created now, which pulls wait for others, how fast bytes come
// over the links of nodes and registries, which pulls fail and when they are tried
// again, and which images go when a disk fills.
//
//	Ensure → there | refused | queue → registry answers → bytes flow → Outcome
//	                                        └ fails → back-off → Ensure again
//
// Time passes here only through Advance: package sim puts Next on its agenda and
// turns outcomes into operations. Which images a node holds is read from the view.
// The package knows nothing of containers but their image and pull policy.
package images
