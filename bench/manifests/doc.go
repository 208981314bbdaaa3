// Package manifests runs public manifests of well-known projects and compares what
// becomes of them with what was read off them before:
//
//	manifests.txt ─→ entries ─┐
//	                          ├─→ runs ─→ ready pods of each workload ─→ table
//	folder of manifests ──────┘
//
// The manifests themselves belong to their projects and are not part of podsim: the
// folder holds them as <repository>/<path>, at the commits that manifests.txt names. It
// refuses files that are not those, by their checksum.
package manifests
