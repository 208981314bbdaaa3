// Package kernel measures sim/kernel against what the standard library offers
// for the same work, within one process, so that the ratio means something on
// any machine:
//
//	go test -bench . -count 10 ./bench/kernel
package kernel
