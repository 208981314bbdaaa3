// Package limits holds the bounds on everything that is read: files, scenarios,
// traces, logs. They exist so that mistaken or hostile input is refused by name
// before it takes all memory or time; no honest input comes near them.
//
// Each bound is a constant, used where it acts, and a row of All, which says why
// it is what it is and what happens beyond it; the table of limits in the
// reference of scenarios is made of these rows. Readers that are tested with
// smaller bounds take theirs from a value that defaults to the constants.
//
// The package refuses to know who reads what. Rules of Kubernetes, such as the
// length of a label, are no limits of ours and stand with the rules; what fits a
// column or a virtual clock stands with those.
package limits
