//go:build !unix

package app_test

// limitFiles needs limits of processes.
func limitFiles() {}
