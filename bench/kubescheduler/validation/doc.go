// Package validation holds what podsim says of Kubernetes objects and of changes of them
// against what an API server says: the very functions of k8s.io/kubernetes that it
// checks objects with.
//
// Its tests take objects of each kind, change one field after another, and compare the
// words of both answers. They know no scheduler; the package stands here because the
// module around it is the one that has k8s.io/kubernetes.
package validation
