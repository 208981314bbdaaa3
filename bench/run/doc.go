// Package run measures whole runs: scenario in, summary out. It also writes the scenario
// of a million pods (see Mix), which bench/run/million prints.
package run
