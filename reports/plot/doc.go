// Package plot draws comparisons and runs, as PNG and SVG: how metrics are
// distributed over the seeds, how policies differ from the baseline seed by seed,
// and how a run went over time.
//
//	comparison.Comparison, reports.Summary → panels → figure → PNG or SVG
//
// A figure (figure.go) has a title, a legend, panels and a line that explains its
// marks; a panel is a plot of gonum with marks of ours (distribution.go,
// difference.go, overtime.go). Equal input gives equal bytes: no times, no random
// jitter, no fonts but those that come with gonum/plot.
//
// It refuses to know files and flags, and computes no statistics but the quartiles
// of the boxes that it draws.
package plot
