// Package models holds the values that every other room of podsim speaks in:
// virtual time, resources as integers, symbols for strings, labels and
// selectors, compiled pod, node and owner specifications, and operations.
//
// Data flows in one direction. Readers of manifests and scenarios intern names
// in a Dictionary and compile Kubernetes objects into PodSpec, NodeSpec and
// OwnerSpec once; from then on everything refers to them by dense ids. Policies
// answer with Op values, and models/cluster applies those.
//
// The package knows no clock, no state, no file format and no policy, and
// imports the standard library only.
package models
