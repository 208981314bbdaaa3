// Package validation says what an API server says of Kubernetes objects and of changes
// of them: which names and fields are valid, which fields of a live object may change,
// and the words of the 422 answer if they may not.
//
// It exists so that a step of a scenario which a cluster would refuse is refused by
// podsim for the same reason and in the same words. Objects come in as the types of
// k8s.io/api, with their defaults set; what is wrong with them goes out as a list of
// field errors, in the order in which a server finds them. Refusal makes the text of it
// that kubectl prints.
//
// A server checks its internal types, which are not published, and shows values in
// their form. Where a text shows a whole structure, this package writes it in that form
// (see internalForm). The fields of most kinds of volumes, which podsim does not look at, are
// not checked.
//
// The package refuses to know YAML, positions in files, defaults and the running
// cluster.
package validation
