// Package capacity holds what questions about capacity come to, and writes it for
// people and programs.
//
//	search, compaction, forecast, failures → Plan, Compaction, Headroom, Survival → text, Markdown, JSON, CSV
//
// Each number stands beside the words that say what it is, how it was found and
// how sure it is.
//
// The package refuses to know how answers are found: it computes nothing that
// another run could contradict.
package capacity
