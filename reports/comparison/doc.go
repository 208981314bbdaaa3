// Package comparison holds what an experiment comes to and writes it down: for the
// terminal, as Markdown, CSV and JSON, and as JUnit XML for systems of continuous
// integration.
//
//	bench/experiment → Comparison → WriteText, WriteMarkdown, WriteCSV, WriteJSON, WriteJUnit
//	                              ↘ reports/plot
//
// The report for people is told once, as a reports/document (report.go, headline.go,
// cells.go), which sets it for terminals and as Markdown.
//
// It refuses to know how the numbers were found: it runs nothing and computes no
// statistics. Names and texts that others chose pass through reports.Visible on
// their way out.
package comparison
