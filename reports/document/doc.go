// Package document holds reports for people as documents of headings, paragraphs,
// lists, tables and figures, and sets them: for a terminal of any width
// (WriteText), as GitHub Flavored Markdown (WriteMarkdown) and as parts of a page
// (HTML).
//
//	reports/comparison ↘
//	                     Document → WriteText, WriteMarkdown, HTML
//	reports/capacity   ↗
//
// Who writes a report tells it once and says of each piece of text what it is: prose,
// a name that others chose, good news or bad. Tables say which of their columns may
// go where room is short; where none is left each row becomes lines of its own.
//
// It refuses to know what reports are about. Texts pass through reports.Visible when
// they become pieces, so that no name acts on a terminal, and are escaped by what
// they are, so that none is markup.
package document
