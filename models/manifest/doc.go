// Package manifest compiles Kubernetes objects, as users have them in files and
// as kubectl get -o yaml writes them, into the specifications of package models.
//
// It exists so that nothing else needs to know k8s.io. Here the defaults that an
// API server sets are set, the checks that it makes are made, admission runs
// (priority, tolerations), effective requests are summed and quantities become
// integers. What comes out holds no string, no optional pointer and no quantity.
//
// Data flows in two steps. A Set takes parsed objects with Add, which decodes
// them strictly into the types of k8s.io/api. Compile then looks at all of them
// together, since a pod names its priority class and its owner, and returns
// Objects. Scenarios embed templates of nodes and workloads in objects of their
// own; CompileNode and CompileTemplate compile those against the same Set.
//
// The package refuses to know files, scenarios, time and the running cluster. It
// simulates nothing: kinds and fields that podsim does not act on are accepted
// and counted, so that a caller can say so.
package manifest
