// Package run measures whole runs: scenario in, summary out.
package run
