// Package guard makes HTTP servers that may run on a developer's machine beside a
// browser full of foreign pages. Listen opens a loopback address, and others only if
// the user said so; New wraps a handler so that it meets nothing but GET and HEAD
// requests to the names by which the server is meant to be reached, which is what keeps
// a page of another site from reading it through a name that it points here (DNS
// rebinding); Serve carries it out until its context ends.
//
// It knows nothing of what is served, of runs or of pages. Answers have the strictest
// headers, which a handler may replace by those that its content needs.
package guard
