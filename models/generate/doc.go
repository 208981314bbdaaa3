// Package generate writes manifests from what a command line says of them, as kubectl run
// and kubectl create do with --dry-run=client.
//
//	options ─→ objects of the API ─→ JSON
//
// It refuses to know whether anybody accepts what it writes: that is for those who read
// manifests.
package generate
